//! Deciding about existing data: what was measured, what must hold for each of the three ways, the
//! decision itself and, when history is accepted, the obligations it creates in the same step.

use crate::{
    Access, Caller, Error, Workbench, activity,
    editing::patches,
    items::{identify_parts, ref_options},
    plans,
};
use domain::{
    Change, Choices, Invalid, ItemId, Kind, Patch, PlanRole, Row, Run, RunTotals, Submitted,
    entity::{
        BusinessObject, Check, DataPoint, HistoryChoice, HistoryDecision, Identifier, Obligation, ObligationState,
        Occurrence,
    },
};
use rules::{PointVerdict, Profile, consequences_of_accept, number, percent};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use views::{
    history::{Condition, Decision, HistoryPage, ObjectHistory, ObligationRow, OptionCard},
    items::RefOption,
};

/// The three ways, each with the sentence that says when it is a good idea.
const WAYS: [(HistoryChoice, &str); 3] = [
    (
        HistoryChoice::Overwrite,
        "Replace what the destination has. Good where the source is robust and a unique identifier links the records.",
    ),
    (
        HistoryChoice::CleanUp,
        "Have people put right what differs, best while planning. Good where there is little of it, or where neither side is right.",
    ),
    (
        HistoryChoice::Accept,
        "Leave existing data as it is. Good where cleaning is not worth it, and somebody carries what follows.",
    ),
];
/// Seconds it takes a person to look at one differing record and put it right.
const SECONDS_EACH: u64 = 150;

impl Workbench {
    /// The page of decisions.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn history_page(&self, caller: &Caller, key: &str) -> Result<HistoryPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let verdicts: Vec<_> = rules::verdict_matrix(&access.plan, &access.evidence)
            .into_iter()
            .filter(rules::PointVerdict::known_unsynchronised)
            .collect();
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
    /// one; `before` is the body the form showed. Accepting creates what follows from it.
    ///
    /// # Errors
    /// When nothing was chosen, a reason or a name is missing, somebody else decided meanwhile, or there is
    /// a decision about the same object and pair already.
    pub async fn decide_history(
        &self,
        caller: &Caller,
        key: &str,
        decision: &str,
        before: &str,
        form: Submitted,
    ) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let mut after = values(form)?;
        after.insert("state".into(), json!("decided"));
        after.insert("decided_on".into(), json!(access.today));
        identify_parts(Kind::HistoryDecision, &mut after);
        let choice = after.get("choice").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(twin) = twin(&access, decision, &after) {
            return Err(Error::Conflict(format!("{twin} decides about the same data already; decide again there")));
        }
        let mut changes = Vec::new();
        let item = if decision.is_empty() {
            let item = ItemId(Uuid::now_v7());
            changes.push(Change::Add { item, kind: Kind::HistoryDecision, fields: after });
            item
        } else {
            let item = access.find(decision).ok_or(Error::NotFound("history decision"))?.id;
            let before: Map<String, Value> = serde_json::from_str(before)
                .map_err(|_| Error::Conflict("the form is from an older version of this page; load it again".into()))?;
            changes.push(Change::Set { item, patches: patches(Kind::HistoryDecision, &before, &after) });
            item
        };
        let there: Vec<_> = access.plan.each::<Obligation>().filter(|o| o.origin == Some(item)).collect();
        if choice == HistoryChoice::Accept.code() {
            changes.extend(missing_obligations(item, &there));
        } else {
            changes.extend(untouched(&there).map(|o| Change::Archive { item: o.id() }));
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

fn missing_obligations(origin: ItemId, there: &[Row<'_, Obligation>]) -> Vec<Change> {
    consequences_of_accept()
        .iter()
        .filter(|draft| !there.iter().any(|o| o.kind == Some(draft.kind)))
        .map(|draft| {
            let fields = json!({ "name": draft.name, "origin": origin, "kind": draft.kind.code(), "state": "open" });
            let fields = fields.as_object().cloned().unwrap_or_default();
            Change::Add { item: ItemId(Uuid::now_v7()), kind: Kind::Obligation, fields }
        })
        .collect()
}

/// Obligations made by an earlier "accept" that nobody has touched since.
fn untouched<'a, 'p>(there: &'a [Row<'p, Obligation>]) -> impl Iterator<Item = &'a Row<'p, Obligation>> {
    there.iter().filter(|o| {
        let made = consequences_of_accept().iter().any(|d| o.kind == Some(d.kind) && *o.name == *d.name);
        made && o.item.rev == 1
    })
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

/// What one card is about: a decision, or a pair of installations that no decision speaks of yet.
struct Subject<'a> {
    object: ItemId,
    decision: Option<Row<'a, HistoryDecision>>,
    pair: Option<(ItemId, ItemId)>,
}

impl Subject<'_> {
    fn speaks_of(&self, v: &PointVerdict) -> bool {
        self.decision.is_none_or(|d| v.is_decided_by(d.entity))
            && self.pair.is_none_or(|pair| pair == (v.left, v.right))
    }

    /// Names it in addresses.
    fn slot(&self) -> String {
        match (self.decision, self.pair) {
            (Some(decision), _) => decision.key(),
            (None, Some((left, right))) => format!("{}-{left}-{right}", self.object),
            (None, None) => self.object.to_string(),
        }
    }

    fn title(&self, access: &Access) -> String {
        let plan = &access.plan;
        let object = plan.get::<BusinessObject>(self.object).map(|o| o.name.to_string()).unwrap_or_default();
        let named = self.decision.and_then(|d| Some((d.source?, d.destination?)));
        match named.or(self.pair) {
            Some((left, right)) => format!("{object} · {} → {}", plan.title(left), plan.title(right)),
            None => object,
        }
    }
}

/// Every decision, and whatever else there is to decide about, by business object.
fn subjects<'a>(access: &'a Access, verdicts: &[PointVerdict]) -> Vec<Subject<'a>> {
    let plan = &access.plan;
    let object_of = |v: &PointVerdict| plan.get::<DataPoint>(v.point).and_then(|p| p.object);
    let decided = plan.each::<HistoryDecision>().filter_map(|d| d.object);
    let checked = plan.each::<Check>().filter_map(|c| c.object);
    let all = verdicts.iter().filter_map(object_of).chain(decided).chain(checked);
    let objects: BTreeSet<ItemId> = all.filter(|id| plan.item(*id).is_some()).collect();
    let mut subjects = Vec::new();
    for object in objects {
        let decisions: Vec<_> = plan.each::<HistoryDecision>().filter(|d| d.object == Some(object)).collect();
        if decisions.is_empty() {
            subjects.push(Subject { object, decision: None, pair: None });
            continue;
        }
        let open = verdicts.iter().filter(|v| object_of(v) == Some(object));
        let open = open.filter(|v| !decisions.iter().any(|d| v.is_decided_by(d.entity)));
        let pairs: BTreeSet<_> = open.map(|v| (v.left, v.right)).collect();
        subjects.extend(decisions.into_iter().map(|d| Subject { object, decision: Some(d), pair: None }));
        subjects.extend(pairs.into_iter().map(|pair| Subject { object, decision: None, pair: Some(pair) }));
    }
    subjects
}

