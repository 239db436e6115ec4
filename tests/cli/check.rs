//! `plumbline check` on real files: its result is a contract, and bad input is answered in words.

use super::folder::{Folder, names};
use serde_json::json;

const LEFT: &str =
    "id,name,city\n1,Ann, Graz\n2,Bob,Linz\n3,Cleo,Wels\n4,Dan,Enns\n5,Eve,Rust\n5,Eve,Rust\n,Zed,Enns\n";
const RIGHT: &str = "no;who;town\n1;Ann;Graz\n2;BOB;Linz\n3;Cora;Wels\n5;Eve;Rust\n6;Fay;Melk\n";
const ASKED: &str = "check --left l.csv --right r.csv --key id=no --compare name=who,city=town --rules trim,casefold";

#[test]
fn the_result_is_one_object_of_the_agreed_form() {
    let folder = Folder::new();
    folder.write("l.csv", LEFT);
    folder.write("r.csv", RIGHT);
    let found = folder.run(&format!("{ASKED} --format json")).json(1);
    assert_eq!(names(&found), ["fields", "left", "records", "result_sha256", "right"]);
    let expected = json!({
        "left": { "rows": 7, "empty_keys": 1, "duplicate_keys": 1, "duplicate_rows": 2 },
        "right": { "rows": 5, "empty_keys": 0, "duplicate_keys": 0, "duplicate_rows": 0 },
        "records": { "matched": 3, "ambiguous": 1, "only_left": 1, "only_right": 1 },
        "fields": [
            { "left": "name", "right": "who", "equal": 1, "equal_by_rule": 1, "different": 1 },
            { "left": "city", "right": "town", "equal": 2, "equal_by_rule": 1, "different": 0 },
        ],
        "result_sha256": found["result_sha256"],
    });
    assert_eq!(found, expected);
    assert_eq!(found["result_sha256"].as_str().unwrap().len(), 64);
    let text = folder.run(ASKED);
    assert!(text.code == 1 && text.out.contains("3 matched, 1 ambiguous"), "{}", text.out);

    // The order of the rows is nobody's business.
    let mut rows: Vec<_> = LEFT.lines().skip(1).collect();
    rows.reverse();
    folder.write("l.csv", format!("id,name,city\n{}\n", rows.join("\n")));
    assert_eq!(folder.run(&format!("{ASKED} --format json")).json(1), found);
}

#[test]
fn causes_and_differences_come_when_asked_for() {
    let folder = Folder::new();
    folder.write("l.csv", LEFT);
    folder.write("r.csv", RIGHT);
    let plain = folder.run(&format!("{ASKED} --format json")).json(1);
    let mut found = folder.run(&format!("{ASKED} --causes --memory 64MB --threads 1 --format json")).json(1);
    let causes = found.as_object_mut().unwrap().remove("causes").unwrap();
    assert_eq!(found, plain, "what was promised stays as it is");
    let case = json!({ "cause": "case", "different": 0, "equal_by_rule": 1 });
    let typo = json!({ "cause": "other", "different": 1, "equal_by_rule": 0 });
    assert_eq!(causes[0]["causes"], json!([case, typo]));
    let text = folder.run(&format!("{ASKED} --causes")).out;
    assert!(text.contains("case: 0 different, 1 equal by rule"), "{text}");

    for file in ["d.csv", "d.parquet"] {
        assert_eq!(folder.run(&format!("{ASKED} --differences {file}")).code, 1);
        assert!(folder.path(file).metadata().unwrap().len() > 0, "{file}");
    }
    let listed = std::fs::read_to_string(folder.path("d.csv")).unwrap();
    assert!(listed.contains("Cleo,Cora"), "{listed}");
    // The two hold the same: a Parquet file is read like any other.
    let pairs = "class,left,right,cause";
    let same = format!("check --left d.parquet --right d.parquet --key key_0 --compare {pairs} --format json");
    assert_eq!(folder.run(&same).json(1)["fields"][0]["different"], 0);
    assert!(folder.refused(&format!("{ASKED} --differences d.xlsx")).contains(".csv or .parquet"));
    assert!(folder.refused(&format!("{ASKED} --memory 1MB")).contains("at least 64MB"));
    assert!(folder.refused(&format!("{ASKED} --memory much")).contains("512MB"));
}

