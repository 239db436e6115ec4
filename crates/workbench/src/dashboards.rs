//! Reading checks: the sync page and the dashboard of a run.

mod drift;
mod evidence;
mod other_rules;
mod remedies;
mod slices;

pub(crate) use evidence::{difference, key_names, sides_of};
pub(crate) use slices::{keep_slices, parsed_slice, slice_words};

use crate::{Access, Caller, Error, Workbench, activity, checks::STOPPING, own_task::blocking, plans};
use domain::{
    CauseCount, Item, ItemId, PlanRole, Run, RunState,
    entity::{BusinessObject, Check, DataPoint, Instance, Occurrence},
};
use reconcile::{Cause, Class, Filter, Spec};
use remedies::remedies;
use rules::Verdict;
use serde::Deserialize;
use std::collections::BTreeMap;
use store::{Job, StoredRun};
use views::sync::{CheckRow, PointRow, RunPage, RunProgress, Sample, ScheduleState, SyncPage, TrendPoint, VerdictRow};

/// Differences shown on the dashboard itself.
const SAMPLE: usize = 5;
/// Remedies shown on the dashboard.
const REMEDIES: usize = 6;
impl Workbench {
    /// The sync page of a plan.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn sync_page(&self, caller: &Caller, key: &str) -> Result<SyncPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let (pairs, matrix) = matrix(&access);
        let mut scheduled = self.schedule_states(&access).await?;
        let checks = access.plan.each::<Check>();
        let checks = checks.map(|row| check_row(&access, row.item, row.entity, scheduled.remove(&row.id()))).collect();
        Ok(SyncPage {
            head: plans::head(&access),
            pairs,
            matrix,
            checks,
            worklists: self.open_worklists(&access, None).await?,
            connections: access.evidence.connections.clone(),
            may_edit: access.may_edit(),
            may_connect: access.role >= PlanRole::Editor,
        })
    }

    /// A run with its dashboard.
    ///
    /// # Errors
    /// When the caller may not see the plan or there is no such run.
    pub async fn run_page(&self, caller: &Caller, key: &str, number: i64) -> Result<RunPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let StoredRun { run, removed_at, .. } = self.store().load_run_numbered(access.plan.document.id, number).await?;
        let item = access.plan.document.items.get(&run.check).ok_or(Error::NotFound("check"))?;
        let check = access.plan.get::<Check>(run.check).map(|r| r.entity.clone()).unwrap_or_default();
        let (left, right) = sides(&access, &check);
        let points = run.totals.as_ref().map(|t| points(&access, &check, &run, t)).unwrap_or_default();
        let progress = match run.state.ended() {
            true => None,
            false => Some(self.progress_of(&self.store().job_of_run(run.id).await?).await?),
        };
        let names: Vec<String> = points.iter().map(|p| p.name.clone()).collect();
        let drift = self.run_drift(&access, &run, &names, [&left, &right]).await?;
        let mut trend: Vec<_> =
            access.evidence.runs.iter().filter(|r| r.check == run.check).filter_map(trend_point).collect();
        trend.sort_by_key(|p| p.number);
        let trend = trend.split_off(trend.len().saturating_sub(20));
        let sample = match for_real(&points) {
            Some((point, cause, total)) => self.sample(&access, &run, point, cause, total).await,
            None => None,
        };
        let (format_examples, format_masked) = self.format_examples(&access, &run).await.unwrap_or_default();
        let slices = self.slices(&access, &run, &points).await;
        let worklists = self.open_worklists(&access, Some(run.check)).await?;
        let pairs = self.run_pairs(&access, &run).await?;
        let outdated = run.spec_hash != rules::spec_hash(&check);
        let applied = if outdated { self.compared_by(&run).await } else { None };
        let (mut remedies, agreed_sentence) = remedies(&check, applied.as_ref(), &points);
        remedies.truncate(REMEDIES);
        Ok(RunPage {
            head: plans::head(&access),
            check: run.check,
            check_key: item.key(),
            name: access.plan.title_of(item),
            outdated,
            sentence: sentence(&run, &points, &left, &right),
            format_examples,
            format_masked,
            remedies,
            agreed_sentence,
            sample,
            left,
            right,
            points,
            trend,
            drift,
            progress,
            slices,
            slice_floor: slices::FLOOR,
            worklists,
            may_assign: access.role >= PlanRole::Editor && removed_at.is_none(),
            pairs,
            may_decide: access.role >= PlanRole::Editor && removed_at.is_none(),
            removed_at,
            may_edit: access.may_edit(),
            run,
        })
    }

    /// How far a job is that has not ended, as its worker last said, or its place in the line.
    pub(crate) async fn progress_of(&self, job: &Job) -> Result<RunProgress, Error> {
        if job.state == RunState::Queued {
            let before = self.store().jobs_before(job.job.id).await?;
            return Ok(RunProgress { before, ..RunProgress::of("waiting") });
        }
        if job.cancel_requested {
            return Ok(RunProgress::of(STOPPING));
        }
        let said = RunProgress::deserialize(&job.progress).ok().filter(|progress| !progress.phase.is_empty());
        Ok(said.unwrap_or_else(|| RunProgress::of("waiting")))
    }

    /// What a run matched and compared, as far as its rows are there.
    pub(crate) async fn compared_by(&self, run: &Run) -> Option<Spec> {
        let path = self.differences_path(run.id).await.ok()?;
        blocking(move || Ok(reconcile::compared(&path)?)).await.ok()
    }

    /// The first differences of a point with one cause; nothing when the run kept none.
    async fn sample(&self, access: &Access, run: &Run, point: &PointRow, cause: &str, total: u64) -> Option<Sample> {
        let path = self.differences_path(run.id).await.ok()?;
        let mask = self.mask_for(access, run, &path).await.ok()?;
        let field = point.field;
        let (class, cause_of) = (Some(Class::Different), Cause::from_label(cause));
        let wanted = Filter { class, field: Some(field), cause: cause_of, mask: mask.clone(), ..Filter::default() };
        let page = blocking(move || Ok(reconcile::page(&path, &wanted, 0, SAMPLE)?)).await.ok()?;
        Some(Sample {
            field,
            name: point.name.clone(),
            cause: cause.to_owned(),
            total,
            key_names: key_names(&page.spec),
            rows: page.entries.into_iter().map(|d| difference(d, &[], &mask)).collect(),
            masked: mask.any_key() || mask.field(field),
        })
    }
}

