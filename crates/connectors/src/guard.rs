//! The guard in front of every connection: it refuses what looks like production and what the operator has
//! not allowed, before anything is sent, and again when the server has said who it is. Its proof goes into
//! the evidence; without one nothing connects. It has no way to be overruled.

pub(crate) mod host;
mod known;
mod network;
mod signals;

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use self::{
    host::Host,
    signals::{admin_word, name_word, production_word},
};
pub use self::{
    known::{KnownProduction, LookedUp},
    network::AllowList,
    signals::{Effect, SIGNALS, Signal},
};

/// What somebody says about a connection they want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Names of system and instance.
    pub name: String,
    /// What sort of environment it is said to be.
    pub environment: Environment,
    /// What is to be connected to.
    pub target: Target,
    /// What is known to be production in this workspace.
    pub known: KnownProduction,
}

/// Sorts of environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// For testing.
    Test,
    /// For developing.
    Development,
    /// The real thing. Never connected to.
    Production,
    /// Nobody has said.
    Unknown,
}

/// What is to be connected to, without any secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// A PostgreSQL database.
    Postgres {
        /// Host name or address.
        host: String,
        /// Port.
        port: u16,
        /// Database.
        database: String,
        /// User.
        user: String,
    },
    /// A MySQL or MariaDB database.
    Mysql {
        /// Host name or address.
        host: String,
        /// Port.
        port: u16,
        /// Database.
        database: String,
        /// User.
        user: String,
    },
    /// An HTTP service.
    Rest {
        /// Whether the connection is encrypted.
        https: bool,
        /// Host name or address.
        host: String,
        /// Port.
        port: u16,
        /// Path of what is asked for.
        path: String,
        /// User or client id; empty where there is none.
        user: String,
    },
    /// A file on the server.
    File {
        /// Its path.
        path: PathBuf,
    },
}

/// Why a connection was refused: every reason found, not only the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", .reasons.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>().join("; "))]
pub struct Refusal {
    /// The reasons.
    pub reasons: Vec<Reason>,
}

/// A sign that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Id of the [`Signal`].
    pub signal: String,
    /// What was seen, in words.
    pub text: String,
}

impl Reason {
    /// A sign, in the words that explain it.
    pub(crate) fn of(signal: &'static str) -> Self {
        Self { signal: signal.into(), text: explanation(signal).into() }
    }
}

/// Proof that the guard accepted a target, and why. Only the guard can make one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuardProof {
    target: Target,
    /// The addresses that were checked; only these are connected to.
    addresses: Vec<IpAddr>,
    /// The file's real path.
    file: Option<PathBuf>,
    /// Ids of the signs that were looked for and not found.
    passed: Vec<&'static str>,
    /// Signs that do not forbid it but should be seen.
    warnings: Vec<Reason>,
    known: KnownProduction,
    /// What else was said and allowed, for judging where a service sends on to.
    #[serde(skip)]
    name: String,
    #[serde(skip)]
    environment: Environment,
    #[serde(skip)]
    allow: AllowList,
}

impl GuardProof {
    /// Ids of the signs that were looked for and not found.
    pub fn passed(&self) -> &[&'static str] {
        &self.passed
    }

    /// Signs that do not forbid it but should be seen: what could not be looked for.
    pub fn warnings(&self) -> &[Reason] {
        &self.warnings
    }

    /// The addresses that were checked.
    pub fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// The real path of an accepted file: the one to read.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// What was accepted.
    pub fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn known(&self) -> &KnownProduction {
        &self.known
    }

    /// Judges another target of the same connection, such as the one a service redirects to. The host that was
    /// looked up is not looked up again.
    pub(crate) async fn again(&self, target: Target) -> Result<Self, Refusal> {
        let same_place = target.place() == self.target.place();
        let declared =
            Declared { name: self.name.clone(), environment: self.environment, target, known: self.known.clone() };
        if same_place {
            return judge(&declared, &self.allow, &self.addresses);
        }
        check_connection(&declared, &self.allow).await
    }
}

impl Target {
    /// Host and port, where it is not a file.
    fn place(&self) -> Option<(&str, u16)> {
        match self {
            Self::Postgres { host, port, .. } | Self::Mysql { host, port, .. } | Self::Rest { host, port, .. } => {
                Some((host, *port))
            }
            Self::File { .. } => None,
        }
    }
}

