//! What must hold for every swimlane and every map, shown on random graphs, and how fast a large one is.
#![expect(clippy::unwrap_used, reason = "tests")]

mod invariants;
mod samples;

use invariants::{Drawn, check};
use pictures::Shape;
use pictures::svg::{Palette, to_string};
use pictures::swimlane::{self, Diagram};
use pictures::system_map::{self, Flow, Map, System};
use proptest::prelude::*;

/// Random processes: up to 200 steps, edges forwards (branches), backwards (loops) and to themselves, unknown names.
fn diagrams() -> impl Strategy<Value = Diagram> {
    (1_usize..200, 0_usize..9).prop_flat_map(|(steps, lanes)| {
        let step = (0..lanes + 2, 0_usize..6, 0_usize..7, "[a-zA-Z ]{0,60}");
        let near = (0..steps, 1_usize..4, prop::option::weighted(0.3, "[a-z ]{1,30}"));
        let any = (0..steps + 3, 0..steps + 3, prop::option::weighted(0.3, "[a-z]{1,12}"));
        (
            Just(lanes),
            prop::collection::vec(step, steps),
            prop::collection::vec(near, 0..steps + steps / 2 + 1),
            prop::collection::vec(any, 0..steps / 2 + 2),
        )
            .prop_map(|(lanes, steps, near, any)| samples::diagram(lanes, &steps, &near, &any))
    })
}

