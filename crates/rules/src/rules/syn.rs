//! SYN: what is said to be synchronised was measured, and a manual mechanism is not synchronisation.

use super::cards;
use crate::{
    PointVerdict, Verdict,
    context::{Cx, day, days_between, in_words},
    finding::Hit,
    is_manual, number, percent,
};
use domain::Choices;
use domain::entity::ClaimedState;
use std::collections::BTreeSet;

cards! {
    "SYN-001" Error locked @3 manual_claim, "Manual work said to be synchronisation";
    seed "Often when customers initially indicate their data is synchronised, they refer to a manual process. And in our world, the data is in fact not synchronised if this is the case.";
    why "Equal values today are a coincidence; nothing keeps them equal tomorrow.";
    good "Loyalty tier: not synchronised, retyped on Mondays.";
    bad "Loyalty tier: synchronised, retyped on Mondays.";

    "SYN-002" Error @3 no_verdict, "Pair without a verdict";
    seed "The next step is to determine whether the data is currently actually synchronised at all.";
    why "A flow laid over unknown data makes the unknown harder to find.";
    good "E-mail, CRM and ERP: differs, 412 of 5 000.";
    bad "E-mail, CRM and ERP: nobody has looked.";

    "SYN-003" Error @3 claim_refuted, "Claim refuted by a run";
    seed "determining whether the data points that are currently in the systems are actually synchronised or not";
    why "The claim is what others rely on; the values say otherwise.";
    good "Claimed synchronised, measured 99.8 % equal.";
    bad "Claimed synchronised, measured 91.7 % equal.";

    "SYN-004" Warn @3 claim_unproven, "Claim without a run";
    seed "Often when customers initially indicate their data is synchronised";
    why "A claim is where the question begins.";
    good "Claimed and measured.";
    bad "Claimed by the vendor, never measured.";

    "SYN-005" Warn @5 stale_run, "Sync result out of date";
    seed "whether the data points that are currently in the systems are actually synchronised or not";
    why "Data moves on; so do definitions.";
    good "Measured last week, after the last change of the check.";
    bad "Measured in autumn, key changed since.";

    "SYN-006" Warn @3 ambiguous, "Records with more than one partner";
    seed "it can be hard to actually work out which records match to which";
    why "Whichever partner is picked, some picks are wrong.";
    good "Every key once on each side.";
    bad "37 customers match two debtors.";

    "SYN-007" Info @3 format_only, "Differences in form only";
    seed "people make mistakes and just input information in different ways";
    why "One agreed rule may settle most of the differences.";
    good "Case is ignored for e-mails, as agreed.";
    bad "388 of 412 differ in case only.";
}

fn manual_claim(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for claim in cx.claims.iter().filter(|c| c.claimed == Some(ClaimedState::Synchronised)) {
        let Some(mechanism) = claim.mechanism.filter(|m| is_manual(*m)) else {
            continue;
        };
        let message = format!(
            "{} is said to be synchronised but the mechanism is manual ({}); record it as not synchronised (then CLN-001 applies)",
            cx.titled(claim.data_point, "An unnamed point"),
            mechanism.label().to_lowercase()
        );
        let fix = crate::Fix::set(
            "Record it as not synchronised",
            claim.id(),
            "claimed",
            serde_json::Value::String(ClaimedState::NotSynchronised.code().into()),
        );
        hits.push(Hit::on(claim.id(), message).field("claimed").fact(mechanism.code()).fix(fix));
    }
    hits
}

fn no_verdict(cx: &Cx<'_>) -> Vec<Hit> {
    let open = cx.verdicts.iter().filter(|v| v.verdict == Verdict::Unknown && !v.manual());
    open.map(|v| {
        let (a, b) = (cx.title(v.left), cx.title(v.right));
        let message = format!("{} between {a} and {b} has no sync verdict", cx.title(v.point));
        Hit::on(v.point, message).fact(v.left).fact(v.right)
    })
    .collect()
}

