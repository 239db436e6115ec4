//! Reading checks: the sync page, the dashboard of a run, its differences.

use crate::{Access, Caller, Error, Workbench, activity, connections::spec_hash, plans};
use domain::{
    Item, ItemId, PlanRole, Run, RunId,
    entity::{BusinessObject, Check, DataPoint, Instance},
};
use reconcile::{Cause, Class, Filter};
use std::{collections::BTreeMap, path::PathBuf};
use views::sync::{
    CheckRow, DifferenceFilter, DifferenceRow, DifferencesPage, PointRow, Remedy, RunPage, Sample, SyncPage,
    TrendPoint, VerdictRow,
};

/// Differences on one page.
pub const DIFFERENCES_PAGE: usize = 50;
/// Differences shown on the dashboard itself.
const SAMPLE: usize = 5;
/// Causes that say the value is the same and only written in another way.
const FORM: [&str; 4] = ["case", "white space", "leading zeros", "null or blank"];

impl Workbench {
    /// The sync page of a plan.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn sync_page(&self, caller: &Caller, key: &str) -> Result<SyncPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let (pairs, matrix) = matrix(&access);
        let checks = access.plan.each::<Check>().map(|row| check_row(&access, row.item, row.entity)).collect();
        Ok(SyncPage {
            head: plans::head(&access),
            pairs,
            matrix,
            checks,
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
        let run = run_numbered(&access, number)?.clone();
        let item = access.plan.document.items.get(&run.check).ok_or(Error::NotFound("check"))?;
        let check = access.plan.get::<Check>(run.check).map(|r| r.entity.clone()).unwrap_or_default();
        let (left, right) = sides(&access, &check);
        let points = run.totals.as_ref().map(|t| points(&access, &check, t)).unwrap_or_default();
        let progress = if run.state.ended() {
            None
        } else {
            let job = self.store().job_of_run(run.id).await?;
            let phase = job.progress["phase"].as_str().unwrap_or("waiting").to_owned();
            Some((phase, job.progress["rows"].as_u64().unwrap_or_default()))
        };
        let mut trend: Vec<_> =
            access.evidence.runs.iter().filter(|r| r.check == run.check).filter_map(trend_point).collect();
        trend.sort_by_key(|p| p.number);
        let trend = trend.split_off(trend.len().saturating_sub(20));
        let sample = match for_real(&points) {
            Some((point, cause, total)) => self.sample(run.id, point, cause, total).await,
            None => None,
        };
        Ok(RunPage {
            head: plans::head(&access),
            check: run.check,
            check_key: item.key(),
            name: access.plan.title_of(item),
            outdated: run.spec_hash != spec_hash(&check),
            sentence: sentence(&run, &points, &left, &right),
            remedies: remedies(&points),
            sample,
            left,
            right,
            points,
            trend,
            progress,
            may_edit: access.may_edit(),
            run,
        })
    }

    /// One page of the differences of a run.
    ///
    /// # Errors
    /// When the caller may not see the plan, or the run kept no differences.
    pub async fn differences(
        &self,
        caller: &Caller,
        key: &str,
        number: i64,
        filter: &DifferenceFilter,
        offset: u64,
    ) -> Result<DifferencesPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let run = run_numbered(&access, number)?.clone();
        let path = self.differences_path(run.id).await?;
        let wanted = parsed(filter)?;
        let page = tokio::task::spawn_blocking(move || reconcile::page(&path, &wanted, offset, DIFFERENCES_PAGE))
            .await
            .map_err(|e| Error::internal("differences could not be read", &e))??;
        let check = access.plan.get::<Check>(run.check).map(|r| r.entity.clone()).unwrap_or_default();
        let (left, right) = sides(&access, &check);
        let totals = run.totals.clone().unwrap_or_default();
        let fields: Vec<String> = totals.fields.iter().map(|f| point_name(&access, f)).collect();
        Ok(DifferencesPage {
            head: plans::head(&access),
            name: access.plan.document.items.get(&run.check).map(Item::title).unwrap_or_default(),
            left,
            right,
            key_names: key_names(&page.spec),
            total: page.total,
            offset,
            rows: page.entries.into_iter().map(|d| difference(d, &fields)).collect(),
            fields,
            run,
        })
    }

