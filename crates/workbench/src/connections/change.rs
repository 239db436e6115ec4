//! Changing a connection: a newer file, another password, other certificates, another name, and asking again whether it
//! still is what it was. Checks that use it stay as they are. Whatever is changed, the guard looks again.

use super::{Place, ending, environment, forms, recorded, secret_place};
use crate::{Caller, Error, Workbench};
use connectors::{ErrorKind, guard::Environment};
use domain::{ConnectionId, DocumentId, Invalid, PlanRole};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::path::Path;
use store::{AuditEntry, Connection, Probe, SecretChange, StoreError};

impl Workbench {
    /// Takes a newer file for a connection to an uploaded or allowed file; of the same kind as before.
    ///
    /// # Errors
    /// As for [`Workbench::connect_upload`], or when the connection leads to no file.
    pub async fn replace_file(
        &self,
        caller: &Caller,
        key: &str,
        connection: &str,
        file_name: &str,
        bytes: &[u8],
    ) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let old = self.connection_of(plan.document, connection).await?;
        let (place, said) = place_of(&old)?;
        let Some(old_file) = place.path() else {
            return Err(Error::Conflict("a database has no file; its password can be changed".into()));
        };
        let new = Place::file(Path::new(file_name)).map_err(beside_the_file)?;
        if new.adapter() != place.adapter() {
            let wanted = ending(old_file);
            return Err(Error::invalid("file", format!("must be of the same kind as the one before: .{wanted}")));
        }
        let path = self.keep_upload(plan.document, file_name, bytes, Some(old_file)).await?;
        let replaced = self.moved(caller, plan.document, &old, Place::file(path.clone())?, said).await;
        // What is refused is not kept, and what was replaced is not needed: runs keep their own copy.
        let forgotten = if replaced.is_ok() { old_file } else { path.as_path() };
        self.forget_upload(plan.document, forgotten).await;
        replaced.map_err(beside_the_file)
    }

    async fn moved(
        &self,
        caller: &Caller,
        plan: DocumentId,
        old: &Connection,
        place: Place,
        said: Environment,
    ) -> Result<(), Error> {
        let proof = self.guard(&old.details.name, said, &place).await?;
        let probe = self.probe(&place, &proof, None).await?;
        let mut details = old.details.clone();
        details.address = place.address();
        details.options["place"] = json!(place);
        let audit = self.audit(caller, "replaced the file of a connection", None, json!({ "name": details.name }));
        let keep = SecretChange::Keep;
        self.store().update_connection(plan, old.id, old.rev, &details, keep, &probe, audit).await.map_err(moved_on)?;
        Ok(())
    }

    /// Another password for a database, kept once the database took it.
    ///
    /// # Errors
    /// When the database does not take it, the connection leads to none, or the caller has tested too many of late.
    pub async fn change_secret(
        &self,
        caller: &Caller,
        key: &str,
        connection: &str,
        password: &SecretString,
    ) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let old = self.connection_of(plan.document, connection).await?;
        let (place, said) = place_of(&old)?;
        if place.path().is_some() {
            return Err(Error::Conflict("a file has no password".into()));
        }
        self.count_test(caller, &place)?;
        let proof = self.guard(&old.details.name, said, &place).await?;
        let given = Some(password).filter(|p| !p.expose_secret().is_empty());
        let probe = self.probe(&place, &proof, given).await?;
        let secret = match given {
            Some(password) => SecretChange::Set(self.keys().seal(&secret_place(old.id), password.expose_secret())?),
            None => SecretChange::Clear,
        };
        let after = recorded(&old.details.name, &place);
        let audit = self.audit(caller, "changed the password of a connection", None, after);
        let details = &old.details;
        let kept = self.store().update_connection(plan.document, old.id, old.rev, details, secret, &probe, audit).await;
        kept.map(|_| ()).map_err(moved_on)
    }

    /// Other certificates to trust, as PEM, or none of its own; kept once the system was reached with them.
    ///
    /// # Errors
    /// What is wrong with them, when the system is not reached with them, the connection looks at none, or the caller
    /// has tested too many of late.
    pub async fn change_certificate(
        &self,
        caller: &Caller,
        key: &str,
        connection: &str,
        certificate: &str,
    ) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let old = self.connection_of(plan.document, connection).await?;
        let (place, said) = place_of(&old)?;
        let place = place.trusting(forms::certificate(certificate, self.now())?)?;
        self.count_test(caller, &place)?;
        let proof = self.guard(&old.details.name, said, &place).await?;
        let password = self.secret_of(old.id).await?;
        let probe = self.probe(&place, &proof, password.as_ref()).await?;
        let mut details = old.details.clone();
        details.options["place"] = json!(place);
        let after = recorded(&details.name, &place);
        let audit = self.audit(caller, "changed the certificate of a connection", None, after);
        let keep = SecretChange::Keep;
        let kept = self.store().update_connection(plan.document, old.id, old.rev, &details, keep, &probe, audit).await;
        kept.map(|_| ()).map_err(moved_on)
    }

    /// Another name for a connection.
    ///
    /// # Errors
    /// When it is empty, taken, or sounds like production.
    pub async fn rename_connection(
        &self,
        caller: &Caller,
        key: &str,
        connection: &str,
        name: &str,
    ) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let old = self.connection_of(plan.document, connection).await?;
        let name = crate::items::line("name", name)?;
        if name.is_empty() {
            return Err(Error::invalid("name", "is needed"));
        }
        let (place, said) = place_of(&old)?;
        self.guard(&name, said, &place).await?;
        let mut details = old.details.clone();
        let names = json!({ "from": details.name, "to": &*name });
        details.name = name.to_string();
        let audit = self.audit(caller, "renamed a connection", None, names);
        let (keep, probe) = (SecretChange::Keep, &old.probe);
        match self.store().update_connection(plan.document, old.id, old.rev, &details, keep, probe, audit).await {
            Err(StoreError::Conflict { .. }) => {
                Err(Error::invalid("name", format!("“{name}” is taken; choose another name")))
            }
            other => other.map(|_| ()).map_err(moved_on),
        }
    }

    /// Asks again whether a connection is a test environment that answers, and keeps what was found.
    ///
    /// # Errors
    /// When it does not answer, or the caller has tested too many of late. A refusal is kept with the connection and no
    /// error.
    pub async fn test_again(&self, caller: &Caller, key: &str, connection: &str) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let old = self.connection_of(plan.document, connection).await?;
        let (place, said) = place_of(&old)?;
        self.count_test(caller, &place)?;
        let proof = match self.guard(&old.details.name, said, &place).await {
            Ok(proof) => proof,
            Err(Error::Invalid(reasons)) => return self.note_refusal(plan.document, &old, Some(words(&reasons))).await,
            Err(other) => return Err(other),
        };
        let password = self.secret_of(old.id).await?;
        let probe = match self.probe(&place, &proof, password.as_ref()).await {
            Ok(probe) => probe,
            // The server itself says what it is.
            Err(error) if error.kind == ErrorKind::Refused => {
                return self.note_refusal(plan.document, &old, Some(error.message)).await;
            }
            Err(other) => return Err(other.into()),
        };
        let audit = self.audit(caller, "tested a connection", None, json!({ "name": old.details.name }));
        Ok(self.store().set_probe(plan.document, old.id, &probe, audit).await?)
    }

    /// Keeps with a connection why it is refused now, or that it no longer is.
    pub(super) async fn note_refusal(
        &self,
        plan: DocumentId,
        connection: &Connection,
        refused: Option<String>,
    ) -> Result<(), Error> {
        if connection.probe.refused == refused {
            return Ok(());
        }
        let verb = if refused.is_some() { "refused a connection" } else { "accepted a connection again" };
        let after = json!({ "name": connection.details.name, "because": refused });
        let audit = AuditEntry::new(None, verb, self.now()).after(after);
        let probe = Probe { refused, ..connection.probe.clone() };
        Ok(self.store().set_probe(plan, connection.id, &probe, audit).await?)
    }

    async fn connection_of(&self, plan: DocumentId, id: &str) -> Result<Connection, Error> {
        let id: ConnectionId = id.parse().map_err(|_| Error::NotFound("connection"))?;
        let connection = self.store().load_connection(plan, id).await?;
        if connection.archived_at.is_some() {
            return Err(Error::NotFound("connection"));
        }
        Ok(connection)
    }

    pub(super) async fn secret_of(&self, id: ConnectionId) -> Result<Option<SecretString>, Error> {
        match self.store().load_secret(id).await? {
            Some(sealed) => Ok(Some(self.keys().open_sealed(&secret_place(id), &sealed)?)),
            None => Ok(None),
        }
    }
}

