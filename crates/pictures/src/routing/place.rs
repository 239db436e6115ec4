//! Turns rows, columns and tracks into positions: channels grow with the tracks in them.

use super::tracks::{Tracks, Zone, bundle};
use super::{Grid, Link, Measures, Route, Routed};
use crate::shape::{Point, Rect};

/// Distance between neighbouring tracks.
const PITCH: f64 = 8.0;
/// Room for a label above its track.
const LABEL_ROOM: f64 = 12.0;
/// Distance between a track and the box it has just left.
const CLEAR_LEAVING: f64 = 12.0;
/// Distance between a track and the box an arrow enters: the arrow head must fit.
const CLEAR_ENTERING: f64 = 16.0;
/// Distance between the outer tracks and the rows beside them.
const CLEAR_ROW: f64 = 14.0;
/// Widest room made for a label beside a box.
const LABEL_MOST: f64 = 88.0;

/// Computes all rectangles and polylines.
pub(super) fn place(grid: &Grid, measures: &Measures, routes: &[Route], tracks: &Tracks) -> Routed {
    let columns = columns(grid, measures, routes, tracks);
    let rows = rows(grid, measures, tracks);
    let boxes: Vec<Rect> = grid
        .cells
        .iter()
        .zip(&measures.heights)
        .map(|(cell, &h)| Rect::new(columns.left[cell.col], rows.middle[cell.row] - h / 2.0, measures.box_width, h))
        .collect();
    let layout = Positions { grid, tracks, boxes: &boxes, columns: &columns, rows: &rows };
    let lines = grid.links.iter().zip(routes).enumerate().map(|(i, (link, route))| layout.line(i, *link, *route));
    let lines = lines.collect();
    Routed { boxes, lines, bands: rows.bands, width: columns.width, height: rows.height }
}

struct Columns {
    left: Vec<f64>,
    first_track: Vec<f64>,
    width: f64,
}

struct Rows {
    middle: Vec<f64>,
    track: Vec<Vec<f64>>,
    bands: Vec<(f64, f64)>,
    height: f64,
}

fn columns(grid: &Grid, measures: &Measures, routes: &[Route], tracks: &Tracks) -> Columns {
    let mut room_left = vec![0.0_f64; grid.cols + 1];
    let mut room_right = vec![0.0_f64; grid.cols + 1];
    for (link, route) in grid.links.iter().zip(routes).filter(|(link, _)| link.label > 0.0) {
        // Whole pixels keep every position exact.
        let room = (link.label + 8.0).ceil().min(LABEL_MOST);
        match *route {
            Route::Straight => {
                let channel = grid.cells[link.from].col + 1;
                room_left[channel] = room_left[channel].max(room);
            }
            Route::Step { channel } => room_right[channel] = room_right[channel].max(room),
            Route::Around { .. } => {
                let channel = grid.cells[link.to].col;
                room_right[channel] = room_right[channel].max(room);
            }
            Route::AcrossFirst | Route::DownFirst | Route::Bridge { .. } => {}
        }
    }
    let mut x = measures.left;
    let mut left = Vec::with_capacity(grid.cols);
    let mut first_track = Vec::with_capacity(grid.cols + 1);
    for channel in 0..=grid.cols {
        let count = tracks.vertical_count[channel];
        first_track.push(x + room_left[channel] + CLEAR_LEAVING);
        let outer = channel == 0 || channel == grid.cols;
        let least = if outer { 0.0 } else { measures.gap };
        let rooms = room_left[channel] + room_right[channel];
        let needed = match count {
            0 if rooms > 0.0 => rooms + CLEAR_ENTERING,
            0 => 0.0,
            _ => rooms + CLEAR_LEAVING + (steps(count) - 1.0) * PITCH + CLEAR_ENTERING,
        };
        x += needed.max(least);
        if channel < grid.cols {
            left.push(x);
            x += measures.box_width;
        }
    }
    Columns { left, first_track, width: x }
}

