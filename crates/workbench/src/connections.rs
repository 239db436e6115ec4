//! Connections to test environments. Secrets go in encrypted and are only ever opened here, for the
//! connector. What looks like production is refused with every reason that was found.

mod change;
mod place;
mod schema;

pub use place::{DatabaseForm, DatabasePlace, FilePlace, Place, ServiceForm};

use change::{beside_the_file, place_of, words};
use place::ending;

use crate::{Caller, Error, Workbench, items::ref_options, plans};
use connectors::{
    Limits, Source,
    guard::{self, AllowList, Declared, Environment, GuardProof, KnownProduction},
};
use domain::{
    ConnectionId, ConnectionView, DocumentId, Invalid, ItemId, Kind, PlanRole,
    entity::{Check, Instance},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use store::{Connection, ConnectionDetails, Probe};
use uuid::Uuid;
use views::{
    files::{FileKind, all_endings},
    sync::{ConnectionRow, ConnectionsPage, TableView},
};

/// A connection somebody wants.
pub struct NewConnection {
    /// Name shown.
    pub name: String,
    /// The instance it is a test environment of.
    pub instance: Option<ItemId>,
    /// What sort of environment it is said to be: `test`, `development`, `production`.
    pub environment: String,
    /// Where it leads.
    pub place: Place,
    /// Password, where one is needed.
    pub password: Option<SecretString>,
}

impl Workbench {
    /// Folder of uploaded files.
    pub(crate) fn uploads_dir(&self) -> PathBuf {
        self.settings().data_dir.join("uploads")
    }

    /// The connections as a page of a plan, with what its checks use.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn connections_page(&self, caller: &Caller, key: &str) -> Result<ConnectionsPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let may_connect = access.role >= PlanRole::Editor;
        let uses = |id: ConnectionId| {
            access.plan.each::<Check>().filter(|c| c.left == Some(id) || c.right == Some(id)).count()
        };
        let rows = access.evidence.connections.iter().map(|connection| ConnectionRow {
            instance: access.plan.find::<Instance>(connection.instance).map(|i| i.name.to_string()),
            checks: uses(connection.id) as u64,
            connection: connection.clone(),
        });
        let folders = self.settings().source_dirs.iter().map(|folder| folder.display().to_string());
        Ok(ConnectionsPage {
            head: plans::head(&access),
            connections: rows.collect(),
            instances: ref_options(&access, Kind::Instance),
            folders: folders.filter(|_| may_connect).collect(),
            networks: self.settings().allowed_targets.iter().filter(|_| may_connect).cloned().collect(),
            may_connect,
        })
    }

    /// Whether the caller may upload files for connections of the plan: asked before the file is read.
    ///
    /// # Errors
    /// When the caller does not edit the plan.
    pub async fn may_upload_source(&self, caller: &Caller, key: &str) -> Result<(), Error> {
        self.role(caller, key, PlanRole::Editor).await.map(|_| ())
    }

    /// Keeps an uploaded file for connections to read. Returns its path on the server.
    ///
    /// # Errors
    /// When the caller does not edit the plan, or the file is empty or of no known kind by its name.
    pub async fn upload_source(
        &self,
        caller: &Caller,
        key: &str,
        file_name: &str,
        bytes: &[u8],
    ) -> Result<PathBuf, Error> {
        self.may_upload_source(caller, key).await?;
        if file_name.trim().is_empty() {
            return Err(Error::invalid("file", "is needed; choose one"));
        }
        let plain = Path::new(file_name);
        let ending = ending(plain);
        if FileKind::of_ending(&ending).is_none() {
            return Err(Error::invalid("file", format!("must end in {}", all_endings())));
        }
        if bytes.is_empty() {
            return Err(Error::invalid("file", format!("“{file_name}” is empty; export it again")));
        }
        let stem: String = plain
            .file_stem()
            .and_then(|s| s.to_str())
            .unwrap_or("file")
            .chars()
            .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | ' ') { c } else { '_' })
            .take(80)
            .collect();
        let folder = self.uploads_dir().join(Uuid::now_v7().to_string());
        let path = folder.join(format!("{stem}.{ending}"));
        let unusable = |e: std::io::Error| Error::Unavailable(format!("the upload could not be kept: {e}"));
        tokio::fs::create_dir_all(&folder).await.map_err(unusable)?;
        tokio::fs::write(&path, bytes).await.map_err(unusable)?;
        Ok(path)
    }

    /// Keeps an uploaded file and connects to it; a file that is refused is not kept.
    ///
    /// # Errors
    /// As for [`Workbench::upload_source`] and [`Workbench::add_connection`].
    #[expect(clippy::too_many_arguments, reason = "one value per field of the form; a struct would be used once")]
    pub async fn connect_upload(
        &self,
        caller: &Caller,
        key: &str,
        name: &str,
        instance: Option<ItemId>,
        environment: &str,
        file_name: &str,
        bytes: &[u8],
    ) -> Result<ConnectionId, Error> {
        self.may_upload_source(caller, key).await?;
        let path = self.upload_source(caller, key, file_name, bytes).await?;
        let stem = Path::new(file_name).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let new = NewConnection {
            name: if name.trim().is_empty() { stem } else { name.to_owned() },
            instance,
            environment: environment.to_owned(),
            place: Place::file(path.clone())?,
            password: None,
        };
        match self.add_connection(caller, key, new).await {
            Err(error) => {
                if let Some(folder) = path.parent() {
                    let _ = tokio::fs::remove_dir_all(folder).await;
                }
                Err(beside_the_file(error))
            }
            kept => kept,
        }
    }

    /// Connects to a file in a folder of the server.
    ///
    /// # Errors
    /// As for [`Workbench::add_connection`].
    pub async fn connect_file(
        &self,
        caller: &Caller,
        key: &str,
        name: &str,
        instance: &str,
        environment: &str,
        path: &str,
    ) -> Result<ConnectionId, Error> {
        self.role(caller, key, PlanRole::Editor).await?;
        let new = NewConnection {
            name: name.to_owned(),
            instance: instance_id(instance)?,
            environment: environment.to_owned(),
            place: Place::file(path.trim())?,
            password: None,
        };
        self.add_connection(caller, key, new).await
    }

    /// Connects to a database.
    ///
    /// # Errors
    /// As for [`Workbench::add_connection`].
    pub async fn connect_database(
        &self,
        caller: &Caller,
        key: &str,
        form: DatabaseForm<'_>,
    ) -> Result<ConnectionId, Error> {
        self.role(caller, key, PlanRole::Editor).await?;
        let place = form.place()?;
        let new = NewConnection {
            name: form.name.to_owned(),
            instance: instance_id(form.instance)?,
            environment: form.environment.to_owned(),
            place,
            password: Some(form.password).filter(|p| !p.is_empty()).map(SecretString::from),
        };
        self.add_connection(caller, key, new).await
    }

    /// Connects to a REST service.
    ///
    /// # Errors
    /// As for [`Workbench::add_connection`].
    pub async fn connect_service(
        &self,
        caller: &Caller,
        key: &str,
        form: ServiceForm<'_>,
    ) -> Result<ConnectionId, Error> {
        self.role(caller, key, PlanRole::Editor).await?;
        let new = NewConnection {
            name: form.name.to_owned(),
            instance: instance_id(form.instance)?,
            environment: form.environment.to_owned(),
            place: form.place()?,
            password: Some(form.secret).filter(|secret| !secret.is_empty()).map(SecretString::from),
        };
        self.add_connection(caller, key, new).await
    }

    /// Puts away a connection named by its id as text.
    ///
    /// # Errors
    /// As for [`Workbench::remove_connection`].
    pub async fn disconnect(&self, caller: &Caller, key: &str, connection: &str) -> Result<(), Error> {
        self.role(caller, key, PlanRole::Editor).await?;
        let id = connection.parse().map_err(|_| Error::NotFound("connection"))?;
        self.remove_connection(caller, key, id).await
    }

    /// Adds a connection to a plan after the guard accepted it and it answered.
    ///
    /// # Errors
    /// Every reason why it is refused, or why it does not answer.
    pub async fn add_connection(&self, caller: &Caller, key: &str, new: NewConnection) -> Result<ConnectionId, Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let by = caller.user_id().ok_or(Error::SignedOut)?;
        let name = crate::items::line("name", &new.name)?;
        if name.is_empty() {
            return Err(Error::invalid("name", "is needed"));
        }
        if let Some(instance) = new.instance {
            let workspace = self.document(self.workspace_id()).await?;
            if !workspace.items.get(&instance).is_some_and(|i| i.kind() == Kind::Instance && i.archived_at.is_none()) {
                return Err(Error::invalid("instance", "does not exist any more; choose another"));
            }
        }
        let environment = environment(&new.environment);
        let proof = self.guard(&name, environment, &new.place).await?;
        let id = ConnectionId(Uuid::now_v7());
        let probe = self.probe(&new.place, &proof, new.password.as_ref()).await?;
        let secret = match &new.password {
            Some(password) => Some(self.keys().seal(&secret_place(id), password.expose_secret())?),
            None => None,
        };
        let details = ConnectionDetails {
            name: name.to_string(),
            instance: new.instance,
            adapter: new.place.adapter().into(),
            address: new.place.address(),
            options: json!({ "place": new.place, "environment": new.environment }),
        };
        let audit = self.audit(caller, "added a connection", None, json!({ "name": details.name }));
        let (document, at) = (plan.document, self.now());
        let kept =
            self.store().insert_connection(document, id, &details, secret.as_deref(), &probe, by, at, audit).await;
        match kept {
            Err(store::StoreError::Conflict { .. }) => {
                Err(Error::invalid("name", format!("“{name}” is taken; choose another name")))
            }
            other => Ok(other.map(|()| id)?),
        }
    }

    /// Puts a connection away together with its secret.
    ///
    /// # Errors
    /// When the caller does not edit the plan or it has no such connection.
    pub async fn remove_connection(&self, caller: &Caller, key: &str, id: ConnectionId) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let connection = self.store().load_connection(plan.document, id).await?;
        let audit = self.audit(caller, "removed a connection", None, json!({ "name": connection.details.name }));
        Ok(self.store().archive_connection(plan.document, id, self.now(), audit).await?)
    }

    /// The connections of a plan, without their secrets.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn connections(&self, caller: &Caller, key: &str) -> Result<Vec<ConnectionView>, Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Viewer).await?;
        Ok(self.store().list_connections(plan.document).await?.iter().map(Connection::view).collect())
    }

    /// Tables and columns of a connected system, for designing a check.
    ///
    /// # Errors
    /// When the caller does not edit the plan, it has no such connection, or the system does not answer.
    pub async fn tables(&self, caller: &Caller, key: &str, id: ConnectionId) -> Result<Vec<TableView>, Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let tables = self.catalogue(plan.document, id).await?;
        Ok(tables
            .into_iter()
            .map(|t| TableView {
                name: schema::full_name(&t),
                columns: t.columns.into_iter().map(|c| (c.name, c.type_name)).collect(),
                rows: t.row_estimate,
            })
            .collect())
    }

    /// The source behind a connection of a plan, checked by the guard once more, with its secret opened.
    /// A check may name any id, so that it is looked for among the plan's own connections only.
    pub(crate) async fn source(&self, plan: DocumentId, id: ConnectionId, table: &str) -> Result<Source, Error> {
        let connection = self.store().load_connection(plan, id).await?;
        if connection.archived_at.is_some() {
            return Err(Error::Conflict(format!("the connection “{}” was removed", connection.details.name)));
        }
        let (place, said) = place_of(&connection)?;
        let proof = match self.guard(&connection.details.name, said, &place).await {
            Ok(proof) => proof,
            Err(Error::Invalid(reasons)) => {
                // Kept, so that the connection's card and the rules say it too.
                self.note_refusal(plan, &connection, Some(words(&reasons))).await?;
                let name = &connection.details.name;
                return Err(Error::Conflict(format!("the connection “{name}” is refused: {}", words(&reasons))));
            }
            Err(other) => return Err(other),
        };
        self.note_refusal(plan, &connection, None).await?;
        let password = self.secret_of(id).await?;
        Ok(place.open(proof, password.as_ref(), table))
    }

    async fn guard(&self, name: &str, environment: Environment, place: &Place) -> Result<GuardProof, Error> {
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
        let hosts = workspace.each::<Instance>().flat_map(|i| i.entity.production_hosts.clone());
        Ok(KnownProduction { hosts: hosts.map(|h| h.to_string()).collect(), ..KnownProduction::default() })
    }

    async fn probe(&self, place: &Place, proof: &GuardProof, password: Option<&SecretString>) -> Result<Probe, Error> {
        let limits = Limits { wall: Duration::from_secs(20), ..Limits::default() };
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
        let warnings = report.into_iter().flat_map(|report| report.warnings).map(|warning| warning.text).collect();
        let guard = proof.passed().iter().map(|id| guard::explanation(id).to_owned()).collect();
        Ok(Probe { guard, refused: None, warnings, verified_at: Some(self.now()) })
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

fn instance_id(text: &str) -> Result<Option<ItemId>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Error::invalid("instance", "does not exist any more; choose another"))
}

fn environment(said: &str) -> Environment {
    match said {
        "test" => Environment::Test,
        "development" => Environment::Development,
        "production" => Environment::Production,
        _ => Environment::Unknown,
    }
}

/// What a secret is bound to: copied to another record, it cannot be opened.
fn secret_place(id: ConnectionId) -> String {
    format!("connections/{id}/secret")
}
