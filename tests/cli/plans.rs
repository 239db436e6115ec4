//! A plan goes the whole way on the command line: made, listed, judged, exported, verified, moved
//! elsewhere, copied.

use super::folder::{Folder, files, names};
use serde_json::{Value, json};

#[test]
fn the_demo_plan_goes_the_whole_way() {
    let folder = Folder::new();
    assert_eq!(folder.run("demo --data a").code, 0);
    let plans = folder.run("plans --data a --format json").json(0);
    let plan = &plans.as_array().unwrap()[0];
    assert_eq!(names(plan), ["key", "name", "state"]);
    assert_eq!((&plans[1], &plan["state"]), (&Value::Null, &json!("draft")));
    let key = plan["key"].as_str().unwrap();

    let lint = folder.run(&format!("lint --data a --plan {key} --format json")).json(1);
    let findings = lint["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["severity"] == "error"), "{findings:?}");
    for (format, start) in [("md", "---\n"), ("pdf", "%PDF-"), ("json", "{")] {
        let ended = folder.run(&format!("export --data a --plan {key} --format {format} -o plan.{format}"));
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{format}: {}", ended.err);
        let bytes = std::fs::read(folder.path(&format!("plan.{format}"))).unwrap();
        assert!(bytes.starts_with(start.as_bytes()), "{format}");
    }

    // A draft is nobody's word, and is told from one that somebody changed.
    for file in ["plan.md", "plan.pdf", "plan.json"] {
        let said = folder.run(&format!("verify --data a {file} --format json")).json(1);
        assert_eq!(said["verdict"], "draft", "{file}: {said}");
    }
    let mut text = std::fs::read(folder.path("plan.md")).unwrap();
    let at = text.windows(4).position(|w| w == b"data").unwrap();
    text[at] ^= 1;
    folder.write("flipped.md", text);
    assert_eq!(folder.run("verify --data a flipped.md --format json").json(1)["verdict"], "altered");
    folder.write("other.md", "# A text of somebody else\n");
    assert_eq!(folder.run("verify --data a other.md --format json").json(1)["verdict"], "unknown");

    without_installation(&folder);

    assert_eq!(folder.run("import --data b plan.json --format json").json(0)["key"], key);
    let there = folder.run("plans --data b --format json").json(0);
    assert_eq!((&there[0]["name"], &there[1]), (&plan["name"], &Value::Null));
    let said = folder.refused("import --data b plan.pdf");
    assert!(said.contains("PDF"), "{said}");

    assert_eq!(folder.run("backup --data a copy.sqlite").code, 0);
    assert!(std::fs::read(folder.path("copy.sqlite")).unwrap().starts_with(b"SQLite format 3\0"));
    let said = folder.refused("backup --data a copy.sqlite");
    assert!(said.contains("exists already"), "{said}");
    with_everything(&folder);
    several_tables(&folder);
}

/// A copy with the files is an installation of its own; what is gone is told.
fn with_everything(folder: &Folder) {
    let ended = folder.run("backup --data a kept --with evidence,uploads,keys");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    assert!(
        ended.out.contains("laid out like a data folder") && ended.out.contains("It holds the keys"),
        "{}",
        ended.out
    );
    let kept = files(&folder.path("kept/evidence"), "parquet");
    assert_eq!(kept.len(), files(&folder.path("a/evidence"), "parquet").len());
    assert_eq!(folder.run("verify --data kept").code, 0);
    let said = folder.run("verify --data kept plan.md --format json").json(1);
    assert_eq!(said["verdict"], "draft");
    assert!(folder.refused("backup --data a kept --with keys").contains("name a new folder"));
    assert!(folder.refused("backup --data a other --with everything").contains("evidence, uploads, keys"));
    assert!(!folder.path("other").exists());
    let staged = files(&folder.path("a/evidence"), "parquet").into_iter().find(|f| f.ends_with("left.parquet"));
    std::fs::remove_file(staged.unwrap()).unwrap();
    let ended = folder.run("backup --data a less --with evidence");
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("is gone, and not in the copy"), "{}", ended.err);
    assert!(!folder.path("less/master.key").exists());
}

/// Files are verified where nothing is installed, and that leaves nothing behind; what was altered does not come in.
fn without_installation(folder: &Folder) {
    let key = folder.run("verify --data a plan.md --format json").json(1)["key_fingerprint"].clone();
    for file in ["plan.md", "plan.pdf", "plan.json"] {
        let ended = folder.run(&format!("verify {file} --format json"));
        assert!(ended.err.contains("no installation in ") && ended.err.contains("/data: "), "{}", ended.err);
        let said = ended.json(1);
        assert_eq!((&said["verdict"], &said["key_fingerprint"]), (&json!("draft"), &key), "{file}: {said}");
        assert!(said["sentence"].as_str().unwrap().contains("compare its fingerprint"), "{said}");
    }
    let key = key.as_str().unwrap();
    let said = folder.run(&format!("verify plan.md --fingerprint {} --format json", key.to_uppercase())).json(1);
    assert_eq!(said["verdict"], "draft");
    let said = folder.run(&format!("verify plan.md --fingerprint {} --format json", "0".repeat(32))).json(1);
    assert_eq!(said["verdict"], "unknown");
    assert!(folder.refused("verify plan.md --fingerprint 0a1b").contains("32 hexadecimal digits"));
    assert!(folder.refused("verify none.md").contains("none.md"));
    // Who names a folder means an installation.
    assert!(folder.refused("verify --data nowhere plan.md").contains("no installation in"));
    assert!(!folder.path("data").exists());

    let text = std::fs::read_to_string(folder.path("plan.json")).unwrap();
    let altered = text.replacen("marketing", "Marketing", 1);
    assert_ne!(text, altered);
    folder.write("altered.json", altered);
    assert_eq!(folder.run("verify altered.json --format json").json(1)["verdict"], "altered");
    assert!(folder.refused("import --data b altered.json").contains("was altered after it was exported"));
}

/// Of a file with several tables one has to be named; the refusal lists them.
fn several_tables(folder: &Folder) {
    let erp = files(&folder.path("a/demo"), "sqlite").into_iter().find(|path| path.ends_with("erp.sqlite")).unwrap();
    std::fs::copy(erp, folder.path("erp.sqlite")).unwrap();
    let said = folder.refused("check --left erp.sqlite --right erp.sqlite --key id --compare name");
    assert!(said.contains("several tables"), "{said}");
    let table = said.rsplit(": ").next().unwrap().split(", ").next().unwrap().trim().trim_matches('`');
    let said =
        folder.refused(&format!("check --left erp.sqlite#{table} --right erp.sqlite#nothing --key id --compare name"));
    assert!(said.contains("nothing") && said.contains(table), "{said}");
}

#[test]
fn what_is_not_there_is_named() {
    let folder = Folder::new();
    let said = folder.refused("export --data gone --plan x --format md -o x.md");
    assert!(said.contains("gone") && !folder.path("gone").exists(), "{said}");
    assert_eq!(folder.run("plans --data a --format json").json(0), json!([]));
    for arguments in ["lint --data a --plan nothing", "export --data a --plan nothing --format md -o x.md"] {
        let said = folder.refused(arguments);
        assert!(said.contains("no such plan"), "{said}");
    }
    assert!(!folder.path("x.md").exists());
    let said = folder.refused("plans --data a --config nowhere.toml");
    assert!(said.contains("nowhere.toml"), "{said}");
}
