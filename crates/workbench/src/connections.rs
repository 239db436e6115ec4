//! Connections to test environments. Secrets go in encrypted and are only ever opened here, for the
//! connector. What looks like production is refused with every reason that was found.

mod change;
mod forms;
mod guarding;
mod metadata;
mod page;
mod place;
mod schema;
mod types;
mod uploads;

pub use forms::{DatabaseForm, ServiceForm};
pub use place::{DatabasePlace, FilePlace, Place};

use change::{beside_the_file, place_of};
use guarding::beside_the_host;
use place::ending;

use crate::{Caller, Error, Workbench};
use connectors::guard::Environment;
use domain::{ConnectionId, ConnectionView, DocumentId, ItemId, Kind, PlanRole};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::path::{Path, PathBuf};
use store::{Connection, ConnectionDetails};
use uuid::Uuid;
use views::{
    files::{FileKind, all_endings},
    sync::TableView,
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

    /// The uploaded file that a connection leads to, as a path within the folder of uploads.
    pub(crate) fn uploaded(&self, connection: &store::Connection) -> Option<String> {
        let (place, _) = place_of(connection).ok()?;
        let file = place.path()?;
        let folder = self.upload_folder(file)?;
        Some(format!("{}/{}", folder.file_name()?.to_str()?, file.file_name()?.to_str()?))
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
    /// When the caller does not edit the plan, the file is empty or of no known kind by its name, or the plan has no
    /// room for it.
    pub async fn upload_source(
        &self,
        caller: &Caller,
        key: &str,
        file_name: &str,
        bytes: &[u8],
    ) -> Result<PathBuf, Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        self.keep_upload(plan.document, file_name, bytes, None).await
    }

    /// The same for who may; `replaces` is the file that goes when this one is accepted.
    async fn keep_upload(
        &self,
        plan: DocumentId,
        file_name: &str,
        bytes: &[u8],
        replaces: Option<&Path>,
    ) -> Result<PathBuf, Error> {
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
        self.room_for(plan, bytes.len(), replaces).await?;
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
        let place = form.place(self.now())?;
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
            place: form.place(self.now())?,
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
    /// Every reason why it is refused, or why it does not answer; when the caller has tested too many of late.
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
        self.count_test(caller, &new.place)?;
        let proof = self.guard(&name, environment, &new.place).await?;
        let id = ConnectionId(Uuid::now_v7());
        let probe = self.probe(&new.place, &proof, new.password.as_ref()).await;
        let probe = probe.map_err(|error| beside_the_host(&new.place, error))?;
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
        let audit = self.audit(caller, "added a connection", None, recorded(&details.name, &new.place));
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

    /// Puts a connection away together with its secret and its uploaded file.
    ///
    /// # Errors
    /// When the caller does not edit the plan or it has no such connection.
    pub async fn remove_connection(&self, caller: &Caller, key: &str, id: ConnectionId) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let connection = self.store().load_connection(plan.document, id).await?;
        let audit = self.audit(caller, "removed a connection", None, json!({ "name": connection.details.name }));
        self.store().archive_connection(plan.document, id, self.now(), audit).await?;
        if let Ok((place, _)) = place_of(&connection)
            && let Some(file) = place.path()
        {
            self.forget_upload(plan.document, file).await;
        }
        Ok(())
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
        let tables = self.catalogue(plan.document, id).await?.tables;
        Ok(tables
            .into_iter()
            .map(|t| TableView {
                name: schema::full_name(&t),
                columns: t.columns.into_iter().map(|c| (c.name, c.type_name)).collect(),
                rows: t.row_estimate,
            })
            .collect())
    }

    /// Counts a test of a connection that leads to another machine.
    ///
    /// # Errors
    /// When the person has tested too many of late.
    fn count_test(&self, caller: &Caller, place: &Place) -> Result<(), Error> {
        match caller.user_id().filter(|_| place.path().is_none()) {
            Some(person) => self.connection_attempts().check(person, self.now()),
            None => Ok(()),
        }
    }
}

/// What the audit line of a connection that is added or changed says of it: its name, and how it is encrypted.
fn recorded(name: &str, place: &Place) -> serde_json::Value {
    match place.encryption() {
        Some(encryption) => json!({ "name": name, "encryption": encryption }),
        None => json!({ "name": name }),
    }
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