/// What a server says about itself and the role once connected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerFacts {
    /// Version in the server's words.
    pub version: String,
    /// Identifies the server: PostgreSQL's system identifier, MySQL's `server_uuid`, MariaDB's `server_uid`. `None`
    /// where the role may not know it or the server has none (MariaDB before 2024).
    pub system_identifier: Option<String>,
    /// The server's own name: PostgreSQL's setting `cluster_name`, the `hostname` of the others.
    pub cluster_name: String,
    /// The database's comment, where it can have one.
    pub comment: String,
    /// It is a standby, or takes changes from nobody but another server.
    pub in_recovery: bool,
    /// The role is a superuser or may read the server's files.
    pub superuser: bool,
    /// The role may write to some table.
    pub can_write: bool,
}

/// Checks a connection before it is made. Names are resolved once, here: what was checked is what is
/// connected to. Names that are recorded as production are looked up at the same time.
pub async fn check_connection(declared: &Declared, allow: &AllowList) -> Result<GuardProof, Refusal> {
    let Some((host, port)) = declared.target.place() else {
        return judge(declared, allow, &[]);
    };
    let (resolved, known) = tokio::join!(resolve(host, port), declared.known.clone().look_up());
    judge(&Declared { known, ..declared.clone() }, allow, &resolved)
}

/// Where a host leads; nowhere where it is not written plainly or not found in time.
async fn resolve(host: &str, port: u16) -> Vec<IpAddr> {
    const LONGEST_LOOKUP: Duration = Duration::from_secs(5);
    match host::parse(host) {
        Ok(Host::Name(name)) => {
            let lookup = tokio::net::lookup_host((name.as_str(), port));
            match tokio::time::timeout(LONGEST_LOOKUP, lookup).await {
                Ok(Ok(found)) => found.map(|address| address.ip()).collect(),
                _ => Vec::new(),
            }
        }
        Ok(Host::Address(address)) => vec![address],
        Err(_) => Vec::new(),
    }
}

/// The same without looking names up: `resolved` are the addresses the host led to.
pub fn judge(declared: &Declared, allow: &AllowList, resolved: &[IpAddr]) -> Result<GuardProof, Refusal> {
    let mut found = Findings::default();
    found.look("environment", || {
        let accepted = matches!(declared.environment, Environment::Test | Environment::Development);
        (!accepted).then(|| "only environments declared as test or development are connected to".into())
    });
    found.name("name-word", "the name", &declared.name);
    let mut addresses: Vec<IpAddr> = resolved.iter().copied().map(network::canonical).collect();
    addresses.dedup();
    let mut file = None;
    match &declared.target {
        Target::Postgres { host, port, database, user } | Target::Mysql { host, port, database, user } => {
            found.word("host-word", "the host", host);
            found.plain("database-spelling", "the database", database);
            found.word("database-word", "the database", database);
            found.user(user);
            found.network(host, *port, &addresses, allow, &declared.known);
        }
        Target::Rest { https, host, port, path, user } => {
            found.word("host-word", "the host", host);
            found.name("path-word", "the path", path);
            found.user(user);
            found.network(host, *port, &addresses, allow, &declared.known);
            found.look("plain-http", || {
                let plain = !https && !addresses.iter().all(|address| allow.admits_plain(host, *address, *port));
                plain.then(|| {
                    format!(
                        "`{host}` is asked without encryption; use https, \
                         or ask the operator to put http://{host} in the list of allowed networks"
                    )
                })
            });
        }
        Target::File { path } => {
            let admitted = allow.admits_file(path);
            found.look("path-not-allowed", || {
                admitted.is_none().then(|| {
                    "the file is in none of the allowed folders, or it does not exist; \
                     upload it or ask the operator to allow its folder"
                        .into()
                })
            });
            // The folder was chosen by the operator; only what lies below it was chosen by the user. Of a file
            // in none of the folders the name alone is looked at.
            let name = || path.file_name().map_or(path.as_path(), Path::new);
            let below = admitted.as_ref().map_or_else(name, |(_, below)| below.as_path());
            found.name("path-word", "the path", &below.to_string_lossy());
            file = admitted.map(|(real, _)| real);
        }
    }
    let Findings { reasons, passed } = found;
    if !reasons.is_empty() {
        return Err(Refusal { reasons });
    }
    let Declared { name, environment, target, known } = declared.clone();
    let warnings = if target.place().is_some() { known.doubt().into_iter().collect() } else { Vec::new() };
    Ok(GuardProof { target, addresses, file, passed, warnings, known, name, environment, allow: allow.clone() })
}

