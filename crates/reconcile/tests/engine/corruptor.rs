//! Causes against a seeded corruptor: each damaged cell carries the cause it was damaged by, and the engine must find
//! that cause again.

use std::collections::BTreeMap;

use reconcile::{Cause, Class, Filter, page};

use crate::tables::{Rows, Table, run_with, settings, spec};

const RECORDS: usize = 6_000;
const COLUMNS: &str = "no first last name city street phone zip price born seen status mail country note";

/// A small generator of numbers that are the same everywhere.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

const FIRST: [&str; 12] = [
    "Johanna",
    "Zoë",
    "Tomás",
    "Magdalena",
    "Sebastian",
    "Françoise",
    "Matthew",
    "Jürgen",
    "Alexandra",
    "Benedict",
    "Caroline",
    "Dominique",
];
const LAST: [&str; 12] = [
    "Müller",
    "Fernández",
    "Novakova",
    "Harrington",
    "Lindqvist",
    "Søndergaard",
    "Beaumont",
    "Castellano",
    "O'Sullivan",
    "Petersen",
    "Wójcik",
    "Thompson",
];
const CITY: [&str; 8] =
    ["São Paulo", "Zürich", "Kraków", "Wellington", "Montréal", "Düsseldorf", "Copenhagen", "Sydney North"];
const STREET: [&str; 6] =
    ["Harbour Street", "Königstraße", "Rue de la Paix", "Long Acre Road", "Kungsgatan", "Avenida Central"];
const STATUS: [&str; 4] = ["active", "paused", "closed", "prospect"];
const CODES: [&str; 4] = ["A1", "P7", "C3", "X9"];

fn record(no: usize, random: &mut Seeded) -> Vec<String> {
    let (first, last) = (random.of(&FIRST), random.of(&LAST));
    let (month, day) = (1 + random.below(12), 13 + random.below(15));
    vec![
        format!("{no:06}"),
        first.to_owned(),
        last.to_owned(),
        format!("{first} {last}"),
        random.of(&CITY).to_owned(),
        format!("{} {}", random.of(&STREET), 1 + random.below(200)),
        format!("+49 30 {:07}", 1_000_000 + random.below(8_999_999)),
        format!("{:05}", random.below(9_999)),
        format!("{}.{}{}", 1_000 + random.below(90_000), random.below(10), 1 + random.below(9)),
        format!("19{:02}-{month:02}-{day:02}", 40 + random.below(60)),
        format!("2026-{month:02}-{day:02} {:02}:{:02}:07", random.below(24), random.below(60)),
        random.of(&STATUS).to_owned(),
        format!("{}{}@example.org", first.to_lowercase(), random.below(9_999)),
        random.of(&["Germany", "Poland", "Denmark", "Brazil", "Canada"]).to_owned(),
        format!("note {}", random.below(1_000_000)),
    ]
}

