//! Why each gate stands where it stands, in a few words with numbers.

use super::{Page, Reason, Sign, Target};
use crate::{
    Finding, QuestionState, Verdict,
    context::{count, days_between},
    number, percent,
    process::process_views,
};
use domain::entity::{HistoryDecision, Mechanism, StepKind, WalkMode};
use domain::{Date, Evidence, ItemId, Plan, PlanState, Row, Slot};
use std::collections::BTreeSet;

fn reason(sign: Sign, text: impl Into<String>, target: Target) -> Reason {
    Reason { sign, text: text.into(), target }
}

fn page(sign: Sign, text: impl Into<String>, page: Page) -> Reason {
    reason(sign, text, Target::Page(page))
}

/// A ratio: good when it is whole.
fn ratio(done: usize, all: usize, words: &str, to: Page) -> Reason {
    let sign = if done == all { Sign::Good } else { Sign::Bad };
    page(sign, format!("{} of {} {words}", number(done as u64), number(all as u64)), to)
}

pub(super) fn data_reasons(plan: &Plan, findings: &[Finding], today: Date) -> Vec<Reason> {
    let coverage = crate::truth_coverage(plan);
    if coverage.points == 0 {
        return vec![page(Sign::Missing, "No data point yet", Page::Data)];
    }
    let mut reasons = vec![ratio(coverage.agreed, coverage.points, "points have a truth", Page::Truth)];
    let conflicts = crate::conflicts(plan);
    let open: Vec<_> = conflicts.iter().filter(|c| c.open()).collect();
    if let Some(oldest) = open.iter().min_by_key(|c| c.since) {
        let days = days_between(crate::context::day(oldest.since), today);
        // One point may be in conflict in several ways; people count points.
        let points: BTreeSet<ItemId> = open.iter().map(|c| c.point).collect();
        let age = if points.len() == 1 { "" } else { "oldest " };
        let text = format!(
            "{}, {age}{} old",
            count(points.len(), "conflict", "conflicts"),
            count(usize::try_from(days).unwrap_or(0), "day", "days")
        );
        reasons.push(page(Sign::Bad, text, Page::Truth));
        let scope = oldest.scope.map(|id| format!(" for {}", plan.title(id))).unwrap_or_default();
        let what = match oldest.kind {
            crate::ConflictKind::Duplicate | crate::ConflictKind::Overlap => "two truths",
            crate::ConflictKind::Disputed => "truth is disputed",
            crate::ConflictKind::RoleMismatch => "truth lies in a copy",
        };
        reasons.push(reason(
            Sign::Bad,
            format!("{}: {what}{scope}", plan.title(oldest.point)),
            Target::Item(oldest.point),
        ));
    }
    first_errors(&mut reasons, findings, 1, &["SOT-001", "SOT-002", "SOT-005"]);
    reasons
}

/// Fills up to three reasons with what the rules say.
fn first_errors(reasons: &mut Vec<Reason>, findings: &[Finding], gate: u8, said: &[&str]) {
    let more = findings.iter().filter(|f| f.gate == gate && f.blocks() && !said.contains(&f.rule.as_str()));
    for finding in more.take(3_usize.saturating_sub(reasons.len())) {
        let target = finding.subject.map_or(Target::Page(Page::Findings), Target::Item);
        reasons.push(reason(Sign::Bad, finding.message.clone(), target));
    }
}

pub(super) fn process_reasons(plan: &Plan, findings: &[Finding]) -> Vec<Reason> {
    let processes = process_views(plan);
    let mut reasons = Vec::new();
    if processes.is_empty() {
        reasons.push(page(Sign::Missing, "No process yet", Page::Process));
    } else {
        let walked = |w: &Row<'_, domain::entity::Walkthrough>| {
            w.held_on.is_some() && matches!(w.mode, Some(WalkMode::Live | WalkMode::ScreenShare))
        };
        let seen = processes.iter().filter(|p| p.walks.iter().any(walked)).count();
        reasons.push(ratio(seen, processes.len(), "walked through", Page::Process));
        if let Some(unseen) = processes.iter().find(|p| !p.walks.iter().any(walked)) {
            let text = format!("{} never observed", unseen.process.name);
            reasons.push(reason(Sign::Bad, text, Target::Item(unseen.process.id())));
        }
    }
    let untold = findings.iter().filter(|f| f.rule == "CHG-002" && f.blocks());
    let mut teams: Vec<ItemId> = untold.filter_map(|f| f.subject).collect();
    teams.dedup();
    match teams.as_slice() {
        [] => {
            let (told, affected) = crate::teams_told(plan);
            if affected > 0 {
                reasons.push(ratio(told, affected, "affected teams are told in time", Page::Change));
            }
        }
        [team] => {
            let text = format!("{} gets no message", plan.title(*team));
            reasons.push(reason(Sign::Bad, text, Target::Item(*team)));
        }
        teams => reasons.push(page(Sign::Bad, format!("{} teams get no message", teams.len()), Page::Change)),
    }
    let by_hand: usize = processes
        .iter()
        .map(|p| p.to_be_steps.iter().filter(|s| matches!(s.kind, Some(StepKind::Manual))).count())
        .sum();
    if reasons.len() < 3 && by_hand > 0 {
        reasons.push(page(Sign::Manual, format!("{} stay manual", count(by_hand, "step", "steps")), Page::Process));
    }
    first_errors(&mut reasons, findings, 2, &["CHG-002", "WLK-001"]);
    reasons
}

