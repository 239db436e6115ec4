//! The map of systems: data flows from left to right, systems nobody sends to stand at the left.
//! A flow whose truth is undecided is dashed; several flows between the same two systems are drawn as one line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::drawing::{BOX_WIDTH, BoxArea, BoxText, EdgePath, Outline, SMALL_SIZE, box_text, place_labels};
use crate::graph::ranks;
use crate::routing::{Cell, Grid, Link, Measures, route};
use crate::shape::{Picture, Rect, Shape, Table};
use crate::text;

/// Most systems drawn; the rest is counted in [`Layout::left_out`].
pub const MAX_SYSTEMS: usize = 1000;
/// Most flows drawn.
pub const MAX_FLOWS: usize = 5000;

const MARGIN: f64 = 16.0;
const SWEEPS: usize = 4;

/// Systems and the flows between them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Map {
    /// The systems in a fixed order.
    pub systems: Vec<System>,
    /// The flows; those naming unknown systems are ignored.
    pub flows: Vec<Flow>,
}

/// One system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// Id flows refer to; unique.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Its owner, kind or the like.
    pub subtitle: String,
    /// Whether it is the source of truth of something.
    pub truth: bool,
}

/// One flow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Id of the system data comes from.
    pub from: String,
    /// Id of the system it goes to.
    pub to: String,
    /// What flows.
    pub label: String,
    /// Whether the truth of something it carries is not agreed yet.
    pub undecided: bool,
}

/// A map with everything in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// Width of the picture.
    pub width: f64,
    /// Height of the picture.
    pub height: f64,
    /// One box per system drawn, in the order of the input.
    pub boxes: Vec<BoxArea>,
    /// The lines between them.
    pub edges: Vec<EdgePath>,
    /// Systems beyond [`MAX_SYSTEMS`].
    pub left_out: usize,
}

/// Places systems and flows.
pub fn layout(map: &Map) -> Layout {
    let systems = &map.systems[..map.systems.len().min(MAX_SYSTEMS)];
    let links = links(map, systems);
    let pairs: Vec<(usize, usize)> = links.keys().copied().collect();
    let cells = cells(systems.len(), &pairs);
    let texts: Vec<BoxText> = systems.iter().map(|system| box_text(&system.title, &system.subtitle, false)).collect();
    let wanted: Vec<String> =
        links.iter().map(|(&(from, to), flows)| label(map, flows, &systems[from], &systems[to])).collect();
    let rows = cells.iter().map(|cell| cell.row + 1).max().unwrap_or(0);
    let link =
        |(&(from, to), label): (&(usize, usize), &String)| Link { from, to, label: text::width(label, SMALL_SIZE) };
    let grid = Grid {
        rows,
        cols: cells.iter().map(|cell| cell.col + 1).max().unwrap_or(0),
        links: pairs.iter().zip(&wanted).map(link).collect(),
        cells,
    };
    let measures = Measures {
        box_width: BOX_WIDTH,
        heights: texts.iter().map(BoxText::height).collect(),
        empty_row: 46.0,
        above: 26.0,
        below: (0..rows).map(|row| if row + 1 == rows { MARGIN } else { 0.0 }).collect(),
        left: MARGIN,
        gap: 64.0,
    };
    let routed = route(&grid, &measures);
    let boxes: Vec<BoxArea> =
        systems.iter().zip(texts).zip(&routed.boxes).map(|((system, text), &rect)| area(system, text, rect)).collect();
    let mut edges: Vec<EdgePath> = links
        .iter()
        .zip(routed.lines)
        .map(|((&(from, to), flows), points)| {
            let undecided = flows.iter().any(|&flow| map.flows[flow].undecided);
            EdgePath {
                from,
                to,
                inputs: flows.clone(),
                points,
                class: if undecided { "edge undecided" } else { "edge" }.into(),
                label: None,
                full: full(map, flows, &systems[from], &systems[to]),
            }
        })
        .collect();
    let width = (routed.width + MARGIN).max(320.0);
    place_labels(&mut edges, &routed.boxes, &wanted, width);
    Layout { width, height: routed.height.max(1.0), boxes, edges, left_out: map.systems.len() - systems.len() }
}

/// The map as shapes.
pub fn picture(map: &Map) -> Picture {
    layout(map).picture()
}

/// The flows in words: from, to, what, whether the truth is decided.
pub fn table(map: &Map) -> Table {
    let names: BTreeMap<&str, &str> = map.systems.iter().map(|s| (s.id.as_str(), s.title.as_str())).collect();
    let known = |flow: &&Flow| names.contains_key(flow.from.as_str()) && names.contains_key(flow.to.as_str());
    let name = |id: &str| names.get(id).copied().unwrap_or_default().to_owned();
    let rows = map.flows.iter().filter(known).map(|flow| {
        let truth = if flow.undecided { "undecided" } else { "decided" };
        vec![name(&flow.from), name(&flow.to), flow.label.clone(), truth.to_owned()]
    });
    Table { header: ["From", "To", "What flows", "Truth"].map(str::to_owned).to_vec(), rows: rows.collect() }
}

impl Layout {
    /// The layout as shapes: lines, then what they say, then boxes.
    pub fn picture(&self) -> Picture {
        let mut shapes: Vec<Shape> = self.edges.iter().map(EdgePath::shape).collect();
        shapes.extend(self.edges.iter().filter_map(EdgePath::words));
        shapes.extend(self.boxes.iter().map(BoxArea::shape));
        let undecided = self.edges.iter().filter(|edge| edge.class.contains("undecided")).count();
        let label = format!(
            "Map of systems: {} systems, {} lines, {undecided} of them with undecided truth",
            self.boxes.len(),
            self.edges.len(),
        );
        Picture { width: self.width, height: self.height, label, shapes }
    }
}

