//! What swimlanes and system maps have in common: boxes with text, lines with arrow heads and labels.
//! Labels go where only their own line runs and where they cover no box; one that fits nowhere stays in the title.

use serde::{Deserialize, Serialize};

use crate::marks::Sign;
use crate::shape::{Anchor, Class, Point, Rect, Shape, line_data, rounded_line_data, towards};
use crate::text::{self, Wrapped};

/// Font size of titles in boxes.
pub const TITLE_SIZE: f64 = 12.5;
/// Font size of subtitles, labels and axis texts.
pub const SMALL_SIZE: f64 = 11.0;

pub(crate) const BOX_WIDTH: f64 = 140.0;
const BOX_PAD: f64 = 10.0;
const LINE_HEIGHT: f64 = 16.0;
const ICON: f64 = 11.0;
const BADGE: f64 = 15.0;
const ARROW_LENGTH: f64 = 7.0;
const ARROW_HALF: f64 = 3.5;
const CORNER: f64 = 5.0;
const LABEL_ASCENT: f64 = 9.0;
const LABEL_DESCENT: f64 = 3.0;

/// Outline of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outline {
    /// Slightly rounded corners.
    Plain,
    /// Corners cut off: something is decided.
    Cut,
    /// Strongly rounded: something happens.
    Pill,
}

/// A box where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoxArea {
    /// Id of the thing drawn.
    pub id: String,
    /// Where it is.
    pub rect: Rect,
    /// Title broken into at most two lines.
    pub title: Vec<String>,
    /// Second text, shortened to one line.
    pub subtitle: Option<String>,
    /// Everything the box says, unshortened.
    pub full: String,
    /// Class names, first what kind of thing it is.
    pub class: Class,
    /// Its outline.
    pub outline: Outline,
    /// Small sign inside the box.
    pub icon: Option<Sign>,
    /// Sign on the corner of the box.
    pub badge: Option<Sign>,
}

/// A line with its arrow head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EdgePath {
    /// Index of the box it leaves.
    pub from: usize,
    /// Index of the box it enters.
    pub to: usize,
    /// Indexes of the inputs it stands for; lines with the same ends are drawn once.
    pub inputs: Vec<usize>,
    /// Corners from border to border; every stretch is upright or level.
    pub points: Vec<Point>,
    /// Class names.
    pub class: Class,
    /// The label, where there is room for it.
    pub label: Option<EdgeLabel>,
    /// Everything the line says, unshortened.
    pub full: String,
}

/// A label beside its line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EdgeLabel {
    /// Where the text begins, on the base line.
    pub at: Point,
    /// The space it takes.
    pub rect: Rect,
    /// The text, perhaps shortened.
    pub text: String,
}

/// Text of a box before it has a place.
pub(crate) struct BoxText {
    pub title: Wrapped,
    pub subtitle: Option<String>,
}

/// Breaks the texts of a box; an icon takes some of the subtitle's room.
pub(crate) fn box_text(title: &str, subtitle: &str, icon: bool) -> BoxText {
    let room = BOX_WIDTH - 2.0 * BOX_PAD;
    let below = if icon { room - ICON - 4.0 } else { room };
    let subtitle = text::fit(subtitle, below, SMALL_SIZE);
    let title = if title.trim().is_empty() { "no name yet" } else { title };
    BoxText { title: text::wrap(title, room, TITLE_SIZE, 2), subtitle: (!subtitle.is_empty()).then_some(subtitle) }
}

impl BoxText {
    /// Height of a box with this text.
    pub(crate) fn height(&self) -> f64 {
        if self.title.lines.len() > 1 { 62.0 } else { 46.0 }
    }
}

