//! Each rule of architecture.mjs is shown one thing it must refuse and one it must accept.

import assert from "node:assert/strict";
import test from "node:test";
import * as rules from "./architecture.mjs";
import { satisfies } from "./licences.mjs";

const files = (entries) => new Map(Object.entries(entries));
const refuses = (found, pattern) => {
  assert.equal(found.length, 1, found.join("\n"));
  assert.match(found[0], pattern);
};
const accepts = (found) => assert.deepEqual(found, []);

test("arrows point down only", () => {
  const uses = (name, used, kind = null) => rules.dependencies([{ name, dependencies: [{ name: used, kind }] }]);
  refuses(uses("store", "reconcile"), /may not use `reconcile`/);
  refuses(uses("connectors", "store", "dev"), /may not use `store`/);
  refuses(uses("workbench", "sqlx"), /only store/);
  refuses(uses("rules", "tokio"), /no IO/);
  refuses(uses("newcomer", "domain"), /not in the table/);
  accepts(uses("workbench", "store"));
  accepts(uses("rules", "domain"));
  accepts(uses("workbench", "sqlx", "dev"));
});

test("no server crate in the browser", () => {
  refuses(rules.browserGraph(["domain", "rules", "store"]), /`store` is in/);
  refuses(rules.browserGraph(["domain"]), /`rules` is not/);
  accepts(rules.browserGraph(["domain", "rules", "leptos"]));
});

test("sizes", () => {
  refuses(rules.sizes(files({ "src/a.rs": "x\n".repeat(601) })), /601 lines/);
  accepts(rules.sizes(files({ "src/a.rs": "x\n".repeat(600), "Cargo.lock": "x\n".repeat(9000) })));
});

test("names and first lines", () => {
  refuses(rules.names(files({ "src/mod.rs": "//! x" })), /mod\.rs/);
  refuses(rules.names(files({ "src/utils.rs": "//! x" })), /says nothing/);
  refuses(rules.names(files({ "src/a.rs": "fn main() {}" })), /without a \/\/!/);
  refuses(rules.names(files({ "tests/api/helpers.rs": "//! x" })), /says nothing/);
  accepts(rules.names(files({ "tests/api/server.rs": "//! x", "src/main.rs": "//! x" })));
});

test("no file left out", () => {
  const house = {
    "crates/a/src/lib.rs": "pub mod b;\npub(crate) mod e;\n",
    "crates/a/src/b.rs": "mod c;\n// mod d;\n",
    "crates/a/src/b/c.rs": "#[cfg(test)]\nmod tests {\n}\n",
    "crates/a/src/e.rs": "",
    "crates/a/tests/cases/main.rs": "mod one;",
    "crates/a/tests/cases/one.rs": "",
    "tests/alone.rs": "",
    "src/main.rs": "",
  };
  accepts(rules.orphans(files(house)));
  refuses(rules.orphans(files({ ...house, "crates/a/src/b/d.rs": "" })), /b\/d\.rs: no `mod`/);
  refuses(rules.orphans(files({ ...house, "crates/a/tests/cases/two.rs": "" })), /two\.rs: no `mod`/);
});

test("authorisation first", () => {
  const verb = (body, name = "rename") =>
    rules.authorised(files({ "crates/workbench/src/a.rs": `impl Workbench {\n    pub async fn ${name}(&self, f: impl Fn(u8), caller: &Caller) -> Result<(), Error> {\n${body}\n    }\n}` }));
  accepts(verb("        self.person(caller)?;"));
  accepts(verb("        // why\n        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;"));
  accepts(verb("        self\n            .may_edit_workspace(caller)\n            .await?;"));
  accepts(verb("        let token = self.store().token();", "sign_in"));
  refuses(verb("        let plan = self.store().load_plan(key).await?;\n        self.person(caller)?;"), /`rename` does not ask/);
  refuses(verb("        self.person(&Caller::Operator)?;"), /`rename` does not ask/);
});

test("no way out of pure crates", () => {
  const at = (text, path = "crates/rules/src/a.rs") => rules.pure(files({ [path]: text }));
  refuses(at("let t = std::time::SystemTime::now();"), /SystemTime/);
  refuses(at("std::fs::read(path)"), /std::fs/);
  refuses(at("use std::{\n    collections::BTreeMap,\n    env,\n};"), /env/);
  accepts(at("// std::fs\nuse std::{collections::BTreeMap, fmt};\nlet thread = 1;"));
  accepts(at("std::fs::read(path)", "crates/store/src/a.rs"));
});

test("SQL only in store", () => {
  const at = (path, text) => rules.sql(files({ [path]: text }));
  refuses(at("crates/workbench/src/a.rs", 'let q = "insert into items (id) values ($1)";'), /outside crates\/store/);
  refuses(at("src/a.rs", '"select id, name from people where id = $1"'), /outside crates\/store/);
  refuses(at("app/src/a.sql", "x"), /outside crates\/store/);
  refuses(at("crates/store/src/a.rs", "impl Store { pub async fn raw(&self) -> Transaction<'_> { } }"), /hands out/);
  accepts(at("crates/store/src/a.rs", '"delete from items"; fn pool(&self) -> Pool {}'));
  accepts(at("src/a.rs", '// insert into items\n"Select a plan from the list."'));
});

