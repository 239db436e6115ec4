//! Swimlanes: lanes are rows, time runs from left to right, loops come back beneath.
//! The order of the input decides ties, so a process keeps its shape while it is edited.

mod arrange;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::drawing::{BOX_WIDTH, BoxArea, BoxText, EdgePath, Outline, SMALL_SIZE, box_text, place_labels};
use crate::marks::Sign;
use crate::routing::{Cell, Grid, Link, Measures, route};
use crate::shape::{Anchor, Class, Picture, Point, Rect, Shape, Table};
use crate::text;
use arrange::{Lanes, Stack, columns, links, stack};

/// Most steps drawn; the rest is counted in [`Layout::left_out`].
pub const MAX_STEPS: usize = 1000;
/// Most lanes drawn; steps of further lanes go to the lane "no one yet".
pub const MAX_LANES: usize = 100;
/// Most edges drawn.
pub const MAX_EDGES: usize = 5000;
/// Name of the lane for steps nobody has been named for.
pub const NOBODY: &str = "no one yet";

const LANE_LABEL_WIDTH: f64 = 104.0;
const LANE_PAD: f64 = 18.0;
const LANE_LINE: f64 = 15.0;

/// A process to be drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagram {
    /// Lanes from the top.
    pub lanes: Vec<Lane>,
    /// Steps in reading order.
    pub steps: Vec<StepBox>,
    /// What follows what; edges naming unknown steps are ignored.
    pub edges: Vec<Edge>,
}

/// Who does something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Id steps refer to.
    pub id: String,
    /// Name shown.
    pub label: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepBox {
    /// Id edges refer to; unique.
    pub id: String,
    /// Id of its lane; an unknown one puts it into the lane "no one yet".
    pub lane: String,
    /// What is done.
    pub title: String,
    /// Minutes, system or the like.
    pub subtitle: String,
    /// How it is done.
    pub kind: StepKind,
    /// How it compares with the other telling of the process.
    pub mark: Option<Mark>,
}

/// What follows what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// Id of the step before.
    pub from: String,
    /// Id of the step after.
    pub to: String,
    /// Condition under which it is taken.
    pub label: Option<String>,
}

/// How a step is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// By hand, without a system.
    Manual,
    /// By a person in a system.
    User,
    /// By a system alone.
    Automated,
    /// A choice between ways.
    Decision,
    /// Something that happens.
    Event,
    /// Nothing but time passes.
    Wait,
}

/// How a step compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Only here.
    Extra,
    /// Here and there, but not alike.
    Differs,
    /// Only there.
    Missing,
    /// Alike in both.
    Same,
    /// Works around something.
    Workaround,
    /// No longer done by people.
    Automated,
}

/// A swimlane with everything in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// Width of the picture.
    pub width: f64,
    /// Height of the picture.
    pub height: f64,
    /// Lanes from the top, all of the same width.
    pub lanes: Vec<LaneArea>,
    /// One box per step drawn, in the order of the input.
    pub boxes: Vec<BoxArea>,
    /// The lines between them.
    pub edges: Vec<EdgePath>,
    /// Steps beyond [`MAX_STEPS`].
    pub left_out: usize,
}

/// A lane where it lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LaneArea {
    /// Id of the lane; empty for "no one yet".
    pub id: String,
    /// The whole lane.
    pub rect: Rect,
    /// Its name broken into lines.
    pub label: Vec<String>,
    /// Its full name.
    pub full: String,
    /// Class names.
    pub class: Class,
    /// Indexes of its boxes.
    pub boxes: Vec<usize>,
}

