//! Signing: the sponsor signs exactly the hash shown. Everything is computed here and compared once
//! more inside the store's transaction, so that nothing can slip in between.

use crate::{
    Access, Caller, Error, Workbench,
    exports::SignedFacts,
    past::Base,
    plans,
    review::{blockers, eligible, slot_rows, snapshot_contents},
};
use domain::{
    DocumentId, Evidence, ItemId, PlanRole, PlanState, RunId, RunState, Signature, Slice, Slot, SnapshotId,
    SnapshotInfo,
};
use secrecy::SecretString;
use serde_json::json;
use std::collections::BTreeMap;
use store::{NewSnapshot, SignOutcome, SignRequest};
use uuid::Uuid;
use views::{
    lengths,
    review::{ComparePage, VersionRow, VersionsPage},
};

impl Workbench {
    /// Signs the plan as its sponsor, who proves who they are with their password; who has none, by the one-time link
    /// they came in by just now.
    ///
    /// # Errors
    /// When the caller is not the sponsor or does not prove it, something blocks, or anything moved on since the page
    /// was shown; the message lists what.
    pub async fn sign_plan(
        &self,
        caller: &Caller,
        key: &str,
        root: &str,
        password: &SecretString,
    ) -> Result<SnapshotInfo, Error> {
        let access = self.access(caller, key, PlanRole::Reviewer).await?;
        let user = caller.user().ok_or(Error::SignedOut)?;
        eligible(&access, Slot::Sponsor, user.id)?;
        let round = self.open_round_of(&access).await?;
        let document = access.plan.document.id;
        let canonical = rules::canonical(&access.plan, &access.evidence, &rules::Profile::recommended());
        if canonical.root != root {
            return Err(Error::Conflict(
                "the plan changed while you were reading; look at the changes before you sign".into(),
            ));
        }
        let approvals = self.store().list_approvals(document).await?;
        let slots = slot_rows(&access, &approvals, root, Some(&round));
        let blocking = blockers(&access, &slots, true);
        if !blocking.is_empty() {
            return Err(Error::Conflict(format!("this cannot be signed yet: {}", blocking.join("; "))));
        }
        let proved_at = self.prove(caller, password).await?;
        let at = self.now();
        let signature = Signature {
            user: user.id,
            name: user.name.clone(),
            slot: Slot::Sponsor,
            meaning: Slot::Sponsor.meaning().into(),
            at,
            proved_at,
            root: canonical.root.clone(),
        };
        let previous = self.latest(document).await?.map(|s| s.root);
        let facts = SignedFacts::of(&access, &slots);
        let info = SnapshotInfo {
            id: SnapshotId(Uuid::now_v7()),
            document,
            version: access.plan.version,
            root: canonical.root.clone(),
            slices: canonical.slice_hashes.clone(),
            previous_root: previous,
            signed_at: at,
            signed_by: user.name.clone(),
            withdrawn: None,
        };
        let request = SignRequest {
            document,
            plan_rev: access.plan.document.rev,
            version: info.version,
            workspace: access.plan.workspace.id,
            workspace_items: access.plan.workspace.items.values().map(|i| (i.id, i.rev)).collect(),
            round: round.number,
            approvals: approvals.iter().map(|a| a.id).collect(),
            approvers: facts.approvals.iter().map(|a| a.user).collect(),
            slots: access.evidence.slots.iter().map(|s| (s.slot, s.user)).collect(),
            waivers: access.evidence.waivers.iter().map(|w| w.id).collect(),
            evidence: newest_results(&access),
            snapshot: NewSnapshot {
                id: info.id,
                root: info.root.clone(),
                slices: info.slices.clone(),
                previous_root: info.previous_root.clone(),
                canonical: canonical.bytes(),
                facts: facts.bytes()?,
            },
            signature,
        };
        let audit = self.audit(caller, "signed", None, json!({ "version": info.version, "root": info.root }));
        match self.store().sign(&request, audit).await? {
            SignOutcome::Signed => {
                self.tell_changed(&access);
                Ok(info)
            }
            SignOutcome::Differs(differences) => Err(Error::Conflict(format!(
                "nothing was signed, because something moved on at the same moment: {}",
                differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
            ))),
        }
    }

