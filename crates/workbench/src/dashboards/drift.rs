//! What changed since the run before: counts, and the columns that both runs read.

use crate::{Access, Error, Workbench, checks::column_changes, own_task::blocking};
use domain::{ItemId, Run, RunState};
use reconcile::{Staged, StagedColumn};
use std::path::{Path, PathBuf};
use views::sync::{DriftMark, RunDrift};

impl Workbench {
    /// What changed since the run before of the same check, `points` being the names of what is compared.
    pub(super) async fn run_drift(
        &self,
        access: &Access,
        run: &Run,
        points: &[String],
        sides: [&str; 2],
    ) -> Result<Option<RunDrift>, Error> {
        let before = self.store().load_run_before(access.plan.document.id, run).await?;
        let Some(drift) = rules::drift(before.as_slice(), run) else { return Ok(None) };
        let Some(before) = &before else { return Ok(None) };
        let mut columns = Vec::new();
        for (side, [was, is]) in sides.into_iter().zip(self.staged_sides(before, run).await?) {
            let read =
                blocking(move || Ok(was.zip(is).and_then(|(was, is)| Some((columns_of(&was)?, columns_of(&is)?)))))
                    .await?;
            let changed = read.and_then(|(was, is)| column_changes(before.number, &was, &is));
            columns.extend(changed.map(|words| format!("{side}: {words}")));
        }
        Ok(Some(RunDrift { words: drift.words(points), drift, columns }))
    }

    /// The files of both runs, side by side.
    async fn staged_sides(&self, before: &Run, run: &Run) -> Result<[[Option<PathBuf>; 2]; 2], Error> {
        let was = self.store().load_run(before.id).await?.files;
        let is = self.store().load_run(run.id).await?.files;
        let path = |file: Option<String>| file.map(|file| self.settings().evidence_dir().join(file));
        Ok([[path(was.left), path(is.left)], [path(was.right), path(is.right)]])
    }
}

/// How the newest result of a check stands to the one before; nothing where neither side moved.
pub(super) fn mark(access: &Access, check: ItemId, name: impl Fn(&domain::FieldCounts) -> String) -> Option<DriftMark> {
    let runs = &access.evidence.runs;
    let newest = runs.iter().filter(|r| r.check == check && r.state == RunState::Done).max_by_key(|r| r.number)?;
    let drift = rules::drift(runs, newest)?;
    let counts = drift.counts.as_ref().filter(|counts| counts.drifted())?;
    let names: Vec<String> = newest.totals.iter().flat_map(|t| &t.fields).map(name).collect();
    let words = drift.words(&names);
    Some(DriftMark { number: newest.number, before: drift.before, worse: counts.worse(), words })
}

/// The columns a run kept, as far as they can still be read.
fn columns_of(path: &Path) -> Option<Vec<StagedColumn>> {
    Staged::columns_of(path).ok()
}
