//! CSV files that are not fine: each is answered in words that name file, line and next step.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use connectors::{ErrorKind, Limits};
use tokio::sync::Mutex;

use crate::reading::{csv, read_csv, read_csv_with, read_with};

/// Held by tests that take much memory or look at how much is taken: they run in one process.
pub static MEMORY: Mutex<()> = Mutex::const_new(());

async fn message(bytes: impl AsRef<[u8]>) -> String {
    let error = read_csv(bytes).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadData);
    error.to_string()
}

#[tokio::test]
async fn each_fault_is_named() {
    for (bytes, expected) in [
        (&b""[..], "data.csv: the file is empty; it needs a header line with the column names"),
        (b"\n\r\n\n", "data.csv: the file holds only blank lines; it needs a header line with the column names"),
        (
            b"1,2.5,-3\n4,5,6\n",
            "data.csv: line 1 holds only numbers, so there seems to be no header; put a line with the column names first",
        ),
        (b"a,b,a\n1,2,3\n", "data.csv: line 1: columns 1 and 3 have the same name `a`; give each column its own name"),
        (
            b"a,b\n1,2\n1\n",
            "data.csv: line 3 has 1 field where the header has 2; quote values that hold the delimiter, and complete short lines",
        ),
        (
            b"a,b\n\n\"x\ny\",2\n1,2,3\n",
            "data.csv: line 5 has 3 fields where the header has 2; quote values that hold the delimiter, and complete short lines",
        ),
        (
            b"a,b\n1,\"2\n3,4\n",
            "data.csv: the quote opened on line 2 is never closed; close it, or double quotes inside a value",
        ),
        (b"a,b\n1,x\0y\n", "data.csv: line 2 holds a zero byte; is it a text file?"),
        (b"\xff\xfea\0,\0b\0\n\0\x00\xd8,\0x\0\n\0", "data.csv: it is not valid UTF-16LE; save it as UTF-8"),
    ] {
        assert_eq!(message(bytes).await, expected, "{bytes:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_or_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let error = read_with(&csv(&dir.path().join("no.csv")), &Limits::default()).await.unwrap_err();
    assert_eq!(
        (error.kind, error.to_string().as_str()),
        (ErrorKind::Unreachable, "no.csv: there is no such file; check the path")
    );
    let folder = dir.path().join("folder.csv");
    std::fs::create_dir(&folder).unwrap();
    let error = read_with(&csv(&folder), &Limits::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "folder.csv: this is a directory; name a file in it");
}

#[tokio::test]
async fn limits_of_rows_bytes_fields_and_time() {
    let limits = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        limits
    };
    for (limits, kind, expected) in [
        (limits(|l| l.rows = 2), ErrorKind::Limit, "it has more than 2 rows"),
        (limits(|l| l.bytes = 10), ErrorKind::Limit, "more than the limit of 10 bytes"),
        (limits(|l| l.max_field_bytes = 3), ErrorKind::Limit, "a field on line 3 is larger than 3 bytes"),
        (limits(|l| l.wall = Duration::ZERO), ErrorKind::TimedOut, "reading took longer than 0 s"),
    ] {
        let error = read_csv_with("a,b\n1,2\n1,long\n3,4\n", &limits).await.unwrap_err();
        assert_eq!(error.kind, kind);
        assert!(error.message.contains(expected), "{error}");
    }
    let quoted = read_csv_with("a,b\n1,\"2\n3\n4\n", &limits(|l| l.max_field_bytes = 3)).await.unwrap_err();
    assert_eq!(
        quoted.to_string(),
        "data.csv: the field that begins on line 2 is larger than 3 bytes; is the quote there ever closed?"
    );
    let many = format!("a{}\n", ",b".repeat(20_000));
    let error = read_csv(many).await.unwrap_err();
    assert_eq!(error.to_string(), "data.csv: line 1 has more than 10000 fields; is it a CSV file?");
}

/// A line of one gigabyte, which takes no disk space because the file is sparse only where it may be: it is
/// written as the letter x for the first part and left as a hole afterwards.
#[tokio::test]
async fn a_line_of_a_gigabyte_ends_early_and_takes_no_memory() {
    let _alone = MEMORY.lock().await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("line.csv");
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(b"a,b\n1,").unwrap();
    for _ in 0..80 {
        file.write_all(&vec![b'x'; 1 << 20]).unwrap();
    }
    file.set_len(1 << 30).unwrap();
    let before = resident_bytes();
    let started = Instant::now();
    let error = read_with(&csv(&path), &Limits::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit);
    assert_eq!(error.to_string(), "line.csv: it has a line longer than 67 MB; is it a CSV file?");
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(resident_bytes().saturating_sub(before) < 64 << 20, "memory grew with the line");
}

/// Memory in use by this process; 0 where the system does not tell.
pub fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or_default() * 1024
}
