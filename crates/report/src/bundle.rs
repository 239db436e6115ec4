//! What a document is made from. Whoever has the plan, the rules' verdicts and the evidence fills it in;
//! nothing in here is computed from a clock or looked up.

use domain::{Approval, Date, Evidence, Item, ItemId, Kind, Plan, Signature, Timestamp, entity::Check};
use rules::{Finding, Gate, PointVerdict};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything a document shows.
///
/// All of it except `canonical` and `seal` is carried inside the document as facts, so that it can be rendered again
/// anywhere. Leave out what the reader may not see before handing it in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The plan with the workspace items it refers to.
    pub plan: Plan,
    /// The canonical JSON whose SHA-256 leads to `root`. Carried beside the facts, byte for byte.
    #[serde(skip)]
    pub canonical: Vec<u8>,
    /// Root hash, hex.
    pub root: String,
    /// Hash of each slice, hex, by slice code.
    pub slices: BTreeMap<String, String>,
    /// Root of the version before, hex.
    pub previous_root: Option<String>,
    /// Version number, from 1.
    pub version: i64,
    /// The review round it was signed in; of a draft the last one, 0 when there was none.
    pub round: i64,
    /// Signed or draft.
    pub state: ReportState,
    /// The day the facts are as of: the day of signature, or the day a draft was exported.
    pub as_of: Date,
    /// Gates in order.
    pub gates: Vec<Gate>,
    /// Findings in the order of the rules; waived ones are marked.
    pub findings: Vec<Finding>,
    /// The rules that found something; see [`RuleCard::of`].
    pub rules: Vec<RuleCard>,
    /// What is true about copies of data points, whatever was claimed.
    pub verdicts: Vec<PointVerdict>,
    /// Runs, connections, files, slots and waivers.
    pub evidence: Evidence,
    /// Approvals that are valid for these hashes, carried over or not, and lapsed ones.
    pub approvals: Vec<Approval>,
    /// The sponsor's signature.
    pub signature: Option<Signature>,
    /// Fingerprint of the installation's public key.
    pub key_fingerprint: String,
    /// The installation's public key, 32 bytes as hex: with it the file can be verified where nobody knows the
    /// installation. Carried in the head of the facts; documents of earlier versions carry none.
    #[serde(skip)]
    pub public_key: Option<String>,
    /// Ed25519 signature over the root by the installation's key, hex.
    pub root_signature: Option<String>,
    /// Ed25519 signature over [`crate::seal_digest`], of a JSON export over [`crate::json_digest`], by the
    /// installation's key, hex: it covers the facts that the root does not (names on approvals, counts of runs,
    /// findings). Carried beside the facts.
    #[serde(skip)]
    pub seal: Option<String>,
}

/// Whether the document is the signed plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportState {
    /// Not signed; stamped on every page.
    Draft,
    /// The signed version.
    Signed,
    /// It was signed; the signature was withdrawn for this reason.
    Withdrawn(String),
}

impl ReportState {
    /// Stored form.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Signed => "signed",
            Self::Withdrawn(_) => "withdrawn",
        }
    }
}

/// A rule that found something, for the appendix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCard {
    /// Its id.
    pub id: String,
    /// What it asks for.
    pub title: String,
    /// Why.
    pub why: String,
}

impl RuleCard {
    /// The cards of the rules behind these findings, by id.
    pub fn of(findings: &[Finding]) -> Vec<Self> {
        let ids: BTreeSet<&str> = findings.iter().map(|f| f.rule.as_str()).collect();
        ids.into_iter()
            .filter_map(rules::rule)
            .map(|rule| Self { id: rule.id.into(), title: rule.title.into(), why: rule.why.into() })
            .collect()
    }
}

impl Bundle {
    /// Whether a sponsor's signature stands behind it.
    pub fn signed(&self) -> bool {
        self.state == ReportState::Signed
    }

    /// The moment the document is of: that of the signature, else the beginning of the day.
    pub fn moment(&self) -> Timestamp {
        let midnight = || self.as_of.to_zoned(jiff::tz::TimeZone::UTC).map(|z| z.timestamp()).unwrap_or_default();
        self.signature.as_ref().map_or_else(midnight, |s| s.at)
    }

    /// The bundle without what no document shows: archived items, workspace items the plan does not reach, who
    /// touched an item when, runs nobody refers to, connections no check uses, addresses of test environments. Everything is rendered from this
    /// form, so that what travels inside a document is all it needs and nothing more.
    pub(crate) fn trimmed(&self) -> Self {
        let mut kept = self.clone();
        let reached = reached(&self.plan);
        kept.plan.document.items.retain(|_, item| item.archived_at.is_none());
        kept.plan
            .workspace
            .items
            .retain(|id, item| item.archived_at.is_none() && (item.kind() == Kind::Term || reached.contains(id)));
        for document in [&mut kept.plan.document, &mut kept.plan.workspace] {
            document.rev = 0;
            for item in document.items.values_mut() {
                (item.rev, item.updated_by, item.updated_at) = (1, None, self.plan.created_at);
            }
        }
        let linked: Vec<_> = linked_runs(&kept.plan);
        let newest = |run: &domain::Run| self.evidence.latest_run(run.check).is_some_and(|r| r.id == run.id);
        kept.findings.iter_mut().for_each(|f| f.fix = None);
        kept.evidence.runs.retain(|run| newest(run) || linked.contains(&run.id));
        kept.evidence.runs.sort_by_key(|run| std::cmp::Reverse(run.number));
        kept.evidence.open_threads = 0;
        kept.evidence.approvals.clear();
        kept.evidence.authors.clear();
        let used: BTreeSet<_> = kept.plan.each::<Check>().flat_map(|c| [c.left, c.right]).flatten().collect();
        kept.evidence.connections.retain(|connection| used.contains(&connection.id));
        for connection in &mut kept.evidence.connections {
            connection.address.clear();
            (connection.has_secret, connection.refused, connection.verified_at) = (false, None, None);
        }
        kept
    }
}

/// Workspace items that live items of the plan lead to, directly or through one another.
fn reached(plan: &Plan) -> BTreeSet<ItemId> {
    let mut open: Vec<&Item> = plan.document.items.values().filter(|i| i.archived_at.is_none()).collect();
    let mut reached = BTreeSet::new();
    while let Some(item) = open.pop() {
        for link in item.links() {
            if let Some(next) = plan.workspace.items.get(&link.target)
                && reached.insert(next.id)
            {
                open.push(next);
            }
        }
    }
    reached
}

/// Runs that a decision or an answer of the trial points to.
fn linked_runs(plan: &Plan) -> Vec<domain::RunId> {
    let decisions = plan.each::<domain::entity::HistoryDecision>().filter_map(|d| d.run).collect::<Vec<_>>();
    let proofs = plan
        .each::<domain::entity::TrialAnswer>()
        .flat_map(|answer| answer.proofs.iter().filter_map(|proof| proof.run).collect::<Vec<_>>());
    decisions.into_iter().chain(proofs).collect()
}