/// The point with most differences that are more than another way of writing, with their main cause.
fn for_real(points: &[PointRow]) -> Option<(&PointRow, &str, u64)> {
    let is_real = |cause: &&CauseCount| !rules::remedy(&cause.cause).is_form();
    let real = |point: &'_ PointRow| -> u64 { point.counts.causes.iter().filter(is_real).map(|c| c.count).sum() };
    let worst = points.iter().max_by_key(|p| real(p)).filter(|p| real(p) > 0)?;
    let cause = worst.counts.causes.iter().find(is_real)?;
    Some((worst, &cause.cause, cause.count))
}

pub(crate) fn sides(access: &Access, check: &Check) -> (String, String) {
    let side = |instance: Option<ItemId>, connection: Option<domain::ConnectionId>, otherwise: &str| {
        let instance = access.plan.find::<Instance>(instance).map(|i| i.name.to_string());
        let connection =
            || access.evidence.connections.iter().find(|c| Some(c.id) == connection).map(|c| c.name.clone());
        instance.or_else(connection).unwrap_or_else(|| otherwise.to_owned())
    };
    (side(check.left_instance, check.left, "left"), side(check.right_instance, check.right, "right"))
}

fn check_row(access: &Access, item: &Item, check: &Check, schedule: Option<ScheduleState>) -> CheckRow {
    let (left, right) = sides(access, check);
    CheckRow {
        id: item.id,
        key: item.key(),
        name: check.name.to_string(),
        object: access.plan.find::<BusinessObject>(check.object).map(|o| o.name.to_string()).unwrap_or_default(),
        left,
        right,
        last: access.evidence.runs.iter().filter(|r| r.check == item.id).max_by_key(|r| r.number).cloned(),
        drift: drift::mark(access, item.id, |counts| point_name(access, counts)),
        schedule,
    }
}

