//! A real MariaDB, which `PLUMBLINE_TEST_MARIADB_URL` names. Its user may create databases and users, and it keeps
//! its general log in a table: every test ends with a look at what its own user asked for.

mod accounts;
mod limits;
mod names;

use std::{
    str::FromStr,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use connectors::{Limits, MysqlTarget, Source, TlsMode, catalogue, sample};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, mysql::MySqlConnectOptions};

use crate::reading::{accepted_mysql, read_with, rows};

/// A database of its own with a user who may only read it.
struct Server {
    admin: MySqlConnection,
    target: MysqlTarget,
    name: String,
}

impl Server {
    #[expect(clippy::disallowed_methods, reason = "the test runner names the server this way")]
    async fn start() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let url = std::env::var("PLUMBLINE_TEST_MARIADB_URL");
        let url = url.unwrap_or_else(|_| {
            panic!("PLUMBLINE_TEST_MARIADB_URL is not set; run this with scripts/with-mariadb");
        });
        let options = MySqlConnectOptions::from_str(&url).unwrap();
        let mut admin = MySqlConnection::connect_with(&options).await.unwrap();
        let name = format!("plumbline_check_{}_{}", std::process::id(), NEXT.fetch_add(1, Relaxed));
        run(&mut admin, format!("create database {name} character set utf8mb4; create user {name}@'%' identified by 'right password'; grant select, show view on {name}.* to {name}@'%'; use {name}")).await;
        let target = MysqlTarget {
            host: options.get_host().into(),
            port: options.get_port(),
            database: name.clone(),
            user: name.clone(),
            password: "right password".into(),
            tls: TlsMode::Off,
            root_certificate: None,
            table: "t".into(),
        };
        Self { admin, target, name }
    }

    /// Runs statements in the database, `USER` replaced.
    async fn make(&mut self, statements: &str) {
        run(&mut self.admin, statements.replace("USER", &format!("{}@'%'", self.name))).await;
    }

    async fn source(&self, table: &str) -> Source {
        let target = MysqlTarget { table: table.into(), ..self.target.clone() };
        let guard = Box::new(accepted_mysql(&target).await);
        Source::Mysql { target, guard }
    }

    /// One value that the administrator asks for.
    async fn ask(&mut self, statement: &str) -> String {
        let statement = statement.replace("NAME", &self.name);
        sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&mut self.admin).await.unwrap()
    }

    /// Removes everything, after a look at what the user asked for: nothing but reading.
    async fn end(mut self) {
        let name = self.name.clone();
        let asked: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(format!(
            "select cast(command_type as char), cast(argument as char) from mysql.general_log where user_host like '%[{name}]%'"
        )))
        .fetch_all(&mut self.admin)
        .await
        .unwrap();
        assert!(!asked.is_empty(), "the server keeps no general log in its table");
        let reading =
            ["set session ", "set names utf8mb4", "start transaction with", "select ", "show ", "kill query "];
        for (command, argument) in asked {
            let harmless = match command.as_str() {
                "Query" | "Prepare" | "Execute" => reading.iter().any(|start| argument.starts_with(start)),
                other => matches!(other, "Connect" | "Init DB" | "Quit" | "Close stmt"),
            };
            let locks = argument.to_ascii_lowercase().contains("for update");
            assert!(
                harmless && !locks && !argument.to_ascii_lowercase().contains("into outfile"),
                "{command}: {argument}"
            );
        }
        run(&mut self.admin, format!("drop database {name}; drop user {name}@'%'")).await;
    }
}

async fn run(admin: &mut MySqlConnection, statements: String) {
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(admin).await.unwrap();
}

