//! REST services that answer JSON, read only: nothing but GET is sent, and POST to a token endpoint. Pages are
//! spooled to a temporary file, because the columns are known only when the last record has been seen.

mod address;
mod auth;
mod body;
mod client;
mod dial;
mod json_path;
mod pace;
mod paging;
mod patience;
mod spool;

use std::sync::{Arc, atomic::AtomicBool};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use self::{address::Address, client::Client, json_path::JsonPath, paging::Pager, spool::Spool};
use crate::{
    ColumnInfo, ReadSummary, RootCertificate, Sink, TableInfo,
    blocking::hand_over,
    error::{ConnectorError, ErrorKind, ReadError},
    guard::{GuardProof, Reason, Target},
    limits::Limits,
};

/// A service and its secret. Cannot be serialised: it holds the secret.
#[derive(Debug, Clone)]
pub struct RestTarget {
    /// What is asked for and how.
    pub service: RestService,
    /// Password, token, key or client secret, whichever [`RestAuth`] needs; not looked at by [`RestAuth::None`].
    pub secret: SecretString,
}

/// A list of records that a service gives. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestService {
    /// Where the service is, such as `https://api.test.example/v2`.
    pub base_url: String,
    /// Path below it, such as `/customers`; may be empty.
    #[serde(default)]
    pub path: String,
    /// Parameters of every request, as they are before encoding. They are no place for secrets.
    #[serde(default)]
    pub query: Vec<(String, String)>,
    /// JSONPath to the array of records: a singular query of RFC 9535, such as `$.data.items`.
    #[serde(default = "whole")]
    pub records: String,
    /// How it says who asks.
    #[serde(default)]
    pub auth: RestAuth,
    /// How it is asked for more than one page.
    #[serde(default)]
    pub paging: Paging,
    /// Longest wait for an answer to begin, and for its next bytes, in seconds.
    #[serde(default = "one_minute")]
    pub answer_seconds: u16,
    /// Certificates to trust, and no others; the system's are used where it is left out.
    #[serde(default)]
    pub root_certificate: Option<RootCertificate>,
}

/// How a service knows who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestAuth {
    /// It does not.
    #[default]
    None,
    /// User and password (RFC 7617).
    Basic {
        /// The user.
        user: String,
    },
    /// A token in the header `Authorization` (RFC 6750).
    Bearer,
    /// A key in a header of its own.
    KeyHeader {
        /// The header's name.
        name: String,
    },
    /// A key in a parameter of the request.
    KeyParameter {
        /// The parameter's name.
        name: String,
    },
    /// Client credentials of OAuth 2 (RFC 6749, section 4.4): a token is fetched once and again where the
    /// service no longer takes it.
    ClientCredentials {
        /// Where tokens are given out.
        token_url: String,
        /// The client.
        client_id: String,
        /// What the token is to be good for; empty for what the server takes by default.
        #[serde(default)]
        scope: String,
        /// Where id and secret are written.
        #[serde(default)]
        credentials: ClientIdentity,
    },
}

/// Where a client writes who it is when it asks for a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientIdentity {
    /// In the header `Authorization`.
    #[default]
    Header,
    /// In the body of the request.
    Body,
}

/// How the next page is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paging {
    /// There is one page.
    #[default]
    None,
    /// The header `Link` with `rel="next"` (RFC 8288) names the next one.
    LinkHeader,
    /// The URL of the next one stands in the answer; null, empty or absent on the last.
    NextUrl {
        /// JSONPath to it.
        url: String,
    },
    /// So many records from a position on, until a page has none.
    Offset {
        /// Name of the parameter with the position, counted from 0.
        offset: String,
        /// Name of the parameter with the number of records.
        limit: String,
        /// Records asked for at once.
        size: u32,
    },
    /// Numbered pages, until one has no record. The size is a matter of [`RestService::query`].
    Page {
        /// Name of the parameter with the number.
        page: String,
        /// Number of the first page.
        first: u32,
    },
    /// The answer holds a mark with which the next page is asked for; null, empty or absent on the last.
    Cursor {
        /// Name of the parameter.
        parameter: String,
        /// JSONPath to the mark.
        cursor: String,
    },
}

fn whole() -> String {
    "$".into()
}

fn one_minute() -> u16 {
    60
}

impl RestService {
    /// What the guard is to judge. Fails for an address that is not written plainly.
    pub fn guard_target(&self) -> Result<Target, ConnectorError> {
        Ok(guard_target(&self.address()?, self.auth.user()))
    }

    /// Whether something is sent to another machine without encryption: what is asked, or the secret for which a token is
    /// given. `away` says that the service itself is another machine.
    pub(crate) fn warning(&self, away: bool) -> Option<Reason> {
        let in_the_clear = |text: &str| Address::parse(text).ok().filter(|address| !address.origin().https);
        let asked = away && in_the_clear(&self.base_url).is_some();
        let token = match &self.auth {
            RestAuth::ClientCredentials { token_url, .. } => in_the_clear(token_url),
            _ => None,
        };
        (asked || token.is_some_and(|address| !address.is_here())).then(|| Reason::of("not-encrypted"))
    }

