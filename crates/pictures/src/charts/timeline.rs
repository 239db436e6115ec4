//! Dates on a line: messages, reviews, the day of going live. Days are numbers, see [`super::civil`].
//! Names that would touch go into rows below one another.

use serde::{Deserialize, Serialize};

use super::scale::{civil, date_label, month_name};
use super::{Chart, float};
use crate::drawing::SMALL_SIZE;
use crate::shape::{Anchor, Picture, Point, Rect, Shape, Table};
use crate::text;

const SIDE: f64 = 14.0;
const AXIS: f64 = 26.0;
const ROW: f64 = 26.0;
const LABEL_MOST: f64 = 180.0;
/// More rows than this are not drawn; the table has everything.
const MAX_ROWS: usize = 60;
/// A longer time than this (about three hundred years) is a slip of the keyboard and gets no axis.
const MAX_AXIS_DAYS: i32 = 110_000;

/// What is drawn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// What the timeline shows, for the label of the picture.
    pub title: String,
    /// What happens when.
    pub moments: Vec<Moment>,
    /// The present day, marked when given.
    pub today: Option<i32>,
    /// Width of the picture.
    pub width: f64,
}

/// Something on a date or over several days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Id of the thing, so that it can be linked; may be empty.
    pub id: String,
    /// Its name.
    pub label: String,
    /// First day, counted from 1 January 1970.
    pub day: i32,
    /// Last day, when it lasts.
    pub until: Option<i32>,
    /// Class name that decides the tone.
    pub class: String,
}

/// The timeline with an axis of months, weeks or years.
pub fn timeline(input: &Timeline) -> Chart {
    let mut moments: Vec<&Moment> = input.moments.iter().collect();
    moments.sort_by_key(|moment| (moment.day, last(moment)));
    let days = || moments.iter().flat_map(|m| [m.day, last(m)]).chain(input.today);
    let scale = Scale::new(days().min().unwrap_or(0), days().max().unwrap_or(0), input.width);
    let mut ends: Vec<f64> = Vec::new();
    let mut drawn = Vec::new();
    for moment in &moments {
        let label = text::fit(&moment.label, LABEL_MOST.min(input.width - 2.0 * SIDE), SMALL_SIZE);
        let (start, end) = (scale.x(moment.day), scale.x(last(moment)));
        let label_width = text::width(&label, SMALL_SIZE);
        let to_left = end + 9.0 + label_width > input.width;
        let from = if to_left { (start - 9.0 - label_width).min(start - 6.0) } else { start - 6.0 };
        let until = if to_left { end + 6.0 } else { end + 9.0 + label_width };
        let row = ends.iter().position(|busy| *busy + 8.0 <= from).unwrap_or(ends.len());
        if row >= MAX_ROWS {
            continue;
        }
        if row == ends.len() {
            ends.push(until);
        } else {
            ends[row] = until;
        }
        let y = AXIS + 8.0 + (float(row) + 0.5) * ROW;
        drawn.push(moment_shape(moment, label, (start, end), y, to_left));
    }
    let foot = if input.today.is_some() { 16.0 } else { 0.0 };
    let height = AXIS + 16.0 + float(ends.len()) * ROW + foot;
    let mut shapes = axis(&scale, height, input.width);
    if let Some(today) = input.today {
        let x = scale.x(today);
        shapes.push(Shape::line("today", Point::new(x, AXIS - 6.0), Point::new(x, height - foot)));
        let at = Point::new(x.clamp(20.0, (input.width - 20.0).max(20.0)), height - 4.0);
        shapes.push(Shape::text("today-label", at, Anchor::Middle, "today"));
    }
    shapes.extend(drawn);
    let rows = moments.iter().map(|moment| {
        let until = moment.until.map_or_else(String::new, date_label);
        vec![date_label(moment.day), until, moment.label.clone()]
    });
    let table = Table { header: ["Date", "Until", "What"].map(str::to_owned).to_vec(), rows: rows.collect() };
    let label = format!("{}: {} dates", input.title, input.moments.len());
    Chart { picture: Picture { width: input.width, height, label, shapes }, table }
}

struct Scale {
    first: i32,
    last: i32,
    width: f64,
}