/// Damages one or two cells of a record; says which and by what cause.
fn damage(
    kind: usize,
    row: &mut [Option<String>],
    left: &mut [Option<String>],
    random: &mut Seeded,
) -> Vec<(usize, Cause)> {
    let text = |row: &[Option<String>], at: usize| row[at].clone().unwrap_or_default();
    let mut set = |at: usize, value: String, cause: Cause| {
        row[at] = Some(value);
        vec![(at, cause)]
    };
    let at = |name: &str| COLUMNS.split(' ').position(|column| column == name).unwrap();
    match kind {
        0 => {
            left[at("note")] = None;
            set(at("note"), random.of(&["", " "]).to_owned(), Cause::NullOrBlank)
        }
        1 => set(at("city"), String::new(), Cause::EmptyOnOneSide),
        2 => {
            let street = text(left, at("street"));
            let spaced = random.of(&["  ", " \u{a0}", "\t"]);
            set(at("street"), street.replacen(' ', spaced, 1), Cause::WhiteSpace)
        }
        3 => set(at("name"), text(left, at("name")).to_uppercase(), Cause::Case),
        4 => {
            left[at("city")] = Some("Zürich".into());
            set(at("city"), "Zu\u{308}rich".into(), Cause::UnicodeForm)
        }
        5 => {
            let city = random.of(&["São Paulo", "Kraków", "Düsseldorf"]);
            left[at("city")] = Some(city.into());
            let wrong: String = if random.below(2) == 0 {
                city.bytes().map(char::from).collect()
            } else {
                city.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
            };
            set(at("city"), wrong, Cause::Encoding)
        }
        6 => {
            left[at("last")] = Some("Fernández".into());
            set(at("last"), "Fernandez".into(), Cause::Accents)
        }
        7 => {
            let phone = text(left, at("phone"));
            let rest = &phone[6..];
            let wanted =
                [format!("+49(30){}", rest.trim()), format!("+49-30-{}", rest.trim()), format!("+4930{}", rest.trim())];
            set(at("phone"), wanted[random.below(3)].clone(), Cause::Punctuation)
        }
        8 => {
            left[at("zip")] = Some(format!("{:05}", 100 + random.below(9_000)));
            set(at("zip"), text(left, at("zip")).trim_start_matches('0').to_owned(), Cause::LeadingZeros)
        }
        9 => {
            let price = text(left, at("price"));
            let (whole, cents) = price.split_once('.').unwrap();
            let (thousands, rest) = whole.split_at(whole.len() - 3);
            let wanted = [
                format!("{thousands},{rest}.{cents}"),
                format!("{thousands}.{rest},{cents}"),
                format!("{whole},{cents}"),
            ];
            set(at("price"), wanted[random.below(3)].clone(), Cause::NumberFormat)
        }
        10 => {
            let price: f64 = text(left, at("price")).parse().unwrap();
            let rounded = (price * 10.0).round() / 10.0;
            set(at("price"), format!("{rounded:.1}"), Cause::Rounding)
        }
        11 => set(at("price"), text(left, at("price")).replace('.', ""), Cause::Scale),
        12 => {
            let born = text(left, at("born"));
            let (year, month, day) = (&born[..4], &born[5..7], &born[8..]);
            let wanted =
                [format!("{day}.{month}.{year}"), format!("{month}/{day}/{year}"), format!("{year}{month}{day}")];
            set(at("born"), wanted[random.below(3)].clone(), Cause::DateFormat)
        }
        13 => {
            let (month, day) = (1 + random.below(6), 7 + random.below(6));
            left[at("born")] = Some(format!("1980-{month:02}-{day:02}"));
            set(at("born"), format!("1980-{day:02}-{month:02}"), Cause::DayAndMonth)
        }
        14 => {
            left[at("seen")] = Some("2026-05-14 09:30:00".into());
            let hour = ["10", "11", "07", "19"][random.below(4)];
            set(at("seen"), format!("2026-05-14 {hour}:30:00"), Cause::TimeOffset)
        }
        15 => {
            let street: String = text(left, at("street")).chars().take(9).collect();
            set(at("street"), street.trim_end().to_owned(), Cause::Truncated)
        }
        16 => {
            let code = STATUS.iter().position(|s| *s == text(left, at("status"))).unwrap();
            set(at("status"), CODES[code].to_owned(), Cause::CodeList)
        }
        17 => {
            let (first, last) = (text(left, at("first")), text(left, at("last")));
            row[at("first")] = Some(format!("{first} {last}"));
            row[at("last")] = Some(String::new());
            vec![(at("first"), Cause::Concatenated), (at("last"), Cause::Concatenated)]
        }
        18 => {
            let (first, last) = (text(left, at("first")), text(left, at("last")));
            row[at("first")] = Some(last);
            row[at("last")] = Some(first);
            vec![(at("first"), Cause::Swapped), (at("last"), Cause::Swapped)]
        }
        19 => {
            let mail = text(left, at("mail"));
            let mut letters: Vec<char> = mail.chars().collect();
            let place = random.below(3);
            match random.below(3) {
                0 => letters.swap(place, place + 1),
                1 => drop(letters.remove(place)),
                _ => letters[place] = 'q',
            }
            let wrong: String = letters.into_iter().collect();
            if wrong == mail { Vec::new() } else { set(at("mail"), wrong, Cause::Typo) }
        }
        _ => {
            let other = random.of(&["Japan", "Iceland", "Morocco", "Chile", "Vietnam"]);
            set(at("country"), other.to_owned(), Cause::Other)
        }
    }
}

