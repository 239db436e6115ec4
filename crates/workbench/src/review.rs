//! Review: comments, rounds, approvals by slot. Whether an approval holds is computed from
//! hashes each time; there is no flag that could go stale.

use crate::{
    Access, Caller, Error, Workbench,
    activity::{self, href},
    findings::open_errors,
    plans,
};
use domain::{
    Approval, ApprovalId, Comment, CommentId, Evidence, ItemId, PlanRole, PlanState, Round, RoundState, Slot, Text,
    UserId,
};
use serde_json::json;
use store::{AuditEntry, AuditLine};
use uuid::Uuid;
use views::review::{LapseRow, ReviewPage, SlotRow, Standing, Thread};

/// Changed items on the review page; the comparison shows them all.
const CHANGES: usize = 50;
/// Threads on the review page.
const THREADS: usize = 100;
/// Changes listed under a lapsed approval.
const LAPSES: usize = 20;

impl Workbench {
    /// Comments on an item, a field of it, or the plan; or answers in a thread, which is about what its
    /// first comment is about. Empty texts mean none.
    ///
    /// # Errors
    /// When the caller may not comment or the text cannot be kept.
    pub async fn comment(
        &self,
        caller: &Caller,
        key: &str,
        item: &str,
        field: &str,
        thread: &str,
        body: &str,
    ) -> Result<CommentId, Error> {
        let access = self.access(caller, key, PlanRole::Reviewer).await?;
        let first = self.first_comment(&access, optional(thread, "thread")?).await?;
        let author = caller.user().ok_or(Error::SignedOut)?;
        let body = Text::new(body).map_err(|e| Error::invalid("body", e))?;
        if body.is_empty() {
            return Err(Error::invalid("body", "is needed"));
        }
        let (item, field, quoted) = match &first {
            Some(first) => (first.item, first.field.clone(), None),
            None => subject(&access, optional(item, "item")?, field)?,
        };
        let id = CommentId(Uuid::now_v7());
        let comment = Comment {
            id,
            thread: first.map_or(id, |first| first.id),
            item,
            field,
            body: body.to_string(),
            quoted,
            author: author.id,
            author_name: author.name.clone(),
            at: self.now(),
            resolved_at: None,
            resolved_by: None,
        };
        let audit = self.audit(caller, "commented", item, json!({ "thread": comment.thread }));
        self.store().insert_comment(access.plan.document.id, &comment, audit).await?;
        self.tell_changed(&access);
        Ok(id)
    }

    async fn first_comment(&self, access: &Access, thread: Option<CommentId>) -> Result<Option<Comment>, Error> {
        let Some(thread) = thread else { return Ok(None) };
        let comments = self.store().list_comments(access.plan.document.id, None).await?;
        let first = comments.into_iter().find(|c| c.id == thread && c.thread == thread);
        first.map(Some).ok_or(Error::NotFound("thread"))
    }

