//! What the plan records of a field beside what a connected system says of the column. What the system does not say is
//! not compared, and what the plan leaves out is no difference, but can be taken over.

use super::{
    schema::cut,
    types::{PhysicalType, TypeNames, codes, length},
};
use connectors::{ColumnInfo, TableInfo};
use domain::{
    Kind, Line, Patch,
    entity::{MetadataSource, Occurrence},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use views::schema::{Beside, FieldMetadata};

/// The metadata that is recorded of a column as the system describes it.
pub(super) fn introspected(table: &TableInfo, column: &ColumnInfo) -> FieldMetadata {
    let single_key = table.columns.iter().filter(|c| c.key).count() == 1;
    let written = column.type_name.trim();
    // A type that lists more than one can read is named without its brackets.
    let short = written.split('(').next().unwrap_or_default().trim();
    let physical_type = if Line::new(written).is_ok() { written } else { short };
    FieldMetadata {
        physical_type: physical_type.to_owned(),
        max_length: length(written),
        mandatory: !column.nullable,
        unique: column.key && single_key,
        codes: codes(written).unwrap_or_default(),
        metadata_source: Some(MetadataSource::Introspected),
    }
}

/// The metadata of a field as the plan records it.
pub(super) fn recorded(field: &Occurrence) -> FieldMetadata {
    FieldMetadata {
        physical_type: field.physical_type.to_string(),
        max_length: field.max_length,
        mandatory: field.mandatory,
        unique: field.unique,
        codes: field.codes.iter().map(ToString::to_string).collect(),
        metadata_source: field.metadata_source,
    }
}

/// How something that is recorded stands to what the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Same,
    /// Nothing is recorded, or less.
    Less,
    Differs,
}

impl Stand {
    fn of(same: bool, empty: bool) -> Self {
        match (same, empty) {
            (true, _) => Self::Same,
            (false, true) => Self::Less,
            (false, false) => Self::Differs,
        }
    }
}

/// One field of the metadata, in words and as values.
struct Facet {
    field: &'static str,
    stand: Stand,
    /// In words; nothing where another facet says it.
    recorded: String,
    here: String,
    before: Value,
    after: Value,
}

/// The plan's description of a field, compared with the system's.
pub(super) struct Comparison {
    shown: FieldMetadata,
    facets: Vec<Facet>,
}

impl Comparison {
    /// Compares what is recorded with what the system says, as far as it says anything.
    pub(super) fn new(shown: &FieldMetadata, table: &TableInfo, column: &ColumnInfo, names: TypeNames) -> Self {
        let read = introspected(table, column);
        let mut facets = Vec::new();
        if names != TypeNames::Guessed && !read.physical_type.is_empty() {
            facets.extend(of_type(shown, &read, names));
        }
        // A box that is not ticked says nothing in a field that nobody has described.
        let is_blank = shown.physical_type.is_empty()
            && shown.max_length.is_none()
            && shown.codes.is_empty()
            && !shown.mandatory
            && !shown.unique;
        let flag = |field: &'static str, recorded: bool, here: bool| Facet {
            field,
            stand: Stand::of(recorded == here, is_blank),
            recorded: if recorded { field.to_owned() } else { String::new() },
            here: if here { field.to_owned() } else { String::new() },
            before: json!(recorded),
            after: json!(here),
        };
        // SQLite does not say of `integer primary key` that it is never empty.
        if table.tells_nullable && !(column.key && column.nullable) {
            facets.push(flag("mandatory", shown.mandatory, read.mandatory));
        }
        // That no other index makes it unique is not said.
        if read.unique {
            facets.push(flag("unique", shown.unique, read.unique));
        }
        Self { shown: shown.clone(), facets }
    }

    /// What would have to change for the plan to say what the system says; nothing where it does.
    pub(super) fn patches(&self) -> Vec<Patch> {
        let open = self.facets.iter().filter(|facet| facet.stand != Stand::Same);
        let mut patches: Vec<Patch> =
            open.map(|f| Patch { field: f.field.into(), before: f.before.clone(), after: f.after.clone() }).collect();
        let source = Some(MetadataSource::Introspected);
        if !patches.is_empty() && self.shown.metadata_source != source {
            let (before, after) = (json!(self.shown.metadata_source), json!(source));
            patches.push(Patch { field: "metadata_source".into(), before, after });
        }
        patches
    }

    /// What the page shows, where there is something to take over.
    pub(super) fn beside(self) -> Option<Beside> {
        let with = |stand: Stand| self.facets.iter().filter(move |facet| facet.stand == stand);
        let differs = with(Stand::Differs).next().is_some();
        let missing: Vec<String> = with(Stand::Less).map(|facet| label(facet.field).to_lowercase()).collect();
        if !differs && missing.is_empty() {
            return None;
        }
        let words = |side: fn(&Facet) -> &str| {
            let said: Vec<&str> = self.facets.iter().map(side).filter(|words| !words.is_empty()).collect();
            cut(&said.join(", "))
        };
        let (recorded, here) = (words(|facet| &facet.recorded), words(|facet| &facet.here));
        Some(Beside { recorded, here, differs, missing, shown: self.shown })
    }
}

