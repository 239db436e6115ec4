//! Picks for each line the simplest way that is still free.
//! A way is made of runs along row lines and column lines; runs of lines that share an end may overlap, others not.
//! The way around is free always: the stubs it needs next to a box are only ever used by lines of that very box.

use super::{Cell, Grid, Link, Route};

/// How many channels are tried for a line that steps from row to row.
const STEP_TRIES: usize = 6;

/// One route per link, in the order of the links.
pub(super) fn choose(grid: &Grid) -> Vec<Route> {
    let mut board = Board::new(grid);
    let mut order: Vec<usize> = (0..grid.links.len()).collect();
    order.sort_by_key(|&index| {
        let (from, to) = ends(grid, grid.links[index]);
        let length = from.col.abs_diff(to.col) + from.row.abs_diff(to.row);
        (from.row != to.row || to.col <= from.col, length, index)
    });
    let mut routes = vec![Route::Straight; grid.links.len()];
    for index in order {
        routes[index] = board.take_best(index);
    }
    routes
}

/// A stretch of a row line or a column line in slots.
#[derive(Debug, Clone, Copy)]
struct Run {
    line: Line,
    start: usize,
    end: usize,
}

/// Slots of a row line: channel `g` has 4g (left part), 4g+1, 4g+2 (right part), the cell of column `c` has 4c+3.
/// Slots of a column line: channel `k` has 2k, the cell of row `r` has 2r+1.
#[derive(Debug, Clone, Copy)]
enum Line {
    Row(usize),
    Column(usize),
}

/// What is taken so far.
struct Board<'a> {
    grid: &'a Grid,
    occupied: Vec<bool>,
    rows: Vec<Vec<(usize, usize, usize)>>,
    columns: Vec<Vec<(usize, usize, usize)>>,
    load: Vec<usize>,
    leaving: Vec<usize>,
    entering: Vec<usize>,
}

impl<'a> Board<'a> {
    fn new(grid: &'a Grid) -> Self {
        let mut occupied = vec![false; grid.rows * grid.cols];
        for cell in &grid.cells {
            occupied[cell.row * grid.cols + cell.col] = true;
        }
        let mut leaving = vec![0; grid.cells.len()];
        let mut entering = vec![0; grid.cells.len()];
        for link in &grid.links {
            leaving[link.from] += 1;
            entering[link.to] += 1;
        }
        Self {
            grid,
            occupied,
            rows: vec![Vec::new(); grid.rows],
            columns: vec![Vec::new(); grid.cols],
            load: vec![0; grid.rows + 1],
            leaving,
            entering,
        }
    }

    fn take_best(&mut self, index: usize) -> Route {
        let link = self.grid.links[index];
        let (from, to) = ends(self.grid, link);
        let ways: Vec<(Route, Vec<Run>)> = self
            .candidates(link, from, to)
            .into_iter()
            .filter_map(|route| Some((route, self.runs(route, from, to)?)))
            .collect();
        // A line with a label first looks for a way of its own; sharing a branch's beginning comes second.
        for alone in [true, false] {
            let free = |run: &Run| self.is_free(*run, link, alone);
            if let Some((route, runs)) = ways.iter().find(|(_, runs)| runs.iter().all(free)) {
                self.claim(runs, index, *route);
                return *route;
            }
        }
        let route = Route::Around { channel: self.quietest(from, to) };
        self.load_channel(route);
        route
    }

    /// Ways worth trying, best first.
    fn candidates(&self, link: Link, from: Cell, to: Cell) -> Vec<Route> {
        let mut ways = Vec::new();
        if to.col > from.col && to.row == from.row {
            ways.push(Route::Straight);
        } else if to.col > from.col {
            let branches = self.leaving[link.from] > 1;
            let merges = self.entering[link.to] > 1;
            let channels = from.col + 1..=to.col;
            let steps: Vec<Route> = if branches {
                channels.take(STEP_TRIES).map(|channel| Route::Step { channel }).collect()
            } else {
                channels.rev().take(STEP_TRIES).map(|channel| Route::Step { channel }).collect()
            };
            if branches {
                ways.push(Route::DownFirst);
                ways.extend((!merges).then_some(Route::AcrossFirst));
                ways.extend(steps);
                ways.extend(merges.then_some(Route::AcrossFirst));
            } else {
                ways.push(Route::AcrossFirst);
                ways.extend(steps);
                ways.push(Route::DownFirst);
            }
        }
        if to.col != from.col {
            let forward = to.col > from.col;
            let (near, far) = match to.row.cmp(&from.row) {
                std::cmp::Ordering::Equal if forward => (from.row, from.row + 1),
                std::cmp::Ordering::Equal => (from.row + 1, from.row),
                std::cmp::Ordering::Greater => (from.row + 1, to.row),
                std::cmp::Ordering::Less => (from.row, to.row + 1),
            };
            ways.push(Route::Bridge { channel: near });
            ways.extend((far != near).then_some(Route::Bridge { channel: far }));
        }
        ways
    }

