//! Who is affected by a changed process, and whether they are told.

use crate::process::{ProcessView, process_views};
use domain::entity::{Communication, Effect, Stage, Step, Team};
use domain::{Date, ItemId, Plan, Row};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of a step of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum ChangedStep {
    /// Stays as it is.
    Unchanged,
    /// Is done by somebody else, elsewhere or in another way.
    Changed,
    /// A flow does it.
    Automated,
    /// Falls away.
    Removed,
    /// Is new.
    New,
}

impl ChangedStep {
    /// Stored form, and class of the picture.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Changed => "changed",
            Self::Automated => "automated",
            Self::Removed => "removed",
            Self::New => "new",
        }
    }

    /// Wording shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Changed => "changed",
            Self::Automated => "automated",
            Self::Removed => "removed",
            Self::New => "new",
        }
    }
}

/// A team whose work changes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AffectedTeam {
    /// The team.
    pub team: ItemId,
    /// The process that changes; `None` when the team is reached by an effect elsewhere.
    pub process: Option<ItemId>,
    /// Names of the changed steps and what becomes of them.
    pub steps: Vec<(String, ChangedStep)>,
}

/// One row of the matrix team × stage.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CoverageRow {
    /// The team.
    pub team: ItemId,
    /// Whether its work changes.
    pub affected: bool,
    /// Communications for it, by stage.
    pub stages: BTreeMap<Stage, Vec<ItemId>>,
    /// Communications for it that name no stage.
    pub no_stage: Vec<ItemId>,
    /// Whether at least one is dated before go-live.
    pub told_in_time: bool,
}

/// Names of steps and what becomes of them.
type ChangedSteps = Vec<(String, ChangedStep)>;

/// Every team whose work changes, with the process and the steps.
pub fn affected_teams(plan: &Plan) -> Vec<AffectedTeam> {
    affected(plan, &process_views(plan))
}

pub(crate) fn affected(plan: &Plan, processes: &[ProcessView<'_>]) -> Vec<AffectedTeam> {
    let mut found: BTreeMap<(ItemId, Option<ItemId>), ChangedSteps> = BTreeMap::new();
    for view in processes {
        for change in view.changes().into_iter().filter(|c| c.change != ChangedStep::Unchanged) {
            let steps = [change.before, change.after].into_iter().flatten();
            let teams: BTreeSet<ItemId> = steps.filter_map(|id| plan.get::<Step>(id)?.team).collect();
            for team in teams {
                found.entry((team, Some(view.process.id()))).or_default().push((change.name.clone(), change.change));
            }
        }
    }
    for effect in plan.each::<Effect>() {
        let checked_none = effect.certainty == Some(domain::entity::Certainty::NoneChecked);
        if let Some(team) = effect.team.filter(|_| !checked_none)
            && !found.keys().any(|(known, _)| *known == team)
        {
            found.entry((team, None)).or_default();
        }
    }
    found
        .into_iter()
        .filter(|((team, _), _)| plan.get::<Team>(*team).is_some())
        .map(|((team, process), steps)| AffectedTeam { team, process, steps })
        .collect()
}

/// The matrix team × stage: affected teams first, then others that get a message.
pub fn change_coverage(plan: &Plan) -> Vec<CoverageRow> {
    let affected: BTreeSet<ItemId> = affected_teams(plan).into_iter().map(|a| a.team).collect();
    let messages: Vec<Row<'_, Communication>> = plan.each().collect();
    let go_live = plan.go_live();
    let told: BTreeSet<ItemId> = messages.iter().flat_map(|m| m.entity.audience.iter().copied()).collect();
    let mut rows: Vec<CoverageRow> = plan
        .each::<Team>()
        .filter(|team| affected.contains(&team.id()) || told.contains(&team.id()))
        .map(|team| {
            let mut row = CoverageRow {
                team: team.id(),
                affected: affected.contains(&team.id()),
                stages: BTreeMap::new(),
                no_stage: Vec::new(),
                told_in_time: false,
            };
            for message in messages.iter().filter(|m| m.audience.contains(&team.id())) {
                row.told_in_time |= in_time(message.date, go_live);
                match message.stage {
                    Some(stage) => row.stages.entry(stage).or_default().push(message.id()),
                    None => row.no_stage.push(message.id()),
                }
            }
            row
        })
        .collect();
    rows.sort_by_key(|row| !row.affected);
    rows
}

/// Affected teams that get at least one message before go-live, and all affected teams.
pub fn teams_told(plan: &Plan) -> (usize, usize) {
    let rows = change_coverage(plan);
    let affected = rows.iter().filter(|r| r.affected);
    (affected.clone().filter(|r| r.told_in_time).count(), affected.count())
}

fn in_time(date: Option<Date>, go_live: Option<Date>) -> bool {
    match (date, go_live) {
        (Some(date), Some(go_live)) => date < go_live,
        (Some(_), None) => true,
        (None, _) => false,
    }
}
