//! The audit trail in words: activity of a plan, history of an item.

use crate::Access;
use domain::Item;
use serde_json::Value;
use store::AuditLine;
use views::{items::HistoryRow, plans::ActivityRow};

/// Address of an item's page.
pub(crate) fn href(access: &Access, item: &Item) -> String {
    if item.kind().in_workspace() {
        format!("/workspace/{}/{}", item.kind().code(), item.key())
    } else {
        format!("/p/{}/items/{}/{}", access.plan.key, item.kind().code(), item.key())
    }
}

/// Lines for the activity list.
pub(crate) fn rows(access: &Access, entries: Vec<AuditLine>) -> Vec<ActivityRow> {
    entries
        .into_iter()
        .map(|recorded| {
            let who = who(&recorded);
            let entry = recorded.entry;
            let item = entry
                .item
                .and_then(|id| access.plan.document.items.get(&id).or_else(|| access.plan.workspace.items.get(&id)));
            let after = entry.after.clone().unwrap_or(Value::Null);
            let detail = match (entry.verb.as_str(), item) {
                ("changed", Some(item)) => {
                    let labels: Vec<_> = fields_of(item, &after).into_iter().map(|(label, ..)| label).collect();
                    labels.join(", ").to_lowercase()
                }
                ("added" | "removed" | "restored", _) => String::new(),
                _ => plain(&after),
            };
            ActivityRow {
                seq: recorded.seq,
                who,
                verb: entry.verb,
                title: item.map(|i| access.plan.title_of(i)),
                href: item.map(|i| href(access, i)),
                detail,
                at: entry.at,
            }
        })
        .collect()
}

fn who(line: &AuditLine) -> String {
    line.actor_name.clone().unwrap_or_else(|| "Plumbline".into())
}

/// Lines for the history of one item.
pub(crate) fn history(access: &Access, item: &Item, entries: Vec<AuditLine>) -> Vec<HistoryRow> {
    entries
        .into_iter()
        .map(|recorded| {
            let who = who(&recorded);
            let entry = recorded.entry;
            let after = entry.after.clone().unwrap_or(Value::Null);
            let fields = match entry.verb.as_str() {
                "changed" => fields_of(item, &after)
                    .into_iter()
                    .map(|(label, name, after)| {
                        let before = entry.before.as_ref().and_then(|b| b.get(&name)).cloned().unwrap_or(Value::Null);
                        (label, words(access, item, &name, &before), words(access, item, &name, &after))
                    })
                    .collect(),
                _ => Vec::new(),
            };
            HistoryRow { seq: recorded.seq, who, verb: entry.verb, fields, at: entry.at }
        })
        .collect()
}

/// Label, patch path and value of each field in a recorded change.
fn fields_of(item: &Item, values: &Value) -> Vec<(String, String, Value)> {
    let Some(values) = values.as_object() else { return Vec::new() };
    values
        .iter()
        .map(|(path, value)| {
            let name = path.split('/').next().unwrap_or(path);
            let label = item.kind().field(name).map_or(name, |f| f.label);
            (label.to_owned(), path.clone(), value.clone())
        })
        .collect()
}

fn words(access: &Access, item: &Item, path: &str, value: &Value) -> String {
    let name = path.split('/').next().unwrap_or(path);
    match item.kind().field(name) {
        // One part is shown like a list of one.
        Some(field) if path.contains('/') && !value.is_null() => {
            rules::display(&access.plan, field, &Value::Array(vec![value.clone()]))
        }
        Some(field) => rules::display(&access.plan, field, value),
        None => plain(value),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(map) => {
            let parts: Vec<_> = map.values().map(plain).filter(|text| !text.is_empty()).collect();
            parts.join(" · ")
        }
        other => other.to_string(),
    }
}
