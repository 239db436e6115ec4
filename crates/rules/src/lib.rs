//! What can be said about a plan: findings, gates, verdicts, differences, canonical form and hashes.
//!
//! Pure functions over `domain`: the same answers in the browser and on the server, for any plan,
//! half-imported ones included. Deliberately absent: clocks, randomness, IO, authorisation.

mod canonical;
mod compare;
mod complexity;
mod context;
mod coverage;
mod display;
mod drift;
mod effort;
mod exceptions;
mod existing;
mod expected;
mod finding;
mod gates;
mod lint;
mod moves;
mod next;
mod obligations;
mod process;
mod profile;
mod remedy;
mod rules;
mod trial;
mod truth;
mod verdict;

pub use canonical::{
    CanonicalError, CanonicalPlan, FORMAT, Hashes, SEAL, canonical, canonical_bytes, evidence_from_canonical,
    plan_from_canonical, profile_from_canonical, root_of_canonical, runs_named, runs_relied_on, slice_hashes,
    take_seal, trial_hash, with_hashes,
};
pub use compare::{FieldDiff, ItemDiff, ItemStatus, Measured, compare};
pub use complexity::{Addend, Complexity, complexity};
pub use context::{count, in_words};
pub use coverage::{AffectedTeam, ChangedStep, CoverageRow, affected_teams, change_coverage, teams_told};
pub use display::{display, display_with, number, percent};
pub use drift::{Drift, DriftCounts, PointDrift, drift};
pub use effort::effort;
pub use exceptions::{ExceptionForecast, Watched, exceptions_of_flow, watched, weekly_rate};
pub use existing::{
    ExistingData, Linked, Linking, Loss, MeasuredData, Robustness, Share, Values, is_settled, is_taken, losses,
    robustness,
};
pub use expected::not_as_expected;
pub use finding::{Finding, Fix, Severity, Waived};
pub use gates::{Gate, GateState, Page, Reason, Sign, Target, gates, headline};
pub use lint::lint;
pub use moves::{FlowPoint, flow_points};
pub use next::{NextAction, next_action};
pub use obligations::{ObligationDraft, consequences_of_accept};
pub use process::{
    Aspect, ProcessView, StepChange, StepDiff, StepStatus, discrepancies, minutes_per_month, process_view,
    process_views, simplification, step_changes, step_diff, steps_in_order,
};
pub use profile::{Level, Profile};
pub use remedy::{Agree, Proposal, REMEDIES, Reach, Remedy, remedy};
pub use rules::{RULES, Rule, rule};
pub use trial::{QuestionState, QuestionStatus, proof_is_current, trial_state};
pub use truth::{Conflict, ConflictKind, PointTruth, TruthCoverage, conflicts, truth_coverage, truth_of, truths};
pub use verdict::{PointVerdict, Verdict, current_run, is_manual, run_verdicts, spec_hash, verdict, verdict_matrix};
