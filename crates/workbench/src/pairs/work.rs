//! The job that links the records of a run, from the staged evidence alone; and what the crosswalk adds to a check.

use super::{Decided, LONGEST_KEY, MOST_RECORDS, QUEUE, key_json};
use crate::{
    Error, Workbench,
    checks::work::{Claim, Pulse, fields},
    own_task::blocking,
};
use domain::{CrosswalkCounts, DocumentId, LinkTotals, RunId, RunState, entity::Check};
use reconcile::{Key, LinkPhase, LinkProgressFn, Proposed, Proposing, Side, Spec, Staged};
use serde_json::json;
use std::{path::PathBuf, sync::Arc};
use store::{Job, LinkOutcome};
use views::sync::RunProgress;

/// What a linking leaves behind.
pub(crate) struct LinkedRun {
    totals: LinkTotals,
    path: String,
}

impl Workbench {
    /// Compares the records that the crosswalk brings together as if their keys were equal; `settings` are those of the
    /// run that ended, with every difference kept.
    #[expect(clippy::too_many_arguments, reason = "what a check has at hand at its end")]
    pub(crate) async fn check_by_crosswalk(
        &self,
        document: DocumentId,
        run: RunId,
        check: &Check,
        [left, right]: [&Staged; 2],
        spec: &Spec,
        settings: &reconcile::Settings,
        pulse: &Pulse,
    ) -> Result<Option<CrosswalkCounts>, Error> {
        let item = self.store().load_run(run).await?.run.check;
        let decided = self.decided(document, item).await?;
        let key = |json: &str| serde_json::from_str::<Key>(json).ok().filter(|key| key.len() == spec.key.len());
        let mut confirmed: Vec<(Key, Key)> =
            decided.lefts.iter().filter_map(|(left, right)| Some((key(left)?, key(right)?))).collect();
        if confirmed.is_empty() {
            return Ok(None);
        }
        confirmed.sort_unstable();
        let cancel = Arc::clone(&pulse.cancel);
        let outcome = reconcile::check_pairs([left, right], spec, settings, confirmed, cancel).await?;
        Ok(outcome.map(|outcome| CrosswalkCounts {
            matched: outcome.report.records.matched,
            in_sync: outcome.in_sync,
            fields: fields(check, &outcome),
        }))
    }

    /// Links the records of a run and keeps the proposals beside its evidence.
    pub(crate) async fn link_records(
        &self,
        job: &Job,
        document: DocumentId,
        run: RunId,
        pulse: &Pulse,
    ) -> Result<LinkedRun, Error> {
        let everything = job.job.payload["everything"].as_bool().unwrap_or_default();
        let stored = self.store().load_run(run).await?;
        let none = || Error::Conflict("this run has no result; run the check again first".into());
        let records = stored.run.totals.as_ref().ok_or_else(none)?.records;
        if !everything {
            for (count, side) in [(records.only_left, Side::Left), (records.only_right, Side::Right)] {
                bounded(count, side)?;
            }
        }
        let files = &stored.files;
        let kept = |file: &Option<String>| self.kept(&stored, file.as_deref());
        let (left, right, differences) = (kept(&files.left)?, kept(&files.right)?, kept(&files.differences)?);
        let decided = self.decided(document, stored.run.check).await?;
        let (folder, name) = self.linking_folder(run, job);
        tokio::fs::create_dir_all(&folder)
            .await
            .map_err(|e| Error::Unavailable(format!("the pairs cannot be kept: {e}")))?;
        pulse.phase("reading");
        let work = Work { left, right, differences, folder, everything, decided, pulse: pulse.clone() };
        let totals = blocking(move || work.run()).await?;
        Ok(LinkedRun { totals, path: format!("{name}/pairs.parquet") })
    }

    /// Each attempt has a folder of its own. As a path, and within the evidence storage.
    fn linking_folder(&self, run: RunId, job: &Job) -> (PathBuf, String) {
        let name = format!("{run}/pairs/{}-{}", job.job.id, job.attempts);
        (self.settings().evidence_dir().join(&name), name)
    }

