//! What the templates read: the sections as JSON and the pictures as SVG, with every text made safe to set.

use super::fonts::SHELF;
use crate::{
    Bundle, ReportError, ReportState,
    document::{Block, Section, Tone},
    text::{day, instant, short_hash, visible},
};
use pictures::{
    Shape,
    marks::{Ink, MARK_BOB, MARK_LINE, SIGN_SIZE, Sign},
    svg::{self, Palette},
    swimlane::{self, Diagram},
};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Put where a long run of characters may be broken. People cannot type it: control characters are made visible.
const MAY_BREAK: char = '\u{1f}';
/// Runs up to this length are left whole.
const WHOLE: usize = 18;
/// Widest stretch of a swimlane on one page, in its own units.
const SLICE: f64 = 1250.0;
/// Width of the lane labels, which every stretch begins with.
const LABELS: f64 = 107.0;

/// Which characters are drawn; the others are written as code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coverage {
    /// Those any of our faces has.
    AnyFont,
    /// Those the text face has in every weight.
    TextFace,
}

/// What one document puts beside the templates.
pub(super) struct Material {
    /// The JSON file.
    pub json: Vec<u8>,
    /// SVG files by name.
    pub pictures: Vec<(String, String)>,
}

/// The JSON file and the pictures by name.
pub(super) fn collect(bundle: &Bundle, sections: &[Section], coverage: Coverage) -> Result<Material, ReportError> {
    let mut pictures = signs();
    let mut tree = serde_json::to_value(sections).map_err(|e| ReportError::Layout(e.to_string()))?;
    for (section, node) in sections.iter().zip(tree.as_array_mut().into_iter().flatten()) {
        let Some(blocks) = node["blocks"].as_array_mut() else { continue };
        for (block, node) in section.blocks.iter().zip(blocks) {
            match block {
                Block::Swimlane(lane) => {
                    let layout = swimlane::layout(&drawable(&lane.diagram, coverage));
                    let name = format!("picture/{}.svg", pictures.len());
                    node["slices"] = slices(&layout);
                    node["width"] = json!(layout.width);
                    node["height"] = json!(layout.height);
                    let picture = layout.picture();
                    node["label"] = json!(picture.label);
                    node["picture"] = json!(name);
                    pictures.push((name, svg::to_string(&picture, &Palette::light())));
                }
                Block::Figure(figure) => {
                    let name = format!("picture/{}.svg", pictures.len());
                    let mut picture = figure.picture.clone();
                    picture.shapes.iter_mut().for_each(|shape| redraw(shape, coverage));
                    node["width"] = json!(picture.width);
                    node["height"] = json!(picture.height);
                    node["picture"] = json!(name);
                    pictures.push((name, svg::to_string(&picture, &Palette::light())));
                }
                _ => {}
            }
        }
    }
    let mut data = json!({ "meta": meta(bundle), "sections": tree });
    settable(&mut data, coverage);
    // Shown in title bars, where a break mark would be seen.
    data["meta"]["plain_title"] = json!(drawn(&bundle.plan.name(), coverage));
    let json = serde_json::to_vec(&data).map_err(|e| ReportError::Layout(e.to_string()))?;
    Ok(Material { json, pictures })
}

fn meta(bundle: &Bundle) -> Value {
    let charter = bundle.plan.charter();
    let (state, stamp) = match (&bundle.state, &bundle.signature) {
        (ReportState::Draft, _) => (format!("draft of {}, not signed", bundle.as_of), "DRAFT"),
        (ReportState::Withdrawn(reason), _) => (format!("signature withdrawn: {reason}"), "WITHDRAWN"),
        (ReportState::Signed, Some(s)) => (format!("signed {} by {}", instant(s.at), s.name), ""),
        (ReportState::Signed, None) => ("signed".to_owned(), ""),
    };
    json!({
        "title": bundle.plan.name(),
        "key": bundle.plan.key,
        "version": bundle.version,
        "state": state,
        "stamp": stamp,
        "root": bundle.root,
        "short": short_hash(&bundle.root),
        "go_live": day(charter.go_live),
        "sponsor": charter.sponsor.to_string(),
        "lead": charter.lead.to_string(),
        "as_of": bundle.as_of.to_string(),
        "fingerprint": bundle.key_fingerprint,
        "renderer": crate::RENDERER,
        "gates_passed": bundle.gates.iter().filter(|g| g.state == rules::GateState::Passes).count(),
        "gates": bundle.gates.len(),
    })
}

