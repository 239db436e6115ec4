//! What looks like production is refused with every reason beside its field, and nothing of it is kept.

use super::world::{World, fields};
use workbench::{DatabaseForm, Error};

#[tokio::test]
async fn files_that_look_like_production_are_refused_and_not_kept() {
    let world = World::new().await;
    let csv = b"id\n1\n";
    for (name, environment, file, expected) in [
        ("crm", "test", "crm-prod.csv", "file"),
        ("CRM production", "test", "crm.csv", "name"),
        ("crm", "production", "crm.csv", "environment"),
        ("crm", "", "crm.csv", "environment"),
    ] {
        let said = world.workbench.connect_upload(&world.owner, &world.plan, name, None, environment, file, csv).await;
        assert_eq!(fields(&said.unwrap_err()), [expected], "{name} {environment} {file}");
    }
    let all = world
        .workbench
        .connect_upload(&world.owner, &world.plan, "crm live", None, "production", "crm_prod.csv", csv)
        .await;
    let mut seen = fields(&all.unwrap_err());
    seen.sort();
    assert_eq!(seen, ["environment", "file", "name"], "every reason, not only the first");
    assert!(world.workbench.connections(&world.owner, &world.plan).await.unwrap().is_empty());
    assert!(!world.bytes().iter().any(|(path, _)| path.ends_with(".csv")), "a refused upload stays behind");
}

#[tokio::test]
async fn files_that_are_none_are_answered_in_words() {
    let world = World::new().await;
    for (file, bytes) in [
        ("crm.csv", b"".as_slice()),
        ("crm.exe", b"id\n1\n"),
        ("", b"id\n1\n"),
        ("crm.sqlite", b"this is no database at all, only a line of text"),
        ("crm.csv", b"id,id\n1,2\n"),
    ] {
        let said = world.workbench.connect_upload(&world.owner, &world.plan, "crm", None, "test", file, bytes).await;
        assert_eq!(fields(&said.unwrap_err()), ["file"], "{file}");
    }
}

#[tokio::test]
async fn paths_outside_the_allowed_folders_are_refused() {
    let allowed = tempfile::tempdir().unwrap();
    let folder = allowed.path().to_owned();
    std::fs::write(folder.join("crm.csv"), "id\n1\n").unwrap();
    let world = World::with(|settings| settings.source_dirs = vec![folder.clone()]).await;
    let connect =
        async |path: &str| world.workbench.connect_file(&world.owner, &world.plan, "crm", "", "test", path).await;
    for path in ["/etc/passwd.csv", "../crm.csv", "", "/etc/hosts"] {
        assert_eq!(fields(&connect(path).await.unwrap_err()), ["path"], "{path}");
    }
    let sneaky = format!("{}/../{}/../crm.csv", folder.display(), "x");
    assert_eq!(fields(&connect(&sneaky).await.unwrap_err()), ["path"]);
    connect(&folder.join("crm.csv").display().to_string()).await.unwrap();
}

#[tokio::test]
async fn databases_are_refused_with_every_reason_beside_its_field() {
    let world = World::with(|settings| settings.allowed_targets = vec!["10.1.0.0/16:5432".into()]).await;
    let form = DatabaseForm {
        kind: "postgres",
        name: "CRM prod",
        instance: "",
        environment: "test",
        host: "127.0.0.1",
        port: "5432",
        database: "crm_live",
        user: "postgres",
        password: "hunter2-canary",
        tls: "off",
        certificate: "",
    };
    let error = world.workbench.connect_database(&world.owner, &world.plan, form).await.unwrap_err();
    assert!(!error.to_string().contains("hunter2"));
    let mut seen = fields(&error);
    seen.sort();
    assert_eq!(seen, ["database", "host", "name", "user"]);
    let plain = DatabaseForm { name: "CRM test", database: "crm", user: "reader", ..form };
    let error = world.workbench.connect_database(&world.owner, &world.plan, plain).await.unwrap_err();
    assert_eq!(fields(&error), ["host"], "loopback is special");
    for (port, tls, expected) in [("99999", "off", "port"), ("5432", "maybe", "tls")] {
        let wrong = DatabaseForm { port, tls, ..plain };
        assert_eq!(
            fields(&world.workbench.connect_database(&world.owner, &world.plan, wrong).await.unwrap_err()),
            [expected]
        );
    }
    for (wrong, expected) in [
        (DatabaseForm { host: "db\0.example", ..plain }, "host"),
        (DatabaseForm { database: "crm\0user\0postgres", ..plain }, "database"),
        (DatabaseForm { user: "reader\0database\0other", ..plain }, "user"),
    ] {
        let error = world.workbench.connect_database(&world.owner, &world.plan, wrong).await.unwrap_err();
        assert_eq!(fields(&error), [expected]);
        assert!(!error.to_string().contains('\0'), "{error}");
    }
    let missing = DatabaseForm { host: " ", user: "", ..plain };
    assert_eq!(
        fields(&world.workbench.connect_database(&world.owner, &world.plan, missing).await.unwrap_err()),
        ["host", "user"]
    );
}

#[tokio::test]
async fn two_connections_do_not_share_a_name_and_a_removed_one_cannot_run() {
    let world = World::new().await;
    let first = world.upload("crm", None, "id\n1\n").await;
    let again =
        world.workbench.connect_upload(&world.owner, &world.plan, "CRM", None, "test", "x.csv", b"id\n1\n").await;
    assert_eq!(fields(&again.unwrap_err()), ["name"]);
    world.workbench.remove_connection(&world.owner, &world.plan, first).await.unwrap();
    assert!(world.workbench.connections(&world.owner, &world.plan).await.unwrap().is_empty());
    let error = world.workbench.tables(&world.owner, &world.plan, first).await.unwrap_err();
    assert!(matches!(error, Error::Conflict(ref words) if words.contains("was removed")), "{error}");
}
