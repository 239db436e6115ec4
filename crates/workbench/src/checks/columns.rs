//! What became of the columns: those an earlier run of the same check saw, and those that hold numbers on one side only.
//! Neither ends a run; a reader of its result should know.

use crate::{Error, Workbench, access::RUNS_OF_CHECK, own_task::blocking};
use domain::{DocumentId, Run, RunState};
use reconcile::{EngineError, Side, Spec, Staged, StagedColumn};

/// Most names a note tells.
const LISTED: usize = 20;

/// The columns that the newest finished run of the same check kept.
pub(super) struct Before {
    number: i64,
    left: Vec<StagedColumn>,
    right: Vec<StagedColumn>,
}

impl Workbench {
    /// What the run before this one saw; `None` where there is none, the check was another by then, or its files are gone.
    pub(super) async fn columns_before(&self, document: DocumentId, run: &Run) -> Result<Option<Before>, Error> {
        let runs = self.store().list_runs(document, &[run.check], RUNS_OF_CHECK).await?;
        let same = |r: &&Run| {
            r.check == run.check && r.number < run.number && r.state == RunState::Done && r.spec_hash == run.spec_hash
        };
        let Some(earlier) = runs.iter().filter(same).max_by_key(|r| r.number) else { return Ok(None) };
        let files = self.store().load_run(earlier.id).await?.files;
        let (Some(left), Some(right)) = (files.left, files.right) else { return Ok(None) };
        let folder = self.settings().evidence_dir();
        let (number, left, right) = (earlier.number, folder.join(left), folder.join(right));
        let read = move || {
            Some(Before { number, left: Staged::columns_of(&left).ok()?, right: Staged::columns_of(&right).ok()? })
        };
        blocking(move || Ok(read())).await
    }
}

impl Before {
    /// What changed since then, per side; `None` where nothing did.
    pub(super) fn changes(&self, left: &Staged, right: &Staged) -> [Option<String>; 2] {
        let number = self.number;
        [column_changes(number, &self.left, &left.columns), column_changes(number, &self.right, &right.columns)]
    }
}

/// A missing column that was there before is told as one that went.
pub(super) fn explain(error: EngineError, before: Option<&Before>) -> Error {
    if let (EngineError::MissingColumn { side, column, .. }, Some(before)) = (&error, before) {
        let columns = if *side == Side::Left { &before.left } else { &before.right };
        if columns.iter().any(|known| known.name == *column) {
            let number = before.number;
            let words = format!("{error}; run {number} still had it: bring it back or change the check");
            return Error::invalid("check", words);
        }
    }
    error.into()
}

/// What became of the columns of one side since the run of this number, in words; `None` where nothing changed.
pub(crate) fn column_changes(number: i64, before: &[StagedColumn], now: &[StagedColumn]) -> Option<String> {
    let find = |columns: &[StagedColumn], name: &str| columns.iter().find(|column| column.name == name).cloned();
    let new: Vec<&str> = now.iter().map(|c| c.name.as_str()).filter(|name| find(before, name).is_none()).collect();
    let gone: Vec<&str> = before.iter().map(|c| c.name.as_str()).filter(|name| find(now, name).is_none()).collect();
    let turned = |numeric: bool| -> Vec<&str> {
        let has =
            |c: &&StagedColumn| c.numeric == numeric && find(before, &c.name).is_some_and(|b| b.numeric != numeric);
        now.iter().filter(has).map(|c| c.name.as_str()).collect()
    };
    let parts =
        [("new", new), ("gone", gone), ("numbers now", turned(true)), ("not only numbers any more", turned(false))];
    let told: Vec<String> = parts
        .iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(what, names)| format!("{what}: {}", listed(names)))
        .collect();
    (!told.is_empty()).then(|| format!("its columns have changed since run {number}: {}", told.join("; ")))
}

/// Compared pairs of which one side holds numbers and the other does not, told at the side that does not.
pub(super) fn clashes(spec: &Spec, left: &Staged, right: &Staged) -> [Option<String>; 2] {
    // Of a side without rows nothing can be said.
    if left.rows == 0 || right.rows == 0 {
        return [None, None];
    }
    let numeric = |staged: &Staged, name: &str| staged.columns.iter().any(|c| c.name == name && c.numeric);
    let (mut of_left, mut of_right) = (Vec::new(), Vec::new());
    for pair in &spec.compare {
        match (numeric(left, &pair.left), numeric(right, &pair.right)) {
            (false, true) => of_left.push(pair.left.as_str()),
            (true, false) => of_right.push(pair.right.as_str()),
            _ => {}
        }
    }
    let told = |names: Vec<&str>| {
        let names = (!names.is_empty()).then(|| listed(&names))?;
        Some(format!("numbers on the other side and not only numbers here, so compared as text: {names}"))
    };
    [told(of_left), told(of_right)]
}

fn listed(names: &[&str]) -> String {
    let mut text = names.iter().take(LISTED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > LISTED {
        text.push_str(&format!(" and {} more", names.len() - LISTED));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_columns_are_named() {
        let column = |(name, numeric): (&str, bool)| StagedColumn { name: name.into(), numeric };
        let was = [("id", true), ("phone", false), ("zip", true)].map(column);
        let is = [("mobile", false), ("zip", false), ("id", true)].map(column);
        let words = column_changes(3, &was, &is);
        let expected =
            "its columns have changed since run 3: new: `mobile`; gone: `phone`; not only numbers any more: `zip`";
        assert_eq!(words.as_deref(), Some(expected));
        assert_eq!(column_changes(3, &was, &was), None);
    }
}
