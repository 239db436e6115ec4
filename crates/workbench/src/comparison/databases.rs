//! A side of a comparison that is a table of a database: it goes through the guard like every connection, and is
//! staged before it is compared, because a second look at it would see another state.

use super::{Compared, stage};
use crate::Error;
use connectors::{
    ConnectionReport, Limits, Source,
    database_url::{self, DatabaseKind, DatabaseUrl},
    guard::{self, AllowList, Declared, Environment, KnownProduction},
};
use reconcile::{Settings, Spec};
use secrecy::SecretString;
use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicBool},
};

/// What the operator allows and knows about databases named on the command line.
#[derive(Debug, Clone, Default)]
pub struct Databases {
    /// What sort of environment they are said to be; `None` where nobody has said.
    pub environment: Option<String>,
    /// Networks and ports that may be reached, as in the settings of the server.
    pub allowed_targets: Vec<String>,
    /// Addresses the server itself listens on: only a target with exactly this address and port leads to them.
    pub own: Vec<SocketAddr>,
    /// Password for PostgreSQL, where the URL holds none.
    pub postgres_password: Option<SecretString>,
    /// Password for MySQL and MariaDB, where the URL holds none.
    pub mysql_password: Option<SecretString>,
}

impl Databases {
    /// The source that a text names: a file, or a table in a database that the guard accepts. `side` is for messages.
    pub(super) async fn open(&self, side: &str, text: &str, limits: &Limits) -> Result<Source, Error> {
        if !database_url::is_database(text) {
            return Ok(connectors::file::open(text, limits).await?);
        }
        let url = DatabaseUrl::parse(text).map_err(|error| Error::invalid(side, error.to_string()))?;
        let environment = match self.environment.as_deref() {
            Some("test") => Environment::Test,
            Some("development") => Environment::Development,
            _ => {
                let message = "a database needs --environment test or --environment development; \
                               production is never connected to";
                return Err(Error::invalid(side, message));
            }
        };
        let allow = AllowList::parse(&self.allowed_targets)
            .map_err(|error| Error::Unavailable(format!("the list of allowed targets is wrong: {error}")))?
            .with_own(self.own.iter().copied());
        // No system is named here, and no workspace says what is production; all other signs are looked for.
        let known = KnownProduction::default();
        let declared = Declared { name: String::new(), environment, target: url.target(), known };
        let proof = guard::check_connection(&declared, &allow).await.map_err(|refusal| {
            let (host, port) = (&url.host, url.port);
            Error::invalid(side, format!("refused: {refusal} (allowed_targets in the configuration, {host}:{port})"))
        })?;
        let password = match url.kind {
            DatabaseKind::Postgres => self.postgres_password.as_ref(),
            DatabaseKind::Mysql => self.mysql_password.as_ref(),
        };
        Ok(url.source(proof, password))
    }
}

/// Stages both sides at the same time and compares what was staged.
pub(super) async fn check(
    sources: [Source; 2],
    spec: &Spec,
    settings: &Settings,
    limits: &Limits,
    cancel: &Arc<AtomicBool>,
) -> Result<Compared, Error> {
    let [left, right] = &sources;
    let mut notes = Vec::new();
    for (side, source) in [("left", left), ("right", right)] {
        notes.extend(warnings(source, limits).await?.into_iter().map(|warning| format!("{side}: {warning}")));
    }
    let paths = ["left.parquet", "right.parquet"].map(|name| settings.temp_dir.join(name));
    let (mut unheard_left, mut unheard_right) = (|_: u64| {}, |_: u64| {});
    let (left, right) = tokio::try_join!(
        stage(left, &paths[0], limits, cancel, &mut unheard_left),
        stage(right, &paths[1], limits, cancel, &mut unheard_right),
    )?;
    for (side, read) in [("left", &left), ("right", &right)] {
        notes.extend(read.source.notes.iter().map(|note| format!("{side}: {note}")));
    }
    let cancel = Arc::clone(cancel);
    let outcome = reconcile::check(&left.staged, &right.staged, spec, settings, Arc::new(|_| {}), cancel).await?;
    Ok(Compared { outcome, notes })
}

/// What should be seen before a server is read.
async fn warnings(source: &Source, limits: &Limits) -> Result<Vec<String>, Error> {
    let ConnectionReport { warnings, .. } = match source {
        Source::Postgres { target, guard } => connectors::postgres::test_connection(target, guard, limits).await?,
        Source::Mysql { target, guard } => connectors::mysql::test_connection(target, guard, limits).await?,
        _ => return Ok(Vec::new()),
    };
    Ok(source.warnings().into_iter().chain(warnings).map(|warning| warning.text).collect())
}