pub(super) fn sync_reasons(plan: &Plan, evidence: &Evidence) -> Vec<Reason> {
    let verdicts = crate::verdict_matrix(plan, evidence);
    if verdicts.is_empty() {
        return vec![page(Sign::Missing, "Nothing compared yet", Page::Sync)];
    }
    let mut reasons = Vec::new();
    let distinct = |keep: &dyn Fn(&&crate::PointVerdict) -> bool| {
        let mut points: Vec<ItemId> = verdicts.iter().filter(keep).map(|v| v.point).collect();
        points.sort_unstable();
        points.dedup();
        points.len()
    };
    let manual = distinct(&|v| v.manual());
    if manual > 0 {
        let retyped = verdicts.iter().filter(|v| v.manual()).all(|v| v.mechanism == Some(Mechanism::Rekey));
        let how = if retyped { "retyped by hand" } else { "kept by hand or by nothing" };
        let text = format!("{} {how}", count(manual, "point", "points"));
        reasons.push(page(Sign::Manual, text, Page::Sync));
    }
    let worst = verdicts
        .iter()
        .filter(|v| v.verdict == Verdict::Differs)
        .max_by_key(|v| (v.different, std::cmp::Reverse(v.point)));
    if let Some(worst) = worst {
        let text = format!("{}: {} differ", plan.title(worst.point), number(worst.different));
        reasons.push(reason(Sign::Bad, text, worst.check.map_or(Target::Page(Page::Sync), Target::Item)));
    }
    for (id, name) in undecided(plan, &verdicts).into_iter().take(2) {
        reasons.push(reason(Sign::Missing, format!("{name}: no decision yet"), Target::Item(id)));
    }
    let unknown = distinct(&|v| v.verdict == Verdict::Unknown);
    if unknown > 0 && reasons.len() < 3 {
        reasons.push(page(Sign::Missing, format!("{} not measured", count(unknown, "point", "points")), Page::Sync));
    }
    if reasons.is_empty() {
        let good = verdicts.iter().filter(|v| v.verdict.synchronised()).count();
        let share = percent(good as u64, verdicts.len() as u64);
        let sign = if good == verdicts.len() { Sign::Good } else { Sign::Warn };
        reasons.push(page(sign, format!("{share} of {} in sync", count(verdicts.len(), "pair", "pairs")), Page::Sync));
    }
    reasons
}

/// Objects with copies that are not synchronised and no decision about existing data.
fn undecided(plan: &Plan, verdicts: &[crate::PointVerdict]) -> Vec<(ItemId, String)> {
    let decided: Vec<ItemId> =
        plan.each::<HistoryDecision>().filter(|d| crate::is_settled(d.entity)).filter_map(|d| d.object).collect();
    let mut objects: Vec<ItemId> = verdicts
        .iter()
        .filter(|v| v.known_unsynchronised())
        .filter_map(|v| plan.get::<domain::entity::DataPoint>(v.point)?.object)
        .filter(|id| !decided.contains(id) && plan.item(*id).is_some())
        .collect();
    objects.sort_unstable();
    objects.dedup();
    objects.into_iter().map(|id| (id, plan.title(id))).collect()
}

/// What a run found of format and quantity.
const UNEXPECTED: [&str; 2] = ["TST-002", "TST-008"];

pub(super) fn trial_reasons(plan: &Plan, evidence: &Evidence, findings: &[Finding]) -> Vec<Reason> {
    let questions = crate::trial_state(plan, evidence);
    let passed = questions.iter().filter(|q| q.state == QuestionState::Passes).count();
    let mut reasons = vec![if passed == 0 {
        page(Sign::Missing, "No complete trial", Page::Trial)
    } else {
        ratio(passed, questions.len(), "questions answered with evidence", Page::Trial)
    }];
    let stale = questions.iter().filter(|q| q.state == QuestionState::Stale).count();
    if stale > 0 {
        let text = format!("{} older than the last change", count(stale, "answer is", "answers are"));
        reasons.push(page(Sign::Warn, text, Page::Trial));
    }
    let unexpected = findings.iter().filter(|f| UNEXPECTED.contains(&f.rule.as_str()) && f.blocks());
    for finding in unexpected.take(3_usize.saturating_sub(reasons.len())) {
        let target = finding.subject.map_or(Target::Page(Page::Findings), Target::Item);
        reasons.push(reason(Sign::Bad, finding.message.clone(), target));
    }
    let poor = plan.each::<domain::entity::Instance>().find(|i| i.docs_accuracy.is_some_and(|n| n <= 2));
    if let Some(poor) = poor.filter(|i| crate::canonical::covered_items(plan).contains_key(&i.id())) {
        let text = format!("{}: documentation rated {} of 5", poor.name, poor.docs_accuracy.unwrap_or(0));
        reasons.push(reason(Sign::Warn, text, Target::Item(poor.id())));
    }
    reasons
}

pub(super) fn sign_reasons(plan: &Plan, evidence: &Evidence, blockers: usize) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if plan.state == PlanState::Signed {
        reasons.push(page(Sign::Good, format!("Version {} is signed", plan.version), Page::Review));
    } else {
        let filled = Slot::ALL.iter().filter(|s| evidence.slots.iter().any(|a| a.slot == **s)).count();
        reasons.push(ratio(filled, Slot::ALL.len(), "slots have somebody to sign", Page::Review));
    }
    if blockers > 0 {
        let text = format!("{} it", count(blockers, "finding blocks", "findings block"));
        reasons.push(page(Sign::Missing, text, Page::Findings));
    }
    if evidence.open_threads > 0 {
        let text = format!("{} unresolved", count(evidence.open_threads as usize, "thread", "threads"));
        reasons.push(page(Sign::Warn, text, Page::Review));
    }
    reasons
}
