//! What overwriting would do before anybody does it: counted per data point, shown value by value, and confirmed by
//! typing the number of values that are lost. A decision that was not confirmed is refused wherever it is written.

use super::subjects::{Looked, subjects};
use crate::{
    Access, Caller, Error, Workbench,
    dashboards::{difference, key_names, point_name},
    editing::draft_of,
    own_task::blocking,
    plans,
};
use domain::{
    Document, Entity, Evidence, Item, Plan, PlanRole,
    entity::{HistoryChoice, HistoryDecision},
};
use reconcile::{Class, Filled, Filter, Mask};
use rules::ExistingData;
use serde_json::{Map, Value, json};
use views::{
    history::{LossRow, OverwritePage},
    lengths,
};

impl Workbench {
    /// What overwriting the destination would do, as far as a run shows it. `slot` names the decision as on the page of
    /// decisions; `lost` asks for values that would be lost instead of those replaced by others. What is protected is
    /// hidden from everybody: the decision needs the numbers.
    ///
    /// # Errors
    /// When the caller may not see the plan, there is no such decision, or no run shows it.
    pub async fn overwrite_page(
        &self,
        caller: &Caller,
        key: &str,
        slot: &str,
        lost: bool,
        offset: u64,
    ) -> Result<OverwritePage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let verdicts = rules::verdict_matrix(&access.plan, &access.evidence);
        let subjects = subjects(&access, &verdicts);
        let subject = subjects.iter().find(|s| s.slot() == slot).ok_or(Error::NotFound("decision"))?;
        let cx = Looked::at(&access, subject.object, subject.decision.map(|d| d.entity), subject.pair);
        let unseen =
            || Error::Conflict("no run shows what overwriting would do; run a check of the two systems".into());
        let (m, right) = cx.measured.zip(cx.source_is_right()).ok_or_else(unseen)?;
        let filled = match (lost, right) {
            (false, _) => Filled::Both,
            (true, true) => Filled::Left,
            (true, false) => Filled::Right,
        };
        let path = self.differences_path(m.run.id).await?;
        let hidden = self.hidden(&access, m.run).await;
        let length = lengths::OVERWRITTEN.into();
        let (mask, page) = blocking(move || {
            let mask = hidden.mask(&reconcile::compared(&path)?);
            let (class, filled) = (Some(Class::Different), Some(filled));
            let wanted = Filter { class, filled, mask: mask.clone(), ..Filter::default() };
            Ok((mask, reconcile::page(&path, &wanted, offset, length)?))
        })
        .await?;
        let names: Vec<String> = m.totals.fields.iter().map(|f| point_name(&access, f)).collect();
        let title = |side| access.plan.find::<domain::entity::Instance>(side).map(|i| i.name.to_string());
        Ok(OverwritePage {
            head: plans::head(&access),
            name: subject.title(&access),
            slot: slot.to_owned(),
            run: m.run.number,
            source: title(cx.source()).unwrap_or_else(|| "the source".into()),
            destination: title(cx.destination()).unwrap_or_else(|| "the destination".into()),
            into_left: right,
            points: cx.losses().map(|losses| losses.iter().map(|loss| row(loss, &names, &mask)).collect()),
            lost,
            key_names: key_names(&page.spec),
            total: page.total,
            offset,
            rows: page.entries.into_iter().map(|entry| difference(entry, &names, &mask)).collect(),
            masked: mask.any(),
            may_edit: access.may_edit(),
        })
    }
}

fn row(loss: &rules::Loss, names: &[String], mask: &Mask) -> LossRow {
    LossRow {
        field: loss.field,
        name: names.get(loss.field).cloned().unwrap_or_default(),
        hidden: mask.field(loss.field),
        replaced: loss.replaced,
        lost: loss.lost,
        gained: loss.gained,
    }
}

/// A loss that nobody has confirmed.
struct Unconfirmed {
    /// Number of the run that counted it.
    run: i64,
    /// Values of the destination that would be lost.
    lost: u64,
    /// The sentence that the reason has once it is confirmed.
    said: String,
}

fn values(count: u64) -> String {
    rules::count(usize::try_from(count).unwrap_or(usize::MAX), "value", "values")
}

