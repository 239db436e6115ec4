//! The crosswalk and the jobs that propose pairs for it.

use crate::{
    evidence::{claim, conflict, done, queued},
    lab::Lab,
};
use domain::{DocumentId, ItemId, LinkTotals, PairDecision, PairSource, RunId, RunState, UserId};
use serde_json::json;
use store::{LinkOutcome, NewJob, PairFilter, StoreError};

fn decision(lab: &Lab, (check, run, by): (ItemId, RunId, UserId), pair: (&str, &str), same: bool) -> PairDecision {
    PairDecision {
        id: lab.id(),
        check,
        left: format!("[\"{}\"]", pair.0),
        right: format!("[\"{}\"]", pair.1),
        same,
        score: 8_125,
        source: PairSource::Person,
        run,
        run_number: 1,
        by,
        by_name: "ana".into(),
        at: lab.now(),
    }
}

async fn decide(lab: &Lab, plan: DocumentId, decision: &PairDecision) -> Result<(), StoreError> {
    lab.store.decide_pair(plan, decision, lab.entry("pair_decided")).await
}

pub async fn decisions_are_kept_replaced_and_taken_back(lab: &Lab) {
    let ana = lab.user("ana").await;
    let (plan, other) = (lab.plan("p", ana).await, lab.plan("q", ana).await);
    let check = lab.id();
    let run = done(lab, plan, check, ana, "cc").await;
    let of = (check, run, ana);
    let first = decision(lab, of, ("1", "A"), true);
    decide(lab, plan, &first).await.unwrap();
    let all = PairFilter::default();
    assert_eq!(lab.store.list_pairs(plan, &all, 0, 9).await.unwrap(), std::slice::from_ref(&first));
    assert!(lab.store.list_pairs(other, &all, 0, 9).await.unwrap().is_empty(), "a plan has its own crosswalk");

    // The same two again: the newer decision counts. Changing one's mind frees both records.
    let changed = decision(lab, of, ("1", "A"), false);
    decide(lab, plan, &changed).await.unwrap();
    assert_eq!(lab.store.list_pairs(plan, &all, 0, 9).await.unwrap(), [changed]);
    let second = decision(lab, of, ("1", "B"), true);
    decide(lab, plan, &second).await.unwrap();
    let keys = lab.store.list_pair_keys(plan, check, 9).await.unwrap();
    let shown: Vec<_> = keys.iter().map(|(l, r, same)| (l.as_str(), r.as_str(), *same)).collect();
    assert_eq!(shown, [("[\"1\"]", "[\"A\"]", false), ("[\"1\"]", "[\"B\"]", true)]);

    let wrong = lab.store.forget_pair(other, second.id, lab.entry("pair_forgotten")).await;
    assert!(matches!(wrong, Err(StoreError::NotFound("decision"))), "not through another plan: {wrong:?}");
    lab.store.forget_pair(plan, second.id, lab.entry("pair_forgotten")).await.unwrap();
    assert_eq!(lab.store.count_pairs(plan, &all).await.unwrap(), 1);
    let verbs = lab.store.list_audit(plan, None, None, 99).await.unwrap();
    assert_eq!(verbs.iter().filter(|line| line.entry.verb.starts_with("pair_")).count(), 4);
}

pub async fn a_record_has_one_partner(lab: &Lab) {
    let ana = lab.user("ana").await;
    let (plan, other) = (lab.plan("p", ana).await, lab.plan("q", ana).await);
    let check = lab.id();
    let of = (check, done(lab, plan, check, ana, "cc").await, ana);
    decide(lab, plan, &decision(lab, of, ("1", "A"), true)).await.unwrap();
    let left = decide(lab, plan, &decision(lab, of, ("1", "B"), true)).await;
    assert_eq!(conflict(left), "crosswalk_document_id_check_id_left_key");
    let right = decide(lab, plan, &decision(lab, of, ("2", "A"), true)).await;
    assert_eq!(conflict(right), "crosswalk_document_id_check_id_right_key");
    // It can be other than any number of records, and another plan has nothing to do with it.
    decide(lab, plan, &decision(lab, of, ("1", "B"), false)).await.unwrap();
    decide(lab, plan, &decision(lab, of, ("2", "A"), false)).await.unwrap();
    decide(lab, other, &decision(lab, of, ("2", "A"), true)).await.unwrap();

    // What the engine is sure of never overrules anybody.
    let mut sure: Vec<_> = [("1", "A"), ("1", "B"), ("2", "A"), ("3", "C"), ("4", "C"), ("5", "E")]
        .into_iter()
        .map(|pair| decision(lab, of, pair, true))
        .collect();
    sure.iter_mut().for_each(|decision| decision.source = PairSource::Engine);
    assert_eq!(lab.store.decide_pairs(plan, &sure, lab.entry("pairs_taken_over")).await.unwrap(), 2);
    let by_engine = PairFilter { source: Some(PairSource::Engine), ..PairFilter::default() };
    let kept = lab.store.list_pairs(plan, &by_engine, 0, 9).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|decision| decision.left.as_str()).collect();
    assert_eq!(kept, ["[\"5\"]", "[\"3\"]"], "newest first");
    assert_eq!(lab.store.decide_pairs(plan, &sure, lab.entry("pairs_taken_over")).await.unwrap(), 0);
}