impl BoxArea {
    /// The box as one group; `class` holds what the group means.
    pub fn shape(&self) -> Shape {
        let rect = self.rect;
        let mut shapes = vec![match self.outline {
            Outline::Plain => Shape::rect("box", rect, 6.0),
            Outline::Pill => Shape::rect("box", rect, 16.0),
            Outline::Cut => Shape::path("box", cut_corners(rect, 10.0)),
        }];
        let lines = self.title.len() + usize::from(self.subtitle.is_some());
        let lines = f64::from(u32::try_from(lines).unwrap_or(3));
        let mut y = rect.y + (rect.h - lines * LINE_HEIGHT) / 2.0 + 12.0;
        for line in &self.title {
            shapes.push(Shape::text("box-title", Point::new(rect.x + BOX_PAD, y), Anchor::Start, line.clone()));
            y += LINE_HEIGHT;
        }
        if let Some(subtitle) = &self.subtitle {
            let at = Point::new(rect.x + BOX_PAD, y - 0.5);
            shapes.push(Shape::text("box-subtitle", at, Anchor::Start, subtitle.clone()));
        }
        if let Some(icon) = self.icon {
            let at = Point::new(rect.right() - ICON - 7.0, rect.bottom() - ICON - 7.0);
            shapes.push(icon.at(at, ICON));
        }
        if let Some(badge) = self.badge {
            let at = Point::new(rect.right() - BADGE / 2.0 - 5.0, rect.y - BADGE / 2.0);
            shapes.push(badge.at(at, BADGE));
        }
        Shape::Group {
            class: self.class.clone(),
            id: Some(self.id.clone()),
            title: Some(self.full.clone()),
            place: None,
            shapes,
        }
    }
}

impl EdgePath {
    /// The line and its head as one group.
    pub fn shape(&self) -> Shape {
        let mut shapes = Vec::new();
        if let [.., before, tip] = self.points.as_slice() {
            let mut shortened = self.points.clone();
            if let Some(last) = shortened.last_mut() {
                *last = towards(tip, before, ARROW_LENGTH - 1.0);
            }
            shapes.push(Shape::path("line", rounded_line_data(&shortened, CORNER)));
            shapes.push(Shape::path("head", arrow_head(before, tip)));
        }
        self.group(shapes)
    }

    /// The label as a group of its own, to be drawn above all lines: one that crosses it would cut its words.
    pub fn words(&self) -> Option<Shape> {
        let label = self.label.as_ref()?;
        Some(self.group(vec![Shape::text("edge-label", label.at, Anchor::Start, label.text.clone())]))
    }

    fn group(&self, shapes: Vec<Shape>) -> Shape {
        Shape::Group { class: self.class.clone(), id: None, title: Some(self.full.clone()), place: None, shapes }
    }
}

/// Finds places for the labels of all lines: `wanted` holds the text for each line, empty for none.
pub(crate) fn place_labels(edges: &mut [EdgePath], boxes: &[Rect], wanted: &[String], width: f64) {
    let spots: Vec<Vec<(Point, Point)>> = edges
        .iter()
        .zip(wanted)
        .map(|(edge, text)| if text.is_empty() { Vec::new() } else { own_parts(edge, edges) })
        .collect();
    let lines: Vec<Vec<Rect>> = edges.iter().map(|edge| edge.points.windows(2).map(stretch).collect()).collect();
    let mut taken: Vec<Rect> = Vec::new();
    for (index, ((edge, text), spots)) in edges.iter_mut().zip(wanted).zip(&spots).enumerate() {
        let free = |label: &EdgeLabel| {
            let rect = &label.rect;
            rect.x >= 0.0
                && rect.y >= 0.0
                && rect.right() + 4.0 <= width
                && !boxes.iter().chain(&taken).any(|other| rect.overlaps(other))
        };
        let crossed = |label: &EdgeLabel| {
            let others = lines.iter().enumerate().filter(|(other, _)| *other != index);
            others.flat_map(|(_, line)| line).any(|stretch| label.rect.overlaps(stretch))
        };
        let full = text::width(text, SMALL_SIZE);
        // A label on another line would seem to be that line's, so even a shortened one is better.
        let tries = [(full, false), (60.0, false), (full, true), (32.0, true)];
        let label = tries
            .into_iter()
            .filter_map(|(most, may_cross)| {
                spots
                    .iter()
                    .filter_map(|spot| label_at(text, most, *spot, &edge.points))
                    .find(|label| free(label) && (may_cross || !crossed(label)))
            })
            .next();
        taken.extend(label.iter().map(|label| label.rect));
        edge.label = label;
    }
}

/// The stretches of a line on which no other line lies, from its beginning on.
fn own_parts(edge: &EdgePath, all: &[EdgePath]) -> Vec<(Point, Point)> {
    let mut parts: Vec<(Point, Point)> = edge.points.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let relatives = all.iter().filter(|other| (other.from == edge.from) != (other.to == edge.to));
    for other in relatives {
        for pair in other.points.windows(2) {
            parts = parts.into_iter().flat_map(|part| without(part, (pair[0], pair[1]))).collect();
        }
    }
    parts
}