/// What overwriting as decided would lose and the reason does not tell of; nothing where nothing is lost or nobody
/// knows.
fn unconfirmed(plan: &Plan, evidence: &Evidence, decision: &HistoryDecision) -> Option<Unconfirmed> {
    let measured = ExistingData::from(decision).measured(plan, evidence)?;
    let losses = measured.losses()?;
    let sum = |of: fn(&rules::Loss) -> u64| losses.iter().map(of).fold(0, u64::saturating_add);
    let (lost, replaced, run) = (sum(|l| l.lost), sum(|l| l.replaced), measured.run.number);
    let said = format!(
        "Run {run}: {} of the destination lost and {} replaced; confirmed by typing the number.",
        values(lost),
        rules::number(replaced)
    );
    (lost > 0 && !decision.rationale.contains(&said)).then_some(Unconfirmed { run, lost, said })
}

/// Where values would be lost, their number has to be typed; it goes into the reason.
///
/// # Errors
/// When it was not typed.
pub(super) fn confirm(
    access: &Access,
    decision: &HistoryDecision,
    confirmed: &str,
    after: &mut Map<String, Value>,
) -> Result<(), Error> {
    let Some(loss) = unconfirmed(&access.plan, &access.evidence, decision) else { return Ok(()) };
    let typed: String = confirmed.chars().filter(|c| !c.is_whitespace()).collect();
    if typed != loss.lost.to_string() {
        let words = format!(
            "is needed: run {} says that {} of the destination would be lost; look at them and type {}",
            loss.run,
            values(loss.lost),
            loss.lost
        );
        return Err(Error::invalid("confirmed", words));
    }
    let rationale = decision.rationale.to_string();
    after.insert("rationale".into(), json!(format!("{}\n\n{}", rationale.trim_end(), loss.said)));
    Ok(())
}

impl Workbench {
    /// Refuses a decision to overwrite that loses values while nobody has typed their number: that is asked for on the
    /// page of decisions alone. `changed` are the items of `document` as they are to be. A decision that stood without
    /// it may be changed in what has nothing to do with it.
    ///
    /// # Errors
    /// When there is one.
    pub(crate) async fn losses_confirmed(
        &self,
        document: &Document,
        workspace: &Document,
        changed: &[Item],
    ) -> Result<(), Error> {
        // Evidence is read only where a decision about it is written.
        if !changed.iter().any(|item| newly_overwrites(document, item)) {
            return Ok(());
        }
        let mut plan = draft_of(document, workspace);
        plan.document.items.extend(changed.iter().map(|item| (item.id, item.clone())));
        let evidence = self.evidence(&plan).await?;
        for item in changed.iter().filter(|item| newly_overwrites(document, item)) {
            let Some(decision) = overwrites(item) else { continue };
            let Some(loss) = unconfirmed(&plan, &evidence, decision) else { continue };
            let stood = |b: &HistoryDecision| same_data(b, decision) && unconfirmed(&plan, &evidence, b).is_some();
            if before(document, item).is_some_and(stood) {
                continue;
            }
            let words = format!(
                "run {} says that overwriting would lose {} of the destination; decide on the page of existing data \
                 (Sync, Decisions), where they are seen and their number is typed",
                loss.run,
                values(loss.lost)
            );
            return Err(Error::invalid("choice", words));
        }
        Ok(())
    }
}

/// Whether an item as it is to be decides to overwrite, otherwise than `document` has it.
fn newly_overwrites(document: &Document, item: &Item) -> bool {
    overwrites(item).is_some_and(|decision| {
        before(document, item).is_none_or(|b| !same_data(b, decision) || b.rationale != decision.rationale)
    })
}

/// The decision as `document` has it, where it is one to overwrite.
fn before<'a>(document: &'a Document, item: &Item) -> Option<&'a HistoryDecision> {
    document.items.get(&item.id).and_then(overwrites)
}

/// The decision of an item, where it is one to overwrite that was taken.
fn overwrites(item: &Item) -> Option<&HistoryDecision> {
    let Entity::HistoryDecision(decision) = &item.entity else { return None };
    (rules::is_taken(decision) && decision.choice == Some(HistoryChoice::Overwrite)).then_some(decision)
}

/// Whether two decisions speak of the same data and run.
fn same_data(one: &HistoryDecision, other: &HistoryDecision) -> bool {
    ExistingData::from(one) == ExistingData::from(other)
}
