//! What a work-list is called and how it stands.

use crate::{
    Access,
    dashboards::{parsed_slice, sides, slice_words},
    hidden::Hidden,
};
use domain::{
    Judged, Worklist, WorklistGroup, WorklistState,
    entity::{Check, DataPoint},
};
use rules::number;

/// `city: case, where country = FI`; without the value where that is hidden.
pub(super) fn title(access: &Access, group: &WorklistGroup, check: &Check, hidden: &Hidden) -> String {
    let (left, right) = sides(access, check);
    let what = match (&group.columns, group.class.as_str()) {
        (Some((l, r)), _) => {
            let pair = check.compare.iter().find(|pair| *pair.left == **l && *pair.right == **r);
            let point = access.plan.find::<DataPoint>(pair.and_then(|pair| pair.data_point));
            match point {
                Some(point) => point.name.to_string(),
                None if l == r => l.clone(),
                None => format!("{l} = {r}"),
            }
        }
        (None, "only_left") => format!("Only in {left}"),
        (None, "only_right") => format!("Only in {right}"),
        (None, "duplicate_left") => format!("Duplicate keys in {left}"),
        (None, "duplicate_right") => format!("Duplicate keys in {right}"),
        (None, _) => "No single partner".to_owned(),
    };
    let cause = group.cause.as_deref().map(|cause| format!(": {cause}")).unwrap_or_default();
    let slice = group.slice.as_deref().and_then(|text| parsed_slice(text).ok());
    let slice = slice.map(|slice| format!(", where {}", slice_words(&hidden.told(slice)))).unwrap_or_default();
    format!("{what}{cause}{slice}")
}

/// `380 of 412 equal in run 7`.
pub(super) fn stands(worklist: &Worklist) -> String {
    if let Some(exception) = &worklist.exception {
        return format!("covered by {}, signed in version {}", exception.words, exception.version);
    }
    let count = number(worklist.count);
    let judged_by = if worklist.by_key { "" } else { " (more than 10 000 records: their number decides)" };
    match worklist.judged {
        None => format!("no run since run {}{judged_by}", worklist.run_number),
        Some(Judged { run, equal: None }) => {
            format!("run {run} cannot say: it compared something else, matched nothing or kept not every difference")
        }
        Some(Judged { run, equal: Some(_) }) if worklist.state == WorklistState::Closed => {
            format!("run {run} shows all {count} equal{judged_by}")
        }
        Some(Judged { run, equal: Some(equal) }) => {
            format!("{} of {count} equal in run {run}{judged_by}", number(equal))
        }
    }
}