/// Every sign in every tone, and the mark, as pictures.
fn signs() -> Vec<(String, String)> {
    let palette = Palette::light();
    let tones = [
        (Tone::Good, "good", &palette.good),
        (Tone::Warn, "warn", &palette.warn),
        (Tone::Bad, "bad", &palette.bad),
        (Tone::Quiet, "quiet", &palette.muted),
    ];
    let mut out = Vec::new();
    for sign in Sign::ALL {
        let code = serde_json::to_value(sign).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        for (_, tone, colour) in &tones {
            let mut svg = format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIGN_SIZE} {SIGN_SIZE}\" width=\"{SIGN_SIZE}\" height=\"{SIGN_SIZE}\">"
            );
            for (ink, d) in sign.parts() {
                let paint = match ink {
                    Ink::Fill => format!("fill=\"{colour}\""),
                    Ink::Line => stroke(colour),
                    Ink::Knock => stroke("#ffffff"),
                };
                let _ = write!(svg, "<path d=\"{d}\" {paint}/>");
            }
            svg.push_str("</svg>");
            out.push((format!("sign/{code}-{tone}.svg"), svg));
        }
    }
    let accent = &palette.accent;
    let mark = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 20 20\" width=\"20\" height=\"20\">\
         <path d=\"{MARK_LINE}\" {}/><path d=\"{MARK_BOB}\" fill=\"{accent}\"/></svg>",
        stroke(accent)
    );
    out.push(("mark.svg".to_owned(), mark));
    out
}

fn stroke(colour: &str) -> String {
    format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\" stroke-linecap=\"round\" stroke-linejoin=\"round\"")
}

/// Where a wide swimlane is cut: between boxes, into as few stretches as fit a page at a size one can read, and
/// those of about the same width, because a short last one wastes a page.
fn slices(layout: &swimlane::Layout) -> Value {
    let fewest = cuts(layout, SLICE);
    let narrower = (1..=20).map(|n| SLICE - 40.0 * f64::from(n)).take_while(|room| *room > 400.0);
    let even = narrower.map(|room| cuts(layout, room)).take_while(|c| c.len() <= fewest.len()).last();
    let cuts = if fewest.len() > 2 { even.unwrap_or(fewest) } else { fewest };
    cuts.windows(2).map(|pair| json!({ "from": pair[0], "to": pair[1] })).collect()
}

fn cuts(layout: &swimlane::Layout, room: f64) -> Vec<f64> {
    let mut cuts = vec![0.0];
    let mut from = 0.0;
    while layout.width - from > if from > 0.0 { room - LABELS } else { room } {
        let limit = from + if from > 0.0 { room - LABELS } else { room };
        let crossing = layout.boxes.iter().map(|b| b.rect).filter(|r| r.x < limit && r.right() > limit);
        let cut = crossing.map(|r| r.x - 6.0).fold(limit, f64::min);
        from = if cut > from + 100.0 { cut } else { limit };
        cuts.push(from);
    }
    cuts.push(layout.width);
    cuts
}

fn drawable(diagram: &Diagram, coverage: Coverage) -> Diagram {
    let mut out = diagram.clone();
    for lane in &mut out.lanes {
        lane.label = drawn(&lane.label, coverage);
    }
    for step in &mut out.steps {
        step.title = drawn(&step.title, coverage);
        step.subtitle = drawn(&step.subtitle, coverage);
    }
    for edge in &mut out.edges {
        edge.label = edge.label.as_ref().map(|l| drawn(l, coverage));
    }
    out
}

fn redraw(shape: &mut Shape, coverage: Coverage) {
    match shape {
        Shape::Group { shapes, .. } => shapes.iter_mut().for_each(|s| redraw(s, coverage)),
        Shape::Text { text, .. } => *text = drawn(text, coverage),
        _ => {}
    }
}

/// Makes every string of the data safe to set.
fn settable(value: &mut Value, coverage: Coverage) {
    match value {
        Value::String(text) => *text = breakable(&drawn(text, coverage)),
        Value::Array(list) => list.iter_mut().for_each(|v| settable(v, coverage)),
        Value::Object(map) => map.values_mut().for_each(|v| settable(v, coverage)),
        _ => {}
    }
}

/// The text with every character no face can draw written as its code point.
fn drawn(text: &str, coverage: Coverage) -> String {
    let shelf = &*SHELF;
    let fits = |c: char| match coverage {
        _ if matches!(c, '\n' | ' ') => true,
        Coverage::AnyFont => shelf.draws(c),
        Coverage::TextFace => shelf.text_face_draws(c),
    };
    let text = visible(text).replace('\t', " ");
    if text.chars().all(fits) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if fits(c) {
            out.push(c);
        } else {
            let _ = write!(out, "[U+{:04X}]", u32::from(c));
        }
    }
    out
}

/// Adds places where long runs without a blank may be broken.
fn breakable(text: &str) -> String {
    if text.len() <= WHOLE {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for word in text.split_inclusive([' ', '\n']) {
        if word.chars().count() <= WHOLE {
            out.push_str(word);
            continue;
        }
        let mut since = 0;
        for c in word.chars() {
            // A mark that combines with the letter before stays with it.
            if since >= 12 && c.is_alphanumeric() {
                out.push(MAY_BREAK);
                since = 0;
            }
            out.push(c);
            since += 1;
            if since >= 5 && matches!(c, '/' | '_' | '.' | '@' | '-' | ':' | ',' | ';' | '=' | '&') {
                out.push(MAY_BREAK);
                since = 0;
            }
        }
    }
    out
}
