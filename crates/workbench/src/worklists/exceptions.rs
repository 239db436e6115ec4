//! Signed exceptions: what the newest signed version of the plan says is left as it is. The other way to close a
//! work-list than a run.

use super::closed_is_closed;
use crate::{Access, Caller, Error, Workbench, review::snapshot_contents};
use domain::{
    Evidence, ItemId, Plan, PlanRole, SignedException, WorklistState,
    entity::{Check, HistoryChoice, HistoryDecision, Obligation, SyncClaim},
};
use serde_json::json;
use std::collections::BTreeSet;
use views::worklists::ExceptionChoice;

/// Exceptions to choose from.
const SHOWN: usize = 100;
/// Waivers of these rules speak about differing data.
const RULES: [&str; 2] = ["SYN-", "CLN-"];

/// An exception with the version it is signed in.
pub(super) struct Exception {
    pub(super) choice: ExceptionChoice,
    version: i64,
}

impl Workbench {
    /// Closes an open work-list because something signed covers its records.
    ///
    /// # Errors
    /// When the caller may not edit, the work-list is closed, or what is named is not part of the newest signed
    /// version.
    pub async fn except_worklist(&self, caller: &Caller, key: &str, number: i64, exception: &str) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let worklist = self.worklist_numbered(&access, number).await?;
        if worklist.state == WorklistState::Closed {
            return Err(Error::Conflict("this work-list is closed already".into()));
        }
        let signed = self.exceptions(&access, worklist.check).await?;
        let found = signed.into_iter().find(|signed| signed.choice.value == exception).ok_or_else(|| {
            let words = "is not part of the newest signed version; have it decided and signed first";
            Error::invalid("exception", words)
        })?;
        let exception = SignedException { words: found.choice.words, version: found.version };
        let after = json!({ "number": number, "exception": exception.words, "version": exception.version });
        let audit = self.audit(caller, "closed a work-list by a signed exception", Some(worklist.check), after);
        let document = access.plan.document.id;
        closed_is_closed(self.store().except_worklist(document, number, &exception, self.now(), audit).await)?;
        self.tell_changed(&access);
        Ok(())
    }

    /// What the newest version that is signed and not withdrawn accepts of what this check compares.
    pub(super) async fn exceptions(&self, access: &Access, check: ItemId) -> Result<Vec<Exception>, Error> {
        let document = access.plan.document.id;
        let versions = self.store().list_snapshots(document).await?;
        let newest = versions.into_iter().filter(|version| version.withdrawn.is_none()).max_by_key(|v| v.version);
        let Some(newest) = newest else { return Ok(Vec::new()) };
        let snapshot = self.store().load_snapshot(document, newest.version).await?;
        let (plan, evidence) = snapshot_contents(&snapshot.canonical)?;
        let choices = choices(&plan, &evidence, check, access.today).into_iter();
        Ok(choices.take(SHOWN).map(|choice| Exception { choice, version: newest.version }).collect())
    }
}

/// Accepted decisions about the object of the check with what follows from them, and waivers of findings about the
/// check, its object, its data points or what is claimed of them. Nothing of other objects excuses its records.
fn choices(plan: &Plan, evidence: &Evidence, check: ItemId, today: domain::Date) -> Vec<ExceptionChoice> {
    let Some(row) = plan.get::<Check>(check) else { return Vec::new() };
    let object = row.object;
    let accepted = |d: &HistoryDecision| {
        let accepts = d.choice == Some(HistoryChoice::Accept) && rules::is_taken(d);
        accepts && object.is_some() && d.object == object
    };
    let decisions = plan.each::<HistoryDecision>().filter(|d| accepted(d.entity)).map(|d| {
        let object = d.object.map(|object| plan.title(object)).unwrap_or_default();
        ExceptionChoice {
            value: d.id().to_string(),
            words: format!("the decision {} to accept the history of {object} as it is", d.key()),
        }
    });
    let follows = |o: &Obligation| plan.find::<HistoryDecision>(o.origin).is_some_and(|d| accepted(d.entity));
    let obligations = plan.each::<Obligation>().filter(|o| follows(o.entity)).map(|o| ExceptionChoice {
        value: o.id().to_string(),
        words: format!("the obligation {} {}", o.item.key(), o.item.title()),
    });
    let points: BTreeSet<ItemId> = row.compare.iter().filter_map(|pair| pair.data_point).collect();
    let claims = plan.each::<SyncClaim>().filter(|c| c.data_point.is_some_and(|point| points.contains(&point)));
    let of_object = plan.each::<HistoryDecision>().filter(|d| object.is_some() && d.object == object);
    let claims: Vec<ItemId> = claims.map(|c| c.id()).chain(of_object.map(|d| d.id())).collect();
    let concerned: BTreeSet<ItemId> = points.into_iter().chain(claims).chain(object).chain([check]).collect();
    let about: BTreeSet<(String, String)> = rules::lint(plan, evidence, &rules::Profile::recommended(), today)
        .into_iter()
        .filter(|f| f.waived.is_some() && f.subject.is_some_and(|subject| concerned.contains(&subject)))
        .filter(|f| RULES.iter().any(|rule| f.rule.starts_with(rule)))
        .map(|f| (f.rule, f.fingerprint))
        .collect();
    let waivers = evidence.waivers.iter().filter(|w| about.contains(&(w.rule.clone(), w.fingerprint.clone())));
    let waivers = waivers.map(|w| ExceptionChoice {
        value: format!("{} {}", w.rule, w.fingerprint),
        words: format!("the waiver of {} ({})", w.rule, w.reason),
    });
    decisions.chain(obligations).chain(waivers).collect()
}
