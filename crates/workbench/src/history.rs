//! Deciding about existing data: what was measured, what must hold for each of the three ways, the
//! decision itself and, when history is accepted, the obligations it creates in the same step.

mod exceptions;
mod obligations;
mod overwrite;
mod subjects;
mod ways;

use crate::{
    Access, Caller, Error, Workbench, activity,
    editing::patches,
    items::{identify_parts, ref_options, shown_fields},
    plans,
};
use domain::{
    Change, Choices, Invalid, ItemId, Kind, Patch, PlanRole, Row, Submitted,
    entity::{DataPoint, HistoryChoice, HistoryDecision, Obligation},
};
use rules::{PointVerdict, consequences_of_accept};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use subjects::{Looked, Subject, subjects};
use uuid::Uuid;
use views::{
    history::{Decision, HistoryPage, ObjectHistory, ObligationRow},
    items::RefOption,
};

impl Workbench {
    /// The page of decisions.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn history_page(&self, caller: &Caller, key: &str) -> Result<HistoryPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let verdicts = rules::verdict_matrix(&access.plan, &access.evidence);
        let subjects = subjects(&access, &verdicts);
        let mut objects: Vec<ObjectHistory> = subjects.iter().map(|s| object(&access, s, &verdicts)).collect();
        let settled = |o: &ObjectHistory| o.decision.as_ref().is_some_and(|d| d.choice.is_some());
        objects.sort_by(|a, b| settled(a).cmp(&settled(b)).then_with(|| a.name.cmp(&b.name)));
        let mut runs: Vec<_> = access.evidence.runs.iter().filter(|r| r.totals.is_some()).collect();
        runs.sort_by_key(|r| std::cmp::Reverse(r.number));
        let runs = runs.into_iter().map(|r| RefOption {
            id: r.id.to_string(),
            title: format!("run {} of {}", r.number, access.plan.title(r.check)),
        });
        Ok(HistoryPage {
            head: plans::head(&access),
            objects,
            processes: ref_options(&access, Kind::Process),
            instances: ref_options(&access, Kind::Instance),
            runs: runs.take(100).collect(),
            may_edit: access.may_edit(),
        })
    }

    /// Takes a decision about the existing data of a business object. `decision` is empty for the first
    /// one; `before` is the body the form showed. Accepting creates what follows from it. Overwriting that loses
    /// values needs their number typed as `confirmed`; it goes into the reason.
    ///
    /// # Errors
    /// When nothing was chosen, a reason or a name is missing, a loss is not confirmed, somebody else decided
    /// meanwhile, or there is a decision about the same object and pair already.
    pub async fn decide_history(
        &self,
        caller: &Caller,
        key: &str,
        decision: &str,
        before: &str,
        mut form: Submitted,
    ) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let confirmed = form.texts.remove("confirmed").unwrap_or_default();
        let mut after = values(form)?;
        after.insert("state".into(), json!("decided"));
        after.insert("decided_on".into(), json!(access.today));
        identify_parts(Kind::HistoryDecision, &mut after);
        if let Some(twin) = twin(&access, decision, &after) {
            return Err(Error::Conflict(format!("{twin} decides about the same data already; decide again there")));
        }
        let meant = meant(&access, decision, &after)?;
        if meant.choice == Some(HistoryChoice::Overwrite) {
            overwrite::confirm(&access, &meant, &confirmed, &mut after)?;
        }
        let mut changes = Vec::new();
        let item = if decision.is_empty() {
            let item = ItemId(Uuid::now_v7());
            changes.push(Change::Add { item, kind: Kind::HistoryDecision, fields: after });
            item
        } else {
            let item = access.find(decision).ok_or(Error::NotFound("history decision"))?.id;
            let before = shown_fields(before)?;
            changes.push(Change::Set { item, patches: patches(Kind::HistoryDecision, &before, &after) });
            item
        };
        let there: Vec<_> = access.plan.each::<Obligation>().filter(|o| o.origin == Some(item)).collect();
        if meant.choice == Some(HistoryChoice::Accept) {
            changes.extend(obligations::missing(&access, &meant, item, &there));
        } else {
            changes.extend(obligations::untouched(&there).map(|o| Change::Archive { item: o.id() }));
        }
        self.edit(caller, key, changes).await.map(|_| ())
    }

    /// Says who sees to the obligations: names by item (as `form_key`), with the names the form showed.
    ///
    /// # Errors
    /// When a name cannot be kept or somebody else changed it meanwhile.
    pub async fn own_obligations(
        &self,
        caller: &Caller,
        key: &str,
        before: &BTreeMap<String, String>,
        owners: &BTreeMap<String, String>,
    ) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let mut changes = Vec::new();
        for (reference, owner) in owners {
            let shown = before.get(reference).map(String::as_str).unwrap_or_default();
            let reference = domain::id_of_key(reference);
            if owner.trim() == shown {
                continue;
            }
            let item =
                access.find(reference).filter(|i| i.kind() == Kind::Obligation).ok_or(Error::NotFound("obligation"))?;
            let owner = crate::items::line("owner", owner)?;
            let patch = Patch { field: "owner".into(), before: json!(shown), after: json!(&*owner) };
            changes.push(Change::Set { item: item.id, patches: vec![patch] });
        }
        if changes.is_empty() { Ok(()) } else { self.edit(caller, key, changes).await.map(|_| ()) }
    }
}

