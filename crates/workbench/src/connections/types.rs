//! Types of columns as systems write them: what they mean, however they are written, and whether a recorded one says
//! something else than that of the system.

use connectors::Source;
use domain::Line;

/// Most codes of a field.
const CODES: usize = 500;

/// How the types of a source are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypeNames {
    /// The source has none: they are guessed from values.
    Guessed,
    /// A bare `text` or `integer` says how values are stored, and not what they may be.
    Stored,
    /// Every value keeps to them.
    Binding,
}

impl TypeNames {
    /// Those of a source.
    pub(super) fn of(source: &Source) -> Self {
        match source {
            Source::Csv { .. } | Source::Json { .. } | Source::Xlsx { .. } | Source::Rest { .. } => Self::Guessed,
            Source::Sqlite { .. } | Source::Parquet { .. } => Self::Stored,
            Source::Postgres { .. } | Source::Mysql { .. } => Self::Binding,
        }
    }
}

/// A type: a name that is the same for every spelling, and what stands in its brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PhysicalType {
    name: String,
    arguments: Vec<String>,
}

/// What a type holds, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Text,
    Whole,
    Number,
    Other,
}

impl PhysicalType {
    /// Reads a type as somebody wrote it. Anything is a type; of one that nobody knows the words count.
    pub(super) fn read(written: &str) -> Self {
        if let Some(mut codes) = codes(written) {
            codes.sort();
            return Self { name: "enum".into(), arguments: codes };
        }
        let written = of_arrow(written.trim()).to_lowercase();
        let lists = written.matches("[]").count();
        let written = written.replace("[]", " ");
        let (before, rest) = written.split_once('(').unwrap_or((written.as_str(), ""));
        let (inside, after) = rest.rsplit_once(')').unwrap_or((rest, ""));
        let mut words: Vec<&str> = before.split_whitespace().chain(after.split_whitespace()).collect();
        let unsigned = words.iter().any(|word| matches!(*word, "unsigned" | "zerofill"));
        words.retain(|word| !matches!(*word, "unsigned" | "zerofill"));
        let arguments = inside.split(',').map(str::trim).filter(|argument| !argument.is_empty());
        let mut read =
            Self { name: meaning(&words.join(" ")).to_owned(), arguments: arguments.map(str::to_owned).collect() };
        read.settle_arguments(unsigned);
        if unsigned {
            read.name.push_str(" unsigned");
        }
        read.name.push_str(&"[]".repeat(lists));
        read
    }

    /// Drops what stands in brackets and changes nothing, and reads what changes the type.
    fn settle_arguments(&mut self, unsigned: bool) {
        let first = self.arguments.first().map(String::as_str);
        match self.name.as_str() {
            // How MySQL writes a boolean.
            "tinyint" if first == Some("1") && !unsigned => {
                self.name = "boolean".into();
                self.arguments.clear();
            }
            // How wide a number is shown, or how many bits the caller would like at least.
            "tinyint" | "smallint" | "mediumint" | "integer" | "bigint" | "float" => self.arguments.clear(),
            "numeric" if self.arguments.get(1).is_some_and(|scale| scale == "0") => self.arguments.truncate(1),
            // Arrow: the unit, and a zone where there is one.
            "timestamp" if matches!(first, Some("s" | "ms" | "µs" | "ns")) => {
                if self.arguments.len() > 1 {
                    self.name = "timestamp with time zone".into();
                }
                self.arguments.clear();
            }
            _ => {}
        }
    }

    /// The same type with a length or codes that are recorded beside it, unless it names its own.
    pub(super) fn with(mut self, length: Option<i64>, codes: &[String]) -> Self {
        if self.takes_length() {
            self.arguments.extend(length.map(|length| length.to_string()));
        } else if self.name == "enum" && self.arguments.is_empty() {
            self.arguments = codes.to_vec();
            self.arguments.sort();
        }
        self
    }

    /// Whether it could name a length, and does not.
    pub(super) fn takes_length(&self) -> bool {
        self.name.contains("char") && self.arguments.is_empty()
    }

    /// Whether this type, as recorded, says nothing else than that of the system. What it leaves out is nothing else.
    pub(super) fn agrees_with(&self, system: &Self, names: TypeNames) -> bool {
        if names == TypeNames::Stored && system.arguments.is_empty() {
            return match (self.family(), system.family()) {
                (mine, Family::Other) => mine == Family::Other && self.name == system.name,
                // Days, instants, flags and the like are kept as texts or numbers there.
                (mine, theirs) => mine == theirs || mine == Family::Other,
            };
        }
        same_name(&self.name, &system.name) && (self.arguments.is_empty() || self.arguments == system.arguments)
    }

