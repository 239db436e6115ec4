//! Gate 4: the four questions with their proofs, the options considered, and whether it could be simpler.

use super::sync::run_in_words;
use crate::{
    Bundle,
    document::{Blocks, Cell, Style, Table, Tone},
    text::{anchor, choice, joined, short_hash},
};
use domain::{
    Choices,
    entity::{DesignOption, Proof, TrialAnswer, TrialQuestion, TrialVerdict},
};
use pictures::marks::Sign;

const QUESTIONS: [TrialQuestion; 4] =
    [TrialQuestion::Format, TrialQuestion::Code, TrialQuestion::Write, TrialQuestion::Apis];

pub(super) fn build(bundle: &Bundle, out: &mut Blocks) {
    let current = bundle.evidence.slice_hashes.get("trial").map(String::as_str).unwrap_or_default();
    let mut table = Table::new(&[("Question", 3.0), ("Answer", 1.1), ("What was learnt", 3.0), ("Evidence", 3.6)], "");
    for question in QUESTIONS {
        let answers: Vec<_> = bundle.plan.each::<TrialAnswer>().filter(|a| a.question == Some(question)).collect();
        if answers.is_empty() {
            let nothing = Cell::default().sign(Sign::NotBegun, Tone::Quiet, "not answered");
            table.row(None, vec![Cell::text(question.label()), nothing, Cell::default(), Cell::default()]);
        }
        for answer in answers {
            let verdict = match answer.answer {
                Some(TrialVerdict::Yes) => Cell::default().sign(Sign::Pass, Tone::Good, "yes"),
                Some(TrialVerdict::No) => Cell::default().sign(Sign::Differs, Tone::Bad, "no"),
                _ => Cell::default().sign(Sign::NotBegun, Tone::Quiet, "not yet"),
            };
            let by = if answer.answered_by.is_empty() {
                verdict
            } else {
                verdict.line().styled(answer.answered_by.to_string(), Style::Muted)
            };
            let proofs = answer.proofs.iter().fold(Cell::default(), |cell, p| proof(bundle, cell.line(), p, current));
            table.row(Some(anchor(answer.item)), vec![Cell::text(question.label()), by, (&answer.note).into(), proofs]);
        }
    }
    out.table(table);
}

fn proof(bundle: &Bundle, cell: Cell, proof: &Proof, current: &str) -> Cell {
    let run = proof.run.and_then(|id| bundle.evidence.run(id)).map(|run| run_in_words(bundle, run));
    let file = proof
        .file
        .and_then(|id| bundle.evidence.files.iter().find(|f| f.id == id))
        .map(|f| format!("{} · {}", f.name, short_hash(&f.sha256)));
    let words = joined([run.unwrap_or_default(), file.unwrap_or_default(), proof.note.to_string()], "\n");
    let cell = cell.plain(if words.is_empty() { choice(proof.kind).to_owned() } else { words });
    let stamped = !current.is_empty() && !proof.slice_hash.is_empty();
    if !stamped || rules::proof_is_current(proof, &bundle.evidence, current) {
        return cell;
    }
    cell.line().sign(Sign::Warn, Tone::Warn, "taken before flows or mapping changed")
}

pub(super) fn options(bundle: &Bundle, out: &mut Blocks) {
    let charter = bundle.plan.charter();
    let answer = Cell::from(&charter.simpler_answer);
    let answer = if charter.simpler_by.is_empty() {
        answer
    } else {
        answer.line().styled(charter.simpler_by.to_string(), Style::Muted)
    };
    out.facts(vec![("Could this be simpler?", answer)]);
    let mut table = Table::new(
        &[("Key", 0.7), ("Option", 3.6), ("For", 2.4), ("Against", 2.4), ("#Complexity", 1.1), ("Choice", 2.2)],
        "No option is written down.",
    );
    for o in bundle.plan.each::<DesignOption>() {
        let name = Cell::default().styled(o.name.to_string(), Style::Strong);
        let name = if o.description.is_empty() { name } else { name.line().plain(o.description.to_string()) };
        let chosen = match o.chosen {
            true => Cell::default().sign(Sign::Pass, Tone::Good, "chosen"),
            false => Cell::text("not chosen"),
        };
        let chosen =
            if o.reason.is_empty() { chosen } else { chosen.line().styled(o.reason.to_string(), Style::Muted) };
        let complexity = Cell::text(o.complexity.map(|c| c.to_string()).unwrap_or_default());
        table.row(
            Some(anchor(o.item)),
            vec![Cell::mono(o.key()), name, (&o.pros).into(), (&o.cons).into(), complexity, chosen],
        );
    }
    out.table(table);
}
