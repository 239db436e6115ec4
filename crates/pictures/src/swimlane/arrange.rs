//! Which column and which row each step of a swimlane gets, before anything is measured.

use std::collections::BTreeMap;

use super::{Diagram, LANE_LABEL_WIDTH, Lane, LaneArea, MAX_EDGES, MAX_LANES, NOBODY, StepBox};
use crate::graph::ranks;
use crate::shape::Rect;
use crate::text;

/// Lanes with the steps in them.
pub(super) struct Lanes<'a> {
    known: &'a [Lane],
    of_step: Vec<usize>,
    count: usize,
}

impl<'a> Lanes<'a> {
    pub(super) fn new(diagram: &'a Diagram, steps: &[StepBox]) -> Self {
        let known = &diagram.lanes[..diagram.lanes.len().min(MAX_LANES)];
        let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, lane) in known.iter().enumerate() {
            by_id.entry(lane.id.as_str()).or_insert(index);
        }
        let nobody = known.len();
        let of_step: Vec<usize> =
            steps.iter().map(|step| by_id.get(step.lane.as_str()).copied().unwrap_or(nobody)).collect();
        let count = nobody + usize::from(of_step.contains(&nobody));
        Self { known, of_step, count }
    }

    pub(super) fn areas(&self, stack: &Stack, bands: &[(f64, f64)], width: f64) -> Vec<LaneArea> {
        let area = |lane: usize| {
            let mut own = stack.lane_of_row.iter().zip(bands).filter(|(of, _)| **of == lane).map(|(_, band)| *band);
            let (top, mut bottom) = own.next().unwrap_or_default();
            bottom = own.next_back().map_or(bottom, |(_, last)| last);
            let known = self.known.get(lane);
            let full = known.map_or(NOBODY, |lane| lane.label.as_str());
            let rows = if bottom - top > 110.0 { 5 } else { 3 };
            LaneArea {
                id: known.map(|lane| lane.id.clone()).unwrap_or_default(),
                rect: Rect::new(0.0, top, width, bottom - top),
                label: text::wrap(full, LANE_LABEL_WIDTH - 12.0, 12.0, rows).lines,
                full: full.to_owned(),
                class: if known.is_some() { "lane".into() } else { "lane nobody".into() },
                boxes: (0..self.of_step.len()).filter(|&step| self.of_step[step] == lane).collect(),
            }
        };
        (0..self.count).map(area).collect()
    }
}

/// Rows of the grid: each lane has as many as its fullest column needs.
pub(super) struct Stack {
    /// Row of each step.
    pub rows: Vec<usize>,
    /// Lane of each row.
    pub lane_of_row: Vec<usize>,
}

/// Valid edges by their ends, with the indexes of the inputs they stand for.
pub(super) fn links(diagram: &Diagram, steps: &[StepBox]) -> BTreeMap<(usize, usize), Vec<usize>> {
    let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, step) in steps.iter().enumerate() {
        by_id.entry(step.id.as_str()).or_insert(index);
    }
    let mut links: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (index, edge) in diagram.edges.iter().take(MAX_EDGES).enumerate() {
        if let (Some(&from), Some(&to)) = (by_id.get(edge.from.as_str()), by_id.get(edge.to.as_str())) {
            links.entry((from, to)).or_default().push(index);
        }
    }
    links
}

/// Columns by rank; steps without any edge follow the step written before them.
pub(super) fn columns(steps: usize, pairs: &[(usize, usize)]) -> Vec<usize> {
    let mut columns = ranks(steps, pairs);
    let mut connected = vec![false; steps];
    for &(from, to) in pairs {
        connected[from] |= from != to;
        connected[to] |= from != to;
    }
    for step in 1..steps {
        if !connected[step] {
            columns[step] = columns[step - 1] + 1;
        }
    }
    columns
}

/// Gives each step a row of its lane: the one its predecessor has, if that is free, else the nearest free one.
pub(super) fn stack(lanes: &Lanes<'_>, columns: &[usize], pairs: &[(usize, usize)]) -> Stack {
    let mut cells: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (step, (&column, &lane)) in columns.iter().zip(&lanes.of_step).enumerate() {
        cells.entry((column, lane)).or_default().push(step);
    }
    let mut needed = vec![1_usize; lanes.count];
    for ((_, lane), steps) in &cells {
        needed[*lane] = needed[*lane].max(steps.len());
    }
    let first: Vec<usize> = needed.iter().scan(0, |sum, n| Some(std::mem::replace(sum, *sum + n))).collect();
    let lane_of_row = needed.iter().enumerate().flat_map(|(lane, &n)| std::iter::repeat_n(lane, n)).collect();
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); columns.len()];
    for &(from, to) in pairs {
        if columns[from] < columns[to] {
            before[to].push(from);
        }
    }
    let mut rows = vec![0_usize; columns.len()];
    for ((_, lane), mut steps) in cells {
        let range = first[lane]..first[lane] + needed[lane];
        let wish = |step: usize| {
            let mut rows: Vec<usize> = before[step].iter().map(|&p| rows[p]).collect();
            rows.sort_unstable();
            rows.get(rows.len() / 2).copied().unwrap_or(range.start).clamp(range.start, range.end - 1)
        };
        let wishes: BTreeMap<usize, usize> = steps.iter().map(|&step| (step, wish(step))).collect();
        steps.sort_by_key(|step| (wishes[step], *step));
        let mut free: Vec<usize> = range.collect();
        for step in steps {
            let nearest = free.iter().enumerate().min_by_key(|(_, row)| (row.abs_diff(wishes[&step]), **row));
            if let Some((position, _)) = nearest {
                rows[step] = free.remove(position);
            }
        }
    }
    Stack { rows, lane_of_row }
}
