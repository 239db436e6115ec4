//! Gate 1: data points, the truth board, the systems of a plan.

use crate::{items::RefOption, plans::PlanHead};
use domain::{ItemId, Timestamp};
use pictures::system_map::Map;
use rules::{Conflict, PointTruth, TruthCoverage, Verdict};
use serde::{Deserialize, Serialize};

/// One data point in the grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataRow {
    /// Which.
    pub id: ItemId,
    /// Short key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it means.
    pub definition: String,
    /// Kind of value, in words.
    pub logical_type: String,
    /// Where it lives: instance and field of each occurrence.
    pub places: Vec<(String, String)>,
    /// How far its truth is.
    pub truth: PointTruth,
    /// Names of the instances that are or claim to be right.
    pub truth_in: Vec<String>,
    /// The worst verdict over its pairs.
    pub verdict: Verdict,
    /// Records that differ, are missing or cannot be told apart, whichever that verdict is about.
    pub count: u64,
    /// Number of the run it rests on.
    pub run: Option<i64>,
    /// Classification, in words.
    pub class: String,
    /// Whether the plan leaves it alone.
    pub out_of_scope: bool,
    /// Open error findings.
    pub errors: u64,
}

/// Data points of one business object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataGroup {
    /// The object; `None` for points without one.
    pub object: Option<ItemId>,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its points.
    pub rows: Vec<DataRow>,
}

/// The grid of data points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataPage {
    /// Around the page.
    pub head: PlanHead,
    /// By business object.
    pub groups: Vec<DataGroup>,
    /// How many have an agreed truth.
    pub coverage: TruthCoverage,
    /// All points, and those in a filter: `(filter, count)`.
    pub counts: Vec<(String, u64)>,
}

/// A candidate in a conflict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The truth.
    pub id: ItemId,
    /// Its key.
    pub key: String,
    /// Instance and field that would win.
    pub place: String,
    /// Population it is claimed for.
    pub scope: String,
    /// Why.
    pub rationale: String,
    /// Who agreed.
    pub agreed_by: String,
    /// When it was written.
    pub at: Timestamp,
    /// The scope, to choose another.
    pub scope_id: Option<ItemId>,
}

/// A conflict to be resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConflictCard {
    /// What the rules say of it.
    pub conflict: Conflict,
    /// Name of the data point.
    pub point: String,
    /// Days it is open.
    pub days: i64,
    /// The candidates.
    pub candidates: Vec<Candidate>,
    /// How it was settled, in words.
    pub settled: Option<String>,
    /// Populations the candidates could be split by.
    pub scopes: Vec<RefOption>,
    /// Where else the way out may lie: words and address.
    pub links: Vec<(String, String)>,
}

/// What stands in one cell of the truth board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TruthCell {
    /// The point does not live there.
    None,
    /// A copy.
    Copy,
    /// Right, agreed.
    Truth,
    /// Right, proposed.
    Proposed,
    /// Right according to one of several who disagree.
    Conflict,
}

/// One cell of the truth board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardCell {
    /// What stands there.
    pub state: TruthCell,
    /// The truth that says so, or the form to name one.
    pub href: Option<String>,
}

/// What each instance is for one business object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRow {
    /// Key of the object.
    pub key: String,
    /// Its name.
    pub name: String,
    /// One per instance, in words.
    pub roles: Vec<String>,
}

/// One data point on the board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoardRow {
    /// The point.
    pub id: ItemId,
    /// Its key.
    pub key: String,
    /// Name of its object.
    pub object: String,
    /// Its name.
    pub name: String,
    /// One cell per instance.
    pub cells: Vec<BoardCell>,
}

/// The truth board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TruthPage {
    /// Around the page.
    pub head: PlanHead,
    /// Instances, as columns.
    pub instances: Vec<String>,
    /// Data points, as rows.
    pub rows: Vec<BoardRow>,
    /// Conflicts, open ones first.
    pub conflicts: Vec<ConflictCard>,
    /// Systems of record, by business object.
    pub records: Vec<RecordRow>,
    /// How many points have an agreed truth.
    pub coverage: TruthCoverage,
}

/// One installation a plan uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SystemRow {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Name of the product.
    pub system: String,
    /// Who answers for its data.
    pub business_owner: String,
    /// Who answers for its technology.
    pub technical_owner: String,
    /// Whether there is a test environment, in words.
    pub sandbox: String,
    /// Data points of this plan that live there.
    pub points: u64,
    /// Of those, how many are right there.
    pub truths: u64,
}

/// The systems of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SystemsPage {
    /// Around the page.
    pub head: PlanHead,
    /// Installations, those the plan uses first.
    pub systems: Vec<SystemRow>,
    /// Systems and flows as a picture.
    pub map: Map,
}

/// One data point beside the grid, and on its own page: what is right, where it lives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointView {
    /// Which.
    pub id: ItemId,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it means.
    pub definition: String,
    /// Name of its business object.
    pub object: String,
    /// Whether the plan leaves it alone.
    pub out_of_scope: bool,
    /// What its open conflicts are, in words.
    pub conflicts: Vec<String>,
    /// What is or claims to be right.
    pub truths: Vec<TruthLine>,
    /// Where it lives.
    pub places: Vec<PlaceLine>,
    /// Comments on it.
    pub comments: u64,
    /// Its place in the list, from 1, and how many there are.
    pub position: (usize, usize),
    /// Key of the point before it in the list.
    pub previous: Option<String>,
    /// Key of the point after it.
    pub next: Option<String>,
    /// Whether the reader may add to it.
    pub may_edit: bool,
}

/// One truth of a data point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TruthLine {
    /// Its page.
    pub href: String,
    /// How it stands.
    pub state: TruthCell,
    /// Instance that is right.
    pub instance: String,
    /// Field that is right.
    pub field: String,
    /// For which records, in words.
    pub scope: String,
    /// Who agreed.
    pub agreed_by: String,
}

/// One place a data point lives in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceLine {
    /// Its page.
    pub href: String,
    /// The instance.
    pub instance: String,
    /// Table and field.
    pub field: String,
    /// Physical type, with its length.
    pub physical: String,
}
