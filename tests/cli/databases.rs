//! `plumbline check` on tables of databases: behind the guard, without writing, and with the same result as files.

use super::folder::Folder;
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection};

const PAIRS: &str = "--key id --compare name,amount,day --format json";

#[test]
fn a_database_is_refused_until_the_operator_allows_it() {
    let folder = Folder::new();
    folder.write("r.csv", "id,name,amount,day\n1,Ann,1.5,2020-02-29\n");
    for (url, options, words) in [
        (
            "mysql://reader:secret@127.0.0.1/crm#t",
            "",
            "a database needs --environment test or --environment development",
        ),
        ("mysql://reader:secret@127.0.0.1/crm#t", "--environment production", "[possible values: test, development]"),
        ("mysql://reader:secret@127.0.0.1/crm#t", "--environment test", "127.0.0.1 is a loopback address"),
        ("postgres://reader:secret@10.1.2.3/crm#t", "--environment test", "not in the list of allowed networks"),
        ("postgres://root:secret@10.1.2.3/crm_live#t", "--environment test", "named like an administrator"),
        ("postgres://reader:secret@0x7f000001/crm#t", "--environment test", "unusual spelling"),
        ("mysql://reader:secret@10.1.2.3/crm?socket=/x#t", "--environment test", "only sslmode is"),
        ("mysql://reader:secret@10.1.2.3/crm", "--environment test", "names no table"),
        ("postgres://reader:secret@10.1.2.3/crm%00user%00other#t", "--environment test", "a control character"),
    ] {
        let said = folder.refused(format!("check --left {url} --right r.csv {PAIRS} {options}").trim_end());
        assert!(said.contains(words) && !said.contains("secret"), "{url}: {said}");
    }
    let help = folder.run("check --help").out;
    for words in
        ["postgres://USER@HOST", "mysql://USER@HOST", "PGPASSWORD", "MYSQL_PWD", "list of processes", "--environment"]
    {
        assert!(help.contains(words), "{words}: {help}");
    }
}

/// The same three records on two servers, one of them changed.
#[expect(clippy::disallowed_methods, reason = "the test runner names the servers this way")]
#[tokio::test]
async fn a_table_of_postgres_against_one_of_mariadb() {
    let named = |name: &str, script: &str| {
        std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run this with {script}"))
    };
    let postgres = named("PLUMBLINE_TEST_POSTGRES_URL", "scripts/with-postgres");
    let mariadb = named("PLUMBLINE_TEST_MARIADB_URL", "scripts/with-mariadb");
    let name = format!("plumbline_cli_{}", std::process::id());
    let mut left = PgConnection::connect(&postgres).await.unwrap();
    let statements = format!(
        "create schema {name}; create table {name}.\"odd.name\" (id bigint, name text, amount numeric(10,2), day date);
         insert into {name}.\"odd.name\" values (1, 'Ann', 1.5, '2020-02-29'), (2, 'Bob', 2, null), (3, 'Zoë', 3, '2021-01-01')"
    );
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut left).await.unwrap();
    let mut right = MySqlConnection::connect(&mariadb).await.unwrap();
    let statements = format!(
        "create database {name}; use {name}; create table t (id int, name varchar(20), amount decimal(12,4), day date);
         insert into t values (3, 'Zoë', 3, '2021-01-01'), (2, 'BOB', 2, null), (1, 'Ann', 1.5, '2020-02-29')"
    );
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut right).await.unwrap();

    // `scheme://user:password@host:port/database`, the password given apart.
    let parts = |url: &str| {
        let (start, rest) = url.rsplit_once('@').unwrap();
        let (user, password) = start.rsplit_once(':').unwrap();
        (user.to_owned(), password.to_owned(), rest.rsplit_once('/').unwrap().0.to_owned())
    };
    let (postgres_user, postgres_password, postgres_host) = parts(&postgres);
    let (mariadb_user, mariadb_password, mariadb_host) = parts(&mariadb);
    let database = postgres.rsplit_once('/').unwrap().1;
    let left_url = format!("{postgres_user}@{postgres_host}/{database}?sslmode=disable#{name}.odd%2Ename");
    let right_url = format!("{mariadb_user}@{mariadb_host}/{name}?sslmode=disable#t");
    let asked = format!("check --left {left_url} --right {right_url} --environment test {PAIRS}");
    let folder = Folder::new();
    folder.write("l.csv", "id,name,amount,day\n1,Ann,1.50,2020-02-29\n2,Bob,2.00,x\n3,Zoë,3.00,2021-01-01\n");
    let variables = [
        ("PGPASSWORD", postgres_password.as_str()),
        ("MYSQL_PWD", mariadb_password.as_str()),
        ("PLUMBLINE_ALLOWED_TARGETS", "127.0.0.1,::1"),
    ];
    let different = |found: &serde_json::Value| {
        (0..3).map(|field| found["fields"][field]["different"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let ended = folder.run_with(&asked, &variables);
    let found = ended.json(1);
    assert_eq!((found["records"]["matched"].as_u64(), different(&found)), (Some(3), vec![1, 0, 0]));
    // Both users may write here, which is told beside the result; no password is.
    assert!(ended.err.contains("plumbline: left: ") && ended.err.contains("plumbline: right: "), "{}", ended.err);
    assert!(!ended.err.contains(&postgres_password) && !ended.err.contains(&mariadb_password));
    let asked = format!("check --left l.csv --right {right_url} --environment test {PAIRS}");
    let found = folder.run_with(&asked, &variables).json(1);
    assert_eq!(different(&found), [1, 0, 1], "a text and NULL are not equal");

    sqlx::raw_sql(AssertSqlSafe(format!("drop schema {name} cascade"))).execute(&mut left).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("drop database {name}"))).execute(&mut right).await.unwrap();
}
