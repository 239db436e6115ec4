//! Who is signed in, and from where.

use domain::{SessionId, Timestamp, User};
use serde::{Deserialize, Serialize};

/// One signed-in browser of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Which.
    pub id: SessionId,
    /// What the browser calls itself, shortened.
    pub browser: String,
    /// Where it came from.
    pub address: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was last seen.
    pub last_seen_at: Timestamp,
    /// Whether it is the one asking.
    pub current: bool,
}

/// The page of people and sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Who is asking.
    pub me: User,
    /// Their sessions, the newest first.
    pub sessions: Vec<SessionRow>,
    /// Whether they have a password; without one they set their first.
    pub has_password: bool,
    /// Everybody, when an owner asks; empty otherwise.
    pub people: Vec<User>,
    /// Fingerprint of the key this installation signs with, hex.
    pub key_fingerprint: String,
}
