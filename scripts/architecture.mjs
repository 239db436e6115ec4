//! The rules of the house that a program can check (ARCHITECTURE.md and CONTRIBUTING.md say why).
//! Each rule is a pure function over files or over cargo's own answers, so that architecture.test.mjs
//! can show that it fails when it should.

import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** What each package of the workspace may use of the others. Arrows point down only. */
export const MAY_USE = {
  domain: [],
  pictures: ["domain"],
  rules: ["domain"],
  reconcile: ["domain", "rules"],
  connectors: ["domain"],
  store: ["domain", "rules"],
  report: ["domain", "rules", "pictures"],
  views: ["domain", "rules", "pictures"],
  workbench: ["domain", "rules", "pictures", "views", "reconcile", "connectors", "store", "report"],
  demo: ["domain", "rules", "workbench"],
  kit: ["domain", "rules", "pictures", "views", "workbench"],
  model: ["kit", "domain", "rules", "pictures", "views", "workbench"],
  lab: ["kit", "domain", "rules", "pictures", "views", "workbench"],
  desk: ["kit", "domain", "rules", "pictures", "views", "workbench"],
  record: ["kit", "model", "domain", "rules", "pictures", "views", "workbench"],
  app: ["kit", "model", "lab", "desk", "record"],
  frontend: ["app"],
  plumbline: ["app", "demo", "domain", "pictures", "report", "rules", "views", "workbench"],
};

/** Outside crates that only the named packages may use: the world begins there. */
export const ONLY_FOR = {
  sqlx: ["store", "connectors", "demo"],
  rusqlite: ["store", "connectors", "demo"],
  reqwest: ["connectors"],
  "tokio-rustls": ["connectors"],
  arrow: ["reconcile", "connectors"],
  parquet: ["reconcile", "connectors"],
  "datafusion-physical-plan": ["reconcile"],
  typst: ["report"],
  leptos: ["app", "kit", "model", "lab", "desk", "record", "frontend", "plumbline"],
  axum: ["app", "kit", "plumbline"],
  clap: ["plumbline"],
};

/** Without IO, clock and randomness: the same answer in the browser and on the server. */
const PURE = ["domain", "pictures", "rules", "views"];
const NOT_PURE = ["tokio", "futures", "getrandom", "rand", "async-trait", "reqwest", "tempfile"];

/** What must not reach the browser. */
const SERVER_ONLY = [
  "workbench", "store", "connectors", "reconcile", "report", "demo", "plumbline",
  "tokio", "hyper", "axum", "leptos_axum", "sqlx", "libsqlite3-sys", "datafusion-common", "arrow", "parquet", "typst",
];

/** Verbs of the workbench for which nobody has to be signed in, or which the server runs for itself. */
const FOR_ANYBODY = [
  "open", "is_empty", "set_up", "sign_in", "sign_in_once", "choose_password", "recognise", "verify", "verify_file", "compare_files", "link_files", "profile_files", "step", "give_back", "work_off", "start_due",
];

const MAX_LINES = 600;
const MAX_SERVER_FUNCTION_LINES = 20;
const CODE = /\.(rs|css|ts|mjs|sh|sql)$|^scripts\/[^.]+$/;

// --- rules over cargo's answers -------------------------------------------------------------------

/** Arrows point down only; outside crates are used where they belong. */
export function dependencies(packages) {
  const found = [];
  for (const { name, dependencies } of packages) {
    const may = MAY_USE[name];
    if (!may) {
      found.push(`package \`${name}\` is not in the table of scripts/architecture.mjs: say what it may use`);
      continue;
    }
    for (const { name: used, kind } of dependencies) {
      const onlyForTests = kind === "dev";
      if (used in MAY_USE && used !== name && !may.includes(used)) {
        found.push(`\`${name}\` may not use \`${used}\`: arrows point down only`);
      }
      if (onlyForTests) continue;
      if (ONLY_FOR[used] && !ONLY_FOR[used].includes(name)) {
        found.push(`\`${name}\` may not use \`${used}\`: only ${ONLY_FOR[used].join(", ")} may`);
      }
      if (PURE.includes(name) && NOT_PURE.includes(used)) {
        found.push(`\`${name}\` may not use \`${used}\`: it has no IO, clock, randomness or async`);
      }
    }
  }
  return found;
}

/** The browser half contains no server crate, and does contain the shared rules. */
export function browserGraph(names) {
  const found = SERVER_ONLY.filter((name) => names.includes(name)).map(
    (name) => `\`${name}\` is in the browser's dependency graph: cargo tree -p frontend --target wasm32-unknown-unknown -i ${name}`,
  );
  for (const name of ["domain", "rules"]) {
    if (!names.includes(name)) found.push(`\`${name}\` is not in the browser's dependency graph: it must judge there as on the server`);
  }
  return found;
}

