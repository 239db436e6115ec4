//! What is to be compared with what: key, pairs of columns, rules, and their spelling on the command line.

use serde::{Deserialize, Serialize};

use crate::error::EngineError;

/// One check: how records are matched and which fields are judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Key parts as (left column, right column). Keys are text and compared exactly; rules never touch them.
    pub key: Vec<(String, String)>,
    /// The fields judged on matched records, in the order they are reported.
    pub compare: Vec<Pair>,
}

/// Two columns that claim to hold the same data point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Column of the left side.
    pub left: String,
    /// Column of the right side.
    pub right: String,
    /// Agreed rules; their order here does not matter, see [`Rule`].
    pub rules: Vec<Rule>,
}

/// An agreed rule under which two texts count as equal. Always applied in the order of this enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// White space (Unicode property White_Space) at both ends does not count.
    Trim,
    /// Every run of white space counts as one space, also a run of one: a no-break space equals a space.
    Collapse,
    /// Upper and lower case are the same (full Unicode case folding, so `ß` equals `SS`).
    CaseFold,
}

/// Left or right, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The system of record of the points compared.
    Left,
    /// The destination.
    Right,
}

impl Side {
    /// What belongs to this side.
    pub(crate) fn pick<T>(self, left: T, right: T) -> T {
        match self {
            Self::Left => left,
            Self::Right => right,
        }
    }
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.pick("left", "right"))
    }
}

impl Spec {
    /// A check with the same rules for every pair, as the command line gives it.
    pub fn new(key: Vec<(String, String)>, compare: Vec<(String, String)>, rules: &[Rule]) -> Self {
        let compare = compare.into_iter().map(|(left, right)| Pair { left, right, rules: rules.to_vec() }).collect();
        Self { key, compare }
    }

    /// Key columns of one side, in order.
    pub fn key_columns(&self, side: Side) -> Vec<String> {
        self.key.iter().map(|(left, right)| side.pick(left, right).clone()).collect()
    }

    /// Compared columns of one side, in order.
    pub fn compare_columns(&self, side: Side) -> Vec<String> {
        self.compare.iter().map(|pair| side.pick(&pair.left, &pair.right).clone()).collect()
    }
}

/// Parses `L[=R][,…]`. `\,` and `\=` stand for the characters themselves; any other backslash is just a
/// backslash. Names are taken exactly, blanks included. `option` names the option in error messages.
pub fn parse_pairs(option: &str, text: &str) -> Result<Vec<(String, String)>, EngineError> {
    let mut pairs = Vec::new();
    for item in split(text, ',') {
        let mut sides = split(item, '=').into_iter();
        let (left, right, more) = (sides.next(), sides.next(), sides.next());
        if more.is_some() {
            return Err(EngineError::BadSpec(format!(
                "{option}: `{item}` has more than one `=`; write `\\=` for an equals sign inside a column name"
            )));
        }
        let left = unescape(left.unwrap_or_default());
        let right = right.map_or_else(|| left.clone(), unescape);
        if left.is_empty() || right.is_empty() {
            return Err(EngineError::BadSpec(format!(
                "{option}: a column name is missing in `{text}`; write LEFT or LEFT=RIGHT, separated by commas"
            )));
        }
        pairs.push((left, right));
    }
    Ok(pairs)
}

/// Parses `trim,casefold,collapse` (any order, nothing for no rules).
pub fn parse_rules(text: &str) -> Result<Vec<Rule>, EngineError> {
    let mut rules = Vec::new();
    if text.is_empty() {
        return Ok(rules);
    }
    for name in text.split(',') {
        let rule = match name {
            "trim" => Rule::Trim,
            "collapse" => Rule::Collapse,
            "casefold" => Rule::CaseFold,
            _ => {
                return Err(EngineError::BadSpec(format!(
                    "there is no rule `{name}`; the rules are trim, casefold and collapse"
                )));
            }
        };
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules.sort();
    Ok(rules)
}

/// Splits at `separator` unless a backslash stands right before it.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if c == separator && !escaped {
            parts.push(&text[start..at]);
            start = at + c.len_utf8();
        }
        escaped = c == '\\';
    }
    parts.push(&text[start..]);
    parts
}

fn unescape(text: &str) -> String {
    text.replace("\\,", ",").replace("\\=", "=")
}
