//! The pages of gate 2.

use super::{errors_on, one, pictures_of};
use crate::{Caller, Error, Workbench, activity::href, data::system_map, plans};
use domain::{
    Choices, PlanRole, Row,
    entity::{Communication, Effect, Flow, Impact, MappingLine, Occurrence, Opportunity, Risk, Stage, Team},
};
use views::process::{
    ChangePage, CoverageView, FlowRow, FlowsPage, LineRow, MessageRow, ProcessPage, ProcessRow, ProcessesPage, RiskRow,
    RisksPage,
};

impl Workbench {
    /// The processes of a plan.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn processes_page(&self, caller: &Caller, key: &str) -> Result<ProcessesPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let rows = rules::process_views(&access.plan)
            .iter()
            .map(|view| {
                let mut items: Vec<_> = view.steps().map(|s| s.id()).collect();
                items.push(view.process.id());
                let both = !view.told_steps.is_empty() && !view.observed_steps.is_empty();
                let different = view.diff().iter().filter(|d| d.status != rules::StepStatus::Same).count() as u64;
                ProcessRow {
                    key: view.process.key(),
                    name: view.process.name.to_string(),
                    owner: view.process.owner.to_string(),
                    steps: [view.told_steps.len(), view.observed_steps.len(), view.to_be_steps.len()].map(|n| n as u64),
                    walked_on: view.walks.iter().filter_map(|w| w.held_on).max().map(|d| d.to_string()),
                    differences: if both { different } else { 0 },
                    minutes: (rules::minutes_per_month(view.today()), rules::minutes_per_month(&view.to_be_steps)),
                    errors: errors_on(&access, &items),
                }
            })
            .collect();
        Ok(ProcessesPage { head: plans::head(&access), rows })
    }

    /// One process with its pictures. `reference` is its key or id.
    ///
    /// # Errors
    /// When the caller may not see the plan or there is no such process.
    pub async fn process_page(&self, caller: &Caller, key: &str, reference: &str) -> Result<ProcessPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let plan = &access.plan;
        let item = access.find(reference).ok_or(Error::NotFound("process"))?;
        let view = rules::process_view(plan, item.id).ok_or(Error::NotFound("process"))?;
        let people: usize = view.walks.iter().flat_map(|w| &w.participants).filter(|p| p.does_the_work).count();
        let exceptions = view.walks.iter().flat_map(|w| &w.cases).filter(|c| c.exception).count();
        let walked = match view.walks.iter().filter_map(|w| w.held_on).max() {
            Some(day) => format!(
                "Walked through on {} with {} who do the work, {}",
                rules::in_words(day),
                rules::count(people, "person", "people"),
                rules::count(exceptions, "exception", "exceptions"),
            ),
            None => "Nobody has walked through it yet".to_owned(),
        };
        let coverage = rules::change_coverage(plan);
        let teams = rules::affected_teams(plan)
            .into_iter()
            .filter(|t| t.process == Some(item.id))
            .map(|t| {
                let told = coverage.iter().any(|row| row.team == t.team && row.told_in_time);
                (plan.title(t.team), told)
            })
            .collect();
        Ok(ProcessPage {
            head: plans::head(&access),
            id: item.id,
            key: item.key(),
            name: view.process.name.to_string(),
            owner: view.process.owner.to_string(),
            walked,
            variants: pictures_of::variants(&access, &view),
            diff: one::differences(&access, &view),
            today: rules::minutes_per_month(view.today()),
            changes: if view.to_be_steps.is_empty() { Vec::new() } else { view.changes() },
            simplification: rules::simplification(plan, item.id),
            findings: one::findings(&access, &view),
            teams,
        })
    }

    /// Flows and their mapping.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn flows_page(&self, caller: &Caller, key: &str) -> Result<FlowsPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let plan = &access.plan;
        let lines: Vec<Row<'_, MappingLine>> = plan.each::<MappingLine>().collect();
        let flows = plan
            .each::<Flow>()
            .map(|flow| {
                let own: Vec<_> = lines.iter().filter(|l| l.flow == Some(flow.id())).collect();
                let mut items: Vec<_> = own.iter().map(|l| l.id()).collect();
                items.push(flow.id());
                let when: Vec<_> = [
                    flow.trigger.map(|t| t.label().to_lowercase()),
                    flow.timing.map(|t| t.label().to_lowercase()),
                    flow.weekly_volume.map(|n| format!("{} a week", rules::number(n.unsigned_abs()))),
                ]
                .into_iter()
                .flatten()
                .collect();
                let unmapped = plan
                    .each::<Occurrence>()
                    .filter(|o| o.mandatory && o.instance.is_some() && o.instance == flow.destination)
                    .filter(|o| !own.iter().any(|l| l.target == Some(o.id())))
                    .map(|o| (o.id(), format!("{}.{}", o.object_name, o.field_name)))
                    .collect();
                let complexity = rules::complexity(plan, flow.id());
                FlowRow {
                    id: flow.id(),
                    key: flow.key(),
                    name: flow.name.to_string(),
                    from: flow.origin.map(|id| plan.title(id)).unwrap_or_default(),
                    to: flow.destination.map(|id| plan.title(id)).unwrap_or_default(),
                    when: when.join(" · "),
                    lines: own
                        .iter()
                        .map(|l| LineRow {
                            key: l.key(),
                            sources: l.sources.iter().map(|id| plan.title(*id)).collect::<Vec<_>>().join(", "),
                            conversion: l.conversion.map(|c| c.label().to_lowercase()).unwrap_or_default(),
                            logic: l.logic.to_string(),
                            target: l.target.map(|id| plan.title(id)).unwrap_or_default(),
                            errors: errors_on(&access, &[l.id()]),
                        })
                        .collect(),
                    unmapped,
                    complexity: i64::try_from(complexity.tenths()).unwrap_or(i64::MAX),
                    addends: complexity
                        .addends
                        .iter()
                        .map(|a| (a.label.clone(), i64::try_from(a.tenths()).unwrap_or(i64::MAX)))
                        .collect(),
                    errors: errors_on(&access, &items),
                }
            })
            .collect();
        Ok(FlowsPage { head: plans::head(&access), flows, map: system_map(&access) })
    }

    /// Who is affected, and which message reaches whom.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn change_page(&self, caller: &Caller, key: &str) -> Result<ChangePage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let plan = &access.plan;
        let message = |id| plan.get::<Communication>(id).map(|c| (c.key(), c.name.to_string()));
        let affected = rules::affected_teams(plan);
        let rows = rules::change_coverage(plan)
            .into_iter()
            .map(|row| {
                let why: Vec<_> = affected
                    .iter()
                    .filter(|t| t.team == row.team)
                    .map(|t| {
                        let process = t.process.map_or_else(|| "an effect elsewhere".to_owned(), |p| plan.title(p));
                        format!("{process}: {}", rules::count(t.steps.len(), "step", "steps"))
                    })
                    .collect();
                let ratings = plan.each::<Impact>().filter(|i| i.team == Some(row.team)).map(|i| {
                    let side = |n: Option<i64>| n.map_or_else(|| "–".to_owned(), |n| n.to_string());
                    (href(&access, i.item), format!("{} / {}", side(i.project_rating), side(i.team_rating)))
                });
                CoverageView {
                    team: row.team,
                    name: plan.title(row.team),
                    affected: row.affected,
                    why: why.join("; "),
                    stages: stages()
                        .map(|stage| {
                            let ids = row.stages.get(&stage).cloned().unwrap_or_default();
                            (stage, ids.into_iter().filter_map(message).collect())
                        })
                        .collect(),
                    others: row.no_stage.iter().copied().filter_map(message).collect(),
                    told_in_time: row.told_in_time,
                    ratings: ratings.collect(),
                }
            })
            .collect();
        let mut messages: Vec<_> = plan
            .each::<Communication>()
            .map(|c| MessageRow {
                key: c.key(),
                name: c.name.to_string(),
                audience: c
                    .audience
                    .iter()
                    .filter_map(|id| plan.get::<Team>(*id))
                    .map(|t| t.name.to_string())
                    .collect::<Vec<_>>()
                    .join(", "),
                way: [&*c.sender, &*c.channel].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" · "),
                owner: c.owner.to_string(),
                date: c.date.map(|d| d.to_string()),
                status: c.status.map(|s| s.label().to_owned()).unwrap_or_default(),
            })
            .collect();
        messages.sort_by(|a, b| (a.date.is_none(), &a.date).cmp(&(b.date.is_none(), &b.date)));
        let (told, all) = rules::teams_told(plan);
        Ok(ChangePage { head: plans::head(&access), rows, told: (told as u64, all as u64), messages })
    }

    /// Effects, risks, opportunities.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn risks_page(&self, caller: &Caller, key: &str) -> Result<RisksPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let plan = &access.plan;
        let mut risks: Vec<_> = plan
            .each::<Risk>()
            .map(|r| RiskRow {
                key: r.key(),
                name: r.name.to_string(),
                probability: r.probability,
                impact: r.impact,
                owner: r.owner.to_string(),
                response: r.strategy.map(|s| s.label().to_owned()).unwrap_or_default(),
                actions: (r.actions.iter().filter(|a| a.done).count() as u64, r.actions.len() as u64),
                errors: errors_on(&access, &[r.id()]),
            })
            .collect();
        risks.sort_by_key(|r| -(r.probability.unwrap_or_default() * r.impact.unwrap_or_default()));
        let effects = plan.each::<Effect>().map(|e| {
            let places: Vec<_> = [e.instance, e.team].into_iter().flatten().map(|id| plan.title(id)).collect();
            let certainty = e.certainty.map(|c| c.label().to_owned()).unwrap_or_default();
            [e.key(), e.name.to_string(), places.join(", "), certainty]
        });
        let opportunities = plan.each::<Opportunity>().map(|o| {
            let response = o.strategy.map(|s| s.label().to_owned()).unwrap_or_default();
            [o.key(), o.name.to_string(), o.benefit.to_string(), response]
        });
        Ok(RisksPage {
            head: plans::head(&access),
            risks,
            effects: effects.collect(),
            opportunities: opportunities.collect(),
        })
    }
}

fn stages() -> impl Iterator<Item = Stage> {
    [Stage::Awareness, Stage::Desire, Stage::Knowledge, Stage::Ability, Stage::Reinforcement].into_iter()
}
