//! Settings, backup, migrations of another program.

use crate::lab::Lab;
use store::{Location, OpenError, Store, StoreError};

pub async fn the_first_setting_wins(lab: &Lab) {
    assert_eq!(lab.store.load_setting("key").await.unwrap(), None);
    let starts: Vec<_> = (0..10_u8)
        .map(|n| {
            let store = lab.store.clone();
            tokio::spawn(async move { store.ensure_setting("key", &[n]).await.unwrap() })
        })
        .collect();
    let mut seen = Vec::new();
    for start in starts {
        seen.push(start.await.unwrap());
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "everybody goes on with the same one");
    lab.store.write_setting("key", b"other").await.unwrap();
    assert_eq!(lab.store.load_setting("key").await.unwrap().as_deref(), Some(&b"other"[..]));
}

pub async fn a_backup_can_be_opened(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    lab.add_term(document, "one").await;
    let file = lab.path("copy.db");
    let made = lab.store.backup_to(&file).await;
    if !lab.is_sqlite() {
        let Err(StoreError::Unsupported(advice)) = made else { panic!("{made:?}") };
        assert!(advice.contains("pg_dump"));
        return;
    }
    made.unwrap();
    lab.add_term(document, "two").await;
    let copy = Store::open(&Location::Sqlite(file.clone())).await.unwrap();
    assert_eq!(copy.load_document(document).await.unwrap().items.len(), 1);
    assert!(copy.integrity().await.unwrap().is_sound());
    copy.close().await;
    let twice = lab.store.backup_to(&file).await;
    assert!(matches!(twice, Err(StoreError::Conflict { constraint }) if constraint == "backup_file_exists"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let Location::Sqlite(own) = &lab.location else { panic!("not a file") };
        for path in [own, &file] {
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{path:?}");
        }
    }
}

pub async fn a_newer_schema_is_refused(lab: &Lab) {
    assert_eq!(lab.store.migrate().await.unwrap(), [0; 0], "nothing is left to do");
    let pending = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        select 9999, 'from the future', success, checksum, execution_time from _sqlx_migrations where version = 1";
    lab.sql(pending).await.unwrap();
    let refused = Store::open(&lab.location).await.err().unwrap();
    assert!(matches!(refused, OpenError::TooNew { version: 9999 }), "{refused}");
}

pub async fn an_altered_migration_is_refused(lab: &Lab) {
    let alter = "update _sqlx_migrations set checksum =
        (select checksum from _sqlx_migrations where version = 1) where version = 2";
    lab.sql(alter).await.unwrap();
    let refused = Store::open(&lab.location).await.err().unwrap();
    assert!(matches!(refused, OpenError::Altered { version: 2 }), "{refused}");
}

/// What a person reads when the database cannot be opened.
#[tokio::test]
async fn what_cannot_be_opened_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let none = dir.path().join("none.db");
    std::fs::write(
        &none,
        "name,city\nthis is a CSV file, not a database, and long enough to have a header\n".repeat(9),
    )
    .unwrap();
    let cases = [
        Location::Sqlite(none),
        Location::Sqlite(dir.path().join("no/such/folder/own.db")),
        Location::Postgres("postgres://me:secret@127.0.0.1:1/nowhere".into()),
    ];
    for location in cases {
        let error = Store::open(&location).await.err().unwrap();
        let text = error.to_string();
        assert!(matches!(error, OpenError::Unreachable { .. }), "{text}");
        assert!(text.starts_with("cannot open the database ") && !text.contains("secret"), "{text}");
    }
}
