//! Pictures as Mermaid flowcharts for Markdown. Labels are quoted and every character that could end a quote,
//! open a tag or start an entity is written as an entity of Mermaid's own.

use crate::text::visible;
use pictures::{
    swimlane::{Diagram, NOBODY},
    system_map::Map,
};
use std::{collections::BTreeMap, fmt::Write as _};

/// A swimlane as a flowchart: lanes are subgraphs.
pub(crate) fn swimlane(diagram: &Diagram) -> String {
    let ids: BTreeMap<&str, usize> = diagram.steps.iter().zip(1..).map(|(s, n)| (s.id.as_str(), n)).collect();
    let mut out = String::from("flowchart LR\n");
    let known: Vec<&str> = diagram.lanes.iter().map(|l| l.id.as_str()).collect();
    let lanes = diagram.lanes.iter().map(|l| (Some(l.id.as_str()), l.label.as_str())).chain([(None, NOBODY)]);
    for (number, (lane, name)) in lanes.enumerate() {
        let mine = diagram.steps.iter().zip(1..).filter(|(s, _)| match lane {
            Some(id) => s.lane == id,
            None => !known.contains(&s.lane.as_str()),
        });
        let mut steps = mine.peekable();
        if steps.peek().is_none() {
            continue;
        }
        let _ = writeln!(out, "  subgraph lane{number}[\"{}\"]", label(name));
        for (step, n) in steps {
            let mark = step.mark.map(|m| format!(" – {}", m.word())).unwrap_or_default();
            let _ = writeln!(out, "    s{n}[\"{n}. {}{mark}\"]", label(&step.title));
        }
        out.push_str("  end\n");
    }
    for edge in &diagram.edges {
        let (Some(from), Some(to)) = (ids.get(edge.from.as_str()), ids.get(edge.to.as_str())) else { continue };
        match edge.label.as_deref().filter(|l| !l.trim().is_empty()) {
            Some(text) => {
                let _ = writeln!(out, "  s{from} -->|\"{}\"| s{to}", label(text));
            }
            None => {
                let _ = writeln!(out, "  s{from} --> s{to}");
            }
        }
    }
    out
}

/// A system map as a flowchart: flows whose truth is undecided are dashed.
pub(crate) fn map(map: &Map) -> String {
    let ids: BTreeMap<&str, usize> = map.systems.iter().zip(1..).map(|(s, n)| (s.id.as_str(), n)).collect();
    let mut out = String::from("flowchart LR\n");
    for (system, n) in map.systems.iter().zip(1..) {
        let _ = writeln!(out, "  i{n}[\"{}\"]", label(&system.title));
    }
    for flow in &map.flows {
        let (Some(from), Some(to)) = (ids.get(flow.from.as_str()), ids.get(flow.to.as_str())) else { continue };
        let line = if flow.undecided { "-.->" } else { "-->" };
        let _ = writeln!(out, "  i{from} {line}|\"{}\"| i{to}", label(&flow.label));
    }
    out
}

fn label(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '\n' | '\t' => out.push(' '),
            c if c.is_alphanumeric()
                || matches!(c, ' ' | '.' | ',' | ':' | '-' | '/' | '–' | '·' | '→' | '…' | '\u{202f}') =>
            {
                out.push(c)
            }
            c if c.is_ascii() => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
