//! The first page a sponsor reads: purpose, dates, the five gates, what stands in the way.

use crate::{
    Bundle,
    document::{Block, Blocks, Cell, GateReason, GateTile, Style, Table, Tone},
    text::{choice, counted, day, joined},
};
use rules::{Finding, Gate, GateState, Severity};

use pictures::marks::Sign;

pub(super) fn build(bundle: &Bundle, out: &mut Blocks) {
    let charter = bundle.plan.charter();
    out.prose(charter.purpose.to_string());
    let target = joined([charter.benefit_baseline.to_string(), charter.benefit_target.to_string()], " → ");
    let benefit = Cell::from(&charter.benefit);
    let benefit = if target.is_empty() { benefit } else { benefit.line().styled(target, Style::Muted) };
    let level = Cell::text(choice(charter.change_level));
    let level = match charter.change_reason.is_empty() {
        true => level,
        false => level.line().styled(charter.change_reason.to_string(), Style::Muted),
    };
    out.facts(vec![
        ("Sponsor", (&charter.sponsor).into()),
        ("Lead", (&charter.lead).into()),
        ("Go-live", Cell::text(day(charter.go_live))),
        ("Benefit", benefit),
        ("Owner of the benefit", (&charter.benefit_owner).into()),
        ("Change management", level),
    ]);
    if !bundle.gates.is_empty() {
        let passed = bundle.gates.iter().filter(|g| g.state == GateState::Passes).count();
        out.heading(format!("{passed} of {} gates pass", bundle.gates.len()));
        out.push(Block::Gates { gates: bundle.gates.iter().map(tile).collect() });
    }
    findings(bundle, out);
}

fn findings(bundle: &Bundle, out: &mut Blocks) {
    let open: Vec<&Finding> = bundle.findings.iter().filter(|f| f.waived.is_none()).collect();
    let of = |severity| u64::try_from(open.iter().filter(|f| f.severity == severity).count()).unwrap_or(u64::MAX);
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warn));
    out.heading(match (errors, warnings) {
        (0, 0) => "Nothing stands in the way".to_owned(),
        (0, _) => format!("Nothing blocks sign-off, {} to look at", counted(warnings, "finding", "findings")),
        (1, _) => "1 finding blocks sign-off".to_owned(),
        _ => format!("{errors} findings block sign-off"),
    });
    let mut table = Table::new(
        &[("Finding", 1.0), ("Rule", 1.0), ("What", 6.6), ("About", 0.7), ("Gate", 0.6)],
        "No rule found anything.",
    );
    for finding in open {
        table.row(
            None,
            vec![
                severity(finding.severity),
                Cell::mono(finding.rule.clone()),
                Cell::text(finding.message.clone()),
                Cell::mono(finding.key.clone()),
                Cell::text(finding.gate.to_string()),
            ],
        );
    }
    out.table(table);
}

fn severity(severity: Severity) -> Cell {
    match severity {
        Severity::Error => Cell::default().sign(Sign::Error, Tone::Bad, "error"),
        Severity::Warn => Cell::default().sign(Sign::Warn, Tone::Warn, "warn"),
        Severity::Info => Cell::default().sign(Sign::Info, Tone::Quiet, "note"),
    }
}

fn tile(gate: &Gate) -> GateTile {
    let (sign, tone) = match gate.state {
        GateState::Passes => (Sign::Pass, Tone::Good),
        GateState::Blocked => (Sign::Differs, Tone::Bad),
        GateState::NotBegun => (Sign::NotBegun, Tone::Quiet),
        GateState::Waits => (Sign::Waits, Tone::Quiet),
    };
    let status = match gate.state {
        GateState::Blocked => format!("{} open", gate.errors),
        state => state.label().to_owned(),
    };
    let reasons = gate.reasons.iter().map(|reason| {
        let (sign, tone) = match reason.sign {
            rules::Sign::Good => (Sign::InSync, Tone::Good),
            rules::Sign::Bad => (Sign::Differs, Tone::Bad),
            rules::Sign::Warn => (Sign::Warn, Tone::Warn),
            rules::Sign::Manual => (Sign::Coincident, Tone::Warn),
            rules::Sign::Missing => (Sign::Missing, Tone::Quiet),
        };
        GateReason { sign, tone, text: reason.text.clone() }
    });
    let begun = matches!(gate.state, GateState::Passes | GateState::Blocked);
    GateTile { number: gate.number, name: gate.name.clone(), begun, status, sign, tone, reasons: reasons.collect() }
}

/// A yes with its sign, or a no.
pub(super) fn yes_no(yes: bool, word_yes: &str, word_no: &str) -> Cell {
    if yes {
        Cell::default().sign(Sign::InSync, Tone::Good, word_yes)
    } else {
        Cell::default().sign(Sign::Missing, Tone::Quiet, word_no)
    }
}
