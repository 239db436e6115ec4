//! Why values differ, and what could be agreed about it: one table, by the names of the causes that a run counts.
//!
//! `SYN-007` and the dashboard of a run rest on it. Tests hold it against the rules of a compared pair, and where the
//! engine is at hand against its causes.

use domain::entity::ComparedPair;

/// What can be agreed in a check about values that differ for one cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agree {
    /// Rules of the compared pair.
    Rules {
        /// Those for this cause, as fields of [`ComparedPair`].
        rules: &'static [&'static str],
        /// Those needed besides where the two differ in more than that.
        also: &'static [&'static str],
        /// How far they reach.
        reach: Reach,
    },
    /// A tolerance, which has to be as wide as the values lie apart.
    Tolerance,
    /// What the codes of the left side are called on the right.
    Codes,
    /// Nothing: data, mapping or systems have to change.
    Nothing,
}

/// How far rules reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// They make every such pair of values equal.
    Whole,
    /// They leave apart what can be read in two ways.
    Part,
}

/// One cause with its remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remedy {
    /// Name of the cause, as a run counts it.
    pub cause: &'static str,
    /// What can be agreed about it.
    pub agree: Agree,
    /// What people have to do where nothing is left to agree; `{}` stands for the data point.
    people: &'static str,
}

/// What is left to agree for a pair of columns about values with one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What it is: `rule`, `tolerance` or `code list`.
    pub what: &'static str,
    /// What to agree, as it is called where a check is designed.
    pub labels: Vec<&'static str>,
    /// Whether agreeing on these alone makes so many values equal at most.
    pub up_to: bool,
    /// Whether some may stay apart whatever is agreed.
    pub in_part: bool,
}

const fn by_rules(
    cause: &'static str,
    rules: &'static [&'static str],
    also: &'static [&'static str],
    reach: Reach,
) -> Remedy {
    Remedy { cause, agree: Agree::Rules { rules, also, reach }, people: DECIDE }
}

const fn people(cause: &'static str, people: &'static str) -> Remedy {
    Remedy { cause, agree: Agree::Nothing, people }
}

const DECIDE: &str = "Have people decide on {}";
/// Values are looked at without upper case and needless white space before other causes are tried.
const SPELLING: &[&str] = &["case_fold", "trim", "collapse"];
const OTHER: Remedy = people("other", DECIDE);

/// Every cause with its remedy.
pub const REMEDIES: &[Remedy] = &[
    by_rules("null or blank", &["blank"], &[], Reach::Whole),
    people("empty on one side", "Fill in {} where it is empty"),
    by_rules("white space", &["trim", "collapse"], &[], Reach::Whole),
    by_rules("case", &["case_fold"], &["trim", "collapse"], Reach::Whole),
    by_rules("unicode form", &["unicode"], SPELLING, Reach::Whole),
    people("encoding", "Read {} in its own encoding"),
    by_rules("accents", &["accents"], SPELLING, Reach::Whole),
    by_rules("leading zeros", &["zeros"], SPELLING, Reach::Whole),
    by_rules("number format", &["number"], &[], Reach::Part),
    by_rules("date format", &["date"], &[], Reach::Part),
    Remedy { cause: "rounding", agree: Agree::Tolerance, people: "Have people decide on the decimals of {}" },
    people("scale", "Convert {} to one unit in the mapping"),
    by_rules("punctuation", &["punctuation"], &["accents", "case_fold"], Reach::Whole),
    people("day and month", "Find out where day and month of {} change places"),
    people("time offset", "Convert {} to one time zone in the mapping"),
    people("truncated", "Make room for long values of {}"),
    Remedy { cause: "code list", agree: Agree::Codes, people: DECIDE },
    people("concatenated", "Split or join {} in the mapping"),
    people("swapped fields", "Find out where {} is swapped with another field"),
    people("typo", "Correct the mistyped values of {}"),
    OTHER,
];

/// The remedy of a cause; for one that is not known, people decide.
pub fn remedy(cause: &str) -> &'static Remedy {
    REMEDIES.iter().find(|remedy| remedy.cause == cause).unwrap_or(&OTHER)
}

impl Remedy {
    /// Whether it is one of writing: the values are the same and stand there in another way, which rules can bridge.
    pub fn is_form(&self) -> bool {
        matches!(self.agree, Agree::Rules { .. })
    }

    /// What people have to do about a data point, where nothing is left to agree.
    pub fn for_people(&self, point: &str) -> String {
        self.people.replace("{}", point)
    }