    /// The differences of a run as a file for spreadsheet programs.
    ///
    /// # Errors
    /// As for [`Workbench::differences`].
    pub async fn differences_csv(
        &self,
        caller: &Caller,
        key: &str,
        number: i64,
        filter: &DifferenceFilter,
    ) -> Result<Vec<u8>, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let run = run_numbered(&access, number)?.id;
        let path = self.differences_path(run).await?;
        let wanted = parsed(filter)?;
        tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            reconcile::export_csv(&path, &wanted, &mut bytes).map(|_| bytes)
        })
        .await
        .map_err(|e| Error::internal("differences could not be written", &e))?
        .map_err(Error::from)
    }

    /// The first differences of a point with one cause; nothing when the run kept none.
    async fn sample(&self, run: RunId, point: &PointRow, cause: &str, total: u64) -> Option<Sample> {
        let path = self.differences_path(run).await.ok()?;
        let field = point.field;
        let wanted =
            Filter { class: Some(Class::Different), field: Some(field), cause: Cause::from_label(cause), text: None };
        let page = tokio::task::spawn_blocking(move || reconcile::page(&path, &wanted, 0, SAMPLE)).await.ok()?.ok()?;
        Some(Sample {
            field,
            name: point.name.clone(),
            cause: cause.to_owned(),
            total,
            key_names: key_names(&page.spec),
            rows: page.entries.into_iter().map(|d| difference(d, &[])).collect(),
        })
    }

    async fn differences_path(&self, run: RunId) -> Result<PathBuf, Error> {
        let stored = self.store().load_run(run).await?;
        let file = stored.files.differences.ok_or_else(|| Error::Conflict("this run kept no differences".into()))?;
        Ok(self.settings().evidence_dir().join(file))
    }
}

fn key_names(spec: &reconcile::Spec) -> Vec<String> {
    spec.key.iter().map(|(l, r)| if l == r { l.clone() } else { format!("{l} = {r}") }).collect()
}

fn difference(found: reconcile::Difference, fields: &[String]) -> DifferenceRow {
    DifferenceRow {
        class: found.class.label().into(),
        field: found.field.and_then(|n| fields.get(n).cloned()),
        cause: found.cause.map(|c| c.label().to_owned()),
        key: found.key,
        left: found.left,
        right: found.right,
        left_rows: found.left_rows,
        right_rows: found.right_rows,
    }
}

/// The point with most differences that are more than another way of writing, with their main cause.
fn for_real(points: &[PointRow]) -> Option<(&PointRow, &str, u64)> {
    let real = |point: &'_ PointRow| -> u64 {
        point.counts.causes.iter().filter(|c| !FORM.contains(&c.cause.as_str())).map(|c| c.count).sum()
    };
    let worst = points.iter().max_by_key(|p| real(p)).filter(|p| real(p) > 0)?;
    let cause = worst.counts.causes.iter().find(|c| !FORM.contains(&c.cause.as_str()))?;
    Some((worst, &cause.cause, cause.count))
}

/// What would make more values equal, the most effective first.
fn remedies(points: &[PointRow]) -> Vec<Remedy> {
    let mut all: Vec<Remedy> = points
        .iter()
        .flat_map(|point| point.counts.causes.iter().map(move |cause| (point, cause)))
        .map(|(point, cause)| {
            let name = &point.name;
            let (words, rule) = match cause.cause.as_str() {
                "case" => (format!("Ignore case in {name}"), true),
                "white space" => (format!("Ignore white space in {name}"), true),
                "leading zeros" => (format!("Agree on leading zeros in {name}"), false),
                "null or blank" => (format!("Agree on blank or nothing in {name}"), false),
                "empty on one side" => (format!("Fill in {name} where it is empty"), false),
                "truncated" => (format!("Make room for long values of {name}"), false),
                _ => (format!("Have people decide on {name}"), false),
            };
            Remedy { field: point.field, words, cause: cause.cause.clone(), count: cause.count, rule }
        })
        .collect();
    all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.words.cmp(&b.words)));
    all.truncate(6);
    all
}

fn run_numbered(access: &Access, number: i64) -> Result<&Run, Error> {
    access.evidence.runs.iter().find(|r| r.number == number).ok_or(Error::NotFound("run"))
}

