//! Excusing findings. A warning is an editor's to excuse; an error stands in the way of signing, so it takes who
//! answers for that part of the plan, or for the whole, and it has an end.

use crate::{Access, Caller, Error, Workbench, findings::found, review::eligible};
use domain::{Date, PlanRole, Slot, Text, Waiver, WaiverId};
use jiff::Span;
use rules::{Finding, Severity};
use serde_json::json;
use store::StoreError;
use uuid::Uuid;

/// For how many days ahead an error can be excused.
const LONGEST: i64 = 180;

impl Workbench {
    /// Accepts one finding with a reason. It comes back when the facts change. `expires` is the last day it holds; for
    /// what is no error it may be empty, which means no end.
    ///
    /// # Errors
    /// When the rule is locked, the finding is not there, it is not the caller's to excuse, the reason is missing, or
    /// an error is to be excused without an end or for too long.
    pub async fn waive(
        &self,
        caller: &Caller,
        key: &str,
        rule: &str,
        fingerprint: &str,
        reason: &str,
        expires: &str,
    ) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Reviewer).await?;
        let user = caller.user().ok_or(Error::SignedOut)?;
        still_open(&access)?;
        if rules::rule(rule).is_none_or(|r| r.locked) {
            return Err(Error::Conflict(format!("{rule} cannot be waived")));
        }
        let finding = found(&access, rule, fingerprint)?;
        excuses(&access, finding)?;
        let reason = Text::new(reason).map_err(|e| Error::invalid("reason", e))?;
        if reason.is_empty() {
            return Err(Error::invalid("reason", "is needed: say why this is acceptable"));
        }
        let waiver = Waiver {
            id: WaiverId(Uuid::now_v7()),
            rule: rule.into(),
            fingerprint: fingerprint.into(),
            message: finding.message.clone(),
            reason: reason.to_string(),
            by: user.id,
            by_name: user.name.clone(),
            at: self.now(),
            expires: last_day(&access, finding, expires)?,
        };
        let said = json!({ "rule": rule, "reason": &*reason, "until": waiver.expires });
        let audit = self.audit(caller, "waived", finding.subject, said);
        match self.store().insert_waiver(access.plan.document.id, &waiver, access.today, audit).await {
            Err(StoreError::Conflict { .. }) => {
                return Err(Error::Conflict("this finding is waived already; reload the page".into()));
            }
            other => other?,
        }
        self.tell_changed(&access);
        Ok(())
    }

    /// Takes a waiver back: any editor, and who gave it.
    ///
    /// # Errors
    /// When the caller may not, or there is no such waiver.
    pub async fn unwaive(&self, caller: &Caller, key: &str, id: &str) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Reviewer).await?;
        let waiver = access.evidence.waivers.iter().find(|w| w.id.to_string() == id);
        if !waiver.map_or(access.role >= PlanRole::Editor, |waiver| may_take_back(&access, waiver)) {
            return Err(Error::denied(PlanRole::Editor.code()));
        }
        still_open(&access)?;
        let waiver = waiver.ok_or(Error::NotFound("waiver"))?;
        let audit = self.audit(caller, "took back a waiver", None, json!({ "rule": waiver.rule }));
        self.store().revoke_waiver(access.plan.document.id, waiver.id, self.now(), audit).await?;
        self.tell_changed(&access);
        Ok(())
    }
}

/// A signed version keeps the waivers it was signed with.
pub(crate) fn still_open(access: &Access) -> Result<(), Error> {
    if access.plan.state.editable() {
        return Ok(());
    }
    Err(Error::Conflict("this version is signed with its waivers; revise it first".into()))
}

/// Whether the caller may excuse a finding now.
pub(crate) fn may_waive(access: &Access, finding: &Finding) -> Result<(), Error> {
    still_open(access)?;
    if finding.locked || finding.waived.is_some() {
        return Err(Error::Conflict(format!("{} cannot be waived", finding.rule)));
    }
    excuses(access, finding)
}

/// Whether the caller may take a waiver back, as long as the version is open.
pub(crate) fn may_take_back(access: &Access, waiver: &Waiver) -> bool {
    access.role >= PlanRole::Editor || access.caller.user_id() == Some(waiver.by)
}

/// Who is asked to excuse an open error, for the list: `the change lead or the sponsor`. Empty for what any editor may
/// excuse, and for what nobody may.
pub(crate) fn asked(finding: &Finding) -> String {
    if finding.locked || !finding.blocks() {
        return String::new();
    }
    let label = |slot: Slot| format!("the {}", slot.label().to_lowercase());
    slots(finding).into_iter().map(label).collect::<Vec<_>>().join(" or ")
}

/// The day proposed when an error is excused: go-live, as far as that can be.
pub(crate) fn proposed(access: &Access) -> Date {
    let (go_live, longest) = (access.plan.charter().go_live, longest(access));
    go_live.filter(|day| (access.today..=longest).contains(day)).unwrap_or(longest)
}

/// The latest day until which an error can be excused today.
pub(crate) fn longest(access: &Access) -> Date {
    access.today.saturating_add(Span::new().days(LONGEST))
}

/// Whether a finding is the caller's to excuse: a warning is any editor's; an error takes who answers for its part, or
/// for the whole.
fn excuses(access: &Access, finding: &Finding) -> Result<(), Error> {
    if finding.severity != Severity::Error {
        return if access.role >= PlanRole::Editor { Ok(()) } else { Err(Error::denied(PlanRole::Editor.code())) };
    }
    let user = access.caller.user_id().ok_or(Error::SignedOut)?;
    if slots(finding).into_iter().any(|slot| eligible(access, slot, user).is_ok()) {
        return Ok(());
    }
    let asked: Vec<_> = slots(finding).into_iter().map(|slot| named(access, slot)).collect();
    Err(Error::Denied(format!("{} is an error: only {} may waive it", finding.rule, asked.join(" or "))))
}

/// The slot that answers for what a finding is about, and the one for the whole.
fn slots(finding: &Finding) -> Vec<Slot> {
    let own = rules::rule(&finding.rule).map_or(Slot::Sponsor, rules::Rule::slot);
    if own == Slot::Sponsor { vec![own] } else { vec![own, Slot::Sponsor] }
}

/// A slot with who fills it: `the change lead (Dana Whitlock)`.
fn named(access: &Access, slot: Slot) -> String {
    let filled = access.evidence.slots.iter().filter(|s| s.slot == slot);
    let people: Vec<_> = filled.map(|s| s.name.as_str()).collect();
    let people = if people.is_empty() { "nobody yet".to_owned() } else { people.join(", ") };
    format!("the {} ({people})", slot.label().to_lowercase())
}

/// The last day of a waiver, from what was typed.
fn last_day(access: &Access, finding: &Finding, text: &str) -> Result<Option<Date>, Error> {
    let wrong = |reason: String| Err(Error::invalid("expires", reason));
    let error = finding.severity == Severity::Error;
    if text.is_empty() {
        return if error { wrong("is needed: an error is not excused without an end".into()) } else { Ok(None) };
    }
    let day: Date = text.parse().map_err(|_| Error::invalid("expires", "must be a day such as 2027-03-14"))?;
    if day < access.today {
        return wrong("is in the past".into());
    }
    let longest = longest(access);
    if error && day > longest {
        return wrong(format!("must be {longest} or earlier: an error is excused for {LONGEST} days at most"));
    }
    Ok(Some(day))
}
