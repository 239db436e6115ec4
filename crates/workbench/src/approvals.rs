//! Which approvals can count, and what of that is the approver's own work. An approval holds as long as the hash of its
//! slice is the one it was given for, also in later rounds and versions; there is nothing to reset.

use crate::{Error, Workbench};
use domain::{Approval, Evidence, Item, ItemId, Plan, PlanState, Slice};
use std::collections::BTreeSet;

impl Workbench {
    /// Who approved, and what of it is their own work.
    ///
    /// What an approval answers for was there when it was given, byte for byte, or it would not hold. So somebody's own
    /// work in it is what they changed before, since the version then before was signed. What they changed later was
    /// changed back, or is not in that slice.
    pub(crate) async fn add_approvals(&self, plan: &Plan, evidence: &mut Evidence) -> Result<(), Error> {
        if plan.state == PlanState::Draft {
            return Ok(());
        }
        let (store, id) = (self.store(), plan.document.id);
        evidence.approvals = store.list_approvals(id).await?;
        let holding = holding(evidence);
        if holding.is_empty() {
            return Ok(());
        }
        let signed = store.list_snapshots(id).await?;
        for version in holding.iter().map(|a| a.version).collect::<BTreeSet<_>>() {
            let given: Vec<_> = holding.iter().filter(|a| a.version == version).collect();
            let since = signed.iter().filter(|s| s.version < version).map(|s| s.signed_at).max();
            let Some(until) = given.iter().map(|a| a.at).max() else { continue };
            for (user, item, fields, at) in store.list_changes_of_approvers(id, since, until).await? {
                let slices = touched(plan, item, &fields);
                let own = given.iter().filter(|a| a.user == user && at <= a.at).filter_map(|a| a.slot.slice());
                evidence.authors.extend(own.filter(|slice| slices.contains(slice)).map(|slice| (user, slice)));
            }
        }
        Ok(())
    }
}

fn holding(evidence: &Evidence) -> Vec<Approval> {
    let standings = domain::standings(&evidence.approvals, &evidence.slice_hashes, &evidence.slots);
    standings.into_iter().filter(|(_, lapse)| lapse.is_none()).map(|(approval, _)| approval.clone()).collect()
}

/// The slices a recorded change belongs to. Without fields the item as a whole came or went.
fn touched(plan: &Plan, item: ItemId, fields: &[String]) -> BTreeSet<Slice> {
    let Some(kind) = plan.item(item).map(Item::kind) else { return BTreeSet::new() };
    if fields.is_empty() {
        return BTreeSet::from([kind.slice()]);
    }
    // A part of a list is recorded as `field/part`.
    let names = fields.iter().map(|path| path.split('/').next().unwrap_or(path));
    names.filter_map(|name| kind.field(name)).filter(|f| f.normative).map(|f| kind.slice_of(f)).collect()
}