    /// Without paging.
    fn address(&self) -> Result<Address, ConnectorError> {
        let (base, path) = (self.base_url.trim_end_matches('/'), self.path.trim_start_matches('/'));
        let text = if path.is_empty() { self.base_url.clone() } else { format!("{base}/{path}") };
        Ok(Address::parse(&text)
            .map_err(|reason| refused("the service", format!("its address: {reason}")))?
            .with(&self.query))
    }
}

impl RestAuth {
    /// The user's name, where one is sent.
    fn user(&self) -> &str {
        match self {
            Self::Basic { user } => user,
            Self::ClientCredentials { client_id, .. } => client_id,
            _ => "",
        }
    }
}

fn guard_target(address: &Address, user: &str) -> Target {
    let address::Origin { https, host, port } = address.origin();
    Target::Rest { https, host, port, path: address.path().to_owned(), user: user.to_owned() }
}

fn refused(system: &str, message: impl Into<String>) -> ConnectorError {
    ConnectorError::new(ErrorKind::Refused, system, message)
}

/// The one table, with the columns of the first page.
pub(crate) async fn catalogue(
    target: &RestTarget,
    guard: &GuardProof,
    limits: &Limits,
) -> Result<Vec<TableInfo>, ConnectorError> {
    let cancel = Arc::new(AtomicBool::new(false));
    let spool = Reading::new(target, guard, limits, None, &cancel)?.pages(1).await?;
    let column = |(name, numeric): (&String, bool)| ColumnInfo {
        name: name.clone(),
        type_name: if numeric { "number" } else { "text" }.into(),
        nullable: true,
        key: false,
    };
    let columns = spool.names().iter().zip(spool.numeric()).map(column).collect();
    let address = target.service.address()?;
    let last = address.path().rsplit('/').find(|segment| !segment.is_empty()).unwrap_or("records");
    let name = last.to_owned();
    Ok(vec![TableInfo { schema: None, name, columns, row_estimate: None, tells_nullable: false }])
}

/// Reads all pages, or those that hold the first rows, and then hands the rows over.
pub(crate) async fn read(
    target: &RestTarget,
    guard: &GuardProof,
    limits: &Limits,
    first: Option<u64>,
    sink: &mut Sink<'_>,
    cancel: &Arc<AtomicBool>,
) -> Result<ReadSummary, ReadError> {
    const MOST_PAGES: u64 = 100_000;
    let spool = Reading::new(target, guard, limits, first, cancel)?.pages(MOST_PAGES).await?;
    let system = spool.system().to_owned();
    hand_over(&system, sink, move |emit| spool.emit(emit)).await
}

/// One reading of a service.
struct Reading {
    client: Client,
    pager: Pager,
    spool: Spool,
    start: Address,
}

impl Reading {
    fn new(
        target: &RestTarget,
        guard: &GuardProof,
        limits: &Limits,
        first: Option<u64>,
        cancel: &Arc<AtomicBool>,
    ) -> Result<Self, ConnectorError> {
        let address = target.service.address()?;
        let system = address.to_string();
        if *guard.target() != guard_target(&address, target.service.auth.user()) {
            return Err(refused(&system, "the guard has checked another target; check this one first"));
        }
        let path = |text: &str| JsonPath::parse(text).map_err(|reason| ConnectorError::bad_data(&system, reason));
        let records = path(&target.service.records)?;
        let next = target.service.paging.path().map(path).transpose()?;
        let (pager, start) = Pager::new(&target.service.paging, address.clone());
        Ok(Self {
            client: Client::new(target, address, guard, limits, cancel),
            pager,
            spool: Spool::new(&system, records, next, limits, first, cancel)?,
            start,
        })
    }

    /// Asks for one page after the other; more than `most` are read only where somebody wants them.
    async fn pages(self, most: u64) -> Result<Spool, ConnectorError> {
        let Self { mut client, pager, spool, start } = self;
        let walked = Self::walk(&mut client, pager, spool, start, most).await;
        walked.map_err(|error| client.discreet(error))
    }

    async fn walk(
        client: &mut Client,
        mut pager: Pager,
        mut spool: Spool,
        start: Address,
        most: u64,
    ) -> Result<Spool, ConnectorError> {
        let system = spool.system().to_owned();
        let mut at = start;
        for number in 1.. {
            let page = client.page(&at).await?;
            let work = tokio::task::spawn_blocking(move || {
                let seen = spool.page(page.text.as_deref());
                (spool, seen)
            });
            let (filled, seen) =
                work.await.map_err(|error| ConnectorError::bad_data(&system, format!("reading broke off: {error}")))?;
            spool = filled;
            let seen = seen?;
            if spool.has_enough() {
                break;
            }
            let next = pager
                .next(&page.from, &page.links, seen)
                .map_err(|reason| ConnectorError::bad_data(&system, format!("page {number}: {reason}")))?;
            let Some(next) = next else {
                if let Some(note) = pager.note(&page.links) {
                    spool.note(note);
                }
                break;
            };
            if number == most {
                if most > 1 {
                    let message = format!("it has more than {most} pages; ask for larger ones");
                    return Err(ConnectorError::new(ErrorKind::Limit, &system, message));
                }
                break;
            }
            at = next;
        }
        Ok(spool)
    }
}
