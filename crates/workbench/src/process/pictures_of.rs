//! A process as three pictures with their step tables.

use crate::Access;
use domain::{
    Choices, ItemId, Row,
    entity::{DataPoint, Step, StepKind as Kind, Team, Variant, VariantKind},
};
use pictures::swimlane::{Diagram, Edge, Lane, Mark, StepBox, StepKind};
use rules::{ChangedStep, ProcessView, StepStatus};
use std::collections::BTreeMap;
use views::process::{StepRow, VariantView};

/// What a step is marked with, and the words beside it.
type Marks = BTreeMap<ItemId, (Mark, String)>;

/// The picture another one is compared with.
#[derive(Default)]
struct Before<'a, 'p> {
    /// Its steps, in order.
    steps: &'a [Row<'p, Step>],
    /// What became of each: the step here, or nothing when it is gone.
    now: BTreeMap<ItemId, Option<ItemId>>,
    /// What to say of a step that is gone.
    words: &'static str,
}

impl Before<'_, '_> {
    fn gone(&self, step: ItemId) -> bool {
        self.now.get(&step) == Some(&None)
    }
}

/// The three pictures; those nobody has drawn yet are empty.
pub(super) fn variants(access: &Access, view: &ProcessView<'_>) -> Vec<VariantView> {
    let told_marks = diff_marks(view, |d| d.told);
    let observed_marks = diff_marks(view, |d| d.observed);
    let to_be_marks = change_marks(view);
    let told = Before {
        steps: &view.told_steps,
        now: view.diff().iter().filter_map(|d| Some((d.told?, d.observed))).collect(),
        words: StepStatus::Missing.label(),
    };
    let today = Before {
        steps: view.today(),
        now: match view.to_be_steps.is_empty() {
            true => BTreeMap::new(),
            false => view.changes().iter().filter_map(|c| Some((c.before?, c.after))).collect(),
        },
        words: ChangedStep::Removed.label(),
    };
    vec![
        variant(access, VariantKind::AsTold, view.told, &view.told_steps, &told_marks, &Before::default()),
        variant(access, VariantKind::AsObserved, view.observed, &view.observed_steps, &observed_marks, &told),
        variant(access, VariantKind::ToBe, view.to_be, &view.to_be_steps, &to_be_marks, &today),
    ]
}

/// The steps of a picture, and among them those that are gone, each where it was.
fn with_gone<'p>(steps: &[Row<'p, Step>], before: &Before<'_, 'p>) -> Vec<Row<'p, Step>> {
    let mut drawn = steps.to_vec();
    let mut place = 0;
    for step in before.steps {
        match before.now.get(&step.id()) {
            Some(Some(now)) => {
                place = drawn.iter().position(|s| s.id() == *now).map_or(place, |n| n + 1);
            }
            Some(None) => {
                drawn.insert(place.min(drawn.len()), *step);
                place += 1;
            }
            None => {}
        }
    }
    drawn
}

/// The lines of the picture before that begin or end at a step that is gone.
fn gone_edges(before: &Before<'_, '_>) -> Vec<Edge> {
    let here = |id: ItemId| before.now.get(&id).map(|now| now.unwrap_or(id));
    let mut edges = Vec::new();
    for step in before.steps {
        for next in &step.next {
            let Some(to) = next.to.filter(|to| before.gone(*to) || before.gone(step.id())) else { continue };
            let (Some(from), Some(to)) = (here(step.id()), here(to)) else { continue };
            edges.push(Edge { from: from.to_string(), to: to.to_string(), label: None });
        }
    }
    edges
}

fn diff_marks(view: &ProcessView<'_>, side: fn(&rules::StepDiff) -> Option<ItemId>) -> Marks {
    if view.told_steps.is_empty() || view.observed_steps.is_empty() {
        return Marks::new();
    }
    view.diff()
        .iter()
        .filter_map(|d| {
            let mark = match d.status {
                StepStatus::Same => Mark::Same,
                StepStatus::Extra => Mark::Extra,
                StepStatus::Missing => Mark::Missing,
                StepStatus::Differs => Mark::Differs,
            };
            let aspects: Vec<_> = d.aspects.iter().map(|a| a.label()).collect();
            let words = match d.status {
                StepStatus::Differs if !aspects.is_empty() => aspects.join(", "),
                status => status.label().to_owned(),
            };
            Some((side(d)?, (mark, words)))
        })
        .collect()
}

fn change_marks(view: &ProcessView<'_>) -> Marks {
    view.changes()
        .iter()
        .filter_map(|c| {
            let mark = match c.change {
                ChangedStep::New => Mark::Extra,
                ChangedStep::Changed => Mark::Differs,
                ChangedStep::Automated => Mark::Automated,
                ChangedStep::Removed => Mark::Missing,
                ChangedStep::Unchanged => Mark::Same,
            };
            Some((c.after?, (mark, c.change.label().to_owned())))
        })
        .collect()
}

