//! Where connections lead: what a person describes, what the guard is to judge, and the source behind it.

use crate::Error;
use connectors::{
    CsvOptions, MysqlTarget, PostgresTarget, RestService, RestTarget, RootCertificate, Source, SourceFile, TlsMode,
    guard::{GuardProof, Target},
    rest::RestAuth,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use views::files::{FileKind, all_endings};

/// Where a connection leads, as a person describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A CSV file on the server, uploaded or in a folder the operator allows.
    Csv(FilePlace),
    /// An Excel workbook, likewise.
    Xlsx(FilePlace),
    /// A JSON file, likewise.
    Json(FilePlace),
    /// A Parquet file, likewise.
    Parquet(FilePlace),
    /// A SQLite file, likewise.
    Sqlite(FilePlace),
    /// A PostgreSQL database.
    Postgres(DatabasePlace),
    /// A MySQL or MariaDB database.
    Mysql(DatabasePlace),
    /// A REST service that answers JSON.
    Rest(Box<RestService>),
}

/// A file on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePlace {
    /// Where it is.
    pub path: PathBuf,
}

/// A database on a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabasePlace {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database.
    pub database: String,
    /// A role that can only read.
    pub user: String,
    /// How the connection is encrypted.
    pub tls: TlsMode,
    /// Certificates to trust in place of the system's; of a MySQL server besides them. No secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_certificate: Option<RootCertificate>,
}

impl Place {
    /// A file on the server, of the kind its ending says.
    ///
    /// # Errors
    /// When the ending says nothing.
    pub fn file(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let kind = FileKind::of_ending(&ending(&path)).map_or("", |kind| kind.adapter);
        let file = FilePlace { path };
        match kind {
            "csv" => Ok(Self::Csv(file)),
            "xlsx" => Ok(Self::Xlsx(file)),
            "json" => Ok(Self::Json(file)),
            "parquet" => Ok(Self::Parquet(file)),
            "sqlite" => Ok(Self::Sqlite(file)),
            _ => Err(Error::invalid("path", format!("must end in {}", all_endings()))),
        }
    }