#[test]
fn the_kind_of_file_changes_nothing() {
    let folder = Folder::new();
    let left = [("1", "Ann", "12.50"), ("2", "Bob", "7"), ("3", "Zoë", "1000"), ("5", "Eve", "0"), ("5", "Eve", "0")];
    let right = [("1", "ann", "12.5"), ("2", "Bob", "8"), ("3", "Zoë", "1e3"), ("6", "Fay", "3")];
    for (side, rows) in [("l", left.as_slice()), ("r", &right)] {
        let line = |(id, name, sum): &(&str, &str, &str)| format!("{id},{name},{}", sum.replace("1e3", "1000.0"));
        let csv = rows.iter().map(line).collect::<Vec<_>>().join("\n");
        folder.write(&format!("{side}.csv"), format!("id,name,sum\n{csv}\n"));
        folder.write(&format!("{side}.tsv"), format!("id\tname\tsum\n{}\n", csv.replace(',', "\t")));
        let object = |(id, name, sum): &(&str, &str, &str)| format!(r#"{{"id":"{id}","name":"{name}","sum":{sum}}}"#);
        let objects: Vec<String> = rows.iter().map(object).collect();
        folder.write(&format!("{side}.jsonl"), objects.join("\n"));
        folder.write(&format!("{side}.json"), format!("{{\"n\":{},\"rows\":[{}]}}", rows.len(), objects.join(",")));
        workbook(&folder.path(&format!("{side}.xlsx")), rows);
    }
    let ask = |left: &str, right: &str| {
        let asked =
            format!("check --left {left} --right {right} --key id --compare name,sum --rules casefold --format json");
        folder.run(&asked).json(1)
    };
    let expected = ask("l.csv", "r.csv");
    assert_eq!(expected["records"], json!({ "matched": 3, "ambiguous": 0, "only_left": 1, "only_right": 1 }));
    assert_eq!(
        expected["fields"][0],
        json!({ "left": "name", "right": "name", "equal": 2, "equal_by_rule": 1, "different": 0 })
    );
    assert_eq!(
        expected["fields"][1],
        json!({ "left": "sum", "right": "sum", "equal": 2, "equal_by_rule": 0, "different": 1 })
    );
    for (left, right) in [
        ("l.tsv", "r.csv"),
        ("l.csv", "r.json"),
        ("l.jsonl", "r.csv"),
        ("l.jsonl", "r.jsonl"),
        ("l.csv", "r.xlsx"),
        ("l.xlsx#Sheet1", "r.jsonl"),
        ("l.xlsx", "r.xlsx"),
    ] {
        assert_eq!(ask(left, right), expected, "{left} and {right}");
    }
    assert!(
        folder.refused("check --left l.xlsx#May --right r.csv --key id --compare name").contains("it has `Sheet1`")
    );
}

/// Writes rows as a spreadsheet program does: keys and names as text, sums as numbers.
fn workbook(path: &std::path::Path, rows: &[(&str, &str, &str)]) {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in (0..).zip(["id", "name", "sum"]) {
        sheet.write(0, column, name).unwrap();
    }
    for (row, (id, name, sum)) in (1..).zip(rows) {
        sheet.write(row, 0, *id).unwrap();
        sheet.write(row, 1, *name).unwrap();
        sheet.write(row, 2, sum.parse::<f64>().unwrap()).unwrap();
    }
    workbook.save(path).unwrap();
}

#[test]
fn what_is_the_same_ends_well() {
    let folder = Folder::new();
    folder.write("l.csv", "id,name\n1,Ann\n2,Bob\n");
    folder.write("r.csv", "name,id\nBob,2\nAnn,1\n");
    let found = folder.run("check --left l.csv --right r.csv --key id --compare name --format json").json(0);
    assert_eq!(found["records"]["matched"], 2);
}

#[test]
fn bad_input_is_answered_in_words() {
    let folder = Folder::new();
    folder.write("good.csv", "id,name\n1,Ann\n");
    for (file, bytes, words) in [
        ("open.csv", "id,name\n1,\"Ann\n2,Bob\n".as_bytes().to_vec(), "line 2"),
        ("ragged.csv", b"id,name\n1,Ann,x\n".to_vec(), "line 2"),
        (
            "nokey.csv",
            b"number,name\n1,Ann\n".to_vec(),
            "no column `id`, which tells the records apart; it has `number`",
        ),
        ("twice.csv", b"id,name,id\n1,Ann,2\n".to_vec(), "`id`"),
        ("empty.csv", Vec::new(), "empty"),
        ("zero.csv", b"id,name\n1,A\0\n".to_vec(), "zero byte"),
        ("none.sqlite", b"this is no database at all".to_vec(), "SQLite"),
        ("none.json", b"id,name\n1,Ann\n".to_vec(), "is it a JSON file?"),
        ("none.xlsx", b"id,name\n1,Ann\n".to_vec(), "no Excel workbook"),
        ("cut.jsonl", b"{\"id\":1}\n{\"id\":".to_vec(), "line 2"),
        ("none.txt", b"id,name\n1,Ann\n".to_vec(), "none.txt"),
    ] {
        folder.write(file, bytes);
        let said = folder.refused(&format!("check --left {file} --right good.csv --key id --compare name"));
        assert!(said.contains(words), "{file}: {said}");
    }
    for (arguments, words) in [
        ("check --left gone.csv --right good.csv --key id --compare name", "gone.csv"),
        ("check --left good.csv --right good.csv --key id --compare name --rules shout", "shout"),
        ("check --left good.csv --right good.csv --key id --compare age", "age"),
        ("check --left good.csv --right good.csv --compare name", "--key"),
        ("check --left good.csv --right good.csv --key id --compare name --format xml", "xml"),
        ("chekc", "chekc"),
    ] {
        let said = folder.refused(arguments);
        assert!(said.contains(words), "{arguments}: {said}");
    }
}

#[test]
fn two_thousand_columns_and_no_rows_are_no_faults() {
    let folder = Folder::new();
    let names: Vec<String> = (0..2_000).map(|n| format!("c{n}")).collect();
    let row = |id: u32| (0..2_000).map(|n| format!("{}", id * n)).collect::<Vec<_>>().join(",");
    let header = format!("id,{}\n", names.join(","));
    folder.write("wide.csv", format!("{header}1,{}\n2,{}\n", row(1), row(2)));
    folder.write("other.csv", format!("{header}1,{}\n2,{}\n", row(1), row(3)));
    folder.write("none.csv", &header);
    let ask = |left: &str, right: &str, code: i32| {
        let compared = names.join(",");
        folder
            .run(&format!("check --left {left} --right {right} --key id --compare {compared} --format json"))
            .json(code)
    };
    let found = ask("wide.csv", "other.csv", 1);
    assert_eq!(found["fields"].as_array().unwrap().len(), 2_000);
    assert_eq!((&found["fields"][0]["different"], &found["fields"][1_999]["different"]), (&0.into(), &1.into()));
    assert_eq!(ask("none.csv", "none.csv", 0)["left"]["rows"], 0);
    assert_eq!(ask("none.csv", "wide.csv", 1)["records"]["only_right"], 2);
}

#[test]
fn other_encodings_are_read_as_what_they_are() {
    let folder = Folder::new();
    let text = "id,name\n1,Jürgen Größer\n2,Renée Müller\n3,Łukasz\n";
    let western = "id,name\n1,Jürgen Größer\n2,Renée Müller\n3,Lukas\n";
    folder.write("utf8.csv", text);
    folder.write("marked.csv", format!("\u{feff}{text}"));
    let little: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    folder.write("little.csv", little);
    folder.write("big.csv", big);
    folder.write("plain.csv", western);
    // All of these letters are the same in Windows-1252 and Unicode.
    folder.write("western.csv", western.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<_>>());
    for (left, right) in
        [("utf8.csv", "marked.csv"), ("utf8.csv", "little.csv"), ("utf8.csv", "big.csv"), ("plain.csv", "western.csv")]
    {
        let asked = format!("check --left {left} --right {right} --key id --compare name --format json");
        assert_eq!(folder.run(&asked).json(0)["fields"][0]["equal"], 3, "{right}");
    }
}
