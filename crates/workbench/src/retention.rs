//! How long the rows that runs read are kept: staged copies of other people's data and the differences between them.
//! They may be personal data, so they go once they are old; counts, causes and hashes stay. What a plan rests on keeps
//! its rows: see `docs/decisions/0015-retention.md`.

use crate::{Caller, Error, Workbench, editing::draft_of, own_task::blocking, review::snapshot_contents};
use domain::{DocumentId, Evidence, RunId, WorklistState};
use jiff::SignedDuration;
use serde_json::json;
use std::{collections::BTreeSet, io, path::PathBuf};
use store::{AuditEntry, OldRuns, RunFiles, StoreError};
use uuid::Uuid;

/// Hours of a day.
const DAY: i64 = 24;
/// Runs in one step: nobody else can write to the database meanwhile.
const AT_ONCE: usize = 500;

impl Workbench {
    /// Removes the rows of runs that are older than the operator keeps them, unless something rests on them, and what
    /// earlier removals left behind. Returns of how many runs. For the server, now and then.
    ///
    /// # Errors
    /// When the caller is no owner or the store does not answer. Files that cannot be removed are tried again next time.
    pub async fn remove_old_rows(&self, caller: &Caller) -> Result<usize, Error> {
        self.owner(caller)?;
        let days = self.settings().keep_days;
        if days == 0 {
            return Ok(0);
        }
        // Longer than there has been time: for ever.
        let Ok(before) = self.now().checked_sub(SignedDuration::from_hours(i64::from(days) * DAY)) else {
            return Ok(0);
        };
        let (mut removed, mut failed) = (0, None);
        for old in self.store().list_old_runs(before).await? {
            let document = old.document;
            match self.remove_rows_of_plan(old).await {
                Ok(runs) => removed += runs,
                // It keeps nobody else's rows.
                Err(error) => {
                    tracing::warn!(%document, %error, "rows of old runs of a plan could not be removed");
                    failed = Some(error);
                }
            }
        }
        self.remove_left_behind().await?;
        failed.map_or(Ok(removed), Err)
    }

    async fn remove_rows_of_plan(&self, mut old: OldRuns) -> Result<usize, Error> {
        let kept = self.runs_rested_on(old.document).await?;
        old.runs.retain(|(run, _)| !kept.contains(run));
        let mut removed = 0;
        for some in old.runs.chunks(AT_ONCE) {
            let some = OldRuns { document: old.document, runs: some.to_vec() };
            // The trail tells of it first: what is gone without a word would be a riddle.
            let at = self.now();
            let entry = move |numbers: &[i64]| {
                AuditEntry::new(None, "removed the rows of old runs", at).after(json!({ "runs": numbers }))
            };
            let forgotten = self.store().forget_run_files(&some, at, entry).await?;
            for run in &forgotten {
                self.remove_folder(*run).await;
            }
            removed += forgotten.len();
        }
        Ok(removed)
    }

    /// The runs whose rows stay: those that the plan as it stands or its newest signed version relies on, and those of
    /// open work-lists.
    async fn runs_rested_on(&self, document: DocumentId) -> Result<BTreeSet<RunId>, Error> {
        let plan = draft_of(&*self.document(document).await?, &*self.document(self.workspace_id()).await?);
        let evidence = Evidence { runs: self.runs(&plan).await?, ..Evidence::default() };
        let mut kept = rules::runs_relied_on(&plan, &evidence);
        let worklists = self.store().list_worklists(document).await?;
        kept.extend(worklists.into_iter().filter(|w| w.state == WorklistState::Open).map(|w| w.run));
        if let Some(signed) = self.latest(document).await? {
            let snapshot = self.store().load_snapshot(document, signed.version).await?;
            let (_, evidence) = snapshot_contents(&snapshot.canonical)?;
            kept.extend(evidence.runs.iter().map(|run| run.id));
        }
        Ok(kept)
    }

    /// Folders of runs that have ended and refer to no file: a removal or a run was cut short.
    async fn remove_left_behind(&self) -> Result<(), Error> {
        let files = self.store().list_run_files().await?;
        let paths = files.into_iter().flat_map(RunFiles::paths);
        let named: BTreeSet<String> = paths.filter_map(|path| Some(path.split('/').next()?.to_owned())).collect();
        let folder = self.settings().evidence_dir();
        let there = blocking(move || Ok(folders(folder))).await?;
        for name in there.into_iter().filter(|name| !named.contains(name)) {
            let Ok(run) = name.parse::<Uuid>().map(RunId) else { continue };
            match self.store().load_run(run).await {
                // Asked anew, because it may have got its result meanwhile.
                Ok(stored) if stored.run.state.ended() && stored.files == RunFiles::default() => {
                    self.remove_folder(run).await;
                }
                // It goes on, or the database is older than the folder.
                Ok(_) | Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn remove_folder(&self, run: RunId) {
        let folder = self.settings().evidence_dir().join(run.to_string());
        match tokio::fs::remove_dir_all(&folder).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%run, %error, "the rows of an old run could not be removed; tried again later");
            }
            _ => {}
        }
    }
}

/// Names of the folders in a folder; none where it cannot be read.
fn folders(folder: PathBuf) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}
