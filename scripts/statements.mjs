//! What connectors asked database servers for during a whole run of tests, taken from the servers' own logs: nothing but
//! reading. `scripts/with-postgres` and `scripts/with-mariadb` keep the logs, `scripts/test` runs this at the end.
//! A log in which no connector is seen fails as well: a check that can see nothing proves nothing.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** How connectors name their sessions in PostgreSQL (crates/connectors/src/postgres/connect.rs). */
const APPLICATION = "plumbline-connector";
/** Users whom the tests of connectors make for nothing but reading. */
const READERS = /^(plumbline_check_\d|member_reader$)/;
/** With this every session of a connector to MySQL or MariaDB begins (crates/connectors/src/mysql/session.rs). */
const FIRST = /^set session transaction isolation level repeatable read, read only$/i;
/** Marks what a test sends through a connector's session to see the server itself refuse it. */
const ON_PURPOSE = "/* to be refused by the server */";

/** Statements of connectors in the log that PostgreSQL writes with the prefix `<%a|%u|%p> `. */
export function inPostgres(log) {
  const found = [];
  let at = null;
  for (const line of log.split("\n")) {
    const begun = /^<([^|>]*)\|([^|>]*)\|\d+> (?:LOG: {2}(?:statement|execute [^:]*)|STATEMENT): {1,2}(.*)$/.exec(line);
    if (begun) {
      const [, application, user, text] = begun;
      at = application === APPLICATION || READERS.test(user) ? { text } : null;
      if (at) found.push(at);
    } else if (line.startsWith("\t") && at) {
      at.text += `\n${line.slice(1)}`;
    } else {
      at = null;
    }
  }
  return found.map(({ text }) => text);
}

/** Statements of connectors in MariaDB's general log: number of the session, user, command and argument, with tabs between. */
export function inMariadb(log) {
  const unescaped = (text) => text.replace(/\\([ntr0\\])/g, (_, sign) => ({ n: "\n", t: "\t", r: "\r", 0: "\0", "\\": "\\" })[sign]);
  const sessions = new Map();
  for (const line of log.split("\n").filter(Boolean)) {
    const [id, host, command, argument = ""] = line.split("\t");
    // A number is used again when a server is started again, and then begins with a connection.
    if (command === "Connect" || !sessions.has(id)) sessions.set(id, { ours: false, statements: [], before: sessions.get(id) });
    const session = sessions.get(id);
    const text = unescaped(argument);
    const user = /\[([^\]]*)\]/.exec(host)?.[1] ?? "";
    if (READERS.test(user) || FIRST.test(text)) session.ours = true;
    if (["Query", "Prepare", "Execute"].includes(command)) session.statements.push(text);
    else if (!["Connect", "Init DB", "Quit", "Close stmt", "Reset stmt", "Ping"].includes(command)) session.statements.push(`${command} ${text}`);
  }
  const found = [];
  for (let session of sessions.values()) {
    for (; session; session = session.before) if (session.ours) found.push(...session.statements);
  }
  return found;
}

/** The statement without what stands in quotes and comments. */
function bare(statement, { backslash }) {
  const quoted = backslash ? /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`/ : /\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$/;
  const comment = /--[^\n]*|\/\*(?!!)[\s\S]*?\*\//;
  return statement.replace(new RegExp(`(?:${quoted.source})|(?:${comment.source})`, "g"), (text) => (/^(--|\/\*)/.test(text) ? " " : " ? "));
}

const READING = [
  /^set\s/,
  /^(begin|start transaction)\b.*\bread only$/,
  /^(commit|rollback)$/,
  /^show\s/,
  /^select\s/,
  /^copy\s.*\bto stdout\b/,
  /^(declare|fetch|close|deallocate)\s/,
];
/** Words that turn something that begins like reading into something else. */
const OTHER = /\b(insert|update|delete|merge|replace into|into|truncate|create|drop|alter|grant|revoke|call|do|lock|execute|load_file|nextval|setval|set_global|share mode|for share)\b|\/\*!/;

/** Whether a statement does nothing but read. */
export function reads(statement, server) {
  if (server === "mariadb" && statement.startsWith(ON_PURPOSE)) return true;
  const parts = bare(statement, { backslash: server === "mariadb" }).toLowerCase().split(";");
  const texts = parts.map((part) => part.replace(/\s+/g, " ").trim()).filter(Boolean);
  return texts.every((text) => {
    // Ends a query of our own that nobody listens to any more.
    if (server === "mariadb" && /^kill query \d+$/.test(text)) return true;
    if (/^set\s/.test(text) && /\bglobal\b/.test(text)) return false;
    return READING.some((pattern) => pattern.test(text)) && !OTHER.test(text);
  });
}

/** What is wrong with a log; nothing where connectors only read. */
export function faults(log, server) {
  const statements = server === "postgres" ? inPostgres(log) : inMariadb(log);
  if (statements.length === 0) return { statements, found: [`no statement of a connector is in the log of ${server}: is it kept, and are their sessions known?`] };
  const wrong = [...new Set(statements.filter((statement) => !reads(statement, server)))];
  return { statements, found: wrong.map((statement) => `a connector asked ${server} for more than reading: ${statement.replace(/\s+/g, " ").slice(0, 500)}`) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , server, file] = process.argv;
  const { statements, found } = faults(readFileSync(file, "utf8"), server);
  for (const fault of found) console.error(fault);
  if (found.length === 0) console.log(`${statements.length} statements of connectors to ${server}: all of them only read`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
