//! Signed exceptions: what the newest signed version of the plan says is left as it is. The other way to close a
//! work-list than a run.

use super::{check_of, closed_is_closed};
use crate::{Access, Caller, Error, Workbench, review::snapshot_contents};
use domain::{
    Evidence, Item, Plan, PlanRole, SignedException, WorklistState,
    entity::{Check, DecisionState, HistoryChoice, HistoryDecision, Obligation},
};
use serde_json::json;
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
        let signed = self.exceptions(&access, &check_of(&access, worklist.check)).await?;
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

    /// What the newest version that is signed and not withdrawn accepts for the object of a check.
    pub(super) async fn exceptions(&self, access: &Access, check: &Check) -> Result<Vec<Exception>, Error> {
        let document = access.plan.document.id;
        let versions = self.store().list_snapshots(document).await?;
        let newest = versions.into_iter().filter(|version| version.withdrawn.is_none()).max_by_key(|v| v.version);
        let Some(newest) = newest else { return Ok(Vec::new()) };
        let snapshot = self.store().load_snapshot(document, newest.version).await?;
        let (plan, evidence) = snapshot_contents(&snapshot.canonical)?;
        let choices = choices(&plan, &evidence, check, access.today);
        Ok(choices.take(SHOWN).map(|choice| Exception { choice, version: newest.version }).collect())
    }
}

fn choices<'a>(
    plan: &'a Plan,
    evidence: &'a Evidence,
    check: &'a Check,
    today: domain::Date,
) -> impl Iterator<Item = ExceptionChoice> + 'a {
    let accepted = move |d: &HistoryDecision| {
        let decided = matches!(d.state, Some(DecisionState::Decided | DecisionState::Done));
        let same = check.object.is_none() || d.object == check.object;
        d.choice == Some(HistoryChoice::Accept) && decided && same
    };
    let decisions = plan.each::<HistoryDecision>().filter(move |d| accepted(d.entity));
    let follows = move |o: &Obligation| plan.find::<HistoryDecision>(o.origin).is_some_and(|d| accepted(d.entity));
    let obligations = plan.each::<Obligation>().filter(move |o| follows(o.entity));
    let of_item = |item: &Item, what: &str| ExceptionChoice {
        value: item.id.to_string(),
        words: format!("the {what} {} {}", item.key(), item.title()),
    };
    let decisions = decisions.map(move |d| {
        let object = d.object.map(|object| plan.title(object)).unwrap_or_default();
        ExceptionChoice {
            value: d.id().to_string(),
            words: format!("the decision {} to accept the history of {object} as it is", d.key()),
        }
    });
    let obligations = obligations.map(move |o| of_item(o.item, "obligation"));
    let holds = move |w: &&domain::Waiver| {
        RULES.iter().any(|rule| w.rule.starts_with(rule)) && w.expires.is_none_or(|day| day >= today)
    };
    let waivers = evidence.waivers.iter().filter(holds).map(|w| ExceptionChoice {
        value: format!("{} {}", w.rule, w.fingerprint),
        words: format!("the waiver of {} ({})", w.rule, w.reason),
    });
    decisions.chain(obligations).chain(waivers)
}
