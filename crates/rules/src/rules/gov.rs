//! GOV: what is sensitive is known, protected and needed; and no secret stands in a plan.

use super::cards;
use crate::{
    context::{Cx, under},
    finding::Hit,
    process::by_people,
};
use domain::entity::{Classification, DataPoint};
use domain::{Choices, Item, ItemId, Row};
use std::collections::{BTreeMap, BTreeSet};

cards! {
    "GOV-001" Error @5 no_purpose, "Personal data without a purpose";
    seed "enhances data privacy practices as well";
    why "Personal data may be used for what it was given for, and for nothing else.";
    good "E-mail: receipts and, with consent, the newsletter.";
    bad "Date of birth, purpose empty.";

    "GOV-002" Warn @5 no_retention, "Personal data kept for ever";
    seed "enhances data privacy practices as well";
    why "What is kept without an end is found by somebody one day.";
    good "Three years after the last order.";
    bad "Empty.";

    "GOV-003" Error @5 unprotected, "Sensitive data without protection on the way";
    seed "having an excellent understanding of data benefits your cyber security posture";
    why "A new flow is a new way out.";
    good "TLS, service account with a key of its own.";
    bad "Confidential data by flow, protection empty.";

    "GOV-004" Warn @5 new_readers, "Sensitive data becomes readable for more people";
    seed "having an excellent understanding of data benefits your cyber security posture";
    why "Each copy is read by those who use the system it goes to.";
    good "Finance and sales both use ERP; known and agreed.";
    bad "Store staff can read the date of birth from now on.";

    "GOV-005" Info @5 moved_unused, "Personal data moved, used by nobody";
    seed "enhances data privacy practices as well";
    why "The safest copy is the one that is not made.";
    good "E-mail is read in Order hand-over.";
    bad "Date of birth is moved; no step reads it.";

    "GOV-006" Warn @1 unclassified, "Data point not classified";
    seed "having an excellent understanding of data benefits your cyber security posture";
    why "Nobody can protect what nobody has looked at.";
    good "E-mail: confidential.";
    bad "Class empty.";

    "GOV-007" Error locked @0 secret, "A secret in the plan";
    seed "benefits your cyber security posture";
    why "A plan is read by many and exported as a file.";
    good "\"The password is in the vault, entry ERP test.\"";
    bad "A connection address with a password in it.";
}

fn personal<'c, 'a>(cx: &'c Cx<'a>) -> impl Iterator<Item = &'c Row<'a, DataPoint>> {
    cx.points.iter().filter(|p| p.personal)
}

fn no_purpose(cx: &Cx<'_>) -> Vec<Hit> {
    personal(cx)
        .filter(|p| p.privacy_purpose.is_empty())
        .map(|p| {
            Hit::on(p.id(), format!("Personal data point {} has no purpose", cx.title(p.id()))).field("privacy_purpose")
        })
        .collect()
}

fn no_retention(cx: &Cx<'_>) -> Vec<Hit> {
    personal(cx)
        .filter(|p| p.retention.is_empty())
        .map(|p| {
            let instances: BTreeSet<ItemId> =
                under(&cx.occurrences_of, p.id()).iter().filter_map(|o| o.instance).collect();
            let place = if instances.is_empty() { "any system".to_owned() } else { cx.titles(instances) };
            let message = format!("Personal data point {} has no retention in {place}", cx.title(p.id()));
            Hit::on(p.id(), message).field("retention")
        })
        .collect()
}

fn sensitive(point: &DataPoint) -> Option<Classification> {
    point.classification.filter(|c| matches!(c, Classification::Confidential | Classification::Restricted))
}

fn unprotected(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for flow in cx.flows.iter().filter(|f| f.protection.is_empty()) {
        let points = cx.carried(flow.id()).iter().filter_map(|m| cx.point(m.point));
        if let Some(class) = points.filter_map(|p| sensitive(p.entity)).max() {
            let message = format!(
                "{} carries {} data and names no transport protection or authentication",
                flow.name,
                class.label().to_lowercase()
            );
            hits.push(Hit::on(flow.id(), message).field("protection").fact(class.code()));
        }
    }
    hits
}

