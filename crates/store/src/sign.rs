//! Signing: one transaction that compares everything the signer saw with what is stored, and either
//! writes the immutable version or says what is different. Nothing in between.

use crate::{
    AuditEntry, Result, Store, audit,
    columns::At,
    plans::move_state,
    pool::{Tx, all, maybe, run},
    review::{LIST_SLOTS, approvals_that_count, end_round, open_round_number},
};
use domain::{
    ApprovalId, DocumentId, ItemId, PlanRole, PlanState, RoundState, RunId, Signature, Slot, SnapshotId, UserId,
    WaiverId,
};
use sqlx::types::Json;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};
use uuid::Uuid;

/// Everything a signature rests on, as it was when the hashes were computed.
#[derive(Debug, Clone)]
pub struct SignRequest {
    /// The plan.
    pub document: DocumentId,
    /// Its revision.
    pub plan_rev: i64,
    /// The version to be signed.
    pub version: i64,
    /// The workspace.
    pub workspace: DocumentId,
    /// The workspace items embedded in the version, each with its revision.
    pub workspace_items: Vec<(ItemId, i64)>,
    /// The open round.
    pub round: i64,
    /// All approvals that can count, those of earlier rounds and versions included.
    pub approvals: BTreeSet<ApprovalId>,
    /// Those whose approvals count. All of them, and the signer, must still be able to give one.
    pub approvers: BTreeSet<UserId>,
    /// Who may fill which slot.
    pub slots: BTreeSet<(Slot, UserId)>,
    /// All waivers that were not taken back.
    pub waivers: BTreeSet<WaiverId>,
    /// The runs relied on: the newest finished one of each check, with its result's hash.
    pub evidence: BTreeMap<RunId, String>,
    /// The version to be written.
    pub snapshot: NewSnapshot,
    /// The sponsor's signature, over the root.
    pub signature: Signature,
}

/// An immutable version to be written.
#[derive(Debug, Clone)]
pub struct NewSnapshot {
    /// Which.
    pub id: SnapshotId,
    /// Root hash, hex.
    pub root: String,
    /// Hash of each slice, hex, by slice code.
    pub slices: BTreeMap<String, String>,
    /// Root of the version before, if there is one.
    pub previous_root: Option<String>,
    /// The canonical bytes the root is computed from.
    pub canonical: Vec<u8>,
    /// What the rules said of it then, as JSON of whoever reads it back.
    pub facts: Vec<u8>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignOutcome {
    /// Signed.
    Signed,
    /// Nothing was written, because these things are not what the signer saw.
    Differs(Vec<Difference>),
}

/// One thing that is not what the signer saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The plan was changed: its revision now.
    PlanChanged(i64),
    /// The plan is not in review, or another version is.
    PlanNotInReview,
    /// A workspace item that the plan uses was changed or is gone.
    WorkspaceItemChanged(ItemId),
    /// The round has ended, or another one is open.
    RoundChanged,
    /// An approval was given, or one that was there cannot count any more.
    ApprovalsChanged(ApprovalId),
    /// Somebody who approved or signs may not sign in any more.
    ApproverDisabled(UserId),
    /// Somebody who approved or signs is no reviewer of the plan any more.
    RoleChanged(UserId),
    /// The people who may fill a slot changed.
    SlotsChanged(Slot),
    /// A waiver came or was taken back.
    WaiversChanged(WaiverId),
    /// A run relied on is not there with this result.
    EvidenceChanged(RunId),
    /// A newer run of the same check has ended: its number.
    NewerRun(i64),
    /// The version before has another root.
    PreviousVersionChanged,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PlanChanged(rev) => {
                write!(f, "the plan was changed; it is at revision {rev} now")
            }
            Self::PlanNotInReview => f.write_str("this version of the plan is not in review"),
            Self::WorkspaceItemChanged(_) => f.write_str("something in the workspace that the plan uses was changed"),
            Self::RoundChanged => f.write_str("the review round has ended"),
            Self::ApprovalsChanged(_) => f.write_str("an approval was given, or one from before counts no more"),
            Self::ApproverDisabled(_) => f.write_str("somebody who approved is locked out now"),
            Self::RoleChanged(_) => f.write_str("somebody who approved has another role in the plan now"),
            Self::SlotsChanged(slot) => write!(f, "other people may now approve as {}", slot.label().to_lowercase()),
            Self::WaiversChanged(_) => f.write_str("a waiver was added or taken back"),
            Self::EvidenceChanged(_) => f.write_str("a run the plan relies on has another result"),
            Self::NewerRun(number) => write!(f, "run {number} has ended meanwhile and is newer than the one relied on"),
            Self::PreviousVersionChanged => f.write_str("the version before is not the one this follows"),
        }
    }
}

