//! What stands between a connection and the system it leads to: the guard, with everything that is recorded as
//! production; the test of a connection; and the source that is read, with its secret opened.

use super::{
    Place,
    change::{place_of, words},
};
use crate::{Error, Workbench};
use connectors::{
    ConnectorError, ErrorKind, Limits, Source,
    guard::{self, AllowList, Declared, Environment, GuardProof, KnownProduction, ServerFacts},
};
use domain::{ConnectionId, DocumentId, Invalid, entity::Instance};
use secrecy::SecretString;
use std::time::Duration;
use store::{Connection, Probe};

/// How long a test of a connection may take.
const TEST: Duration = Duration::from_secs(20);

impl Workbench {
    /// The source behind a connection of a plan, checked by the guard once more, with its secret opened.
    /// A check may name any id, so that it is looked for among the plan's own connections only.
    pub(crate) async fn source(&self, plan: DocumentId, id: ConnectionId, table: &str) -> Result<Source, Error> {
        let connection = self.store().load_connection(plan, id).await?;
        if connection.archived_at.is_some() {
            return Err(Error::Conflict(format!("the connection “{}” was removed", connection.details.name)));
        }
        let (place, said) = place_of(&connection)?;
        let proof = match self.accepted(&connection, said, &place).await {
            Ok(proof) => proof,
            Err(Error::Invalid(reasons)) => {
                // Kept, so that the connection's card and the rules say it too.
                self.note_refusal(plan, &connection, Some(words(&reasons))).await?;
                let name = &connection.details.name;
                return Err(Error::Conflict(format!("the connection “{name}” is refused: {}", words(&reasons))));
            }
            Err(other) => return Err(other),
        };
        // What a server said of itself is taken back by a test alone.
        if place.path().is_some() {
            self.note_refusal(plan, &connection, None).await?;
        }
        let password = self.secret_of(id).await?;
        Ok(place.open(proof, password.as_ref(), table))
    }

    /// What the guard says of a connection, and of the server that its last test met.
    async fn accepted(&self, connection: &Connection, said: Environment, place: &Place) -> Result<GuardProof, Error> {
        let proof = self.guard(&connection.details.name, said, place).await?;
        let system_identifier = connection.probe.server_id.clone();
        if system_identifier.is_some() {
            let met = ServerFacts { system_identifier, ..ServerFacts::default() };
            let known = self.known_production().await?;
            guard::check_server(&met, &known).map_err(|refusal| refused(&refusal))?;
        }
        Ok(proof)
    }

    /// Judges where a connection leads, before anything is sent there.
    pub(super) async fn guard(&self, name: &str, environment: Environment, place: &Place) -> Result<GuardProof, Error> {
        let known = self.known_production().await?;
        let declared = Declared { name: name.into(), environment, target: place.target()?, known };
        let mut allow = AllowList::parse(&self.settings().allowed_targets)
            .map_err(|e| Error::Unavailable(format!("the list of allowed targets is wrong: {e}")))?
            .with_folder(self.uploads_dir())
            .with_own(self.settings().own.iter().copied());
        for folder in &self.settings().source_dirs {
            allow = allow.with_folder(folder);
        }
        guard::check_connection(&declared, &allow).await.map_err(|refusal| refused(&refusal))
    }

    /// What is recorded as production anywhere in the workspace.
    async fn known_production(&self) -> Result<KnownProduction, Error> {
        let workspace = self.document(self.workspace_id()).await?;
        let mut known = KnownProduction::default();
        for instance in workspace.each::<Instance>() {
            known.hosts.extend(instance.production_hosts.iter().map(ToString::to_string));
            known.system_identifiers.extend(instance.production_server_ids.iter().map(ToString::to_string));
        }
        Ok(known)
    }

    /// Asks a system that the guard accepted who it is and what it holds.
    pub(super) async fn probe(
        &self,
        place: &Place,
        proof: &GuardProof,
        password: Option<&SecretString>,
    ) -> Result<Probe, ConnectorError> {
        let limits = Limits { wall: TEST, ..Limits::default() };
        let source = place.open(proof.clone(), password, "");
        let report = match &source {
            Source::Postgres { target, guard } => {
                Some(connectors::postgres::test_connection(target, guard, &limits).await?)
            }
            Source::Mysql { target, guard } => Some(connectors::mysql::test_connection(target, guard, &limits).await?),
            _ => {
                connectors::catalogue(&source, &limits).await?;
                None
            }
        };
        let (server_id, told) =
            report.map(|report| (report.facts.system_identifier, report.warnings)).unwrap_or_default();
        let warnings = source.warnings().into_iter().chain(told).map(|warning| warning.text).collect();
        let guard = proof.passed().iter().map(|id| guard::explanation(id).to_owned()).collect();
        Ok(Probe { guard, refused: None, warnings, server_id, verified_at: Some(self.now()) })
    }
}

/// What a server says of itself may be a sign of production as well.
pub(super) fn beside_the_host(place: &Place, error: ConnectorError) -> Error {
    let field = if place.path().is_some() { "path" } else { "host" };
    match error.kind {
        ErrorKind::Refused => Error::invalid(field, format!("refused: {}", error.message)),
        _ => error.into(),
    }
}

/// Every reason of a refusal, beside the field of the form it is about.
fn refused(refusal: &guard::Refusal) -> Error {
    let mut problems: Vec<Invalid> = Vec::new();
    for reason in &refusal.reasons {
        let field = match reason.signal.as_str() {
            "environment" => "environment",
            "name-word" => "name",
            "database-word" | "database-spelling" => "database",
            "user-word" | "admin-user" | "user-spelling" => "user",
            "path-word" | "path-not-allowed" => "path",
            "plain-http" => "url",
            _ => "host",
        };
        match problems.iter_mut().find(|p| p.field == field) {
            Some(same) => same.reason = format!("{}; {}", same.reason, reason.text),
            None => problems.push(Invalid::new(field, format!("refused: {}", reason.text))),
        }
    }
    Error::Invalid(problems)
}