fn parsed(filter: &DifferenceFilter) -> Result<Filter, Error> {
    let some = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let class = some(&filter.class)
        .map(|t| Class::from_label(&t).ok_or_else(|| Error::invalid("class", format!("“{t}” is no class"))))
        .transpose()?;
    let cause = some(&filter.cause)
        .map(|t| Cause::from_label(&t).ok_or_else(|| Error::invalid("cause", format!("“{t}” is no cause"))))
        .transpose()?;
    Ok(Filter { class, field: filter.field, cause, text: some(&filter.text) })
}

fn sides(access: &Access, check: &Check) -> (String, String) {
    let side = |instance: Option<ItemId>, connection: Option<domain::ConnectionId>, otherwise: &str| {
        let instance = access.plan.find::<Instance>(instance).map(|i| i.name.to_string());
        let connection =
            || access.evidence.connections.iter().find(|c| Some(c.id) == connection).map(|c| c.name.clone());
        instance.or_else(connection).unwrap_or_else(|| otherwise.to_owned())
    };
    (side(check.left_instance, check.left, "left"), side(check.right_instance, check.right, "right"))
}

fn check_row(access: &Access, item: &Item, check: &Check) -> CheckRow {
    let (left, right) = sides(access, check);
    CheckRow {
        id: item.id,
        key: item.key(),
        name: check.name.to_string(),
        object: access.plan.find::<BusinessObject>(check.object).map(|o| o.name.to_string()).unwrap_or_default(),
        left,
        right,
        last: access.evidence.runs.iter().filter(|r| r.check == item.id).max_by_key(|r| r.number).cloned(),
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
        });
        row.cells[place] = Some(verdict);
    }
    let names = pairs.iter().map(|(l, r)| format!("{} → {}", plan.title(*l), plan.title(*r))).collect();
    let mut rows: Vec<_> = rows.into_values().collect();
    rows.sort_by(|a, b| (&a.object, &a.name).cmp(&(&b.object, &b.name)));
    (names, rows)
}

fn point_name(access: &Access, counts: &domain::FieldCounts) -> String {
    match access.plan.find::<DataPoint>(counts.data_point) {
        Some(point) => point.name.to_string(),
        None if counts.left == counts.right => counts.left.clone(),
        None => format!("{} = {}", counts.left, counts.right),
    }
}

fn points(access: &Access, check: &Check, totals: &domain::RunTotals) -> Vec<PointRow> {
    let plan = &access.plan;
    totals
        .fields
        .iter()
        .enumerate()
        .map(|(field, counts)| {
            let point = plan.find::<DataPoint>(counts.data_point);
            let claimed = match (point, check.left_instance, check.right_instance) {
                (Some(point), Some(left), Some(right)) => {
                    Some(rules::verdict(plan, &access.evidence, point.id(), left, right))
                }
                _ => None,
            };
            let manual = claimed.as_ref().filter(|v| v.manual());
            let verdict = match manual {
                Some(v) => v.verdict,
                None => measured(totals, counts),
            };
            let causes: Vec<_> =
                counts.causes.iter().map(|c| format!("{} {}", c.cause, rules::number(c.count))).collect();
            PointRow {
                field,
                name: point_name(access, counts),
                href: point.map(|p| activity::href(access, p.item)),
                counts: counts.clone(),
                verdict,
                why: manual.map_or_else(|| causes.join(" · "), |v| v.reason.clone()),
            }
        })
        .collect()
}

/// What the counts of one field alone say, without any claim.
fn measured(totals: &domain::RunTotals, counts: &domain::FieldCounts) -> rules::Verdict {
    let records = &totals.records;
    if counts.different > 0 {
        rules::Verdict::Differs
    } else if records.only_left + records.only_right > 0 {
        rules::Verdict::Missing
    } else if records.ambiguous + totals.left.duplicate_keys + totals.right.duplicate_keys > 0 {
        rules::Verdict::Duplicate
    } else if records.matched == 0 {
        rules::Verdict::Unknown
    } else if counts.equal_by_rule > 0 {
        rules::Verdict::EqualByRule
    } else {
        rules::Verdict::InSync
    }
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
