//! What a run that has ended says of the open work-lists of its check. It closes those whose records it shows equal;
//! nobody closes one by hand.

use super::groups;
use crate::{Error, Workbench, dashboards::parsed_slice, own_task::blocking};
use domain::{DocumentId, Judged, Run, RunId, Worklist, WorklistState};
use reconcile::KeySet;
use serde_json::json;
use store::{AuditEntry, StoreError};

impl Workbench {
    /// Judges the open work-lists of the check by a run of it that is done. The worker calls it; nobody else does.
    pub(crate) async fn judge_worklists(&self, document: DocumentId, run: RunId) -> Result<(), Error> {
        let run = self.store().load_run(run).await?.run;
        let all = self.store().list_worklists(document).await?;
        let concerned =
            |w: &&Worklist| w.state == WorklistState::Open && w.check == run.check && w.run_number < run.number;
        for worklist in all.iter().filter(concerned) {
            let equal = self.equal_in(document, worklist, &run).await.unwrap_or_else(|error| {
                tracing::warn!(run = %run.id, number = worklist.number, %error, "a work-list was not judged");
                None
            });
            let judged = Judged { run: run.number, equal };
            let closed_at = (equal == Some(worklist.count)).then(|| self.now());
            let verb = if closed_at.is_some() { "closed a work-list" } else { "judged a work-list" };
            let after = json!({ "number": worklist.number, "run": run.number, "equal": equal, "of": worklist.count });
            let entry = AuditEntry::new(None, verb, self.now()).item(run.check).after(after);
            match self.store().judge_worklist(document, worklist.number, judged, closed_at, entry).await {
                // Somebody closed it by an exception meanwhile.
                Err(StoreError::Conflict { .. }) => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// How many records of a work-list a run shows equal; `None` where it cannot say.
    async fn equal_in(&self, document: DocumentId, worklist: &Worklist, run: &Run) -> Result<Option<u64>, Error> {
        let Some(totals) = &run.totals else { return Ok(None) };
        let (then, now) = (self.differences_path(worklist.run).await?, self.differences_path(run.id).await?);
        let left = self.left_path(run.id).await?;
        let Ok(mut filter) = groups::filter(run, &worklist.group) else { return Ok(None) };
        let kept = now.clone();
        let comparable = blocking(move || {
            let key = |path| Ok::<_, Error>(reconcile::compared(path)?.key);
            Ok((reconcile::entries_kept(&kept)?, key(&then)? == key(&kept)?))
        });
        // Where nothing matched a side may just have been empty.
        let (entries, same_key) = comparable.await?;
        if !same_key || entries < totals.entries() || totals.records.matched == 0 {
            return Ok(None);
        }
        let field = filter.field;
        if let Some(bytes) = self.store().load_worklist_keys(document, worklist.number).await? {
            let keys = KeySet::from_bytes(&bytes);
            return blocking(move || Ok(Some(reconcile::equal_among(&left, &now, &keys, field)?))).await;
        }
        if field.is_some() && totals.records.matched < worklist.count {
            return Ok(None);
        }
        if let Some(slice) = &worklist.group.slice {
            filter.keys = Some(self.keys_of(run.id, parsed_slice(slice)?).await?);
        }
        let still = blocking(move || Ok(reconcile::matching_keys(&now, &filter, 0)?.entries)).await?;
        Ok(Some(worklist.count.saturating_sub(still)))
    }
}
