//! Where connections lead: what a person describes, what the guard is to judge, and the source behind it.

use crate::Error;
use connectors::{
    CsvOptions, MysqlTarget, PostgresTarget, RestService, RestTarget, Source, TlsMode,
    guard::{GuardProof, Target},
    rest::{ClientIdentity, Paging, RestAuth},
};
use domain::Invalid;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::{Path, PathBuf};
use views::files::{FileKind, all_endings};

/// Longest wait for a service to answer.
const ANSWER_SECONDS: u16 = 60;
/// Records asked for at once where nobody says how many.
const PAGE_SIZE: u32 = 100;

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
        let file = |place: &FilePlace| proof.file().unwrap_or(&place.path).to_owned();
        let password = password.cloned().unwrap_or_else(|| SecretString::from(String::new()));
        match self {
            Self::Csv(place) => Source::Csv { path: file(place), options: CsvOptions::default() },
            Self::Xlsx(place) => {
                Source::Xlsx { path: file(place), sheet: Some(table.to_owned()).filter(|sheet| !sheet.is_empty()) }
            }
            Self::Json(place) => Source::Json { path: file(place), lines: ending(&place.path) != "json" },
            Self::Parquet(place) => Source::Parquet { path: file(place) },
            Self::Sqlite(place) => Source::Sqlite { path: file(place), table: table.into() },
            Self::Postgres(DatabasePlace { host, port, database, user, tls }) => {
                let (schema, table) = table.split_once('.').unwrap_or(("public", table));
                let target = PostgresTarget {
                    host: host.clone(),
                    port: *port,
                    database: database.clone(),
                    user: user.clone(),
                    password,
                    tls: *tls,
                    root_certificate: None,
                    schema: schema.into(),
                    table: table.into(),
                };
                Source::Postgres { target, guard: Box::new(proof) }
            }
            Self::Rest(service) => {
                let target = RestTarget { service: (**service).clone(), secret: password };
                Source::Rest { target: Box::new(target), guard: Box::new(proof) }
            }
            Self::Mysql(DatabasePlace { host, port, database, user, tls }) => {
                let target = MysqlTarget {
                    host: host.clone(),
                    port: *port,
                    database: database.clone(),
                    user: user.clone(),
                    password,
                    tls: *tls,
                    root_certificate: None,
                    table: table.into(),
                };
                Source::Mysql { target, guard: Box::new(proof) }
            }
        }
    }
}

/// A database as its form describes it, all text.
#[derive(Clone, Copy)]
pub struct DatabaseForm<'a> {
    /// `postgres` or `mysql`.
    pub kind: &'a str,
    /// Name shown.
    pub name: &'a str,
    /// Id of the instance, or nothing.
    pub instance: &'a str,
    /// What sort of environment it is said to be.
    pub environment: &'a str,
    /// Host name or address.
    pub host: &'a str,
    /// Port; empty for the usual one.
    pub port: &'a str,
    /// Database.
    pub database: &'a str,
    /// A role that can only read.
    pub user: &'a str,
    /// Its password, if it has one.
    pub password: &'a str,
    /// `off`, `require`, `verify_ca` or `verify_name`.
    pub tls: &'a str,
}

impl DatabaseForm<'_> {
    /// Where it leads.
    ///
    /// # Errors
    /// What is missing or cannot be read, beside its field.
    pub(super) fn place(&self) -> Result<Place, Error> {
        let needed = [("host", self.host), ("database", self.database), ("user", self.user)];
        let problems: Vec<_> = needed
            .iter()
            .filter_map(|(name, text)| match text.trim() {
                "" => Some(Invalid::new(*name, "is needed")),
                text if text.contains(char::is_control) => {
                    Some(Invalid::new(*name, "must not hold control characters"))
                }
                _ => None,
            })
            .collect();
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let kind = match self.kind {
            "postgres" => Place::Postgres,
            "mysql" => Place::Mysql,
            _ => return Err(Error::invalid("kind", "is not one of the choices")),
        };
        let port = match self.port.trim() {
            "" if self.kind == "mysql" => 3306,
            "" => 5432,
            port => port.parse().map_err(|_| Error::invalid("port", "must be a number from 1 to 65535"))?,
        };
        Ok(kind(DatabasePlace {
            host: self.host.trim().to_owned(),
            port,
            database: self.database.trim().to_owned(),
            user: self.user.trim().to_owned(),
            tls: serde_json::from_value(json!(self.tls))
                .map_err(|_| Error::invalid("tls", "is not one of the choices"))?,
        }))
    }
}