#[test]
fn the_cause_of_a_damaged_cell_is_found_again() {
    let mut random = Seeded(20_260_314);
    let (mut lefts, mut rights): (Rows, Rows) = (Vec::new(), Vec::new());
    let mut labels: BTreeMap<(String, usize), Cause> = BTreeMap::new();
    for no in 0..RECORDS {
        let mut left: Vec<_> = record(no, &mut random).into_iter().map(Some).collect();
        let mut right = left.clone();
        let damaged = damage(no % 21, &mut right, &mut left, &mut random);
        for (column, cause) in damaged {
            // The first column is the key.
            labels.insert((format!("{no:06}"), column - 1), cause);
        }
        // What was damaged on the left only stands on the right as it was.
        for (column, value) in left.iter().enumerate() {
            if !labels.contains_key(&(format!("{no:06}"), column.wrapping_sub(1))) {
                right[column].clone_from(value);
            }
        }
        lefts.push(left);
        rights.push(right);
    }
    let columns: Vec<String> = COLUMNS.split(' ').map(str::to_owned).collect();
    let table = |rows| Table { numeric: vec![Some(false); columns.len()], columns: columns.clone(), rows };
    let dir = tempfile::tempdir().unwrap();
    let left = table(lefts).stage(&dir.path().join("l.parquet"));
    let right = table(rights).stage(&dir.path().join("r.parquet"));
    let compared = columns[1..].join(",");
    let outcome = run_with(&left, &right, &spec("no", &compared, ""), &settings(dir.path()));
    let kept = page(&dir.path().join("differences.parquet"), &Filter::default(), 0, 10_000).unwrap();
    let found: BTreeMap<(String, usize), Cause> = kept
        .entries
        .into_iter()
        .filter(|entry| entry.class == Class::Different)
        .map(|entry| ((entry.key[0].clone(), entry.field.unwrap()), entry.cause.unwrap()))
        .collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), labels.keys().collect::<Vec<_>>(), "exactly the damaged cells differ");

    // The counts by cause are those of the entries.
    let mut counted: BTreeMap<Cause, u64> = BTreeMap::new();
    for count in outcome.fields.iter().flat_map(|field| &field.causes) {
        *counted.entry(count.cause).or_default() += count.different;
    }
    let mut listed: BTreeMap<Cause, u64> = BTreeMap::new();
    for cause in found.values() {
        *listed.entry(*cause).or_default() += 1;
    }
    assert_eq!(counted, listed);

    let mut scores = Vec::new();
    for cause in labels.values().collect::<std::collections::BTreeSet<_>>() {
        let right = labels.iter().filter(|(cell, label)| *label == cause && found[*cell] == *cause).count();
        let labelled = labels.values().filter(|label| *label == cause).count();
        let named = found.values().filter(|name| *name == cause).count();
        scores.push((2.0 * right as f64 / (labelled + named) as f64, cause.label()));
    }
    assert_eq!(scores.len(), Cause::ALL.len(), "every cause is in the test");
    let mean = scores.iter().map(|(f1, _)| f1).sum::<f64>() / scores.len() as f64;
    let wrong: Vec<_> = labels
        .iter()
        .filter(|(cell, label)| found[*cell] != **label)
        .map(|(cell, label)| (cell, label.label(), found[cell].label()))
        .take(20)
        .collect();
    println!("macro-F1 of the causes: {mean:.4}");
    assert!(mean >= 0.99, "macro-F1 {mean}: {scores:?}\n{wrong:?}");
}
