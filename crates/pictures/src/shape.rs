//! The vocabulary all pictures are made of: a handful of shapes with class names, and the table behind a picture.
//! Units are CSS pixels, y grows downwards. There is deliberately no colour, font or line width in here.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// One or more class names separated by blanks; they say what a shape means, never how it looks.
pub type Class = Cow<'static, str>;

/// A finished picture: draw the shapes in order, later ones lie on top.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Width of the view box.
    pub width: f64,
    /// Height of the view box.
    pub height: f64,
    /// What the picture shows in one sentence, for `<title>` and `aria-label`.
    pub label: String,
    /// The shapes, bottom one first.
    pub shapes: Vec<Shape>,
}

/// The rows behind a picture, so that everything drawn can also be read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Table {
    /// Column headings.
    pub header: Vec<String>,
    /// One cell per heading in each row.
    pub rows: Vec<Vec<String>>,
}

/// One element of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// Shapes that belong together.
    Group {
        /// What the group means; its children are styled through it.
        class: Class,
        /// Id of the thing drawn, when it is one (a step, a system).
        id: Option<String>,
        /// Full text for `<title>`, where the drawn text may be shortened.
        title: Option<String>,
        /// Where the group's own coordinates are put; `None` means they are the picture's.
        place: Option<Place>,
        /// The members, bottom one first.
        shapes: Vec<Shape>,
    },
    /// A rectangle.
    Rect {
        /// What it means.
        class: Class,
        /// Where it is.
        rect: Rect,
        /// Corner radius, 0 for sharp corners.
        radius: f64,
    },
    /// A circle.
    Circle {
        /// What it means.
        class: Class,
        /// Its centre.
        centre: Point,
        /// Its radius.
        radius: f64,
    },
    /// Any outline, in the notation of SVG path data.
    Path {
        /// What it means.
        class: Class,
        /// Path data with absolute or relative commands.
        d: Cow<'static, str>,
    },
    /// One line of text.
    Text {
        /// What it means.
        class: Class,
        /// Where the text is anchored, on the base line.
        at: Point,
        /// Which end of the text lies at `at`.
        anchor: Anchor,
        /// The text, not escaped.
        text: String,
    },
}

/// A point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Distance from the left edge.
    pub x: f64,
    /// Distance from the top edge.
    pub y: f64,
}

/// An upright rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// Moves and scales a group: a point `p` inside is drawn at `(x, y) + scale · p`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Left edge of the group's origin.
    pub x: f64,
    /// Top edge of the group's origin.
    pub y: f64,
    /// Scale factor.
    pub scale: f64,
}

/// Which end of a text lies at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Anchor {
    /// The text begins there.
    Start,
    /// The text is centred there.
    Middle,
    /// The text ends there.
    End,
}

impl Anchor {
    /// The value of SVG's `text-anchor`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

impl Place {
    /// The value of SVG's `transform`.
    pub fn transform(&self) -> String {
        format!("translate({} {}) scale({})", number(self.x), number(self.y), number(self.scale))
    }
}

impl Point {
    /// A point at `x`, `y`.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

impl Rect {
    /// A rectangle from its left top corner and its size.
    pub const fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    /// Right edge.
    pub fn right(&self) -> f64 {
        self.x + self.w
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// Centre.
    pub fn centre(&self) -> Point {
        Point::new(self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Whether the insides share at least a point; touching edges do not count.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Whether `other` lies inside, edges included.
    pub fn contains(&self, other: &Rect) -> bool {
        other.x >= self.x && other.y >= self.y && other.right() <= self.right() && other.bottom() <= self.bottom()
    }
}

impl Shape {
    /// A rectangle shape.
    pub fn rect(class: impl Into<Class>, rect: Rect, radius: f64) -> Self {
        Self::Rect { class: class.into(), rect, radius }
    }

    /// A path shape.
    pub fn path(class: impl Into<Class>, d: impl Into<Cow<'static, str>>) -> Self {
        Self::Path { class: class.into(), d: d.into() }
    }

    /// A line of text.
    pub fn text(class: impl Into<Class>, at: Point, anchor: Anchor, text: impl Into<String>) -> Self {
        Self::Text { class: class.into(), at, anchor, text: text.into() }
    }

    /// A group without id, title or placement.
    pub fn group(class: impl Into<Class>, shapes: Vec<Shape>) -> Self {
        Self::Group { class: class.into(), id: None, title: None, place: None, shapes }
    }

    /// A straight line.
    pub fn line(class: impl Into<Class>, from: Point, to: Point) -> Self {
        Self::path(class, line_data(&[from, to]))
    }
}

/// Path data of a polyline with sharp corners.
pub fn line_data(points: &[Point]) -> String {
    let mut d = String::new();
    for (index, point) in points.iter().enumerate() {
        let command = if index == 0 { 'M' } else { 'L' };
        push(&mut d, command, *point);
    }
    d
}

/// Path data of a polyline whose corners are rounded with at most `radius`.
pub fn rounded_line_data(points: &[Point], radius: f64) -> String {
    let mut d = String::new();
    for (index, corner) in points.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|i| points.get(i));
        let (Some(before), Some(after)) = (before, points.get(index + 1)) else {
            push(&mut d, if index == 0 { 'M' } else { 'L' }, *corner);
            continue;
        };
        let room = (distance(before, corner) / 2.0).min(distance(corner, after) / 2.0).min(radius);
        push(&mut d, 'L', towards(corner, before, room));
        push(&mut d, 'Q', *corner);
        let end = towards(corner, after, room);
        let _ = write!(d, " {} {}", number(end.x), number(end.y));
    }
    d
}

/// A number as SVG writes it: at most three decimals, no trailing zeros, never `-0`.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// The point `length` away from `from` in the direction of `to`.
pub(crate) fn towards(from: &Point, to: &Point, length: f64) -> Point {
    let whole = distance(from, to);
    if whole <= 0.0 {
        return *from;
    }
    let share = length / whole;
    Point::new(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share)
}

fn distance(a: &Point, b: &Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

fn push(d: &mut String, command: char, point: Point) {
    let _ = write!(d, "{command}{} {}", number(point.x), number(point.y));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(1.0), "1");
        assert_eq!(number(-0.0001), "0");
        assert_eq!(number(2.125), "2.125");
        assert_eq!(number(f64::NAN), "0");
    }

    #[test]
    fn corners_are_rounded_but_ends_stay() {
        let points = [Point::new(0.0, 0.0), Point::new(10.0, 0.0), Point::new(10.0, 20.0)];
        assert_eq!(rounded_line_data(&points, 4.0), "M0 0L6 0Q10 0 10 4L10 20");
        assert_eq!(line_data(&points), "M0 0L10 0L10 20");
    }

    #[test]
    fn touching_rectangles_do_not_overlap() {
        let a = Rect::new(0.0, 0.0, 10.0, 10.0);
        assert!(!a.overlaps(&Rect::new(10.0, 0.0, 5.0, 5.0)));
        assert!(a.overlaps(&Rect::new(9.0, 9.0, 5.0, 5.0)));
        assert!(a.contains(&Rect::new(0.0, 0.0, 10.0, 10.0)));
    }
}
