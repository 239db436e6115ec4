//! Processes, affected teams, the trial, complexity, forecasts, words.

use crate::clean::clean;
use domain::Kind;
use rules::{
    Aspect, ChangedStep, QuestionState, StepStatus, Watched, affected_teams, change_coverage, complexity, display,
    exceptions_of_flow, minutes_per_month, number, percent, simplification, step_changes, step_diff, steps_in_order,
    trial_state, verdict_matrix, watched,
};
use serde_json::json;

#[test]
fn steps_follow_their_arrows_also_in_loops() {
    let mut b = clean();
    let names = |b: &crate::build::Build| {
        steps_in_order(&b.plan, b.id("observed")).iter().map(|s| s.name.to_string()).collect::<Vec<_>>()
    };
    b.set("take_observed", "position", json!(9));
    assert_eq!(names(&b), ["Take the call", "Enter the debtor"]);
    b.set("enter_observed", "next", json!([{"to": "@take_observed"}]));
    assert_eq!(names(&b).len(), 2);
}

#[test]
fn told_and_observed_are_compared_step_by_step() {
    let mut b = clean();
    b.set("enter_observed", "team", json!("@shop")).set("enter_observed", "systems", json!(["@crm1"]));
    b.add(Kind::Step, "extra", json!({"name": "Call back", "variant": "@observed", "team": "@call"}));
    b.add(Kind::Step, "gone", json!({"name": "Print", "variant": "@told", "team": "@call"}));
    let diff = step_diff(&b.plan, b.id("signup"));
    let of = |key: &str| diff.iter().find(|d| d.key == key).unwrap();
    assert_eq!(of("take").status, StepStatus::Same);
    assert_eq!(of("enter").aspects, [Aspect::Actor, Aspect::System]);
    assert_eq!(of("call back").status, StepStatus::Extra);
    assert_eq!(of("print").status, StepStatus::Missing);
}

#[test]
fn another_order_is_a_difference() {
    let mut b = clean();
    for suffix in ["told", "observed"] {
        b.add(
            Kind::Step,
            &format!("c_{suffix}"),
            json!({"name": "File it", "variant": format!("@{suffix}"), "team": "@fin", "step_key": "file"}),
        );
    }
    b.set("enter_told", "next", json!([{"to": "@c_told"}]));
    b.set("take_observed", "next", json!([{"to": "@c_observed"}]));
    b.set("c_observed", "next", json!([{"to": "@enter_observed"}]));
    let diff = step_diff(&b.plan, b.id("signup"));
    let moved: Vec<_> = diff.iter().filter(|d| d.aspects == [Aspect::Order]).map(|d| d.key.as_str()).collect();
    assert_eq!(moved.len(), 1, "{diff:#?}");
}

#[test]
fn automated_steps_affect_the_team_that_did_them() {
    let b = clean();
    let changes = step_changes(&b.plan, b.id("signup"));
    assert_eq!(changes.iter().map(|c| c.change).collect::<Vec<_>>(), [ChangedStep::Unchanged, ChangedStep::Automated]);
    let affected = affected_teams(&b.plan);
    assert_eq!(affected.iter().map(|a| a.team).collect::<Vec<_>>(), [b.id("fin")]);
    let rows = change_coverage(&b.plan);
    assert!(rows[0].affected && rows[0].told_in_time);
    assert_eq!(rows[0].stages.len(), 2);
    assert_eq!(simplification(&b.plan, b.id("signup")), Some(34));
    let observed = steps_in_order(&b.plan, b.id("observed"));
    assert_eq!(minutes_per_month(&observed), 7 * 300 * 52 / 12);
}

#[test]
fn a_question_passes_only_with_evidence_of_the_current_state() {
    let mut b = clean();
    let states =
        |b: &crate::build::Build| trial_state(&b.plan, &b.evidence).iter().map(|q| q.state).collect::<Vec<_>>();
    assert_eq!(states(&b), [QuestionState::Passes; 4]);
    b.clear("format", "proofs").set("code", "answer", json!("no")).archive("apis");
    use QuestionState::{Fails, NoEvidence, Open, Passes};
    assert_eq!(states(&b), [NoEvidence, Fails, Passes, Open]);
    // A remark on the trial itself does not outdate it; a change of the mapping does.
    b.set("write", "note", json!("went well"));
    assert_eq!(states(&b)[2], Passes);
    b.set("name_line", "logic", json!("as it is"));
    assert_eq!(states(&b)[2], QuestionState::Stale);
}

