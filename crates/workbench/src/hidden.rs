//! Whose eyes see values of protected data points: personal, confidential or restricted ones (docs/decisions/0013).
//! What lists and headings would spell out is hidden from everybody; of records those who edit the plan see all.
//!
//! A column is hidden when it is a field of a protected point in the installation on its side, when it is compared
//! as such a point, or when it is matched or compared with a hidden column, by the check as it is or by the run as it
//! was. It is judged when something is shown, so that a later classification counts. What was removed from the plan
//! counts like what is there: what a run read stays what it was.

use crate::{Access, Workbench};
use domain::{
    ConnectionId, ItemId, Kinded, Plan, PlanRole, Run,
    entity::{Check, DataPoint, Occurrence},
};
use reconcile::{Mask, Side, Slice, Spec, masked, plain_name};
use std::collections::BTreeSet;

/// Columns of both sides of a check whose values are hidden, however their names are written.
#[derive(Default)]
pub(crate) struct Hidden {
    left: BTreeSet<String>,
    right: BTreeSet<String>,
    /// What the run matched and compared is not known any more: any column may have met a hidden one.
    unsure: bool,
}

impl Workbench {
    /// The columns of what a run read whose values are hidden, from everybody. What it matched and compared is asked of
    /// its own file where the check is another by now.
    pub(crate) async fn hidden(&self, access: &Access, run: &Run) -> Hidden {
        let check: Option<&Check> = ever(&access.plan, Some(run.check));
        if check.is_some_and(|check| rules::spec_hash(check) == run.spec_hash) {
            return Hidden::found(access, run.check, Some(run), None);
        }
        let spec = self.compared_by(run).await;
        let hidden = Hidden::found(access, run.check, Some(run), spec.as_ref());
        Hidden { unsure: spec.is_none(), ..hidden }
    }
}

impl Hidden {
    /// Those of a check of which a run was that nobody knows any more.
    pub(crate) fn of_any_run(access: &Access, check: ItemId) -> Self {
        Self { unsure: true, ..Self::found(access, check, None, None) }
    }

    /// What of it is hidden from who asks: nothing from those who edit the plan.
    pub(crate) fn for_caller(self, access: &Access) -> Self {
        if access.role >= PlanRole::Editor { Self::default() } else { self }
    }

    fn found(access: &Access, check: ItemId, run: Option<&Run>, spec: Option<&Spec>) -> Self {
        let plan = &access.plan;
        let check = ever::<Check>(plan, Some(check)).cloned().unwrap_or_default();
        let protected = |point| ever::<DataPoint>(plan, point).is_some_and(DataPoint::protected);
        // Which installation a side was is known while the check is what it was.
        let same = run.is_some_and(|run| run.spec_hash == rules::spec_hash(&check));
        let place = |instance: Option<ItemId>, connection: Option<ConnectionId>| {
            let mut known = access.evidence.connections.iter().filter(|c| Some(c.id) == connection);
            instance.or_else(|| known.find_map(|c| c.instance)).filter(|_| same)
        };
        let fields = |place: Option<ItemId>| {
            let all = plan.document.items.values().filter_map(|item| Occurrence::of(&item.entity));
            let here = all.filter(|o| (place.is_none() || o.instance == place) && protected(o.data_point));
            here.map(|o| plain_name(&o.field_name)).collect()
        };
        let mut hidden = Self {
            left: fields(place(check.left_instance, check.left)),
            right: fields(place(check.right_instance, check.right)),
            unsure: false,
        };
        let keys = check.key.iter().map(|pair| (&*pair.left, &*pair.right, false));
        let compared = check.compare.iter().map(|pair| (&*pair.left, &*pair.right, protected(pair.data_point)));
        let counted = run.and_then(|run| run.totals.as_ref()).into_iter().flat_map(|totals| &totals.fields);
        let counted = counted.map(|field| (&*field.left, &*field.right, protected(field.data_point)));
        let matched = spec.into_iter().flat_map(|spec| &spec.key).map(|(left, right)| (&**left, &**right, false));
        let judged = spec.into_iter().flat_map(|spec| &spec.compare).map(|pair| (&*pair.left, &*pair.right, false));
        hidden.spread(&keys.chain(compared).chain(counted).chain(matched).chain(judged).collect::<Vec<_>>());
        hidden
    }

    /// What one side of a pair hides the other would tell.
    fn spread(&mut self, pairs: &[(&str, &str, bool)]) {
        loop {
            let before = self.left.len() + self.right.len();
            for (left, right, protected) in pairs {
                if *protected || self.pair(left, right) {
                    self.left.insert(plain_name(left));
                    self.right.insert(plain_name(right));
                }
            }
            if self.left.len() + self.right.len() == before {
                return;
            }
        }
    }

    /// Whether nothing is hidden.
    pub(crate) fn is_nothing(&self) -> bool {
        self.left.is_empty() && self.right.is_empty()
    }

    /// Whether a column of one side is hidden.
    pub(crate) fn column(&self, side: Side, name: &str) -> bool {
        let names = match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        };
        names.contains(&plain_name(name))
    }

    /// Whether one of two columns that are matched or compared is hidden.
    pub(crate) fn pair(&self, left: &str, right: &str) -> bool {
        self.column(Side::Left, left) || self.column(Side::Right, right)
    }

    /// Whether a slice would show values of a hidden column, or might.
    pub(crate) fn covers(&self, slice: &Slice) -> bool {
        self.column(Side::Left, slice.column()) || (self.unsure && !self.is_nothing())
    }

    /// A slice as it may be told.
    pub(crate) fn told(&self, slice: Slice) -> Slice {
        match slice {
            slice if !self.covers(&slice) => slice,
            Slice::Value { column, value } => Slice::Value { column, value: value.as_deref().map(masked) },
            Slice::Prefix { column, prefix } => Slice::Prefix { column, prefix: masked(&prefix) },
            Slice::Year { column, year } => Slice::Year { column, year: masked(&year) },
        }
    }

    /// The same for the files of a run, by the places of its key and of what it compared.
    pub(crate) fn mask(&self, spec: &Spec) -> Mask {
        Mask {
            keys: spec.key.iter().map(|(left, right)| self.pair(left, right)).collect(),
            fields: spec.compare.iter().map(|pair| self.pair(&pair.left, &pair.right)).collect(),
        }
    }
}

/// What an item says, also one that was removed.
fn ever<T: Kinded>(plan: &Plan, id: Option<ItemId>) -> Option<&T> {
    let id = id?;
    let item = plan.document.items.get(&id).or_else(|| plan.workspace.items.get(&id))?;
    T::of(&item.entity)
}
