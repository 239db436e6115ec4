//! `/p/:key/runs/:number`: the dashboard of one run, and the differences behind every number of it.

mod api;
mod dashboard;
mod differences;
mod drift;
mod format;
mod linking;
mod other_rules;
mod progress;
mod record;
mod slices;

pub use dashboard::RunPage;
pub use differences::{DifferencesPage, difference_table, removed_rows};
pub use progress::{Running, running_card};
pub use record::RecordPage;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use views::sync::DifferenceFilter;

/// Number of the run in the address; 0, which no run has, when it is none. Tracked.
pub(super) fn run_number() -> Memo<i64> {
    let params = use_params_map();
    Memo::new(move |_| params.read().get("number").and_then(|n| n.parse().ok()).unwrap_or_default())
}

/// The part of an address that says which differences: `?class=different&field=2`, or nothing.
pub(super) fn query(filter: &DifferenceFilter, from: u64) -> String {
    let encoded = |text: &Option<String>| text.as_deref().filter(|t| !t.is_empty()).map(kit::next::encoded);
    let parts = [
        ("class", encoded(&filter.class)),
        ("field", filter.field.map(|f| f.to_string())),
        ("cause", encoded(&filter.cause)),
        ("filled", encoded(&filter.filled)),
        ("text", encoded(&filter.text)),
        ("slice", encoded(&filter.slice)),
        ("from", (from > 0).then(|| from.to_string())),
    ];
    let parts: Vec<_> = parts.into_iter().filter_map(|(name, value)| value.map(|v| format!("{name}={v}"))).collect();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// Address of the whole records of a key; `run` is that of the run, `record` the key as JSON.
pub(super) fn record_href(run: &str, record: &str) -> String {
    format!("{run}/record?key={}", kit::next::encoded(record))
}

/// What a class of differences is called.
fn class_words(class: &str) -> &'static str {
    match class {
        "different" => "differs",
        "equal_by_rule" => "equal by rule",
        "only_left" => "only left",
        "only_right" => "only right",
        "ambiguous" => "no single partner",
        "duplicate_left" => "duplicate left",
        "duplicate_right" => "duplicate right",
        _ => "other",
    }
}
