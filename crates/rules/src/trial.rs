//! The four questions of the trial. Each passes only with linked evidence of what is planned now.

use domain::entity::{Proof, ProofKind, TrialAnswer, TrialQuestion, TrialVerdict};
use domain::{Choices, Evidence, ItemId, Plan};

/// Where one question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum QuestionState {
    /// Answered yes, with evidence of the current state.
    Passes,
    /// Answered no.
    Fails,
    /// Answered yes, but nothing shows it.
    NoEvidence,
    /// The evidence is older than the last change to what was tried.
    Stale,
    /// Not answered.
    Open,
}

impl QuestionState {
    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Passes => "passes",
            Self::Fails => "fails",
            Self::NoEvidence => "no_evidence",
            Self::Stale => "stale",
            Self::Open => "open",
        }
    }

    /// Wording shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Passes => "yes, and shown",
            Self::Fails => "no",
            Self::NoEvidence => "yes, but not shown",
            Self::Stale => "shown before the last change",
            Self::Open => "not answered",
        }
    }
}

/// One question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QuestionStatus {
    /// The question.
    pub question: TrialQuestion,
    /// Where it stands.
    pub state: QuestionState,
    /// The answer it was judged by.
    pub answer: Option<ItemId>,
    /// Pieces of evidence that still hold.
    pub current: usize,
    /// Pieces of evidence in all.
    pub proofs: usize,
    /// Why, as a sentence without full stop.
    pub reason: String,
}

/// The four questions in the order of the source text.
pub fn trial_state(plan: &Plan, evidence: &Evidence) -> Vec<QuestionStatus> {
    let hash = match evidence.slice_hashes.get(crate::canonical::TRIAL) {
        Some(hash) => hash.clone(),
        None => crate::trial_hash(plan),
    };
    TrialQuestion::CHOICES
        .iter()
        .filter_map(|choice| {
            [TrialQuestion::Format, TrialQuestion::Code, TrialQuestion::Write, TrialQuestion::Apis]
                .into_iter()
                .find(|q| q.code() == choice.code)
        })
        .map(|question| status(plan, evidence, question, &hash))
        .collect()
}

fn status(plan: &Plan, evidence: &Evidence, question: TrialQuestion, hash: &str) -> QuestionStatus {
    // The latest answer counts; items come by running number.
    let Some(answer) = plan.each::<TrialAnswer>().filter(|a| a.question == Some(question)).last() else {
        let reason = "nobody has answered yet".to_owned();
        return QuestionStatus { question, state: QuestionState::Open, answer: None, current: 0, proofs: 0, reason };
    };
    let shown: Vec<&Proof> = answer.entity.proofs.iter().filter(|p| stands(p, evidence)).collect();
    let current = shown.iter().filter(|p| proof_is_current(p, evidence, hash)).count();
    let (state, reason) = match answer.answer {
        None | Some(TrialVerdict::NotYet) => (QuestionState::Open, "not yet answered".to_owned()),
        Some(TrialVerdict::No) => (QuestionState::Fails, "answered no".to_owned()),
        Some(TrialVerdict::Yes) if shown.is_empty() => (QuestionState::NoEvidence, "no evidence is linked".to_owned()),
        Some(TrialVerdict::Yes) if current == 0 => {
            (QuestionState::Stale, "flows, mapping or systems changed after the evidence was taken".to_owned())
        }
        Some(TrialVerdict::Yes) => {
            (QuestionState::Passes, crate::context::count(current, "piece of evidence", "pieces of evidence"))
        }
    };
    QuestionStatus { question, state, answer: Some(answer.id()), current, proofs: answer.entity.proofs.len(), reason }
}

/// Whether a proof was taken of what is planned now: linked since the last change and, where it is a run,
/// also started since.
pub fn proof_is_current(proof: &Proof, evidence: &Evidence, hash: &str) -> bool {
    let taken = match proof.kind {
        Some(ProofKind::Run) => proof.run.and_then(|id| evidence.run(id)).map_or("", |run| run.slice_hash.as_str()),
        _ => hash,
    };
    *proof.slice_hash == *hash && taken == hash
}

/// Whether a proof is there at all: a run that ended well, a file that is kept, a note with words.
fn stands(proof: &Proof, evidence: &Evidence) -> bool {
    match proof.kind {
        Some(ProofKind::Run) => {
            proof.run.and_then(|id| evidence.run(id)).is_some_and(|run| run.state == domain::RunState::Done)
        }
        Some(ProofKind::File) => proof.file.is_some_and(|id| evidence.files.iter().any(|f| f.id == id)),
        Some(ProofKind::Note) => !proof.note.is_empty(),
        None => false,
    }
}
