//! The trial: four questions, each with its answer and what shows that the answer is right.

use crate::{items::RefOption, plans::PlanHead};
use domain::{ItemId, PartId};
use rules::QuestionState;
use serde::{Deserialize, Serialize};

/// The page of the trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialPage {
    /// Around the page.
    pub head: PlanHead,
    /// The four questions.
    pub questions: Vec<QuestionCard>,
    /// Hash of what is tried: flows, mapping, systems. Evidence counts while it is the same.
    pub hash: String,
    /// Finished runs of checks as they are now, to be linked.
    pub runs: Vec<RefOption>,
    /// Files kept with the plan, to be linked.
    pub files: Vec<RefOption>,
    /// Whether the reader may answer and link.
    pub may_edit: bool,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuestionCard {
    /// Its code.
    pub code: String,
    /// The question, word for word.
    pub words: String,
    /// Where it stands.
    pub state: QuestionState,
    /// Why, as a sentence without full stop.
    pub reason: String,
    /// The item that holds the answer.
    pub item: Option<ItemId>,
    /// Address of that item.
    pub href: Option<String>,
    /// Code of the answer.
    pub answer: String,
    /// What was learnt.
    pub note: String,
    /// Who answered.
    pub answered_by: String,
    /// What shows it.
    pub proofs: Vec<ProofRow>,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProofRow {
    /// Which.
    pub id: PartId,
    /// Code of its kind: `run`, `note`, `file`.
    pub kind: String,
    /// What it is, in words.
    pub text: String,
    /// What was seen.
    pub note: String,
    /// Where it is shown.
    pub href: Option<String>,
    /// Whether it was taken of what is planned now.
    pub current: bool,
    /// What of it is not as expected of format and quantity, in a few words; empty where all is.
    pub unexpected: String,
    /// First letters of the hash it was taken at.
    pub taken_at: String,
    /// Why it does not count; empty when it does.
    pub why_not: String,
}
