//! What would make the differing values of a run equal: what is left to agree in its check, and what is left for people.

use domain::entity::{Check, ComparedPair, PAIR_RULES};
use reconcile::{Pair, Spec};
use rules::number;
use views::sync::{PointRow, Remedy};

/// What would make more values equal, the most effective first, and what all of it would come to in a sentence.
/// `applied` is what the run compared where the check is another by now: what is agreed since then is proposed again.
pub(super) fn remedies(check: &Check, applied: Option<&Spec>, points: &[PointRow]) -> (Vec<Remedy>, String) {
    let mut sums = Sums::default();
    let mut all: Vec<Remedy> = Vec::new();
    for point in points {
        let counts = &point.counts;
        let agreed = |field: &str| match applied {
            None => {
                let pair = check.compare.iter().find(|pair| *pair.left == *counts.left && *pair.right == *counts.right);
                pair.is_some_and(|pair| is_agreed(pair, field))
            }
            Some(spec) => {
                let pair = spec.compare.iter().find(|pair| pair.left == counts.left && pair.right == counts.right);
                pair.is_some_and(|pair| was_applied(pair, field))
            }
        };
        sums.different = sums.different.saturating_add(counts.different);
        for cause in &counts.causes {
            let remedy = rules::remedy(&cause.cause);
            let left = remedy.left(agreed);
            let words = match &left {
                Some(left) => format!("Agree on {} for {}", quoted(&left.labels), point.name),
                None => remedy.for_people(&point.name),
            };
            let by = match &left {
                Some(left) if left.labels.len() > 1 => format!("{} {}s", left.labels.len(), left.what),
                Some(left) => format!("a {}", left.what),
                None => "people".to_owned(),
            };
            if let Some(left) = &left {
                sums.bridged = sums.bridged.saturating_add(cause.count);
                sums.in_part |= left.in_part;
                if !sums.what.contains(&left.what) {
                    sums.what.push(left.what);
                }
            }
            all.push(Remedy {
                field: point.field,
                words,
                cause: cause.cause.clone(),
                count: cause.count,
                up_to: left.as_ref().is_some_and(|left| left.up_to),
                by,
                agreeable: left.is_some(),
            });
        }
    }
    all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.words.cmp(&b.words)));
    (all, sums.sentence())
}

fn is_agreed(pair: &ComparedPair, field: &str) -> bool {
    match field {
        "tolerance" => !pair.tolerance.is_empty(),
        "codes" => !pair.codes.is_empty(),
        rule => pair.rules().any(|agreed| agreed.field == rule),
    }
}

fn was_applied(pair: &Pair, field: &str) -> bool {
    match field {
        "tolerance" => pair.tolerance.is_some(),
        "codes" => pair.codes.is_some(),
        rule => {
            let name = PAIR_RULES.iter().find(|known| known.field == rule).map(|known| known.name);
            pair.rules.iter().any(|applied| Some(applied.name()) == name)
        }
    }
}

/// “Trim” and “Inner white space”
fn quoted(labels: &[&str]) -> String {
    labels.iter().map(|label| format!("“{label}”")).collect::<Vec<_>>().join(" and ")
}

/// What agreeing on everything would come to.
#[derive(Default)]
struct Sums {
    different: u64,
    bridged: u64,
    /// Some of those may stay apart.
    in_part: bool,
    /// Kinds of what there is to agree.
    what: Vec<&'static str>,
}

