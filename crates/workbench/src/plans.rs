//! Plans: the list, starting one, its people, its overview.

use crate::{Access, Caller, Error, Workbench, activity};
use domain::{Change, Document, DocumentId, ItemId, Kind, PlanRole, Slot, Stamp, UserId};
use serde_json::json;
use store::{AuditEntry, NewPlan, StoreError};
use uuid::Uuid;
use views::plans::{Overview, PlanCard, PlanHead};

impl Workbench {
    /// The plans the caller may see.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub async fn list_plans(&self, caller: &Caller) -> Result<Vec<PlanCard>, Error> {
        self.person(caller)?;
        let mut cards = Vec::new();
        for row in self.store().list_plans(caller.user_id(), self.owner(caller).is_ok()).await? {
            match self.access(caller, &row.plan.key, PlanRole::Viewer).await {
                Ok(access) => cards.push(card(&access)),
                Err(Error::NotFound(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(cards)
    }

    /// Starts a plan; the caller becomes its editor. Returns its key.
    ///
    /// # Errors
    /// When the title is missing or cannot be kept.
    pub async fn create_plan(&self, caller: &Caller, title: &str) -> Result<String, Error> {
        self.person(caller)?;
        let title = domain::Line::new(title).map_err(|e| Error::invalid("name", e))?;
        if title.is_empty() {
            return Err(Error::invalid("name", "is needed"));
        }
        let document = DocumentId(Uuid::now_v7());
        let fields = [("name".to_owned(), json!(&*title))].into_iter().collect();
        let charter = Change::Add { item: ItemId(Uuid::now_v7()), kind: Kind::Charter, fields };
        let stamp = Stamp { by: caller.user_id(), at: self.now() };
        let charter = domain::apply(&Document::new(document), &charter, stamp)?;
        let members: Vec<_> = caller.user_id().map(|user| (user, PlanRole::Editor)).into_iter().collect();
        loop {
            let key = self.free_key(&title).await?;
            let audit = self.audit(caller, "started", None, json!({ "key": key }));
            let plan = NewPlan {
                document,
                key: &key,
                created_by: caller.user_id(),
                created_at: self.now(),
                members: &members,
                items: std::slice::from_ref(&charter),
            };
            match self.store().insert_plan(&plan, &[audit]).await {
                // Somebody took it meanwhile: the next one.
                Err(StoreError::Conflict { constraint }) if constraint == "plans_key" => {}
                other => return Ok(other.map(|_| key)?),
            }
        }
    }

    /// A key nobody uses, made from a title.
    pub(crate) async fn free_key(&self, title: &str) -> Result<String, Error> {
        let base = slug(title);
        for n in 1..1000 {
            let key = if n == 1 { base.clone() } else { format!("{base}-{n}") };
            match self.store().load_plan(&key, None).await {
                Err(StoreError::NotFound(_)) => return Ok(key),
                other => other?,
            };
        }
        Err(Error::Conflict(format!("a thousand plans are called “{title}”; choose another title")))
    }

    /// What every page of a plan shows around its content.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn plan_head(&self, caller: &Caller, key: &str) -> Result<PlanHead, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        Ok(head(&access))
    }

    /// The overview of a plan.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn overview(&self, caller: &Caller, key: &str) -> Result<Overview, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let head = head(&access);
        let gates = rules::gates(&access.plan, &access.evidence, &access.findings, access.today);
        let blocking: Vec<_> =
            access.open_findings().filter(|f| f.severity == rules::Severity::Error).cloned().collect();
        let entries = self.store().list_audit(access.plan.document.id, None, None, 8).await?;
        Ok(Overview {
            headline: rules::headline(&gates, &access.findings),
            next: rules::next_action(&access.plan, &access.evidence, &access.findings, &gates),
            blocking_total: blocking.len() as u64,
            blocking: blocking.into_iter().take(8).collect(),
            activity: activity::rows(&access, entries),
            charter: access.plan.each::<domain::entity::Charter>().next().map(|row| row.id()),
            purpose: access.plan.charter().purpose.to_string(),
            signed: self
                .store()
                .list_snapshots(access.plan.document.id)
                .await?
                .iter()
                .map(|info| info.version)
                .filter(|version| *version < access.plan.version)
                .max(),
            head,
        })
    }

    /// Gives a person a role in a plan, or takes it away.
    ///
    /// # Errors
    /// When the caller may not edit the plan, or the person is unknown.
    pub async fn set_member(
        &self,
        caller: &Caller,
        key: &str,
        user: UserId,
        role: Option<PlanRole>,
    ) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let person = self.store().load_user(user).await?.user;
        let detail = json!({ "person": person.name, "role": role.map(PlanRole::code) });
        let audit = self.audit(caller, "set role", None, detail);
        Ok(self.store().set_member(plan.document, user, role, audit).await?)
    }

    /// Says who may fill a reviewing slot.
    ///
    /// # Errors
    /// When the caller may not edit the plan, or somebody has no part in it.
    pub async fn set_slot(&self, caller: &Caller, key: &str, slot: Slot, people: &[UserId]) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        for user in people {
            let role = access.people.iter().find(|m| m.user.id == *user).map(|m| m.role);
            if role.is_none_or(|r| r < PlanRole::Reviewer) {
                return Err(Error::invalid("people", "must be reviewers or editors of this plan first"));
            }
        }
        let names: Vec<_> =
            access.people.iter().filter(|m| people.contains(&m.user.id)).map(|m| m.user.name.clone()).collect();
        let audit =
            self.audit(caller, "assigned a slot", None, json!({ "slot": slot.label(), "people": names.join(", ") }));
        Ok(self.store().set_slot(access.plan.document.id, slot, people, audit).await?)
    }

    /// An audit entry in the caller's name, now.
    pub(crate) fn audit(
        &self,
        caller: &Caller,
        verb: &str,
        item: Option<ItemId>,
        after: serde_json::Value,
    ) -> AuditEntry {
        AuditEntry { item, ..AuditEntry::new(caller.user_id(), verb, self.now()).after(after) }
    }
}

/// Around every page of a plan.
pub(crate) fn head(access: &Access) -> PlanHead {
    let plan = &access.plan;
    let charter = plan.charter();
    let updated_at = plan.document.items.values().map(|i| i.updated_at).max().unwrap_or(plan.created_at);
    PlanHead {
        key: plan.key.clone(),
        name: plan.name(),
        state: plan.state,
        version: plan.version,
        rev: plan.document.rev,
        heard: access.heard,
        updated_at: updated_at.to_string(),
        go_live: charter.go_live.map(|day| day.to_string()),
        go_live_in: charter.go_live.map(|day| i64::from((day - access.today).get_days())),
        sponsor: charter.sponsor.to_string(),
        lead: charter.lead.to_string(),
        role: access.role,
        may_edit: access.may_edit(),
        gates: rules::gates(plan, &access.evidence, &access.findings, access.today).to_vec(),
        findings: access.open_findings().count() as u64,
        open_threads: access.evidence.open_threads,
        people: access.people.iter().map(|m| m.user.name.clone()).collect(),
    }
}

fn card(access: &Access) -> PlanCard {
    let head = head(access);
    PlanCard {
        gates_passed: head.gates.iter().filter(|g| g.state == rules::GateState::Passes).count() as u8,
        blockers: access.open_findings().filter(|f| f.severity == rules::Severity::Error).count() as u64,
        key: head.key,
        name: head.name,
        state: head.state,
        version: head.version,
        go_live: head.go_live,
        updated_at: head.updated_at,
        role: head.role,
    }
}

fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 60 {
            break;
        }
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "plan".into() } else { slug.into() }
}
