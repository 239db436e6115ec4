//! Who may hear of what happened: asked when a page begins to follow a plan, and again for each event,
//! so that nobody hears of a plan a moment longer than they may see it.

use crate::{Caller, Error, Event, Workbench};
use domain::{DocumentId, PlanRole};

impl Workbench {
    /// Number of the newest event about a plan or its workspace, when the caller may follow it now.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn may_follow(&self, caller: &Caller, key: &str) -> Result<u64, Error> {
        self.role(caller, key, PlanRole::Viewer).await.map(|(plan, _)| self.heard(plan.document))
    }

    /// Number of the newest event about a document or the workspace.
    pub(crate) fn heard(&self, document: DocumentId) -> u64 {
        self.events().newest(&[document, self.workspace_id()])
    }

    /// Whether an event is about this plan, or about the workspace it refers to.
    ///
    /// # Errors
    /// When the caller may not see the plan (any more).
    pub async fn concerns(&self, caller: &Caller, key: &str, event: &Event) -> Result<bool, Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Viewer).await?;
        Ok(event.document() == plan.document || event.document() == self.workspace_id())
    }
}