impl Store {
    /// Signs a plan, if everything is as the request says; else nothing is written.
    ///
    /// # Errors
    /// `NotFound` when there is no such plan. A difference is not an error but an outcome.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn sign(&self, request: &SignRequest, entry: AuditEntry) -> Result<SignOutcome> {
        let mut tx = self.write().await?;
        // Every writing method locks its document first, so from here on nothing of this plan and
        // nothing of the workspace can move. No other method locks both.
        audit::append(&mut tx, request.document.0, &[entry]).await?;
        audit::append(&mut tx, request.workspace.0, &[]).await?;
        let mut found = Vec::new();
        compare_plan(&mut tx, request, &mut found).await?;
        compare_workspace(&mut tx, request, &mut found).await?;
        compare_review(&mut tx, request, &mut found).await?;
        compare_evidence(&mut tx, request, &mut found).await?;
        if !found.is_empty() {
            // Dropping the transaction takes the audit line back, too.
            return Ok(SignOutcome::Differs(found));
        }
        write_version(&mut tx, request).await?;
        end_round(&mut tx, request.document.0, request.round, RoundState::Signed, request.signature.at).await?;
        move_state(&mut tx, request.document.0, PlanState::InReview, PlanState::Signed).await?;
        tx.commit().await?;
        Ok(SignOutcome::Signed)
    }
}

async fn compare_plan(tx: &mut Tx, request: &SignRequest, found: &mut Vec<Difference>) -> Result<()> {
    let sql = "select documents.rev, plans.state, plans.version
from plans
join documents on documents.id = plans.document_id
where plans.document_id = $1";
    let row = maybe!(tx, "plans", (i64, String, i64), sql, request.document.0)?;
    let (rev, state, version) = row.ok_or(crate::StoreError::NotFound("plan"))?;
    if rev != request.plan_rev {
        found.push(Difference::PlanChanged(rev));
    }
    if state != PlanState::InReview.code() || version != request.version {
        found.push(Difference::PlanNotInReview);
    }
    let sql = "select root from snapshots where document_id = $1 order by version desc limit 1";
    let before = maybe!(tx, "snapshots", (String,), sql, request.document.0)?.map(|(root,)| root);
    if before != request.snapshot.previous_root {
        found.push(Difference::PreviousVersionChanged);
    }
    Ok(())
}

async fn compare_workspace(tx: &mut Tx, request: &SignRequest, found: &mut Vec<Difference>) -> Result<()> {
    let sql = "select id, rev from items where document_id = $1";
    let now: BTreeMap<Uuid, i64> = all!(tx, "items", (Uuid, i64), sql, request.workspace.0)?.into_iter().collect();
    for (item, rev) in &request.workspace_items {
        if now.get(&item.0) != Some(rev) {
            found.push(Difference::WorkspaceItemChanged(*item));
        }
    }
    Ok(())
}

