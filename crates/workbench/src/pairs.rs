//! Records under another key: a person asks for them, a job proposes pairs, people decide. What they decide is kept in
//! the crosswalk; the trail says who decided and for which run, never the keys.

mod shown;
mod work;

use crate::{Caller, Error, Workbench, own_task::blocking};
use domain::{DocumentId, JobId, PairDecision, PairId, PairSource, PlanRole, Run, RunId, RunState, RunTotals, UserId};
use reconcile::Proposal;
use serde_json::json;
use std::{collections::HashMap, path::PathBuf};
use store::{Job, NewJob, PairFilter, StoreError};
use uuid::Uuid;
use views::sync::RunProgress;

/// The kind of job that links the records of a run.
pub(crate) const LINK: &str = "link";
/// Most records of a side that are linked.
const MOST_RECORDS: u64 = 200_000;
/// Most pairs in the queue.
const QUEUE: usize = 2_000;
/// Longest key in the crosswalk, in bytes as JSON: it stands in an index.
const LONGEST_KEY: usize = 1_000;
/// Most decisions of a check that are heeded.
const MOST_DECISIONS: i64 = 500_000;
/// Sure pairs taken over at a time, and in one press.
const PIECE: usize = 5_000;
const MOST_TAKEN: u64 = 20_000;

/// The run that a job links the records of.
pub(crate) fn run_of(job: &Job) -> Option<RunId> {
    serde_json::from_value(job.job.payload["of"].clone()).ok()
}

/// What is decided about the pairs of a check.
pub(crate) struct Decided {
    pairs: HashMap<(String, String), bool>,
    lefts: HashMap<String, String>,
    rights: HashMap<String, String>,
}

impl Decided {
    /// What was decided about a pair.
    fn same(&self, left: &str, right: &str) -> Option<bool> {
        self.pairs.get(&(left.to_owned(), right.to_owned())).copied()
    }

    /// Whether one of the two has another partner.
    fn partnered(&self, left: &str, right: &str) -> bool {
        self.lefts.get(left).is_some_and(|other| other != right)
            || self.rights.get(right).is_some_and(|other| other != left)
    }

    /// Whether a person has nothing to decide about a pair any more.
    fn settled(&self, left: &str, right: &str) -> bool {
        self.same(left, right).is_some() || self.partnered(left, right)
    }
}

/// A key as it is kept.
fn key_json(key: &[String]) -> String {
    serde_json::to_string(key).unwrap_or_default()
}