    /// Ends a linking in words, however it went.
    pub(crate) async fn finish_linking(
        &self,
        claim: &Claim<'_>,
        pulse: &Pulse,
        outcome: Result<LinkedRun, Error>,
    ) -> Result<(), Error> {
        let (document, run, job) = (claim.document, claim.run, &claim.attempt.job);
        let loaded = self.settled(claim, pulse, || self.store().load_run(run)).await?;
        let Some(stored) = loaded.map(|stored| stored.run) else { return Ok(()) };
        let (folder, _) = self.linking_folder(run, &claim.attempt);
        let mut end =
            LinkOutcome { state: RunState::Done, ended_at: self.now(), message: None, totals: None, path: None };
        match outcome {
            Ok(done) => (end.totals, end.path) = (Some(done.totals), Some(done.path)),
            Err(error) => {
                let _ = tokio::fs::remove_dir_all(&folder).await;
                let asked = self.settled(claim, pulse, || self.store().load_job(job.id)).await?;
                let stopped = asked.is_some_and(|job| job.cancel_requested);
                end.state = if stopped { RunState::Cancelled } else { RunState::Failed };
                if let Error::Internal(cause) = &error {
                    tracing::error!(%run, %cause, "linking failed inside");
                }
                end.message = (!stopped).then(|| error.to_string());
            }
        }
        let by = serde_json::from_value(job.payload["by"].clone()).ok();
        let entry = store::AuditEntry::new(by, "finished linking the records of", self.now())
            .item(stored.check)
            .after(json!({ "run": stored.number, "state": end.state.code() }));
        let (worker, id) = (claim.worker, job.id);
        let write = || self.store().finish_linking(document, run, id, worker, &end, entry.clone());
        let kept = async || self.store().load_linking(run).await.ok().flatten().and_then(|linking| linking.path);
        if self.settled(claim, pulse, write).await?.is_none() && (end.path.is_none() || kept().await != end.path) {
            let _ = tokio::fs::remove_dir_all(&folder).await;
            return Ok(());
        }
        self.tell(document, run, RunProgress::of(end.state.code()), true);
        Ok(())
    }
}

fn bounded(count: u64, side: Side) -> Result<(), Error> {
    if count <= MOST_RECORDS {
        return Ok(());
    }
    let (count, most) = (rules::number(count), rules::number(MOST_RECORDS));
    Err(Error::Unavailable(format!(
        "{count} records of the {side} side are to be linked, and at most {most} of a side can be; check a part of it"
    )))
}

/// Everything the blocking half needs.
struct Work {
    left: PathBuf,
    right: PathBuf,
    differences: PathBuf,
    folder: PathBuf,
    everything: bool,
    decided: Decided,
    pulse: Pulse,
}

impl Work {
    fn run(self) -> Result<LinkTotals, Error> {
        let mut spec = reconcile::compared(&self.differences)?;
        if spec.compare.is_empty() {
            return Err(Error::Conflict(
                "the check compares no columns that records could be told by; add some".into(),
            ));
        }
        // Linking looks at no more; the first are those that matter most.
        spec.compare.truncate(reconcile::MOST_LINKED_FIELDS);
        let (left, right) = (Staged::open(&self.left)?, Staged::open(&self.right)?);
        let mut totals = LinkTotals { everything: self.everything, ..LinkTotals::default() };
        let lefts = self.keys(&left, Side::Left, &spec, &mut totals)?;
        let rights = self.keys(&right, Side::Right, &spec, &mut totals)?;
        (totals.left, totals.right) = (lefts.len() as u64, rights.len() as u64);
        let pulse = self.pulse.clone();
        let progress: LinkProgressFn = Arc::new(move |phase| {
            pulse.phase(match phase {
                LinkPhase::Reading => "reading",
                LinkPhase::Blocking => "looking for pairs",
                LinkPhase::Comparing => "comparing pairs",
                LinkPhase::Deciding => "weighing pairs",
            });
        });
        let path = self.folder.join("pairs.parquet");
        let how = Proposing { temp_dir: self.folder.clone(), path, most_unclear: QUEUE, threads: 2 };
        let refused = |left: &Key, right: &Key| self.decided.same(&key_json(left), &key_json(right)) == Some(false);
        let found: Proposed = reconcile::propose(
            [&left, &right],
            &spec,
            [&lefts, &rights],
            &refused,
            &how,
            &progress,
            &self.pulse.cancel,
        )?;
        (totals.sure, totals.unclear) = (found.sure, found.unclear);
        (totals.beyond, totals.refused) = (found.beyond, found.refused);
        for side in ["left", "right"] {
            // What refuses to go is removed with the evidence of the run.
            let _ = std::fs::remove_file(self.folder.join(format!("{side}.rest")));
        }
        Ok(totals)
    }

    /// The keys of a side whose records are to be linked.
    fn keys(&self, staged: &Staged, side: Side, spec: &Spec, totals: &mut LinkTotals) -> Result<Vec<Key>, Error> {
        let mut keys = if self.everything {
            bounded(staged.rows, side)?;
            reconcile::single_keys(staged, side, spec, &self.pulse.cancel)?
        } else {
            reconcile::keys_on_one_side(&self.differences, side, |_| true)?
        };
        let partners = if side == Side::Left { &self.decided.lefts } else { &self.decided.rights };
        keys.retain(|key| {
            let key = key_json(key);
            let (long, known) = (key.len() > LONGEST_KEY, partners.contains_key(&key));
            totals.too_long += u64::from(long);
            totals.partnered += u64::from(known);
            !long && !known
        });
        Ok(keys)
    }
}
