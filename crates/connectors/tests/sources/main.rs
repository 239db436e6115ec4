//! Reading real files and a real PostgreSQL, and the guard in front of them.
#![expect(clippy::unwrap_used, reason = "tests")]

mod broken_files;
mod csv_files;
mod guard;
mod json_files;
mod measure;
mod named_files;
mod no_server;
mod parquet_files;
mod postgres;
mod reading;
mod sqlite_files;
mod workbooks;
mod xlsx_files;
