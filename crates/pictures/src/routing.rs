//! Lines between boxes on a grid: every box sits in its own cell, lines run in the channels between rows and columns.
//! Three stages: choose the simplest free way for each line, give lines in a channel their tracks, compute positions.
//! Kept by construction: no line enters a foreign box, and lines that share no end never lie on one another.

mod choose;
mod place;
mod tracks;

use crate::shape::{Point, Rect};

/// Boxes on a grid and the lines wanted between them.
pub(crate) struct Grid {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub cols: usize,
    /// Cell of each box; no two boxes share one.
    pub cells: Vec<Cell>,
    /// The lines; at most one for each ordered pair of boxes.
    pub links: Vec<Link>,
}

/// A place on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Row from the top.
    pub row: usize,
    /// Column from the left.
    pub col: usize,
}

/// A line from one box to another (or itself).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    /// Index of the box it leaves.
    pub from: usize,
    /// Index of the box it enters.
    pub to: usize,
    /// Width of its label, 0 when it has none.
    pub label: f64,
}

/// Sizes the placement needs.
pub(crate) struct Measures {
    /// Width of every box.
    pub box_width: f64,
    /// Height of each box.
    pub heights: Vec<f64>,
    /// Height of a row without boxes.
    pub empty_row: f64,
    /// Least space above the boxes of a row, lines included.
    pub above: f64,
    /// Space below the boxes of each row, one per row.
    pub below: Vec<f64>,
    /// Where the first channel starts.
    pub left: f64,
    /// Least width of a channel between two columns.
    pub gap: f64,
}

/// Where everything is.
pub(crate) struct Routed {
    /// One rectangle per box.
    pub boxes: Vec<Rect>,
    /// One polyline per link, from border to border.
    pub lines: Vec<Vec<Point>>,
    /// Top and bottom of each row with the channel above it.
    pub bands: Vec<(f64, f64)>,
    /// Width used.
    pub width: f64,
    /// Height used.
    pub height: f64,
}

/// The way a line takes. Channels between columns are counted from the one left of column 0, those between rows from
/// the one above row 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// Along the row.
    Straight,
    /// Along the source's row, then up or down the target's column.
    AcrossFirst,
    /// Up or down the source's column, then along the target's row.
    DownFirst,
    /// Along the row, up or down a channel between columns, along the target's row.
    Step {
        /// The channel between columns.
        channel: usize,
    },
    /// Leaves upwards or downwards, runs in a channel between rows, enters from above or below.
    Bridge {
        /// The channel between rows.
        channel: usize,
    },
    /// Leaves to the right, runs in a channel between rows, enters from the left: possible always.
    Around {
        /// The channel between rows.
        channel: usize,
    },
}

/// Routes all links and places all boxes.
pub(crate) fn route(grid: &Grid, measures: &Measures) -> Routed {
    let routes = choose::choose(grid);
    let tracks = tracks::assign(grid, &routes);
    place::place(grid, measures, &routes, &tracks)
}
