//! Decisions about existing data: per business object what was measured, the three ways and what
//! speaks for each, the decision, what follows from it.

use crate::{items::RefOption, plans::PlanHead, sync::DifferenceRow};
use domain::{Date, ItemId};
use rules::{Finding, Verdict};
use serde::{Deserialize, Serialize};

/// The page of decisions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryPage {
    /// Around the page.
    pub head: PlanHead,
    /// Decisions and what is still to be decided, that first.
    pub objects: Vec<ObjectHistory>,
    /// Processes a decision can fit.
    pub processes: Vec<RefOption>,
    /// Installations that can be source or destination.
    pub instances: Vec<RefOption>,
    /// Finished runs a decision can rest on.
    pub runs: Vec<RefOption>,
    /// Whether the reader may decide.
    pub may_edit: bool,
}

/// One business object, or a pair of installations of it, and what is decided about its existing data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectHistory {
    /// Names it in addresses.
    pub slot: String,
    /// The business object.
    pub object: ItemId,
    /// Its name, with the pair where the decision speaks of one.
    pub name: String,
    /// Address of its page.
    pub href: String,
    /// Data points that are not synchronised: name, verdict, why.
    pub points: Vec<(String, Verdict, String)>,
    /// The decision, if there is one.
    pub decision: Option<Decision>,
    /// The run everything here is measured by: number and name of the check.
    pub run: Option<(i64, String)>,
    /// The three ways.
    pub options: Vec<OptionCard>,
    /// What the form starts with: values of the decision or proposals, by field name, as text.
    pub values: std::collections::BTreeMap<String, String>,
    /// Values of the destination that overwriting would lose; `None` when nobody knows.
    pub lost: Option<u64>,
    /// Address of what overwriting would do, where a run shows it.
    pub preview: Option<String>,
    /// Exceptions to expect when the data is accepted as it is.
    pub forecasts: Vec<Forecast>,
    /// What follows from the decision.
    pub obligations: Vec<ObligationRow>,
    /// What the rules say about the decision.
    pub findings: Vec<Finding>,
}

/// A decision that was taken or proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The item.
    pub item: ItemId,
    /// Its short key.
    pub key: String,
    /// Address of its page.
    pub href: String,
    /// Its body as JSON, to notice changes by others.
    pub before: String,
    /// Code of the way chosen.
    pub choice: Option<String>,
    /// The same in words.
    pub label: String,
    /// How far it is, in words.
    pub state: String,
    /// Why.
    pub rationale: String,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_on: Option<Date>,
}

/// One way of dealing with existing data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OptionCard {
    /// Code of the way.
    pub code: String,
    /// Its name.
    pub label: String,
    /// When it is a good idea.
    pub sentence: String,
    /// What must hold, as it is now.
    pub conditions: Vec<Condition>,
    /// Id of the considered option in the decision, or `new…`.
    pub part: String,
    /// What speaks for it, as people wrote.
    pub pros: String,
    /// What speaks against it.
    pub cons: String,
    /// Hours it costs.
    pub hours: Option<i64>,
    /// Whether it is the one chosen.
    pub chosen: bool,
}

/// Where a precondition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// It is met.
    Met,
    /// It is not met.
    NotMet,
    /// Nobody knows: it was not measured.
    NotKnown,
    /// No precondition: a figure to know when choosing.
    Figure,
}

/// A precondition of a way, with where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Where it stands.
    pub mark: Mark,
    /// What it is and what was found.
    pub text: String,
    /// Where the figure comes from.
    pub from: Option<Pointer>,
    /// What to do next.
    pub next: Option<Pointer>,
}

/// Words that lead somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointer {
    /// The words.
    pub label: String,
    /// The address.
    pub href: String,
}

/// How many exceptions to expect when existing data stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// What it is about: a flow, or what was watched.
    pub about: Pointer,
    /// The number with its interval in words; `None` when it cannot be forecast.
    pub words: Option<String>,
    /// How it was found, or what is needed, as a sentence.
    pub how: String,
}

/// What overwriting a destination would do, value by value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverwritePage {
    /// Around the page.
    pub head: PlanHead,
    /// The object, with the pair where the decision speaks of one.
    pub name: String,
    /// Names the decision in addresses.
    pub slot: String,
    /// Number of the run it rests on.
    pub run: i64,
    /// Where the right data is.
    pub source: String,
    /// Where data would be overwritten.
    pub destination: String,
    /// Whether the destination is the left side of the run.
    pub into_left: bool,
    /// Per compared point; `None` where the run did not count it.
    pub points: Option<Vec<LossRow>>,
    /// Whether the sample shows what would be lost, otherwise what would be replaced.
    pub lost: bool,
    /// Names of the key's parts.
    pub key_names: Vec<String>,
    /// Values of the kind shown, on all pages.
    pub total: u64,
    /// Where this page begins.
    pub offset: u64,
    /// The sample: source left or right as in the run, protected values hidden.
    pub rows: Vec<DifferenceRow>,
    /// Whether there are any such columns.
    pub masked: bool,
    /// Whether the reader may decide.
    pub may_edit: bool,
}

/// What overwriting would do to one data point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossRow {
    /// Place in the check, for filters.
    pub field: usize,
    /// The data point or columns.
    pub name: String,
    /// Whether its values are hidden here.
    pub hidden: bool,
    /// Values that another takes the place of.
    pub replaced: u64,
    /// Values that go with nothing in their place.
    pub lost: u64,
    /// Values that come where there was none.
    pub gained: u64,
}

/// Something that must be in place because of a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObligationRow {
    /// The item.
    pub item: ItemId,
    /// Its short key.
    pub key: String,
    /// What must be in place.
    pub name: String,
    /// Address of its page.
    pub href: String,
    /// What kind, in words.
    pub kind: String,
    /// What its content should answer; empty for obligations people added.
    pub asks: String,
    /// The plan, rule or runbook itself, as far as written.
    pub content: String,
    /// Who sees to it.
    pub owner: String,
    /// By when.
    pub due: Option<Date>,
    /// Where it stands, in words.
    pub state: String,
}
