//! Identifiers. All are UUIDv7 made outside and handed in, so that nothing here needs a clock.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }
    )+};
}

ids! {
    /// A document: the workspace or one plan.
    DocumentId;
    /// One item of a document. The same id in every version of a plan.
    ItemId;
    /// One part of a list field (an example, an option, an action).
    PartId;
    /// A person who can sign in.
    UserId;
    /// A signed-in browser.
    SessionId;
    /// A connection to a test environment.
    ConnectionId;
    /// One execution of a sync check.
    RunId;
    /// A unit of long work.
    JobId;
    /// An immutable version of a plan.
    SnapshotId;
    /// A comment in a thread.
    CommentId;
    /// One approval given in a review round.
    ApprovalId;
    /// A reasoned, named exception to one finding.
    WaiverId;
    /// A file kept as evidence.
    AttachmentId;
    /// A decision whether two records are the same.
    PairId;
}
