//! Gate 1: data points, the truth board, the systems of a plan.

use crate::plans::PlanHead;
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
    /// Records that differ for that verdict.
    pub different: u64,
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
    pub cells: Vec<TruthCell>,
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
    /// Systems of record: object, then what each instance is for it, in words.
    pub records: Vec<(String, Vec<String>)>,
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