impl Scale {
    fn new(first: i32, last: i32, width: f64) -> Self {
        // A little air on both sides, and at least two weeks, so that a single date stands in the middle.
        let days = last.saturating_sub(first);
        let air = (days / 20).max(3);
        let missing = 14_i32.saturating_sub(days.saturating_add(2 * air)).max(0) / 2;
        Self { first: first.saturating_sub(air + missing), last: last.saturating_add(air + missing), width }
    }

    fn x(&self, day: i32) -> f64 {
        let share = (f64::from(day) - f64::from(self.first)) / (f64::from(self.last) - f64::from(self.first));
        SIDE + share * (self.width - 2.0 * SIDE)
    }

    fn days(&self) -> i32 {
        self.last.saturating_sub(self.first)
    }
}

fn last(moment: &Moment) -> i32 {
    moment.until.unwrap_or(moment.day).max(moment.day)
}

/// Lines and names of the axis: weeks up to three months, then months, then years.
fn axis(scale: &Scale, height: f64, width: f64) -> Vec<Shape> {
    let mut shapes = vec![Shape::line("axis-line", Point::new(0.0, AXIS), Point::new(width, AXIS))];
    let mut free_from = f64::NEG_INFINITY;
    if scale.days() > MAX_AXIS_DAYS {
        return shapes;
    }
    let mut day = scale.first;
    while day <= scale.last {
        let (year, month, of_month) = civil(day);
        let name = match scale.days() {
            // 1 January 1970 was a Thursday, so Mondays are 4 days on.
            ..=92 if (day - 4).rem_euclid(7) == 0 => Some(format!("{of_month} {}", month_name(month))),
            93..=1100 if of_month == 1 && month == 1 => Some(year.to_string()),
            93..=1100 if of_month == 1 => Some(month_name(month).to_owned()),
            1101.. if of_month == 1 && month == 1 => Some(year.to_string()),
            _ => None,
        };
        if let Some(name) = name {
            let x = scale.x(day);
            let room = text::width(&name, SMALL_SIZE);
            shapes.push(Shape::line("grid-line", Point::new(x, AXIS), Point::new(x, height)));
            if x - 2.0 >= free_from && x + room <= width {
                shapes.push(Shape::text("axis", Point::new(x, AXIS - 9.0), Anchor::Start, name));
                free_from = x + room + 8.0;
            }
        }
        day += 1;
    }
    shapes
}

fn moment_shape(moment: &Moment, label: String, (start, end): (f64, f64), y: f64, to_left: bool) -> Shape {
    let body = if moment.until.is_some() && end > start {
        Shape::rect("span", Rect::new(start, y - 4.0, end - start, 8.0), 4.0)
    } else {
        Shape::path("moment", format!("M{x} {top}l5 5l-5 5l-5 -5z", x = crate::shape::number(start), top = y - 5.0))
    };
    let (at, anchor) = if to_left {
        (Point::new(start - 9.0, y + 4.0), Anchor::End)
    } else {
        (Point::new(end + 9.0, y + 4.0), Anchor::Start)
    };
    let dates = moment
        .until
        .map_or_else(|| date_label(moment.day), |until| format!("{} to {}", date_label(moment.day), date_label(until)));
    Shape::Group {
        class: format!("event-mark {}", moment.class).into(),
        id: (!moment.id.is_empty()).then(|| moment.id.clone()),
        title: Some(format!("{}: {dates}", moment.label)),
        place: None,
        shapes: vec![body, Shape::text("value", at, anchor, label)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_stay_in_the_picture_and_in_the_table() {
        let moment = |label: &str, day, until| Moment { label: label.to_owned(), day, until, ..Moment::default() };
        let moments = vec![moment("go live", 20_560, None), moment("training", 20_520, Some(20_530))];
        let chart = timeline(&Timeline { title: "Messages".to_owned(), moments, today: Some(20_519), width: 700.0 });
        assert_eq!(chart.table.rows[0], ["2026-03-08", "2026-03-18", "training"]);
        assert_eq!(chart.table.rows[1], ["2026-04-17", "", "go live"]);
    }

    #[test]
    fn extremes_end() {
        let moments = [i32::MIN, i32::MAX].map(|day| Moment { day, ..Moment::default() }).to_vec();
        let chart = timeline(&Timeline { moments, width: 100.0, ..Timeline::default() });
        assert_eq!(chart.table.rows.len(), 2);
        assert!(timeline(&Timeline { width: 100.0, ..Timeline::default() }).table.rows.is_empty());
    }
}
