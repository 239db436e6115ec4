//! Settling a conflict of truth in one step: the resolution, and what follows from it for the truths.
//! Either all of it is kept or nothing, so that no decision stands beside truths that contradict it.

use crate::{Access, Caller, Error, Workbench};
use domain::{
    Change, Choices, Date, ItemId, Kind, Line, Patch, PlanRole, Row,
    entity::{DataPoint, ResolutionKind, Scope, Truth, TruthState},
    form_key,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What the form about a conflict sends.
#[derive(Debug, Clone, Default)]
pub struct Settlement {
    /// Truths in conflict as the form showed them, with commas between.
    pub members: String,
    /// Way out: code of a [`ResolutionKind`].
    pub kind: String,
    /// Truth that is right, or comes first.
    pub winner: String,
    /// Scope by truth (its [`form_key`]), where the population is split.
    pub scopes: BTreeMap<String, String>,
    /// Why.
    pub rationale: String,
    /// Who decided.
    pub decided_by: String,
}

impl Workbench {
    /// Settles a conflict: writes the resolution and puts the losers away, sets the scopes, or takes
    /// the point out of scope.
    ///
    /// # Errors
    /// When the caller may not edit, a field is missing, or the conflict is another one by now.
    pub async fn settle_conflict(&self, caller: &Caller, key: &str, form: Settlement) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let changes = changes(&access, &form, access.today)?;
        self.edit(caller, key, changes).await.map(|_| ())
    }
}

fn changes(access: &Access, form: &Settlement, today: Date) -> Result<Vec<Change>, Error> {
    let plan = &access.plan;
    let moved_on = || Error::Conflict("these truths are not in conflict any more; load the page again".into());
    let members: BTreeSet<ItemId> = form.members.split(',').filter_map(|id| id.parse().ok()).collect();
    let same = |c: &rules::Conflict| c.open() && c.members.iter().copied().collect::<BTreeSet<_>>() == members;
    let conflict = rules::conflicts(plan).into_iter().find(|c| c.members.len() > 1 && same(c)).ok_or_else(moved_on)?;
    let point = conflict.point;
    let truths: Vec<Row<'_, Truth>> = conflict.members.iter().filter_map(|id| plan.get::<Truth>(*id)).collect();
    let kind: ResolutionKind =
        serde_json::from_value(json!(form.kind)).map_err(|_| Error::invalid("kind", "is needed"))?;
    for (name, text) in [("rationale", &form.rationale), ("decided_by", &form.decided_by)] {
        if text.trim().is_empty() {
            return Err(Error::invalid(name, "is needed"));
        }
    }
    let decided_by = Line::new(&form.decided_by).map_err(|e| Error::invalid("decided_by", e))?;
    let mut changes: Vec<Change> = match kind {
        ResolutionKind::Single => {
            let winner = winner(&truths, form)?;
            let losers = truths.iter().filter(|t| t.id() != winner.id());
            let away = losers.map(|t| Change::Archive { item: t.id() }).collect::<Vec<_>>();
            [agreed(winner, &decided_by, today)].into_iter().flatten().chain(away).collect()
        }
        ResolutionKind::SplitPopulation | ResolutionKind::SplitLifecycle => split(access, &truths, form)?,
        ResolutionKind::Precedence => {
            winner(&truths, form)?;
            Vec::new()
        }
        ResolutionKind::Consolidate => Vec::new(),
        ResolutionKind::Descope => descope(access, point, &form.rationale)?,
    };
    changes.insert(0, resolution(access, point, kind, &truths, form, today));
    Ok(changes)
}

fn winner<'a, 'p>(truths: &'a [Row<'p, Truth>], form: &Settlement) -> Result<&'a Row<'p, Truth>, Error> {
    let chosen = truths.iter().find(|t| t.id().to_string() == form.winner);
    chosen.ok_or_else(|| Error::invalid("winner", "is needed: choose the copy that is right"))
}

fn resolution(
    access: &Access,
    point: ItemId,
    kind: ResolutionKind,
    truths: &[Row<'_, Truth>],
    form: &Settlement,
    today: Date,
) -> Change {
    let mut fields = Map::new();
    fields.insert("data_point".into(), json!(point));
    fields.insert("kind".into(), json!(kind.code()));
    fields.insert("rationale".into(), json!(form.rationale.trim()));
    fields.insert("decided_by".into(), json!(form.decided_by.trim()));
    fields.insert("decided_on".into(), json!(today));
    if kind == ResolutionKind::Precedence {
        let mut order: Vec<_> = truths.iter().collect();
        order.sort_by_key(|t| t.id().to_string() != form.winner);
        let places = order.iter().filter_map(|t| t.occurrence).map(|id| Value::String(access.plan.title(id)));
        fields.insert("precedence".into(), places.collect());
    }
    Change::Add { item: ItemId(Uuid::now_v7()), kind: Kind::Resolution, fields }
}

/// The winner is agreed by whoever decided, unless it is agreed already.
fn agreed(truth: &Row<'_, Truth>, by: &Line, today: Date) -> Option<Change> {
    if truth.state == Some(TruthState::Agreed) && !truth.agreed_by.is_empty() {
        return None;
    }
    let patch = |field: &str, after: Value| Patch {
        before: truth.item.entity.body()[field].clone(),
        field: field.into(),
        after,
    };
    let mut patches = vec![patch("state", json!(TruthState::Agreed.code()))];
    if truth.agreed_by.is_empty() {
        patches.push(patch("agreed_by", json!([by])));
        patches.push(patch("agreed_on", json!(today)));
    }
    Some(Change::Set { item: truth.id(), patches })
}

fn split(access: &Access, truths: &[Row<'_, Truth>], form: &Settlement) -> Result<Vec<Change>, Error> {
    let mut taken = BTreeSet::new();
    let mut changes = Vec::new();
    for truth in truths {
        let chosen = form.scopes.get(&form_key(truth.id())).and_then(|id| id.parse::<ItemId>().ok());
        let scope = chosen.filter(|id| access.plan.get::<Scope>(*id).is_some());
        let scope = scope.ok_or_else(|| Error::invalid("scopes", "are needed: one for each candidate"))?;
        if !taken.insert(scope) {
            return Err(Error::invalid("scopes", "must differ: each candidate is right for other records"));
        }
        let patch = Patch { field: "scope".into(), before: json!(truth.scope), after: json!(scope) };
        if truth.scope != Some(scope) {
            changes.push(Change::Set { item: truth.id(), patches: vec![patch] });
        }
    }
    Ok(changes)
}

fn descope(access: &Access, point: ItemId, rationale: &str) -> Result<Vec<Change>, Error> {
    let row = access.plan.get::<DataPoint>(point).ok_or(Error::NotFound("data point"))?;
    let why: String = rationale.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(Line::MAX).collect();
    let patches = vec![
        Patch { field: "out_of_scope".into(), before: json!(row.out_of_scope), after: json!(true) },
        Patch { field: "scope_reason".into(), before: json!(row.scope_reason), after: json!(why) },
    ];
    Ok(vec![Change::Set { item: point, patches }])
}
