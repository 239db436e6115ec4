//! The rule profile: which rules weigh how much, and the thresholds they measure against.
//!
//! It is part of what is signed, so it holds whole numbers only and nothing that depends on a day.

use crate::Severity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a profile makes of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The rule is silent. Locked rules cannot be silenced.
    Off,
    /// Good to know.
    Info,
    /// Should be looked at.
    Warn,
    /// Blocks sign-off.
    Error,
}

/// Weights and thresholds of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Name printed on exports.
    pub id: String,
    /// Levels that differ from the rule's own, by rule id.
    pub levels: BTreeMap<String, Level>,
    /// Share of equal values, per thousand, from which two copies count as in sync.
    pub in_sync_per_mille: u64,
    /// Share, per thousand, from which usable keys and sound values count as a robust source, and records with one
    /// partner as linked.
    pub robust_per_mille: u64,
    /// Days an open conflict may stay unmentioned.
    pub conflict_days: i64,
    /// Days a sync result stays fresh.
    pub evidence_days: i64,
    /// Days a walk-through stays fresh.
    pub walkthrough_days: i64,
    /// Probability × impact from which a risk is high.
    pub high_risk: i64,
    /// Difference of impact ratings (0 to 4) from which it is worth talking about.
    pub rating_gap: i64,
}

impl Profile {
    /// The profile used where nobody chose another.
    pub fn recommended() -> Self {
        Self {
            id: "recommended".into(),
            levels: BTreeMap::new(),
            in_sync_per_mille: 995,
            robust_per_mille: 990,
            conflict_days: 7,
            evidence_days: 30,
            walkthrough_days: 90,
            high_risk: 15,
            rating_gap: 2,
        }
    }

    /// What a rule weighs here; `None` when it is switched off.
    pub(crate) fn severity(&self, rule: &crate::Rule) -> Option<Severity> {
        if rule.locked {
            return Some(rule.severity);
        }
        match self.levels.get(rule.id) {
            None => Some(rule.severity),
            Some(Level::Off) => None,
            Some(Level::Info) => Some(Severity::Info),
            Some(Level::Warn) => Some(Severity::Warn),
            Some(Level::Error) => Some(Severity::Error),
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::recommended()
    }
}
