//! The audit trail in words: activity of a plan, history of an item.

use crate::Access;
use domain::{Item, Kind};
use serde_json::Value;
use store::AuditLine;
use views::{items::HistoryRow, plans::ActivityRow};

/// Verb of a run that nobody started by hand: its actor is the person in whose name it runs.
pub(crate) const SCHEDULED: &str = "started a check on time";

/// Most runs that a line names.
const LISTED: usize = 10;

/// Address of an item's page: within the plan at hand, also for items of the workspace. What was removed
/// is known by its id alone.
pub(crate) fn href(access: &Access, item: &Item) -> String {
    let (plan, code) = (&access.plan.key, item.kind().code());
    let reference = if item.archived_at.is_some() { item.id.to_string() } else { item.key() };
    if plan.is_empty() {
        format!("/workspace/{code}/{reference}")
    } else {
        format!("/p/{plan}/items/{code}/{reference}")
    }
}

/// Address of the page made for an item, where there is one beside its form.
pub(crate) fn own_page(access: &Access, item: &Item) -> Option<String> {
    let plan = Some(&access.plan.key).filter(|key| !key.is_empty() && item.archived_at.is_none())?;
    match item.kind() {
        Kind::Process => Some(format!("/p/{plan}/process/{}", item.key())),
        Kind::Flow => Some(format!("/p/{plan}/flows#{}", item.key())),
        _ => None,
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
                _ => said(&entry.verb, &after),
            };
            ActivityRow {
                seq: recorded.seq,
                who,
                verb: doing(&entry.verb, item.is_some()),
                title: item.map(|i| access.plan.title_of(i)),
                href: item.map(|i| href(access, i)),
                detail,
                at: entry.at.to_string(),
            }
        })
        .collect()
}

fn who(line: &AuditLine) -> String {
    let name = line.actor_name.clone().unwrap_or_else(|| "Plumbline".into());
    if line.entry.verb == SCHEDULED { format!("The schedule, for {name},") } else { name }
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
            let undoable = matches!(entry.verb.as_str(), "added" | "changed" | "removed" | "restored");
            HistoryRow { seq: recorded.seq, who, verb: entry.verb, fields, undoable, at: entry.at }
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

/// A recorded verb as it reads before the name of the item.
fn doing(verb: &str, about: bool) -> String {
    if verb == "commented" && about { "commented on".into() } else { verb.into() }
}

/// What a step left behind, for those that changed no field: the part of the record that people read.
fn said(verb: &str, after: &Value) -> String {
    let text = |name: &str| plain(&after[name]);
    let version = || format!("version {}", text("version"));
    let parts = match verb {
        "added" | "removed" | "restored" | "commented" | "resolved a thread" | "reopened a thread" => Vec::new(),
        "signed" => vec![version(), text("root")],
        "revised" => vec![version()],
        "withdrew" => vec![version(), text("reason")],
        "exported" => vec![text("file"), text("sha256")],
        "imported" => vec![format!("from {}, {}", text("from"), version())],
        "approved" => vec![text("slot"), text("hash")],
        "finished a check" => vec![format!("run {}", text("run")), text("state").replace('_', " "), text("result")],
        "left a check out" => vec![text("why")],
        "cancelled a check"
        | "looked for records under another id in"
        | "stopped linking the records of"
        | "took back a decision about two records of" => vec![format!("run {}", text("run"))],
        "finished linking the records of" => vec![format!("run {}", text("run")), text("state").replace('_', " ")],
        "decided about two records of" => {
            let same = if after["same"] == true { "the same" } else { "not the same" };
            vec![format!("run {}", text("run")), same.to_owned()]
        }
        "removed the rows of old runs" => {
            let numbers = after["runs"].as_array().map(Vec::as_slice).unwrap_or_default();
            let mut words: Vec<String> = numbers.iter().take(LISTED).map(ToString::to_string).collect();
            if numbers.len() > LISTED {
                words.push(format!("{} more", numbers.len() - LISTED));
            }
            vec![format!("run {}", words.join(", "))]
        }
        "made work-lists" => {
            let count = after["lists"].as_array().map_or(0, Vec::len);
            vec![format!("run {}", text("run")), rules::count(count, "work-list", "work-lists")]
        }
        "took over sure pairs of" => vec![format!("run {}", text("run")), format!("{} pairs", text("pairs"))],
        "started a check" | SCHEDULED | "disabled a person" => Vec::new(),
        _ => vec![plain(after)],
    };
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => short(text).to_owned(),
        Value::Object(map) => {
            let parts: Vec<_> = map.values().map(plain).filter(|text| !text.is_empty()).collect();
            parts.join(" · ")
        }
        other => other.to_string(),
    }
}

/// A hash by its first eight digits, and nothing of an id: neither is for reading.
fn short(text: &str) -> &str {
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    match text.len() {
        64 if hex(text) => &text[..8],
        36 if text.parse::<uuid::Uuid>().is_ok() => "",
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_record_is_worded_and_hashes_are_short() {
        let (hash, id) = ("ab12cd34".repeat(8), "018f0000-0000-7000-8000-000000000001");
        assert_eq!(said("exported", &json!({ "sha256": hash, "file": "plan.pdf" })), "plan.pdf · ab12cd34");
        assert_eq!(said("approved", &json!({ "slot": "Data", "hash": hash })), "Data · ab12cd34");
        assert_eq!(said("signed", &json!({ "version": 2, "root": hash })), "version 2 · ab12cd34");
        let finished = json!({ "run": 3, "state": "done", "result": hash });
        assert_eq!(said("finished a check", &finished), "run 3 · done · ab12cd34");
        assert_eq!(said("commented", &json!({ "thread": id })), "");
        let made = json!({ "run": 3, "lists": [{ "group": { "slice": "city = Bergen" }, "count": 7 }] });
        assert_eq!(said("made work-lists", &made), "run 3 · 1 work-list", "no value of the data");
        assert_eq!(said("a verb of later", &json!({ "id": id, "name": "x", "hash": hash })), "ab12cd34 · x");
        assert_eq!(doing("commented", true), "commented on");
    }
}