fn matrix(access: &Access) -> (Vec<String>, Vec<VerdictRow>) {
    let plan = &access.plan;
    let verdicts = rules::verdict_matrix(plan, &access.evidence);
    let mut pairs: Vec<(ItemId, ItemId)> = Vec::new();
    for verdict in &verdicts {
        if !pairs.contains(&(verdict.left, verdict.right)) {
            pairs.push((verdict.left, verdict.right));
        }
    }
    let mut rows: BTreeMap<ItemId, VerdictRow> = BTreeMap::new();
    for verdict in verdicts {
        let Some(point) = plan.get::<DataPoint>(verdict.point) else { continue };
        let place = pairs.iter().position(|p| *p == (verdict.left, verdict.right)).unwrap_or_default();
        let row = rows.entry(verdict.point).or_insert_with(|| VerdictRow {
            data_point: verdict.point,
            object: plan.find::<BusinessObject>(point.object).map(|o| o.name.to_string()).unwrap_or_default(),
            name: point.name.to_string(),
            href: activity::href(access, point.item),
            cells: vec![None; pairs.len()],
            claims: pairs.iter().map(|pair| claim(access, verdict.point, *pair)).collect(),
        });
        row.cells[place] = Some(verdict);
    }
    let names = pairs.iter().map(|(l, r)| format!("{} → {}", plan.title(*l), plan.title(*r))).collect();
    let mut rows: Vec<_> = rows.into_values().collect();
    rows.sort_by(|a, b| (&a.object, &a.name).cmp(&(&b.object, &b.name)));
    (names, rows)
}

/// What a claim about a point and a pair starts with: the point and where it occurs on both sides.
fn claim(access: &Access, point: ItemId, (left, right): (ItemId, ItemId)) -> String {
    let place = |name: &str, instance: ItemId| {
        let mut here = access.plan.each::<Occurrence>().filter(|o| o.data_point == Some(point));
        let found = here.find(|o| o.instance == Some(instance));
        found.map(|o| format!("&{name}={}", o.id())).unwrap_or_default()
    };
    format!("data_point={point}{}{}", place("left", left), place("right", right))
}

pub(crate) fn point_name(access: &Access, counts: &domain::FieldCounts) -> String {
    match access.plan.find::<DataPoint>(counts.data_point) {
        Some(point) => point.name.to_string(),
        None if counts.left == counts.right => counts.left.clone(),
        None => format!("{} = {}", counts.left, counts.right),
    }
}

fn points(access: &Access, check: &Check, run: &Run, totals: &domain::RunTotals) -> Vec<PointRow> {
    let plan = &access.plan;
    let verdicts = rules::run_verdicts(plan, &access.evidence, check, run);
    totals
        .fields
        .iter()
        .zip(verdicts)
        .enumerate()
        .map(|(field, (counts, (verdict, reason)))| {
            let point = plan.find::<DataPoint>(counts.data_point);
            let causes: Vec<_> =
                counts.causes.iter().map(|c| format!("{} {}", c.cause, rules::number(c.count))).collect();
            // Causes say more than a verdict that is seen from the counts.
            let seen = verdict == Verdict::Differs || (verdict.synchronised() && !causes.is_empty());
            PointRow {
                field,
                name: point_name(access, counts),
                href: point.map(|p| activity::href(access, p.item)),
                counts: counts.clone(),
                verdict,
                why: if seen { causes.join(" · ") } else { reason },
            }
        })
        .collect()
}

fn trend_point(run: &Run) -> Option<TrendPoint> {
    let totals = run.totals.as_ref()?;
    let records = &totals.records;
    Some(TrendPoint {
        number: run.number,
        run: run.id,
        at: run.ended_at?,
        records: records.matched + records.ambiguous + records.only_left + records.only_right,
        in_sync: totals.in_sync,
    })
}

fn sentence(run: &Run, points: &[PointRow], left: &str, right: &str) -> String {
    let Some(totals) = &run.totals else {
        return run.message.clone().unwrap_or_else(|| format!("This run is {}.", run.state.code()));
    };
    let number = rules::number;
    let worst = points.iter().max_by_key(|p| p.counts.different).filter(|p| p.counts.different > 0);
    match worst {
        Some(point) => {
            let top = point.counts.causes.first().filter(|c| c.cause != "other");
            let why = top.map(|c| format!(", {} of them: {}", number(c.count), c.cause)).unwrap_or_default();
            format!("{}: {} differ{why}", point.name, number(point.counts.different))
        }
        None if totals.records.only_left + totals.records.only_right > 0 => format!(
            "Nothing differs, but {} records are only in {left} and {} only in {right}",
            number(totals.records.only_left),
            number(totals.records.only_right)
        ),
        None => format!(
            "{} of {} matched records agree on every point",
            number(totals.in_sync),
            number(totals.records.matched)
        ),
    }
}