async fn compare_review(tx: &mut Tx, request: &SignRequest, found: &mut Vec<Difference>) -> Result<()> {
    let document = request.document.0;
    if open_round_number(tx, document).await? != Some(request.round) {
        found.push(Difference::RoundChanged);
    }
    let given = approvals_that_count(tx, document).await?;
    found.extend(given.symmetric_difference(&request.approvals).copied().map(Difference::ApprovalsChanged));
    compare_people(tx, request, found).await?;

    let now = all!(tx, "slots", (String, Uuid, String), LIST_SLOTS, document)?;
    for slot in Slot::ALL {
        let people = |(s, user, _): &(String, Uuid, String)| (s == slot.code()).then_some(*user);
        let now: BTreeSet<Uuid> = now.iter().filter_map(people).collect();
        let seen = request.slots.iter().filter(|(s, _)| *s == slot).map(|(_, user)| user.0);
        if now != seen.collect() {
            found.push(Difference::SlotsChanged(slot));
        }
    }

    let sql = "select id from waivers where document_id = $1 and revoked_at is null";
    let now: BTreeSet<WaiverId> =
        all!(tx, "waivers", (Uuid,), sql, document)?.into_iter().map(|(id,)| WaiverId(id)).collect();
    found.extend(now.symmetric_difference(&request.waivers).copied().map(Difference::WaiversChanged));
    Ok(())
}

/// Whoever counts must be able to sign in and be a reviewer of the plan at this moment.
async fn compare_people(tx: &mut Tx, request: &SignRequest, found: &mut Vec<Difference>) -> Result<()> {
    let sql = "select users.id, users.disabled_at is not null, plan_members.role
from plan_members
join users on users.id = plan_members.user_id
where plan_members.document_id = $1";
    let members = all!(tx, "plan_members", (Uuid, bool, String), sql, request.document.0)?;
    for person in request.approvers.iter().copied().chain([request.signature.user]).collect::<BTreeSet<_>>() {
        match members.iter().find(|(id, ..)| *id == person.0) {
            Some((_, true, _)) => found.push(Difference::ApproverDisabled(person)),
            Some((_, false, role)) if role != PlanRole::Viewer.code() => {}
            _ => found.push(Difference::RoleChanged(person)),
        }
    }
    Ok(())
}

/// Each check's newest result must be the one relied on, also where there was none before.
async fn compare_evidence(tx: &mut Tx, request: &SignRequest, found: &mut Vec<Difference>) -> Result<()> {
    let sql = "select id, check_id, number, result_hash
from runs
where document_id = $1 and state = 'done'";
    let done = all!(tx, "runs", (Uuid, Uuid, i64, Option<String>), sql, request.document.0)?;
    let mut newest: BTreeMap<Uuid, (i64, Uuid)> = BTreeMap::new();
    for (id, check, number, _) in &done {
        let last = newest.entry(*check).or_insert((*number, *id));
        *last = (*last).max((*number, *id));
    }
    for (run, hash) in &request.evidence {
        if !done.iter().any(|(id, .., result)| *id == run.0 && result.as_ref() == Some(hash)) {
            found.push(Difference::EvidenceChanged(*run));
        }
    }
    let relied = |run: &Uuid| request.evidence.contains_key(&RunId(*run));
    let newer = newest.into_values().filter(|(_, run)| !relied(run)).map(|(number, _)| Difference::NewerRun(number));
    found.extend(newer);
    Ok(())
}

async fn write_version(tx: &mut Tx, request: &SignRequest) -> Result<()> {
    let (snapshot, signature) = (&request.snapshot, &request.signature);
    let sql = "insert into snapshots
    (id, document_id, version, round, root, slices, previous_root, canonical, facts, signed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    run!(
        tx,
        "snapshots",
        sql,
        snapshot.id.0,
        request.document.0,
        request.version,
        request.round,
        &snapshot.root,
        Json(&snapshot.slices),
        snapshot.previous_root.as_deref(),
        &snapshot.canonical[..],
        &snapshot.facts[..],
        At(signature.at),
    )?;
    let sql = "insert into signatures
    (snapshot_id, user_id, name, slot, meaning, at, reauth_at, root)
values ($1, $2, $3, $4, $5, $6, $7, $8)";
    run!(
        tx,
        "signatures",
        sql,
        snapshot.id.0,
        signature.user.0,
        &signature.name,
        signature.slot.code(),
        &signature.meaning,
        At(signature.at),
        At(signature.proved_at),
        &signature.root,
    )?;
    Ok(())
}