pub async fn decisions_are_found_by_what_is_known_of_them(lab: &Lab) {
    let (ana, ben) = (lab.user("ana").await, lab.user("ben").await);
    let plan = lab.plan("p", ana).await;
    let (check, other) = (lab.id(), lab.id());
    let run = done(lab, plan, check, ana, "cc").await;
    let again = done(lab, plan, other, ana, "dd").await;
    for (of, pair, same) in [
        ((check, run, ana), ("K-1", "x_1"), true),
        ((check, run, ben), ("K-2", "X%2"), false),
        ((other, again, ben), ("k-3", "y"), true),
    ] {
        decide(lab, plan, &decision(lab, of, pair, same)).await.unwrap();
    }
    let found = async |filter: PairFilter| {
        let rows = lab.store.list_pairs(plan, &filter, 0, 9).await.unwrap();
        assert_eq!(lab.store.count_pairs(plan, &filter).await.unwrap(), rows.len() as u64);
        rows.iter().map(|row| row.left[2..row.left.len() - 2].to_owned()).collect::<Vec<_>>()
    };
    let any = PairFilter::default;
    assert_eq!(found(any()).await, ["k-3", "K-2", "K-1"]);
    assert_eq!(found(PairFilter { check: Some(check), ..any() }).await, ["K-2", "K-1"]);
    assert_eq!(found(PairFilter { run: Some(again), ..any() }).await, ["k-3"]);
    assert_eq!(found(PairFilter { by: Some(ben), same: Some(false), ..any() }).await, ["K-2"]);
    assert_eq!(found(PairFilter { text: Some("k-".into()), ..any() }).await.len(), 3, "whatever the case");
    assert_eq!(found(PairFilter { text: Some("X%".into()), ..any() }).await, ["K-2"], "a sign is a sign");
    assert_eq!(found(PairFilter { text: Some("x_".into()), ..any() }).await, ["K-1"]);
    let page = lab.store.list_pairs(plan, &any(), 1, 1).await.unwrap();
    assert_eq!((page[0].by_name.as_str(), page[0].run_number), ("ben", 1));
    assert_eq!(lab.store.list_pair_runs(plan, Some(check)).await.unwrap(), [(check, run)]);
    let mut runs = lab.store.list_pair_runs(plan, None).await.unwrap();
    runs.sort_by_key(|(_, of)| *of != run);
    assert_eq!(runs, [(check, run), (other, again)]);
}

pub async fn decisions_are_read_on_from_the_last_one(lab: &Lab) {
    let ana = lab.user("ana").await;
    let plan = lab.plan("p", ana).await;
    let check = lab.id();
    let of = (check, done(lab, plan, check, ana, "cc").await, ana);
    // Taken over in one press: all at the same instant.
    let at = lab.now();
    let sure: Vec<_> =
        ["1", "2", "3", "4", "5"].map(|key| PairDecision { at, ..decision(lab, of, (key, key), true) }).into();
    assert_eq!(lab.store.decide_pairs(plan, &sure, lab.entry("pairs_taken_over")).await.unwrap(), 5);
    let any = PairFilter::default();
    let whole = lab.store.list_pairs(plan, &any, 0, 9).await.unwrap();
    let mut read = lab.store.list_pairs_after(plan, &any, None, 2).await.unwrap();
    assert_eq!(read.as_slice(), &whole[..2], "from the newest on");
    // Meanwhile one of those that were read is taken back, and there is a newer one.
    lab.store.forget_pair(plan, read[0].id, lab.entry("pair_forgotten")).await.unwrap();
    decide(lab, plan, &decision(lab, of, ("6", "6"), true)).await.unwrap();
    loop {
        let last = read.last().map(|decision| (decision.at, decision.id));
        let piece = lab.store.list_pairs_after(plan, &any, last, 2).await.unwrap();
        if piece.is_empty() {
            break;
        }
        read.extend(piece);
    }
    assert_eq!(read, whole);
    let others = PairFilter { same: Some(false), ..any };
    assert!(lab.store.list_pairs_after(plan, &others, None, 9).await.unwrap().is_empty(), "the filter holds");
}