    pub(super) fn adapter(&self) -> &'static str {
        match self {
            Self::Csv(_) => "csv",
            Self::Xlsx(_) => "xlsx",
            Self::Json(_) => "json",
            Self::Parquet(_) => "parquet",
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
            Self::Mysql(_) => "mysql",
            Self::Rest(_) => "rest",
        }
    }

    /// The file, where it is one.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Csv(file) | Self::Xlsx(file) | Self::Json(file) | Self::Parquet(file) | Self::Sqlite(file) => {
                Some(&file.path)
            }
            Self::Postgres(_) | Self::Mysql(_) | Self::Rest(_) => None,
        }
    }

    /// Shown to everybody: no folder of the server, no user.
    pub(super) fn address(&self) -> String {
        match self {
            Self::Postgres(db) | Self::Mysql(db) => format!("{}:{}/{}", db.host, db.port, db.database),
            // A query may say more than everybody should see.
            Self::Rest(service) => service.base_url.split(['?', '#']).next().unwrap_or_default().to_owned(),
            file => {
                let name = file.path().and_then(Path::file_name);
                name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
            }
        }
    }

    /// How the way there is secured, in words; nothing for a file.
    pub(super) fn encryption(&self) -> Option<&'static str> {
        match self {
            Self::Postgres(db) | Self::Mysql(db) => Some(match db.tls {
                TlsMode::Off => "not encrypted",
                TlsMode::Require => "encrypted, whoever answers",
                TlsMode::VerifyCa => "encrypted, certificate checked",
                TlsMode::VerifyName => "encrypted, certificate and name checked",
            }),
            Self::Rest(service) if service_addresses(service).into_iter().any(is_plain) => Some("not encrypted"),
            Self::Rest(_) => Some("encrypted, certificate and name checked"),
            _ => None,
        }
    }

    /// The certificates of its own authority, where it has any.
    pub(super) fn root_certificate(&self) -> Option<&RootCertificate> {
        match self {
            Self::Postgres(db) | Self::Mysql(db) => db.root_certificate.as_ref(),
            Self::Rest(service) => service.root_certificate.as_ref(),
            _ => None,
        }
    }

    /// The same place, where other authorities are trusted.
    ///
    /// # Errors
    /// When nobody looks at certificates there.
    pub(super) fn trusting(mut self, root_certificate: Option<RootCertificate>) -> Result<Self, Error> {
        let checked = self.checks_certificates();
        let kept = match &mut self {
            Self::Postgres(db) | Self::Mysql(db) => &mut db.root_certificate,
            Self::Rest(service) => &mut service.root_certificate,
            _ => return Err(Error::Conflict("a file has no certificate".into())),
        };
        if root_certificate.is_some() && !checked {
            let reason = "would not be looked at: it needs an encryption that checks certificates, or https; \
                          choose that, or leave the certificate out";
            return Err(Error::invalid("certificate", reason));
        }
        *kept = root_certificate;
        Ok(self)
    }

    /// Whether the certificate of the other side is looked at.
    pub(super) fn checks_certificates(&self) -> bool {
        match self {
            Self::Postgres(db) | Self::Mysql(db) => matches!(db.tls, TlsMode::VerifyCa | TlsMode::VerifyName),
            Self::Rest(service) => service_addresses(service).into_iter().any(|address| !is_plain(address)),
            _ => false,
        }
    }

    /// What the guard is to judge.
    pub(super) fn target(&self) -> Result<Target, Error> {
        Ok(match self.clone() {
            Self::Postgres(DatabasePlace { host, port, database, user, .. }) => {
                Target::Postgres { host, port, database, user }
            }
            Self::Mysql(DatabasePlace { host, port, database, user, .. }) => {
                Target::Mysql { host, port, database, user }
            }
            Self::Rest(service) => {
                service.guard_target().map_err(|error| Error::invalid("url", format!("refused: {}", error.message)))?
            }
            file => Target::File { path: file.path().unwrap_or(Path::new("")).to_owned() },
        })
    }

    /// The source behind it, once the guard has accepted it.
    pub(super) fn open(&self, proof: GuardProof, password: Option<&SecretString>, table: &str) -> Source {
        // The very file the guard has looked at.
        let file = |place: &FilePlace| SourceFile::without_links(proof.file().unwrap_or(&place.path));
        let password = password.cloned().unwrap_or_else(|| SecretString::from(String::new()));
        match self {
            Self::Csv(place) => Source::Csv { path: file(place), options: CsvOptions::default() },
            Self::Xlsx(place) => {
                Source::Xlsx { path: file(place), sheet: Some(table.to_owned()).filter(|sheet| !sheet.is_empty()) }
            }
            Self::Json(place) => Source::Json { path: file(place), lines: ending(&place.path) != "json" },
            Self::Parquet(place) => Source::Parquet { path: file(place) },
            Self::Sqlite(place) => Source::Sqlite { path: file(place), table: table.into() },
            Self::Postgres(DatabasePlace { host, port, database, user, tls, root_certificate }) => {
                let (schema, table) = table.split_once('.').unwrap_or(("public", table));
                let target = PostgresTarget {
                    host: host.clone(),
                    port: *port,
                    database: database.clone(),
                    user: user.clone(),
                    password,
                    tls: *tls,
                    root_certificate: root_certificate.clone(),
                    schema: schema.into(),
                    table: table.into(),
                };
                Source::Postgres { target, guard: Box::new(proof) }
            }
            Self::Rest(service) => {
                let target = RestTarget { service: (**service).clone(), secret: password };
                Source::Rest { target: Box::new(target), guard: Box::new(proof) }
            }
            Self::Mysql(DatabasePlace { host, port, database, user, tls, root_certificate }) => {
                let target = MysqlTarget {
                    host: host.clone(),
                    port: *port,
                    database: database.clone(),
                    user: user.clone(),
                    password,
                    tls: *tls,
                    root_certificate: root_certificate.clone(),
                    table: table.into(),
                };
                Source::Mysql { target, guard: Box::new(proof) }
            }
        }
    }
}

/// Where a service is, and where its tokens are given out.
fn service_addresses(service: &RestService) -> Vec<&str> {
    let token = match &service.auth {
        RestAuth::ClientCredentials { token_url, .. } => Some(token_url.as_str()),
        _ => None,
    };
    std::iter::once(service.base_url.as_str()).chain(token).collect()
}

/// Whether what is sent to an address can be read on the way.
fn is_plain(address: &str) -> bool {
    address.trim_start().to_ascii_lowercase().starts_with("http:")
}

/// The ending of a file's name, in lower case.
pub(super) fn ending(path: &Path) -> String {
    path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase()
}
