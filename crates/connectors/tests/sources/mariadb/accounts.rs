//! Who may what: nothing is written, rights beyond reading are told, wrong passwords are told in words.

use connectors::{
    ErrorKind, Limits, MysqlTarget, Source, TlsMode,
    guard::{AllowList, Declared, Environment, KnownProduction, check_connection},
    mysql::test_connection,
};

use super::Server;
use crate::reading::{accepted_mysql, read_with};

#[tokio::test]
async fn nothing_is_written_even_by_a_view_that_tries() {
    let mut server = Server::start().await;
    server
        .make(
            "create table log (n int);
             grant insert on log to USER;
             create function write_it() returns int modifies sql data sql security definer
               begin insert into log values (1); return 1; end;
             create view trap as select write_it() as n;
             create sequence numbers;
             create view counter as select nextval(numbers) as n",
        )
        .await;
    for view in ["trap", "counter"] {
        // To a transaction that only reads the server does not even describe such a view.
        let error = read_with(&server.source(view).await, &Limits::default()).await.unwrap_err();
        let told = error.message.starts_with(&format!("there is no table {view} that this user may read"));
        assert!(told || error.kind == ErrorKind::Refused, "{view}: {error}");
    }
    assert_eq!(server.ask("select cast(count(*) as char) from log").await, "0");
    assert_eq!(server.ask("select cast(nextval(numbers) as char)").await, "1");
    server.end().await;
}

#[tokio::test]
async fn rights_beyond_reading_are_told() {
    let mut server = Server::start().await;
    server.make("create table t (a int)").await;
    let Source::Mysql { target, guard } = server.source("t").await else { return };
    let seen = async || {
        let report = test_connection(&target, &guard, &Limits::default()).await.unwrap();
        assert!(report.facts.version.contains("MariaDB") && !report.facts.cluster_name.is_empty());
        report.warnings.into_iter().map(|warning| warning.signal).collect::<Vec<_>>()
    };
    assert_eq!(seen().await, Vec::<String>::new());
    server.make("grant delete on t to USER").await;
    assert_eq!(seen().await, ["can-write"]);
    server.make("revoke delete on t from USER; grant update (a) on t to USER").await;
    assert_eq!(seen().await, ["can-write"]);
    server.make("revoke update (a) on t from USER; grant file on *.* to USER").await;
    assert_eq!(seen().await, ["superuser"]);
    // Through a role that is active from the start.
    let role = format!("role_{}", server.name);
    server
        .make(&format!("revoke file on *.* from USER; create role {role}; grant insert on t to {role}; grant {role} to USER; set default role {role} for USER"))
        .await;
    assert_eq!(seen().await, ["can-write"]);
    server.make(&format!("drop role {role}")).await;
    server.end().await;
}

#[tokio::test]
async fn a_server_recorded_as_production_is_refused_whatever_its_name() {
    let server = Server::start().await;
    let Source::Mysql { target, guard } = server.source("t").await else { return };
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
        println!("skipped: this server has no identifier (MariaDB before 2024)");
    }
    server.end().await;
}

#[tokio::test]
async fn what_the_server_denies_is_told_in_words() {
    let mut server = Server::start().await;
    server.make("create table t (a int); create table secret (a int)").await;
    let refused = async |target: MysqlTarget| {
        let error = test_connection(&target, &accepted_mysql(&target).await, &Limits::default()).await.unwrap_err();
        assert!(!error.to_string().contains("wrong password") && !error.to_string().contains('\n'), "{error}");
        error
    };
    // A user who may not use a database is not told whether it exists.
    let error = refused(MysqlTarget { database: "no_such_database".into(), ..server.target.clone() }).await;
    assert_eq!(error.kind, ErrorKind::Denied);
    assert!(error.message.starts_with("the user may not use this database"), "{error}");
    let wrong = MysqlTarget { password: "wrong password".into(), ..server.target.clone() };
    assert!(!format!("{wrong:?}").contains("wrong password"));
    let error = refused(wrong).await;
    assert_eq!(error.kind, ErrorKind::Denied);
    assert!(error.message.contains("does not accept user and password"), "{error}");
    let encrypted = MysqlTarget { tls: TlsMode::VerifyName, ..server.target.clone() };
    assert_eq!(refused(encrypted).await.kind, ErrorKind::Denied);
    // A table that may not be read is as if it were not there; columns that may not are left out.
    server.make("create table half (a int, b int); revoke all privileges, grant option from USER; grant select (a) on half to USER").await;
    let got = read_with(&server.source("half").await, &Limits::default()).await.unwrap();
    assert_eq!(got.columns, ["a"]);
    let error = read_with(&server.source("secret").await, &Limits::default()).await.unwrap_err();
    assert_eq!(error.message, "there is no table secret that this user may read; it may read `half`");
    server.end().await;
}