    /// The runs a way needs, or `None` where a box stands in it.
    fn runs(&self, route: Route, from: Cell, to: Cell) -> Option<Vec<Run>> {
        match route {
            Route::Straight => {
                self.row_is_empty(from.row, from.col + 1, to.col)?;
                Some(vec![row_run(from.row, 4 * (from.col + 1), 4 * to.col + 2)])
            }
            Route::AcrossFirst => {
                self.row_is_empty(from.row, from.col + 1, to.col + 1)?;
                let mut runs = vec![row_run(from.row, 4 * (from.col + 1), 4 * to.col + 3)];
                runs.push(self.column_way(to.col, from.row, to.row, false, true)?);
                Some(runs)
            }
            Route::DownFirst => {
                self.row_is_empty(to.row, from.col, to.col)?;
                let mut runs = vec![row_run(to.row, 4 * from.col + 3, 4 * to.col + 2)];
                runs.push(self.column_way(from.col, from.row, to.row, true, false)?);
                Some(runs)
            }
            Route::Step { channel } => {
                self.row_is_empty(from.row, from.col + 1, channel)?;
                self.row_is_empty(to.row, channel, to.col)?;
                Some(vec![
                    row_run(from.row, 4 * (from.col + 1), 4 * channel + 1),
                    row_run(to.row, 4 * channel + 1, 4 * to.col + 2),
                ])
            }
            Route::Bridge { channel } => Some(vec![self.to_channel(from, channel)?, self.to_channel(to, channel)?]),
            Route::Around { .. } => Some(Vec::new()),
        }
    }

    /// The run in column `col` between two rows; a row's own cell counts as part of it when the line turns there.
    fn column_way(&self, col: usize, from: usize, to: usize, from_is_box: bool, to_is_box: bool) -> Option<Run> {
        let (top, top_is_box, bottom, bottom_is_box) =
            if from < to { (from, from_is_box, to, to_is_box) } else { (to, to_is_box, from, from_is_box) };
        self.column_is_empty(col, top + 1, bottom)?;
        let start = 2 * top + if top_is_box { 2 } else { 1 };
        let end = if bottom_is_box { 2 * bottom } else { 2 * bottom + 1 };
        Some(Run { line: Line::Column(col), start, end })
    }

    /// The run from a box straight up or down into a channel between rows.
    fn to_channel(&self, cell: Cell, channel: usize) -> Option<Run> {
        let line = Line::Column(cell.col);
        if channel > cell.row {
            self.column_is_empty(cell.col, cell.row + 1, channel)?;
            Some(Run { line, start: 2 * cell.row + 2, end: 2 * channel })
        } else {
            self.column_is_empty(cell.col, channel, cell.row)?;
            Some(Run { line, start: 2 * channel, end: 2 * cell.row })
        }
    }

    fn row_is_empty(&self, row: usize, start: usize, end: usize) -> Option<()> {
        let base = row * self.grid.cols;
        (start..end).all(|col| !self.occupied[base + col]).then_some(())
    }

    fn column_is_empty(&self, col: usize, start: usize, end: usize) -> Option<()> {
        (start..end).all(|row| !self.occupied[row * self.grid.cols + col]).then_some(())
    }

    fn is_free(&self, run: Run, link: Link, alone: bool) -> bool {
        let taken = match run.line {
            Line::Row(row) => &self.rows[row],
            Line::Column(col) => &self.columns[col],
        };
        taken.iter().filter(|(start, end, _)| *start <= run.end && run.start <= *end).all(|&(_, _, other)| {
            let other = self.grid.links[other];
            let labelled = link.label > 0.0 || other.label > 0.0;
            (other.from == link.from && !(alone && labelled)) || other.to == link.to
        })
    }

    fn claim(&mut self, runs: &[Run], index: usize, route: Route) {
        for run in runs {
            let taken = match run.line {
                Line::Row(row) => &mut self.rows[row],
                Line::Column(col) => &mut self.columns[col],
            };
            taken.push((run.start, run.end, index));
        }
        self.load_channel(route);
    }

    fn load_channel(&mut self, route: Route) {
        if let Route::Bridge { channel } | Route::Around { channel } = route {
            self.load[channel] += 1;
        }
    }

    /// The channel between rows with the fewest lines among those that make no detour.
    fn quietest(&self, from: Cell, to: Cell) -> usize {
        let channels = match to.row.cmp(&from.row) {
            std::cmp::Ordering::Equal => from.row..=from.row + 1,
            std::cmp::Ordering::Greater => from.row + 1..=to.row,
            std::cmp::Ordering::Less => to.row + 1..=from.row,
        };
        channels.min_by_key(|&k| (self.load[k], k)).unwrap_or(from.row)
    }
}

fn ends(grid: &Grid, link: Link) -> (Cell, Cell) {
    (grid.cells[link.from], grid.cells[link.to])
}

fn row_run(row: usize, start: usize, end: usize) -> Run {
    Run { line: Line::Row(row), start, end }
}