    /// Settles a thread, or opens it again.
    ///
    /// # Errors
    /// When the caller may not comment or there is no such thread.
    pub async fn resolve_thread(&self, caller: &Caller, key: &str, thread: &str, resolved: bool) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Reviewer).await?;
        let thread: CommentId = thread.parse().map_err(|_| Error::NotFound("thread"))?;
        let user = caller.user_id().ok_or(Error::SignedOut)?;
        let verb = if resolved { "resolved a thread" } else { "reopened a thread" };
        let audit = self.audit(caller, verb, None, json!({ "thread": thread }));
        let mark = resolved.then_some((user, self.now()));
        Ok(self.store().resolve_thread(plan.document, thread, mark, audit).await?)
    }

    /// Opens a review round.
    ///
    /// # Errors
    /// When the caller may not edit, or a round is open, or the plan is signed.
    pub async fn request_review(&self, caller: &Caller, key: &str, message: &str) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let message = Text::new(message).map_err(|e| Error::invalid("message", e))?;
        match access.plan.state {
            PlanState::Draft => {}
            PlanState::InReview => return Err(Error::Conflict("a review is open already".into())),
            _ => return Err(Error::Conflict("this version is signed; revise it first".into())),
        }
        let user = caller.user().ok_or(Error::SignedOut)?;
        let audit = self.audit(caller, "requested review", None, json!({ "message": &*message }));
        let document = access.plan.document.id;
        self.store().open_round(document, user.id, self.now(), &message, audit).await?;
        self.tell_changed(&access);
        Ok(())
    }

    /// Ends the open round without a signature.
    ///
    /// # Errors
    /// When the caller may not edit or no round is open.
    pub async fn close_review(&self, caller: &Caller, key: &str) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        if access.plan.state != PlanState::InReview {
            return Err(Error::Conflict("no review is open".into()));
        }
        let audit = self.audit(caller, "closed the review", None, json!({}));
        let round = self.open_round_of(&access).await?;
        self.store().close_round(access.plan.document.id, round.number, self.now(), audit).await?;
        self.tell_changed(&access);
        Ok(())
    }

    /// Approves a slot for exactly the hash shown to the caller.
    ///
    /// # Errors
    /// When the caller does not fill the slot, no round is open, or the slice moved on.
    pub async fn approve(
        &self,
        caller: &Caller,
        key: &str,
        slot: Slot,
        hash: &str,
        comment: &str,
    ) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Reviewer).await?;
        let user = caller.user().ok_or(Error::SignedOut)?;
        if slot == Slot::Sponsor {
            return Err(Error::Conflict("the sponsor signs the whole plan; use “sign”".into()));
        }
        let round = self.open_round_of(&access).await?;
        eligible(&access, slot, user.id)?;
        let current = slot_hash(&access, slot)?;
        if current != hash {
            return Err(Error::Conflict(format!(
                "the {} part changed while you were reading; look at it again before you approve",
                slot.label().to_lowercase()
            )));
        }
        let comment = Text::new(comment).map_err(|e| Error::invalid("comment", e))?;
        let at = self.now();
        let approval = Approval {
            id: ApprovalId(Uuid::now_v7()),
            round: round.number,
            version: access.plan.version,
            slot,
            user: user.id,
            name: user.name.clone(),
            meaning: slot.meaning().into(),
            hash: current,
            at,
            comment: comment.to_string(),
        };
        let audit = self.audit(caller, "approved", None, json!({ "slot": slot.label(), "hash": approval.hash }));
        let audit = AuditEntry { at, ..audit };
        self.store().insert_approval(access.plan.document.id, &approval, audit).await?;
        self.tell_changed(&access);
        Ok(())
    }

    pub(crate) async fn open_round_of(&self, access: &Access) -> Result<Round, Error> {
        let rounds = self.store().list_rounds(access.plan.document.id).await?;
        let open = rounds.into_iter().find(|r| r.state == RoundState::Open);
        open.ok_or_else(|| Error::Conflict("no review is open; request one first".into()))
    }

    /// The review page.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn review(&self, caller: &Caller, key: &str) -> Result<ReviewPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let document = access.plan.document.id;
        let rounds = self.store().list_rounds(document).await?;
        let round = rounds.into_iter().max_by_key(|r| r.number);
        let open = round.as_ref().is_some_and(|r| r.state == RoundState::Open);
        let approvals = self.store().list_approvals(document).await?;
        let canonical = rules::canonical(&access.plan, &access.evidence, &rules::Profile::recommended());
        let mut slots = slot_rows(&access, &approvals, &canonical.root, round.as_ref());
        if slots.iter().any(|s| s.approvals.iter().any(|a| a.lapsed.is_some())) {
            let lines = self.store().list_edits(document, None, 500).await?;
            explain(&access, &mut slots, &lines);
        }
        let comments = self.store().list_comments(document, None).await?;
        let mut threads = threads(&access, comments);
        let (mut changes, mut since, mut since_words) = (Vec::new(), String::new(), String::new());
        // What is signed has nothing new.
        let base = if access.plan.state.editable() { self.base(&access, &approvals).await? } else { None };
        if let Some(base) = base {
            changes = rules::compare((&base.plan, &base.evidence), (&access.plan, &access.evidence));
            (since, since_words) = (base.name, base.words);
        }
        let (threads_total, changes_total) = (threads.len() as u64, changes.len() as u64);
        threads.truncate(THREADS);
        changes.truncate(CHANGES);
        let sponsor = caller.user_id().is_some_and(|id| eligible(&access, Slot::Sponsor, id).is_ok());
        let may_manage = access.role >= PlanRole::Editor;
        Ok(ReviewPage {
            head: plans::head(&access),
            blockers: blockers(&access, &slots, open),
            root: canonical.root,
            round,
            slots,
            proof: if sponsor { Some(self.proof_asked(caller).await?) } else { None },
            may_manage,
            may_comment: access.may_comment() && caller.user().is_some(),
            threads,
            threads_total,
            changes,
            changes_total,
            since,
            since_words,
            people: access.people.iter().map(|m| (m.user.clone(), m.role)).collect(),
            everybody: if may_manage { self.store().list_users().await? } else { Vec::new() },
        })
    }
}

