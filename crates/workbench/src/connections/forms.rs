//! Databases and services as people describe them in forms, all text.

use super::place::{DatabasePlace, Place};
use crate::{Error, items::line};
use connectors::{
    RestService, RootCertificate,
    rest::{ClientIdentity, Paging, RestAuth},
};
use domain::{Invalid, Timestamp};
use serde_json::json;

/// Longest wait for a service to answer.
const ANSWER_SECONDS: u16 = 60;
/// Records asked for at once where nobody says how many.
const PAGE_SIZE: u32 = 100;

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
    /// Certificates of its own authority as PEM; empty for none.
    pub certificate: &'a str,
}

impl DatabaseForm<'_> {
    /// Where it leads; `now` is the moment at which certificates have to be good.
    ///
    /// # Errors
    /// What is missing or cannot be read, beside its field.
    pub(super) fn place(&self, now: Timestamp) -> Result<Place, Error> {
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
        let place = kind(DatabasePlace {
            host: self.host.trim().to_owned(),
            port,
            database: self.database.trim().to_owned(),
            user: self.user.trim().to_owned(),
            tls: serde_json::from_value(json!(self.tls))
                .map_err(|_| Error::invalid("tls", "is not one of the choices"))?,
            root_certificate: None,
        });
        place.trusting(certificate(self.certificate, now)?)
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
    /// What a token is to be good for, for client credentials; empty for what the server takes.
    pub scope: &'a str,
    /// Where client credentials are written: `header`, which is also meant by nothing, or `body`.
    pub credentials: &'a str,
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
    /// Number of the first page, for `page`; empty for 1.
    pub first_page: &'a str,
    /// Certificates of its own authority as PEM; empty for none.
    pub certificate: &'a str,
}

impl ServiceForm<'_> {
    /// Where it leads; `now` is the moment at which certificates have to be good.
    ///
    /// # Errors
    /// What is missing or cannot be read, beside its field.
    pub(super) fn place(&self, now: Timestamp) -> Result<Place, Error> {
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
        Place::Rest(Box::new(service)).trusting(certificate(self.certificate, now)?)
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
                scope: line("scope", self.scope)?.to_string(),
                credentials: match self.credentials {
                    "" | "header" => ClientIdentity::Header,
                    "body" => ClientIdentity::Body,
                    _ => return Err(Error::invalid("credentials", "is not one of the choices")),
                },
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
            "page" => Paging::Page {
                page: parameter()?,
                first: match self.first_page.trim() {
                    "" => 1,
                    first => {
                        first.parse().map_err(|_| Error::invalid("first_page", "must be a whole number from 0 on"))?
                    }
                },
            },
            "cursor" => Paging::Cursor { parameter: parameter()?, cursor: path()? },
            _ => return Err(Error::invalid("paging", "is not one of the choices")),
        })
    }
}

fn needed(field: &str, text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() { Err(Error::invalid(field, "is needed")) } else { Ok(text.to_owned()) }
}

/// Certificates as somebody pasted them; nothing where there is only blank space.
pub(super) fn certificate(text: &str, now: Timestamp) -> Result<Option<RootCertificate>, Error> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    RootCertificate::parse(text, &now.to_string()).map(Some).map_err(|reason| Error::invalid("certificate", reason))
}
