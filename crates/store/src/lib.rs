//! The only SQL for our own data, on an embedded SQLite file or on PostgreSQL.
//!
//! [`Store`] is cheap to clone. Every public method is one transaction; no connection leaves the
//! crate. Time and ids are arguments. Whatever changes a plan or the workspace takes an
//! [`AuditEntry`] and writes it in the same transaction. Deliberately absent: any decision about
//! who may do what, and any judgement of what is stored.

mod attachments;
mod audit;
mod columns;
mod comments;
mod connections;
mod crosswalk;
mod documents;
mod error;
mod jobs;
mod line;
mod linkings;
mod links;
mod plans;
mod pool;
mod review;
mod runs;
mod schedules;
mod sessions;
mod sign;
mod snapshots;
mod upkeep;
mod users;
mod waivers;
mod worklists;

pub use audit::{AuditEntry, AuditLine, ChainBreak, ChainReport, audit_hash};
pub use columns::microseconds;
pub use connections::{Connection, ConnectionDetails, Probe, SecretChange};
pub use crosswalk::PairFilter;
pub use error::{OpenError, StoreError};
pub use jobs::{Job, NewJob};
pub use linkings::{LinkOutcome, Linking};
pub use links::{LinkPurpose, OneTimeLink};
pub use plans::{Brought, Member, NewPlan, PlanListing, PlanRow};
pub use pool::{Location, Store};
pub use runs::{NewRun, OldRuns, RunFiles, RunOutcome, StoredRun};
pub use schedules::Scheduled;
pub use sessions::Session;
pub use sign::{Difference, NewSnapshot, SignOutcome, SignRequest};
pub use snapshots::{IssuedFile, Snapshot};
pub use upkeep::IntegrityReport;
pub use users::Credentials;
pub use worklists::{Assigned, NewWorklist};

/// What every method returns.
pub type Result<T> = std::result::Result<T, StoreError>;
