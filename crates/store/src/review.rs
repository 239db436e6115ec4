//! Review of a plan: rounds, who may fill which slot, approvals.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, Place},
    plans::move_state,
    pool::{Tx, all, maybe, one, run},
};
use domain::{
    Approval, ApprovalId, DocumentId, ItemId, PlanState, Round, RoundState, Slot, SlotAssignment, Timestamp, UserId,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Assignments that count: a role below reviewer or a closed account suspends them.
pub(crate) const LIST_SLOTS: &str = "select slots.slot, slots.user_id, users.name
from slots
join users on users.id = slots.user_id
join plan_members on plan_members.document_id = slots.document_id and plan_members.user_id = slots.user_id
where slots.document_id = $1 and plan_members.role <> 'viewer' and users.disabled_at is null
order by users.name, users.id";

const LIST_APPROVALS: &str = include_str!("sql/list_approvals.sql");

#[derive(sqlx::FromRow)]
struct RoundRow {
    number: i64,
    state: String,
    opened_by: Uuid,
    opened_by_name: String,
    opened_at: At,
    message: String,
}

impl RoundRow {
    fn read(self, document: DocumentId) -> Result<Round> {
        Ok(Round {
            state: Place { table: "review_rounds", row: &document }.code("state", &self.state)?,
            number: self.number,
            opened_by: UserId(self.opened_by),
            opened_by_name: self.opened_by_name,
            opened_at: self.opened_at.0,
            message: self.message,
        })
    }
}

#[derive(sqlx::FromRow)]
struct ApprovalRow {
    id: Uuid,
    round: i64,
    slot: String,
    user_id: Uuid,
    name: String,
    meaning: String,
    hash: String,
    at: At,
    comment: String,
    version: i64,
}

impl ApprovalRow {
    fn read(self) -> Result<Approval> {
        Ok(Approval {
            slot: Place { table: "approvals", row: &self.id }.code("slot", &self.slot)?,
            id: ApprovalId(self.id),
            round: self.round,
            version: self.version,
            user: UserId(self.user_id),
            name: self.name,
            meaning: self.meaning,
            hash: self.hash,
            at: self.at.0,
            comment: self.comment,
        })
    }
}

/// Who changed which item, in which fields and parts of fields, and when.
pub type ChangeOfApprover = (UserId, ItemId, Vec<String>, Timestamp);

impl Store {
    /// Opens a review round and puts the plan into review; returns the round's number.
    ///
    /// # Errors
    /// `Conflict` on `plan_state` when the plan is not a draft.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn open_round(
        &self,
        document: DocumentId,
        by: UserId,
        at: Timestamp,
        message: &str,
        entry: AuditEntry,
    ) -> Result<i64> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        move_state(&mut tx, document.0, PlanState::Draft, PlanState::InReview).await?;
        let sql = "select coalesce(max(number), 0) + 1 from review_rounds where document_id = $1";
        let (number,) = one!(tx, "review_rounds", (i64,), sql, document.0)?;
        let sql = "insert into review_rounds (document_id, number, state, opened_by, opened_at, message)
values ($1, $2, 'open', $3, $4, $5)";
        run!(tx, "review_rounds", sql, document.0, number, by.0, At(at), message)?;
        tx.commit().await?;
        Ok(number)
    }

    /// Ends a round without a signature; the plan is a draft again.
    ///
    /// # Errors
    /// `Conflict` on `review_rounds_open` when this round is not the open one.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn close_round(&self, document: DocumentId, number: i64, at: Timestamp, entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        end_round(&mut tx, document.0, number, RoundState::Closed, at).await?;
        move_state(&mut tx, document.0, PlanState::InReview, PlanState::Draft).await?;
        tx.commit().await
    }

    /// The rounds of a plan, newest first.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_rounds(&self, document: DocumentId) -> Result<Vec<Round>> {
        let mut conn = self.conn().await?;
        let rows = all!(conn, "review_rounds", RoundRow, include_str!("sql/list_rounds.sql"), document.0)?;
        rows.into_iter().map(|row| row.read(document)).collect()
    }

    /// Says who may fill a slot; replaces whoever could before.
    ///
    /// # Errors
    /// `Conflict` on `reference` when a person does not exist.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn set_slot(&self, document: DocumentId, slot: Slot, people: &[UserId], entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let sql = "delete from slots where document_id = $1 and slot = $2";
        run!(tx, "slots", sql, document.0, slot.code())?;
        for user in people {
            let sql = "insert into slots (document_id, slot, user_id)
values ($1, $2, $3)
on conflict do nothing";
            run!(tx, "slots", sql, document.0, slot.code(), user.0)?;
        }
        tx.commit().await
    }

    /// Who may fill which slot of a plan now, in the order of the slots, then by name. Those who are
    /// locked out or only read the plan are left out.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_slots(&self, document: DocumentId) -> Result<Vec<SlotAssignment>> {
        let mut conn = self.conn().await?;
        let mut slots = all!(conn, "slots", (String, Uuid, String), LIST_SLOTS, document.0)?
            .into_iter()
            .map(|(slot, user, name)| {
                let slot = Place { table: "slots", row: &document }.code("slot", &slot)?;
                Ok(SlotAssignment { slot, user: UserId(user), name })
            })
            .collect::<Result<Vec<_>>>()?;
        slots.sort_by_key(|assignment| assignment.slot);
        Ok(slots)
    }

    /// Records an approval, if its round is open and its person may fill the slot. Its version is that of the plan.
    ///
    /// # Errors
    /// `Conflict` on `review_rounds_open` when the round has ended, on `slots` when the person is not
    /// assigned to the slot.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_approval(&self, document: DocumentId, approval: &Approval, entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        if open_round_number(&mut tx, document.0).await? != Some(approval.round) {
            return Err(StoreError::Conflict { constraint: "review_rounds_open".into() });
        }
        let slots = all!(tx, "slots", (String, Uuid, String), LIST_SLOTS, document.0)?;
        if !slots.iter().any(|(slot, user, _)| slot == approval.slot.code() && *user == approval.user.0) {
            return Err(StoreError::Conflict { constraint: "slots".into() });
        }
        let sql = "insert into approvals
    (id, document_id, round, slot, user_id, name, meaning, hash, at, comment)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        run!(
            tx,
            "approvals",
            sql,
            approval.id.0,
            document.0,
            approval.round,
            approval.slot.code(),
            approval.user.0,
            &approval.name,
            &approval.meaning,
            &approval.hash,
            At(approval.at),
            &approval.comment,
        )?;
        tx.commit().await
    }

    /// What those who approved after `since` and until `until` changed in the plan themselves in that time: who, which
    /// item, which fields and parts of fields (none when the item as a whole came or went), and when. The newest
    /// 1 000 changes.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_changes_of_approvers(
        &self,
        document: DocumentId,
        since: Option<Timestamp>,
        until: Timestamp,
    ) -> Result<Vec<ChangeOfApprover>> {
        let mut conn = self.conn().await?;
        let sql = include_str!("sql/list_changes_of_approvers.sql");
        let since = At(since.unwrap_or(Timestamp::UNIX_EPOCH));
        type Change = (Uuid, Uuid, String, Option<String>, At);
        let rows = all!(conn, "audit", Change, sql, document.0, since, At(until))?;
        let fields = |verb: &str, after: Option<String>| {
            let after = after.filter(|_| verb == "changed").and_then(|text| serde_json::from_str(&text).ok());
            after.map_or_else(Vec::new, |map: BTreeMap<String, serde_json::Value>| map.into_keys().collect())
        };
        let row = |(who, item, verb, to, at): Change| (UserId(who), ItemId(item), fields(&verb, to), at.0);
        Ok(rows.into_iter().map(row).collect())
    }

    /// The approvals of a plan that can count, as far as who gave them goes, oldest first: those of the last round of
    /// the present version, and those of earlier rounds and versions whose person still fills the slot, except of
    /// versions whose signature was withdrawn. Whether one holds for what stands there now is for the rules to say.
    /// The newest 1 000.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_approvals(&self, document: DocumentId) -> Result<Vec<Approval>> {
        let mut conn = self.conn().await?;
        let rows = all!(conn, "approvals", ApprovalRow, LIST_APPROVALS, document.0)?;
        rows.into_iter().rev().map(ApprovalRow::read).collect()
    }
}