impl Workbench {
    /// Asks for the records of a run that stand under another key on the other side; with `everything` all records are
    /// linked, whatever their keys say. Returns at once; the work goes on in the background.
    ///
    /// # Errors
    /// When the caller may not edit, the run has no result or kept not all of its differences, or it is being done
    /// already.
    pub async fn find_pairs(&self, caller: &Caller, key: &str, number: i64, everything: bool) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let run = self.run_by_number(plan.document, number).await?;
        if run.state != RunState::Done {
            return Err(Error::Conflict("this run has no result; run the check again first".into()));
        }
        // Without the rows there is nothing to link, and what was found before stays as it is.
        self.differences_path(run.id).await?;
        if !everything {
            self.every_difference(&run).await?;
        }
        let before = self.store().load_linking(run.id).await?.and_then(|linking| linking.path);
        let job = NewJob {
            id: JobId(Uuid::now_v7()),
            kind: LINK.into(),
            document: Some(plan.document),
            run: None,
            payload: json!({ "of": run.id, "everything": everything, "by": caller.user_id() }),
            created_at: self.now(),
        };
        let audit =
            self.audit(caller, "looked for records under another id in", Some(run.check), json!({ "run": number }));
        match self.store().insert_linking(plan.document, run.id, &job, audit).await {
            Err(StoreError::Conflict { constraint }) if constraint == "linking_open" => {
                return Err(Error::Conflict("the records of this run are being linked already; wait for it".into()));
            }
            other => other?,
        }
        if let Some(before) = before {
            // What does not go now goes with the evidence of the run.
            let _ = tokio::fs::remove_file(self.settings().evidence_dir().join(before)).await;
        }
        self.tell(plan.document, run.id, RunProgress::of("waiting"), true);
        Ok(())
    }

    /// Refuses where a run kept not all of its differences: what stands on one side only would be a part of it.
    async fn every_difference(&self, run: &Run) -> Result<(), Error> {
        let path = self.differences_path(run.id).await?;
        // What cannot be read is said by the job, as of every other file.
        let Ok(kept) = blocking(move || Ok(reconcile::entries_kept(&path)?)).await else { return Ok(()) };
        let all = run.totals.as_ref().map(RunTotals::entries).unwrap_or_default();
        if kept >= all {
            return Ok(());
        }
        let (kept, all) = (rules::number(kept), rules::number(all));
        Err(Error::Conflict(format!(
            "this run kept {kept} of {all} differences, so what stands on one side only is not known; link all records, \
             or check a part of them"
        )))
    }

    /// Stops linking the records of a run.
    ///
    /// # Errors
    /// When the caller may not edit or nothing goes on.
    pub async fn stop_pairs(&self, caller: &Caller, key: &str, number: i64) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let run = self.run_by_number(plan.document, number).await?;
        let linking = self.store().load_linking(run.id).await?.ok_or(Error::NotFound("linking"))?;
        let audit = self.audit(caller, "stopped linking the records of", Some(run.check), json!({ "run": number }));
        match self.store().request_cancel(linking.job.job.id, self.now(), audit).await {
            Err(StoreError::Conflict { .. }) => Err(Error::Conflict("linking has ended already".into())),
            Ok(state) => {
                self.tell_stopped(plan.document, run.id, state);
                Ok(())
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Keeps whether two records are the same. `place` is where the page found them; the keys say what it showed.
    ///
    /// # Errors
    /// When the caller may not edit, the pair is not the one that was shown, or one of the two has another partner.
    pub async fn decide_pair(
        &self,
        caller: &Caller,
        key: &str,
        number: i64,
        place: u64,
        (left, right): (&str, &str),
        same: bool,
    ) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let by = caller.user_id().ok_or(Error::SignedOut)?;
        let run = self.run_by_number(plan.document, number).await?;
        let path = self.proposals_path(run.id).await?;
        let found = proposals(path, place, 1).await?.into_iter().next();
        let found =
            found.filter(|found| (key_json(&found.left).as_str(), key_json(&found.right).as_str()) == (left, right));
        let found =
            found.ok_or_else(|| Error::Conflict("the pairs were found anew meanwhile; load the page again".into()))?;
        let decision = self.decision(&run, &found, same, PairSource::Person, by);
        let said = json!({ "run": number, "same": same, "decision": decision.id });
        let audit = self.audit(caller, "decided about two records of", Some(run.check), said);
        match self.store().decide_pair(plan.document, &decision, audit).await {
            Err(StoreError::Conflict { constraint }) if constraint.starts_with("crosswalk_") => Err(Error::Conflict(
                "one of the two records has another partner in the crosswalk; take that back first".into(),
            )),
            other => Ok(other?),
        }
    }

    /// Takes back the caller's last decision for a run; returns the place of the pair in the queue, where it is there.
    ///
    /// # Errors
    /// When the caller may not edit or has decided nothing.
    pub async fn undo_pair(&self, caller: &Caller, key: &str, number: i64) -> Result<Option<u64>, Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let by = caller.user_id().ok_or(Error::SignedOut)?;
        let run = self.run_by_number(plan.document, number).await?;
        let last = self.last_decision(plan.document, run.id, by).await?;
        let last = last.ok_or_else(|| Error::Conflict("you have decided nothing for this run".into()))?;
        let said = json!({ "run": number, "decision": last.id });
        let audit = self.audit(caller, "took back a decision about two records of", Some(run.check), said);
        self.store().forget_pair(plan.document, last.id, audit).await?;
        let Ok(path) = self.proposals_path(run.id).await else { return Ok(None) };
        let queue = proposals(path, 0, QUEUE).await?;
        let place = queue.iter().position(|p| key_json(&p.left) == last.left && key_json(&p.right) == last.right);
        Ok(place.map(|place| place as u64))
    }

    /// Takes over the pairs that the engine is sure of, at most 20 000 at a time; what people decided stays. Returns how
    /// many were new.
    ///
    /// # Errors
    /// When the caller may not edit or there are no pairs.
    pub async fn take_over_pairs(&self, caller: &Caller, key: &str, number: i64) -> Result<u64, Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let by = caller.user_id().ok_or(Error::SignedOut)?;
        let run = self.run_by_number(plan.document, number).await?;
        let path = self.proposals_path(run.id).await?;
        let totals = self.store().load_linking(run.id).await?.and_then(|l| l.totals).unwrap_or_default();
        let settled = self.decided(plan.document, run.check).await?;
        let (mut place, mut kept) = (totals.unclear, 0);
        while kept < MOST_TAKEN {
            let piece = proposals(path.clone(), place, PIECE).await?;
            if piece.is_empty() {
                break;
            }
            place += piece.len() as u64;
            let made = |found: &Proposal| self.decision(&run, found, true, PairSource::Engine, by);
            let open =
                |found: &&Proposal| found.sure && !settled.settled(&key_json(&found.left), &key_json(&found.right));
            let decisions: Vec<_> = piece.iter().filter(open).map(made).collect();
            if decisions.is_empty() {
                continue;
            }
            let said = json!({ "run": number, "pairs": decisions.len() });
            let audit = self.audit(caller, "took over sure pairs of", Some(run.check), said);
            kept += self.store().decide_pairs(plan.document, &decisions, audit).await?;
        }
        Ok(kept)
    }

    fn decision(&self, run: &Run, found: &Proposal, same: bool, source: PairSource, by: UserId) -> PairDecision {
        PairDecision {
            id: PairId(Uuid::now_v7()),
            check: run.check,
            left: key_json(&found.left),
            right: key_json(&found.right),
            same,
            score: (found.score.clamp(0.0, 1.0) * 10_000.0).round() as i64,
            source,
            run: run.id,
            run_number: run.number,
            by,
            by_name: String::new(),
            at: self.now(),
        }
    }

    async fn last_decision(&self, plan: DocumentId, run: RunId, by: UserId) -> Result<Option<PairDecision>, Error> {
        let mine =
            PairFilter { run: Some(run), by: Some(by), source: Some(PairSource::Person), ..PairFilter::default() };
        Ok(self.store().list_pairs(plan, &mine, 0, 1).await?.into_iter().next())
    }

    pub(crate) async fn run_by_number(&self, plan: DocumentId, number: i64) -> Result<Run, Error> {
        Ok(self.store().load_run_numbered(plan, number).await?.run)
    }

    async fn proposals_path(&self, run: RunId) -> Result<PathBuf, Error> {
        let path = self.store().load_linking(run).await?.and_then(|linking| linking.path);
        let path = path.ok_or_else(|| Error::Conflict("no pairs were found for this run yet".into()))?;
        Ok(self.settings().evidence_dir().join(path))
    }

    /// What is decided about the pairs of a check.
    pub(crate) async fn decided(&self, plan: DocumentId, check: domain::ItemId) -> Result<Decided, Error> {
        let mut decided = Decided { pairs: HashMap::new(), lefts: HashMap::new(), rights: HashMap::new() };
        for (left, right, same) in self.store().list_pair_keys(plan, check, MOST_DECISIONS).await? {
            if same {
                decided.lefts.insert(left.clone(), right.clone());
                decided.rights.insert(right.clone(), left.clone());
            }
            decided.pairs.insert((left, right), same);
        }
        Ok(decided)
    }
}

async fn proposals(path: PathBuf, from: u64, limit: usize) -> Result<Vec<Proposal>, Error> {
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    blocking(move || Ok(reconcile::proposals(&path, from, limit)?)).await
}
