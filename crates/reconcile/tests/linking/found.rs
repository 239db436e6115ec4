//! What is found: persons in two systems, the same ones, and those that are in a system more than once.

use std::collections::HashSet;

use reconcile::{FieldKind, Level};

use super::persons::{COLUMNS, Random, Row, damaged, f1, linked, linked_within, persons};

/// Two systems that have `both` persons in common and `only` more each, and which rows belong together.
fn systems(seed: u64, both: usize, only: usize) -> (Vec<Row>, Vec<Row>, HashSet<(u32, u32)>) {
    let mut random = Random::new(seed);
    let all = persons(&mut random, both + 2 * only);
    let mut left: Vec<(usize, Row)> = all[..both + only].iter().cloned().enumerate().collect();
    let mut right: Vec<(usize, Row)> = Vec::new();
    for (at, row) in all.iter().enumerate().filter(|(at, _)| *at < both || *at >= both + only) {
        right.push((at, damaged(&mut random, row)));
    }
    random.shuffle(&mut left);
    random.shuffle(&mut right);
    let mut truth = HashSet::new();
    for (l, (who, _)) in left.iter().enumerate() {
        truth.extend(right.iter().position(|(other, _)| other == who).map(|r| (l as u32, r as u32)));
    }
    let rows = |side: Vec<(usize, Row)>| side.into_iter().map(|(_, row)| row).collect();
    (rows(left), rows(right), truth)
}

#[test]
fn persons_are_found_again_without_settings() {
    for (seed, both, only) in [(1, 500, 250), (2, 3000, 1000), (3, 2000, 4000)] {
        let (left, right, truth) = systems(seed, both, only);
        assert_eq!(truth.len(), both);
        let found = linked(&COLUMNS, &left, &right, 2).unwrap();
        let reached = f1(&found, &truth);
        assert!(reached >= 0.99, "seed {seed}: F1 {reached}, {:?}", found.summary);
    }
}

#[test]
fn the_answer_says_why() {
    let (left, right, truth) = systems(4, 800, 200);
    let found = linked(&COLUMNS, &left, &right, 2).unwrap();
    let kinds: Vec<FieldKind> = found.summary.fields.iter().map(|field| field.kind).collect();
    use FieldKind::{Code, Date, Text};
    assert_eq!(kinds, [Text, Text, Text, Text, Code, Date, Code]);
    for pair in &found.pairs {
        let reasons: f64 = pair.reasons.iter().map(|reason| f64::from(reason.weight)).sum();
        // What is left is the same for every pair: how rare a match is among all pairs.
        let prior = pair.weight - reasons;
        assert!((-25.0..-5.0).contains(&prior), "{prior}");
        assert!(pair.score > 0.0 && pair.score <= 1.0);
    }
    let exchanged = found.pairs.iter().filter(|pair| pair.reasons[0].level == Level::Swapped);
    assert!(exchanged.count() >= 10, "given name and surname that changed places are seen");
    let expected = found.summary.expected_matches;
    assert!((expected - truth.len() as f64).abs() < 0.03 * truth.len() as f64, "{expected} of {}", truth.len());
}

#[test]
fn each_record_is_linked_once_between_two_files() {
    let (left, right, _) = systems(5, 1500, 500);
    let found = linked(&COLUMNS, &left, &right, 2).unwrap();
    let lefts: HashSet<u32> = found.pairs.iter().chain(&found.possible).map(|pair| pair.left_row).collect();
    let rights: HashSet<u32> = found.pairs.iter().chain(&found.possible).map(|pair| pair.right_row).collect();
    let all = found.pairs.len() + found.possible.len();
    assert_eq!((lefts.len(), rights.len()), (all, all));
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let (left, right, _) = systems(6, 2500, 500);
    let [one, two, five] = [1, 2, 5].map(|threads| linked(&COLUMNS, &left, &right, threads).unwrap());
    assert!(!one.pairs.is_empty());
    assert_eq!(one, two);
    assert_eq!(one, five);
}

#[test]
fn records_within_one_file_are_grouped() {
    let mut random = Random::new(7);
    let originals = persons(&mut random, 1200);
    let mut rows: Vec<(usize, Row)> = originals.iter().cloned().enumerate().collect();
    for (who, original) in originals.iter().enumerate().take(400) {
        for _ in 0..1 + who % 3 {
            rows.push((who, damaged(&mut random, original)));
        }
    }
    random.shuffle(&mut rows);
    let mut truth = HashSet::new();
    for (l, (who, _)) in rows.iter().enumerate() {
        let same = rows[l + 1..].iter().enumerate().filter(|(_, (other, _))| other == who);
        truth.extend(same.map(|(r, _)| (l as u32, (l + 1 + r) as u32)));
    }
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    let found = linked_within(&COLUMNS, &rows);
    assert!(found.pairs.iter().all(|pair| pair.left_row < pair.right_row));
    let reached = f1(&found, &truth);
    assert!(reached >= 0.985, "F1 {reached}: {:?}", found.summary);
}