fn object(access: &Access, subject: &Subject<'_>, verdicts: &[PointVerdict]) -> ObjectHistory {
    let plan = &access.plan;
    let (id, decision) = (subject.object, subject.decision);
    let measured = measured(access, subject);
    let mut points: Vec<_> = verdicts
        .iter()
        .filter(|v| subject.speaks_of(v))
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
    let cx = Looked {
        access,
        object: id,
        pair: subject.pair,
        decision: decision.map(|d| d.entity),
        measured: measured.as_ref(),
        obligations: &obligations,
    };
    ObjectHistory {
        slot: subject.slot(),
        object: id,
        name: subject.title(access),
        href: plan.item(id).map(|item| activity::href(access, item)).unwrap_or_default(),
        points,
        run: measured.as_ref().map(|m| (m.run.number, plan.title(m.run.check))),
        options: WAYS.iter().map(|(choice, sentence)| card(&cx, *choice, sentence)).collect(),
        values: start_values(&cx),
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

/// The run everything about an object is measured by.
struct Measured<'a> {
    run: &'a Run,
    totals: &'a RunTotals,
    check: Option<&'a Check>,
}

/// The run the decision names, else the newest that compares the object where it is decided about.
fn measured<'a>(access: &'a Access, subject: &Subject<'_>) -> Option<Measured<'a>> {
    let plan = &access.plan;
    let named = subject.decision.and_then(|d| d.run).and_then(|id| access.evidence.run(id));
    let sides = match (subject.decision, subject.pair) {
        (Some(d), _) => [d.source, d.destination],
        (None, pair) => [pair.map(|(left, _)| left), pair.map(|(_, right)| right)],
    };
    let compares = |c: &Check| {
        let here = |side: &ItemId| c.left_instance == Some(*side) || c.right_instance == Some(*side);
        c.object == Some(subject.object) && sides.iter().flatten().all(here)
    };
    let newest = || {
        let checks = plan.each::<Check>().filter(|c| compares(c.entity));
        checks.filter_map(|c| rules::current_run(&access.evidence, &c)).max_by_key(|r| r.number)
    };
    let run = named.or_else(newest)?;
    let check = plan.get::<Check>(run.check).map(|r| r.entity);
    Some(Measured { run, totals: run.totals.as_ref()?, check })
}

/// What is known about an object when its ways are judged.
struct Looked<'a> {
    access: &'a Access,
    object: ItemId,
    pair: Option<(ItemId, ItemId)>,
    decision: Option<&'a HistoryDecision>,
    measured: Option<&'a Measured<'a>>,
    obligations: &'a [Row<'a, Obligation>],
}

