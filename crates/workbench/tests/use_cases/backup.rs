//! A backup with everything is an installation of its own; what vanished is told.

use super::world::{World, clock};
use std::path::{Path, PathBuf};
use views::sync::DifferenceFilter;
use workbench::{BackupParts, Caller, Error, Settings, Workbench};

const LEFT: &str = "id,email,name,tier\n\
    1,a@x.example,Ann,gold\n\
    2,B@X.example,Bob,gold\n\
    3,c@x.example,Cleo,silver\n\
    4,d@x.example,Dan,gold\n";
const RIGHT: &str = "id,email,name,tier\n\
    1,a@x.example,Ann,gold\n\
    2,b@x.example,Bob,gold\n\
    3,c@x.example,Cleo ,silver\n\
    4,other@x.example,Dan,gold\n";
const ALL: BackupParts = BackupParts { evidence: true, uploads: true, keys: true };

/// Every file below a folder as a path within it, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

fn top(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_with_everything_works_elsewhere() {
    let world = World::new().await;
    let two = world.two_systems(LEFT, RIGHT).await;
    let check = world.designed(&two).await;
    let number = world.run(&check).await;
    // What no run refers to stays behind.
    let (own, place) = (world.data.path(), tempfile::tempdir().unwrap());
    std::fs::create_dir_all(own.join("evidence/left-over")).unwrap();
    std::fs::write(own.join("evidence/left-over/left.parquet"), "x").unwrap();
    let folder = place.path().join("kept");
    let w = &world.workbench;
    assert!(matches!(w.backup_with(&world.stranger().await, &folder, ALL).await, Err(Error::Denied(_))));
    assert!(!folder.exists());
    assert_eq!(w.backup_with(&Caller::Operator, &folder, ALL).await.unwrap(), Vec::<String>::new());
    assert_eq!(top(&folder), ["evidence", "master.key", "plumbline.sqlite", "signing.key", "uploads"]);
    assert_eq!(files(&folder.join("uploads")), files(&own.join("uploads")));
    let left_over = PathBuf::from("left-over/left.parquet");
    let expected: Vec<_> = files(&own.join("evidence")).into_iter().filter(|file| *file != left_over).collect();
    assert!(expected.len() >= 3, "{expected:?}");
    assert_eq!(files(&folder.join("evidence")), expected);
    #[cfg(unix)]
    for (name, mode) in [("", 0o700), ("master.key", 0o600), ("signing.key", 0o600), ("plumbline.sqlite", 0o600)] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777, mode, "{name}");
    }

    let restored = Workbench::open(Settings::for_data_dir(folder.clone(), clock)).await.unwrap();
    assert_eq!(restored.check_integrity(&Caller::Operator).await.unwrap().faults, Vec::<String>::new());
    let shown = async |w: &Workbench| {
        let key = w.export_page(&Caller::Operator, &world.plan).await.unwrap().key_fingerprint;
        let all = DifferenceFilter::default();
        let page = w.differences(&Caller::Operator, &world.plan, number, &all, 0).await.unwrap();
        (key, page.total, page.rows)
    };
    let there = shown(&restored).await;
    assert!(there.1 > 0);
    assert_eq!(there, shown(w).await);

    let twice = w.backup_with(&Caller::Operator, &folder, ALL).await.unwrap_err();
    assert!(twice.to_string().contains("exists already; name a new folder"), "{twice}");
    assert!(folder.join("master.key").exists(), "what was there is left alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_asked_for_is_copied_and_what_is_gone_is_told() {
    let world = World::new().await;
    let two = world.two_systems(LEFT, RIGHT).await;
    let check = world.designed(&two).await;
    world.run(&check).await;
    let (own, place) = (world.data.path(), tempfile::tempdir().unwrap());
    let folder = place.path().join("keys");
    let parts = BackupParts { keys: true, ..BackupParts::default() };
    assert!(world.workbench.backup_with(&Caller::Operator, &folder, parts).await.unwrap().is_empty());
    assert_eq!(top(&folder), ["master.key", "plumbline.sqlite", "signing.key"]);

    let differences = files(&own.join("evidence")).into_iter().find(|f| f.ends_with("differences.parquet")).unwrap();
    std::fs::remove_file(own.join("evidence").join(&differences)).unwrap();
    std::fs::remove_dir_all(own.join("uploads")).unwrap();
    let folder = place.path().join("rest");
    let parts = BackupParts { keys: false, ..ALL };
    let gone = world.workbench.backup_with(&Caller::Operator, &folder, parts).await.unwrap();
    assert_eq!(gone[0], format!("evidence/{}", differences.display()));
    assert!(gone.len() == 3 && gone[1..].iter().all(|file| file.starts_with("uploads/")), "{gone:?}");
    assert_eq!(top(&folder), ["evidence", "plumbline.sqlite"]);
}