/// The fields that the form sent, checked; what must be said when deciding is asked for here, as a
/// draft may leave it open.
fn values(form: Submitted) -> Result<Map<String, Value>, Error> {
    let mut form = form;
    if let Some(rows) = form.parts.get_mut("options") {
        // A way nobody wrote a word or a figure about was not considered.
        let said = |row: &BTreeMap<String, String>| {
            ["pros", "cons", "effort_hours"].iter().any(|name| row.get(*name).is_some_and(|t| !t.trim().is_empty()))
        };
        rows.retain(|_, row| said(row));
    }
    let mut values = form.read(Kind::HistoryDecision).map_err(Error::Invalid)?;
    values.retain(|name, _| form.texts.contains_key(name) || form.parts.contains_key(name));
    let empty = |name: &str| values.get(name).and_then(Value::as_str).is_none_or(str::is_empty);
    let mut problems = Vec::new();
    for (name, reason) in [
        ("choice", "is needed: choose one of the three ways"),
        ("rationale", "is needed: say why this way fits the process and the data"),
        ("decided_by", "is needed: a decision has a name"),
    ] {
        if empty(name) {
            problems.push(Invalid::new(name, reason));
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(Error::Invalid(problems)) }
}

/// The decision as it will be: what is stored with what the form says.
fn meant(access: &Access, decision: &str, after: &Map<String, Value>) -> Result<HistoryDecision, Error> {
    let stored = access.find(decision).map(|item| item.entity.clone());
    let mut body = stored.unwrap_or_else(|| Kind::HistoryDecision.blank()).body();
    if let Some(body) = body.as_object_mut() {
        body.extend(after.clone());
    }
    serde_json::from_value(body).map_err(|e| Error::internal("a decision cannot be read", &e))
}

/// Another decision about the same object and pair of installations, named by its key.
fn twin(access: &Access, decision: &str, after: &Map<String, Value>) -> Option<String> {
    let this = access.find(decision).map(|item| item.id);
    let id = |name: &str| after.get(name).and_then(Value::as_str).and_then(|id| id.parse::<ItemId>().ok());
    let pair = |a: Option<ItemId>, b: Option<ItemId>| if a <= b { (a, b) } else { (b, a) };
    let (object, wanted) = (id("object")?, pair(id("source"), id("destination")));
    let mut others = access.plan.each::<HistoryDecision>().filter(|d| Some(d.id()) != this);
    others.find(|d| d.object == Some(object) && pair(d.source, d.destination) == wanted).map(|d| d.key())
}

fn object(access: &Access, subject: &Subject<'_>, verdicts: &[PointVerdict]) -> ObjectHistory {
    let plan = &access.plan;
    let (id, decision) = (subject.object, subject.decision);
    let mut points: Vec<_> = verdicts
        .iter()
        .filter(|v| v.known_unsynchronised() && subject.speaks_of(v))
        .filter_map(|v| {
            let point = plan.get::<DataPoint>(v.point).filter(|p| p.object == Some(id))?;
            let why = format!("{} – {}: {}", plan.title(v.left), plan.title(v.right), v.reason);
            Some((point.name.to_string(), v.verdict, why))
        })
        .collect();
    points.sort();
    let obligations: Vec<_> = match decision {
        Some(d) => plan.each::<Obligation>().filter(|o| o.origin == Some(d.id())).collect(),
        None => Vec::new(),
    };
    let looked = Looked::at(access, id, decision.map(|d| d.entity), subject.pair);
    let cx = Looked { obligations: &obligations, slot: subject.slot(), ..looked };
    ObjectHistory {
        slot: subject.slot(),
        object: id,
        name: subject.title(access),
        href: plan.item(id).map(|item| activity::href(access, item)).unwrap_or_default(),
        points,
        run: cx.measured.map(|m| (m.run.number, plan.title(m.run.check))),
        options: ways::cards(&cx),
        values: start_values(&cx),
        lost: cx.losses().map(|losses| losses.iter().map(|l| l.lost).fold(0, u64::saturating_add)),
        preview: cx.preview(&subject.slot()),
        forecasts: exceptions::forecasts(&cx, verdicts),
        findings: findings(access, id, decision.map(|d| d.id())),
        decision: decision.map(|d| shown(access, d)),
        obligations: obligations.iter().map(|o| obligation(access, o)).collect(),
    }
}

fn findings(access: &Access, object: ItemId, decision: Option<ItemId>) -> Vec<rules::Finding> {
    let about = |subject: Option<ItemId>| subject.is_some() && (subject == decision || subject == Some(object));
    access.open_findings().filter(|f| f.rule.starts_with("CLN-") && about(f.subject)).cloned().collect()
}

fn shown(access: &Access, row: Row<'_, HistoryDecision>) -> Decision {
    Decision {
        item: row.id(),
        key: row.key(),
        href: activity::href(access, row.item),
        before: row.item.entity.body().to_string(),
        choice: row.choice.map(|c| c.code().to_owned()),
        label: row.choice.map_or("Nothing chosen yet", Choices::label).to_owned(),
        state: row.state.map_or("Open", Choices::label).to_owned(),
        rationale: row.rationale.to_string(),
        decided_by: row.decided_by.to_string(),
        decided_on: row.decided_on,
    }
}

fn obligation(access: &Access, row: &Row<'_, Obligation>) -> ObligationRow {
    let draft = consequences_of_accept().iter().find(|d| row.kind == Some(d.kind));
    ObligationRow {
        item: row.id(),
        key: row.key(),
        name: row.name.to_string(),
        href: activity::href(access, row.item),
        kind: row.kind.map_or("Other", Choices::label).to_owned(),
        asks: draft.map_or("", |d| d.asks).to_owned(),
        content: row.content.to_string(),
        owner: row.owner.to_string(),
        due: row.due,
        state: row.state.map_or("Open", Choices::label).to_owned(),
    }
}

/// What the form starts with: what was decided, else what was measured.
fn start_values(cx: &Looked<'_>) -> BTreeMap<String, String> {
    let blank = HistoryDecision::default();
    let d = cx.decision.unwrap_or(&blank);
    let id = |id: Option<ItemId>| id.map(|id| id.to_string()).unwrap_or_default();
    let day = |day: Option<domain::Date>| day.map(|d| d.to_string()).unwrap_or_default();
    let run = d.run.or_else(|| cx.measured.map(|m| m.run.id));
    let by = if d.decided_by.is_empty() { cx.access.caller.name() } else { d.decided_by.to_string() };
    [
        ("source", id(cx.source())),
        ("destination", id(cx.destination())),
        ("process", id(d.process)),
        ("run", run.map(|r| r.to_string()).unwrap_or_default()),
        ("rationale", d.rationale.to_string()),
        ("decided_by", by),
        ("cutover", day(d.cutover.or_else(|| cx.access.plan.go_live()))),
        ("due", day(d.due)),
        ("backup", d.backup.to_string()),
        ("loss_accepted_by", d.loss_accepted_by.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
