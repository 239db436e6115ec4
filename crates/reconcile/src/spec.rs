//! What is to be compared with what: key, pairs of columns, what is agreed for each, and how that is spelt on the
//! command line.

use serde::{Deserialize, Serialize};

use crate::{codes::CodeMap, error::EngineError, tolerance::Tolerance};

/// One check: how records are matched and which fields are judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Key parts as (left column, right column). Keys are text and compared exactly; rules never touch them.
    pub key: Vec<(String, String)>,
    /// The fields judged on matched records, in the order they are reported.
    pub compare: Vec<Pair>,
}

/// Two columns that claim to hold the same data point, and what is agreed about their values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Column of the left side.
    pub left: String,
    /// Column of the right side.
    pub right: String,
    /// Agreed rules; their order here does not matter, see [`Rule`].
    pub rules: Vec<Rule>,
    /// How far apart two values may be and still count as equal by rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<Tolerance>,
    /// What the codes of the left side are called on the right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes: Option<CodeMap>,
}

/// Declares the rules in the order they are applied, each with its name on the command line and its version.
macro_rules! rules {
    ($($(#[$doc:meta])+ $rule:ident = $name:literal / $version:literal),+ $(,)?) => {
        /// An agreed rule under which two values count as equal. Always applied in the order of this enum.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Rule {
            $($(#[$doc])+ #[serde(rename = $name)] $rule,)+
        }

        impl Rule {
            /// Every rule in the order they are applied.
            pub const ALL: &[Self] = &[$(Self::$rule),+];

            /// Its name on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$rule => $name,)+ }
            }

            /// Counted up whenever it judges any two values otherwise than before, from 1; a run keeps it.
            pub fn version(self) -> u32 {
                match self { $(Self::$rule => $version,)+ }
            }
        }
    };
}

rules! {
    /// NULL, the empty text and mere white space are the same.
    Blank = "blank" / 1,
    /// Composed and decomposed letters, full width, ligatures are the same (compatibility form NFKC).
    Unicode = "unicode" / 1,
    /// Accents do not count: `é` equals `e`. Includes what [`Self::Unicode`] bridges.
    Accents = "accents" / 1,
    /// Only letters, with their accents, and digits count; white space does not either.
    Punctuation = "punctuation" / 2,
    /// White space (Unicode property White_Space) at both ends does not count.
    Trim = "trim" / 1,
    /// Every run of white space counts as one space, also a run of one: a no-break space equals a space.
    Collapse = "collapse" / 1,
    /// Zeros at the start do not count; a text of zeros counts as one.
    Zeros = "zeros" / 1,
    /// Upper and lower case are the same (full Unicode case folding, so `ß` equals `SS`).
    CaseFold = "casefold" / 1,
    /// Numbers are the same however they are written: `1.234,50` equals `1234.5`. What can be read in two ways
    /// (`1,234`) is not bridged.
    Number = "number" / 1,
    /// Days and moments are the same however they are written: `05.03.2024` equals `2024-03-05`. What can be read
    /// in two ways (`03/05/2024`) is not bridged.
    Date = "date" / 1,
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
        let pair = |(left, right)| Pair { left, right, rules: rules.to_vec(), ..Pair::default() };
        Self { key, compare: compare.into_iter().map(pair).collect() }
    }

    /// Sets what `--tolerance` says: `COLUMN=HOW[,…]`, each column by its name on the left side.
    ///
    /// # Errors
    /// When a column is not compared or a tolerance cannot be read.
    pub fn tolerate(&mut self, text: &str) -> Result<(), EngineError> {
        for (column, how) in parse_pairs("--tolerance", text)? {
            let tolerance = Tolerance::parse(&how)?;
            for pair in self.pairs("--tolerance", &column)? {
                pair.tolerance = Some(tolerance.clone());
            }
        }
        Ok(())
    }

    /// The compared pairs with this column on the left, at least one.
    pub(crate) fn pairs(&mut self, option: &str, left: &str) -> Result<Vec<&mut Pair>, EngineError> {
        let found: Vec<&mut Pair> = self.compare.iter_mut().filter(|pair| pair.left == left).collect();
        if found.is_empty() {
            return Err(EngineError::BadSpec(format!(
                "{option}: the column `{left}` is not among those that are compared (--compare)"
            )));
        }
        Ok(found)
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

/// Parses names of rules, separated by commas (any order, nothing for no rules).
pub fn parse_rules(text: &str) -> Result<Vec<Rule>, EngineError> {
    let mut rules = Vec::new();
    for name in text.split(',').filter(|_| !text.is_empty()) {
        let Some(rule) = Rule::ALL.iter().copied().find(|rule| rule.name() == name) else {
            let names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
            let message = format!("there is no rule `{name}`; the rules are {}", names.join(", "));
            return Err(EngineError::BadSpec(message));
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