/// Valid flows by their ends, with the indexes of the inputs they stand for.
fn links(map: &Map, systems: &[System]) -> BTreeMap<(usize, usize), Vec<usize>> {
    let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, system) in systems.iter().enumerate() {
        by_id.entry(system.id.as_str()).or_insert(index);
    }
    let mut links: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (index, flow) in map.flows.iter().take(MAX_FLOWS).enumerate() {
        if let (Some(&from), Some(&to)) = (by_id.get(flow.from.as_str()), by_id.get(flow.to.as_str())) {
            links.entry((from, to)).or_default().push(index);
        }
    }
    links
}

/// Cells by layer; systems without flows fill rows of their own underneath.
fn cells(systems: usize, pairs: &[(usize, usize)]) -> Vec<Cell> {
    let layer = ranks(systems, pairs);
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); systems];
    for &(from, to) in pairs {
        neighbours[from].push(to);
        neighbours[to].push(from);
    }
    let mut layers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let (lonely, connected): (Vec<usize>, Vec<usize>) = (0..systems).partition(|&s| neighbours[s].is_empty());
    for system in connected {
        layers.entry(layer[system]).or_default().push(system);
    }
    let tallest = layers.values().map(Vec::len).max().unwrap_or(0);
    let mut row = vec![0_usize; systems];
    for members in layers.values() {
        // Shorter layers are centred, so that a hub stands in the middle of what it serves.
        let offset = (tallest - members.len()) / 2;
        for (position, &system) in members.iter().enumerate() {
            row[system] = offset + position;
        }
    }
    for sweep in 0..SWEEPS {
        let mut order: Vec<usize> = layers.keys().copied().collect();
        if sweep % 2 == 1 {
            order.reverse();
        }
        for key in order {
            if let Some(members) = layers.get_mut(&key) {
                settle(members, &mut row, &neighbours, &layer, tallest);
            }
        }
    }
    let columns = layers.keys().next_back().map_or(4, |last| (last + 1).max(2));
    let mut cells: Vec<Cell> = row.iter().zip(&layer).map(|(&row, &col)| Cell { row, col }).collect();
    for (position, system) in lonely.into_iter().enumerate() {
        cells[system] = Cell { row: tallest + position / columns, col: position % columns };
    }
    cells
}

/// Orders a layer by where its neighbours stand and gives each member the free row nearest to them.
fn settle(members: &mut [usize], row: &mut [usize], neighbours: &[Vec<usize>], layer: &[usize], rows: usize) {
    let wish = |system: usize| {
        let mut rows: Vec<usize> =
            neighbours[system].iter().filter(|&&n| layer[n] != layer[system]).map(|&n| row[n]).collect();
        rows.sort_unstable();
        rows.get(rows.len().saturating_sub(1) / 2).copied().unwrap_or(row[system])
    };
    let wishes: BTreeMap<usize, usize> = members.iter().map(|&system| (system, wish(system))).collect();
    members.sort_by_key(|system| (wishes[system], row[*system], *system));
    let mut lowest = 0;
    let count = members.len();
    for (position, &system) in members.iter().enumerate() {
        let still_to_come = count - position - 1;
        let place = wishes[&system].max(lowest).min(rows - 1 - still_to_come);
        row[system] = place;
        lowest = place + 1;
    }
}

fn area(system: &System, text: BoxText, rect: Rect) -> BoxArea {
    let subtitle = system.subtitle.trim();
    let title = system.title.trim();
    BoxArea {
        id: system.id.clone(),
        rect,
        title: text.title.lines,
        subtitle: text.subtitle,
        full: if subtitle.is_empty() { title.to_owned() } else { format!("{title} · {subtitle}") },
        class: if system.truth { "system truth" } else { "system" }.into(),
        outline: Outline::Plain,
        icon: None,
        badge: None,
    }
}

/// What a line says. Between which systems a flow goes is seen, so that its name need not say it again.
fn label(map: &Map, flows: &[usize], from: &System, to: &System) -> String {
    match flows {
        [only] => {
            let name = map.flows[*only].label.trim();
            let ends = format!("{} → {}", from.title.trim(), to.title.trim());
            let what = name.strip_suffix(&ends).map(|what| what.trim_end_matches([':', ' ']));
            what.filter(|what| !what.is_empty()).unwrap_or(name).to_owned()
        }
        several => format!("{} flows", several.len()),
    }
}

fn full(map: &Map, flows: &[usize], from: &System, to: &System) -> String {
    let mut text = format!("{} → {}", from.title.trim(), to.title.trim());
    for (position, &flow) in flows.iter().enumerate() {
        let flow = &map.flows[flow];
        text.push_str(if position == 0 { ": " } else { ", " });
        text.push_str(flow.label.trim());
        text.push_str(if flow.undecided { " (truth undecided)" } else { "" });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Flow, Map, System, layout};

    #[test]
    fn a_line_does_not_say_between_which_systems_it_is() {
        let system = |id: &str| System { id: id.into(), title: id.to_uppercase(), ..System::default() };
        let said = |label: &str| {
            let flow = Flow { from: "crm".into(), to: "erp".into(), label: label.into(), undecided: false };
            let drawn = layout(&Map { systems: vec![system("crm"), system("erp")], flows: vec![flow] });
            drawn.edges[0].label.as_ref().map(|label| label.text.clone()).unwrap_or_default()
        };
        assert_eq!(said("Consent: CRM → ERP"), "Consent");
        assert_eq!(said("CRM → ERP"), "CRM → ERP");
        assert_eq!(said("Orders"), "Orders");
    }
}
