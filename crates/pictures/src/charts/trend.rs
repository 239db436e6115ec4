//! Lines over runs: how often something differed, run by run. Runs without a value leave a gap in the line.

use serde::{Deserialize, Serialize};

use super::scale::{grouped, nice_ticks};
use super::{Chart, float};
use crate::drawing::SMALL_SIZE;
use crate::shape::{Anchor, Picture, Point, Shape, Table, line_data};
use crate::text;

const LEFT_LEAST: f64 = 28.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 26.0;
const LABEL_DISTANCE: f64 = 13.0;

/// What is drawn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// What is counted, for the label of the picture.
    pub title: String,
    /// Names of the runs from the oldest.
    pub runs: Vec<String>,
    /// One line each.
    pub series: Vec<Series>,
    /// Width of the picture.
    pub width: f64,
    /// Height of the picture.
    pub height: f64,
}

/// One line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What it counts; written at its end.
    pub label: String,
    /// Class name, such as `differs`.
    pub class: String,
    /// One value per run; `None` where the run has none.
    pub values: Vec<Option<f64>>,
}

/// The lines with axes; the value axis starts at zero unless something is negative.
pub fn trend(input: &Trend) -> Chart {
    let values = || input.series.iter().flat_map(|s| &s.values).flatten().copied().filter(|v| v.is_finite());
    let ticks = nice_ticks(values().fold(0.0, f64::min), values().fold(0.0, f64::max), 4);
    let widest = ticks.marks.iter().map(|(_, text)| text::width(text, SMALL_SIZE)).fold(0.0, f64::max);
    let names = input.series.iter().map(|s| text::width(&s.label, SMALL_SIZE)).fold(0.0, f64::max);
    let plot = Plot {
        left: (widest + 10.0).max(LEFT_LEAST),
        right: input.width - (names + 14.0).min(input.width / 3.0),
        top: TOP,
        bottom: input.height - BOTTOM,
        low: ticks.low,
        high: ticks.high,
        runs: input.runs.len(),
    };
    let mut shapes = Vec::new();
    for (value, label) in &ticks.marks {
        let y = plot.y(*value);
        let class = if *value == 0.0 { "axis-line" } else { "grid-line" };
        shapes.push(Shape::line(class, Point::new(plot.left, y), Point::new(plot.right, y)));
        shapes.push(Shape::text("axis", Point::new(plot.left - 6.0, y + 4.0), Anchor::End, label.clone()));
    }
    run_labels(&mut shapes, input, &plot);
    shapes.extend(input.series.iter().map(|series| line_shape(series, input, &plot)));
    end_labels(&mut shapes, input, &plot);
    let label = format!("{}: {} over {} runs", input.title, listed(&input.series), input.runs.len());
    let picture = Picture { width: input.width, height: input.height, label, shapes };
    Chart { picture, table: table(input) }
}

struct Plot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    low: f64,
    high: f64,
    runs: usize,
}

impl Plot {
    fn x(&self, run: usize) -> f64 {
        let (left, right) = (self.left + 8.0, self.right - 6.0);
        if self.runs < 2 { (left + right) / 2.0 } else { left + (right - left) * float(run) / float(self.runs - 1) }
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)
    }
}

/// Names of runs, as many as fit; the last one always.
fn run_labels(shapes: &mut Vec<Shape>, input: &Trend, plot: &Plot) {
    let y = plot.bottom + 17.0;
    let mut free_until = f64::INFINITY;
    for (run, name) in input.runs.iter().enumerate().rev() {
        let half = text::width(name, SMALL_SIZE) / 2.0;
        let x = plot.x(run).clamp(half, (input.width - half).max(half));
        if x + half + 8.0 > free_until {
            continue;
        }
        free_until = x - half;
        shapes.push(Shape::text("axis", Point::new(x, y), Anchor::Middle, name.clone()));
    }
}