/// Pairs somebody claims to be synchronised by something automatic.
fn claimed<'c>(cx: &'c Cx<'_>) -> impl Iterator<Item = &'c PointVerdict> {
    cx.verdicts.iter().filter(|v| v.claimed == Some(ClaimedState::Synchronised) && !v.manual())
}

fn claim_refuted(cx: &Cx<'_>) -> Vec<Hit> {
    let refuted = claimed(cx).filter(|v| v.run.is_some() && !v.verdict.synchronised() && v.verdict != Verdict::Unknown);
    refuted
        .filter_map(|v| {
            let known = v.compared.saturating_add(v.missing_left).saturating_add(v.missing_right);
            let share = percent(v.equal.saturating_add(v.by_rule), known);
            let message =
                format!("{}: claimed synchronised, measured {share} equal (run {})", cx.title(v.point), v.run_number?);
            Some(Hit::on(v.claim?, message).field("claimed").facts([
                v.equal,
                v.by_rule,
                v.different,
                v.missing_left,
                v.missing_right,
            ]))
        })
        .collect()
}

fn claim_unproven(cx: &Cx<'_>) -> Vec<Hit> {
    let unproven = claimed(cx).filter(|v| v.run.is_none());
    unproven
        .filter_map(|v| {
            let message = format!("{} is claimed synchronised without any run", cx.title(v.point));
            Some(Hit::on(v.claim?, message).field("claimed"))
        })
        .collect()
}

fn stale_run(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for check in &cx.checks {
        let Some(run) = cx.evidence.latest_run(check.id()) else {
            continue;
        };
        let taken = run.ended_at.unwrap_or(run.queued_at);
        let days = days_between(day(taken), cx.today);
        let outdated = run.spec_hash != crate::spec_hash(check.entity);
        if days > cx.profile.evidence_days || outdated {
            let message = if outdated {
                format!("Sync result of {} was taken before the definition changed", check.name)
            } else {
                format!("Sync result of {} is {days} days old", check.name)
            };
            let hit = Hit::on(check.id(), message).fact(run.id).fact(if outdated { "outdated" } else { "old" });
            hits.push(hit.fact(in_words(day(taken))));
        }
    }
    hits
}

fn ambiguous(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for check in &cx.checks {
        let totals = crate::current_run(cx.evidence, check).and_then(|r| r.totals.as_ref());
        let Some(n) = totals.map(|t| t.records.ambiguous).filter(|n| *n > 0) else {
            continue;
        };
        let object = cx.titled(check.object, &check.name);
        let message = format!("{} records of {object} match more than one candidate", number(n));
        hits.push(Hit::on(check.id(), message).fact(n));
    }
    hits
}

fn format_only(cx: &Cx<'_>) -> Vec<Hit> {
    let mut seen = BTreeSet::new();
    let mut hits = Vec::new();
    for v in &cx.verdicts {
        let check = cx.checks.iter().find(|check| Some(check.id()) == v.check);
        let pair = check.and_then(|check| check.entity.compare.iter().find(|pair| pair.data_point == Some(v.point)));
        let agreed = |field: &str| pair.is_some_and(|pair| pair.rules().any(|rule| rule.field == field));
        let (mut n, mut in_part) = (0_u64, false);
        // Every difference that is left counts, as far as there is a rule that is not agreed yet.
        for cause in &v.causes {
            let remedy = crate::remedy(&cause.cause);
            if let Some(left) = remedy.left(agreed).filter(|_| remedy.is_form()) {
                n = n.saturating_add(cause.count);
                in_part |= left.in_part;
            }
        }
        if let (Some(check), true) = (v.check, n > 0 && seen.insert((v.point, v.check))) {
            // What can be read in two ways may be two different values.
            let up_to = if in_part { "up to " } else { "" };
            let (point, count) = (cx.title(v.point), number(n));
            let message = format!("{point}: {up_to}{count} differences are format only — add a normalisation rule?");
            hits.push(Hit::on(check, message).field("compare").fact(v.point).fact(n));
        }
    }
    hits
}