impl Looked<'_> {
    fn source(&self) -> Option<ItemId> {
        let paired = || self.pair.map(|(left, _)| left);
        self.decision.and_then(|d| d.source).or_else(paired).or_else(|| self.measured?.check?.left_instance)
    }

    fn destination(&self) -> Option<ItemId> {
        let paired = || self.pair.map(|(_, right)| right);
        self.decision.and_then(|d| d.destination).or_else(paired).or_else(|| self.measured?.check?.right_instance)
    }

    fn run_href(&self, query: &str) -> Option<String> {
        let number = self.measured?.run.number;
        Some(format!("/p/{}/runs/{number}{query}", self.access.plan.key))
    }

    fn unmeasured(&self, what: &str) -> Condition {
        let href = Some(format!("/p/{}/sync", self.access.plan.key));
        Condition { holds: None, text: format!("{what}: nobody has measured it; run a check of this object"), href }
    }
}

fn card(cx: &Looked<'_>, choice: HistoryChoice, sentence: &str) -> OptionCard {
    let considered = cx.decision.and_then(|d| d.options.iter().find(|o| o.choice == Some(choice)));
    OptionCard {
        code: choice.code().into(),
        label: choice.label().into(),
        sentence: sentence.into(),
        conditions: match choice {
            HistoryChoice::Overwrite => overwrite(cx),
            HistoryChoice::CleanUp => clean_up(cx),
            HistoryChoice::Accept => accept(cx),
        },
        part: considered.map_or_else(|| format!("new-{}", choice.code()), |o| o.id.to_string()),
        pros: considered.map(|o| o.pros.to_string()).unwrap_or_default(),
        cons: considered.map(|o| o.cons.to_string()).unwrap_or_default(),
        hours: considered.and_then(|o| o.effort_hours),
        chosen: cx.decision.is_some_and(|d| d.choice == Some(choice)),
    }
}

fn overwrite(cx: &Looked<'_>) -> Vec<Condition> {
    let mut conditions = vec![identified(cx)];
    match cx.measured {
        None => conditions.push(cx.unmeasured("The source is robust")),
        Some(m) => {
            let from_right = m.check.is_some_and(|c| cx.source().is_some() && c.right_instance == cx.source());
            let side = if from_right { m.totals.right } else { m.totals.left };
            let good = side.rows.saturating_sub(side.empty_keys).saturating_sub(side.duplicate_rows);
            let wanted = u128::from(Profile::recommended().robust_per_mille);
            conditions.push(Condition {
                holds: Some(side.rows > 0 && u128::from(good) * 1000 >= u128::from(side.rows) * wanted),
                text: format!(
                    "The source is robust: {} of its {} records have a usable key",
                    percent(good, side.rows),
                    number(side.rows)
                ),
                href: cx.run_href(""),
            });
            let lost = m.totals.fields.iter().map(|f| f.different).fold(0, u64::saturating_add);
            let accepted = cx.decision.map(|d| d.loss_accepted_by.to_string()).unwrap_or_default();
            conditions.push(Condition {
                holds: Some(lost == 0 || !accepted.is_empty()),
                text: match (lost, accepted.is_empty()) {
                    (0, _) => "No value of the destination would be lost".into(),
                    (n, true) => format!(
                        "{} values of the destination would be replaced, and nobody has accepted that",
                        number(n)
                    ),
                    (n, false) => {
                        format!("{} values of the destination would be replaced, accepted by {accepted}", number(n))
                    }
                },
                href: cx.run_href("/differences?class=different"),
            });
        }
    }
    let backed_up = cx.decision.is_some_and(|d| !d.backup.is_empty());
    let words = if backed_up {
        "There is a way back"
    } else {
        "There is no way back yet: say below how to restore what was overwritten"
    };
    conditions.push(Condition { holds: Some(backed_up), text: words.into(), href: None });
    conditions
}