test("the same migrations for both databases", () => {
  const both = { "migrations/sqlite/0001_start.sql": "", "migrations/postgres/0001_start.sql": "" };
  accepts(rules.migrations(files(both)));
  refuses(rules.migrations(files({ ...both, "migrations/sqlite/0002_more.sql": "" })), /postgres\/0002_more\.sql is missing/);
  refuses(
    rules.migrations(files({ ...both, "migrations/sqlite/0003_x.sql": "", "migrations/postgres/0003_x.sql": "" })),
    /next name is 0002_/,
  );
});

test("walls around the framework", () => {
  const at = (path, text) => rules.pages(files({ [path]: text }));
  refuses(at("app/desk/src/a.rs", "<div inner_html=x/>"), /raw HTML/);
  refuses(at("app/desk/src/a.rs", "<textarea>{x}</textarea>"), /ui::TextArea/);
  refuses(at("app/src/shell.rs", "<Title text=x/>"), /ui::PageTitle/);
  refuses(at("app/desk/src/a.rs", "<Suspense>"), /ui::Loaded/);
  refuses(at("app/desk/src/a.rs", "#[server(input = GetUrl)]"), /CSRF/);
  refuses(at("app/desk/src/a.rs", `#[server]\npub async fn f() {\n${"    x();\n".repeat(30)}}\n`), /of 32 lines/);
  accepts(at("app/kit/src/ui/text_area.rs", "<textarea prop:value=x/>"));
  accepts(at("app/desk/src/a.rs", "// <Title\n<TextArea/><PageTitle text=x/>\n#[server]\npub async fn f() {\n    x()\n}\n"));
});

test("no test switched off", () => {
  refuses(rules.tests(files({ "end2end/tests/a.spec.ts": "test.only('x', …)" })), /switched off/);
  refuses(rules.tests(files({ "end2end/tests/a.spec.ts": "  test.skip(true, 'x');" })), /switched off/);
  accepts(rules.tests(files({ "end2end/tests/a.spec.ts": "  test.skip(url === undefined, 'no database');" })));
  refuses(rules.tests(files({ "crates/a/src/a.rs": "  #[ignore]\n" })), /without a reason/);
  accepts(rules.tests(files({ "end2end/tests/a.spec.ts": "test('x', …)", "crates/a/src/a.rs": '#[ignore = "slow"]' })));
});

test("lock files name no host", () => {
  refuses(rules.locks(files({ "end2end/package-lock.json": '"resolved": "x"' })), /address/);
  refuses(rules.locks(files({ "end2end/package-lock.json": '"version": "https://example.org/x.tgz"' })), /address/);
  accepts(rules.locks(files({ "end2end/package-lock.json": '  "funding": {\n    "url": "https://example.org/thanks"' })));
  refuses(rules.locks(files({ "Cargo.lock": 'source = "git+https://example.org/x"' })), /crates\.io only/);
  accepts(rules.locks(files({ "Cargo.lock": 'source = "registry+https://github.com/rust-lang/crates.io-index"' })));
});

test("what docs/traceability.md names is there", () => {
  const house = {
    "app/src/app.rs": 'path!("/plans") path!("/p/:key") path!("") path!("runs/:number")',
    "crates/rules/src/rules/dp.rs": '"DP-001" Warn @1 no_definition',
    "crates/rules/tests/cases/a.rs": "fn it_holds() {}",
    "end2end/tests/a.spec.ts": 'test("a plan opens, twice", async () => {});',
  };
  const names = (table) => rules.traceability(files({ ...house, "docs/traceability.md": table }));
  accepts(names("| `/plans`, `/p/{plan}`, `/p/{plan}/runs/{run}` | DP-001 | `cases/a.rs::it_holds` `a.spec.ts::a plan opens, twice` |"));
  accepts(names("`plumbline profile` and `crates/rules`"));
  refuses(names("DP-001, DP-002"), /no DP-002/);
  refuses(names("`/p/{plan}/walks`"), /no \/p\/\{plan\}\/walks/);
  refuses(names("`cases/a.rs::it`"), /no cases\/a\.rs::it/);
  refuses(names("`other/a.rs::it_holds`"), /no other/);
  refuses(names("`a.spec.ts::a plan opens`"), /no a\.spec\.ts::a plan opens/);
  refuses(rules.traceability(files(house)), /missing/);
});

test("licences", () => {
  const allowed = new Set(["MIT", "Apache-2.0", "Zlib"]);
  const yes = ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "(MIT OR GPL-3.0) AND Zlib", "MIT OR Apache-2.0 WITH LLVM-exception"];
  for (const expression of yes) assert.equal(satisfies(expression, allowed), true, expression);
  for (const expression of ["GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0 WITH LLVM-exception", "", null]) {
    assert.equal(satisfies(expression, allowed), false, String(expression));
  }
});
