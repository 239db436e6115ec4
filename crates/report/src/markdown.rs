//! The document as GitHub-flavoured Markdown: one file, stable anchors, tables whose rows keep their order,
//! so that two versions differ only where the plan differs. Ends with the plan itself, packed, in a comment.

mod escape;

use crate::{
    Bundle, ReportError, ReportState,
    document::{Block, Cell, Section, SignatureCard, Span, Style, Swimlane, Table},
    mermaid, payload, sections,
    text::short_hash,
    verify::MAX_FILE_BYTES,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use escape::{code, inline};
use pictures::marks::Sign;
use std::fmt::Write as _;

/// First line of the trailing comment.
pub(crate) const PAYLOAD_START: &str = "<!-- plumbline-payload";
/// Last line of the file.
pub(crate) const PAYLOAD_END: &str = "-->\n";

/// The document as Markdown.
///
/// # Errors
/// [`ReportError::TooLarge`] beyond the bound; else when the facts cannot be written down.
pub fn markdown(bundle: &Bundle) -> Result<String, ReportError> {
    let bundle = &bundle.trimmed();
    let mut out = String::with_capacity(64 * 1024);
    front_matter(bundle, &mut out);
    title(bundle, &mut out);
    let sections = sections::all(bundle);
    for (number, section) in (1..).zip(&sections) {
        let _ = writeln!(out, "{number}. [{}](#{})", section.title, section.id);
    }
    for (number, section) in (1..).zip(&sections) {
        write_section(number, section, &mut out);
    }
    trailer(bundle, &mut out)?;
    if out.len() > MAX_FILE_BYTES {
        return Err(ReportError::TooLarge("the document is larger than 10 MB; export it as JSON".into()));
    }
    Ok(out)
}

fn front_matter(bundle: &Bundle, out: &mut String) {
    let quoted = |text: &str| serde_json::Value::from(crate::text::visible(text)).to_string();
    let _ = write!(
        out,
        "---\nplan: {}\ntitle: {}\nversion: {}\nstate: {}\nas_of: {}\nroot_sha256: {}\nrenderer: {}\nkey_fingerprint: {}\n---\n\n",
        quoted(&bundle.plan.key),
        quoted(&bundle.plan.name()),
        bundle.version,
        bundle.state.code(),
        bundle.as_of,
        quoted(&bundle.root),
        crate::RENDERER,
        quoted(&bundle.key_fingerprint),
    );
}

fn title(bundle: &Bundle, out: &mut String) {
    let _ = writeln!(out, "# {}\n", inline(&bundle.plan.name()));
    let state = match (&bundle.state, &bundle.signature) {
        (ReportState::Draft, _) => "**DRAFT, not signed**".to_owned(),
        (ReportState::Withdrawn(reason), _) => format!("**Signature withdrawn:** {}", inline(reason)),
        (ReportState::Signed, Some(s)) => format!("Signed {} by {}", crate::text::instant(s.at), inline(&s.name)),
        (ReportState::Signed, None) => "Signed".to_owned(),
    };
    let _ = writeln!(out, "Version {} · {state} · sha256 {}\n", bundle.version, code(&short_hash(&bundle.root)));
}

fn write_section(number: usize, section: &Section, out: &mut String) {
    let _ = writeln!(out, "\n<a id=\"{}\"></a>\n\n## {number}. {}\n\n*{}*\n", section.id, section.title, section.lead);
    for block in &section.blocks {
        write_block(block, out);
    }
}

fn write_block(block: &Block, out: &mut String) {
    match block {
        Block::Heading { level, text, key, anchor } => {
            if let Some(anchor) = anchor {
                let _ = writeln!(out, "<a id=\"{anchor}\"></a>\n");
            }
            let key = if key.is_empty() { String::new() } else { format!(" ({})", inline(key)) };
            let _ = writeln!(out, "{} {}{key}\n", "#".repeat(usize::from(*level) + 1), inline(text));
        }
        Block::Prose { text } => {
            for paragraph in text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
                let lines: Vec<String> = paragraph.lines().map(inline).collect();
                let _ = writeln!(out, "{}\n", lines.join("<br>\n"));
            }
        }
        Block::Note { text } => {
            let _ = writeln!(out, "*{}*\n", inline(text));
        }
        Block::Facts { rows } => {
            for fact in rows {
                let _ = writeln!(out, "- **{}:** {}", inline(&fact.label), cell(&fact.value));
            }
            out.push('\n');
        }
        Block::Table(table) => write_table(table, out),
        Block::Gates { gates } => {
            for gate in gates {
                let _ = writeln!(
                    out,
                    "- **Gate {}, {}:** {} {}",
                    gate.number,
                    inline(&gate.name),
                    glyph(gate.sign),
                    inline(&gate.status)
                );
                for reason in &gate.reasons {
                    let _ = writeln!(out, "  - {} {}", glyph(reason.sign), inline(&reason.text));
                }
            }
            out.push('\n');
        }
        Block::Figure(figure) => {
            let _ = writeln!(out, "*{}*\n\n```mermaid\n{}```\n", inline(&figure.title), figure.mermaid);
        }
        Block::Swimlane(lane) => write_swimlane(lane, out),
        Block::Signature(card) => write_signature(card, out),
    }
}

