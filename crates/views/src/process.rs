//! Gate 2: processes with their pictures, flows with their mapping, the change, risks.

use crate::plans::PlanHead;
use domain::{ItemId, entity::Stage};
use pictures::{swimlane::Diagram, system_map::Map};
use rules::{Finding, StepChange, StepStatus};
use serde::{Deserialize, Serialize};

/// One process in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProcessRow {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// Steps as told, observed, to be.
    pub steps: [u64; 3],
    /// Day of the last walk-through, as ISO text.
    pub walked_on: Option<String>,
    /// Differences between told and observed.
    pub differences: u64,
    /// Minutes a month today and to be.
    pub minutes: (i64, i64),
    /// Open error findings.
    pub errors: u64,
}

/// The processes of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProcessesPage {
    /// Around the page.
    pub head: PlanHead,
    /// The processes.
    pub rows: Vec<ProcessRow>,
}

/// One step in the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRow {
    /// Its key.
    pub key: String,
    /// What is done.
    pub name: String,
    /// Who does it.
    pub who: String,
    /// Systems used.
    pub systems: String,
    /// Data points read and written, by key.
    pub touches: String,
    /// Minutes each time.
    pub minutes: Option<i64>,
    /// Times a week.
    pub per_week: Option<i64>,
    /// Whether it is a workaround.
    pub workaround: bool,
    /// What differs from what was told, in words; empty when nothing does.
    pub against: String,
    /// `same`, `extra`, `missing`, `differs`; empty where nothing is compared.
    pub status: String,
    /// Whether it belongs to the picture compared with, and is gone from this one.
    pub gone: bool,
}

/// One step of the comparison told against observed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DiffRow {
    /// The name both pictures share.
    pub key: String,
    /// What people call the step.
    pub name: String,
    /// How they relate.
    pub status: StepStatus,
    /// In what they differ, in words.
    pub aspects: String,
    /// The step's page.
    pub href: String,
    /// What was recorded about the difference: its page and the resolution, empty while there is none.
    pub recorded: Option<(String, String)>,
}

/// One picture of a process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantView {
    /// `as_told`, `as_observed`, `to_be`.
    pub kind: String,
    /// What it is called.
    pub label: String,
    /// The item, when there is one.
    pub id: Option<ItemId>,
    /// Its key.
    pub key: Option<String>,
    /// Where it comes from and who agreed.
    pub source: String,
    /// Its steps, in order.
    pub steps: Vec<StepRow>,
    /// As a picture.
    pub diagram: Diagram,
    /// Minutes a month.
    pub minutes: i64,
}

impl VariantView {
    /// Steps of its own, without those that are gone.
    pub fn own_steps(&self) -> usize {
        self.steps.iter().filter(|s| !s.gone).count()
    }
}

/// One process with its pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProcessPage {
    /// Around the page.
    pub head: PlanHead,
    /// The process.
    pub id: ItemId,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// What is known of its walk-throughs, in words.
    pub walked: String,
    /// The three pictures.
    pub variants: Vec<VariantView>,
    /// Told against observed, steps that are the same included.
    pub diff: Vec<DiffRow>,
    /// Minutes a month as the work is done today: as observed, else as told.
    pub today: i64,
    /// Today against to be.
    pub changes: Vec<StepChange>,
    /// Manual steps and handovers that disappear, in percent.
    pub simplification: Option<i64>,
    /// Findings about the process, its steps, and whether the points they touch are in sync.
    pub findings: Vec<Finding>,
    /// Teams whose work changes, and whether each is told in time.
    pub teams: Vec<(String, bool)>,
}

/// One flow in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowRow {
    /// Which.
    pub id: ItemId,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Where it starts.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// What starts it and how soon, in words.
    pub when: String,
    /// Its mapping lines.
    pub lines: Vec<LineRow>,
    /// Target fields that must be filled and are not, with their names.
    pub unmapped: Vec<(ItemId, String)>,
    /// Counted complexity and its parts.
    pub complexity: i64,
    /// The parts, in words.
    pub addends: Vec<(String, i64)>,
    /// Open error findings.
    pub errors: u64,
}

/// One mapping line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineRow {
    /// Its key.
    pub key: String,
    /// Fields it takes from.
    pub sources: String,
    /// What it does.
    pub conversion: String,
    /// How.
    pub logic: String,
    /// Field it fills.
    pub target: String,
    /// Open error findings.
    pub errors: u64,
}

/// Flows and mapping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowsPage {
    /// Around the page.
    pub head: PlanHead,
    /// The flows.
    pub flows: Vec<FlowRow>,
    /// Systems and flows as a picture.
    pub map: Map,
}

/// One team in the coverage matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoverageView {
    /// The team.
    pub team: ItemId,
    /// Its name.
    pub name: String,
    /// Whether its work changes.
    pub affected: bool,
    /// Why, in words.
    pub why: String,
    /// Messages by stage: key and title.
    pub stages: Vec<(Stage, Vec<(String, String)>)>,
    /// Messages without a stage.
    pub others: Vec<(String, String)>,
    /// Whether at least one is dated before go-live.
    pub told_in_time: bool,
    /// Impacts on it, each as address and in words how big the project and the team think it is.
    pub ratings: Vec<(String, String)>,
}

/// One message in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageRow {
    /// Its key.
    pub key: String,
    /// Its title.
    pub name: String,
    /// Teams it is for.
    pub audience: String,
    /// Sender and channel.
    pub way: String,
    /// Who prepares it.
    pub owner: String,
    /// When, as ISO text.
    pub date: Option<String>,
    /// Where it stands.
    pub status: String,
}

/// The change page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangePage {
    /// Around the page.
    pub head: PlanHead,
    /// Team × stage.
    pub rows: Vec<CoverageView>,
    /// Teams told in time, of those affected.
    pub told: (u64, u64),
    /// The messages, by date.
    pub messages: Vec<MessageRow>,
}

/// One risk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskRow {
    /// Its key.
    pub key: String,
    /// The risk.
    pub name: String,
    /// How likely, 1–5.
    pub probability: Option<i64>,
    /// How bad, 1–5.
    pub impact: Option<i64>,
    /// Who watches it.
    pub owner: String,
    /// What is done about it.
    pub response: String,
    /// Mitigations done, of all.
    pub actions: (u64, u64),
    /// Open error findings.
    pub errors: u64,
}

/// Effects, risks, opportunities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RisksPage {
    /// Around the page.
    pub head: PlanHead,
    /// Risks, the greatest first.
    pub risks: Vec<RiskRow>,
    /// Effects: key, text, where it shows, certainty.
    pub effects: Vec<[String; 4]>,
    /// Opportunities: key, text, benefit, response.
    pub opportunities: Vec<[String; 4]>,
}