/// What the page calls a field of the metadata.
pub(super) fn label(field: &str) -> &str {
    Kind::Occurrence.field(field).map_or(field, |field| field.label)
}

/// Type, length and codes. A length or codes that stand beside the recorded type belong to it.
fn of_type(shown: &FieldMetadata, read: &FieldMetadata, names: TypeNames) -> Vec<Facet> {
    let system = PhysicalType::read(&read.physical_type).with(read.max_length, &read.codes);
    let plain = PhysicalType::read(&shown.physical_type);
    let in_brackets = shown.max_length.filter(|_| plain.takes_length() && !shown.physical_type.is_empty());
    let recorded = plain.with(shown.max_length, &shown.codes);
    let stand = if shown.physical_type.is_empty() {
        Stand::Less
    } else if !recorded.agrees_with(&system, names) {
        Stand::Differs
    } else if recorded.says_less_than(&system) {
        Stand::Less
    } else {
        Stand::Same
    };
    let written = in_brackets.map_or_else(String::new, |length| format!("({length})"));
    let mut facets = vec![Facet {
        field: "physical_type",
        stand,
        recorded: format!("{}{written}", shown.physical_type),
        here: read.physical_type.clone(),
        before: json!(shown.physical_type),
        after: json!(read.physical_type),
    }];
    // A length goes with the type it was recorded for.
    let is_of_other_type = stand == Stand::Differs && shown.max_length.is_some();
    if read.max_length.is_some() || is_of_other_type {
        let is_told = in_brackets.is_some() || shown.max_length == length(&shown.physical_type);
        let beside = shown.max_length.filter(|_| !is_told);
        facets.push(Facet {
            field: "max_length",
            stand: Stand::of(shown.max_length == read.max_length, shown.max_length.is_none()),
            recorded: beside.map_or_else(String::new, |length| format!("at most {length} characters")),
            here: String::new(),
            before: json!(shown.max_length),
            after: json!(read.max_length),
        });
    }
    if !read.codes.is_empty() {
        let of = |codes: &[String]| codes.iter().cloned().collect::<BTreeSet<_>>();
        let listed = |codes: &[String], in_type: bool| {
            if in_type || codes.is_empty() { String::new() } else { format!("codes {}", codes.join(", ")) }
        };
        facets.push(Facet {
            field: "codes",
            stand: Stand::of(of(&shown.codes) == of(&read.codes), shown.codes.is_empty()),
            recorded: listed(&shown.codes, codes(&shown.physical_type).is_some_and(|c| of(&c) == of(&shown.codes))),
            here: listed(&read.codes, codes(&read.physical_type).is_some()),
            before: json!(shown.codes),
            after: json!(read.codes),
        });
    }
    facets
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Comparison, introspected};
    use crate::connections::types::TypeNames;
    use connectors::{ColumnInfo, TableInfo};
    use domain::entity::MetadataSource;
    use serde_json::{Value, json};
    use views::schema::FieldMetadata;

    fn column(type_name: &str, nullable: bool, key: bool) -> ColumnInfo {
        ColumnInfo { name: "c".into(), type_name: type_name.into(), nullable, key }
    }

    fn table(columns: Vec<ColumnInfo>) -> TableInfo {
        TableInfo { schema: None, name: "t".into(), columns, row_estimate: None, tells_nullable: true }
    }

    fn shown(physical_type: &str, max_length: Option<i64>, mandatory: bool) -> FieldMetadata {
        FieldMetadata { physical_type: physical_type.into(), max_length, mandatory, ..FieldMetadata::default() }
    }

    fn compared(shown: &FieldMetadata, column: &ColumnInfo) -> Comparison {
        Comparison::new(shown, &table(vec![column.clone()]), column, TypeNames::Binding)
    }

    /// What is set, by field.
    fn set(comparison: &Comparison) -> Vec<(String, Value)> {
        comparison.patches().into_iter().map(|patch| (patch.field, patch.after)).collect()
    }

    fn fields(expected: &[(&str, Value)]) -> Vec<(String, Value)> {
        expected.iter().map(|(field, value)| ((*field).to_owned(), value.clone())).collect()
    }

    #[test]
    fn a_difference_is_told_in_words_and_taken_over() {
        let found = compared(&shown("varchar", Some(80), true), &column("varchar(30)", true, false));
        let expected = [
            ("physical_type", json!("varchar(30)")),
            ("max_length", json!(30)),
            ("mandatory", json!(false)),
            ("metadata_source", json!("introspected")),
        ];
        assert_eq!(set(&found), fields(&expected));
        let beside = found.beside().unwrap();
        assert_eq!((beside.recorded.as_str(), beside.here.as_str()), ("varchar(80), mandatory", "varchar(30)"));
        assert!(beside.differs && beside.missing.is_empty());
    }

    #[test]
    fn a_length_goes_with_its_type() {
        let found = compared(&shown("varchar(80)", Some(80), false), &column("text", true, false));
        assert_eq!(set(&found)[..2], fields(&[("physical_type", json!("text")), ("max_length", json!(null))]));
        let found = compared(&shown("text", Some(80), false), &column("text", true, false));
        assert!(set(&found).is_empty(), "the system knows no length");
        let found = compared(&shown("varchar(80)", Some(30), false), &column("varchar(80)", true, false));
        assert_eq!(set(&found)[..1], fields(&[("max_length", json!(80))]));
        assert_eq!(found.beside().unwrap().recorded, "varchar(80), at most 30 characters");
    }

    #[test]
    fn what_is_not_recorded_can_be_taken_over_and_is_no_difference() {
        let found = compared(&FieldMetadata::default(), &column("varchar(30)", false, true));
        let beside = found.beside().unwrap();
        assert!(!beside.differs && beside.recorded.is_empty(), "{beside:?}");
        assert_eq!(beside.here, "varchar(30), mandatory, unique");
        assert_eq!(beside.missing, ["physical type", "length", "mandatory", "unique"]);
        let found = compared(&shown("varchar(30)", None, true), &column("varchar(30)", true, false));
        let beside = found.beside().unwrap();
        assert!(beside.differs, "a box that is ticked says something");
        assert_eq!(beside.missing, ["length"]);
    }

    #[test]
    fn what_the_system_does_not_say_is_not_compared() {
        let recorded = FieldMetadata { unique: true, codes: vec!["a".into()], ..shown("varchar", Some(80), true) };
        let said = column("character varying(80)", false, false);
        assert!(set(&compared(&recorded, &said)).is_empty());
        let number = column("number", true, false);
        let file = TableInfo { tells_nullable: false, ..table(vec![number.clone()]) };
        assert!(set(&Comparison::new(&recorded, &file, &number, TypeNames::Guessed)).is_empty());
        let row_id = column("integer", true, true);
        let numbered = FieldMetadata { unique: true, ..shown("integer", None, true) };
        assert!(set(&compared(&numbered, &row_id)).is_empty());
    }

    #[test]
    fn codes_are_compared_in_any_order() {
        let said = column("enum('gold','silver')", true, false);
        let listed = |codes: &[&str]| FieldMetadata {
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            metadata_source: Some(MetadataSource::Introspected),
            ..shown("enum", None, false)
        };
        assert!(set(&compared(&listed(&["silver", "gold"]), &said)).is_empty());
        let found = compared(&listed(&["silver"]), &said);
        assert_eq!(set(&found)[1..], fields(&[("codes", json!(["gold", "silver"]))]));
        let beside = found.beside().unwrap();
        assert_eq!((beside.recorded.as_str(), beside.here.as_str()), ("enum, codes silver", "enum('gold','silver')"));
    }

    #[test]
    fn what_was_taken_over_is_the_same() {
        for said in [
            column("character varying(30)", false, true),
            column("numeric(10,2)", true, false),
            column(&format!("enum('{}')", ["x".repeat(100), "y".repeat(100)].join("','")), true, false),
            column("timestamp without time zone", false, false),
        ] {
            let taken = introspected(&table(vec![said.clone()]), &said);
            assert!(taken.physical_type.chars().count() <= 200);
            assert!(set(&compared(&taken, &said)).is_empty(), "{said:?}");
        }
    }
}
