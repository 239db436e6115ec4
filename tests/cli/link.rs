//! `plumbline link` on real files.

use super::folder::{Folder, names};

const LEFT: &str = "No,Name,Town,Born\n1,Anna Gruber,Graz,1961-02-13\n2,Bob Huber,Linz,1970-07-01\n\
    3,Cleo Maier,Wels,1980-11-30\n4,Dan Moser,Enns,1955-05-05\n5,Eva Pichler,Rust,1990-01-09\n";
const RIGHT: &str = "name;town;born\nPichler Eva;RUST;09.01.1990\nAna Gruber;Graz;13.02.1961\nZoe Ott;Melk;01.03.1999\n\
    Huber Bob;Linz;01.07.1970\nDan Mosre;Enns;05.05.1955\n";

#[test]
fn pairs_of_rows_are_printed_without_any_setting() {
    let folder = Folder::new();
    folder.write("l.csv", LEFT);
    folder.write("r.csv", RIGHT);
    let ended = folder.run("link --left l.csv --right r.csv --format csv");
    assert_eq!(ended.code, 0, "{}", ended.err);
    let mut lines = ended.out.lines();
    assert_eq!(lines.next(), Some("left_row,right_row,score"));
    let mut pairs: Vec<&str> = lines.map(|line| line.rsplit_once(',').unwrap().0).collect();
    pairs.sort_unstable();
    assert_eq!(pairs, ["0,1", "1,3", "3,4", "4,0"], "{}", ended.out);

    let told = folder.run("link --left l.csv --right r.csv --threads 1 --format json").json(0);
    assert_eq!((&told["pairs"], &told["left_rows"], &told["right_rows"]), (&4.into(), &5.into(), &5.into()));
    assert_eq!(told["fields"].as_array().unwrap().len(), 3);
    assert_eq!(told["fields"][2]["kind"], "date");
    assert!(names(&told).contains(&"passes"));
    assert_eq!(folder.run("link --left l.csv --right r.csv --threads 1 --json").json(0), told);
    let both = folder.run("link --left l.csv --right r.csv --threads 1 --format csv --json");
    assert_eq!((both.code, both.out), (0, ended.out.clone()));
    assert_eq!(both.err.lines().count(), 1, "{}", both.err);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&both.err).unwrap(), told);
    let once = folder.run("link --left l.csv --right r.csv --format json --json");
    assert_eq!((once.code, once.err.as_str()), (0, ""));
    assert!(folder.run("link --left l.csv --right r.csv").out.starts_with("4 pairs of 5 and 5 rows are the same"));
}

#[test]
fn one_file_is_searched_for_duplicates() {
    let folder = Folder::new();
    folder.write("l.csv", format!("{LEFT}6,Anna Grubre,Graz,1961-02-13\n"));
    let ended = folder.run("link --within l.csv --compare Name,Town,Born --format csv");
    assert!(ended.out.lines().skip(1).all(|line| line.starts_with("0,5,")), "{}", ended.out);
    assert_eq!(ended.out.lines().count(), 2, "{}{}", ended.out, ended.err);
}

#[test]
fn bad_input_is_answered_in_words() {
    let folder = Folder::new();
    folder.write("l.csv", LEFT);
    folder.write("o.csv", "x\n1\n");
    assert!(folder.refused("link --left l.csv --right o.csv").contains("no column of the same name"));
    assert!(folder.refused("link --left l.csv --right none.csv").contains("none.csv"));
    assert!(folder.refused("link --left l.csv --right o.csv --compare Name=y").contains("`y`"));
    assert!(folder.refused("link --left l.csv").contains("--right"));
    assert!(folder.refused("link --left l.csv --right o.csv --within l.csv").contains("--within"));
}
