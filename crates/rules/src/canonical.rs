//! The canonical plan: what a signature covers, and the hashes over it.
//!
//! JSON: `{"format","plan":{"key","version"},"profile","items":[…],"runs","files","connections",
//! "review","waivers"}`. An item is `{"id","kind","number","fields":{"<slice>":{"<field>":value}}}`;
//! items are sorted by id. Only normative fields appear, empty ones (`""`, `null`, `false`, `[]`) are
//! left out, so that a new field changes no hash. Workspace items that the plan reaches through
//! references stand among the items as frozen copies. Archived items do not appear.
//!
//! Hashes (SHA-256, lower-case hexadecimal; JCS is RFC 8785; `H(tag, x)` = SHA-256 of the bytes of
//! `tag`, one zero byte, and JCS(x)):
//! - part of item *i* in slice *s* = `H("part", {"id","kind","number","slice":s,"fields":fields[s]})`;
//! - item = `H("item", {s: part, …})`;
//! - slice *s* = `H("slice", [s, [[id, part], …]])` over the items that have that part, sorted by id;
//! - root = `H("root", {"items": [[id, item], …], "slices": {s: slice, …}, "member "m: H("member", value), …})`
//!   with one `"member "m` (a blank between) for every other member m of the document.
//!
//! The slices of each field are written into the JSON, so an old plan is verified without today's
//! field tables, and every member is covered, known or not.

mod build;
mod hash;
mod read;

pub(crate) use build::covered_items;
pub use build::{canonical, runs_named, runs_relied_on, slice_hashes, trial_hash, with_hashes};
pub use hash::{Hashes, canonical_bytes, root_of_canonical};
pub use read::{evidence_from_canonical, plan_from_canonical, profile_from_canonical};

use serde_json::Value;
use std::collections::BTreeMap;

/// Name and number of this form.
pub const FORMAT: &str = "plumbline-plan/1";

/// Member under which an exported plan carries what vouches for it: root hash, signatures, key. It is no part of
/// the plan.
pub const SEAL: &str = "seal";

/// Takes the seal off an exported plan and gives it back. What is left is the canonical plan: as long as the seal is
/// on, it is hashed like any other member and the root is another one.
pub fn take_seal(json: &mut Value) -> Option<Value> {
    json.as_object_mut()?.remove(SEAL)
}

/// Key of the trial hash in `Evidence::slice_hashes`.
pub(crate) const TRIAL: &str = "trial";

/// A plan in canonical form with its hashes.
#[derive(Debug, Clone, PartialEq)]
pub struct CanonicalPlan {
    /// The whole document.
    pub json: Value,
    /// Hash of each item by id.
    pub item_hashes: BTreeMap<String, String>,
    /// Hash of each slice by its code.
    pub slice_hashes: BTreeMap<String, String>,
    /// Hash over everything.
    pub root: String,
}

impl CanonicalPlan {
    /// The bytes that are signed, embedded and compared (RFC 8785).
    pub fn bytes(&self) -> Vec<u8> {
        canonical_bytes(&self.json)
    }
}

/// Why a canonical plan cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalError(pub String);

impl std::fmt::Display for CanonicalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CanonicalError {}