/// The ids of what [`Store::list_approvals`] lists.
pub(crate) async fn approvals_that_count(tx: &mut Tx, document: Uuid) -> Result<BTreeSet<ApprovalId>> {
    let rows = all!(tx, "approvals", ApprovalRow, LIST_APPROVALS, document)?;
    Ok(rows.into_iter().map(|row| ApprovalId(row.id)).collect())
}

pub(crate) async fn open_round_number(tx: &mut Tx, document: Uuid) -> Result<Option<i64>> {
    let sql = "select number from review_rounds where document_id = $1 and state = 'open'";
    Ok(maybe!(tx, "review_rounds", (i64,), sql, document)?.map(|(number,)| number))
}

pub(crate) async fn end_round(
    tx: &mut Tx,
    document: Uuid,
    number: i64,
    state: RoundState,
    at: Timestamp,
) -> Result<()> {
    let code = match state {
        RoundState::Open => "open",
        RoundState::Signed => "signed",
        RoundState::Closed => "closed",
    };
    let sql = "update review_rounds
set state = $3, closed_at = $4
where document_id = $1 and number = $2 and state = 'open'";
    if run!(tx, "review_rounds", sql, document, number, code, At(at))? == 0 {
        return Err(StoreError::Conflict { constraint: "review_rounds_open".into() });
    }
    Ok(())
}
