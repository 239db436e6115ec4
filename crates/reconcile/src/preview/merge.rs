//! How many different values of a column rules make the same: the price of a rule.

use std::collections::{HashMap, HashSet};

use jiff::civil::DateTime;

use crate::{cause, decimal, judge::is_blank, normalise, spec::Rule};

/// What values that are the same have in common.
#[derive(PartialEq, Eq, Hash)]
enum Form {
    Nothing,
    Blank,
    Text(String),
    Number(String),
    Moment(DateTime),
}

/// So many of these different values are the same as another one by these rules, and not without them.
pub(super) fn merged(values: &HashSet<Option<&str>>, rules: &[Rule], numeric: bool) -> u64 {
    if rules.is_empty() {
        return 0;
    }
    groups(values, &[], numeric) - groups(values, rules, numeric)
}

/// Groups of values that are the same, directly or by others.
fn groups(values: &HashSet<Option<&str>>, rules: &[Rule], numeric: bool) -> u64 {
    let mut parents: Vec<usize> = Vec::new();
    let mut seen: HashMap<Form, usize> = HashMap::new();
    let mut joined = 0;
    for (at, value) in values.iter().enumerate() {
        parents.push(at);
        for form in forms(*value, rules, numeric) {
            let other = *seen.entry(form).or_insert(at);
            let (one, other) = (root(&mut parents, at), root(&mut parents, other));
            if one != other {
                parents[one] = other;
                joined += 1;
            }
        }
    }
    values.len() as u64 - joined
}

fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

fn forms(value: Option<&str>, rules: &[Rule], numeric: bool) -> Vec<Form> {
    let blank = (rules.contains(&Rule::Blank) && is_blank(value)).then_some(Form::Blank);
    let Some(text) = value else {
        return [Some(Form::Nothing), blank].into_iter().flatten().collect();
    };
    let plain = numeric.then(|| decimal::one_spelling(text)).flatten();
    let number = rules.contains(&Rule::Number).then(|| cause::only_number(text)).flatten();
    let moment = rules.contains(&Rule::Date).then(|| cause::only_moment(text)).flatten();
    let text = Some(Form::Text(normalise::apply(rules, text).into_owned()));
    let others = [blank, plain.map(Form::Number), number.map(Form::Number), moment.map(Form::Moment)];
    [text].into_iter().chain(others).flatten().collect()
}
