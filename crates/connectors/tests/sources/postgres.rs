//! A real PostgreSQL, which `PLUMBLINE_TEST_POSTGRES_URL` names. Its user may create roles. What the connector asks it
//! for is looked at once more, for the whole suite, in `scripts/statements.mjs`.

use std::{
    str::FromStr,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant},
};

use connectors::{
    ErrorKind, Limits, PostgresTarget, Source, TlsMode, catalogue,
    guard::{AllowList, Declared, Environment, KnownProduction, check_connection},
    postgres::test_connection,
    sample,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};

use crate::reading::{accepted, cancelled, read_with, rows};

/// A schema of its own with a role that may only read it.
struct Server {
    admin: PgConnection,
    target: PostgresTarget,
    name: String,
}

impl Server {
    #[expect(clippy::disallowed_methods, reason = "the test runner names the server this way")]
    async fn start() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let url = std::env::var("PLUMBLINE_TEST_POSTGRES_URL");
        let url = url.unwrap_or_else(|_| {
            panic!("PLUMBLINE_TEST_POSTGRES_URL is not set; run this with scripts/with-postgres");
        });
        let options = PgConnectOptions::from_str(&url).unwrap();
        let mut admin = PgConnection::connect_with(&options).await.unwrap();
        let name = format!("plumbline_check_{}_{}", std::process::id(), NEXT.fetch_add(1, Relaxed));
        let database: String = sqlx::query_scalar("select current_database()").fetch_one(&mut admin).await.unwrap();
        run(&mut admin, format!("create role {name} login password 'right password'; create schema {name}; grant usage on schema {name} to {name}")).await;
        let target = PostgresTarget {
            host: options.get_host().into(),
            port: options.get_port(),
            database,
            user: name.clone(),
            password: "right password".into(),
            tls: TlsMode::Off,
            root_certificate: None,
            schema: name.clone(),
            table: "t".into(),
        };
        Self { admin, target, name }
    }

    /// Runs statements with `SCHEMA` replaced and lets the role read everything.
    async fn make(&mut self, statements: &str) {
        let name = &self.name;
        let grant = format!("; grant select on all tables in schema {name} to {name}");
        run(&mut self.admin, statements.replace("SCHEMA", name) + &grant).await;
    }

    async fn source(&self, table: &str) -> Source {
        let target = PostgresTarget { table: table.into(), ..self.target.clone() };
        let guard = Box::new(accepted(&target).await);
        Source::Postgres { target, guard }
    }

    /// A number that the administrator asks for.
    async fn count(&mut self, statement: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(statement.to_owned())).fetch_one(&mut self.admin).await.unwrap()
    }

    async fn end(mut self) {
        let name = &self.name;
        run(&mut self.admin, format!("drop schema {name} cascade; drop owned by {name}; drop role {name}")).await;
    }
}

async fn run(admin: &mut PgConnection, statements: String) {
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(admin).await.unwrap();
}

#[tokio::test]
async fn every_type_is_read_as_text_and_numbers_are_known() {
    let mut server = Server::start().await;
    server
        .make(
            "create domain SCHEMA.amount as numeric(12,2);
             create type SCHEMA.mood as enum ('sad', 'happy');
             create table SCHEMA.t (id bigint primary key, n numeric, d SCHEMA.amount, f float8, b boolean, t text not null,
               raw bytea, day date, at timestamptz, mood SCHEMA.mood, tags text[], empty int);
             create view SCHEMA.v as select t from SCHEMA.t;
             insert into SCHEMA.t values
               (1, 1.50, 2, 12.0, true, '', '\\x00ff', '2020-02-29', '2020-02-29 12:00+02', 'happy', '{a,b}', null),
               (2, null, null, 0.1, null, 'Zürich', null, null, null, null, null, null)",
        )
        .await;
    let got = read_with(&server.source("t").await, &Limits::default()).await.unwrap();
    assert_eq!(
        got.rows,
        [
            rows(&["1 1.50 2.00 12 true '' 00ff 2020-02-29 x happy {a,b} ∅"])[0]
                .iter()
                .cloned()
                .enumerate()
                .map(|(at, value)| if at == 8 { Some("2020-02-29 10:00:00+00".to_owned()) } else { value })
                .collect::<Vec<_>>(),
            rows(&["2 ∅ ∅ 0.1 ∅ Zürich ∅ ∅ ∅ ∅ ∅ ∅"])[0].clone(),
        ]
    );
    for (column, numeric) in [
        ("id", true),
        ("n", true),
        ("d", true),
        ("f", true),
        ("b", false),
        ("t", false),
        ("day", false),
        ("empty", false),
    ] {
        assert_eq!(got.numeric(column), Some(numeric), "{column}");
    }
    assert!(got.summary.fingerprint.starts_with("postgresql "), "{}", got.summary.fingerprint);
    let tables = catalogue(&server.source("t").await, &Limits::default()).await.unwrap();
    let table = tables.iter().find(|table| table.schema.as_ref() == Some(&server.name)).unwrap();
    let id = &table.columns[0];
    assert_eq!((id.name.as_str(), id.type_name.as_str(), id.nullable, id.key), ("id", "bigint", false, true));
    assert!(!table.columns[5].nullable && table.columns[1].nullable);
    let view = tables.iter().find(|table| table.schema.as_ref() == Some(&server.name) && table.name == "v").unwrap();
    assert!(table.tells_nullable && !view.tells_nullable);
    assert_eq!(sample(&server.source("t").await, 1, &Limits::default()).await.unwrap().batch.num_rows(), 1);
    server.end().await;
}

