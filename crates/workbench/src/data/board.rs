//! The truth board: data point by instance, the conflicts with their candidates, the systems of record.

use super::used_instances;
use crate::{Access, Caller, Error, Workbench, activity::href, items::ref_options, plans};
use domain::{
    Choices, ItemId, Kind, PlanRole, Row,
    entity::{BusinessObject, DataPoint, Instance, Occurrence, RecordRole, Role, Scope, Truth},
};
use rules::{ConflictKind, PointTruth};
use views::data::{BoardCell, BoardRow, Candidate, ConflictCard, RecordRow, TruthCell, TruthPage};

impl Workbench {
    /// The truth board with its conflicts.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn truth_page(&self, caller: &Caller, key: &str) -> Result<TruthPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let plan = &access.plan;
        let used = used_instances(&access);
        let instances: Vec<Row<'_, Instance>> = plan.each::<Instance>().filter(|i| used.contains(&i.id())).collect();
        let truths = rules::truths(plan);
        let rows = plan
            .each::<DataPoint>()
            .filter(|p| !p.out_of_scope)
            .map(|point| BoardRow {
                id: point.id(),
                key: point.key(),
                object: plan.find::<BusinessObject>(point.object).map(|o| o.name.to_string()).unwrap_or_default(),
                name: point.name.to_string(),
                cells: instances.iter().map(|i| cell(&access, point.id(), i.id(), truths.get(&point.id()))).collect(),
            })
            .collect();
        let mut conflicts: Vec<_> = rules::conflicts(plan).into_iter().map(|c| conflict_card(&access, c)).collect();
        conflicts.sort_by_key(|c| !c.conflict.open());
        let records = plan
            .each::<BusinessObject>()
            .map(|object| RecordRow {
                key: object.key(),
                name: object.name.to_string(),
                roles: instances.iter().map(|i| role_of(&access, object.id(), i.id())).collect(),
            })
            .collect();
        Ok(TruthPage {
            head: plans::head(&access),
            instances: instances.iter().map(|i| i.name.to_string()).collect(),
            rows,
            conflicts,
            records,
            coverage: rules::truth_coverage(plan),
        })
    }
}

/// A cell leads to the truth it shows; a copy of an undecided point to the form that makes it the truth.
fn cell(access: &Access, point: ItemId, instance: ItemId, truth: Option<&PointTruth>) -> BoardCell {
    let plan = &access.plan;
    let here = plan.each::<Occurrence>().find(|o| o.data_point == Some(point) && o.instance == Some(instance));
    let named = |ids: &[ItemId]| {
        ids.iter()
            .filter_map(|id| plan.document.items.get(id))
            .find(|item| {
                let truth = plan.get::<Truth>(item.id).and_then(|t| plan.find::<Occurrence>(t.occurrence));
                truth.is_some_and(|o| o.instance == Some(instance))
            })
            .map(|item| href(access, item))
    };
    let found = match truth {
        Some(PointTruth::Agreed(ids)) => named(ids).map(|href| (TruthCell::Truth, href)),
        Some(PointTruth::Proposed(ids)) => named(ids).map(|href| (TruthCell::Proposed, href)),
        Some(PointTruth::Conflict(ids)) => named(ids).map(|href| (TruthCell::Conflict, href)),
        Some(PointTruth::Undecided) | None => None,
    };
    match (found, here) {
        (Some((state, href)), _) => BoardCell { state, href: Some(href) },
        (None, None) => BoardCell { state: TruthCell::None, href: None },
        (None, Some(place)) => {
            let open = matches!(truth, Some(PointTruth::Undecided) | None) && access.may_edit();
            let root = format!("/p/{}", plan.key);
            let decide = format!(
                "{root}/items/truth/new?data_point={point}&occurrence={}&state=proposed&back={root}/truth",
                place.id()
            );
            BoardCell { state: TruthCell::Copy, href: Some(if open { decide } else { href(access, place.item) }) }
        }
    }
}

fn conflict_card(access: &Access, conflict: rules::Conflict) -> ConflictCard {
    let plan = &access.plan;
    let candidates = conflict
        .members
        .iter()
        .filter_map(|id| plan.get::<Truth>(*id))
        .map(|truth| Candidate {
            id: truth.id(),
            key: truth.key(),
            place: truth.occurrence.map(|o| plan.title(o)).unwrap_or_default(),
            scope: plan.find::<Scope>(truth.scope).map_or_else(|| "all records".into(), |s| s.name.to_string()),
            rationale: truth.rationale.to_string(),
            agreed_by: truth.agreed_by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            at: truth.item.updated_at,
            scope_id: truth.scope,
        })
        .collect();
    let since = conflict.since.to_zoned(jiff::tz::TimeZone::UTC).date();
    let settled = conflict.resolution.and_then(|id| plan.get::<domain::entity::Resolution>(id)).map(|r| {
        let kind = r.kind.map(|k| k.label()).unwrap_or_default();
        format!("{kind}: {} ({})", r.rationale, r.decided_by)
    });
    ConflictCard {
        point: plan.title(conflict.point),
        days: i64::from((access.today - since).get_days()),
        candidates,
        settled,
        scopes: ref_options(access, Kind::Scope),
        links: ways_out(access, &conflict),
        conflict,
    }
}

/// Where a conflict about a single truth is mended: the truth itself, or the role that calls its system a copy.
fn ways_out(access: &Access, conflict: &rules::Conflict) -> Vec<(String, String)> {
    let plan = &access.plan;
    let truths = || conflict.members.iter().filter_map(|id| plan.get::<Truth>(*id));
    let truth = truths().map(|truth| ("Open the truth".to_owned(), href(access, truth.item)));
    match conflict.kind {
        ConflictKind::Duplicate | ConflictKind::Overlap => Vec::new(),
        ConflictKind::Disputed => truth.collect(),
        ConflictKind::RoleMismatch => {
            let object = plan.get::<DataPoint>(conflict.point).and_then(|p| p.object);
            let places: Vec<_> =
                truths().filter_map(|t| plan.find::<Occurrence>(t.occurrence)).filter_map(|o| o.instance).collect();
            let roles = plan
                .each::<RecordRole>()
                .filter(|r| r.object == object && r.role == Some(Role::Copy))
                .filter(|r| r.instance.is_some_and(|i| places.contains(&i)))
                .map(|r| ("Open the record role".to_owned(), href(access, r.item)));
            roles.chain(truth).collect()
        }
    }
}

fn role_of(access: &Access, object: ItemId, instance: ItemId) -> String {
    let plan = &access.plan;
    let roles = plan.each::<RecordRole>().filter(|r| r.object == Some(object) && r.instance == Some(instance));
    let words: Vec<String> = roles
        .map(|r| {
            let role = r.role.map(|role| role.label().to_lowercase()).unwrap_or_default();
            match plan.find::<Scope>(r.scope) {
                Some(scope) => format!("{role} ({})", scope.name),
                None => role,
            }
        })
        .collect();
    words.join(", ")
}