fn linking(lab: &Lab, plan: DocumentId, run: RunId) -> NewJob {
    NewJob {
        id: lab.id(),
        kind: "link".into(),
        document: Some(plan),
        run: None,
        payload: json!({ "of": run }),
        created_at: lab.now(),
    }
}

pub async fn a_linking_is_a_job_of_its_own(lab: &Lab) {
    let ana = lab.user("ana").await;
    let plan = lab.plan("p", ana).await;
    let run = done(lab, plan, lab.id(), ana, "cc").await;
    let finished = lab.store.load_run(run).await.unwrap();
    assert_eq!(lab.store.load_linking(run).await.unwrap(), None);
    let job = || linking(lab, plan, run);
    let first = job();
    lab.store.insert_linking(plan, run, &first, lab.entry("linking")).await.unwrap();
    let twice = lab.store.insert_linking(plan, run, &job(), lab.entry("linking")).await;
    assert_eq!(conflict(twice), "linking_open");
    let waiting = lab.store.load_linking(run).await.unwrap().unwrap();
    assert_eq!((waiting.job.job.id, waiting.job.state, waiting.totals), (first.id, RunState::Queued, None));

    claim(lab, "w").await.unwrap();
    let totals = LinkTotals { left: 7, sure: 3, ..LinkTotals::default() };
    let outcome = LinkOutcome {
        state: RunState::Done,
        ended_at: lab.now(),
        message: None,
        totals: Some(totals.clone()),
        path: Some("r/pairs.parquet".into()),
    };
    let stolen = lab.store.finish_linking(plan, run, first.id, "other", &outcome, lab.entry("linked")).await;
    assert_eq!(conflict(stolen), "jobs_lease");
    lab.store.finish_linking(plan, run, first.id, "w", &outcome, lab.entry("linked")).await.unwrap();
    assert_eq!(lab.store.list_linking_files().await.unwrap(), ["r/pairs.parquet"]);
    let linked = lab.store.load_linking(run).await.unwrap().unwrap();
    assert_eq!((linked.job.state, linked.totals, linked.path), (RunState::Done, Some(totals), outcome.path.clone()));
    assert_eq!(lab.store.load_run(run).await.unwrap(), finished, "the run itself is as it was");

    // Asked for again, the newer takes its place.
    let second = job();
    lab.store.insert_linking(plan, run, &second, lab.entry("linking")).await.unwrap();
    let again = lab.store.load_linking(run).await.unwrap().unwrap();
    assert_eq!((again.job.job.id, again.totals, again.path), (second.id, None, None));
    assert_eq!(lab.store.list_linking_files().await.unwrap(), [""; 0]);
}

pub async fn linkings_wait_in_the_same_line(lab: &Lab) {
    let (ana, ben) = (lab.user("ana").await, lab.user("ben").await);
    let (p, q) = (lab.plan("p", ana).await, lab.plan("q", ben).await);
    done(lab, q, lab.id(), ben, "cc").await;
    let mut runs = Vec::new();
    for _ in 0..3 {
        runs.push(done(lab, p, lab.id(), ana, "cc").await);
    }
    for run in runs {
        lab.store.insert_linking(p, run, &linking(lab, p, run), lab.entry("linking")).await.unwrap();
    }
    let (_, waiting) = queued(lab, q, lab.id(), ben).await;
    // Ana's plan had its turn last, so Ben's run comes first though it is the youngest.
    assert_eq!(lab.store.jobs_before(waiting.id).await.unwrap(), Some(0));
    let (_, next) = (claim(lab, "w").await.unwrap(), queued(lab, q, lab.id(), ben).await.1);
    // Now Ben has to let one of Ana's go first, and not all three.
    assert_eq!(lab.store.jobs_before(next.id).await.unwrap(), Some(1));
    let kinds = [claim(lab, "w").await.unwrap().job.kind, claim(lab, "w").await.unwrap().job.kind];
    assert_eq!(kinds, ["link", "check"]);
}