/// A REST service as its form describes it, all text.
#[derive(Clone, Copy, Default)]
pub struct ServiceForm<'a> {
    /// Name shown.
    pub name: &'a str,
    /// Id of the instance, or nothing.
    pub instance: &'a str,
    /// What sort of environment it is said to be.
    pub environment: &'a str,
    /// Address of the list, with parameters that every request has.
    pub url: &'a str,
    /// JSONPath to the records; empty where the answer is the list.
    pub records: &'a str,
    /// `none`, `basic`, `bearer`, `key_header`, `key_parameter` or `client_credentials`.
    pub auth: &'a str,
    /// The user, the name of header or parameter, or the client id.
    pub identity: &'a str,
    /// Where tokens are given out, for client credentials.
    pub token_url: &'a str,
    /// Password, token, key or client secret.
    pub secret: &'a str,
    /// `none`, `link_header`, `next_url`, `offset`, `page` or `cursor`.
    pub paging: &'a str,
    /// Name of the parameter with position, number or mark.
    pub page_parameter: &'a str,
    /// JSONPath to the next URL or mark.
    pub page_path: &'a str,
    /// Name of the parameter with the number of records, for `offset`.
    pub limit_parameter: &'a str,
    /// Records asked for at once, for `offset`; empty for 100.
    pub page_size: &'a str,
}

impl ServiceForm<'_> {
    /// Where it leads.
    ///
    /// # Errors
    /// What is missing or cannot be read, beside its field.
    pub(super) fn place(&self) -> Result<Place, Error> {
        let service = RestService {
            base_url: needed("url", self.url)?,
            path: String::new(),
            query: Vec::new(),
            records: if self.records.trim().is_empty() { "$".to_owned() } else { self.records.trim().to_owned() },
            auth: self.auth()?,
            paging: self.paging()?,
            answer_seconds: ANSWER_SECONDS,
            root_certificate: None,
        };
        Ok(Place::Rest(Box::new(service)))
    }

    fn auth(&self) -> Result<RestAuth, Error> {
        let identity = || needed("identity", self.identity);
        Ok(match self.auth {
            "none" => RestAuth::None,
            "basic" => RestAuth::Basic { user: identity()? },
            "bearer" => RestAuth::Bearer,
            "key_header" => RestAuth::KeyHeader { name: identity()? },
            "key_parameter" => RestAuth::KeyParameter { name: identity()? },
            "client_credentials" => RestAuth::ClientCredentials {
                token_url: needed("token_url", self.token_url)?,
                client_id: identity()?,
                scope: String::new(),
                credentials: ClientIdentity::default(),
            },
            _ => return Err(Error::invalid("auth", "is not one of the choices")),
        })
    }

    fn paging(&self) -> Result<Paging, Error> {
        let parameter = || needed("page_parameter", self.page_parameter);
        let path = || needed("page_path", self.page_path);
        Ok(match self.paging {
            "none" => Paging::None,
            "link_header" => Paging::LinkHeader,
            "next_url" => Paging::NextUrl { url: path()? },
            "offset" => Paging::Offset {
                offset: parameter()?,
                limit: needed("limit_parameter", self.limit_parameter)?,
                size: match self.page_size.trim() {
                    "" => PAGE_SIZE,
                    size => size
                        .parse()
                        .ok()
                        .filter(|size| *size > 0)
                        .ok_or_else(|| Error::invalid("page_size", "must be a number from 1 on"))?,
                },
            },
            "page" => Paging::Page { page: parameter()?, first: 1 },
            "cursor" => Paging::Cursor { parameter: parameter()?, cursor: path()? },
            _ => return Err(Error::invalid("paging", "is not one of the choices")),
        })
    }
}

fn needed(field: &str, text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() { Err(Error::invalid(field, "is needed")) } else { Ok(text.to_owned()) }
}

/// The ending of a file's name, in lower case.
pub(super) fn ending(path: &Path) -> String {
    path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase()
}
