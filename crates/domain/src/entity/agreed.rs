//! What is agreed about a pair of columns and what is expected of columns, in words and in one list for engine, pages
//! and exports.

use super::{Check, ComparedPair, Expectation};
use crate::{Choices, Field, Invalid};

/// A rule that can be agreed for a pair of columns.
#[derive(Clone, Copy)]
pub struct PairRule {
    /// The field of [`ComparedPair`] that says whether it is agreed.
    pub field: &'static str,
    /// Its name for the engine and on the command line.
    pub name: &'static str,
    is_set: fn(&ComparedPair) -> bool,
}

/// Every rule, the most usual first.
pub const PAIR_RULES: [PairRule; 10] = [
    PairRule { field: "trim", name: "trim", is_set: |pair| pair.trim },
    PairRule { field: "collapse", name: "collapse", is_set: |pair| pair.collapse },
    PairRule { field: "case_fold", name: "casefold", is_set: |pair| pair.case_fold },
    PairRule { field: "blank", name: "blank", is_set: |pair| pair.blank },
    PairRule { field: "unicode", name: "unicode", is_set: |pair| pair.unicode },
    PairRule { field: "accents", name: "accents", is_set: |pair| pair.accents },
    PairRule { field: "punctuation", name: "punctuation", is_set: |pair| pair.punctuation },
    PairRule { field: "zeros", name: "zeros", is_set: |pair| pair.zeros },
    PairRule { field: "number", name: "number", is_set: |pair| pair.number },
    PairRule { field: "date", name: "date", is_set: |pair| pair.date },
];

impl PairRule {
    /// Its row in the field table.
    fn row(&self) -> Option<&'static Field> {
        ComparedPair::TABLE.iter().find(|field| field.name == self.field)
    }

    /// Wording shown to people.
    pub fn label(&self) -> &'static str {
        self.row().map_or(self.field, |field| field.label)
    }

    /// One sentence of help.
    pub fn help(&self) -> &'static str {
        self.row().map_or("", |field| field.help)
    }
}

impl ComparedPair {
    /// The rules that are agreed for it.
    pub fn rules(&self) -> impl Iterator<Item = &'static PairRule> {
        PAIR_RULES.iter().filter(|rule| (rule.is_set)(self))
    }

    /// What is agreed for it, in words.
    pub fn agreed(&self) -> Vec<String> {
        let mut words: Vec<String> = self.rules().map(|rule| rule.label().to_lowercase()).collect();
        if !self.tolerance.is_empty() {
            words.push(format!("± {}", &*self.tolerance));
        }
        match self.codes.lines().filter(|line| !line.trim().is_empty()).count() {
            0 => {}
            1 => words.push("1 code".into()),
            n => words.push(format!("{n} codes")),
        }
        words
    }
}

impl Expectation {
    /// The values there may be; empty for any.
    pub fn allowed(&self) -> impl Iterator<Item = &str> {
        self.codes.lines().map(str::trim).filter(|line| !line.is_empty())
    }

    /// What is expected, in words; nothing where nothing is.
    pub fn words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        words.extend(self.value_type.map(|value_type| value_type.label().to_lowercase()));
        words.extend(self.longest.map(|longest| format!("at most {longest} characters")));
        if !self.pattern.is_empty() {
            words.push(format!("like {}", &*self.pattern));
        }
        match self.allowed().count() {
            0 => {}
            1 => words.push("1 allowed value".into()),
            n => words.push(format!("one of {n} values")),
        }
        words.join(", ")
    }
}

impl Check {
    /// Whether anything is expected of format or quantity.
    pub fn expects(&self) -> bool {
        !self.expect.is_empty() || [self.left_min, self.left_max, self.right_min, self.right_max] != [None; 4]
    }
}

/// What left codes are called on the right, of a text with one code a line.
///
/// # Errors
/// For a line that is not `left = right`.
pub fn code_list(text: &str) -> Result<Vec<(String, String)>, Invalid> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let (left, right) = line.split_once('=').ok_or_else(|| {
                Invalid::new("codes", format!("“{line}” has no equals sign; write one code a line: M = male"))
            })?;
            Ok((left.trim().to_owned(), right.trim().to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{PAIR_RULES, code_list};
    use crate::{
        FieldType,
        entity::{ComparedPair, Expectation},
    };
    use serde_json::json;

    fn pair(more: serde_json::Value) -> ComparedPair {
        let mut body = json!({ "id": "0190a0a0-0000-7000-8000-000000000001" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn every_flag_of_a_pair_is_a_rule() {
        let flags = ComparedPair::TABLE.iter().filter(|field| field.kind == FieldType::Flag).map(|field| field.name);
        assert_eq!(flags.collect::<Vec<_>>(), PAIR_RULES.map(|rule| rule.field));
        for rule in PAIR_RULES {
            let set = pair(json!({ rule.field: true }));
            assert_eq!(set.rules().map(|rule| rule.field).collect::<Vec<_>>(), [rule.field]);
        }
    }

    #[test]
    fn what_is_expected_reads_as_words() {
        let expected = |more: serde_json::Value| {
            let mut body = json!({ "id": "0190a0a0-0000-7000-8000-000000000001", "left": "a" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            serde_json::from_value::<Expectation>(body).unwrap().words()
        };
        assert_eq!(expected(json!({})), "");
        let all = json!({ "value_type": "text", "longest": 3, "pattern": "[A-Z]+", "codes": "EUR\n\nUSD\n" });
        assert_eq!(expected(all), "text, at most 3 characters, like [A-Z]+, one of 2 values");
    }

    #[test]
    fn what_is_agreed_reads_as_words_and_codes_as_pairs() {
        let agreed = pair(json!({ "trim": true, "tolerance": "1%", "codes": "M = male\n\nF=female\n" }));
        assert_eq!(agreed.agreed(), ["trim", "± 1%", "2 codes"]);
        let codes = code_list(&agreed.codes).unwrap();
        assert_eq!(codes, [("M".to_owned(), "male".to_owned()), ("F".to_owned(), "female".to_owned())]);
        assert!(code_list("M male").is_err());
        assert!(pair(json!({})).agreed().is_empty());
    }
}
