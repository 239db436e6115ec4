//! One bar cut into segments. Widths are whole eighths of a pixel, so they add up to the bar exactly.

use serde::{Deserialize, Serialize};

use super::{Chart, count_label, float, percent_label};
use crate::shape::{Class, Picture, Point, Rect, Shape, Table};

/// Least width of a segment that is not zero: 1.5 px stay visible beside the gap of one pixel.
const LEAST: u64 = 20;
/// Units in a pixel.
const UNITS: f64 = 8.0;

/// A part of a bar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// What is counted.
    pub label: String,
    /// How many.
    pub count: u64,
    /// Class name, such as `equal`, `rule`, `differs`, `left`, `right`.
    pub class: String,
}

/// A bar of exactly `width` (rounded to eighths of a pixel); segments that are zero are left out of the picture only.
///
/// Where the bar is too narrow to show each segment with its least width, all of them shrink alike.
pub fn stacked_bar(segments: &[Segment], width: f64, height: f64) -> Chart {
    let shown: Vec<&Segment> = segments.iter().filter(|segment| segment.count > 0).collect();
    let units = units_of(width);
    let widths = share_out(&shown.iter().map(|segment| segment.count).collect::<Vec<_>>(), units);
    let total = segments.iter().fold(0_u64, |sum, segment| sum.saturating_add(segment.count));
    let mut shapes = Vec::with_capacity(shown.len() * 2);
    let mut x = 0.0;
    for (index, (segment, width)) in shown.iter().zip(&widths).enumerate() {
        let width = pixels(*width);
        let class: Class = format!("segment {}", segment.class).into();
        let rect = Rect::new(x, 0.0, width, height);
        let mut parts = vec![Shape::rect(class, rect, 0.0)];
        if index > 0 {
            // Drawn over the segment's first pixel, so neighbours of like colour stay apart.
            parts.push(Shape::line("bar-gap", Point::new(x + 0.5, 0.0), Point::new(x + 0.5, height)));
        }
        let share = percent_label(segment.count, total);
        shapes.push(Shape::Group {
            class: "bar-part".into(),
            id: None,
            title: Some(format!("{}: {} ({share})", segment.label, count_label(segment.count))),
            place: None,
            shapes: parts,
        });
        x += width;
    }
    let words: Vec<String> =
        shown.iter().map(|segment| format!("{} {}", count_label(segment.count), segment.label)).collect();
    let label = if words.is_empty() { "nothing to count".to_owned() } else { words.join(", ") };
    let rows =
        segments.iter().map(|s| vec![s.label.clone(), count_label(s.count), percent_label(s.count, total)]).collect();
    let table = Table { header: ["What", "Count", "Share"].map(str::to_owned).to_vec(), rows };
    Chart { picture: Picture { width: pixels(units), height, label, shapes }, table }
}

/// Shares `units` out in proportion; each share has at least [`LEAST`] units, or as many as there are for all.
fn share_out(counts: &[u64], units: u64) -> Vec<u64> {
    let Ok(parts) = u64::try_from(counts.len()) else {
        return Vec::new();
    };
    if parts == 0 {
        return Vec::new();
    }
    let least = LEAST.min(units / parts);
    // Segments that would fall short get the least; the rest is shared among the others, until nobody falls short.
    let mut small = vec![false; counts.len()];
    loop {
        let big = |i: &usize| !small[*i];
        let sum: u128 = (0..counts.len()).filter(big).map(|i| u128::from(counts[i])).sum();
        let fixed = u64::try_from(small.iter().filter(|s| **s).count()).unwrap_or(0) * least;
        let room = u128::from(units - fixed);
        let short: Vec<usize> =
            (0..counts.len()).filter(big).filter(|&i| u128::from(counts[i]) * room < u128::from(least) * sum).collect();
        if short.is_empty() {
            return by_largest_remainder(counts, &small, least, room, sum);
        }
        for index in short {
            small[index] = true;
        }
    }
}

fn by_largest_remainder(counts: &[u64], small: &[bool], least: u64, room: u128, sum: u128) -> Vec<u64> {
    let mut widths = vec![least; counts.len()];
    let mut remainders = Vec::new();
    let mut left = room;
    for (index, &count) in counts.iter().enumerate().filter(|(index, _)| !small[*index]) {
        let exact = u128::from(count) * room;
        widths[index] = u64::try_from(exact / sum.max(1)).unwrap_or(u64::MAX);
        left -= u128::from(widths[index]);
        remainders.push((std::cmp::Reverse(exact % sum.max(1)), index));
    }
    remainders.sort_unstable();
    let left = usize::try_from(left).unwrap_or(0);
    for (_, index) in remainders.into_iter().take(left) {
        widths[index] += 1;
    }
    widths
}

fn units_of(width: f64) -> u64 {
    // Not a number and negative widths become 0 in the conversion; no chart is wider than a million pixels.
    (width.min(1e6) * UNITS).round() as u64
}

fn pixels(units: u64) -> f64 {
    float(usize::try_from(units).unwrap_or(usize::MAX)) / UNITS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widths(counts: &[u64], width: f64) -> Vec<f64> {
        let segments: Vec<Segment> =
            counts.iter().map(|&count| Segment { label: "x".to_owned(), count, class: "equal".to_owned() }).collect();
        let chart = stacked_bar(&segments, width, 12.0);
        let rects = chart.picture.shapes.iter().filter_map(|shape| match shape {
            Shape::Group { shapes, .. } => shapes.first(),
            _ => None,
        });
        rects.filter_map(|shape| if let Shape::Rect { rect, .. } = shape { Some(rect.w) } else { None }).collect()
    }

    #[test]
    fn widths_add_up_and_nothing_vanishes() {
        for counts in [
            &[4944, 0, 0, 20, 36][..],
            &[1, 1, 1],
            &[u64::MAX, 1, u64::MAX, 1],
            &[7],
            &[3, 1_000_000_000, 1],
            &[5, 5, 5, 5, 5, 5, 5],
        ] {
            let widths = widths(counts, 310.0);
            assert_eq!(widths.len(), counts.iter().filter(|c| **c > 0).count());
            assert_eq!(widths.iter().sum::<f64>(), 310.0, "{counts:?}");
            assert!(widths.iter().all(|w| *w >= 2.5), "{counts:?} {widths:?}");
        }
    }

    #[test]
    fn a_bar_that_is_too_narrow_shrinks_all_parts() {
        let widths = widths(&[1, 1, 1, 1, 1, 1, 1, 1, 1, 100], 10.0);
        assert!((widths.iter().sum::<f64>() - 10.0).abs() < 1e-9, "{widths:?}");
        assert!(widths.iter().all(|w| *w >= 0.9));
    }

    #[test]
    fn the_table_keeps_the_zeros() {
        let segment = |count| Segment { label: "differs".to_owned(), count, class: "differs".to_owned() };
        let chart = stacked_bar(&[segment(0), segment(3)], 100.0, 12.0);
        assert_eq!(chart.table.rows.len(), 2);
        assert_eq!(chart.picture.shapes.len(), 1);
        assert_eq!(stacked_bar(&[], 100.0, 12.0).picture.label, "nothing to count");
    }
}