    /// Whether this type, as recorded, leaves something out that the system says.
    pub(super) fn says_less_than(&self, system: &Self) -> bool {
        self.arguments.is_empty() && !system.arguments.is_empty()
    }

    fn family(&self) -> Family {
        let name = self.name.as_str();
        match name.strip_suffix(" unsigned").unwrap_or(name) {
            "tinyint" | "smallint" | "mediumint" | "integer" | "bigint" => Family::Whole,
            "numeric" | "float" | "real" | "double precision" | "money" => Family::Number,
            "string" | "clob" | "citext" | "enum" => Family::Text,
            name if !name.ends_with("[]") && (name.contains("char") || name.ends_with("text")) => Family::Text,
            _ => Family::Other,
        }
    }
}

/// What a bare `float` is differs from system to system.
fn same_name(one: &str, other: &str) -> bool {
    let floating = |name: &str| matches!(name, "float" | "real" | "double precision");
    one == other || (floating(one) && floating(other) && (one == "float" || other == "float"))
}

/// One name for all that mean the same.
fn meaning(name: &str) -> &str {
    match name {
        "character varying" | "char varying" | "varchar2" => "varchar",
        "character" | "bpchar" => "char",
        "national character varying" | "national char varying" | "national varchar" | "nvarchar2" => "nvarchar",
        "national character" | "national char" => "nchar",
        "int" | "int4" | "serial" | "serial4" => "integer",
        "int8" | "bigserial" | "serial8" => "bigint",
        "int2" | "smallserial" | "serial2" => "smallint",
        "int1" => "tinyint",
        "decimal" | "dec" | "fixed" | "number" | "decimal32" | "decimal64" | "decimal128" | "decimal256" => "numeric",
        "double" | "float8" => "double precision",
        "float4" => "real",
        "bool" => "boolean",
        "timestamp without time zone" => "timestamp",
        "timestamptz" => "timestamp with time zone",
        "time without time zone" => "time",
        "timetz" => "time with time zone",
        "varbit" => "bit varying",
        other => other,
    }
}

/// The types of Parquet files, which have Arrow's names: `Int8` has eight bits there, and `int8` eight bytes elsewhere.
fn of_arrow(written: &str) -> &str {
    match written {
        "Utf8" | "LargeUtf8" | "Utf8View" => "text",
        "Int8" => "tinyint",
        "Int16" => "smallint",
        "Int32" => "integer",
        "Int64" => "bigint",
        "UInt8" => "tinyint unsigned",
        "UInt16" => "smallint unsigned",
        "UInt32" => "integer unsigned",
        "UInt64" => "bigint unsigned",
        "Float32" => "real",
        "Float64" => "double precision",
        "Date32" | "Date64" => "date",
        other => other,
    }
}

/// The length in a type of text, such as `varchar(80)`.
pub(super) fn length(type_name: &str) -> Option<i64> {
    let (name, rest) = type_name.split_once('(')?;
    let text = name.to_lowercase().contains("char");
    rest.split_once(')').and_then(|(digits, _)| digits.trim().parse().ok()).filter(|n| text && *n > 0)
}

/// The codes in a type such as `enum('a','b')`, in their order. Nothing where one of them is no code that a field could
/// have, such as an empty one.
pub(super) fn codes(type_name: &str) -> Option<Vec<String>> {
    let (name, rest) = type_name.trim().split_once('(')?;
    let inside = rest.strip_suffix(')').filter(|_| name.trim().eq_ignore_ascii_case("enum"))?;
    let (mut codes, mut code, mut is_open) = (Vec::new(), String::new(), false);
    let mut letters = inside.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' if !is_open => is_open = true,
            // Two of them stand for one.
            '\'' if letters.next_if_eq(&'\'').is_some() => code.push('\''),
            '\'' => {
                is_open = false;
                codes.push(std::mem::take(&mut code));
            }
            _ if is_open => code.push(letter),
            ',' | ' ' => {}
            _ => return None,
        }
    }
    let is_code = |code: &String| !code.is_empty() && Line::new(code).is_ok_and(|line| *line == **code);
    let all = !is_open && !codes.is_empty() && codes.len() <= CODES && codes.iter().all(is_code);
    all.then_some(codes)
}

#[cfg(test)]
mod tests {
    use super::{PhysicalType, TypeNames, codes, length};

    fn agree(recorded: &str, system: &str, names: TypeNames) -> bool {
        PhysicalType::read(recorded).agrees_with(&PhysicalType::read(system), names)
    }