/// Places lanes, steps and edges.
pub fn layout(diagram: &Diagram) -> Layout {
    let steps = &diagram.steps[..diagram.steps.len().min(MAX_STEPS)];
    let lanes = Lanes::new(diagram, steps);
    let links = links(diagram, steps);
    let pairs: Vec<(usize, usize)> = links.keys().copied().collect();
    let columns = columns(steps.len(), &pairs);
    let stack = stack(&lanes, &columns, &pairs);
    let texts: Vec<BoxText> =
        steps.iter().map(|step| box_text(&step.title, &step.subtitle, icon(step.kind).is_some())).collect();
    let wanted: Vec<String> = links.values().map(|inputs| joined_label(diagram, inputs)).collect();
    let grid = Grid {
        rows: stack.lane_of_row.len(),
        cols: columns.iter().max().map_or(0, |last| last + 1),
        cells: stack.rows.iter().zip(&columns).map(|(&row, &col)| Cell { row, col }).collect(),
        links: pairs
            .iter()
            .zip(&wanted)
            .map(|(&(from, to), label)| Link { from, to, label: text::width(label, SMALL_SIZE) })
            .collect(),
    };
    let routed = route(&grid, &measures(&stack, &texts));
    let boxes: Vec<BoxArea> =
        steps.iter().zip(texts).zip(&routed.boxes).map(|((step, text), &rect)| step_area(step, text, rect)).collect();
    let mut edges: Vec<EdgePath> = links
        .iter()
        .zip(routed.lines)
        .map(|((&(from, to), inputs), points)| EdgePath {
            from,
            to,
            inputs: inputs.clone(),
            points,
            class: edge_class(&steps[from], &steps[to], columns[to] <= columns[from]).into(),
            label: None,
            full: full_edge(&steps[from], &steps[to], &joined_label(diagram, inputs)),
        })
        .collect();
    let width = (routed.width + LANE_PAD).max(320.0);
    place_labels(&mut edges, &routed.boxes, &wanted, width);
    let lanes = lanes.areas(&stack, &routed.bands, width);
    Layout { width, height: routed.height.max(1.0), lanes, boxes, edges, left_out: diagram.steps.len() - steps.len() }
}

/// The swimlane as shapes.
pub fn picture(diagram: &Diagram) -> Picture {
    layout(diagram).picture()
}

/// The steps in words: number, step, who, details, how it compares, what follows.
pub fn table(diagram: &Diagram) -> Table {
    let lane_names: BTreeMap<&str, &str> = diagram.lanes.iter().map(|l| (l.id.as_str(), l.label.as_str())).collect();
    let numbers: BTreeMap<&str, usize> = diagram.steps.iter().zip(1..).map(|(s, n)| (s.id.as_str(), n)).collect();
    let header = ["#", "Step", "Who", "Details", "Compared", "Then"].map(str::to_owned).to_vec();
    let rows = diagram.steps.iter().zip(1_usize..).map(|(step, number)| {
        let then: Vec<String> = diagram
            .edges
            .iter()
            .filter(|edge| edge.from == step.id)
            .filter_map(|edge| {
                let target = numbers.get(edge.to.as_str())?;
                Some(match edge.label.as_deref() {
                    Some(label) if !label.trim().is_empty() => {
                        format!("{target} ({})", label.trim())
                    }
                    _ => target.to_string(),
                })
            })
            .collect();
        vec![
            number.to_string(),
            step.title.clone(),
            lane_names.get(step.lane.as_str()).copied().unwrap_or(NOBODY).to_owned(),
            step.subtitle.clone(),
            step.mark.map_or("", Mark::word).to_owned(),
            then.join(", "),
        ]
    });
    Table { header, rows: rows.collect() }
}

impl Mark {
    /// Class name of the mark.
    pub fn class(self) -> &'static str {
        match self {
            Self::Extra => "extra",
            Self::Differs => "differs",
            Self::Missing => "missing",
            Self::Same => "same",
            Self::Workaround => "workaround",
            Self::Automated => "automated-now",
        }
    }

    /// The mark in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Extra => "extra",
            Self::Differs => "differs",
            Self::Missing => "never seen",
            Self::Same => "same",
            Self::Workaround => "workaround",
            Self::Automated => "automated",
        }
    }

    fn badge(self) -> Option<Sign> {
        match self {
            Self::Extra => Some(Sign::Plus),
            Self::Differs => Some(Sign::NotEqual),
            Self::Missing => Some(Sign::Minus),
            Self::Workaround => Some(Sign::Detour),
            Self::Automated => Some(Sign::Automated),
            Self::Same => None,
        }
    }
}

impl StepKind {
    /// Class name of the kind.
    pub fn class(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::User => "user",
            Self::Automated => "automated",
            Self::Decision => "decision",
            Self::Event => "event",
            Self::Wait => "wait",
        }
    }
}

