//! Any name is read and none is executed.

use connectors::{ErrorKind, Limits};
use proptest::{
    prelude::{Strategy, any},
    strategy::ValueTree,
    test_runner::TestRunner,
};
use sqlx::AssertSqlSafe;

use super::Server;
use crate::reading::{read_with, rows};

const ODD: &str = "a `b``; drop table t; -- \"'\\ größe";

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

#[tokio::test]
async fn odd_names_are_read_and_a_missing_table_is_told_with_what_there_is() {
    let mut server = Server::start().await;
    let odd = quoted(ODD);
    server.make(&format!("create table t (a int); create table {odd} (`x``y` text, `größe ]\"'\\` text); insert into {odd} values ('1', '2')")).await;
    let got = read_with(&server.source(ODD).await, &Limits::default()).await.unwrap();
    assert_eq!((got.columns, got.rows), (vec!["x`y".to_owned(), "größe ]\"'\\".to_owned()], rows(&["1 2"])));
    for gone in ["gone", "T", "t ", "t\0", "` or 1", "%"] {
        let error = read_with(&server.source(gone).await, &Limits::default()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadData, "{gone:?}: {error}");
        assert!(error.message.starts_with(&format!("there is no table {gone} that this user may read; it may read `")));
    }
    assert_eq!(server.ask("select cast(count(*) as char) from t").await, "0", "t is still there");
    server.end().await;
}

#[tokio::test]
async fn random_names_are_read_back_from_real_tables() {
    const CASES: u32 = 60;
    let mut server = Server::start().await;
    let mut runner = TestRunner::deterministic();
    // What the server takes as a name: no NUL, at most 64 characters of the basic plane, no blank at its end.
    let hostile =
        ["`", "``", "\"", "'", "\\", ";", "--", "/*", "*/", "#", "%", "?", ".", "@", "$", "\u{202e}", " ", "\n", "\t"];
    let letter = any::<char>().prop_map(move |c| {
        let code = u32::from(c);
        let plain = code > 0x1f && code < 0xfff0 && !c.is_whitespace();
        if plain && code % 2 == 0 { c.to_string() } else { hostile[code as usize % hostile.len()].to_owned() }
    });
    let name = proptest::collection::vec(letter, 1..20).prop_map(|letters| format!("{}_", letters.concat()));
    for case in 0..CASES {
        let table = format!("x{case}{}", name.new_tree(&mut runner).unwrap().current());
        let column = name.new_tree(&mut runner).unwrap().current();
        let (quoted_table, quoted_column) = (quoted(&table), quoted(&column));
        let statement = format!("create table {quoted_table} ({quoted_column} text)");
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut server.admin).await.unwrap();
        let statement = format!("insert into {quoted_table} values (?)");
        sqlx::query(AssertSqlSafe(statement)).bind(&column).execute(&mut server.admin).await.unwrap();
        let got = read_with(&server.source(&table).await, &Limits::default()).await.unwrap();
        assert_eq!((got.columns, got.rows), (vec![column.clone()], vec![vec![Some(column)]]), "{table:?}");
    }
    server.end().await;
}
