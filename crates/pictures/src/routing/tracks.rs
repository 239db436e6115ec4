//! Gives the lines in each channel their tracks, so that only lines with a common end share one.
//! A channel between columns has three zones: lines just leaving, lines stepping, lines about to enter. Keeping them in
//! this order is what keeps the stubs of two boxes that face each other apart.

use std::collections::BTreeMap;

use super::{Grid, Route};

/// Zone of a channel between columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Zone {
    /// Lines that have just left a box on the left; one track per source.
    Leaving,
    /// Lines that step from row to row; one track per source.
    Stepping,
    /// Lines about to enter a box on the right; one track per target.
    Entering,
}

/// What shares a track in a channel between rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bundle {
    /// All unlabelled lines to one target.
    Target(usize),
    /// One labelled line.
    Link(usize),
}

/// Tracks of all channels.
pub(super) struct Tracks {
    /// Track of a box's lines by channel between columns, zone and box, counted from the left over all zones.
    pub vertical: BTreeMap<(usize, Zone, usize), usize>,
    /// Number of tracks in each channel between columns.
    pub vertical_count: Vec<usize>,
    /// Track of a bundle by channel between rows.
    pub horizontal: BTreeMap<(usize, Bundle), usize>,
    /// For each channel between rows its tracks from the top; `true` where a label needs room above.
    pub horizontal_tall: Vec<Vec<bool>>,
}

/// The bundle a link belongs to.
pub(super) fn bundle(grid: &Grid, index: usize) -> Bundle {
    let link = grid.links[index];
    if link.label > 0.0 { Bundle::Link(index) } else { Bundle::Target(link.to) }
}

/// Assigns all tracks.
pub(super) fn assign(grid: &Grid, routes: &[Route]) -> Tracks {
    let mut vertical: BTreeMap<(usize, Zone, usize), Span> = BTreeMap::new();
    let mut horizontal: BTreeMap<(usize, Bundle), Span> = BTreeMap::new();
    for (index, (link, route)) in grid.links.iter().zip(routes).enumerate() {
        let (from, to) = (grid.cells[link.from], grid.cells[link.to]);
        let (leave, enter) = (2 * from.row + 1, 2 * to.row + 1);
        match *route {
            Route::Straight | Route::AcrossFirst | Route::DownFirst => {}
            Route::Step { channel } => widen(&mut vertical, (channel, Zone::Stepping, link.from), leave, enter),
            Route::Bridge { channel } => {
                let key = (channel, bundle(grid, index));
                widen(&mut horizontal, key, 2 * from.col + 1, 2 * to.col + 1);
            }
            Route::Around { channel } => {
                widen(&mut vertical, (from.col + 1, Zone::Leaving, link.from), leave, 2 * channel);
                widen(&mut vertical, (to.col, Zone::Entering, link.to), 2 * channel, enter);
                widen(&mut horizontal, (channel, bundle(grid, index)), 2 * (from.col + 1), 2 * to.col);
            }
        }
    }
    let (vertical, vertical_count) = vertical_tracks(&vertical, grid.cols + 1);
    let (horizontal, horizontal_tall) = horizontal_tracks(&horizontal, grid.rows + 1);
    Tracks { vertical, vertical_count, horizontal, horizontal_tall }
}

/// First and last slot a track is used in.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
}

fn widen<K: Ord>(spans: &mut BTreeMap<K, Span>, key: K, a: usize, b: usize) {
    let (start, end) = (a.min(b), a.max(b));
    let span = spans.entry(key).or_insert(Span { start, end });
    span.start = span.start.min(start);
    span.end = span.end.max(end);
}

type Vertical = BTreeMap<(usize, Zone, usize), usize>;

fn vertical_tracks(spans: &BTreeMap<(usize, Zone, usize), Span>, channels: usize) -> (Vertical, Vec<usize>) {
    let mut tracks = BTreeMap::new();
    let mut count = vec![0; channels];
    let mut zones: BTreeMap<(usize, Zone), Vec<(usize, Span)>> = BTreeMap::new();
    for (&(channel, zone, owner), &span) in spans {
        zones.entry((channel, zone)).or_default().push((owner, span));
    }
    for ((channel, zone), members) in zones {
        let (assigned, used) = left_edge(&members);
        for ((owner, _), track) in members.iter().zip(assigned) {
            tracks.insert((channel, zone, *owner), count[channel] + track);
        }
        count[channel] += used;
    }
    (tracks, count)
}

type Horizontal = BTreeMap<(usize, Bundle), usize>;

fn horizontal_tracks(spans: &BTreeMap<(usize, Bundle), Span>, channels: usize) -> (Horizontal, Vec<Vec<bool>>) {
    let mut tracks = BTreeMap::new();
    let mut tall = vec![Vec::new(); channels];
    let mut members: BTreeMap<usize, Vec<(Bundle, Span)>> = BTreeMap::new();
    for (&(channel, bundle), &span) in spans {
        members.entry(channel).or_default().push((bundle, span));
    }
    for (channel, members) in members {
        let (assigned, used) = left_edge(&members);
        tall[channel] = vec![false; used];
        for ((bundle, _), track) in members.iter().zip(assigned) {
            tracks.insert((channel, *bundle), track);
            tall[channel][track] |= matches!(bundle, Bundle::Link(_));
        }
    }
    (tracks, tall)
}

/// Gives each span the first track whose last span ended before it starts; says how many tracks that takes.
fn left_edge<T>(members: &[(T, Span)]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|&i| (members[i].1.start, members[i].1.end, i));
    let mut ends: Vec<usize> = Vec::new();
    let mut assigned = vec![0; members.len()];
    for index in order {
        let span = members[index].1;
        let track = ends.iter().position(|&end| end < span.start).unwrap_or(ends.len());
        if track == ends.len() {
            ends.push(span.end);
        } else {
            ends[track] = span.end;
        }
        assigned[index] = track;
    }
    (assigned, ends.len())
}
