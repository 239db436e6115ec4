//! Inputs with little or nothing in them, and being told to stop.

use std::{
    sync::{Arc, atomic::AtomicBool, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use reconcile::{EngineError, LinkPhase, LinkProgressFn, LinkSettings, LinkSpec, link};

use super::persons::{COLUMNS, Random, Row, linked, linked_within, persons, quiet, staged};

#[test]
fn nothing_is_linked_to_nothing() {
    let some = persons(&mut Random::new(1), 20);
    for (left, right) in [(&[][..], &some[..]), (&some[..], &[][..]), (&[][..], &[][..])] {
        let found = linked(&COLUMNS, left, right, 2).unwrap();
        assert!(found.pairs.is_empty() && found.possible.is_empty());
        assert_eq!((found.summary.left_rows, found.summary.right_rows), (left.len() as u64, right.len() as u64));
    }
    assert!(linked_within(&COLUMNS, &some[..1]).pairs.is_empty());
}

#[test]
fn a_file_is_linked_to_itself_row_by_row() {
    for count in [40, 2000] {
        let rows = persons(&mut Random::new(2), count);
        let found = linked(&COLUMNS, &rows, &rows, 2).unwrap();
        assert_eq!(found.pairs.len(), count);
        assert!(found.pairs.iter().all(|pair| pair.left_row == pair.right_row));
    }
}

#[test]
fn columns_without_values_say_nothing() {
    let mut rows = persons(&mut Random::new(3), 900);
    rows.iter_mut().for_each(|row| row[3] = None);
    let found = linked(&COLUMNS, &rows, &rows, 2).unwrap();
    assert_eq!(found.pairs.len(), 900);
    assert!(found.pairs.iter().all(|pair| pair.reasons[3].weight == 0.0));
    let blank: Vec<Row> = vec![vec![None; COLUMNS.len()]; 1500];
    assert!(linked(&COLUMNS, &blank, &blank, 2).unwrap().pairs.is_empty());
}

#[test]
fn what_is_asked_for_must_be_there() {
    let dir = tempfile::tempdir().unwrap();
    let row = vec![vec![Some("x".to_owned())]];
    let left = staged(&dir.path().join("l.parquet"), &["Family Name"], &row);
    let right = staged(&dir.path().join("r.parquet"), &["who"], &row);
    let asked = |compare: &[(&str, &str)]| {
        let compare = compare.iter().map(|(l, r)| ((*l).to_owned(), (*r).to_owned())).collect();
        let spec = LinkSpec { compare, within: false };
        link(&left, &right, &spec, &LinkSettings::default(), &quiet(), &AtomicBool::new(false))
    };
    let refused = asked(&[]).unwrap_err().to_string();
    assert!(refused.contains("no column of the same name") && refused.contains("--compare"), "{refused}");
    let refused = asked(&[("Family Name", "name")]).unwrap_err().to_string();
    assert!(refused.contains("the right side has no column `name`; it has `who`"), "{refused}");
    assert!(asked(&[("Family Name", "who")]).is_ok());
}

#[test]
fn cancelling_is_heard_in_every_phase() {
    let dir = tempfile::tempdir().unwrap();
    let rows = persons(&mut Random::new(4), 6000);
    let left = staged(&dir.path().join("l.parquet"), &COLUMNS, &rows);
    let right = staged(&dir.path().join("r.parquet"), &COLUMNS, &rows);
    for phase in [LinkPhase::Reading, LinkPhase::Blocking, LinkPhase::Comparing, LinkPhase::Deciding] {
        let cancel = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancel);
        let stop: LinkProgressFn = Arc::new(move |now| {
            if now == phase {
                flag.store(true, Relaxed);
            }
        });
        let started = Instant::now();
        let ended = link(&left, &right, &LinkSpec::default(), &LinkSettings::default(), &stop, &cancel);
        assert!(matches!(ended, Err(EngineError::Cancelled)), "{phase:?}");
        assert!(started.elapsed() < Duration::from_secs(30), "{phase:?}");
    }
}
