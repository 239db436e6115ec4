//! Reading real files, a real PostgreSQL and a real MariaDB, servers that misbehave, and the guard in front of them.
#![expect(clippy::unwrap_used, reason = "tests")]

mod broken_files;
mod certified;
mod csv_files;
mod database_tls;
mod guard;
mod guard_spellings;
mod json_files;
mod links;
mod mariadb;
mod named_files;
mod no_server;
mod parquet_bombs;
mod parquet_files;
mod postgres;
mod reading;
mod rest_hostile;
mod rest_pages;
mod rest_tls;
mod rogue_postgres;
mod rogue_server;
mod service;
mod sqlite_files;
mod workbooks;
mod xlsx_files;
