//! A variant of a process as a diagram and as a table, marked against the telling it is compared with.

use crate::{
    document::{Cell, Style, Table},
    text::{anchor, choice, grouped, joined},
};
use domain::{
    ItemId, Plan, Row,
    entity::{Instance, Step, StepKind, Team, Variant, VariantKind},
};
use pictures::swimlane::{self, Diagram, Edge, Lane, Mark, StepBox};
use rules::{ChangedStep, StepStatus};
use std::collections::BTreeMap;

/// One picture of a process with its steps in order, each marked against the picture it is compared with.
pub(super) struct Compared<'a> {
    plan: &'a Plan,
    pub variant: Row<'a, Variant>,
    pub steps: Vec<Row<'a, Step>>,
    marks: BTreeMap<ItemId, Mark>,
}

impl<'a> Compared<'a> {
    /// The pictures of a process: as told, as observed, to be.
    pub fn pictures(plan: &'a Plan, process: ItemId) -> Vec<Self> {
        let Some(view) = rules::process_view(plan, process) else { return Vec::new() };
        let (diff, changes) = (view.diff(), view.changes());
        let told = diff.iter().filter_map(|d| Some((d.told?, status(d.status))));
        let observed = diff.iter().filter_map(|d| Some((d.observed?, status(d.status))));
        let to_be = changes.iter().filter_map(|c| Some((c.after?, changed(c.change))));
        let marks = [told.collect(), observed.collect(), to_be.collect::<BTreeMap<_, _>>()];
        let pictures =
            [(view.told, view.told_steps), (view.observed, view.observed_steps), (view.to_be, view.to_be_steps)];
        let made =
            pictures.into_iter().zip(marks).filter_map(|((variant, steps), mut marks): (_, BTreeMap<ItemId, Mark>)| {
                for step in steps.iter().filter(|s| s.workaround) {
                    marks.insert(step.id(), Mark::Workaround);
                }
                Some(Self { plan, variant: variant?, steps, marks })
            });
        made.collect()
    }

    fn mark(&self, step: &Row<'_, Step>) -> Option<Mark> {
        self.marks.get(&step.id()).copied()
    }

    fn lane(&self, step: &Row<'_, Step>) -> Lane {
        if let Some(team) = self.plan.find::<Team>(step.team) {
            return Lane { id: team.id().to_string(), label: team.name.to_string() };
        }
        Lane { id: step.actor.to_string(), label: step.actor.to_string() }
    }

    /// The picture.
    pub fn diagram(&self) -> Diagram {
        let mut lanes: Vec<Lane> = Vec::new();
        let mut boxes = Vec::new();
        let mut edges = Vec::new();
        for step in &self.steps {
            let lane = self.lane(step);
            if !lane.label.is_empty() && !lanes.contains(&lane) {
                lanes.push(lane.clone());
            }
            let systems = joined(step.systems.iter().map(|id| self.plan.title(*id)), ", ");
            let minutes = step.minutes.map(|m| format!("{m} min")).unwrap_or_default();
            boxes.push(StepBox {
                id: step.id().to_string(),
                lane: lane.id,
                title: step.name.to_string(),
                subtitle: joined([minutes, systems], " · "),
                kind: kind(step.kind),
                mark: self.mark(step),
            });
            edges.extend(step.next.iter().filter_map(|next| {
                let label = (!next.condition.is_empty()).then(|| next.condition.to_string());
                Some(Edge { from: step.id().to_string(), to: next.to?.to_string(), label })
            }));
        }
        Diagram { lanes, steps: boxes, edges }
    }

