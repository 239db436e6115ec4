//! Links that somebody puts in the place of a file once the guard has looked at it.
#![cfg(target_os = "linux")]

use std::{
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use connectors::{
    CsvOptions, ErrorKind, Limits, Source, SourceFile, catalogue,
    guard::{AllowList, Declared, Environment, KnownProduction, Target, judge},
};

use crate::reading::{read_with, rows};

/// A folder that the operator allows and one beside it that nobody may read, with a file of the same name in each.
struct Folders {
    dir: tempfile::TempDir,
}

impl Folders {
    fn new(name: &str) -> Self {
        let folders = Self { dir: tempfile::tempdir().unwrap() };
        for (folder, text) in [("allowed/in", "v\ninside\n"), ("secret", "v\noutside\n")] {
            std::fs::create_dir_all(folders.path(folder)).unwrap();
            std::fs::write(folders.path(folder).join(name), text).unwrap();
        }
        folders
    }

    fn path(&self, below: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(below)
    }

    /// The file as the guard accepts it.
    fn accepted(&self, name: &str) -> SourceFile {
        let declared = Declared {
            name: "test file".into(),
            environment: Environment::Test,
            target: Target::File { path: self.path("allowed/in").join(name) },
            known: KnownProduction::default(),
        };
        let proof = judge(&declared, &AllowList::default().with_folder(self.path("allowed")), &[]).unwrap();
        SourceFile::without_links(proof.file().unwrap())
    }
}

fn csv(path: SourceFile) -> Source {
    Source::Csv { path, options: CsvOptions::default() }
}

#[tokio::test]
async fn a_link_in_place_of_a_file_or_of_its_folder_is_not_followed() {
    type Open = fn(SourceFile) -> Source;
    let sources: [(&str, Open); 5] = [
        ("a.csv", csv),
        ("a.json", |path| Source::Json { path, lines: false }),
        ("a.parquet", |path| Source::Parquet { path }),
        ("a.xlsx", |path| Source::Xlsx { path, sheet: None }),
        ("a.sqlite", |path| Source::Sqlite { path, table: "t".into() }),
    ];
    for (name, source) in sources {
        for (swapped, to) in
            [(format!("allowed/in/{name}"), format!("secret/{name}")), ("allowed/in".into(), "secret".into())]
        {
            let folders = Folders::new(name);
            let source = source(folders.accepted(name));
            std::fs::rename(folders.path(&swapped), folders.path("allowed/before")).unwrap();
            symlink(folders.path(&to), folders.path(&swapped)).unwrap();
            let read = read_with(&source, &Limits::default()).await.unwrap_err();
            let looked = catalogue(&source, &Limits::default()).await.unwrap_err();
            for error in [read, looked] {
                assert_eq!(error.kind, ErrorKind::Refused, "{swapped}: {error}");
                assert!(error.message.contains("a link leads elsewhere"), "{error}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_come_and_go_lead_nowhere() {
    let folders = Folders::new("a.csv");
    let source = csv(folders.accepted("a.csv"));
    assert_eq!(read_with(&source, &Limits::default()).await.unwrap().rows, rows(&["inside"]));
    let (file, next, secret) = (folders.path("allowed/in/a.csv"), folders.path("next"), folders.path("secret/a.csv"));
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let swapping = std::thread::spawn(move || {
        while !told.load(Relaxed) {
            symlink(&secret, &next).unwrap();
            std::fs::rename(&next, &file).unwrap();
            std::fs::write(&next, "v\ninside\n").unwrap();
            std::fs::rename(&next, &file).unwrap();
        }
    });
    for _ in 0..500 {
        match read_with(&source, &Limits::default()).await {
            Ok(got) => assert_eq!(got.rows, rows(&["inside"])),
            Err(error) => assert_eq!(error.kind, ErrorKind::Refused, "{error}"),
        }
    }
    stop.store(true, Relaxed);
    swapping.join().unwrap();
}

#[tokio::test]
async fn who_names_a_link_on_the_command_line_means_where_it_leads() {
    let folders = Folders::new("a.csv");
    let link = folders.path("allowed/link.csv");
    symlink(folders.path("secret/a.csv"), &link).unwrap();
    let named = connectors::file::open(link.to_str().unwrap(), &Limits::default()).await.unwrap();
    assert_eq!(named.file(), Some(Path::new(&link)));
    assert_eq!(read_with(&named, &Limits::default()).await.unwrap().rows, rows(&["outside"]));
}
