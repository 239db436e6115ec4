//! One data point beside the grid and on its own page: what is right, where it lives, who comes next.

use super::{data_rows, grouped, shown};
use crate::{Access, Caller, Error, Workbench, activity::href};
use domain::{
    Kind, PlanRole, Row,
    entity::{BusinessObject, DataPoint, Instance, Occurrence, Scope, Truth, TruthState},
};
use views::data::{PlaceLine, PointView, TruthCell, TruthLine};

impl Workbench {
    /// One data point, by key or id, with its neighbours in the grid filtered as for
    /// [`Workbench::data_page`]. Nothing when there is no such point.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn data_point(
        &self,
        caller: &Caller,
        key: &str,
        reference: &str,
        filter: &str,
        text: &str,
    ) -> Result<Option<PointView>, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let Some(item) = access.find(reference).filter(|i| i.kind() == Kind::DataPoint) else { return Ok(None) };
        let comments = self.store().list_comments(access.plan.document.id, Some(item.id)).await?.len() as u64;
        let Some(point) = access.plan.get::<DataPoint>(item.id) else { return Ok(None) };
        Ok(Some(point_view(&access, point, comments, &order(&access, filter, text))))
    }
}

/// Keys of the points in the order of the grid.
fn order(access: &Access, filter: &str, text: &str) -> Vec<String> {
    let rows = shown(data_rows(access), filter, text);
    grouped(access, rows, false).into_iter().flat_map(|group| group.rows).map(|row| row.key).collect()
}

fn point_view(access: &Access, point: Row<'_, DataPoint>, comments: u64, order: &[String]) -> PointView {
    let plan = &access.plan;
    let id = point.id();
    let at = order.iter().position(|key| *key == point.key());
    let neighbour = |step: isize| at.and_then(|at| at.checked_add_signed(step)).and_then(|n| order.get(n)).cloned();
    let open: Vec<_> = rules::conflicts(plan).into_iter().filter(|c| c.point == id && c.open()).collect();
    let truths = plan.each::<Truth>().filter(|t| t.data_point == Some(id));
    PointView {
        id,
        key: point.key(),
        name: point.name.to_string(),
        definition: point.definition.to_string(),
        object: plan.find::<BusinessObject>(point.object).map(|o| o.name.to_string()).unwrap_or_default(),
        out_of_scope: point.out_of_scope,
        truths: truths.map(|t| truth_line(access, t, open.iter().any(|c| c.members.contains(&t.id())))).collect(),
        conflicts: open.iter().map(|c| c.kind.label().to_owned()).collect(),
        places: plan.each::<Occurrence>().filter(|o| o.data_point == Some(id)).map(|o| place_line(access, o)).collect(),
        comments,
        position: (at.map_or(0, |n| n + 1), order.len()),
        previous: neighbour(-1),
        next: neighbour(1),
        may_edit: access.may_edit(),
    }
}

fn truth_line(access: &Access, truth: Row<'_, Truth>, contradicted: bool) -> TruthLine {
    let plan = &access.plan;
    let place = plan.find::<Occurrence>(truth.occurrence);
    TruthLine {
        href: href(access, truth.item),
        state: match truth.state {
            _ if contradicted => TruthCell::Conflict,
            Some(TruthState::Agreed) => TruthCell::Truth,
            _ => TruthCell::Proposed,
        },
        instance: place.and_then(|o| plan.find::<Instance>(o.instance)).map(|i| i.name.to_string()).unwrap_or_default(),
        field: place.map(|o| format!("{}.{}", o.object_name, o.field_name)).unwrap_or_default(),
        scope: plan.find::<Scope>(truth.scope).map_or_else(|| "all records".into(), |s| s.name.to_string()),
        agreed_by: truth.agreed_by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

fn place_line(access: &Access, place: Row<'_, Occurrence>) -> PlaceLine {
    PlaceLine {
        href: href(access, place.item),
        instance: access.plan.find::<Instance>(place.instance).map(|i| i.name.to_string()).unwrap_or_default(),
        field: format!("{}.{}", place.object_name, place.field_name),
        physical: match place.max_length {
            Some(length) if !place.physical_type.is_empty() => format!("{} {length}", place.physical_type),
            _ => place.physical_type.to_string(),
        },
    }
}