// --- rules over files: a map from path to text ----------------------------------------------------

/** No file is longer than one can read. */
export function sizes(files) {
  const found = [];
  for (const [path, text] of code(files)) {
    const lines = text.split("\n").length - 1;
    if (lines > MAX_LINES) found.push(`${path}: ${lines} lines, more than ${MAX_LINES}: split it by what it does`);
  }
  return found;
}

/** File names say what is inside; every Rust file says it again in its first line. */
export function names(files) {
  const found = [];
  for (const [path, text] of rust(files)) {
    const name = path.split("/").at(-1);
    if (name === "mod.rs") found.push(`${path}: name the module's file after the module, not mod.rs`);
    if (/^(utils?|common|misc|managers?|helpers?)\.rs$/.test(name)) found.push(`${path}: a name that says nothing; name what is inside`);
    if (!text.startsWith("//!")) found.push(`${path}: starts without a //! line that says what it is`);
  }
  return found;
}

/** What no `mod` reaches is not compiled: its tests pass because they do not run. */
export function orphans(files) {
  const reached = new Set();
  const visit = (path, isRoot) => {
    if (reached.has(path)) return;
    reached.add(path);
    const folder = isRoot ? path.replace(/[^/]+$/, "") : path.replace(/\.rs$/, "/");
    const text = withoutComments(files.get(path));
    for (const [, named, name] of text.matchAll(/(?:#\[path = "([^"]+)"\]\s*)?(?:\bpub(?:\([^)]*\))? )?\bmod (\w+);/g)) {
      const child = named ? path.replace(/[^/]+$/, "") + named : `${folder}${name}.rs`;
      if (files.has(child)) visit(child, false);
    }
  };
  for (const [path] of rust(files)) {
    if (/(^|\/)(src\/(lib|main)\.rs|src\/bin\/[^/]+\.rs|build\.rs|(tests|benches|examples)\/([^/]+\/main|[^/]+)\.rs)$/.test(path)) visit(path, true);
  }
  return rust(files).filter(([path]) => !reached.has(path)).map(([path]) => `${path}: no \`mod\` leads to it, so it is never compiled`);
}

/** Authorisation is the first line of each verb of the workbench. */
export function authorised(files) {
  const found = [];
  for (const [path, text] of rust(files)) {
    if (!path.startsWith("crates/workbench/src/")) continue;
    const plain = withoutComments(text);
    for (const { 1: name, index } of plain.matchAll(/\bpub async fn (\w+)/g)) {
      if (FOR_ANYBODY.includes(name)) continue;
      const body = plain.slice(bodyStart(plain, index)).trimStart();
      if (!/^(let [^=;]+= |match )?self\s*\.(person|owner|role|access|workspace_access|reading|may_\w+)\(\s*caller\b/.test(body)) {
        found.push(`${path}: the first line of \`${name}\` does not ask who may`);
      }
    }
  }
  return found;
}

/** Pure crates have no clock and no way out, not even through the standard library. */
export function pure(files) {
  const way = /\bstd::(?:fs|env|net|process|thread)\b|\bstd::\{[^;]*?\b(?:fs|env|net|process|thread)\b|\b(?:SystemTime|Instant)\b/;
  const found = [];
  for (const [path, text] of rust(files)) {
    if (!PURE.some((name) => path.startsWith(`crates/${name}/src/`))) continue;
    const [used] = way.exec(withoutComments(text)) ?? [];
    if (used) found.push(`${path}: ${used.replace(/\s+/g, " ")}: this crate has no IO and no clock`);
  }
  return found;
}

/** SQL for our own data is in `store`; connectors and the demo builder speak to foreign databases. */
export function sql(files) {
  const statement = /\b(insert\s+into\s+\w|delete\s+from\s+\w|create\s+(unique\s+)?(table|index)\s+\w|alter\s+table\s+\w|update\s+\w+\s+set\s+\w|select\s+[\w.,*\s]+\s+from\s+\w+\s+(where|order|group|limit|join)\b)/i;
  const found = [];
  for (const [path, text] of files) {
    if (/^(crates\/(store|connectors|demo)|migrations|end2end)\//.test(path) || inTests(path)) continue;
    if (path.endsWith(".sql")) found.push(`${path}: SQL outside crates/store and migrations`);
    if (!path.endsWith(".rs")) continue;
    withoutComments(text).split("\n").forEach((line, index) => {
      if (statement.test(line)) found.push(`${path}:${index + 1}: SQL outside crates/store`);
    });
  }
  for (const [path, text] of files) {
    if (!path.startsWith("crates/store/src/")) continue;
    for (const [signature] of withoutComments(text).matchAll(/\bpub (async )?fn [^{;]*/g)) {
      if (/->[^{]*\b(Pool|SqlitePool|PgPool|Transaction|PoolConnection|SqliteConnection|PgConnection)\b/.test(signature)) {
        found.push(`${path}: hands out a connection or transaction: ${signature.split("(")[0]}`);
      }
    }
  }
  return found;
}

/** Both databases go through the same migrations, numbered without gaps. */
export function migrations(files) {
  const of = (kind) => [...files.keys()].filter((path) => path.startsWith(`migrations/${kind}/`)).map((path) => path.split("/").at(-1)).sort();
  const [sqlite, postgres] = [of("sqlite"), of("postgres")];
  const found = [];
  for (const name of sqlite) if (!postgres.includes(name)) found.push(`migrations/postgres/${name} is missing`);
  for (const name of postgres) if (!sqlite.includes(name)) found.push(`migrations/sqlite/${name} is missing`);
  sqlite.forEach((name, index) => {
    const wanted = String(index + 1).padStart(4, "0");
    if (!new RegExp(`^${wanted}_[a-z0-9_]+\\.sql$`).test(name)) found.push(`migrations/sqlite/${name}: the next name is ${wanted}_name.sql`);
  });
  return found;
}

/** The holes of the framework are behind our own components, and pages use those. */
export function pages(files) {
  const walled = [
    [/\binner_html\b/, "raw HTML: only app/kit/src/ui may, after cleaning it"],
    [/<textarea\b/, "use ui::TextArea: the framework does not escape a textarea's children"],
    [/<Title\b/, "use ui::PageTitle: the framework does not escape the title"],
    [/<(Suspense|Transition)\b/, "use ui::Loaded"],
  ];
  const found = [];
  for (const [path, text] of rust(files)) {
    if (!path.startsWith("app/") && !path.startsWith("src/") && !path.startsWith("frontend/src/")) continue;
    const lines = withoutComments(text).split("\n");
    lines.forEach((line, index) => {
      if (/\bGet(Url|Json)\b/.test(line)) found.push(`${path}:${index + 1}: a server function that answers GET escapes the CSRF protection`);
      if (/^app\/kit\/src\/ui[/.]/.test(path)) return;
      for (const [pattern, reason] of walled) if (pattern.test(line)) found.push(`${path}:${index + 1}: ${reason}`);
    });
    for (const { line, length } of serverFunctions(lines)) {
      if (length > MAX_SERVER_FUNCTION_LINES) found.push(`${path}:${line}: a server function of ${length} lines: decisions belong in workbench`);
    }
  }
  return found;
}

/** Nothing is switched off in silence. */
export function tests(files) {
  const found = [];
  for (const [path, text] of files) {
    if (path.startsWith("end2end/") && path.endsWith(".ts")) {
      text.split("\n").forEach((line, index) => {
        // Left out where the machine lacks something, with the reason: `test.skip(url === undefined, "…")`.
        if (/^ *test\.skip\(\w+ [!=]== undefined, \S/.test(line)) return;
        if (/\b(test|it|describe)(\.describe)?\.(only|skip|fixme|fail)\b/.test(line)) found.push(`${path}:${index + 1}: a test that is switched off or runs alone`);
      });
    }
    if (path.endsWith(".rs") && /^\s*#\[ignore\]/m.test(text)) found.push(`${path}: #[ignore] without a reason`);
  }
  return found;
}

/** Lock files name packages and hashes, not a host. */
export function locks(files) {
  const found = [];
  for (const [path, text] of files) {
    // Where a package says whom to thank, nothing is fetched from.
    if (path.endsWith("package-lock.json") && /"resolved"|^(?!\s*"url": ).*https?:/m.test(text)) found.push(`${path}: names a registry's address; see end2end/.npmrc`);
    if (path === "Cargo.lock") {
      for (const [line] of text.matchAll(/^source = .*$/gm)) {
        if (line !== 'source = "registry+https://github.com/rust-lang/crates.io-index"') found.push(`${path}: ${line}: packages come from crates.io only`);
      }
    }
  }
  return [...new Set(found)];
}

/** What the table of concepts names is there: pages, rules and tests. It would rot in silence. */
export function traceability(files) {
  const path = "docs/traceability.md";
  const text = files.get(path) ?? "";
  const cards = rust(files).filter(([path]) => path.startsWith("crates/rules/src/rules/")).map(([, text]) => text).join("\n");
  const routes = [...(files.get("app/src/app.rs") ?? "").matchAll(/path!\("([^"]*)"\)/g)].map(([, route]) => {
    const whole = (route.startsWith("/") ? route : `/p/:key/${route}`).replace(/(.)\/$/, "$1");
    return new RegExp(`^${whole.replace(/:\w+/g, "[^/]+")}$`);
  });
  const isThere = (named) => {
    if (/^[A-Z]{2,3}-\d{3}$/.test(named)) return cards.includes(`"${named}"`);
    if (named.startsWith("/")) return routes.some((route) => route.test(named));
    const [, file, test] = /^([\w./-]+\.(?:rs|ts))::(.+)$/.exec(named) ?? [];
    const holds = ([path, text]) => `/${path}`.endsWith(`/${file}`) && (text.includes(`fn ${test}(`) || text.includes(`test("${test}"`));
    return file === undefined || [...files].some(holds);
  };
  const named = [...text.matchAll(/`([^`]+)`|\b([A-Z]{2,3}-\d{3})\b/g)].map(([, quoted, rule]) => quoted ?? rule);
  if (named.length === 0) return [`${path} is missing or names nothing`];
  return [...new Set(named)].filter((one) => !isThere(one)).map((one) => `${path}: there is no ${one}`);
}

// --- reading ---------------------------------------------------------------------------------------

const inTests = (path) => /(^|\/)(tests|benches)\//.test(path);
const rust = (files) => [...files].filter(([path]) => path.endsWith(".rs"));
const code = (files) => [...files].filter(([path]) => CODE.test(path));

function withoutComments(text) {
  return text.replace(/^\s*\/\/.*$/gm, "").replace(/ \/\/ .*$/gm, "");
}

/** Where the body of the function begins whose `fn` is at `index`: after its arguments and its result. */
function bodyStart(text, index) {
  let depth = 0;
  for (let at = text.indexOf("(", index); at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")") depth--;
    if (text[at] === "{" && depth === 0) return at + 1;
  }
  return text.length;
}

function serverFunctions(lines) {
  const found = [];
  for (let start = 0; start < lines.length; start++) {
    if (!/^\s*#\[server\b/.test(lines[start])) continue;
    const open = lines.findIndex((line, index) => index > start && /\bfn\b/.test(line));
    const indent = /^\s*/.exec(lines[open] ?? "")[0];
    const close = lines.findIndex((line, index) => index > open && line === `${indent}}`);
    if (open > 0 && close > 0) found.push({ line: start + 1, length: close - open + 1 });
  }
  return found;
}

const NOT_OURS = new Set([".git", ".tools", "target", "data", "end2end/node_modules", "end2end/results", "end2end/report"]);

function readFiles(root) {
  const files = new Map();
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = relative(root, path).split(sep).join("/");
      if (entry.isDirectory() && !NOT_OURS.has(name)) visit(path);
      if (entry.isFile() && (CODE.test(name) || /\.lock$|package-lock\.json$|^docs\/traceability\.md$/.test(name))) files.set(name, readFileSync(path, "utf8"));
    }
  };
  visit(root);
  return files;
}

function cargo(root, ...args) {
  return execFileSync("cargo", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
}

function main() {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const files = readFiles(root);
  const metadata = JSON.parse(cargo(root, "metadata", "--no-deps", "--format-version", "1"));
  const tree = cargo(root, "tree", "-p", "frontend", "--target", "wasm32-unknown-unknown", "-e", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}");
  const graph = [...new Set(tree.split("\n").map((line) => line.split(" ")[0]).filter(Boolean))];
  const results = {
    "arrows point down only": dependencies(metadata.packages),
    "no server crate in the browser": browserGraph(graph),
    "files of a readable size": sizes(files),
    "names and first lines": names(files),
    "no file left out": orphans(files),
    "authorisation first": authorised(files),
    "no way out of pure crates": pure(files),
    "SQL only in store": sql(files),
    "the same migrations for both databases": migrations(files),
    "walls around the framework": pages(files),
    "no test switched off": tests(files),
    "lock files name no host": locks(files),
    "what docs/traceability.md names is there": traceability(files),
  };
  let broken = 0;
  for (const [rule, found] of Object.entries(results)) {
    console.log(`${found.length ? "FAIL" : "ok  "} ${rule}`);
    for (const line of found) console.log(`       ${line}`);
    broken += found.length;
  }
  console.log(`${files.size} files, ${graph.length} crates in the browser: ${broken ? `${broken} broken` : "all kept"}`);
  process.exitCode = broken ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
