//! What must be true before existing data is overwritten, by the same measures as on the page of decisions: what is
//! not known there is unmeasured here.

use super::{chosen, object_title, obligations};
use crate::{ExistingData, Linking, Loss, MeasuredData, Share, context::Cx, finding::Hit, number, percent};
use domain::Row;
use domain::entity::{HistoryChoice, HistoryDecision, ObligationKind};

/// What stands for a figure nobody has.
const UNMEASURED: &str = "unmeasured";

/// Decisions to overwrite, each with the run it is measured by.
fn overwriting<'c, 'a>(
    cx: &'c Cx<'a>,
) -> impl Iterator<Item = (&'c Row<'a, HistoryDecision>, ExistingData, Option<MeasuredData<'a>>)> {
    chosen(cx, HistoryChoice::Overwrite).map(move |decision| {
        let data = ExistingData::from(decision.entity);
        (decision, data, data.measured(cx.plan, cx.evidence))
    })
}

/// A share that is too small, or that nobody has measured: in words, and as a fact. Nothing for one that is enough.
fn short(what: &str, share: Option<Share>, wanted: u64) -> Option<(String, String)> {
    match share.filter(|share| share.whole > 0) {
        None => Some((format!("{what} {UNMEASURED}"), format!("{what} {UNMEASURED}"))),
        Some(share) if share.reaches(wanted) => None,
        Some(share) => {
            let words = format!("{what} {} < {}", share.in_words(), percent(wanted, 1000));
            Some((words, format!("{what} {}/{}", share.part, share.whole)))
        }
    }
}

pub(super) fn overwrite_unlinked(cx: &Cx<'_>) -> Vec<Hit> {
    let wanted = cx.profile.robust_per_mille;
    let mut hits = Vec::new();
    for (decision, data, measured) in overwriting(cx) {
        let (why, facts) = match data.linking(cx.plan, measured.as_ref()) {
            None => ("none is recorded on both sides".to_owned(), Vec::new()),
            Some(Linking { linked: None, .. }) => (UNMEASURED.to_owned(), vec![UNMEASURED.to_owned()]),
            Some(Linking { linked: Some(linked), .. }) if linked.enough(wanted) => continue,
            Some(Linking { linked: Some(linked), .. }) => {
                let n = linked.ambiguous;
                let ambiguous = (n > 0).then(|| (format!("{} ambiguous", number(n)), n.to_string()));
                let found = short("linked", Some(linked.share()), wanted).into_iter().chain(ambiguous);
                let (words, facts): (Vec<String>, Vec<String>) = found.unzip();
                (words.join(", "), facts)
            }
        };
        let object = object_title(cx, decision);
        let message = format!("Overwrite chosen for {object} but no unique identifier links the records ({why})");
        let sides = [decision.source, decision.destination].into_iter().flatten().map(|side| side.to_string());
        hits.push(Hit::on(decision.id(), message).field("choice").facts(sides.chain(facts)));
    }
    hits
}

pub(super) fn overwrite_weak_source(cx: &Cx<'_>) -> Vec<Hit> {
    let wanted = cx.profile.robust_per_mille;
    let mut hits = Vec::new();
    for (decision, _, measured) in overwriting(cx) {
        let found: Vec<(String, String)> = match measured.and_then(|m| m.robustness()) {
            None => vec![(UNMEASURED.to_owned(), UNMEASURED.to_owned())],
            Some(source) => {
                let keys = short("usable keys", Some(source.keys()), wanted);
                let values = short("sound values", source.values.map(|values| values.share()), wanted);
                keys.into_iter().chain(values).collect()
            }
        };
        if found.is_empty() {
            continue;
        }
        let (why, facts): (Vec<String>, Vec<String>) = found.into_iter().unzip();
        let message = format!(
            "Overwrite chosen for {} but the source is not proven robust ({})",
            object_title(cx, decision),
            why.join(", ")
        );
        hits.push(Hit::on(decision.id(), message).field("choice").facts(facts));
    }
    hits
}

pub(super) fn overwrite_loses(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (decision, _, measured) in overwriting(cx) {
        let object = object_title(cx, decision);
        let losses = measured.and_then(|m| m.losses());
        let gone = losses.map(|losses| losses.iter().map(Loss::gone).fold(0, u64::saturating_add));
        let (message, fact) = match gone {
            None => (
                format!(
                    "Overwrite of {object} would replace an unmeasured number of destination values; what nobody has \
                     counted cannot be accepted"
                ),
                UNMEASURED.to_owned(),
            ),
            Some(n) if n == 0 || !decision.loss_accepted_by.is_empty() => continue,
            Some(n) => (
                format!(
                    "Overwrite of {object} would replace {} non-empty destination values that differ; nobody has \
                     accepted the loss",
                    number(n)
                ),
                n.to_string(),
            ),
        };
        hits.push(Hit::on(decision.id(), message).field("loss_accepted_by").fact(fact));
    }
    hits
}

pub(super) fn overwrite_no_way_back(cx: &Cx<'_>) -> Vec<Hit> {
    let backed_up = |d: &Row<'_, HistoryDecision>| {
        !d.backup.is_empty()
            || obligations(cx, d.id()).iter().any(|o| o.kind == Some(ObligationKind::Backup) && !o.content.is_empty())
    };
    chosen(cx, HistoryChoice::Overwrite)
        .filter(|d| !backed_up(d))
        .map(|d| {
            let message = format!("Overwrite of {} has no backup or way back", object_title(cx, d));
            Hit::on(d.id(), message).field("backup")
        })
        .collect()
}
