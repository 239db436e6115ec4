//! Bad input, limits, cancelling, threads and memory.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use reconcile::{EngineError, Filter, Phase, Settings, Side, Stager, check, page};

use crate::tables::{Table, quiet, run_with, settings, spec};

/// `n` rows in an order that has nothing to do with the key.
fn big(n: u64, change: u64) -> Table {
    let row = |i: u64| {
        let i = i * 7_919 % n;
        let value =
            if change > 0 && i.is_multiple_of(change) { format!("changed {i}") } else { format!("value number {i}") };
        vec![Some(format!("key {i:08}")), Some(value), Some("x".repeat(40))]
    };
    Table {
        columns: ["k", "v", "w"].map(str::to_owned).to_vec(),
        rows: (0..n).map(row).collect(),
        numeric: vec![None; 3],
    }
}

#[test]
fn a_missing_column_is_named_with_those_there_are() {
    let dir = tempfile::tempdir().unwrap();
    let table = Table::new("icao name", &["1 a"]).stage(&dir.path().join("t.parquet"));
    let fail = |key, compare| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let spec = spec(key, compare, "");
        let cancel = Arc::new(AtomicBool::new(false));
        runtime.block_on(check(&table, &table, &spec, &settings(dir.path()), quiet(), cancel)).unwrap_err()
    };
    assert_eq!(
        fail("iata", "name").to_string(),
        "the left side has no column `iata`, which tells the records apart; it has `icao`, `name`"
    );
    assert_eq!(
        fail("icao", "name=city").to_string(),
        "the right side has no column `city`, which is compared; it has `icao`, `name`"
    );
    assert!(matches!(fail("icao=Icao", "name"), EngineError::MissingColumn { side: Side::Right, .. }));
}

#[test]
fn threads_and_memory_do_not_change_the_result() {
    let dir = tempfile::tempdir().unwrap();
    let n = 60_000;
    let left = big(n, 0).stage(&dir.path().join("l.parquet"));
    let right = big(n, 1000).stage_by(&dir.path().join("r.parquet"), 777);
    let spec = spec("k", "v,w", "");
    let mut seen = Vec::new();
    for (threads, memory_bytes) in [(1, 512 << 20), (2, 512 << 20), (7, 64 << 20)] {
        let settings = Settings { threads, memory_bytes, ..settings(dir.path()) };
        seen.push(run_with(&left, &right, &spec, &settings));
    }
    assert_eq!(seen[0].report.records.matched, n);
    assert_eq!(seen[0].report.fields[0].different, n / 1000);
    assert!(seen.iter().all(|outcome| *outcome == seen[0]), "even the file of differences is the same");
}

#[test]
fn digests_and_rows_go_to_disk_where_memory_is_short() {
    let dir = tempfile::tempdir().unwrap();
    let spill = dir.path().join("spill");
    std::fs::create_dir(&spill).unwrap();
    let n = 400_000;
    let left = big(n, 0).stage(&dir.path().join("l.parquet"));
    let right = big(n, 1).stage(&dir.path().join("r.parquet"));
    // Each side is about 45 MB in memory, and the digests of both are 29 MB.
    let settings = Settings { memory_bytes: 48 << 20, threads: 1, ..Settings::new(spill) };
    let outcome = run_with(&left, &right, &spec("k", "v,w", ""), &settings);
    assert_eq!(outcome.report.records.matched, n);
    assert_eq!(outcome.report.fields[0].different, n);
}

#[test]
fn kept_differences_are_limited_and_counting_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let left = big(20_000, 0).stage(&dir.path().join("l.parquet"));
    let right = big(20_000, 2).stage(&dir.path().join("r.parquet"));
    let settings = Settings { max_differences: 100, ..settings(dir.path()) };
    let outcome = run_with(&left, &right, &spec("k", "v", ""), &settings);
    assert_eq!((outcome.differences_kept, outcome.differences_total), (100, 10_000));
    assert_eq!(outcome.report.fields[0].different, 10_000);
    let page = page(&dir.path().join("differences.parquet"), &Filter::default(), 0, 1000).unwrap();
    assert_eq!((page.total, page.entries.len()), (100, 100));
}