/// Checks what the server said about itself: a refusal, or warnings to be shown.
pub fn check_server(facts: &ServerFacts, known: &KnownProduction) -> Result<Vec<Reason>, Refusal> {
    let mut found = Findings::default();
    found.look("known-server", || {
        let identifier = facts.system_identifier.as_ref()?;
        known
            .recognises_server(identifier)
            .then(|| format!("the server has the identifier {identifier}, which is recorded as production"))
    });
    found.word("server-label", "the server's own name", &facts.cluster_name);
    found.word("server-label", "the database's comment", &facts.comment);
    if !found.reasons.is_empty() {
        return Err(Refusal { reasons: found.reasons });
    }
    let warnings = [
        ("standby", facts.in_recovery),
        ("superuser", facts.superuser),
        ("can-write", facts.can_write),
        ("server-unidentified", facts.system_identifier.is_none() && !known.system_identifiers.is_empty()),
    ];
    for (signal, seen) in warnings {
        found.look(signal, || seen.then(|| explanation(signal).to_owned()));
    }
    Ok(found.reasons)
}

/// The sentence that explains a sign; empty for an unknown id.
pub fn explanation(signal: &str) -> &'static str {
    SIGNALS.iter().find(|known| known.id == signal).map_or("", |known| known.explanation)
}

/// A text as a reason shows it: control characters are for nobody's eyes, and not for a database either.
fn shown(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

#[derive(Default)]
struct Findings {
    reasons: Vec<Reason>,
    passed: Vec<&'static str>,
}

impl Findings {
    fn look(&mut self, signal: &'static str, seen: impl FnOnce() -> Option<String>) {
        match seen() {
            Some(text) => self.reasons.push(Reason { signal: signal.into(), text }),
            None => self.passed.push(signal),
        }
    }

    /// A name that people gave: `customer_master` is a table of master data.
    fn name(&mut self, signal: &'static str, what: &str, text: &str) {
        self.said(signal, what, text, name_word(text));
    }

    fn word(&mut self, signal: &'static str, what: &str, text: &str) {
        self.said(signal, what, text, production_word(text));
    }

    fn user(&mut self, user: &str) {
        self.plain("user-spelling", "the user", user);
        self.word("user-word", "the user", user);
        self.look("admin-user", || {
            admin_word(user).map(|_| {
                format!("the user `{}` is named like an administrator; use one who can only read", shown(user))
            })
        });
    }

    /// Protocols end a name at a zero byte: what follows would be another parameter that nobody has judged.
    fn plain(&mut self, signal: &'static str, what: &str, text: &str) {
        self.look(signal, || {
            let odd = text.contains(char::is_control);
            odd.then(|| format!("{what} `{}` holds a control character; write its name plainly", shown(text)))
        });
    }

    fn said(&mut self, signal: &'static str, what: &str, text: &str, word: Option<String>) {
        self.look(signal, || {
            word.map(|word| format!("{what} `{}` holds the word `{word}`, which says production", shown(text)))
        });
    }

    fn network(&mut self, host: &str, port: u16, addresses: &[IpAddr], allow: &AllowList, known: &KnownProduction) {
        let parsed = match host::parse(host) {
            Ok(parsed) => parsed,
            Err(reason) => {
                self.look("host-spelling", || Some(format!("the host `{}`: {reason}", shown(host))));
                return;
            }
        };
        self.passed.push("host-spelling");
        // Looked for only where somebody recorded what is production, and all of it could be looked up: else it would be
        // said to be absent.
        let recognised = known.recognises(host, &parsed, addresses);
        if recognised.is_some() || (!known.hosts.is_empty() && known.doubt().is_none()) {
            self.look("known-host", || recognised);
        }
        self.look("host-unknown", || {
            addresses.is_empty().then(|| format!("the host `{host}` leads to no address; check its spelling"))
        });
        for signal in ["address-special", "address-not-allowed"] {
            self.look(signal, || {
                let refusals = addresses.iter().filter_map(|address| allow.admits(&parsed, *address, port).err());
                refusals.filter(|(seen, _)| *seen == signal).map(|(_, reason)| reason).next()
            });
        }
    }
}
