//! A small plan that can be signed, and the six people who answer for it.

use super::world::World;
use domain::{ItemId, Kind, PlanRole, Slot, User, WorkspaceRole};
use secrecy::SecretString;
use serde_json::json;
use std::collections::BTreeMap;
use views::review::{FindingsFilter, ReviewPage};
use workbench::{Caller, Error, Visitor};

/// What everybody who joins signs in with.
pub const PASSWORD: &str = "a long enough sentence";

/// A world with a plan whose errors are all waived, and somebody in each slot.
pub struct Signable {
    pub world: World,
    pub people: BTreeMap<Slot, Caller>,
    /// The one data point of the plan.
    pub point: ItemId,
    /// The one instance, which belongs to the workspace.
    pub instance: ItemId,
}

impl Signable {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(adjust: impl FnOnce(&mut workbench::Settings)) -> Self {
        let world = World::with(adjust).await;
        let instance = world
            .add(Kind::Instance, json!({ "name": "CRM", "business_owner": "Mira", "technical_owner": "Tom" }))
            .await;
        let object = world
            .add(Kind::BusinessObject, json!({ "name": "Customer", "definition": "Who bought", "owner": "Mira" }))
            .await;
        let point = world
            .add(
                Kind::DataPoint,
                json!({
                    "name": "E-mail", "object": object, "definition": "Where receipts go", "logical_type": "string",
                    "examples": ["ann@example.org"], "classification": "internal",
                }),
            )
            .await;
        let occurrence = world
            .add(
                Kind::Occurrence,
                json!({ "data_point": point, "instance": instance, "object_name": "customer", "field_name": "email" }),
            )
            .await;
        world.add(Kind::RecordRole, json!({ "object": object, "instance": instance, "role": "record" })).await;
        world
            .add(
                Kind::Truth,
                json!({
                    "data_point": point, "occurrence": occurrence, "state": "agreed", "rationale": "Asked on each call",
                    "agreed_by": ["Mira", "Tom"],
                }),
            )
            .await;
        let mut people = BTreeMap::new();
        for (slot, name) in Slot::ALL.into_iter().zip(["Dora", "Paul", "Cleo", "Tom", "Priya", "Ines"]) {
            let caller = world.join(name, PlanRole::Reviewer).await;
            world.workbench.set_slot(&world.owner, &world.plan, slot, &[caller.user_id().unwrap()]).await.unwrap();
            people.insert(slot, caller);
        }
        let signable = Self { world, people, point, instance };
        signable.waive_errors().await;
        signable
    }

    /// Excuses every error that is open, as the sponsor.
    pub async fn waive_errors(&self) {
        let (w, sponsor, plan) = (&self.world.workbench, self.who(Slot::Sponsor), self.world.plan.as_str());
        let errors = FindingsFilter { severity: "error".into(), ..FindingsFilter::default() };
        let list = w.list_findings(sponsor, plan, &errors).await.unwrap();
        let last = list.proposed.to_string();
        for finding in list.rows.into_iter().map(|row| row.finding) {
            assert!(!finding.locked, "the plan cannot be made signable: {} {}", finding.rule, finding.message);
            w.waive(sponsor, plan, &finding.rule, &finding.fingerprint, "small on purpose", &last).await.unwrap();
        }
    }

    /// The review page as somebody sees it.
    pub async fn page(&self, who: &Caller) -> ReviewPage {
        self.world.workbench.review(who, &self.world.plan).await.unwrap()
    }

    /// Who fills a slot.
    pub fn who(&self, slot: Slot) -> &Caller {
        &self.people[&slot]
    }

    /// Approves one slot for the hash its person is shown.
    pub async fn approve(&self, slot: Slot) -> Result<(), Error> {
        let page = self.page(self.who(slot)).await;
        let row = page.slots.iter().find(|r| r.slot == slot).unwrap();
        assert!(row.may_approve, "{} may not approve", slot.label());
        self.world.workbench.approve(self.who(slot), &self.world.plan, slot, &row.hash, "").await
    }

    /// Approves every slot whose approval does not hold.
    pub async fn approve_all(&self) {
        for row in self.page(&self.world.owner).await.slots {
            if row.slot != Slot::Sponsor && !row.filled {
                self.approve(row.slot).await.unwrap();
            }
        }
    }

    /// Requests a review and has everything approved.
    pub async fn reviewed(&self) {
        self.world.workbench.request_review(&self.world.owner, &self.world.plan, "Please look").await.unwrap();
        self.approve_all().await;
    }

    /// Signs what the sponsor is shown.
    pub async fn sign(&self) -> Result<domain::SnapshotInfo, Error> {
        let sponsor = self.who(Slot::Sponsor);
        let root = self.page(sponsor).await.root;
        self.sign_as(sponsor, &root).await
    }

    /// Signs a root as somebody, with their password.
    pub async fn sign_as(&self, who: &Caller, root: &str) -> Result<domain::SnapshotInfo, Error> {
        self.world.workbench.sign_plan(who, &self.world.plan, root, &SecretString::from(PASSWORD)).await
    }

    /// Gives one text field of an item another value.
    pub async fn set(&self, item: ItemId, field: &str, before: &str, after: &str) -> Result<(), Error> {
        let patch = domain::Patch { field: field.into(), before: json!(before), after: json!(after) };
        let change = vec![domain::Change::Set { item, patches: vec![patch] }];
        let world = &self.world;
        if item == self.instance {
            world.workbench.edit_workspace(&world.owner, change).await.map(|_| ())
        } else {
            world.workbench.edit(&world.owner, &world.plan, change).await.map(|_| ())
        }
    }
}

impl World {
    /// Somebody with an account and a role in the plan.
    pub async fn join(&self, name: &str, role: PlanRole) -> Caller {
        let email = format!("{}@example.org", name.to_lowercase());
        self.add_with(name, &email, role, PASSWORD).await;
        self.by_link(&email).await
    }

    /// The same of somebody who has chosen no password yet.
    pub async fn join_without_password(&self, name: &str, role: PlanRole) -> Caller {
        let email = format!("{}@example.org", name.to_lowercase());
        self.add_with(name, &email, role, "").await;
        self.by_link(&email).await
    }

    async fn add_with(&self, name: &str, email: &str, role: PlanRole, password: &str) {
        let (member, password) = (WorkspaceRole::Member, SecretString::from(password));
        let added: User = self.workbench.add_person(&self.owner, name, email, member, &password).await.unwrap();
        self.workbench.set_member(&self.owner, &self.plan, added.id, Some(role)).await.unwrap();
    }

    /// Somebody who comes in by a one-time link.
    pub async fn by_link(&self, email: &str) -> Caller {
        let link = self.workbench.sign_in_link(&Caller::Operator, email).await.unwrap();
        let signed_in = self.workbench.sign_in_once(&link, &Visitor::default()).await.unwrap();
        self.workbench.recognise(&signed_in.token).await.unwrap()
    }
}
