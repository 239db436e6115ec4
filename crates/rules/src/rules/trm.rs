//! TRM: the two terms everything rests on are not thrown about loosely.

use super::cards;
use crate::{context::Cx, finding::Hit};
use domain::Item;
use domain::entity::{Instance, RecordRole, System};

cards! {
    "TRM-001" Info @1 loose_words, "Loose word for a defined term";
    seed "Often these terms get thrown about loosely.";
    why "\"Master\" means the record to some and the winning value to others.";
    good "CRM is the system of record for customers.";
    bad "CRM is the golden record.";

    "TRM-002" Warn @1 truth_of_a_system, "Source of truth said of a system";
    seed "it is likely not one system that you would label as the source of truth for your entire organisation";
    why "Truth belongs to a data point; a system that is right about one is wrong about another.";
    good "CRM holds the truth for Customer · E-mail.";
    bad "Purpose of CRM: our source of truth.";
}

const LOOSE: [&str; 7] =
    ["golden record", "golden source", "master system", "master data", "lead system", "leading system", "ssot"];

const LOOSE_STARTS: [&str; 5] = ["golden", "master", "lead", "leading", "ssot"];

/// Whether `word` stands in `text` with no letter or digit on either side. Both in lower case.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn loose_words(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (item, texts) in cx.texts.iter().filter(|(item, _)| !item.kind().in_workspace()) {
        for (field, text) in texts {
            if let Some(word) = loose_word(text) {
                let message = format!(
                    "\"{word}\" is used for {}; did you mean source of truth or system of record?",
                    cx.title(item.id)
                );
                hits.push(Hit::on(item.id, message).field(field).fact(word));
            }
        }
    }
    hits
}

fn loose_word(text: &str) -> Option<&'static str> {
    // Most texts are ruled out by their words, without a copy in lower case.
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    if !words.any(|word| LOOSE_STARTS.iter().any(|start| word.eq_ignore_ascii_case(start))) {
        return None;
    }
    let text = text.to_lowercase();
    LOOSE.into_iter().find(|word| has_word(&text, word))
}

fn truth_of_a_system(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut look = |item: &Item, system: String, field: &'static str, text: &str| {
        if has_word(&text.to_lowercase(), "source of truth") {
            let label = item.kind().field(field).map_or(field, |f| f.label).to_lowercase();
            let message =
                format!("\"Source of truth\" is used for a system ({system}) in {label}; truth belongs to data points");
            hits.push(Hit::on(item.id, message).field(field));
        }
    };
    for instance in cx.used_instances().into_iter().filter_map(|id| cx.plan.get::<Instance>(id)) {
        look(instance.item, instance.name.to_string(), "purpose", &instance.purpose);
        if let Some(system) = cx.plan.find::<System>(instance.system) {
            look(system.item, system.name.to_string(), "note", &system.note);
        }
    }
    for role in cx.plan.each::<RecordRole>() {
        look(role.item, cx.titled(role.instance, "no system"), "note", &role.note);
    }
    hits
}