fn variant(
    access: &Access,
    kind: VariantKind,
    item: Option<Row<'_, Variant>>,
    steps: &[Row<'_, Step>],
    marks: &Marks,
    before: &Before<'_, '_>,
) -> VariantView {
    let source = item.map(|v| {
        let mut words = Vec::new();
        if !v.source.is_empty() {
            words.push(format!("from {}", v.source));
        }
        if !v.agreed_by.is_empty() {
            words.push(format!("agreed by {}", v.agreed_by));
        }
        words.join(" · ")
    });
    let drawn = with_gone(steps, before);
    let gone = drawn.iter().filter(|s| before.gone(s.id()));
    let mut marks = marks.clone();
    marks.extend(gone.map(|s| (s.id(), (Mark::Missing, before.words.to_owned()))));
    let mut diagram = diagram(access, &drawn, &marks);
    diagram.edges.retain(|e| !drawn.iter().any(|s| before.gone(s.id()) && s.id().to_string() == e.from));
    diagram.edges.extend(gone_edges(before));
    VariantView {
        kind: kind.code().into(),
        label: kind.label().into(),
        id: item.map(|v| v.id()),
        key: item.map(|v| v.key()),
        source: source.unwrap_or_default(),
        steps: drawn.iter().map(|s| step_row(access, *s, &marks, before.gone(s.id()))).collect(),
        diagram,
        minutes: rules::minutes_per_month(steps),
    }
}

fn lane(access: &Access, step: &Step) -> (String, String) {
    match access.plan.find::<Team>(step.team) {
        Some(team) => (team.id().to_string(), team.name.to_string()),
        None => (step.actor.to_string(), step.actor.to_string()),
    }
}

fn step_row(access: &Access, step: Row<'_, Step>, marks: &Marks, gone: bool) -> StepRow {
    let plan = &access.plan;
    let keys = |ids: &[ItemId]| {
        let keys: Vec<_> = ids.iter().filter_map(|id| plan.get::<DataPoint>(*id)).map(|p| p.key()).collect();
        keys.join(" ")
    };
    let (reads, writes) = (keys(&step.reads), keys(&step.writes));
    let touches = match (reads.is_empty(), writes.is_empty()) {
        (_, true) => reads,
        (true, false) => format!("→ {writes}"),
        (false, false) => format!("{reads} → {writes}"),
    };
    let (status, against) = match marks.get(&step.id()) {
        Some((mark, words)) => (mark.class().to_owned(), words.clone()),
        None => (String::new(), String::new()),
    };
    StepRow {
        key: step.key(),
        name: step.name.to_string(),
        who: lane(access, step.entity).1,
        systems: step.systems.iter().map(|id| plan.title(*id)).collect::<Vec<_>>().join(", "),
        touches,
        minutes: step.minutes,
        per_week: step.per_week,
        workaround: step.workaround,
        against,
        status,
        gone,
    }
}

fn diagram(access: &Access, steps: &[Row<'_, Step>], marks: &Marks) -> Diagram {
    let plan = &access.plan;
    let mut diagram = Diagram::default();
    for step in steps {
        let (id, label) = lane(access, step.entity);
        if !label.is_empty() && !diagram.lanes.iter().any(|l| l.id == id) {
            diagram.lanes.push(Lane { id: id.clone(), label });
        }
        let systems: Vec<_> = step.systems.iter().map(|id| plan.title(*id)).collect();
        let mut notes: Vec<String> = step.minutes.map(|m| format!("{m} min")).into_iter().collect();
        if step.workaround {
            notes.push("workaround".into());
        } else if !systems.is_empty() {
            notes.push(systems.join(", "));
        }
        let mark = marks.get(&step.id()).map(|(mark, _)| *mark);
        diagram.steps.push(StepBox {
            id: step.id().to_string(),
            lane: id,
            title: step.name.to_string(),
            subtitle: notes.join(" · "),
            kind: match step.kind {
                Some(Kind::User) => StepKind::User,
                Some(Kind::Automated) => StepKind::Automated,
                Some(Kind::Decision) => StepKind::Decision,
                Some(Kind::Event) => StepKind::Event,
                Some(Kind::Wait) => StepKind::Wait,
                Some(Kind::Manual) | None => StepKind::Manual,
            },
            mark: match mark {
                Some(Mark::Same) | None if step.workaround => Some(Mark::Workaround),
                other => other,
            },
        });
        for next in &step.next {
            let Some(to) = next.to else { continue };
            let label = (!next.condition.is_empty()).then(|| next.condition.to_string());
            diagram.edges.push(Edge { from: step.id().to_string(), to: to.to_string(), label });
        }
    }
    diagram
}
