//! Compares the licence of every crate with the allow list of deny.toml (which cargo-deny reads as
//! well; it is not used here because it takes longer to build than everything else together).

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** True when an SPDX expression can be met with the allowed licences. `A/B` is the old way to write OR. */
export function satisfies(expression, allowed) {
  const words = (expression ?? "").replaceAll("/", " OR ").match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const any = () => {
    let value = all();
    while (words[at] === "OR") {
      at++;
      value = all() || value;
    }
    return value;
  };
  const all = () => {
    let value = one();
    while (words[at] === "AND") {
      at++;
      value = one() && value;
    }
    return value;
  };
  const one = () => {
    if (words[at] === "(") {
      at++;
      const value = any();
      at++;
      return value;
    }
    let name = words[at++];
    if (words[at] === "WITH") {
      name = `${name} WITH ${words[at + 1]}`;
      at += 2;
    }
    return allowed.has(name);
  };
  return words.length > 0 && any() && at === words.length;
}

function main() {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const list = /^allow = \[([^\]]*)\]/m.exec(readFileSync(`${root}/deny.toml`, "utf8"))[1];
  const allowed = new Set([...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name));
  const answer = execFileSync("cargo", ["metadata", "--format-version", "1"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  const packages = JSON.parse(answer).packages;
  const refused = packages.filter(({ license }) => !satisfies(license, allowed));
  for (const { name, version, license, license_file } of refused) {
    console.log(`FAIL ${name} ${version}: ${license ?? `no licence named (file: ${license_file ?? "none"})`} is not allowed by deny.toml`);
  }
  const broken = refused.length > 0;
  console.log(`${broken ? "FAIL" : "ok  "} licences of ${packages.length} crates`);
  process.exitCode = broken ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