fn line_shape(series: &Series, input: &Trend, plot: &Plot) -> Shape {
    let mut shapes = Vec::new();
    let mut piece: Vec<Point> = Vec::new();
    let mut points = Vec::new();
    for run in 0..input.runs.len() {
        if let Some(value) = value_of(series, run) {
            let point = Point::new(plot.x(run), plot.y(value));
            piece.push(point);
            let title = format!("{}, {}: {}", input.runs[run], series.label, written(value));
            points.push(Shape::Group {
                class: "series-value".into(),
                id: None,
                title: Some(title),
                place: None,
                shapes: vec![Shape::Circle { class: "series-point".into(), centre: point, radius: 3.0 }],
            });
        } else if !piece.is_empty() {
            shapes.push(Shape::path("series-line", line_data(&piece)));
            piece.clear();
        }
    }
    if piece.len() > 1 {
        shapes.push(Shape::path("series-line", line_data(&piece)));
    }
    shapes.extend(points);
    Shape::group(format!("series {}", series.class), shapes)
}

/// Names at the ends of the lines, pushed apart where they would touch.
fn end_labels(shapes: &mut Vec<Shape>, input: &Trend, plot: &Plot) {
    let mut ends: Vec<(f64, &Series)> = input
        .series
        .iter()
        .filter_map(|series| {
            let last = (0..input.runs.len()).rev().find_map(|run| value_of(series, run))?;
            Some((plot.y(last), series))
        })
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut places: Vec<f64> = Vec::with_capacity(ends.len());
    for (y, _) in &ends {
        let above = places.last().map_or(f64::NEG_INFINITY, |last| last + LABEL_DISTANCE);
        places.push((y + 4.0).max(above));
    }
    // What was pushed below the axis goes up again and takes its neighbours along.
    let mut most = plot.bottom + 4.0;
    for place in places.iter_mut().rev() {
        *place = place.min(most);
        most = *place - LABEL_DISTANCE;
    }
    let room = input.width - plot.right - 8.0;
    for ((_, series), y) in ends.into_iter().zip(places) {
        let label = text::fit(&series.label, room, SMALL_SIZE);
        let at = Point::new(plot.right + 6.0, y);
        shapes.push(Shape::text(format!("series-label {}", series.class), at, Anchor::Start, label));
    }
}

fn value_of(series: &Series, run: usize) -> Option<f64> {
    series.values.get(run).copied().flatten().filter(|value| value.is_finite())
}

fn written(value: f64) -> String {
    grouped(value, if value.fract() == 0.0 { 0 } else { 1 })
}

fn listed(series: &[Series]) -> String {
    series.iter().map(|s| s.label.as_str()).collect::<Vec<_>>().join(", ")
}

fn table(input: &Trend) -> Table {
    let header = std::iter::once("Run".to_owned()).chain(input.series.iter().map(|s| s.label.clone())).collect();
    let row = |(run, name): (usize, &String)| {
        let values = input.series.iter().map(|s| value_of(s, run).map_or_else(|| "–".to_owned(), written));
        std::iter::once(name.clone()).chain(values).collect()
    };
    Table { header, rows: input.runs.iter().enumerate().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_part_the_line_and_the_table_says_so() {
        let values = vec![Some(5.0), Some(4.0), None, Some(3.0), Some(2.5)];
        let series = vec![Series { label: "differ".to_owned(), class: "differs".to_owned(), values }];
        let runs = (1..=5).map(|n| format!("run {n}")).collect();
        let chart = trend(&Trend { title: "e-mail".to_owned(), runs, series, width: 400.0, height: 160.0 });
        let lines = format!("{:?}", chart.picture.shapes).matches("series-line").count();
        assert_eq!(lines, 2);
        assert_eq!(chart.table.header, ["Run", "differ"]);
        assert_eq!(chart.table.rows[2], ["run 3", "–"]);
        assert_eq!(chart.table.rows[4], ["run 5", "2.5"]);
    }

    #[test]
    fn nothing_to_draw_is_no_accident() {
        let chart = trend(&Trend { width: 300.0, height: 100.0, ..Trend::default() });
        assert!(chart.table.rows.is_empty());
    }
}
