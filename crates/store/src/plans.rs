//! Plans and who takes part in them. The content of a plan is its document's items.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, Place},
    documents::{change, write_items},
    pool::{Tx, all, maybe, run},
    users,
};
use domain::{DocumentId, Item, PlanRole, PlanState, Timestamp, User, UserId};
use uuid::Uuid;

/// A plan without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    /// Its document.
    pub document: DocumentId,
    /// Short name in addresses.
    pub key: String,
    /// Where it stands.
    pub state: PlanState,
    /// Version being worked on, or signed.
    pub version: i64,
    /// Who started it; `None` for the demo.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// Revision of its document.
    pub rev: i64,
    /// When anything about it last happened.
    pub changed_at: Timestamp,
    /// Role of the person who was asked for, if they are a member.
    pub role: Option<PlanRole>,
}

/// A line of the list of plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanListing {
    /// The plan.
    pub plan: PlanRow,
    /// Items that are not archived.
    pub items: i64,
    /// Comment threads nobody has resolved.
    pub open_threads: i64,
    /// People who take part.
    pub members: i64,
}

/// A person who takes part in a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: User,
    /// What they may do.
    pub role: PlanRole,
}

/// A plan to be started.
#[derive(Debug, Clone)]
pub struct NewPlan<'a> {
    /// Id of its document.
    pub document: DocumentId,
    /// Short name in addresses.
    pub key: &'a str,
    /// Who starts it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// First members.
    pub members: &'a [(UserId, PlanRole)],
    /// First content, such as an imported plan.
    pub items: &'a [Item],
}

/// Items of the workspace that come with a plan.
#[derive(Debug, Clone)]
pub struct Brought {
    /// The workspace.
    pub workspace: DocumentId,
    /// The revision it was read at.
    pub rev: i64,
    /// The items.
    pub items: Vec<Item>,
    /// What its trail says of them.
    pub entries: Vec<AuditEntry>,
}

#[derive(sqlx::FromRow)]
struct Row {
    document_id: Uuid,
    key: String,
    state: String,
    version: i64,
    created_by: Option<Uuid>,
    created_at: At,
    rev: i64,
    changed_at: At,
    role: Option<String>,
}

impl Row {
    fn read(self) -> Result<PlanRow> {
        let place = Place { table: "plans", row: &self.document_id };
        let member = Place { table: "plan_members", row: &self.document_id };
        Ok(PlanRow {
            state: place.code("state", &self.state)?,
            role: self.role.as_deref().map(|role| member.code("role", role)).transpose()?,
            document: DocumentId(self.document_id),
            key: self.key,
            version: self.version,
            created_by: self.created_by.map(UserId),
            created_at: self.created_at.0,
            rev: self.rev,
            changed_at: self.changed_at.0,
        })
    }
}

#[derive(sqlx::FromRow)]
struct ListingRow {
    #[sqlx(flatten)]
    plan: Row,
    items: i64,
    open_threads: i64,
    members: i64,
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    #[sqlx(flatten)]
    user: users::Row,
    plan_role: String,
}

impl Store {
    /// Starts a plan with its document, members and first items.
    ///
    /// # Errors
    /// `Conflict` on `plans_key` when the key is taken.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_plan(&self, plan: &NewPlan<'_>, entries: &[AuditEntry]) -> Result<()> {
        self.insert_plan_with(plan, entries, None).await
    }

    /// The same, with what it brings into the workspace: both or neither.
    ///
    /// # Errors
    /// As for [`Store::insert_plan`]; `Stale` when the workspace moved on.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_plan_with(
        &self,
        plan: &NewPlan<'_>,
        entries: &[AuditEntry],
        brought: Option<&Brought>,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        if let Some(brought) = brought {
            change(&mut tx, brought.workspace, brought.rev, &brought.items, &brought.entries).await?;
        }
        let sql = "insert into documents (id, kind, rev, created_at, changed_at, audit_seq, audit_hash)
values ($1, 'plan', 0, $2, $2, 0, $3)";
        run!(tx, "documents", sql, plan.document.0, At(plan.created_at), &audit::START[..])?;
        let sql = "insert into plans (document_id, key, state, version, created_by, created_at)