#[tokio::test]
async fn any_name_is_read_and_none_is_executed() {
    let mut server = Server::start().await;
    server
        .make(
            "create table SCHEMA.\"a \"\"b\"\"; drop table t; --\" (\"x\"\"y\" text, \"größe ]`'\" text);
             insert into SCHEMA.\"a \"\"b\"\"; drop table t; --\" values ('1', '2')",
        )
        .await;
    let got = read_with(&server.source("a \"b\"; drop table t; --").await, &Limits::default()).await.unwrap();
    assert_eq!((got.columns, got.rows), (vec!["x\"y".to_owned(), "größe ]`'".to_owned()], rows(&["1 2"])));
    let error = read_with(&server.source("gone").await, &Limits::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadData);
    assert!(
        error
            .message
            .starts_with(&format!("there is no table {0}.gone that this user may read; it may read `", server.name)),
        "{error}"
    );
    server.end().await;
}

#[tokio::test]
async fn nothing_is_written_even_by_a_view_that_tries() {
    let mut server = Server::start().await;
    server
        .make(
            "create table SCHEMA.log (n int);
             grant insert on SCHEMA.log to SCHEMA;
             create function SCHEMA.write_it() returns int language sql volatile security definer
               as 'insert into SCHEMA.log values (1) returning n';
             create view SCHEMA.trap as select SCHEMA.write_it() as n;
             create table SCHEMA.t (a int); insert into SCHEMA.t values (1)",
        )
        .await;
    let error = read_with(&server.source("trap").await, &Limits::default()).await.unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::Refused, "something in it tried to write; only reading is possible")
    );
    let written: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {}.log", server.name)))
        .fetch_one(&mut server.admin)
        .await
        .unwrap();
    assert_eq!(written, 0);
    let Source::Postgres { target, guard } = server.source("t").await else {
        return;
    };
    let report = test_connection(&target, &guard, &Limits::default()).await.unwrap();
    let warnings: Vec<&str> = report.warnings.iter().map(|warning| warning.signal.as_str()).collect();
    assert_eq!(warnings, ["can-write"]);
    assert!(!report.facts.superuser && !report.facts.version.is_empty());
    server.end().await;
}

#[tokio::test]
async fn a_server_recorded_as_production_is_refused_whatever_its_name() {
    let server = Server::start().await;
    let Source::Postgres { target, guard } = server.source("t").await else {
        return;
    };
    let report = test_connection(&target, &guard, &Limits::default()).await.unwrap();
    if let Some(identifier) = report.facts.system_identifier {
        let declared = Declared {
            name: "test server".into(),
            environment: Environment::Test,
            target: guard.target().clone(),
            known: KnownProduction { system_identifiers: vec![identifier], ..KnownProduction::default() },
        };
        let guard = check_connection(&declared, &AllowList::parse(&["127.0.0.1", "::1"]).unwrap()).await.unwrap();
        let error = test_connection(&target, &guard, &Limits::default()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused);
        assert!(error.message.contains("recorded as production"), "{error}");
    } else {
        println!("skipped: this role may not know the server's identifier");
    }
    server.end().await;
}