#[test]
fn complexity_explains_itself() {
    let mut b = clean();
    let score = complexity(&b.plan, b.id("flow"));
    let named: Vec<_> = score.addends.iter().map(|a| (a.label.as_str(), a.tenths())).collect();
    assert_eq!(named, [("mapping lines", 3), ("lines that convert", 5)]);
    b.clear("flow", "match_key").set("flow", "timing", json!("real_time"));
    assert_eq!(complexity(&b.plan, b.id("flow")).tenths(), 8 + 20 + 40);
}

#[test]
fn exceptions_are_forecast_with_a_range() {
    let mut b = clean();
    b.totals().fields[1].equal = 900;
    b.totals().fields[1].different = 100;
    let forecast =
        |b: &crate::build::Build| exceptions_of_flow(&b.plan, &verdict_matrix(&b.plan, &b.evidence), b.id("flow"));
    // A hundred in a thousand records, which are two and a half weeks of the flow.
    assert_eq!(forecast(&b).unwrap().in_words(), "about 40 a week (33 to 48)");
    b.set("flow", "weekly_volume", json!(3));
    b.totals().fields[1].equal = 3;
    b.totals().fields[1].different = 1000;
    b.totals().records.matched = 1003;
    assert_eq!(forecast(&b).unwrap().high, 3, "no more than the flow carries");
    b.clear("flow", "weekly_volume");
    assert_eq!(forecast(&b), None);
}

#[test]
fn what_comes_between_runs_is_a_rate() {
    let mut b = clean();
    let check = |b: &crate::build::Build| {
        let row = b.plan.each::<domain::entity::Check>().next().unwrap();
        watched(&b.evidence, &row)
    };
    let first = b.evidence.runs[0].number;
    assert_eq!(check(&b), Watched::OneRun(first));
    let (name, totals) = ("check", b.totals().clone());
    let next = |b: &mut crate::build::Build, day: u8, differing: u64, data: &str| {
        let number = b.evidence.runs[0].number + 1;
        let mut totals = totals.clone();
        totals.in_sync -= differing;
        b.run(number, name, totals);
        let run = &mut b.evidence.runs[0];
        run.queued_at = crate::build::at(&format!("2027-01-{day}T08:00:00Z"));
        (run.left_hash, run.right_hash) = (Some(data.into()), Some(data.into()));
        number
    };
    // The first run of the clean plan was on the 12th.
    let last = next(&mut b, 12, 3, "a");
    assert_eq!(check(&b), Watched::NothingPassed { first, last }, "less than a day");
    next(&mut b, 19, 17, "b");
    let last = next(&mut b, 26, 17, "b");
    let Watched::Rate { forecast, first: from, last: to, days } = check(&b) else { panic!("{:?}", check(&b)) };
    assert_eq!((from, to, days), (first, last, 7), "a week in which the data stayed as it was says nothing");
    assert_eq!((forecast.seen, forecast.expected), (17, 17));
    // Fewer than before is no negative number of new ones.
    next(&mut b, 28, 5, "c");
    let Watched::Rate { forecast, days, .. } = check(&b) else { panic!("{:?}", check(&b)) };
    assert_eq!((forecast.seen, days), (17, 9));
    // A run of another question does not count.
    b.evidence.runs.iter_mut().for_each(|run| run.spec_hash = "another".into());
    assert_eq!(check(&b), Watched::NoRun);
}

#[test]
fn values_are_shown_in_words() {
    let mut b = clean();
    let kind = b.item("flow").kind();
    let body = b.entity("flow").body();
    let shown = |name: &str| display(&b.plan, kind.field(name).unwrap(), &body[name]);
    assert_eq!(shown("origin"), "CRM");
    assert_eq!(shown("processes"), "Sign-up");
    assert_eq!(shown("timing"), "Within minutes");
    assert_eq!(shown("weekly_volume"), "400");
    let charter = domain::Kind::Charter.field("go_live").unwrap();
    assert_eq!(display(&b.plan, charter, &json!("2027-03-14")), "14 Mar 2027");
    assert_eq!(number(1_234_567), "1\u{a0}234\u{a0}567");
    assert_eq!(percent(999, 1000), "99.9\u{a0}%");
    assert_eq!(percent(1, 0), "–");
}