/// What a comment is about, with the value of the field as it is now.
type Subject = (Option<ItemId>, Option<String>, Option<String>);

fn subject(access: &Access, item: Option<ItemId>, field: &str) -> Result<Subject, Error> {
    let Some(id) = item else { return Ok((None, None, None)) };
    let item = access.plan.item(id).ok_or(Error::NotFound("item"))?;
    if field.is_empty() {
        return Ok((Some(id), None, None));
    }
    let table = item.kind().field(field).ok_or(Error::NotFound("field"))?;
    let quoted = rules::display(&access.plan, table, &item.entity.body()[field]);
    Ok((Some(id), Some(field.to_owned()), Some(quoted)))
}

fn optional<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<Option<T>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Error::NotFound(what))
}

/// The plan inside the canonical bytes of a version, and the evidence it was signed with.
pub(crate) fn snapshot_contents(canonical: &[u8]) -> Result<(domain::Plan, Evidence), Error> {
    let value = serde_json::from_slice(canonical).map_err(|e| Error::internal("a version cannot be read", &e))?;
    let plan = rules::plan_from_canonical(&value).map_err(|e| Error::Internal(e.0))?;
    let evidence = rules::evidence_from_canonical(&value).map_err(|e| Error::Internal(e.0))?;
    Ok((plan, evidence))
}

/// Whether somebody may fill a slot now.
pub(crate) fn eligible(access: &Access, slot: Slot, user: UserId) -> Result<(), Error> {
    let on_plan =
        access.people.iter().any(|m| m.user.id == user && m.role >= PlanRole::Reviewer && m.user.disabled_at.is_none());
    let assigned = access.evidence.slots.iter().any(|s| s.slot == slot && s.user == user);
    if on_plan && assigned {
        Ok(())
    } else {
        Err(Error::Denied(format!("you do not fill the slot “{}”; an editor of the plan can assign you", slot.label())))
    }
}

/// Hash of the slice a slot answers for.
pub(crate) fn slot_hash(access: &Access, slot: Slot) -> Result<String, Error> {
    let slice = slot.slice().ok_or_else(|| Error::Internal("the sponsor has no slice".into()))?;
    let hash = access.evidence.slice_hashes.get(slice.code());
    hash.cloned().ok_or_else(|| Error::Internal(format!("no hash for the slice {}", slice.code())))
}

/// Every slot with the approvals given for it, those carried over included. `round` is the last one.
pub(crate) fn slot_rows(access: &Access, approvals: &[Approval], root: &str, round: Option<&Round>) -> Vec<SlotRow> {
    let evidence = &access.evidence;
    let open = round.is_some_and(|r| r.state == RoundState::Open);
    let (version, number) = (access.plan.version, round.map_or(0, |r| r.number));
    let standings = domain::standings(approvals, &evidence.slice_hashes, &evidence.slots);
    let me = access.caller.user_id();
    let row = |slot: Slot| {
        let own = standings.iter().filter(|(approval, _)| approval.slot == slot);
        let approvals: Vec<Standing> = own
            .map(|(approval, lapse)| Standing {
                lapsed: lapse.map(|lapse| lapse.words(&approval.name)),
                carried: approval.carried(version, number),
                approval: (*approval).clone(),
                changes: Vec::new(),
            })
            .collect();
        SlotRow {
            slot,
            people: evidence.slots.iter().filter(|s| s.slot == slot).map(|s| s.name.clone()).collect(),
            assigned: evidence.slots.iter().filter(|s| s.slot == slot).map(|s| s.user).collect(),
            filled: approvals.iter().any(|a| a.lapsed.is_none()),
            may_approve: open && slot != Slot::Sponsor && me.is_some_and(|id| eligible(access, slot, id).is_ok()),
            hash: slot_hash(access, slot).unwrap_or_else(|_| root.to_owned()),
            approvals,
        }
    };
    Slot::ALL.into_iter().map(row).collect()
}