impl Layout {
    /// The layout as shapes: lanes, then lines, then what they say, then boxes.
    pub fn picture(&self) -> Picture {
        let mut shapes: Vec<Shape> = self.lanes.iter().map(|lane| lane.shape(self.width)).collect();
        shapes.extend(self.edges.iter().map(EdgePath::shape));
        shapes.extend(self.edges.iter().filter_map(EdgePath::words));
        shapes.extend(self.boxes.iter().map(BoxArea::shape));
        let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let label = format!(
            "Swimlane: {} in {}, {}",
            plural(self.boxes.len(), "step"),
            plural(self.lanes.len(), "lane"),
            plural(self.edges.len(), "connection"),
        );
        Picture { width: self.width, height: self.height, label, shapes }
    }

    /// The left end of the lanes with their names: what stays in sight while the picture is moved sideways.
    pub fn names(&self) -> Picture {
        let shapes = self.lanes.iter().map(|lane| lane.shape(LANE_LABEL_WIDTH)).collect();
        Picture { width: LANE_LABEL_WIDTH, height: self.height, label: "Names of the lanes".to_owned(), shapes }
    }
}

impl LaneArea {
    fn shape(&self, width: f64) -> Shape {
        let mut shapes = vec![Shape::rect("lane-area", Rect { w: width, ..self.rect }, 0.0)];
        let mut y = self.rect.y + 24.0;
        for line in &self.label {
            let at = Point::new(self.rect.x + 12.0, y);
            shapes.push(Shape::text("lane-label", at, Anchor::Start, line.clone()));
            y += LANE_LINE;
        }
        let id = (!self.id.is_empty()).then(|| self.id.clone());
        Shape::Group { class: self.class.clone(), id, title: Some(self.full.clone()), place: None, shapes }
    }
}

fn measures(stack: &Stack, texts: &[BoxText]) -> Measures {
    let ends_lane = |row: usize| stack.lane_of_row.get(row + 1) != stack.lane_of_row.get(row);
    Measures {
        box_width: BOX_WIDTH,
        heights: texts.iter().map(BoxText::height).collect(),
        empty_row: 28.0,
        above: LANE_PAD,
        below: (0..stack.lane_of_row.len()).map(|row| if ends_lane(row) { LANE_PAD } else { 0.0 }).collect(),
        left: LANE_LABEL_WIDTH + 8.0,
        gap: 28.0,
    }
}

fn step_area(step: &StepBox, text: BoxText, rect: Rect) -> BoxArea {
    let mark = step.mark.map_or(String::new(), |mark| format!(" {}", mark.class()));
    let mut full = step.title.trim().to_owned();
    for more in [step.subtitle.trim(), step.mark.map_or("", Mark::word)] {
        if !more.is_empty() {
            full.push_str(" · ");
            full.push_str(more);
        }
    }
    BoxArea {
        id: step.id.clone(),
        rect,
        title: text.title.lines,
        subtitle: text.subtitle,
        full,
        class: format!("step {}{mark}", step.kind.class()).into(),
        outline: match step.kind {
            StepKind::Decision => Outline::Cut,
            StepKind::Event => Outline::Pill,
            _ => Outline::Plain,
        },
        icon: icon(step.kind),
        badge: step.mark.and_then(Mark::badge),
    }
}

fn icon(kind: StepKind) -> Option<Sign> {
    match kind {
        StepKind::Automated => Some(Sign::Gear),
        StepKind::Wait => Some(Sign::Clock),
        StepKind::Decision => Some(Sign::Fork),
        StepKind::Manual | StepKind::User | StepKind::Event => None,
    }
}

fn edge_class(from: &StepBox, to: &StepBox, back: bool) -> &'static str {
    let unseen = from.mark == Some(Mark::Missing) || to.mark == Some(Mark::Missing);
    match (unseen, back) {
        (true, true) => "edge back unseen",
        (true, false) => "edge unseen",
        (false, true) => "edge back",
        (false, false) => "edge",
    }
}

fn joined_label(diagram: &Diagram, inputs: &[usize]) -> String {
    let labels = inputs.iter().filter_map(|&index| diagram.edges[index].label.as_deref());
    let labels: Vec<&str> = labels.map(str::trim).filter(|label| !label.is_empty()).collect();
    labels.join(" / ")
}

fn full_edge(from: &StepBox, to: &StepBox, label: &str) -> String {
    let way = format!("{} → {}", from.title.trim(), to.title.trim());
    if label.is_empty() { way } else { format!("{way}: {label}") }
}
