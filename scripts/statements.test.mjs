//! The look at the servers' logs finds what it must find, and only that.

import assert from "node:assert/strict";
import test from "node:test";
import { faults, inMariadb, inPostgres, reads } from "./statements.mjs";

const postgres = (statement, application = "plumbline-connector", user = "reader") => `<${application}|${user}|77> LOG:  execute <unnamed>: ${statement}\n`;
const mariadb = (...lines) => lines.map((fields) => fields.join("\t")).join("\n");
const BEGIN = ["7", "reader[reader] @ localhost []", "Query", "set session transaction isolation level repeatable read, read only"];

test("statements of connectors are told from others", () => {
  const log = [
    postgres("select 1"),
    postgres("insert into audit values (1)", "plumbline", "plumbline"),
    "<|plumbline|78> LOG:  statement: create role x\n",
    "<plumbline-connector|reader|77> ERROR:  relation \"t\" does not exist\n<plumbline-connector|reader|77> STATEMENT:  select a\n\tfrom t\n",
    "2026 checkpoint complete\n",
    postgres("select 2", "psql", "plumbline_check_12_3"),
    "<plumbline-connector|reader|77> LOG:  statement: select 3\n<plumbline-connector|reader|77> DETAIL:  x\n\tno statement\n",
  ].join("");
  assert.deepEqual(inPostgres(log), ["select 1", "select a\nfrom t", "select 2", "select 3"]);

  const general = mariadb(
    ["7", "reader[reader] @ localhost []", "Connect", "reader on x"],
    BEGIN,
    ["8", "plumbline[plumbline] @ localhost []", "Connect", "plumbline on x"],
    ["8", "plumbline[plumbline] @ localhost []", "Query", "drop database x"],
    ["7", "reader[reader] @ localhost []", "Prepare", "select a\\nfrom t"],
    ["9", "[plumbline_check_1_2] @ localhost []", "Query", "show grants"],
    ["7", "reader[reader] @ localhost []", "Field List", "t"],
  );
  assert.deepEqual(inMariadb(general), [BEGIN[3], "select a\nfrom t", "Field List t", "show grants"]);
});

test("reading is let through", () => {
  for (const statement of [
    "select set_config('default_transaction_read_only', 'on', false)",
    "begin isolation level repeatable read, read only",
    "select \"a; drop table t; --\", 'insert into x' from \"s\".\"for update\" limit 3",
    "select has_table_privilege(c.oid, 'INSERT, UPDATE') /* delete */ from pg_class c -- drop it",
    "COPY (select 1) TO STDOUT",
    "declare c cursor for select 1",
    "fetch 100 from c",
    "close c",
    "show server_version",
    "COMMIT",
    "rollback",
    "",
  ]) {
    assert.ok(reads(statement, "postgres"), statement);
  }
  for (const statement of [
    BEGIN[3],
    "start transaction with consistent snapshot, read only",
    "set session max_statement_time = 3600.000",
    "select `a``; drop table t` from `insert`",
    "select find_in_set(\"insert\", 'it\\'s; delete')",
    "kill query 17",
    "/* to be refused by the server */ create table x (a int)",
  ]) {
    assert.ok(reads(statement, "mariadb"), statement);
  }
});

test("anything else is found", () => {
  for (const statement of [
    "insert into t values (1)",
    "INSERT INTO t VALUES (1)",
    "select 1; drop table t",
    "select 'a'; update t set a = 1 where b = ''",
    "select * into copied from t",
    "select a from t for update",
    "select a from t for share",
    "with gone as (delete from t returning a) select a from gone",
    "begin",
    "begin read write",
    "copy t from stdin",
    "copy (delete from t returning a) to stdout",
    "/* select */ delete from t",
    "select $$a$$; truncate t",
    "do $$ begin delete from t; end $$",
    "lock table t",
    "vacuum",
  ]) {
    assert.ok(!reads(statement, "postgres"), statement);
  }
  for (const statement of [
    "set global read_only = 0",
    "set @@global.read_only = 0",
    "select a from t into outfile '/tmp/x'",
    "select a from t lock in share mode",
    "select 1 /*! into outfile '/tmp/x' */",
    "replace into t values (1)",
    "load data local infile 'x' into table t",
    "kill 17",
    "start transaction",
  ]) {
    assert.ok(!reads(statement, "mariadb"), statement);
  }
});

test("a planted statement fails the run by name, and so does a log without any connector", () => {
  const good = postgres("select a from t");
  assert.deepEqual(faults(good, "postgres").found, []);
  const planted = faults(good + postgres("insert into t values (1)") + good, "postgres").found;
  assert.equal(planted.length, 1);
  assert.match(planted[0], /more than reading: insert into t values \(1\)/);
  assert.match(faults("<plumbline|plumbline|1> LOG:  statement: select 1\n", "postgres").found[0], /no statement of a connector/);

  assert.deepEqual(faults(mariadb(BEGIN), "mariadb").found, []);
  const written = faults(mariadb(BEGIN, ["7", "x", "Query", "insert into t\\nvalues (1)"]), "mariadb").found;
  assert.match(written[0], /more than reading: insert into t values \(1\)/);
  assert.match(faults("", "mariadb").found[0], /no statement of a connector/);
});
