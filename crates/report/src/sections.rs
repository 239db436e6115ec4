//! What a plan document says, in the order in which planning is done. The writers only decide how it looks.

mod change;
mod data;
mod expected;
mod flows;
mod governance;
mod history;
mod processes;
mod risks;
mod signoff;
mod steps;
mod summary;
mod sync;
mod trial;

use crate::{
    Bundle,
    document::{Blocks, Section},
};

/// Every section, in order.
pub(crate) fn all(bundle: &Bundle) -> Vec<Section> {
    type Build = fn(&Bundle, &mut Blocks);
    let parts: [(&str, &str, &str, Build); 15] = [
        (
            "summary",
            "Summary and gates",
            "What is planned, for whom, and what still stands in the way.",
            summary::build,
        ),
        (
            "data",
            "Data points and their truth",
            "Which facts the integration moves, where they live, and which copy is right.",
            data::build,
        ),
        (
            "flows",
            "Flows and mapping",
            "What moves from where to where, and what happens to each value on the way.",
            flows::build,
        ),
        ("processes", "Processes", "How the work is done: as told, as observed, and as it will be.", processes::build),
        ("change", "Change and communications", "Who is affected, and who tells them what and when.", change::build),
        (
            "risks",
            "Effects, risks and opportunities",
            "What it sets off elsewhere, what may go wrong, what may come of it.",
            risks::build,
        ),
        (
            "sync",
            "Is the data synchronised?",
            "What was claimed, and what the comparisons in the test environments showed.",
            sync::build,
        ),
        (
            "history",
            "Decisions about existing data",
            "The conscious choice for each object, and what follows from it.",
            history::build,
        ),
        (
            "trial",
            "Trial",
            "The four questions, each answered with what was seen in the test environment.",
            trial::build,
        ),
        (
            "options",
            "Options and simplicity",
            "Which ways were considered, and whether it could be simpler.",
            trial::options,
        ),
        (
            "governance",
            "Governance and personal data",
            "What must be handled with care, where it is kept, and how it is protected.",
            governance::build,
        ),
        ("sign-off", "Sign-off", "Who agreed to what, in which role, and when.", signoff::build),
        ("waivers", "Waivers", "Findings that were accepted by name, with the reason.", signoff::waivers),
        ("glossary", "Glossary", "Words everybody uses in the same sense.", governance::glossary),
        ("rules", "Rules that found something", "What the findings in this document are based on.", governance::rules),
    ];
    parts
        .into_iter()
        .map(|(id, title, lead, build)| {
            let mut blocks = Blocks::default();
            build(bundle, &mut blocks);
            Section { id, title, lead, blocks: blocks.0 }
        })
        .collect()
}