values ($1, $2, $3, 1, $4, $5)";
        let creator = plan.created_by.map(|user| user.0);
        let state = PlanState::Draft.code();
        run!(tx, "plans", sql, plan.document.0, plan.key, state, creator, At(plan.created_at))?;
        for (user, role) in plan.members {
            write_member(&mut tx, plan.document.0, user.0, *role).await?;
        }
        audit::append(&mut tx, plan.document.0, entries).await?;
        write_items(&mut tx, plan.document.0, plan.items).await?;
        tx.commit().await
    }

    /// A plan by its key, with the role of `viewer` in it.
    ///
    /// # Errors
    /// `NotFound` when there is no such plan.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_plan(&self, key: &str, viewer: Option<UserId>) -> Result<PlanRow> {
        let mut conn = self.conn().await?;
        let sql = include_str!("sql/load_plan.sql");
        let row = maybe!(conn, "plans", Row, sql, viewer.map(|user| user.0), key)?;
        row.ok_or(StoreError::NotFound("plan"))?.read()
    }

    /// The plans `viewer` takes part in, or all of them; the last changed first.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_plans(&self, viewer: Option<UserId>, everyones: bool) -> Result<Vec<PlanListing>> {
        let mut conn = self.conn().await?;
        let sql = include_str!("sql/list_plans.sql");
        let rows = all!(conn, "plans", ListingRow, sql, viewer.map(|user| user.0), everyones)?;
        rows.into_iter()
            .map(|row| {
                let ListingRow { plan, items, open_threads, members } = row;
                Ok(PlanListing { plan: plan.read()?, items, open_threads, members })
            })
            .collect()
    }

    /// Moves a plan from one state to another, if it still is in the first.
    ///
    /// # Errors
    /// `Conflict` on `plan_state` when it is not; `NotFound`.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn set_plan_state(
        &self,
        document: DocumentId,
        from: PlanState,
        to: PlanState,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        move_state(&mut tx, document.0, from, to).await?;
        tx.commit().await
    }

    /// Opens the next version: a signed or withdrawn plan becomes a draft again, with the same items.
    /// Returns the number of the version.
    ///
    /// # Errors
    /// `Conflict` on `plan_state` when the plan is neither; `NotFound`.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn revise_plan(&self, document: DocumentId, entry: AuditEntry) -> Result<i64> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let sql = "update plans
set state = 'draft', version = version + 1
where document_id = $1 and state in ('signed', 'withdrawn')
returning version";
        let row = maybe!(tx, "plans", (i64,), sql, document.0)?;
        let Some((version,)) = row else {
            return Err(StoreError::Conflict { constraint: "plan_state".into() });
        };
        tx.commit().await?;
        Ok(version)
    }

    /// Who takes part in a plan, by name.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_members(&self, document: DocumentId) -> Result<Vec<Member>> {
        let mut conn = self.conn().await?;
        let rows = all!(conn, "plan_members", MemberRow, include_str!("sql/list_members.sql"), document.0)?;
        rows.into_iter()
            .map(|row| {
                let role = Place { table: "plan_members", row: &document }.code("role", &row.plan_role)?;
                Ok(Member { user: row.user.read()?.user, role })
            })
            .collect()
    }

    /// Gives a person a role in a plan, or takes them out of it. Those who leave it or only read it from
    /// now on leave its slots, too.
    ///
    /// # Errors
    /// `Conflict` on `reference` when there is no such person; `NotFound` when there is no such plan.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn set_member(
        &self,
        document: DocumentId,
        user: UserId,
        role: Option<PlanRole>,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        match role {
            Some(role) => write_member(&mut tx, document.0, user.0, role).await?,
            None => {
                let sql = "delete from plan_members where document_id = $1 and user_id = $2";
                run!(tx, "plan_members", sql, document.0, user.0)?;
            }
        }
        if role.is_none_or(|role| role < PlanRole::Reviewer) {
            run!(tx, "slots", "delete from slots where document_id = $1 and user_id = $2", document.0, user.0)?;
        }
        tx.commit().await
    }
}

/// Moves a plan between states, inside a transaction that has locked its document.
pub(crate) async fn move_state(tx: &mut Tx, document: Uuid, from: PlanState, to: PlanState) -> Result<()> {
    let sql = "update plans set state = $3 where document_id = $1 and state = $2";
    if run!(tx, "plans", sql, document, from.code(), to.code())? == 0 {
        return Err(StoreError::Conflict { constraint: "plan_state".into() });
    }
    Ok(())
}

async fn write_member(tx: &mut Tx, document: Uuid, user: Uuid, role: PlanRole) -> Result<()> {
    let sql = "insert into plan_members (document_id, user_id, role)
values ($1, $2, $3)
on conflict (document_id, user_id) do update set role = excluded.role";
    run!(tx, "plan_members", sql, document, user, role.code())?;
    Ok(())
}
