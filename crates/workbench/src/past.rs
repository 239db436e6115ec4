//! What the draft is compared with first: the plan as the reader last approved a part of it, else the last signed
//! version. What was approved is not kept; what the audit trail recorded since is undone, and the result is believed
//! only when that part has the very hash that was approved.

use crate::{
    Access, Error, Workbench,
    editing::recorded_inverse,
    review::{is_of, snapshot_contents},
};
use domain::{Approval, Document, DocumentId, Evidence, Plan, Slot, Stamp};
use std::collections::BTreeMap;
use store::AuditLine;

/// Lines of the trail read at once.
const PAGE: i64 = 500;
/// Most lines of one trail that are undone.
const LINES: usize = 1000;

/// A plan to compare with.
pub(crate) struct Base {
    /// Its name in addresses: `approval`, or `v1`, `v2`, …
    pub name: String,
    /// The same for people, as it reads after "since".
    pub words: String,
    /// The plan.
    pub plan: Plan,
    /// What its runs, files and connections are called.
    pub evidence: Evidence,
}

impl Workbench {
    /// What the caller compares with unless they choose; `None` before anything was approved by them or signed.
    pub(crate) async fn base(&self, access: &Access, approvals: &[Approval]) -> Result<Option<Base>, Error> {
        if let Some(approved) = self.as_approved(access, approvals).await? {
            return Ok(Some(approved));
        }
        let document = access.plan.document.id;
        let Some(info) = self.latest(document).await? else { return Ok(None) };
        let snapshot = self.store().load_snapshot(document, info.version).await?;
        let (plan, evidence) = snapshot_contents(&snapshot.canonical)?;
        let name = format!("v{}", info.version);
        Ok(Some(Base { words: name.clone(), name, plan, evidence }))
    }

    /// The plan as the caller last approved all of their parts. `None` when they approved none, when too much happened
    /// since, or when what is left after undoing it is not what they approved.
    pub(crate) async fn as_approved(&self, access: &Access, approvals: &[Approval]) -> Result<Option<Base>, Error> {
        let Some(approval) = last_of(access, approvals) else { return Ok(None) };
        let (own, shared) = (&access.plan.document, &access.plan.workspace);
        let Some(own_lines) = self.lines_since(own.id, |line| is_of(line, approval)).await? else { return Ok(None) };
        let shared_lines = self.lines_since(shared.id, |line| line.entry.at <= approval.at).await?;
        let Some(shared_lines) = shared_lines else { return Ok(None) };
        let stamp = Stamp { by: None, at: approval.at };
        let (document, workspace) = (undone(own, &own_lines, stamp), undone(shared, &shared_lines, stamp));
        let (Some(document), Some(workspace)) = (document, workspace) else { return Ok(None) };
        let plan = Plan {
            key: access.plan.key.clone(),
            state: access.plan.state,
            version: access.plan.version,
            created_at: access.plan.created_at,
            document,
            workspace,
        };
        let hash = approval.slot.slice().and_then(|slice| rules::slice_hashes(&plan).remove(slice.code()));
        Ok((hash.as_ref() == Some(&approval.hash)).then(|| Base {
            name: "approval".into(),
            words: format!("your approval of {}", approval.at.strftime("%-d %b %Y, %H:%M UTC")),
            plan,
            evidence: (*access.evidence).clone(),
        }))
    }

    /// What was recorded of a document since the newest line that is `reached`, the newest first; `None` when that is
    /// more than is undone.
    async fn lines_since(
        &self,
        document: DocumentId,
        reached: impl Fn(&AuditLine) -> bool,
    ) -> Result<Option<Vec<AuditLine>>, Error> {
        let mut lines: Vec<AuditLine> = Vec::new();
        while lines.len() < LINES {
            let before = lines.last().map(|line| line.seq);
            let page = self.store().list_edits(document, before, PAGE).await?;
            if page.is_empty() {
                return Ok(Some(lines));
            }
            for line in page {
                if reached(&line) {
                    return Ok(Some(lines));
                }
                lines.push(line);
            }
        }
        Ok(None)
    }
}

/// The caller's approval since which nothing of their parts can have escaped them: the earliest of the last ones they
/// gave in each slot; `None` where they fill one in which they never approved.
fn last_of<'a>(access: &Access, approvals: &'a [Approval]) -> Option<&'a Approval> {
    let user = access.caller.user_id()?;
    // They are listed oldest first, so that the last one of each slot stays.
    let own = approvals.iter().filter(|a| a.user == user);
    let last: BTreeMap<Slot, &Approval> = own.map(|approval| (approval.slot, approval)).collect();
    let mut filled = access.evidence.slots.iter().filter(|s| s.user == user && s.slot.slice().is_some());
    if filled.any(|filled| !last.contains_key(&filled.slot)) {
        return None;
    }
    last.into_values().min_by_key(|a| (a.at, a.id))
}

/// A document without what these lines, the newest first, recorded; `None` where they do not fit it.
fn undone(document: &Document, lines: &[AuditLine], stamp: Stamp) -> Option<Document> {
    let mut past = document.clone();
    for line in lines {
        let Some(item) = line.entry.item else { continue };
        if !matches!(line.entry.verb.as_str(), "added" | "changed" | "removed" | "restored") {
            continue;
        }
        let change = recorded_inverse(item, &line.entry).ok()?;
        let before = domain::apply(&past, &change, stamp).ok()?;
        past.items.insert(item, before);
    }
    Some(past)
}