/// Whether one identifier is stored on both sides.
fn identified(cx: &Looked<'_>) -> Condition {
    let plan = &cx.access.plan;
    let stores = |identifier: &Identifier, instance: ItemId| {
        let by_part = |part: &ItemId| plan.get::<Occurrence>(*part).is_some_and(|o| o.instance == Some(instance));
        identifier.stored_in.contains(&instance) || identifier.parts.iter().any(by_part)
    };
    let sides: Vec<ItemId> = [cx.source(), cx.destination()].into_iter().flatten().collect();
    let mut all = plan.each::<Identifier>().filter(|i| i.object == Some(cx.object));
    let found = all.find(|i| !sides.is_empty() && sides.iter().all(|side| stores(i.entity, *side)));
    let href = match found {
        Some(identifier) => Some(activity::href(cx.access, identifier.item)),
        None => Some(format!("/p/{}/items/identifier/new?object={}", plan.key, cx.object)),
    };
    Condition {
        holds: Some(found.is_some()),
        text: match found {
            Some(identifier) => format!("A unique identifier links the records: {}", identifier.name),
            None => "No identifier is recorded that both sides store".into(),
        },
        href,
    }
}

fn clean_up(cx: &Looked<'_>) -> Vec<Condition> {
    let mut conditions = Vec::new();
    match cx.measured {
        None => conditions.push(cx.unmeasured("How much there is to clean")),
        Some(m) => {
            let records = m.totals.records.matched.saturating_sub(m.totals.in_sync);
            let minutes = records.saturating_mul(SECONDS_EACH).div_ceil(60);
            let time = if minutes < 90 {
                format!("{minutes} minutes")
            } else {
                format!("{} hours", number(minutes.div_ceil(60)))
            };
            conditions.push(Condition {
                holds: None,
                text: format!("{} records differ somewhere: about {time} at 2½ minutes each", number(records)),
                href: cx.run_href("/differences?class=different"),
            });
            let alone = m.totals.records.only_left.saturating_add(m.totals.records.only_right);
            conditions.push(Condition {
                holds: Some(alone == 0),
                text: format!("{} records are on one side only and have to be created or removed", number(alone)),
                href: cx.run_href("/differences?class=only_left"),
            });
        }
    }
    let (due, go_live) = (cx.decision.and_then(|d| d.due), cx.access.plan.go_live());
    conditions.push(match (due, go_live) {
        (Some(due), Some(live)) => {
            let (by, from) = (rules::in_words(due), rules::in_words(live));
            Condition { holds: Some(due < live), text: format!("It is done by {by}, go-live is {from}"), href: None }
        }
        (None, _) => Condition { holds: Some(false), text: "No date is set by which it is done".into(), href: None },
        (Some(due), None) => Condition {
            holds: None,
            text: format!("It is done by {}; go-live has no date yet", rules::in_words(due)),
            href: None,
        },
    });
    conditions
}

fn accept(cx: &Looked<'_>) -> Vec<Condition> {
    let mut conditions = Vec::new();
    match cx.measured {
        None => conditions.push(cx.unmeasured("How many exceptions to expect")),
        Some(m) => {
            let records = m.totals.records.matched.saturating_sub(m.totals.in_sync);
            conditions.push(Condition {
                holds: None,
                text: format!(
                    "{} of {} records will stay different and can come back as exceptions",
                    number(records),
                    number(m.totals.records.matched)
                ),
                href: cx.run_href("/differences?class=different"),
            });
            let twice = m.totals.left.duplicate_keys.saturating_add(m.totals.right.duplicate_keys);
            conditions.push(Condition {
                holds: Some(twice == 0),
                text: format!("{} keys occur more than once and stay so", number(twice)),
                href: cx.run_href("/differences?class=duplicate_right"),
            });
        }
    }
    let all = consequences_of_accept();
    let owned = all
        .iter()
        .filter(|d| {
            cx.obligations
                .iter()
                .any(|o| o.kind == Some(d.kind) && (!o.owner.is_empty() || o.state == Some(ObligationState::Waived)))
        })
        .count();
    conditions.push(Condition {
        holds: Some(owned == all.len()),
        text: format!("{owned} of the {} obligations that follow have an owner", all.len()),
        href: None,
    });
    conditions
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
