//! What changed since the run before: counts, and the columns that both runs read.

use crate::{Access, Error, Workbench};
use domain::{ItemId, Run, RunState};
use reconcile::{Staged, StagedColumn};
use std::{collections::BTreeMap, path::PathBuf};
use views::sync::{DriftMark, RunDrift};

/// Changed columns told one by one.
const COLUMNS: usize = 20;

impl Workbench {
    /// What changed since the run before of the same check, `points` being the names of what is compared.
    pub(super) async fn run_drift(
        &self,
        access: &Access,
        run: &Run,
        points: &[String],
        sides: [&str; 2],
    ) -> Result<Option<RunDrift>, Error> {
        let Some(drift) = rules::drift(&access.evidence.runs, run) else { return Ok(None) };
        let same_check = |r: &&Run| r.check == run.check && r.number == drift.before;
        let before = access.evidence.runs.iter().find(same_check).ok_or(Error::NotFound("run"))?;
        let mut columns = Vec::new();
        for (side, [was, is]) in sides.into_iter().zip(self.staged_sides(before, run).await?) {
            let read = tokio::task::spawn_blocking(move || Some((columns_of(was?)?, columns_of(is?)?))).await;
            let read = read.map_err(|e| Error::internal("the columns of a run could not be read", &e))?;
            columns.extend(read.map(|(was, is)| column_changes(side, &was, &is)).unwrap_or_default());
        }
        let more = columns.len().saturating_sub(COLUMNS);
        columns.truncate(COLUMNS);
        if more > 0 {
            columns.push(format!("and {more} more changes of columns"));
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
fn columns_of(path: PathBuf) -> Option<Vec<StagedColumn>> {
    Staged::columns_of(&path).ok()
}

/// Columns that went, came, or hold something else, in words; `side` is the name of the side.
fn column_changes(side: &str, was: &[StagedColumn], is: &[StagedColumn]) -> Vec<String> {
    let now: BTreeMap<&str, bool> = is.iter().map(|c| (c.name.as_str(), c.numeric)).collect();
    let before: BTreeMap<&str, bool> = was.iter().map(|c| (c.name.as_str(), c.numeric)).collect();
    let holds = |numeric: bool| if numeric { "numbers" } else { "text" };
    let gone = was.iter().filter_map(|c| match now.get(c.name.as_str()) {
        None => Some(format!("{side}: the column {} is gone", c.name)),
        Some(numeric) if *numeric != c.numeric => {
            Some(format!("{side}: the column {} held {} and holds {} now", c.name, holds(c.numeric), holds(*numeric)))
        }
        Some(_) => None,
    });
    let new = is.iter().filter(|c| !before.contains_key(c.name.as_str()));
    gone.chain(new.map(|c| format!("{side}: the column {} is new", c.name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_columns_are_named() {
        let column = |(name, numeric): (&str, bool)| StagedColumn { name: name.into(), numeric };
        let was = [("id", true), ("phone", false), ("zip", true)].map(column);
        let is = [("mobile", false), ("zip", false), ("id", true)].map(column);
        assert_eq!(
            column_changes("CRM", &was, &is),
            [
                "CRM: the column phone is gone",
                "CRM: the column zip held numbers and holds text now",
                "CRM: the column mobile is new",
            ]
        );
        assert!(column_changes("CRM", &was, &was).is_empty());
    }
}
