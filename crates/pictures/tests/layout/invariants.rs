//! The promises of the layout, checked without looking at how it works.

use std::collections::BTreeSet;

use pictures::drawing::{BoxArea, EdgePath};
use pictures::{Point, Rect};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// A finished drawing.
pub struct Drawn<'a> {
    pub boxes: &'a [BoxArea],
    pub edges: &'a [EdgePath],
    pub size: (f64, f64),
}

/// Checks everything swimlanes and maps have in common.
pub fn check(drawn: &Drawn<'_>, ids: &[&str], ends: &[(&str, &str)]) -> Result<(), TestCaseError> {
    boxes(drawn, ids)?;
    every_edge_once(drawn, ids, ends)?;
    for edge in drawn.edges {
        one_edge(drawn, edge)?;
    }
    unrelated_lines_stay_apart(drawn.edges)?;
    labels(drawn)
}

fn boxes(drawn: &Drawn<'_>, ids: &[&str]) -> Result<(), TestCaseError> {
    let drawn_ids: Vec<&str> = drawn.boxes.iter().map(|b| b.id.as_str()).collect();
    prop_assert_eq!(drawn_ids, ids.to_vec());
    let whole = Rect::new(0.0, 0.0, drawn.size.0, drawn.size.1);
    for (index, one) in drawn.boxes.iter().enumerate() {
        prop_assert!(whole.contains(&one.rect), "box {} leaves the picture", index);
        for other in &drawn.boxes[index + 1..] {
            prop_assert!(!one.rect.overlaps(&other.rect), "{} lies on {}", one.id, other.id);
        }
        for line in &one.title {
            let width = pictures::text::width(line, pictures::drawing::TITLE_SIZE);
            prop_assert!(width <= one.rect.w - 20.0 + 1e-6, "{:?} is wider than its box", line);
        }
        prop_assert!(!one.title.is_empty() && one.title.len() <= 2);
    }
    Ok(())
}

fn every_edge_once(drawn: &Drawn<'_>, ids: &[&str], ends: &[(&str, &str)]) -> Result<(), TestCaseError> {
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    let mut seen = vec![0_usize; ends.len()];
    for edge in drawn.edges {
        for &input in &edge.inputs {
            seen[input] += 1;
            prop_assert_eq!(ends[input], (ids[edge.from], ids[edge.to]));
        }
    }
    for (count, (from, to)) in seen.iter().zip(ends) {
        prop_assert_eq!(*count, usize::from(known.contains(from) && known.contains(to)));
    }
    Ok(())
}

fn one_edge(drawn: &Drawn<'_>, edge: &EdgePath) -> Result<(), TestCaseError> {
    let whole = Rect::new(0.0, 0.0, drawn.size.0, drawn.size.1);
    let (first, last) = (edge.points[0], edge.points[edge.points.len() - 1]);
    prop_assert!(on_border(first, &drawn.boxes[edge.from].rect), "{} does not start at its box", edge.full);
    prop_assert!(on_border(last, &drawn.boxes[edge.to].rect), "{} does not end at its box", edge.full);
    for pair in edge.points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        prop_assert!(a.x == b.x || a.y == b.y, "{} is slanted", edge.full);
        let hull = hull(a, b);
        prop_assert!(whole.contains(&hull), "{} leaves the picture", edge.full);
        for (index, other) in drawn.boxes.iter().enumerate() {
            prop_assert!(!enters(&hull, &other.rect), "{} runs through box {}", edge.full, index);
        }
    }
    let before = edge.points[edge.points.len() - 2];
    let room = (before.x - last.x).abs() + (before.y - last.y).abs();
    prop_assert!(room >= 7.0, "no room for the arrow head of {}", edge.full);
    Ok(())
}

/// Lines without a common end may cross but never lie on one another.
fn unrelated_lines_stay_apart(edges: &[EdgePath]) -> Result<(), TestCaseError> {
    for (index, one) in edges.iter().enumerate() {
        for other in edges[index + 1..].iter().filter(|other| other.from != one.from && other.to != one.to) {
            for a in one.points.windows(2) {
                for b in other.points.windows(2) {
                    prop_assert!(!lie_on_one_another(a, b), "{} lies on {}: {:?} {:?}", one.full, other.full, a, b);
                }
            }
        }
    }
    Ok(())
}

fn labels(drawn: &Drawn<'_>) -> Result<(), TestCaseError> {
    let labels: Vec<&Rect> = drawn.edges.iter().filter_map(|e| e.label.as_ref()).map(|l| &l.rect).collect();
    let whole = Rect::new(0.0, 0.0, drawn.size.0, drawn.size.1);
    for (index, label) in labels.iter().enumerate() {
        prop_assert!(whole.contains(label), "a label leaves the picture");
        prop_assert!(drawn.boxes.iter().all(|b| !b.rect.overlaps(label)), "a label covers a box");
        prop_assert!(labels[index + 1..].iter().all(|other| !other.overlaps(label)), "labels cover one another");
    }
    Ok(())
}

/// Whether a line runs through a rectangle.
pub fn crosses(points: &[Point], rect: &Rect) -> bool {
    points.windows(2).any(|pair| enters(&hull(pair[0], pair[1]), rect))
}

fn lie_on_one_another(a: &[Point], b: &[Point]) -> bool {
    let level = |s: &[Point]| s[0].y == s[1].y && s[0].x != s[1].x;
    let upright = |s: &[Point]| s[0].x == s[1].x && s[0].y != s[1].y;
    let share = |a0: f64, a1: f64, b0: f64, b1: f64| a0.min(a1).max(b0.min(b1)) < a0.max(a1).min(b0.max(b1));
    (level(a) && level(b) && a[0].y == b[0].y && share(a[0].x, a[1].x, b[0].x, b[1].x))
        || (upright(a) && upright(b) && a[0].x == b[0].x && share(a[0].y, a[1].y, b[0].y, b[1].y))
}

fn hull(a: Point, b: Point) -> Rect {
    Rect::new(a.x.min(b.x), a.y.min(b.y), (a.x - b.x).abs(), (a.y - b.y).abs())
}

/// Whether a level or upright stretch has a point strictly inside.
fn enters(stretch: &Rect, rect: &Rect) -> bool {
    stretch.x < rect.right() && rect.x < stretch.right() && stretch.y < rect.bottom() && rect.y < stretch.bottom()
}

fn on_border(p: Point, rect: &Rect) -> bool {
    let within = p.x >= rect.x && p.x <= rect.right() && p.y >= rect.y && p.y <= rect.bottom();
    within && (p.x == rect.x || p.x == rect.right() || p.y == rect.y || p.y == rect.bottom())
}