fn rows(grid: &Grid, measures: &Measures, tracks: &Tracks) -> Rows {
    let mut heights = vec![0.0_f64; grid.rows];
    for (cell, height) in grid.cells.iter().zip(&measures.heights) {
        heights[cell.row] = heights[cell.row].max(*height);
    }
    let mut y = 0.0;
    let mut below = 0.0;
    let mut middle = Vec::with_capacity(grid.rows);
    let mut track = Vec::with_capacity(grid.rows + 1);
    let mut bands: Vec<(f64, f64)> = Vec::with_capacity(grid.rows);
    for (channel, tall) in tracks.horizontal_tall.iter().enumerate() {
        let last = channel == grid.rows;
        // The channel under the last row may use the space that is kept free below the boxes anyway.
        let top = if last { y - below } else { y };
        let (positions, used) = channel_tracks(top, tall);
        track.push(positions);
        if last {
            y = y.max(top + used);
            if let Some(band) = bands.last_mut() {
                band.1 = y;
            }
            break;
        }
        y += used.max(measures.above);
        let height = if heights[channel] > 0.0 { heights[channel] } else { measures.empty_row };
        middle.push(y + height / 2.0);
        below = measures.below.get(channel).copied().unwrap_or(0.0);
        y += height + below;
        bands.push((top, y));
    }
    Rows { middle, track, bands, height: y }
}

/// Positions of the tracks of a channel that starts at `top`, and the height they need.
fn channel_tracks(top: f64, tall: &[bool]) -> (Vec<f64>, f64) {
    let mut at = top + CLEAR_ROW - PITCH;
    let mut positions = Vec::with_capacity(tall.len());
    for &tall in tall {
        at += if tall { PITCH + LABEL_ROOM } else { PITCH };
        positions.push(at);
    }
    let used = if tall.is_empty() { 0.0 } else { at + CLEAR_ROW - top };
    (positions, used)
}

/// Everything needed to draw one line.
struct Positions<'a> {
    grid: &'a Grid,
    tracks: &'a Tracks,
    boxes: &'a [Rect],
    columns: &'a Columns,
    rows: &'a Rows,
}

impl Positions<'_> {
    fn line(&self, index: usize, link: Link, route: Route) -> Vec<Point> {
        let (source, target) = (self.boxes[link.from], self.boxes[link.to]);
        let (from, to) = (self.grid.cells[link.from], self.grid.cells[link.to]);
        let (leave, enter) = (source.centre(), target.centre());
        let right = Point::new(source.right(), leave.y);
        let left = Point::new(target.x, enter.y);
        match route {
            Route::Straight => vec![right, left],
            Route::AcrossFirst => {
                let corner = Point::new(enter.x, leave.y);
                vec![right, corner, upper_or_lower(target, to.row > from.row)]
            }
            Route::DownFirst => {
                let corner = Point::new(leave.x, enter.y);
                vec![upper_or_lower(source, to.row < from.row), corner, left]
            }
            Route::Step { channel } => {
                let x = self.vertical(channel, Zone::Stepping, link.from);
                vec![right, Point::new(x, leave.y), Point::new(x, enter.y), left]
            }
            Route::Bridge { channel } => {
                let y = self.horizontal(index, channel);
                let out = upper_or_lower(source, channel <= from.row);
                let into = upper_or_lower(target, channel <= to.row);
                vec![out, Point::new(leave.x, y), Point::new(enter.x, y), into]
            }
            Route::Around { channel } => {
                let y = self.horizontal(index, channel);
                let out = self.vertical(from.col + 1, Zone::Leaving, link.from);
                let into = self.vertical(to.col, Zone::Entering, link.to);
                let up = [Point::new(out, leave.y), Point::new(out, y)];
                let down = [Point::new(into, y), Point::new(into, enter.y)];
                vec![right, up[0], up[1], down[0], down[1], left]
            }
        }
    }

    fn vertical(&self, channel: usize, zone: Zone, owner: usize) -> f64 {
        let track = self.tracks.vertical.get(&(channel, zone, owner)).copied().unwrap_or(0);
        self.columns.first_track[channel] + steps(track) * PITCH
    }

    fn horizontal(&self, index: usize, channel: usize) -> f64 {
        let track = self.tracks.horizontal.get(&(channel, bundle(self.grid, index))).copied().unwrap_or(0);
        self.rows.track[channel].get(track).copied().unwrap_or(0.0)
    }
}

/// Middle of the upper or the lower edge.
fn upper_or_lower(rect: Rect, upper: bool) -> Point {
    Point::new(rect.centre().x, if upper { rect.y } else { rect.bottom() })
}

/// A small count as a factor.
fn steps(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