fn new_readers(cx: &Cx<'_>) -> Vec<Hit> {
    let mut users: BTreeMap<ItemId, BTreeSet<ItemId>> = BTreeMap::new();
    for step in cx.processes.iter().flat_map(|p| p.today()).filter(|s| by_people(s)) {
        for instance in &step.entity.systems {
            users.entry(*instance).or_default().extend(step.team);
        }
    }
    let none = BTreeSet::new();
    let teams = |instance: Option<ItemId>| instance.and_then(|id| users.get(&id)).unwrap_or(&none);
    let mut hits = Vec::new();
    for flow in &cx.flows {
        for moved in cx.carried(flow.id()).iter().filter(|m| !m.targets.is_empty()) {
            let Some((point, class)) = cx.point(moved.point).and_then(|p| Some((p, sensitive(p.entity)?))) else {
                continue;
            };
            let holders = under(&cx.occurrences_of, point.id()).iter().filter(|o| !moved.targets.contains(&o.id()));
            let already: BTreeSet<ItemId> = holders.flat_map(|o| teams(o.instance).iter().copied()).collect();
            let new: BTreeSet<ItemId> = teams(flow.destination).difference(&already).copied().collect();
            if !new.is_empty() {
                let message = format!(
                    "{} data {} becomes readable for {} through {}",
                    class.label(),
                    cx.title(point.id()),
                    cx.titles(new.iter().copied()),
                    flow.name
                );
                hits.push(Hit::on(flow.id(), message).fact(point.id()).facts(new));
            }
        }
    }
    hits
}

fn moved_unused(cx: &Cx<'_>) -> Vec<Hit> {
    let used: BTreeSet<ItemId> = cx
        .processes
        .iter()
        .flat_map(|p| p.steps())
        .flat_map(|s| s.entity.reads.iter().chain(&s.entity.writes).copied())
        .collect();
    let moved: BTreeSet<ItemId> = cx.moves.values().flatten().map(|m| m.point).collect();
    personal(cx)
        .filter(|p| moved.contains(&p.id()) && !used.contains(&p.id()))
        .map(|p| {
            let message = format!("Personal data point {} is moved but used by no process", cx.title(p.id()));
            Hit::on(p.id(), message)
        })
        .collect()
}

fn unclassified(cx: &Cx<'_>) -> Vec<Hit> {
    let open = cx.points.iter().filter(|p| p.classification.is_none());
    open.map(|p| Hit::on(p.id(), format!("{} is not classified", cx.title(p.id()))).field("classification")).collect()
}

fn secret(cx: &Cx<'_>) -> Vec<Hit> {
    cx.texts.iter().flat_map(|(item, texts)| secrets_of(item, texts)).collect()
}

fn secrets_of(item: &Item, texts: &[(&'static str, String)]) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for (field, text) in texts {
        if looks_secret(text) && !hits.iter().any(|h| h.field == Some(field)) {
            let label = item.kind().field(field).map_or(*field, |f| f.label).to_lowercase();
            let message = format!("A secret was typed into {label} of {}; remove it", item.key());
            hits.push(Hit::on(item.id, message).field(field));
        }
    }
    hits
}

/// Whether a text holds something that only makes sense as a secret: keys of known make, passwords in
/// addresses, and `password=` followed by something no sentence contains.
pub(super) fn looks_secret(text: &str) -> bool {
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY") {
        return true;
    }
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '(' | ')' | '<' | '>'));
    // The word before says that a secret follows: `Bearer …`, `password: …`.
    let mut announced = None;
    for word in words.filter(|w| !w.is_empty()) {
        let follows = announced.is_some_and(|least| !placeholder(word) && opaque(word, least));
        if known_make(word) || password_in_address(word) || assignment(word) || follows {
            return true;
        }
        announced = if word.eq_ignore_ascii_case("bearer") {
            Some(20)
        } else {
            word.strip_suffix([':', '=']).is_some_and(names_a_secret).then_some(8)
        };
    }
    false
}

fn known_make(word: &str) -> bool {
    let rest = |prefix: &str| word.strip_prefix(prefix).unwrap_or_default();
    let alnum = |text: &str, least: usize| {
        text.len() >= least && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    };
    let jwt = word.starts_with("eyJ") && word.len() > 40 && word.matches('.').count() == 2;
    alnum(rest("AKIA"), 16)
        || ["ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "sk-", "sk_live_", "rk_live_"]
            .iter()
            .any(|prefix| alnum(rest(prefix), 16))
        || jwt
}

fn password_in_address(word: &str) -> bool {
    let Some((_, rest)) = word.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else {
        return false;
    };
    user.split_once(':').is_some_and(|(_, password)| !password.is_empty() && !placeholder(password))
}

fn assignment(word: &str) -> bool {
    word.split_once(['=', ':'])
        .is_some_and(|(name, value)| names_a_secret(name) && !placeholder(value) && opaque(value, 8))
}

fn names_a_secret(name: &str) -> bool {
    let name: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    ["password", "passwd", "pwd", "secret", "apikey", "accesskey", "token"].iter().any(|s| name.ends_with(s))
}

fn placeholder(value: &str) -> bool {
    value.contains(['*', '{', '$', '…']) || value.chars().all(|c| c == 'x' || c == 'X')
}

/// Letters and digits mixed, long enough to be no word.
fn opaque(value: &str, least: usize) -> bool {
    value.chars().count() >= least
        && value.chars().any(|c| c.is_ascii_digit())
        && value.chars().any(char::is_alphabetic)
}
