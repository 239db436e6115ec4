//! Small tables written as text, staged and checked.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use reconcile::{
    NUMERIC, Outcome, Settings, Spec, Staged, Stager,
    arrow::{
        array::{ArrayRef, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema, SchemaRef},
    },
    check,
};

pub type Rows = Vec<Vec<Option<String>>>;

/// A table: columns, rows, and for typed sources which columns are numeric.
#[derive(Clone, Debug)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Rows,
    pub numeric: Vec<Option<bool>>,
}

impl Table {
    /// Cells separated by blanks; `∅` is NULL, `''` the empty text, `_` a blank.
    pub fn new(columns: &str, rows: &[&str]) -> Self {
        let columns: Vec<String> = columns.split(' ').map(str::to_owned).collect();
        let cell = |text: &str| match text {
            "∅" => None,
            "''" => Some(String::new()),
            text => Some(text.replace('_', " ")),
        };
        let rows = rows.iter().map(|row| row.split(' ').map(cell).collect()).collect();
        Self { numeric: vec![None; columns.len()], columns, rows }
    }

    /// The column as a typed source describes it.
    pub fn typed(mut self, column: &str, numeric: bool) -> Self {
        let at = self.columns.iter().position(|name| name == column).unwrap();
        self.numeric[at] = Some(numeric);
        self
    }

    pub fn schema(&self) -> SchemaRef {
        let field = |(name, numeric): (&String, &Option<bool>)| {
            let field = Field::new(name, DataType::Utf8, true);
            match numeric {
                Some(numeric) => {
                    let said = if *numeric { "yes" } else { "no" };
                    field.with_metadata(HashMap::from([(NUMERIC.to_owned(), said.to_owned())]))
                }
                None => field,
            }
        };
        Arc::new(Schema::new(self.columns.iter().zip(&self.numeric).map(field).collect::<Vec<_>>()))
    }

    pub fn batch(&self, rows: &[Vec<Option<String>>]) -> RecordBatch {
        let column =
            |at: usize| -> ArrayRef { Arc::new(rows.iter().map(|row| row[at].as_deref()).collect::<StringArray>()) };
        RecordBatch::try_new(self.schema(), (0..self.columns.len()).map(column).collect()).unwrap()
    }

    /// Stages in batches of this many rows.
    pub fn stage_by(&self, path: &Path, rows: usize) -> Staged {
        let mut stager = Stager::new(path);
        for rows in self.rows.chunks(rows) {
            stager.write(&self.batch(rows)).unwrap();
        }
        stager.finish(&self.schema()).unwrap()
    }

    pub fn stage(&self, path: &Path) -> Staged {
        self.stage_by(path, 1000)
    }
}

/// Settings that keep differences in `dir/differences.parquet`.
pub fn settings(dir: &Path) -> Settings {
    Settings { differences: Some(dir.join("differences.parquet")), ..Settings::new(dir.to_owned()) }
}

pub fn quiet() -> reconcile::ProgressFn {
    Arc::new(|_| {})
}

pub fn run_with(left: &Staged, right: &Staged, spec: &Spec, settings: &Settings) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(check(left, right, spec, settings, quiet(), Arc::new(AtomicBool::new(false)))).unwrap()
}

/// Checks two tables with options as on the command line.
pub fn run(left: &Table, right: &Table, key: &str, compare: &str, rules: &str) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let (left, right) = (left.stage(&dir.path().join("left.parquet")), right.stage(&dir.path().join("right.parquet")));
    run_with(&left, &right, &spec(key, compare, rules), &settings(dir.path()))
}

pub fn spec(key: &str, compare: &str, rules: &str) -> Spec {
    let pairs = |text| reconcile::parse_pairs("--test", text).unwrap();
    Spec::new(pairs(key), pairs(compare), &reconcile::parse_rules(rules).unwrap())
}

/// The three counts of the first field.
pub fn first_field(outcome: &Outcome) -> (u64, u64, u64) {
    let field = &outcome.report.fields[0];
    (field.equal, field.equal_by_rule, field.different)
}
