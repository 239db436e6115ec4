//! The two folders of migrations say the same, in the words of the two databases.

use crate::lab::Lab;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// How the types of the column vocabulary are called in SQLite and in PostgreSQL's catalogue.
const VOCABULARY: &[(&str, &str)] = &[
    ("blob", "uuid"),
    ("blob", "bytea"),
    ("text", "timestamp with time zone"),
    ("text", "text"),
    ("text", "jsonb"),
    ("integer", "bigint"),
    ("boolean", "boolean"),
];

fn files(folder: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(folder);
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn both_folders_have_the_same_files() {
    let (sqlite, postgres) = (files("sqlite"), files("postgres"));
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    for (name, text) in sqlite.iter().chain(&postgres) {
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        // The one exception is the collation's name.
        let code = code.replace("\"C\"", "");
        assert!(!code.chars().any(char::is_uppercase), "{name} is not in lower case");
    }
}

const SQLITE_COLUMNS: &str = "select m.name || '.' || c.name || case c.\"notnull\" when 1 then ' not null' else '' end,
    lower(c.type)
from sqlite_schema as m, pragma_table_info(m.name) as c
where m.type = 'table' and m.name not like 'sqlite%' and m.name <> '_sqlx_migrations'";

const POSTGRES_COLUMNS: &str = "select table_name::text || '.' || column_name::text
        || case is_nullable when 'NO' then ' not null' else '' end,
    data_type::text
from information_schema.columns
where table_schema = current_schema() and table_name <> '_sqlx_migrations'";

const SQLITE_INDEXES: &str = "select tbl_name, name
from sqlite_schema
where type = 'index' and sql is not null";

/// Indexes that no constraint stands behind.
const POSTGRES_INDEXES: &str = "select tablename::text, indexname::text
from pg_indexes
where schemaname = current_schema() and tablename <> '_sqlx_migrations'
    and indexname not in (select conname from pg_constraint where connamespace = current_schema()::regnamespace)";

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns_postgres() {
    let Some(postgres) = Lab::postgres("schema").await else {
        return;
    };
    let sqlite = Lab::sqlite().await;
    let here: BTreeMap<String, String> = sqlite.pairs(SQLITE_COLUMNS).await.into_iter().collect();
    let there: BTreeMap<String, String> = postgres.pairs(POSTGRES_COLUMNS).await.into_iter().collect();
    assert!(here.len() > 100, "{}", here.len());
    assert_eq!(here.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>());
    for (column, kind) in &here {
        let pair = (kind.as_str(), there[column].as_str());
        assert!(VOCABULARY.contains(&pair), "{column}: {pair:?} is not in the vocabulary");
    }
    let here: BTreeSet<_> = sqlite.pairs(SQLITE_INDEXES).await.into_iter().collect();
    let there: BTreeSet<_> = postgres.pairs(POSTGRES_INDEXES).await.into_iter().collect();
    assert_eq!(here, there);
    sqlite.close().await;
    postgres.close().await;
}
