//! The use cases of Plumbline, each read top to bottom: authorise, load, compute, save, show.
//!
//! The only crate that sees its siblings. The first line of every public verb of [`Workbench`]
//! authorises its caller; pages, command line and tests all come through here.

mod access;
mod activity;
mod approvals;
mod attempts;
mod checks;
mod comparison;
mod connections;
mod crosswalk;
mod dashboards;
mod data;
mod designs;
mod downloads;
mod editing;
mod error;
mod events;
mod exports;
mod findings;
mod follow;
mod hidden;
mod history;
mod items;
mod keys;
mod linking;
mod own_task;
mod pairs;
mod past;
mod people;
mod plans;
mod process;
mod profiling;
mod proof;
mod retention;
mod review;
mod samples;
mod search;
mod settings;
mod signing;
mod transfer;
mod trial;
mod turns;
mod upkeep;
mod verification;
mod waivers;
mod worklists;

pub use access::{Access, Caller};
pub use checks::Started;
pub use comparison::{Compared, Databases, FileCheck, compare_files};
pub use connections::{DatabaseForm, DatabasePlace, FilePlace, NewConnection, Place, ServiceForm};
pub use data::Settlement;
pub use downloads::Download;
pub use error::Error;
pub use events::{Event, Events, Numbered};
pub use exports::{ExportFormat, Exported, VersionFindings};
pub use linking::{FileLink, Linked, LinkedPair, link_files};
pub use people::{SignedIn, Visitor};
pub use profiling::{Profiled, profile_files};
pub use reconcile::profile::{ColumnProfile, Profile};
/// Most bytes of an exported file.
pub use report::MAX_FILE_BYTES as EXPORT_MAX;
pub use settings::Settings;
pub use transfer::{IMPORT_MAX, Imported};
pub use trial::{EVIDENCE_MAX, NewProof};
pub use upkeep::{BackupParts, Integrity};
pub use verification::verify_file;
pub use worklists::Assignment;

use attempts::Attempts;
use domain::{Document, DocumentId, Timestamp};
use downloads::Downloads;
use keys::Keys;
use samples::Samples;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use store::Store;
use turns::Turns;
use uuid::Uuid;

/// Every use case. Cheap to clone; one per process.
#[derive(Clone)]
pub struct Workbench(Arc<Inner>);

struct Inner {
    store: Store,
    settings: Settings,
    keys: Keys,
    events: Events,
    /// Loaded documents, each with the rev it was loaded at; checked against the store on each use.
    documents: Mutex<HashMap<DocumentId, Arc<Document>>>,
    workspace: DocumentId,
    turns: Turns,
    /// Passwords given by people who are signed in.
    passwords: Attempts,
    /// Connections to other machines that people test.
    connections: Attempts,
    downloads: Downloads,
    samples: Arc<Samples>,
}

impl Workbench {
    /// Opens the store, brings its schema up to date, makes or reads the keys.
    ///
    /// # Errors
    /// When the data directory or the database cannot be used; the message says which.
    pub async fn open(settings: Settings) -> Result<Self, Error> {
        std::fs::create_dir_all(&settings.data_dir)
            .map_err(|e| Error::unusable(&settings.data_dir.display().to_string(), &e))?;
        let keys = Keys::open(&settings)?;
        let store = Store::open(&settings.database()?).await?;
        let now = (settings.clock)();
        let workspace = store.ensure_workspace(DocumentId(Uuid::now_v7()), now).await?;
        Ok(Self(Arc::new(Inner {
            store,
            settings,
            keys,
            events: Events::new(now),
            documents: Mutex::new(HashMap::new()),
            workspace,
            turns: Turns::new(),
            passwords: Attempts::of(attempts::PASSWORDS),
            connections: Attempts::of(attempts::CONNECTIONS),
            downloads: Downloads::new(),
            samples: Arc::default(),
        })))
    }

    /// The store beneath, for the other modules of this crate.
    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// What the operator configured.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Changes as they happen, for pages that follow them.
    pub fn events(&self) -> &Events {
        &self.0.events
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    pub(crate) fn password_attempts(&self) -> &Attempts {
        &self.0.passwords
    }

    pub(crate) fn connection_attempts(&self) -> &Attempts {
        &self.0.connections
    }

    pub(crate) fn downloads(&self) -> &Downloads {
        &self.0.downloads
    }

    pub(crate) fn samples(&self) -> &Arc<Samples> {
        &self.0.samples
    }

    pub(crate) fn turns(&self) -> &Turns {
        &self.0.turns
    }

    /// The present instant, from the clock handed in.
    pub(crate) fn now(&self) -> Timestamp {
        (self.0.settings.clock)()
    }

    /// Today in UTC.
    pub(crate) fn today(&self) -> domain::Date {
        self.now().to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// The one workspace of this installation.
    pub(crate) fn workspace_id(&self) -> DocumentId {
        self.0.workspace
    }

    /// A document, from memory when nothing changed since it was loaded.
    pub(crate) async fn document(&self, id: DocumentId) -> Result<Arc<Document>, Error> {
        let rev = self.store().document_rev(id).await?;
        let cached = self.0.documents.lock().ok().and_then(|d| d.get(&id).cloned());
        if let Some(document) = cached.filter(|d| d.rev == rev) {
            return Ok(document);
        }
        let document = Arc::new(self.store().load_document(id).await?);
        if let Ok(mut documents) = self.0.documents.lock() {
            // Enough for every plan of a large installation, and a bound on memory all the same.
            if documents.len() >= 64 {
                documents.clear();
            }
            documents.insert(id, document.clone());
        }
        Ok(document)
    }
}