impl Sums {
    fn sentence(&self) -> String {
        let people = self.different.saturating_sub(self.bridged);
        let (different, effort) = (number(self.different), rules::effort(people));
        if self.bridged == 0 {
            return format!(
                "Nothing that could be agreed makes any of {different} differing values equal; they are left for \
                 people, {effort}."
            );
        }
        let (up_to, at_least) = if self.in_part { ("up to ", "at least ") } else { ("", "") };
        let rest = match (people, self.in_part) {
            (0, false) => "none is left for people".to_owned(),
            (0, true) => "what stays apart is left for people".to_owned(),
            (1, _) => format!("{at_least}1 is left for people, {effort}"),
            _ => format!("{at_least}{} are left for people, {effort}", number(people)),
        };
        let (what, bridged) = (self.what.join(" and "), number(self.bridged));
        format!("With every {what} agreed, {up_to}{bridged} of {different} differing values become equal; {rest}.")
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::remedies;
    use domain::{
        CauseCount, FieldCounts,
        entity::{Check, ComparedPair},
    };
    use reconcile::{Pair, Spec, Tolerance};
    use rules::{REMEDIES, Verdict};
    use serde_json::json;
    use std::collections::BTreeSet;
    use uuid::Uuid;
    use views::sync::PointRow;

    /// A check of one pair of columns with what is agreed for it.
    fn check(agreed: serde_json::Value) -> Check {
        let mut pair = json!({ "id": Uuid::nil(), "left": "mail", "right": "e_mail" });
        pair.as_object_mut().unwrap().extend(agreed.as_object().unwrap().clone());
        let pair: ComparedPair = serde_json::from_value(pair).unwrap();
        Check { compare: vec![pair], ..Check::default() }
    }

    fn points(causes: &[(&str, u64)]) -> Vec<PointRow> {
        let causes = causes.iter().map(|(cause, count)| CauseCount { cause: (*cause).into(), count: *count });
        let causes: Vec<_> = causes.collect();
        let counts = FieldCounts {
            left: "mail".into(),
            right: "e_mail".into(),
            different: causes.iter().map(|c| c.count).sum(),
            causes,
            ..FieldCounts::default()
        };
        let (name, href, why) = ("E-mail".to_owned(), None, String::new());
        vec![PointRow { field: 0, name, href, counts, verdict: Verdict::Differs, why }]
    }

    /// What a run compared: these columns under these rules.
    fn compared(pairs: &[(&str, &str, &str, Option<&str>)]) -> Spec {
        let pair = |(left, right, rules, tolerance): &(&str, &str, &str, Option<&str>)| Pair {
            left: (*left).into(),
            right: (*right).into(),
            rules: reconcile::parse_rules(rules).unwrap(),
            tolerance: tolerance.map(|text| Tolerance::parse(text).unwrap()),
            codes: None,
        };
        Spec { key: vec![("id".into(), "id".into())], compare: pairs.iter().map(pair).collect() }
    }

    /// Words, count, whether that is the most, by what.
    type Said = (String, u64, bool, String);

    fn said(check: &Check, causes: &[(&str, u64)]) -> (Vec<Said>, String) {
        let (all, sentence) = remedies(check, None, &points(causes));
        (all.into_iter().map(|r| (r.words, r.count, r.up_to, r.by)).collect(), sentence)
    }

    #[test]
    fn the_engine_finds_the_causes_of_the_table_and_no_others() {
        let found: BTreeSet<&str> = reconcile::Cause::ALL.iter().map(|cause| cause.label()).collect();
        assert_eq!(found, REMEDIES.iter().map(|remedy| remedy.cause).collect::<BTreeSet<_>>());
    }

    #[test]
    fn rules_are_named_as_where_the_check_is_designed() {
        let row = |words: &str, count, up_to, by: &str| (words.to_owned(), count, up_to, by.to_owned());
        let causes = [("white space", 5), ("case", 9), ("rounding", 2), ("truncated", 3)];
        let (rows, sentence) = said(&check(json!({})), &causes);
        assert_eq!(
            rows,
            [
                row("Agree on “Ignore case” for E-mail", 9, true, "a rule"),
                row("Agree on “Trim” and “Inner white space” for E-mail", 5, false, "2 rules"),
                row("Make room for long values of E-mail", 3, false, "people"),
                row("Agree on “Tolerance” for E-mail", 2, true, "a tolerance"),
            ]
        );
        assert_eq!(
            sentence,
            "With every rule and tolerance agreed, up to 16 of 19 differing values become equal; at least 3 are left \
             for people, 8 min at 2½ minutes each."
        );
    }

    #[test]
    fn the_sentence_says_what_is_sure_and_what_is_not() {
        let sentence = |agreed, causes: &[(&str, u64)]| said(&check(agreed), causes).1;
        assert_eq!(
            sentence(json!({}), &[("case", 9), ("typo", 1)]),
            "With every rule agreed, 9 of 10 differing values become equal; 1 is left for people, 3 min at 2½ minutes \
             each."
        );
        assert_eq!(
            sentence(json!({}), &[("case", 9)]),
            "With every rule agreed, 9 of 9 differing values become equal; none is left for people."
        );
        assert_eq!(
            sentence(json!({}), &[("date format", 9)]),
            "With every rule agreed, up to 9 of 9 differing values become equal; what stays apart is left for people."
        );
        // What is left although the rule is agreed is nothing that a rule bridges.
        assert_eq!(
            sentence(json!({ "date": true }), &[("date format", 9)]),
            "Nothing that could be agreed makes any of 9 differing values equal; they are left for people, 23 min at \
             2½ minutes each."
        );
    }

    #[test]
    fn a_run_from_before_something_was_agreed_counts_without_it() {
        let check = check(json!({ "case_fold": true, "trim": true, "collapse": true, "tolerance": "0.01" }));
        let first = |applied: Option<&Spec>, cause: &str| {
            let (all, _) = remedies(&check, applied, &points(&[(cause, 9)]));
            all.into_iter().next().map(|r| (r.words, r.agreeable)).unwrap()
        };
        let people = ("Have people decide on E-mail".to_owned(), false);
        let ignore_case = ("Agree on “Ignore case” for E-mail".to_owned(), true);
        assert_eq!(first(Some(&compared(&[("mail", "e_mail", "", None)])), "case"), ignore_case);
        // What the run applied to another pair does not count for this one.
        let other = compared(&[("mail", "e_mail", "", None), ("name", "name", "casefold,trim,collapse", None)]);
        assert_eq!(first(Some(&other), "case"), ignore_case);
        let all = compared(&[("mail", "e_mail", "casefold,trim,collapse", Some("0.01"))]);
        assert_eq!(first(Some(&all), "case"), people);
        assert!(!first(Some(&all), "rounding").1);
        assert!(first(Some(&other), "rounding").1);
        assert_eq!(first(None, "case"), people, "agreed in the check, which the run is of");
    }
}