/// What stands in the way of signing, in words.
pub(crate) fn blockers(access: &Access, slots: &[SlotRow], open: bool) -> Vec<String> {
    let mut blockers = Vec::new();
    if !open {
        blockers.push("no review is open".to_owned());
    }
    let errors = open_errors(access);
    if errors > 0 {
        blockers.push(format!(
            "{errors} error {} open and not waived",
            if errors == 1 { "finding is" } else { "findings are" }
        ));
    }
    for row in slots.iter().filter(|r| r.slot != Slot::Sponsor && !r.filled) {
        blockers.push(format!("{} has not approved", row.slot.label().to_lowercase()));
    }
    if slots.iter().any(|r| r.slot == Slot::Sponsor && r.people.is_empty()) {
        blockers.push("nobody is assigned to sign as sponsor".to_owned());
    }
    blockers
}

/// Says under each lapsed approval who changed what since, as far as the slot answers for it.
fn explain(access: &Access, slots: &mut [SlotRow], lines: &[AuditLine]) {
    for row in slots {
        let Some(slice) = row.slot.slice() else { continue };
        for standing in row.approvals.iter_mut().filter(|a| a.lapsed.is_some()) {
            // Lines come newest first; beyond what was loaded all are later than the approval.
            let given = lines.iter().find(|line| is_of(line, &standing.approval)).map_or(0, |line| line.seq);
            let rows = lines.iter().filter(|line| line.seq > given).filter_map(|line| lapse_row(access, slice, line));
            standing.changes = rows.take(LAPSES).collect();
        }
    }
}

/// Whether a line of the trail tells of an approval. It may be a moment later.
pub(crate) fn is_of(line: &AuditLine, approval: &Approval) -> bool {
    let entry = &line.entry;
    let hash = entry.after.as_ref().is_some_and(|after| after["hash"] == approval.hash.as_str());
    let moment = entry.at.duration_since(approval.at).as_millis().abs() < 1000;
    entry.verb == "approved" && entry.actor == Some(approval.user) && hash && moment
}

fn lapse_row(access: &Access, slice: domain::Slice, line: &AuditLine) -> Option<LapseRow> {
    let id = line.entry.item?;
    let item = access.plan.document.items.get(&id)?;
    let kind = item.kind();
    let answers =
        |label: &str| kind.fields().iter().any(|f| f.label == label && f.normative && kind.slice_of(f) == slice);
    let whole = kind.fields().iter().any(|f| answers(f.label));
    let said = activity::history(access, item, vec![line.clone()]).pop()?;
    let fields: Vec<_> = said.fields.into_iter().filter(|(label, ..)| answers(label)).collect();
    let counts = match said.verb.as_str() {
        "changed" => !fields.is_empty(),
        "added" | "removed" | "restored" => whole,
        _ => false,
    };
    counts.then(|| LapseRow {
        who: said.who,
        verb: said.verb,
        title: access.plan.title_of(item),
        href: href(access, item),
        fields,
        at: said.at,
    })
}

/// Comments by thread: open ones first, then the newest first.
pub(crate) fn threads(access: &Access, comments: Vec<Comment>) -> Vec<Thread> {
    let (firsts, answers): (Vec<_>, Vec<_>) = comments.into_iter().partition(|c| c.id == c.thread);
    let mut threads: Vec<Thread> = firsts.into_iter().map(|c| thread(access, c)).collect();
    for answer in answers {
        if let Some(thread) = threads.iter_mut().find(|t| t.first.id == answer.thread) {
            thread.answers.push(answer);
        }
    }
    threads.sort_by_key(|t| (t.first.resolved_at.is_some(), std::cmp::Reverse(t.first.at)));
    threads
}

fn thread(access: &Access, first: Comment) -> Thread {
    let item = first.item.and_then(|id| access.plan.item(id));
    let about = match (&first.item, item) {
        (None, _) => "the plan".to_owned(),
        (Some(_), Some(item)) => {
            let field = first.field.as_deref().and_then(|name| item.kind().field(name));
            let title = access.plan.title_of(item);
            field.map_or_else(|| title.clone(), |f| format!("{title} · {}", f.label.to_lowercase()))
        }
        (Some(_), None) => "something removed".to_owned(),
    };
    Thread { href: item.map(|i| format!("{}#comments", href(access, i))), about, first, answers: Vec::new() }
}