/// Where a stored connection leads, and what it was said to be.
pub(super) fn place_of(connection: &Connection) -> Result<(Place, Environment), Error> {
    let options = &connection.details.options;
    let place = serde_json::from_value(options["place"].clone())
        .map_err(|e| Error::internal("a connection cannot be read", &e))?;
    Ok((place, environment(options["environment"].as_str().unwrap_or_default())))
}

/// Reasons of a refusal as one sentence.
pub(super) fn words(reasons: &[Invalid]) -> String {
    let plain = reasons.iter().map(|r| r.reason.trim_start_matches("refused: "));
    plain.collect::<Vec<_>>().join("; ")
}

/// The form of an upload has one field for the file, whatever is wrong with it.
pub(super) fn beside_the_file(error: Error) -> Error {
    match error {
        Error::Invalid(problems) => {
            let beside = |p: Invalid| if p.field == "path" { Invalid::new("file", p.reason) } else { p };
            Error::Invalid(problems.into_iter().map(beside).collect())
        }
        Error::Unavailable(words) => Error::invalid("file", words),
        other => other,
    }
}

fn moved_on(error: StoreError) -> Error {
    match error {
        StoreError::Stale { .. } => {
            Error::Conflict("somebody else changed this connection meanwhile; load the page again".into())
        }
        other => other.into(),
    }
}