    /// What is left to agree; `None` where nothing is. `agreed` says of a field of [`ComparedPair`] whether it is
    /// agreed already.
    pub fn left(&self, agreed: impl Fn(&str) -> bool) -> Option<Proposal> {
        let open = |fields: &'static [&'static str]| -> Vec<&'static str> {
            fields.iter().copied().filter(|&field| !agreed(field)).collect()
        };
        match self.agree {
            Agree::Rules { rules, also, reach } => {
                let (own, more) = (open(rules), open(also));
                let (asked, rest) = if own.is_empty() { (more, Vec::new()) } else { (own, more) };
                let in_part = reach == Reach::Part;
                let up_to = in_part || !rest.is_empty();
                let labels: Vec<_> = asked.into_iter().map(label).collect();
                (!labels.is_empty()).then_some(Proposal { what: "rule", labels, up_to, in_part })
            }
            Agree::Tolerance if agreed("tolerance") => None,
            Agree::Tolerance => Some(partly("tolerance", "tolerance")),
            // More codes can be added to those there are.
            Agree::Codes => Some(partly("code list", "codes")),
            Agree::Nothing => None,
        }
    }
}

fn partly(what: &'static str, field: &'static str) -> Proposal {
    Proposal { what, labels: vec![label(field)], up_to: true, in_part: true }
}

/// What a field of a compared pair is called where a check is designed.
fn label(name: &'static str) -> &'static str {
    ComparedPair::TABLE.iter().find(|field| field.name == name).map_or(name, |field| field.label)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Agree, REMEDIES, remedy};
    use domain::entity::{ComparedPair, PAIR_RULES};
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_of_a_pair_is_the_remedy_of_a_cause() {
        let named = REMEDIES.iter().filter_map(|remedy| match remedy.agree {
            Agree::Rules { rules, .. } => Some(rules),
            _ => None,
        });
        let named: BTreeSet<&str> = named.flatten().copied().collect();
        assert_eq!(named, PAIR_RULES.iter().map(|rule| rule.field).collect::<BTreeSet<_>>());
        let what = |agree: Agree| REMEDIES.iter().any(|remedy| remedy.agree == agree);
        assert!(what(Agree::Tolerance) && what(Agree::Codes));
    }

    #[test]
    fn each_cause_is_there_once_and_names_fields_that_exist() {
        let causes: BTreeSet<_> = REMEDIES.iter().map(|remedy| remedy.cause).collect();
        assert_eq!(causes.len(), REMEDIES.len());
        for remedy in REMEDIES {
            let Agree::Rules { rules, also, .. } = remedy.agree else { continue };
            for name in rules.iter().chain(also) {
                assert!(ComparedPair::TABLE.iter().any(|field| field.name == *name), "{name}");
            }
        }
    }

    #[test]
    fn what_is_agreed_already_is_not_proposed_again() {
        let left = |cause: &str, agreed: &[&str]| {
            let left = remedy(cause).left(|field| agreed.contains(&field));
            left.map(|left| (left.labels.join(", "), left.up_to, left.in_part))
        };
        let said = |labels: &str, up_to, in_part| Some((labels.to_owned(), up_to, in_part));
        assert_eq!(left("white space", &[]), said("Trim, Inner white space", false, false));
        assert_eq!(left("white space", &["trim"]), said("Inner white space", false, false));
        // Values that differ in case may differ in white space as well.
        assert_eq!(left("case", &[]), said("Ignore case", true, false));
        assert_eq!(left("case", &["trim", "collapse"]), said("Ignore case", false, false));
        assert_eq!(left("case", &["case_fold"]), said("Trim, Inner white space", false, false));
        assert_eq!(left("null or blank", &[]), said("Blank is blank", false, false));
        // What is left although the rule is agreed can be read in two ways.
        assert_eq!(left("number format", &[]), said("Number format", true, true));
        assert_eq!(left("number format", &["number"]), None);
        assert_eq!(left("rounding", &[]), said("Tolerance", true, true));
        assert_eq!(left("rounding", &["tolerance"]), None);
        assert_eq!(left("code list", &["codes"]), said("Codes", true, true));
        assert_eq!(left("typo", &[]), None);
        assert_eq!(left("a cause of tomorrow", &[]), None);
        assert_eq!(remedy("scale").for_people("Price"), "Convert Price to one unit in the mapping");
        assert!(remedy("accents").is_form() && !remedy("truncated").is_form());
        let all = |_: &str| true;
        assert!(REMEDIES.iter().filter(|r| r.is_form()).all(|remedy| remedy.left(all).is_none()));
        assert_eq!(remedy("date format").left(|_| false).unwrap().what, "rule");
    }
}
