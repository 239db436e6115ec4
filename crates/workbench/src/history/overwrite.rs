//! What overwriting would do before anybody does it: counted per data point, shown value by value, and confirmed by
//! typing the number of values that are lost.

use super::subjects::{Looked, measured, subjects};
use crate::{
    Access, Caller, Error, Workbench,
    dashboards::{difference, key_names, point_name},
    own_task::blocking,
    plans,
};
use domain::{PlanRole, entity::HistoryDecision};
use reconcile::{Class, Filled, Filter, Mask};
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
        let decision = subject.decision.map(|d| d.entity);
        let measured = measured(&access, subject.object, decision, subject.pair);
        let cx = Looked {
            access: &access,
            object: subject.object,
            pair: subject.pair,
            decision,
            measured: measured.as_ref(),
            obligations: &[],
            slot: slot.to_owned(),
        };
        let unseen =
            || Error::Conflict("no run shows what overwriting would do; run a check of the two systems".into());
        let (m, right) = measured.as_ref().zip(cx.source_is_right()).ok_or_else(unseen)?;
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
    let Some(object) = decision.object else { return Ok(()) };
    let measured = measured(access, object, Some(decision), None);
    let cx = Looked {
        access,
        object,
        pair: None,
        decision: Some(decision),
        measured: measured.as_ref(),
        obligations: &[],
        slot: String::new(),
    };
    let (Some(m), Some(losses)) = (&measured, cx.losses()) else { return Ok(()) };
    let sum = |of: fn(&rules::Loss) -> u64| losses.iter().map(of).fold(0, u64::saturating_add);
    let (lost, replaced) = (sum(|l| l.lost), sum(|l| l.replaced));
    if lost == 0 {
        return Ok(());
    }
    let values = rules::count(usize::try_from(lost).unwrap_or(usize::MAX), "value", "values");
    let said = format!(
        "Run {}: {values} of the destination lost and {} replaced; confirmed by typing the number.",
        m.run.number,
        rules::number(replaced)
    );
    let rationale = decision.rationale.to_string();
    if rationale.contains(&said) {
        return Ok(());
    }
    let typed: String = confirmed.chars().filter(|c| !c.is_whitespace()).collect();
    if typed != lost.to_string() {
        let words = format!(
            "is needed: run {} says that {values} of the destination would be lost; look at them and type {lost}",
            m.run.number
        );
        return Err(Error::invalid("confirmed", words));
    }
    after.insert("rationale".into(), json!(format!("{}\n\n{said}", rationale.trim_end())));
    Ok(())
}
