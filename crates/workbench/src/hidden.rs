//! Whose eyes see values of protected data points: personal, confidential or restricted ones (docs/decisions/0013).
//! What lists and headings would spell out is hidden from everybody; of records those who edit the plan see all.
//!
//! A column is hidden when it is a field of a protected point in the installation on its side, when it is compared
//! as such a point, or when it is matched or compared with a hidden column. It is judged when something is shown, so
//! that a later classification counts.

use crate::Access;
use domain::{
    ConnectionId, ItemId, PlanRole, Row, Run,
    entity::{Check, DataPoint, Occurrence},
};
use reconcile::{Mask, Side, Slice, Spec, masked, plain_name};
use std::collections::BTreeSet;

/// Columns of both sides of a check whose values are hidden, however their names are written.
#[derive(Default)]
pub(crate) struct Hidden {
    left: BTreeSet<String>,
    right: BTreeSet<String>,
}

impl Hidden {
    /// Those of what a run read, from everybody.
    pub(crate) fn of(access: &Access, run: &Run) -> Self {
        Self::found(access, run.check, Some(run))
    }

    /// Those of a check of which a run was that nobody knows any more.
    pub(crate) fn of_any_run(access: &Access, check: ItemId) -> Self {
        Self::found(access, check, None)
    }

    /// What of it is hidden from who asks: nothing from those who edit the plan.
    pub(crate) fn for_caller(self, access: &Access) -> Self {
        if access.role >= PlanRole::Editor { Self::default() } else { self }
    }

    fn found(access: &Access, check: ItemId, run: Option<&Run>) -> Self {
        let plan = &access.plan;
        let check = plan.get::<Check>(check).map(|row| row.entity.clone()).unwrap_or_default();
        let protected = |point| plan.find::<DataPoint>(point).is_some_and(|point| point.protected());
        // Which installation a side was is known while the check is what it was.
        let same = run.is_some_and(|run| run.spec_hash == rules::spec_hash(&check));
        let place = |instance: Option<ItemId>, connection: Option<ConnectionId>| {
            let mut known = access.evidence.connections.iter().filter(|c| Some(c.id) == connection);
            instance.or_else(|| known.find_map(|c| c.instance)).filter(|_| same)
        };
        let fields = |place: Option<ItemId>| {
            let here = |o: &Row<'_, Occurrence>| place.is_none() || o.instance == place;
            let fields = plan.each::<Occurrence>().filter(|o| here(o) && protected(o.data_point));
            fields.map(|o| plain_name(&o.field_name)).collect()
        };
        let mut hidden = Self {
            left: fields(place(check.left_instance, check.left)),
            right: fields(place(check.right_instance, check.right)),
        };
        let keys = check.key.iter().map(|pair| (&*pair.left, &*pair.right, false));
        let compared = check.compare.iter().map(|pair| (&*pair.left, &*pair.right, protected(pair.data_point)));
        let counted = run.and_then(|run| run.totals.as_ref()).into_iter().flat_map(|totals| &totals.fields);
        let counted = counted.map(|field| (&*field.left, &*field.right, protected(field.data_point)));
        hidden.spread(&keys.chain(compared).chain(counted).collect::<Vec<_>>());
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

    /// Whether a slice would show values of a hidden column.
    pub(crate) fn covers(&self, slice: &Slice) -> bool {
        self.column(Side::Left, slice.column())
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