    /// The steps in words.
    pub fn table(&self) -> Table {
        let plan = self.plan;
        let mut table = Table::new(
            &[
                ("#No.", 0.4),
                ("Step", 3.0),
                ("Who", 1.6),
                ("Systems", 1.7),
                ("Reads → writes", 2.0),
                ("#Minutes", 0.8),
                ("#Times a week", 0.9),
                ("Compared", 1.5),
                ("Then", 1.9),
            ],
            "No step is written down.",
        );
        let place = |id: ItemId| self.steps.iter().position(|s| s.id() == id).map(|at| at + 1);
        for (index, step) in self.steps.iter().enumerate() {
            let name = Cell::from(&step.name);
            let why = joined([&*step.reason, &*replaced(step)], " · ");
            let name = if why.is_empty() { name } else { name.line().styled(why, Style::Muted) };
            let keys = |ids: &[ItemId]| joined(ids.iter().filter_map(|id| plan.item(*id)).map(domain::Item::key), " ");
            let (reads, writes) = (keys(&step.reads), keys(&step.writes));
            let moved = match (reads.is_empty(), writes.is_empty()) {
                (_, true) => Cell::mono(reads),
                (true, false) => Cell::text("→ ").styled(writes, Style::Mono),
                (false, false) => Cell::mono(reads).plain(" → ").styled(writes, Style::Mono),
            };
            let then = step.next.iter().fold(Cell::default(), |cell, next| {
                let Some(at) = next.to.and_then(place) else { return cell };
                let condition =
                    if next.condition.is_empty() { String::new() } else { format!(" ({})", next.condition) };
                cell.line().plain(format!("{at}{condition}"))
            });
            let compared = self.mark(step).map(|mark| mark_cell(mark, self.variant.kind)).unwrap_or_default();
            let number = |n: Option<i64>| {
                n.and_then(|n| u64::try_from(n).ok()).map(|n| Cell::text(grouped(n))).unwrap_or_default()
            };
            table.row(
                Some(anchor(step.item)),
                vec![
                    Cell::text((index + 1).to_string()),
                    name,
                    Cell::text(self.lane(step).label),
                    Cell::lines(step.systems.iter().map(|id| instance(plan, *id))),
                    moved,
                    number(step.minutes),
                    number(step.per_week),
                    compared,
                    then,
                ],
            );
        }
        table
    }
}

fn status(status: StepStatus) -> Mark {
    match status {
        StepStatus::Same => Mark::Same,
        StepStatus::Extra => Mark::Extra,
        StepStatus::Missing => Mark::Missing,
        StepStatus::Differs => Mark::Differs,
    }
}

fn changed(change: ChangedStep) -> Mark {
    match change {
        ChangedStep::Unchanged => Mark::Same,
        ChangedStep::Changed => Mark::Differs,
        ChangedStep::Automated => Mark::Automated,
        ChangedStep::New => Mark::Extra,
        ChangedStep::Removed => Mark::Missing,
    }
}

fn instance(plan: &Plan, id: ItemId) -> String {
    plan.get::<Instance>(id).map_or_else(|| plan.title(id), |i| i.name.to_string())
}

fn replaced(step: &Row<'_, Step>) -> String {
    if !step.workaround {
        return String::new();
    }
    let fate = step.fate.map_or_else(|| "fate not decided".to_owned(), |f| choice(Some(f)).to_lowercase());
    let by = if step.replacement.is_empty() { String::new() } else { format!(", replaced by {}", step.replacement) };
    format!("workaround: {fate}{by}")
}

fn mark_cell(mark: Mark, kind: Option<VariantKind>) -> Cell {
    use crate::document::Tone;
    use pictures::marks::Sign;
    let to_be = kind == Some(VariantKind::ToBe);
    match mark {
        Mark::Extra if to_be => Cell::default().sign(Sign::Plus, Tone::Quiet, "new"),
        Mark::Extra => Cell::default().sign(Sign::Plus, Tone::Warn, "not told"),
        Mark::Differs if to_be => Cell::default().sign(Sign::NotEqual, Tone::Quiet, "changed"),
        Mark::Differs => Cell::default().sign(Sign::NotEqual, Tone::Bad, "done differently"),
        Mark::Missing => Cell::default().sign(Sign::Minus, Tone::Quiet, "never observed"),
        Mark::Same => Cell::default().styled("same", Style::Muted),
        Mark::Workaround => Cell::default().sign(Sign::Detour, Tone::Warn, "workaround"),
        Mark::Automated => Cell::default().sign(Sign::Automated, Tone::Good, "automated"),
    }
}

fn kind(kind: Option<StepKind>) -> swimlane::StepKind {
    match kind {
        Some(StepKind::User) => swimlane::StepKind::User,
        Some(StepKind::Automated) => swimlane::StepKind::Automated,
        Some(StepKind::Decision) => swimlane::StepKind::Decision,
        Some(StepKind::Event) => swimlane::StepKind::Event,
        Some(StepKind::Wait) => swimlane::StepKind::Wait,
        Some(StepKind::Manual) | None => swimlane::StepKind::Manual,
    }
}
