//! Invented persons, and what happens to their records between two systems. Everything comes from a seed.

use std::{collections::HashSet, path::Path, sync::Arc, sync::atomic::AtomicBool};

use reconcile::{
    EngineError, LinkPhase, LinkProgressFn, LinkSettings, LinkSpec, Linked, Staged, Stager,
    arrow::{
        array::{ArrayRef, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema},
    },
    link,
};

pub type Row = Vec<Option<String>>;

pub const COLUMNS: [&str; 7] = ["given_name", "surname", "street", "town", "postcode", "birth", "phone"];

/// A small generator (xorshift), so that a seed always gives the same records.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 16) % end as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn word(&mut self, syllables: usize) -> String {
        const STARTS: [&str; 14] = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "st", "w"];
        const ENDS: [&str; 10] = ["a", "e", "i", "o", "u", "an", "er", "il", "on", "ur"];
        (0..syllables).map(|_| [STARTS[self.below(14)], ENDS[self.below(10)]].concat()).collect()
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

/// Persons that share names, streets and towns as people do.
pub fn persons(random: &mut Random, count: usize) -> Vec<Row> {
    let list = |random: &mut Random, many: usize| (0..many).map(|at| random.word(2 + at % 2)).collect::<Vec<_>>();
    let (given, surnames) = (list(random, 120), list(random, 600));
    let (streets, towns) = (list(random, 300), list(random, 80));
    // Some names are far more common than others.
    let uneven = |random: &mut Random, many: usize| random.below(many).min(random.below(many));
    let person = |_| {
        let town = random.below(80);
        let (year, month, day) = (1935 + random.below(70), 1 + random.below(12), 1 + random.below(28));
        let values = [
            given[uneven(random, 120)].clone(),
            surnames[uneven(random, 600)].clone(),
            format!("{} street {}", streets[random.below(300)], 1 + random.below(90)),
            towns[town].clone(),
            format!("{}", 1000 + town * 37),
            format!("{year}-{month:02}-{day:02}"),
            format!("0{}", 100_000_000 + random.below(900_000_000)),
        ];
        values.into_iter().map(Some).collect()
    };
    (0..count).map(person).collect()
}

/// The record of the same person in another system: mistyped, moved, names exchanged, spelled otherwise, left empty.
pub fn damaged(random: &mut Random, row: &Row) -> Row {
    let mut row = row.clone();
    if random.chance(4) {
        row.swap(0, 1);
    }
    if random.chance(8) {
        row[2] = Some(format!("{} road {}", random.word(3), 1 + random.below(90)));
    }
    for value in &mut row {
        if random.chance(12)
            && let Some(text) = value
        {
            *text = mistyped(random, text);
        } else if random.chance(7) {
            *value = if random.chance(50) { None } else { Some(" ".into()) };
        } else if random.chance(10)
            && let Some(text) = value
        {
            *text = format!(" {}", text.to_uppercase());
        }
    }
    row
}

fn mistyped(random: &mut Random, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = random.below(letters.len());
    let other = if letters[at].is_ascii_digit() { '0' } else { 'a' };
    let other = char::from(other as u8 + random.below(10) as u8);
    match random.below(4) {
        0 => letters[at] = other,
        1 => letters.insert(at, other),
        2 if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => drop(letters.remove(at)),
    }
    letters.into_iter().collect()
}

/// Stages rows under column names.
pub fn staged(path: &Path, columns: &[&str], rows: &[Row]) -> Staged {
    let fields: Vec<Field> = columns.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let mut stager = Stager::scratch(path);
    for rows in rows.chunks(1000) {
        let column =
            |at: usize| -> ArrayRef { Arc::new(rows.iter().map(|row| row[at].as_deref()).collect::<StringArray>()) };
        let columns = (0..columns.len()).map(column).collect();
        stager.write(&RecordBatch::try_new(Arc::clone(&schema), columns).unwrap()).unwrap();
    }
    stager.finish(&schema).unwrap()
}

pub fn quiet() -> LinkProgressFn {
    Arc::new(|_: LinkPhase| {})
}

/// Links two tables of the same columns.
pub fn linked(columns: &[&str], left: &[Row], right: &[Row], threads: usize) -> Result<Linked, EngineError> {
    let dir = tempfile::tempdir().unwrap();
    let left = staged(&dir.path().join("l.parquet"), columns, left);
    let right = staged(&dir.path().join("r.parquet"), columns, right);
    let settings = LinkSettings { threads, ..LinkSettings::default() };
    link(&left, &right, &LinkSpec::default(), &settings, &quiet(), &AtomicBool::new(false))
}

/// Links the records of one table.
pub fn linked_within(columns: &[&str], rows: &[Row]) -> Linked {
    let dir = tempfile::tempdir().unwrap();
    let one = staged(&dir.path().join("one.parquet"), columns, rows);
    let spec = LinkSpec { within: true, ..LinkSpec::default() };
    link(&one, &one, &spec, &LinkSettings::default(), &quiet(), &AtomicBool::new(false)).unwrap()
}

/// F1 over all true pairs.
pub fn f1(linked: &Linked, truth: &HashSet<(u32, u32)>) -> f64 {
    let right = linked.pairs.iter().filter(|pair| truth.contains(&(pair.left_row, pair.right_row))).count();
    2.0 * right as f64 / (linked.pairs.len() + truth.len()) as f64
}