    /// Starts the next version of a signed plan. Items keep their ids.
    ///
    /// # Errors
    /// When the plan is not signed or the caller may not edit.
    pub async fn revise(&self, caller: &Caller, key: &str) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        if !matches!(access.plan.state, PlanState::Signed | PlanState::Withdrawn) {
            return Err(Error::Conflict("only a signed version can be revised; this one is still a draft".into()));
        }
        let audit = self.audit(caller, "revised", None, json!({ "version": access.plan.version + 1 }));
        self.store().revise_plan(access.plan.document.id, audit).await?;
        self.tell_changed(&access);
        Ok(())
    }

    /// Withdraws the newest signature openly: the version stays readable and says so.
    ///
    /// # Errors
    /// When the caller is not the sponsor or gives no reason.
    pub async fn withdraw(&self, caller: &Caller, key: &str, version: i64, reason: &str) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Reviewer).await?;
        let user = caller.user().ok_or(Error::SignedOut)?;
        eligible(&access, Slot::Sponsor, user.id)?;
        let reason = crate::items::line("reason", reason)?;
        if reason.is_empty() {
            return Err(Error::invalid("reason", "is needed"));
        }
        let audit = self.audit(caller, "withdrew", None, json!({ "version": version, "reason": &*reason }));
        self.store()
            .withdraw(access.plan.document.id, version, (user.id, &user.name), &reason, self.now(), audit)
            .await?;
        self.tell_changed(&access);
        Ok(())
    }

    /// The signed versions of a plan.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn versions(&self, caller: &Caller, key: &str) -> Result<VersionsPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let document = access.plan.document.id;
        let mut versions = Vec::new();
        for info in self.store().list_snapshots(document).await? {
            let snapshot = self.store().load_snapshot(document, info.version).await?;
            let approvals = SignedFacts::read(&snapshot)?.approvals;
            let (round, signatures) = (snapshot.round, snapshot.signatures);
            versions.push(VersionRow { info, round, approvals, signatures });
        }
        versions.sort_by_key(|v| -v.info.version);
        let closed = matches!(access.plan.state, PlanState::Signed | PlanState::Withdrawn);
        let sponsor = caller.user_id().is_some_and(|id| eligible(&access, Slot::Sponsor, id).is_ok());
        Ok(VersionsPage {
            may_revise: closed && access.role >= PlanRole::Editor,
            may_withdraw: sponsor,
            head: plans::head(&access),
            versions,
        })
    }

    /// Two versions field by field, one page of it. Names are `v1`, `v2`, …, `draft`, and `approval` for the plan as
    /// the caller last approved it; an empty `from` is that or else the newest signed version, an empty `to` the
    /// draft. `slice` leaves one slice, unless it is empty.
    ///
    /// # Errors
    /// When the caller may not see the plan or a name is unknown.
    pub async fn compare(
        &self,
        caller: &Caller,
        key: &str,
        (from, to): (&str, &str),
        slice: &str,
        offset: u64,
    ) -> Result<ComparePage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let approvals = self.store().list_approvals(access.plan.document.id).await?;
        let approved = self.as_approved(&access, &approvals).await?;
        let mut names = self.version_names(&access).await?;
        names.extend(approved.iter().map(|base| base.name.clone()));
        let first = names.last().cloned().unwrap_or_default();
        names.push("draft".into());
        // What cannot be rebuilt any more is compared with as if nobody had asked for it.
        let lost = from == "approval" && approved.is_none();
        let from = if from.is_empty() || lost { first } else { from.to_owned() };
        let to = if to.is_empty() { "draft".to_owned() } else { to.to_owned() };
        let mut items = Vec::new();
        if !from.is_empty() {
            let old = self.named(&access, approved.as_ref(), &from).await?;
            let new = self.named(&access, approved.as_ref(), &to).await?;
            items = rules::compare((&old.0, &old.1), (&new.0, &new.1));
        }
        let touched = |slice: Slice| items.iter().filter(|i| i.slices().contains(&slice)).count() as u64;
        let per_slice = Slice::ALL.into_iter().map(|s| (s, touched(s))).filter(|(_, n)| *n > 0).collect();
        if let Some(slice) = Slice::ALL.into_iter().find(|s| s.code() == slice) {
            items.retain(|item| item.slices().contains(&slice));
        }
        let total = items.len() as u64;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let items = items.into_iter().skip(offset).take(lengths::COMPARED.into()).collect();
        Ok(ComparePage { head: plans::head(&access), from, to, names, items, total, per_slice })
    }

    async fn version_names(&self, access: &Access) -> Result<Vec<String>, Error> {
        let snapshots = self.store().list_snapshots(access.plan.document.id).await?;
        let mut numbers: Vec<i64> = snapshots.iter().map(|info| info.version).collect();
        numbers.sort_unstable();
        Ok(numbers.iter().map(|n| format!("v{n}")).collect())
    }

    /// The plan as of a named version, with its evidence.
    async fn named(
        &self,
        access: &Access,
        approved: Option<&Base>,
        name: &str,
    ) -> Result<(domain::Plan, Evidence), Error> {
        if name == "draft" {
            return Ok(((*access.plan).clone(), (*access.evidence).clone()));
        }
        if let Some(base) = approved.filter(|base| base.name == name) {
            return Ok((base.plan.clone(), base.evidence.clone()));
        }
        let version = name.strip_prefix('v').and_then(|n| n.parse().ok()).ok_or(Error::NotFound("version"))?;
        let snapshot = self.store().load_snapshot(access.plan.document.id, version).await?;
        snapshot_contents(&snapshot.canonical)
    }

    /// The newest signed version of a plan, withdrawn ones included.
    pub(crate) async fn latest(&self, document: DocumentId) -> Result<Option<SnapshotInfo>, Error> {
        Ok(self.store().list_snapshots(document).await?.into_iter().max_by_key(|info| info.version))
    }
}

/// The newest finished run of each check, with the hash of its result.
fn newest_results(access: &Access) -> BTreeMap<RunId, String> {
    let mut newest: BTreeMap<ItemId, &domain::Run> = BTreeMap::new();
    for run in access.evidence.runs.iter().filter(|r| r.state == RunState::Done) {
        let entry = newest.entry(run.check).or_insert(run);
        if run.number > entry.number {
            *entry = run;
        }
    }
    newest.into_values().filter_map(|r| r.result_hash.clone().map(|hash| (r.id, hash))).collect()
}