#[test]
fn progress_goes_through_all_phases_to_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let left = big(50_000, 0).stage(&dir.path().join("l.parquet"));
    let right = big(50_000, 2).stage(&dir.path().join("r.parquet"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let progress = {
        let seen = Arc::clone(&seen);
        Arc::new(move |progress| seen.lock().unwrap().push(progress))
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let spec = spec("k", "v", "");
    let cancel = Arc::new(AtomicBool::new(false));
    runtime.block_on(check(&left, &right, &spec, &settings(dir.path()), progress, cancel)).unwrap();
    let seen = seen.lock().unwrap();
    let last = seen.last().unwrap();
    assert_eq!((last.phase, last.rows, last.total), (Phase::Comparing, 50_000, 50_000), "half of the records differ");
    let rows = |phase| seen.iter().filter(|p| p.phase == phase).map(|p| p.rows).collect::<Vec<_>>();
    let comparing = rows(Phase::Comparing);
    assert_eq!(rows(Phase::Matching).into_iter().max(), Some(100_000));
    assert!(comparing.len() > 2 && comparing.is_sorted(), "{comparing:?}");
}

#[test]
fn cancelling_takes_effect_within_a_second() {
    let dir = tempfile::tempdir().unwrap();
    let left = big(300_000, 0).stage(&dir.path().join("l.parquet"));
    let right = big(300_000, 3).stage(&dir.path().join("r.parquet"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for after in [0, 20, 150] {
        let cancel = Arc::new(AtomicBool::new(false));
        let canceller = {
            let cancel = Arc::clone(&cancel);
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(after));
                cancel.store(true, Relaxed);
                Instant::now()
            })
        };
        let spec = spec("k", "v,w", "trim");
        let result = runtime.block_on(check(&left, &right, &spec, &settings(dir.path()), quiet(), cancel));
        let ended = Instant::now();
        let cancelled = canceller.join().unwrap();
        // A fast machine may be done before the late cancellation.
        assert!(result.is_ok() || matches!(result, Err(EngineError::Cancelled)), "{result:?}");
        assert!(after > 0 || result.is_err(), "cancelled before it began");
        assert!(ended.saturating_duration_since(cancelled) < Duration::from_secs(1));
    }
}

#[test]
fn an_unfinished_staged_file_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.parquet");
    let table = Table::new("k v", &["1 a"]);
    let mut stager = Stager::new(&path);
    stager.write(&table.batch(&table.rows)).unwrap();
    assert!(dir.path().join("t.parquet.partial").exists());
    drop(stager);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    let nowhere = Stager::new(&dir.path().join("no/such/dir.parquet")).finish(&table.schema()).unwrap_err();
    assert!(nowhere.to_string().starts_with("cannot create dir.parquet: "), "{nowhere}");
}

/// `/dev/full` is a file on a disk without a free byte.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let full = |name: &str| std::os::unix::fs::symlink("/dev/full", dir.path().join(name)).unwrap();
    full("t.parquet.partial");
    let table = big(20_000, 0);
    let mut stager = Stager::new(&dir.path().join("t.parquet"));
    let error = table
        .rows
        .chunks(1000)
        .find_map(|rows| stager.write(&table.batch(rows)).err())
        .or_else(|| stager.finish(&table.schema()).err())
        .unwrap();
    assert!(matches!(error, EngineError::Storage { .. }), "{error:?}");
    assert!(error.to_string().starts_with("cannot write t.parquet: "), "{error}");
    assert!(error.to_string().contains("No space left on device"), "{error}");

    full("differences.parquet");
    let left = Table::new("k v", &["1 a"]).stage(&dir.path().join("l.parquet"));
    let right = Table::new("k v", &["1 b"]).stage(&dir.path().join("r.parquet"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let cancel = Arc::new(AtomicBool::new(false));
    let error = runtime
        .block_on(check(&left, &right, &spec("k", "v", ""), &settings(dir.path()), quiet(), cancel))
        .unwrap_err();
    assert!(error.to_string().contains("No space left on device"), "{error}");
}