#[tokio::test]
async fn every_type_is_read_as_text_and_numbers_are_known() {
    let mut server = Server::start().await;
    server
        .make(
            "create table t (
               id bigint unsigned primary key, whole int, padded int(6) unsigned zerofill, amount decimal(12,2),
               paid decimal(8,3) zerofill, small float, large double, yes boolean, flags bit(3), y year, day date,
               clock time(3), at datetime, exact datetime(6), moment timestamp(3) null, kind enum('a','b c'),
               many set('x','y'), code char(4), name varchar(50) not null, latin varchar(20) character set latin1,
               long_text longtext collate utf8mb4_bin, raw varbinary(20), bytes blob, place point, doc json, who uuid, net inet6,
               empty int);
             set time_zone = '+02:00';
             set sql_mode = '';
             insert into t values
               (18446744073709551615, -5, 42, 1.50, 2.5, 0.1, 1e20, true, b'101', 2024, '2020-02-29', '-12:00:00.5',
                '2020-02-29 12:00:00', '2020-02-29 12:00:00.123400', '2020-02-29 12:00:00.25', 'b c', 'x,y', 'ab',
                '', 'Zürich', 'Zürich 😀', x'00ff', x'DEAD', point(1, 2), '{\"a\": 1}',
                '123E4567-e89b-12d3-a456-426614174000', '::1', null),
               (1, null, null, null, null, 16777217, 0.1, null, null, null, '0000-00-00', '100:00:00',
                '0000-00-00 00:00:00', '2020-02-29 12:00:00', '0000-00-00 00:00:00', null, '', null, 'x', null,
                null, null, null, null, null, null, null, null)",
        )
        .await;
    let got = read_with(&server.source("t").await, &Limits::default()).await.unwrap();
    let value = |row: usize, column: &str| {
        got.rows[row][got.columns.iter().position(|name| name == column).unwrap()].as_deref().unwrap_or("∅").to_owned()
    };
    let (first, second) = if value(0, "id") == "1" { (1, 0) } else { (0, 1) };
    for (column, high, low, numeric) in [
        ("id", "18446744073709551615", "1", true),
        ("whole", "-5", "∅", true),
        ("padded", "42", "∅", true),
        ("amount", "1.50", "∅", true),
        ("paid", "2.500", "∅", true),
        ("small", "0.1", "16777216", true),
        ("large", "100000000000000000000", "0.1", true),
        ("yes", "1", "∅", true),
        ("flags", "101", "∅", false),
        ("y", "2024", "∅", false),
        ("day", "2020-02-29", "0000-00-00", false),
        ("clock", "-12:00:00.5", "100:00:00", false),
        ("at", "2020-02-29 12:00:00", "0000-00-00 00:00:00", false),
        ("exact", "2020-02-29 12:00:00.1234", "2020-02-29 12:00:00", false),
        ("moment", "2020-02-29 10:00:00.25+00", "0000-00-00 00:00:00", false),
        ("kind", "b c", "∅", false),
        ("many", "x,y", "", false),
        ("code", "ab", "∅", false),
        ("name", "", "x", false),
        ("latin", "Zürich", "∅", false),
        ("long_text", "Zürich 😀", "∅", false),
        ("raw", "00ff", "∅", false),
        ("bytes", "dead", "∅", false),
        ("place", "0101000000000000000000f03f0000000000000040", "∅", false),
        ("doc", "{\"a\": 1}", "∅", false),
        ("who", "123e4567-e89b-12d3-a456-426614174000", "∅", false),
        ("net", "::1", "∅", false),
        ("empty", "∅", "∅", false),
    ] {
        assert_eq!((value(first, column), value(second, column)), (high.to_owned(), low.to_owned()), "{column}");
        assert_eq!(got.numeric(column), Some(numeric), "{column}");
    }
    assert!(got.summary.fingerprint.starts_with("mariadb 1"), "{}", got.summary.fingerprint);
    let logs_changes = server.ask("select cast(@@log_bin as char)").await == "1";
    let position = if logs_changes { " log=" } else { " changed=20" };
    assert!(got.summary.fingerprint.contains(position), "{}", got.summary.fingerprint);
    assert_eq!(got.summary.notes, Vec::<String>::new());

    let tables = catalogue(&server.source("").await, &Limits::default()).await.unwrap();
    assert_eq!((tables.len(), tables[0].schema.as_deref(), tables[0].name.as_str()), (1, None, "t"));
    assert_eq!(tables[0].row_estimate, Some(2));
    let id = &tables[0].columns[0];
    assert_eq!(
        (id.name.as_str(), id.type_name.as_str(), id.nullable, id.key),
        ("id", "bigint(20) unsigned", false, true)
    );
    let name = tables[0].columns.iter().find(|column| column.name == "name").unwrap();
    assert!(!name.nullable && !name.key && tables[0].columns[1].nullable);
    assert_eq!(sample(&server.source("t").await, 1, &Limits::default()).await.unwrap().batch.num_rows(), 1);
    server.end().await;
}

#[tokio::test]
async fn what_a_table_without_snapshots_or_a_view_lacks_is_noted() {
    let mut server = Server::start().await;
    server
        .make("create table t (a int) engine = Aria; insert into t values (1); create view v as select a from t")
        .await;
    let got = read_with(&server.source("t").await, &Limits::default()).await.unwrap();
    assert_eq!(got.rows, rows(&["1"]));
    let expected = "the table is kept by Aria, which knows no snapshots: rows may be of different moments";
    assert_eq!(got.summary.notes, [expected]);
    let got = read_with(&server.source("v").await, &Limits::default()).await.unwrap();
    if server.ask("select cast(@@log_bin as char)").await == "1" {
        assert!(got.summary.fingerprint.contains("table=v log=") && got.summary.notes.is_empty(), "{:?}", got.summary);
    } else {
        assert!(got.summary.fingerprint.ends_with("table=v state=unknown"), "{}", got.summary.fingerprint);
        assert_eq!(got.summary.notes, ["the server tells nothing that identifies the state that was read"]);
    }
    server.end().await;
}