fn maps() -> impl Strategy<Value = Map> {
    (0_usize..60).prop_flat_map(|systems| {
        let flow = (0..systems + 2, 0..systems + 2, "[a-z -]{0,20}", any::<bool>());
        prop::collection::vec(flow, 0..systems * 2 + 1).prop_map(move |flows| Map {
            systems: (0..systems)
                .map(|n| System { id: n.to_string(), title: format!("System {n}"), ..System::default() })
                .collect(),
            flows: flows
                .into_iter()
                .map(|(from, to, label, undecided)| Flow {
                    from: from.to_string(),
                    to: to.to_string(),
                    label,
                    undecided,
                })
                .collect(),
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn swimlanes_keep_their_promises(diagram in diagrams()) {
        let layout = swimlane::layout(&diagram);
        let ids: Vec<&str> = diagram.steps.iter().map(|s| s.id.as_str()).collect();
        let ends: Vec<(&str, &str)> = diagram.edges.iter().map(|e| (e.from.as_str(), e.to.as_str())).collect();
        check(&Drawn { boxes: &layout.boxes, edges: &layout.edges, size: (layout.width, layout.height) }, &ids, &ends)?;
        let mut bottom = 0.0;
        let mut seen = vec![0; layout.boxes.len()];
        for lane in &layout.lanes {
            prop_assert!((lane.rect.y - bottom).abs() < 1e-6, "lanes follow one another");
            bottom = lane.rect.bottom();
            for &index in &lane.boxes {
                seen[index] += 1;
                prop_assert!(lane.rect.contains(&layout.boxes[index].rect), "step {index} leaves its lane");
                let wanted = diagram.lanes.iter().find(|l| l.id == diagram.steps[index].lane);
                prop_assert_eq!(wanted.map_or(swimlane::NOBODY, |l| l.label.as_str()), lane.full.as_str());
            }
        }
        prop_assert!(seen.iter().all(|count| *count == 1), "every step is in one lane");
        prop_assert_eq!(&layout, &swimlane::layout(&diagram), "the same input gives the same picture");
    }

    #[test]
    fn maps_keep_their_promises(map in maps()) {
        let layout = system_map::layout(&map);
        let ids: Vec<&str> = map.systems.iter().map(|s| s.id.as_str()).collect();
        let ends: Vec<(&str, &str)> = map.flows.iter().map(|f| (f.from.as_str(), f.to.as_str())).collect();
        check(&Drawn { boxes: &layout.boxes, edges: &layout.edges, size: (layout.width, layout.height) }, &ids, &ends)?;
        for edge in &layout.edges {
            let undecided = edge.inputs.iter().any(|&flow| map.flows[flow].undecided);
            prop_assert_eq!(undecided, edge.class.contains("undecided"));
        }
    }
}

#[test]
fn a_plain_process_is_drawn_with_the_fewest_bends() {
    let layout = swimlane::layout(&samples::consent());
    let bends: Vec<usize> = layout.edges.iter().map(|edge| edge.points.len() - 2).collect();
    assert_eq!(bends, [1, 0, 1, 0, 1]);
    assert_eq!(layout.edges[4].class, "edge unseen");
    assert_eq!(layout.boxes[2].class, "step manual extra");
}

#[test]
fn nothing_and_nearly_nothing_can_be_drawn() {
    let empty = swimlane::layout(&Diagram::default());
    assert!(empty.boxes.is_empty() && empty.lanes.is_empty() && empty.width > 0.0 && empty.height > 0.0);
    let mut one = samples::consent();
    one.steps.truncate(1);
    let layout = swimlane::layout(&one);
    assert_eq!((layout.boxes.len(), layout.edges.len(), layout.lanes.len()), (1, 0, 4));
    one.lanes.clear();
    assert_eq!(swimlane::layout(&one).lanes[0].full, swimlane::NOBODY);
    assert!(system_map::layout(&Map::default()).boxes.is_empty());
}

#[test]
fn conditions_are_written_beside_their_lines() {
    let layout = swimlane::layout(&samples::branches());
    for edge in &layout.edges {
        let wanted = samples::branches().edges[edge.inputs[0]].label.clone();
        assert_eq!(edge.label.as_ref().map(|label| label.text.clone()), wanted, "{}", edge.full);
    }
}

#[test]
fn what_lines_say_is_drawn_above_all_lines() {
    let holds = |shape: &Shape, name: &str| {
        let Shape::Group { shapes, .. } = shape else { return false };
        shapes.iter().any(|inside| match inside {
            Shape::Text { class, .. } | Shape::Path { class, .. } => class == name,
            _ => false,
        })
    };
    let shapes = swimlane::picture(&samples::branches()).shapes;
    let last_line = shapes.iter().rposition(|shape| holds(shape, "line")).unwrap();
    let first_words = shapes.iter().position(|shape| holds(shape, "edge-label")).unwrap();
    assert!(last_line < first_words, "{last_line} {first_words}");
}

#[test]
fn the_names_of_lanes_lie_where_they_lie_in_the_picture() {
    let layout = swimlane::layout(&samples::consent());
    let (picture, names) = (layout.picture(), layout.names());
    let texts = |shapes: &[Shape]| -> Vec<Shape> {
        let groups = shapes.iter().filter_map(|shape| match shape {
            Shape::Group { class, shapes, .. } if class.starts_with("lane") => Some(shapes),
            _ => None,
        });
        groups.flatten().filter(|shape| matches!(shape, Shape::Text { .. })).cloned().collect()
    };
    assert_eq!(texts(&picture.shapes), texts(&names.shapes));
    assert_eq!(names.height, picture.height);
    assert!(layout.boxes.iter().all(|area| area.rect.x >= names.width), "a step lies under a name");
}

#[test]
fn no_condition_stands_on_another_line() {
    let layout = swimlane::layout(&samples::branches());
    for (index, edge) in layout.edges.iter().enumerate() {
        let label = edge.label.as_ref().map(|label| label.rect);
        let others = layout.edges.iter().enumerate().filter(|(other, _)| *other != index);
        for (_, other) in others {
            let crossed = label.is_some_and(|label| invariants::crosses(&other.points, &label));
            assert!(!crossed, "the label of {} lies on {}", edge.full, other.full);
        }
    }
}

#[test]
fn more_than_the_limit_is_counted_not_drawn() {
    let steps: Vec<_> = (0..1100).map(|n| (n % 3, 0, 6, "step".to_owned())).collect();
    let layout = swimlane::layout(&samples::diagram(3, &steps, &[], &[]));
    assert_eq!((layout.boxes.len(), layout.left_out), (swimlane::MAX_STEPS, 100));
}

#[test]
fn two_hundred_steps_take_well_under_twenty_milliseconds() {
    let diagram = samples::large();
    assert_eq!(diagram.steps.len(), 200);
    let fastest = (0..5)
        .map(|_| {
            let start = std::time::Instant::now();
            std::hint::black_box(swimlane::layout(&diagram));
            start.elapsed()
        })
        .min()
        .unwrap();
    println!("200 steps, {} edges: {fastest:?}", diagram.edges.len());
    if !cfg!(debug_assertions) {
        assert!(fastest.as_millis() < 20, "took {fastest:?}");
    }
}

/// Writes the samples as files to look at; `PICTURES_DIR` says where, else they go to a temporary folder.
#[test]
fn samples_are_well_formed_documents() {
    let folder = std::env::var_os("PICTURES_DIR").map_or_else(std::env::temp_dir, std::path::PathBuf::from);
    let folder = folder.join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, picture) in samples::all() {
        for (theme, mut palette) in [("light", Palette::light()), ("dark", Palette::dark())] {
            palette.ground = Some(palette.raised.clone());
            let svg = to_string(&picture, &palette);
            assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{name}");
            assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count(), "{name}");
            assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count(), "{name}");
            assert!(!svg.contains("NaN") && !svg.contains("inf ") && !svg.contains("style="), "{name}");
            assert!(!svg.contains("<script"), "{name}");
            // A class nobody gave a look would be drawn with neither fill nor stroke.
            assert!(!svg.contains("fill=\"none\"/>"), "{name} has a shape without a look: {svg}");
            std::fs::write(folder.join(format!("{name}-{theme}.svg")), svg).unwrap();
        }
    }
}
