//! Any plan has an answer: random items with random, mostly dangling references.

use crate::build::{at, id, today};
use domain::{
    ColumnCounts, ConnectionView, Document, Evidence, Field, FieldCounts, FieldType, FormatCounts, Item, ItemId, Kind,
    Plan, PlanState, Quantity, RecordCounts, Run, RunState, RunTotals, SeenPair, SideCounts,
};
use proptest::prelude::*;
use rules::{
    Profile, canonical, compare, complexity, gates, headline, lint, next_action, plan_from_canonical, root_of_canonical,
};
use serde_json::{Value, json};

/// A small generator: proptest gives the seed, so a failure shrinks to few items.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides.max(1)
    }

    /// An id that may or may not be in the plan, and may be of another kind.
    fn id(&mut self) -> Value {
        let n = self.roll(60);
        json!(id::<ItemId>(n))
    }

    fn value(&mut self, field: &Field) -> Value {
        if self.roll(4) == 0 {
            return field.empty();
        }
        match field.kind {
            FieldType::Line | FieldType::Text => {
                let words = [
                    "",
                    "E-mail",
                    "source of truth",
                    "ß İ ﬃ",
                    "master data",
                    "a=b",
                    "password=abc12345",
                    "monthly",
                    "x://a:b@c",
                    "→ é",
                ];
                json!(words[self.roll(words.len() as u64) as usize])
            }
            FieldType::Count { min, max } => {
                let edge = [min, max, min.max(0), (min + 1).min(max)];
                json!(edge[self.roll(4) as usize])
            }
            FieldType::Schedule => json!(["", "0 6 * * 1-5", "*/15 * * * *"][self.roll(3) as usize]),
            FieldType::Flag => json!(self.roll(2) == 0),
            FieldType::Date => {
                json!(["-009999-01-01", "9999-12-31", "2027-03-14", "2027-01-15"][self.roll(4) as usize])
            }
            FieldType::Choice(choices) => {
                json!(choices[self.roll(choices.len() as u64) as usize].code)
            }
            FieldType::Ref(_) | FieldType::Connection | FieldType::Run | FieldType::Attachment => self.id(),
            FieldType::Refs(_) => (0..self.roll(4)).map(|_| self.id()).collect(),
            FieldType::Lines => (0..self.roll(4)).map(|_| json!("line")).collect(),
            FieldType::Parts(fields) => (0..self.roll(4))
                .map(|n| {
                    let mut part: serde_json::Map<String, Value> =
                        fields.iter().map(|f| (f.name.to_owned(), self.value(f))).collect();
                    part.insert("id".into(), json!(id::<ItemId>(n)));
                    Value::Object(part)
                })
                .collect(),
        }
    }

    fn plan(&mut self, items: u64) -> Plan {
        let mut plan = Plan {
            key: "random".into(),
            state: [PlanState::Draft, PlanState::InReview, PlanState::Signed, PlanState::Withdrawn]
                [self.roll(4) as usize],
            version: 1,
            created_at: at("2027-01-04T00:00:00Z"),
            document: Document::new(id(1)),
            workspace: Document::new(id(2)),
        };
        for n in 0..items {
            let kind = Kind::ALL[self.roll(Kind::ALL.len() as u64) as usize];
            let mut body = kind.blank().body();
            for field in kind.fields() {
                body[field.name] = self.value(field);
            }
            let item = Item {
                id: id(n),
                number: n as i64 + 1,
                rev: 1,
                entity: kind.read(body).unwrap(),
                archived_at: (self.roll(8) == 0).then(|| at("2027-01-06T00:00:00Z")),
                updated_by: None,
                updated_at: at("2027-01-05T00:00:00Z"),
            };
            let home = if kind.in_workspace() { &mut plan.workspace } else { &mut plan.document };
            home.items.insert(item.id, item);
        }
        plan
    }

    fn count(&mut self) -> u64 {
        [0, 1, 1000, u64::MAX][self.roll(4) as usize]
    }

    fn evidence(&mut self) -> Evidence {
        let mut evidence = Evidence { open_threads: self.count(), ..Evidence::default() };
        for n in 0..self.roll(6) {
            let side = |d: &mut Self| SideCounts {
                rows: d.count(),
                empty_keys: d.count(),
                duplicate_keys: d.count(),
                duplicate_rows: d.count(),
            };
            let fields = (0..self.roll(3))
                .map(|_| FieldCounts {
                    data_point: Some(id(self.roll(60))),
                    equal: self.count(),
                    equal_by_rule: self.count(),
                    different: self.count(),
                    seen: (self.roll(2) == 0).then(|| SeenPair {
                        left: ColumnCounts { empty: self.count(), malformed: self.count() },
                        only_right: self.count(),
                        both: self.count(),
                        ..SeenPair::default()
                    }),
                    ..FieldCounts::default()
                })
                .collect();
            let totals = RunTotals {
                left: side(self),
                right: side(self),
                records: RecordCounts {
                    matched: self.count(),
                    ambiguous: self.count(),
                    only_left: self.count(),
                    only_right: self.count(),
                },
                fields,
                in_sync: self.count(),
                format: vec![FormatCounts { broken: self.count(), ..FormatCounts::default() }],
                quantity: vec![Quantity { rows: self.count(), min: Some(self.count()), ..Quantity::default() }],
                ..RunTotals::default()
            };
            evidence.runs.push(Run {
                id: id(self.roll(60)),
                number: n as i64,
                check: id(self.roll(60)),
                state: [RunState::Done, RunState::Failed][self.roll(2) as usize],
                by: id(3),
                by_name: String::new(),
                queued_at: at("2027-01-12T08:00:00Z"),
                ended_at: (self.roll(2) == 0).then(|| at("2027-01-12T08:01:00Z")),
                spec_hash: String::new(),
                slice_hash: String::new(),
                left_hash: None,
                right_hash: None,
                totals: (self.roll(4) > 0).then_some(totals),
                result_hash: None,
                message: None,
                took_ms: None,
            });
        }
        for n in 0..self.roll(4) {
            evidence.connections.push(ConnectionView {
                id: id(self.roll(60)),
                name: format!("c{n}"),
                instance: Some(id(self.roll(60))),
                adapter: "csv".into(),
                address: String::new(),
                has_secret: false,
                guard: Vec::new(),
                refused: (self.roll(3) == 0).then(|| "prod".into()),
                warnings: Vec::new(),
                verified_at: None,
            });
        }
        evidence
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_everything_is_repeatable(seed in 1_u64.., items in 0_u64..60) {
        let mut dice = Dice(seed);
        let plan = dice.plan(items);
        let evidence = dice.evidence();
        let profile = Profile::recommended();
        let findings = lint(&plan, &evidence, &profile, today());
        prop_assert_eq!(&findings, &lint(&plan, &evidence, &profile, today()));
        for finding in &findings {
            prop_assert!(finding.gate >= 1 && finding.gate <= 5);
            prop_assert!(!finding.message.is_empty());
        }
        let gates = gates(&plan, &evidence, &findings, today());
        prop_assert!(!headline(&gates, &findings).is_empty());
        prop_assert!(!next_action(&plan, &evidence, &findings, &gates).title.is_empty());
        for flow in plan.document.of_kind(Kind::Flow) {
            let _ = complexity(&plan, flow.id).tenths();
        }

        let sealed = canonical(&plan, &evidence, &profile);
        prop_assert_eq!(&root_of_canonical(&sealed.json).unwrap().root, &sealed.root);
        prop_assert!(compare((&plan, &evidence), (&plan, &evidence)).is_empty());
        // What a person could not have typed is refused, in words; the rest comes back whole.
        if let Ok(back) = plan_from_canonical(&sealed.json) {
            prop_assert!(compare((&plan, &evidence), (&back, &evidence)).is_empty());
            prop_assert_eq!(canonical(&back, &evidence, &profile).root, sealed.root);
        }
    }
}