fn write_swimlane(lane: &Swimlane, out: &mut String) {
    let _ = writeln!(
        out,
        "<a id=\"{}\"></a>\n\n#### {} ({})\n\n*{}*\n",
        lane.anchor,
        inline(&lane.title),
        inline(&lane.key),
        inline(&lane.source)
    );
    if !lane.diagram.steps.is_empty() {
        let _ = writeln!(out, "```mermaid\n{}```\n", mermaid::swimlane(&lane.diagram));
    }
    write_table(&lane.steps, out);
}

fn write_signature(card: &SignatureCard, out: &mut String) {
    let _ = writeln!(
        out,
        "- **{}: {}** {} {}",
        inline(&card.role),
        inline(&card.name),
        glyph(card.sign),
        inline(&card.status)
    );
    let hash = if card.hash.is_empty() { String::new() } else { code(&card.hash) };
    for (label, value) in [
        ("Meaning", inline(&card.meaning)),
        ("Time", inline(&card.at)),
        ("Identity proved", inline(&card.proved)),
        ("Covers", inline(&card.covers)),
        ("sha256", hash),
        ("Remark", inline(&card.remark)),
    ] {
        if !value.is_empty() {
            let _ = writeln!(out, "  - {label}: {value}");
        }
    }
    out.push('\n');
}

fn write_table(table: &Table, out: &mut String) {
    if table.rows.is_empty() {
        if !table.empty.is_empty() {
            let _ = writeln!(out, "*{}*\n", table.empty);
        }
        return;
    }
    if !table.title.is_empty() {
        let _ = writeln!(out, "**{}**\n", inline(&table.title));
    }
    let shown: Vec<usize> = (0..table.columns.len()).filter(|&c| !is_bar(table, c)).collect();
    let titles: Vec<String> = shown.iter().map(|&c| inline(&table.columns[c].title)).collect();
    let rule: Vec<&str> = shown.iter().map(|&c| if table.columns[c].figures { "--:" } else { "---" }).collect();
    let _ = writeln!(out, "| {} |\n| {} |", titles.join(" | "), rule.join(" | "));
    for row in &table.rows {
        let anchor = row.anchor.as_ref().map(|a| format!("<a id=\"{a}\"></a>")).unwrap_or_default();
        let cells: Vec<String> = shown.iter().filter_map(|&c| row.cells.get(c)).map(cell).collect();
        let _ = writeln!(out, "| {anchor}{} |", cells.join(" | "));
    }
    out.push('\n');
}

/// Whether a column holds nothing but pictures, whose figures stand beside it.
fn is_bar(table: &Table, column: usize) -> bool {
    table.rows.iter().filter_map(|r| r.cells.get(column)).any(|c| matches!(c.0.first(), Some(Span::Bar { .. })))
}

fn cell(cell: &Cell) -> String {
    let mut out = String::new();
    for span in &cell.0 {
        match span {
            Span::Text { text, style } => {
                let lines: Vec<String> = text.lines().map(|line| styled(line, *style)).collect();
                out.push_str(&lines.join("<br>"));
            }
            Span::Sign { sign, .. } => {
                let _ = write!(out, "{} ", glyph(*sign));
            }
            Span::Break => out.push_str("<br>"),
            Span::Bar { .. } => {}
        }
    }
    out
}

fn styled(text: &str, style: Style) -> String {
    // Emphasis must hug its text, or it is none.
    let core = text.trim();
    if core.is_empty() {
        return text.to_owned();
    }
    let lead = &text[..text.len() - text.trim_start().len()];
    match style {
        Style::Plain => format!("{lead}{}{}", inline(core), &text[text.trim_end().len()..]),
        Style::Muted => format!("{lead}<sub>{}</sub>", inline(core)),
        Style::Strong => format!("{lead}**{}**", inline(core)),
        Style::Mono => format!("{lead}{}", code(core)),
    }
}

fn glyph(sign: Sign) -> &'static str {
    match sign {
        Sign::InSync => "●",
        Sign::EqualByRule => "◍",
        Sign::Coincident => "◌",
        Sign::Differs => "◆",
        Sign::Missing => "◇",
        Sign::Duplicate => "×2",
        Sign::Unknown => "?",
        Sign::Error => "■",
        Sign::Warn => "▲",
        Sign::Info | Sign::NotBegun => "○",
        Sign::Pass => "✓",
        Sign::Blocked => "⊖",
        Sign::Waits | Sign::Clock => "◐",
        Sign::Plus => "＋",
        Sign::Minus => "−",
        Sign::NotEqual => "≠",
        Sign::Detour => "↷",
        Sign::Automated | Sign::Gear => "⚙",
        Sign::Fork => "⑂",
    }
}

fn trailer(bundle: &Bundle, out: &mut String) -> Result<(), ReportError> {
    let _ = write!(
        out,
        "\n{PAYLOAD_START}\nrenderer: {}\nroot: {}\nsignature: {}\n",
        crate::RENDERER,
        bundle.root.replace("--", ""),
        bundle.root_signature.as_deref().unwrap_or("none").replace("--", ""),
    );
    if let Some(key) = &bundle.public_key {
        let _ = writeln!(out, "key: {}", key.replace("--", ""));
    }
    for (name, bytes) in [("plan", &bundle.canonical), ("facts", &payload::facts(bundle)?)] {
        let _ = writeln!(out, "{name}:");
        let packed = STANDARD.encode(payload::pack(bytes)?);
        for line in packed.as_bytes().chunks(100) {
            out.push_str(&String::from_utf8_lossy(line));
            out.push('\n');
        }
    }
    out.push_str(PAYLOAD_END);
    Ok(())
}