    #[test]
    fn the_same_type_is_the_same_however_it_is_written() {
        for group in [
            &["varchar(80)", "character varying(80)", "VARCHAR( 80 )", "Character  Varying (80)", "varchar2(80)"][..],
            &["char(2)", "character(2)", "CHARACTER (2)"],
            &["int", "integer", "int4", "INT", "serial", "int(11)", "Int32"],
            &["int unsigned", "INT(10) UNSIGNED", "int(10) unsigned zerofill", "UInt32"],
            &["bigint", "int8", "bigserial", "bigint(20)", "Int64"],
            &["tinyint", "Int8"],
            &["numeric(10,2)", "decimal(10, 2)", "NUMERIC (10 ,2)", "Decimal128(10, 2)"],
            &["numeric(10)", "decimal(10,0)"],
            &["double precision", "double", "float8", "Float64"],
            &["boolean", "bool", "tinyint(1)", "Boolean"],
            &["timestamp", "timestamp without time zone", "Timestamp(µs)"],
            &["timestamp(3)", "timestamp(3) without time zone"],
            &["timestamptz", "timestamp with time zone", "Timestamp(µs, \"UTC\")"],
            &["varchar(80)[]", "character varying(80)[]"],
            &["enum('b','a')", "ENUM('a', 'b')"],
        ] {
            for (one, other) in group.iter().flat_map(|one| group.iter().map(move |other| (one, other))) {
                assert_eq!(PhysicalType::read(one), PhysicalType::read(other), "{one} and {other}");
            }
        }
    }

    #[test]
    fn another_type_is_another() {
        for (recorded, system) in [
            ("varchar(80)", "varchar(30)"),
            ("varchar(80)", "varchar"),
            ("varchar(80)", "text"),
            ("varchar(80)", "char(80)"),
            ("varchar(80)", "varchar(80)[]"),
            ("integer", "bigint"),
            ("integer", "integer unsigned"),
            ("numeric(10,2)", "numeric(10,3)"),
            ("real", "double precision"),
            ("date", "timestamp"),
            ("timestamp", "timestamptz"),
            ("enum('a')", "enum('a','b')"),
            ("tinyint(1) unsigned", "boolean"),
        ] {
            assert!(!agree(recorded, system, TypeNames::Binding), "{recorded} and {system}");
        }
        assert!(agree("float", "real", TypeNames::Binding) && agree("float", "double", TypeNames::Binding));
    }

    #[test]
    fn what_is_left_out_is_no_difference() {
        for (recorded, system) in [("varchar", "varchar(30)"), ("decimal", "numeric(10,2)"), ("enum", "enum('a')")] {
            let (mine, theirs) = (PhysicalType::read(recorded), PhysicalType::read(system));
            assert!(mine.agrees_with(&theirs, TypeNames::Binding) && mine.says_less_than(&theirs), "{recorded}");
        }
        let system = PhysicalType::read("character varying(30)");
        let recorded = |length| PhysicalType::read("varchar").with(Some(length), &[]);
        assert_eq!(recorded(30), system);
        assert!(!recorded(80).agrees_with(&system, TypeNames::Binding));
        let listed = PhysicalType::read("enum").with(None, &["b".to_owned(), "a".to_owned()]);
        assert_eq!(listed, PhysicalType::read("enum('a','b')"));
        assert_eq!(PhysicalType::read("integer").with(Some(11), &[]), PhysicalType::read("int"));
    }

    #[test]
    fn how_something_is_stored_is_not_what_it_may_be() {
        for (recorded, system, expected) in [
            ("varchar(80)", "text", true),
            ("varchar(80)", "Utf8", true),
            ("date", "TEXT", true),
            ("boolean", "INTEGER", true),
            ("bigint", "INTEGER", true),
            ("decimal(10,2)", "REAL", true),
            ("integer", "TEXT", false),
            ("varchar(80)", "INTEGER", false),
            ("decimal(10,2)", "INTEGER", false),
            ("date", "timestamp", false),
            ("varchar(80)", "varchar(30)", false),
            ("varchar(80)", "boolean", false),
        ] {
            assert_eq!(agree(recorded, system, TypeNames::Stored), expected, "{recorded} and {system}");
        }
    }

    #[test]
    fn only_types_of_text_have_a_length() {
        for (type_name, expected) in [
            ("varchar(80)", Some(80)),
            ("character varying(30)", Some(30)),
            ("decimal(8,2)", None),
            ("int(11)", None),
            ("text", None),
        ] {
            assert_eq!(length(type_name), expected, "{type_name}");
        }
    }

    #[test]
    fn codes_are_read_from_the_type() {
        for (type_name, expected) in [
            ("enum('a','b')", Some(&["a", "b"][..])),
            ("ENUM ( 'it''s, (so)' , 'ü' )", Some(&["it's, (so)", "ü"][..])),
            ("enum('a','')", None),
            ("enum(' a')", None),
            ("enum('a", None),
            ("enum()", None),
            ("set('a','b')", None),
            ("varchar(80)", None),
        ] {
            let expected = expected.map(|codes| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>());
            assert_eq!(codes(type_name), expected, "{type_name}");
        }
    }
}