#[tokio::test]
async fn limits_time_outs_and_cancelling() {
    let mut server = Server::start().await;
    server
        .make(
            "create view SCHEMA.many as select n, repeat('x', 50) as v from generate_series(1, 20000000) as n;
             create view SCHEMA.slow as select pg_sleep(30)::text as v;
             create table SCHEMA.wide (id int, v text); insert into SCHEMA.wide values (1, repeat('x', 20000000))",
        )
        .await;
    let limits = Limits { rows: 20_000, ..Limits::default() };
    let error = read_with(&server.source("many").await, &limits).await.unwrap_err();
    assert_eq!((error.kind, error.message.contains("more than 20000 rows")), (ErrorKind::Limit, true));
    let error = read_with(&server.source("wide").await, &Limits::default()).await.unwrap_err();
    assert_eq!(
        (error.kind, error.message.starts_with("`v` in row 1 is larger than")),
        (ErrorKind::Limit, true),
        "{error}"
    );
    let started = Instant::now();
    let limits = Limits { wall: Duration::from_millis(700), ..Limits::default() };
    let error = read_with(&server.source("slow").await, &limits).await.unwrap_err();
    // Server and client look at their own clocks: either may be the first to say so.
    assert_eq!((error.kind, error.message.contains("time limit")), (ErrorKind::TimedOut, true), "{error}");
    assert!(started.elapsed() < Duration::from_secs(4));
    let started = Instant::now();
    let took = cancelled(&server.source("slow").await).await;
    assert!(took < Duration::from_secs(3), "{took:?}");
    // It does not go on at the server either.
    let working =
        format!("select count(*) from pg_stat_activity where usename = '{}' and state = 'active'", server.name);
    while server.count(&working).await > 0 {
        assert!(started.elapsed() < Duration::from_secs(10), "the query goes on at the server");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.end().await;
}

#[tokio::test]
async fn a_query_that_somebody_ended_and_a_locked_table_are_told_apart() {
    let mut server = Server::start().await;
    server
        .make("create view SCHEMA.slow as select pg_sleep(30)::text as v; create table SCHEMA.t (a int, b int)")
        .await;
    let name = server.name.clone();
    let source = server.source("slow").await;
    let reading = tokio::spawn(async move { read_with(&source, &Limits::default()).await });
    let end = format!(
        "select count(pg_cancel_backend(pid)) from pg_stat_activity where usename = '{name}' and query like '%slow%' and wait_event = 'PgSleep'"
    );
    while server.count(&end).await == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let error = reading.await.unwrap().unwrap_err();
    let words = "somebody at the server ended the query; try again";
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::TimedOut, words));

    // The columns are known, then one goes while the reading waits for the table.
    for (change, kind, words) in [
        (format!("alter table {name}.t drop column b; commit"), ErrorKind::BadData, "the table has changed meanwhile"),
        ("select 1".to_owned(), ErrorKind::TimedOut, "somebody keeps the table locked; try again later"),
    ] {
        run(&mut server.admin, format!("begin; lock table {name}.t in access exclusive mode")).await;
        let source = server.source("t").await;
        let reading = tokio::spawn(async move { read_with(&source, &Limits::default()).await });
        // What waits is looked for in the list of locks, which a transaction sees as it is now.
        let waits = format!("select count(*) from pg_locks where not granted and relation = '{name}.t'::regclass");
        while server.count(&waits).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        run(&mut server.admin, change).await;
        let error = reading.await.unwrap().unwrap_err();
        assert!(error.kind == kind && error.message.starts_with(words), "{error}");
    }
    run(&mut server.admin, "commit".into()).await;
    server.end().await;
}

#[tokio::test]
async fn a_wrong_password_and_a_missing_database_are_told_in_words() {
    let server = Server::start().await;
    let missing = PostgresTarget { database: "no_such_database".into(), ..server.target.clone() };
    let error = test_connection(&missing, &accepted(&missing).await, &Limits::default()).await.unwrap_err();
    assert_eq!(error.message, "there is no such database on this server; check its name");
    let wrong = PostgresTarget { password: "wrong password".into(), ..server.target.clone() };
    match test_connection(&wrong, &accepted(&wrong).await, &Limits::default()).await {
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::Denied);
            assert!(error.message.contains("does not accept user and password"), "{error}");
            assert!(!error.to_string().contains("wrong password") && !format!("{wrong:?}").contains("wrong password"));
        }
        Ok(_) => println!("skipped: this server asks for no password"),
    }
    let encrypted = PostgresTarget { tls: TlsMode::VerifyName, ..server.target.clone() };
    match test_connection(&encrypted, &accepted(&encrypted).await, &Limits::default()).await {
        Err(error) => assert_eq!(error.kind, ErrorKind::Denied, "{error}"),
        Ok(_) => println!("this server has a certificate that is trusted here"),
    }
    server.end().await;
}

#[tokio::test]
async fn a_right_that_is_missing_behind_a_view_is_told_in_words() {
    let mut server = Server::start().await;
    let statements = "create function SCHEMA.secret() returns int language sql as 'select 1';
        revoke execute on function SCHEMA.secret() from public; create view SCHEMA.v as select SCHEMA.secret() as a";
    server.make(statements).await;
    let error = read_with(&server.source("v").await, &Limits::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied, "{error}");
    assert!(error.message.starts_with("the user lacks a right ("), "{error}");
    server.end().await;
}

#[tokio::test]
async fn an_error_that_repeats_a_value_is_told_by_its_code() {
    let mut server = Server::start().await;
    server
        .make(
            "create table SCHEMA.t (phone text); insert into SCHEMA.t values ('+43 660 1234567');
             create view SCHEMA.numbers as select phone::bigint as n from SCHEMA.t;
             create function SCHEMA.checked(phone text) returns bigint language plpgsql
               as $$ begin raise exception 'no number: %', phone; end $$;
             create view SCHEMA.raised as select SCHEMA.checked(phone) as n from SCHEMA.t",
        )
        .await;
    for (view, words) in [
        ("numbers", "the server cannot convert or compute a value (code 22P02)"),
        ("raised", "the server reports an error (code P0001)"),
    ] {
        let error = read_with(&server.source(view).await, &Limits::default()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadData, "{error}");
        assert_eq!(error.message, format!("{words}; read the table there to see its own words"));
    }
    server.end().await;
}
