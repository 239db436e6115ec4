//! A stacked bar as SVG with plain attributes. The numbers stand in the table beside it; the bar has one sentence for readers.

use leptos::prelude::*;

/// One part of the bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Class of the part: `equal`, `by-rule`, `differs`, `only-left` or `only-right`.
    pub class: &'static str,
    /// Its name, for the sentence.
    pub label: String,
    /// How many records.
    pub count: u64,
}

/// The bar; parts of nothing are left out, small ones stay visible.
#[component]
pub fn StackBar(
    /// The parts from left to right.
    segments: Vec<Segment>,
) -> impl IntoView {
    let sentence = segments
        .iter()
        .map(|segment| format!("{} {}", super::grouped(segment.count), segment.label))
        .collect::<Vec<_>>()
        .join(", ");
    let mut x = 0_u64;
    let parts = widths(&segments)
        .into_iter()
        .zip(segments)
        .filter(|(width, _)| *width > 0)
        .map(|(width, segment)| {
            let left = x;
            x += width;
            let drawn = if x < BAR { width - GAP } else { width };
            view! { <rect class=format!("segment {}", segment.class) x=left y="0" width=drawn height="12"></rect> }
        })
        .collect_view();
    view! {
        <svg class="stack-bar" viewBox=format!("0 0 {BAR} 12") preserveAspectRatio="none" role="img" aria-label=sentence>
            {parts}
        </svg>
    }
}

/// The key to a bar's colours.
#[component]
pub fn SegmentKey(
    /// Class and name of each part.
    parts: Vec<(&'static str, String)>,
) -> impl IntoView {
    let parts = parts
        .into_iter()
        .map(|(class, label)| view! { <span><i class=format!("swatch {class}")></i>{label}</span> })
        .collect_view();
    view! { <div class="key">{parts}</div> }
}

/// Units a bar is wide; the SVG stretches them to the space there is.
const BAR: u64 = 1000;
/// Least width of a part that has anything, so that one record in a million can be seen.
const LEAST: u64 = 9;
/// What is left free between two parts.
const GAP: u64 = 3;

/// Widths that add up to the bar, proportional except for the least width; all nothing when there is nothing.
pub(super) fn widths(segments: &[Segment]) -> Vec<u64> {
    let total: u128 = segments.iter().map(|segment| u128::from(segment.count)).sum();
    if total == 0 {
        return vec![0; segments.len()];
    }
    let mut widths: Vec<u64> = segments
        .iter()
        .map(|segment| {
            let share = u128::from(segment.count) * u128::from(BAR) / total;
            let share = u64::try_from(share).unwrap_or(BAR);
            if segment.count == 0 { 0 } else { share.max(LEAST) }
        })
        .collect();
    let used: u64 = widths.iter().sum();
    if let Some(widest) = widths.iter_mut().max_by_key(|width| **width) {
        *widest = (*widest + BAR).saturating_sub(used);
    }
    widths
}