/// What is left of `part` where `other` does not lie on it.
fn without(part: (Point, Point), other: (Point, Point)) -> Vec<(Point, Point)> {
    let level = |s: &(Point, Point)| s.0.y == s.1.y;
    let upright = |s: &(Point, Point)| s.0.x == s.1.x;
    let along = |p: Point| if level(&part) { p.x } else { p.y };
    let same_line = (level(&part) && level(&other) && part.0.y == other.0.y)
        || (upright(&part) && upright(&other) && part.0.x == other.0.x);
    let (start, end) = (along(part.0), along(part.1));
    let (low, high) = (along(other.0).min(along(other.1)), along(other.0).max(along(other.1)));
    if !same_line || high <= start.min(end) || low >= start.max(end) {
        return vec![part];
    }
    let at = |v: f64| {
        if level(&part) { Point::new(v, part.0.y) } else { Point::new(part.0.x, v) }
    };
    let (first, second) = if start <= end { (low, high) } else { (high, low) };
    let forward = |a: f64, b: f64| if start <= end { a < b } else { a > b };
    let mut left = Vec::new();
    if forward(start, first) {
        left.push((part.0, at(first)));
    }
    if forward(second, end) {
        left.push((at(second), part.1));
    }
    left
}

/// The label on a stretch of line, not wider than `most`; `None` when the stretch is too short.
///
/// It stands near the beginning, but in the middle where the stretch begins at a fork: near that it would seem to
/// belong to the other branch.
fn label_at(text: &str, most: f64, (start, end): (Point, Point), corners: &[Point]) -> Option<EdgeLabel> {
    let from_corner = corners.contains(&start);
    let middle = Point::new((start.x + end.x) / 2.0, (start.y + end.y) / 2.0);
    let needed = most.min(text::width(text, SMALL_SIZE));
    let level = start.y == end.y;
    let length = (start.x - end.x).abs() + (start.y - end.y).abs();
    let (left, base) = if level {
        if length < needed + 8.0 {
            return None;
        }
        let left = if !from_corner {
            middle.x - needed / 2.0
        } else if end.x > start.x {
            start.x + 5.0
        } else {
            start.x - 5.0 - needed
        };
        (left, start.y - 4.0)
    } else {
        if length < LABEL_ASCENT + LABEL_DESCENT + 4.0 {
            return None;
        }
        let down = end.y > start.y;
        let base = if !from_corner {
            middle.y + 4.0
        } else if down {
            start.y + LABEL_ASCENT + 4.0
        } else {
            start.y - LABEL_DESCENT - 2.0
        };
        (start.x + 5.0, base)
    };
    let text = text::fit(text, needed + 0.01, SMALL_SIZE);
    let rect = Rect::new(left, base - LABEL_ASCENT, text::width(&text, SMALL_SIZE), LABEL_ASCENT + LABEL_DESCENT);
    Some(EdgeLabel { at: Point::new(left, base), rect, text })
}

/// A stretch of line as a very thin rectangle.
fn stretch(pair: &[Point]) -> Rect {
    let (a, b) = (pair[0], pair[1]);
    let (w, h) = ((a.x - b.x).abs(), (a.y - b.y).abs());
    Rect::new(a.x.min(b.x) - 0.5, a.y.min(b.y) - 0.5, w + 1.0, h + 1.0)
}

fn arrow_head(before: &Point, tip: &Point) -> String {
    let base = towards(tip, before, ARROW_LENGTH);
    let side = Point::new((tip.y - base.y) / ARROW_LENGTH * ARROW_HALF, (base.x - tip.x) / ARROW_LENGTH * ARROW_HALF);
    let corner = |sign: f64| Point::new(base.x + sign * side.x, base.y + sign * side.y);
    format!("{}Z", line_data(&[corner(1.0), *tip, corner(-1.0)]))
}

fn cut_corners(rect: Rect, by: f64) -> String {
    let (l, t, r, b) = (rect.x, rect.y, rect.right(), rect.bottom());
    let corners = [
        Point::new(l + by, t),
        Point::new(r - by, t),
        Point::new(r, t + by),
        Point::new(r, b - by),
        Point::new(r - by, b),
        Point::new(l + by, b),
        Point::new(l, b - by),
        Point::new(l, t + by),
    ];
    format!("{}Z", line_data(&corners))
}
