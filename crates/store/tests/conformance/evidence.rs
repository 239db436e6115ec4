//! Runs, jobs, files.

use crate::lab::Lab;
use domain::{DocumentId, EvidenceFile, ItemId, Run, RunId, RunState, RunTotals, Timestamp, UserId};
use jiff::SignedDuration;
use serde_json::json;
use store::{Job, NewJob, NewRun, OldRuns, RunFiles, RunOutcome, StoreError};

pub fn conflict(result: Result<impl std::fmt::Debug, StoreError>) -> String {
    match result {
        Err(StoreError::Conflict { constraint }) => constraint,
        other => panic!("{other:?}"),
    }
}

/// Queues a run of `check` and returns it with its job.
pub async fn queued(lab: &Lab, document: DocumentId, check: ItemId, by: UserId) -> (RunId, NewJob) {
    let (id, at) = (lab.id(), lab.now());
    let run = NewRun { id, document, check, by, at, spec_hash: "aa".into(), slice_hash: "bb".into() };
    let job = NewJob {
        id: lab.id(),
        kind: "check".into(),
        document: Some(document),
        run: Some(id),
        payload: json!({ "check": check }),
        created_at: at,
    };
    lab.store.insert_run(&run, &job, lab.entry("run_queued")).await.unwrap();
    (id, job)
}

pub async fn claim(lab: &Lab, owner: &str) -> Option<Job> {
    let now = lab.now();
    lab.store.claim_job(owner, now, now + SignedDuration::from_secs(30)).await.unwrap()
}

pub fn outcome(lab: &Lab, result_hash: &str) -> RunOutcome {
    let totals = RunTotals { in_sync: 5, ..RunTotals::default() };
    RunOutcome {
        state: RunState::Done,
        ended_at: lab.now(),
        left_hash: Some("11".into()),
        right_hash: Some("22".into()),
        totals: Some(totals),
        result_hash: Some(result_hash.into()),
        message: None,
        took_ms: Some(1234),
        files: RunFiles { left: Some("l.parquet".into()), right: None, differences: Some("d.parquet".into()) },
    }
}

/// A run that has ended with this result.
pub async fn done(lab: &Lab, document: DocumentId, check: ItemId, by: UserId, result_hash: &str) -> RunId {
    let (run, job) = queued(lab, document, check, by).await;
    claim(lab, "w").await.unwrap();
    let outcome = outcome(lab, result_hash);
    lab.store.finish_run(run, job.id, "w", &outcome, lab.entry("run_done")).await.unwrap();
    run
}

pub async fn a_run_goes_its_way(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let check = lab.id();
    let (run, job) = queued(lab, document, check, ana).await;
    let waiting = lab.store.load_run(run).await.unwrap();
    assert_eq!((waiting.run.number, waiting.run.state, waiting.document), (1, RunState::Queued, document));
    assert_eq!(waiting.run.by_name, "ana");

    let claimed = claim(lab, "w1").await.unwrap();
    assert_eq!((claimed.job.clone(), claimed.attempts, claimed.state), (job.clone(), 1, RunState::Running));
    assert_eq!(lab.store.load_run(run).await.unwrap().run.state, RunState::Running);
    let until = lab.now() + SignedDuration::from_secs(30);
    assert!(!lab.store.extend_lease(job.id, "w1", until, &json!({ "rows": 10 })).await.unwrap());
    let seen = lab.store.job_of_run(run).await.unwrap();
    assert_eq!((seen.progress, seen.lease_until), (json!({ "rows": 10 }), Some(until)));

    let end = outcome(lab, "cc");
    lab.store.finish_run(run, job.id, "w1", &end, lab.entry("run_done")).await.unwrap();
    let stored = lab.store.load_run(run).await.unwrap();
    assert_eq!((stored.run.state, &stored.run.totals, stored.run.took_ms), (RunState::Done, &end.totals, Some(1234)));
    assert_eq!((stored.files.clone(), stored.run.result_hash.as_deref()), (end.files.clone(), Some("cc")));
    assert_eq!(lab.store.load_job(job.id).await.unwrap().state, RunState::Done);
    assert_eq!(lab.store.list_run_files().await.unwrap(), std::slice::from_ref(&end.files));

    // What has ended is not changed any more.
    let again = lab.store.finish_run(run, job.id, "w1", &outcome(lab, "dd"), lab.entry("run_done")).await;
    assert_eq!(conflict(again), "jobs_lease");
    assert_eq!(lab.store.load_run(run).await.unwrap(), stored);

    queued(lab, document, check, ana).await;
    let numbers: Vec<i64> =
        lab.store.list_runs(document, &[check], 10).await.unwrap().iter().map(|r| r.number).collect();
    assert_eq!(numbers, [2, 1]);
    let each: Vec<i64> = lab.store.list_runs(document, &[check], 1).await.unwrap().iter().map(|r| r.number).collect();
    assert_eq!(each, [2, 1], "one with a result and one without");
    assert_eq!(lab.store.load_run_numbered(document, 1).await.unwrap(), stored);
    let none = lab.store.load_run_numbered(document, 3).await;
    assert!(matches!(none, Err(StoreError::NotFound("run"))), "{none:?}");
}

pub async fn one_worker_gets_a_job(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    for _ in 0..5 {
        queued(lab, document, lab.id(), ana).await;
    }
    let now = lab.now();
    let workers: Vec<_> = (0..20)
        .map(|n| {
            let store = lab.store.clone();
            tokio::spawn(async move { store.claim_job(&format!("w{n}"), now, now).await.unwrap() })
        })
        .collect();
    let mut claimed = Vec::new();
    for worker in workers {
        claimed.extend(worker.await.unwrap().map(|job| job.job.id));
    }
    claimed.sort();
    claimed.dedup();
    assert_eq!(claimed.len(), 5, "each job once");
    assert!(claim(lab, "late").await.is_none());
}

pub async fn a_lost_lease_is_noticed(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let (run, job) = queued(lab, document, lab.id(), ana).await;
    claim(lab, "slow").await.unwrap();
    let later = lab.now() + SignedDuration::from_mins(5);
    assert_eq!(reclaimed(lab, later, 3).await, [RunState::Queued]);
    claim(lab, "quick").await.unwrap();
    assert_eq!(conflict(lab.store.extend_lease(job.id, "slow", later, &json!(null)).await), "jobs_lease");
    let late = lab.store.finish_run(run, job.id, "slow", &outcome(lab, "xx"), lab.entry("run_done")).await;
    assert_eq!(conflict(late), "jobs_lease");
    lab.store.finish_run(run, job.id, "quick", &outcome(lab, "cc"), lab.entry("run_done")).await.unwrap();
    assert_eq!(lab.store.load_run(run).await.unwrap().run.result_hash.as_deref(), Some("cc"));
    let verbs: Vec<_> = lab.store.list_audit(document, None, None, 9).await.unwrap();
    assert_eq!(verbs.iter().filter(|l| l.entry.verb == "run_done").count(), 1);
}

async fn reclaimed(lab: &Lab, now: Timestamp, max_attempts: i64) -> Vec<RunState> {
    let all = lab.store.reclaim_expired(now, max_attempts).await.unwrap();
    all.into_iter().map(|(_, state)| state).collect()
}

pub async fn a_worker_that_stops_gives_back_what_it_has(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let (run, job) = queued(lab, document, lab.id(), ana).await;
    let (other, _) = queued(lab, document, lab.id(), ana).await;
    claim(lab, "stops").await.unwrap();
    claim(lab, "stays").await.unwrap();
    let back = lab.store.give_back_jobs("stops", lab.now()).await.unwrap();
    assert_eq!(back.iter().map(|(job, state)| (job.job.id, *state)).collect::<Vec<_>>(), [(job.id, RunState::Queued)]);
    assert_eq!(lab.store.load_run(run).await.unwrap().run.state, RunState::Queued);
    assert_eq!(lab.store.load_run(other).await.unwrap().run.state, RunState::Running);
    let late = lab.store.finish_run(run, job.id, "stops", &outcome(lab, "xx"), lab.entry("run_done")).await;
    assert_eq!(conflict(late), "jobs_lease");
    let again = claim(lab, "next").await.unwrap();
    assert_eq!((again.job.id, again.attempts), (job.id, 2), "a folder of its own again");
}

pub async fn abandoned_work_is_done_again_and_then_given_up(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let (run, job) = queued(lab, document, lab.id(), ana).await;
    let hour = |n: i64| Timestamp::new(1_760_000_000 + n * 3600, 0).unwrap();
    for attempt in 1..=2 {
        let claimed = lab.store.claim_job("w", hour(attempt), hour(attempt)).await.unwrap().unwrap();
        assert_eq!(claimed.attempts, attempt);
        assert!(reclaimed(lab, hour(attempt), 2).await.is_empty(), "not before it has ended");
        let expected = if attempt == 1 { RunState::Queued } else { RunState::Interrupted };
        assert_eq!(reclaimed(lab, hour(attempt + 1), 2).await, [expected]);
    }
    let ended = lab.store.load_run(run).await.unwrap().run;
    assert_eq!((ended.state, ended.ended_at), (RunState::Interrupted, Some(hour(3))));
    assert!(ended.message.is_some_and(|m| m.contains("start it again")));
    assert_eq!(lab.store.load_job(job.id).await.unwrap().state, RunState::Interrupted);
    let newest = &lab.store.list_audit(document, None, None, 1).await.unwrap()[0].entry;
    assert_eq!((newest.verb.as_str(), newest.after.clone()), ("run_interrupted", Some(json!(run.to_string()))));
    assert!(claim(lab, "w").await.is_none());
}

pub async fn waiting_and_running_work_can_be_stopped(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let (waiting, job) = queued(lab, document, lab.id(), ana).await;
    let state = lab.store.request_cancel(job.id, lab.now(), lab.entry("cancelled")).await.unwrap();
    assert_eq!(state, RunState::Cancelled);
    assert_eq!(lab.store.load_run(waiting).await.unwrap().run.state, RunState::Cancelled);
    assert_eq!(conflict(lab.store.request_cancel(job.id, lab.now(), lab.entry("cancelled")).await), "jobs_ended");

    let (running, job) = queued(lab, document, lab.id(), ana).await;
    claim(lab, "w").await.unwrap();
    let state = lab.store.request_cancel(job.id, lab.now(), lab.entry("cancelled")).await.unwrap();
    assert_eq!(state, RunState::Running);
    let later = lab.now() + SignedDuration::from_mins(5);
    assert!(lab.store.extend_lease(job.id, "w", lab.now(), &json!(null)).await.unwrap(), "told to stop");
    assert_eq!(reclaimed(lab, later, 9).await, [RunState::Cancelled]);
    assert_eq!(lab.store.load_run(running).await.unwrap().run.state, RunState::Cancelled);

    let plain = NewJob {
        id: lab.id(),
        kind: "backup".into(),
        document: None,
        run: None,
        payload: json!({}),
        created_at: lab.now(),
    };
    lab.store.insert_job(&plain).await.unwrap();
    claim(lab, "w").await.unwrap();
    let finish = lab.store.finish_job(plain.id, "w", RunState::Failed, Some("no room"), lab.now());
    finish.await.unwrap();
    assert_eq!(lab.store.load_job(plain.id).await.unwrap().message.as_deref(), Some("no room"));
}

pub async fn files_keep_their_bytes(lab: &Lab) {
    let ana = lab.user("ana").await;
    let (document, other) = (lab.plan("p", ana).await, lab.plan("q", ana).await);
    let content: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let file = EvidenceFile {
        id: lab.id(),
        name: "täglich.csv".into(),
        size: content.len() as u64,
        sha256: "ab".into(),
        at: lab.now(),
        by_name: "ana".into(),
    };
    lab.store.insert_attachment(document, &file, ana, &content, lab.entry("file_added")).await.unwrap();
    assert_eq!(lab.store.list_attachments(document).await.unwrap(), std::slice::from_ref(&file));
    assert_eq!(lab.store.load_attachment(document, file.id).await.unwrap(), (file.clone(), content));
    let elsewhere = lab.store.load_attachment(other, file.id).await;
    assert!(matches!(elsewhere, Err(StoreError::NotFound("file"))), "not through another plan");
}

/// Ana has five runs waiting in one plan and two in another, Ben one in Ana's plan, Cleo one in her own.
pub async fn plans_and_persons_take_turns(lab: &Lab) {
    let (ana, ben, cleo) = (lab.user("ana").await, lab.user("ben").await, lab.user("cleo").await);
    let (p, q, r) = (lab.plan("p", ana).await, lab.plan("q", ana).await, lab.plan("r", cleo).await);
    // Everybody had a run before, Ben last.
    for (plan, who) in [(p, ana), (r, cleo), (p, ben)] {
        done(lab, plan, lab.id(), who, "cc").await;
    }
    let mut line = Vec::new();
    for (plan, who, n) in [(p, ana, 5), (q, ana, 2), (p, ben, 1), (r, cleo, 1)] {
        for _ in 0..n {
            line.push((who, plan, queued(lab, plan, lab.id(), who).await.1));
        }
    }
    let before = async |place: usize| lab.store.jobs_before(line[place].2.id).await.unwrap();
    // Plan q had no run yet and Ana's turn is the oldest; then Cleo, then Ben, for whom plan p waits longer than Ana.
    assert_eq!((before(5).await, before(8).await), (Some(0), Some(1)));
    let mut taken = Vec::new();
    while let Some(job) = claim(lab, "w").await {
        let (who, plan, _) = line.iter().find(|(.., waiting)| waiting.id == job.job.id).unwrap();
        assert_eq!(lab.store.jobs_before(job.job.id).await.unwrap(), None, "it does not wait any more");
        taken.push((*who, *plan));
    }
    let place = |who, plan| taken.iter().position(|t| *t == (who, plan)).unwrap();
    assert_eq!((place(ana, q), place(cleo, r)), (0, 1));
    assert_eq!(place(ben, p), 2, "one run of Ben's does not wait for five of Ana's: {taken:?}");
    assert_eq!(taken.len(), 9);
}

pub async fn a_check_has_one_open_run(lab: &Lab) {
    let ana = lab.user("ana").await;
    let (document, other) = (lab.plan("p", ana).await, lab.plan("q", ana).await);
    let check = lab.id();
    queued(lab, document, check, ana).await;
    queued(lab, other, check, ana).await;
    let (id, at) = (lab.id(), lab.now());
    let run = NewRun { id, document, check, by: ana, at, spec_hash: "aa".into(), slice_hash: "bb".into() };
    let job = NewJob {
        id: lab.id(),
        kind: "check".into(),
        document: Some(document),
        run: Some(id),
        payload: json!({}),
        created_at: at,
    };
    let twice = lab.store.insert_run(&run, &job, lab.entry("run_queued")).await;
    assert_eq!(conflict(twice), "runs_document_id_check_id");
    assert_eq!(lab.store.list_audit(document, None, None, 9).await.unwrap().len(), 2, "nothing of it was kept");
    let first = claim(lab, "w").await.unwrap();
    lab.store
        .finish_run(first.job.run.unwrap(), first.job.id, "w", &outcome(lab, "cc"), lab.entry("run_done"))
        .await
        .unwrap();
    lab.store.insert_run(&run, &job, lab.entry("run_queued")).await.unwrap();
}

/// Every run of a plan, the newest first.
pub async fn all_runs(lab: &Lab, document: DocumentId) -> Vec<Run> {
    let mut runs = Vec::new();
    while let Ok(stored) = lab.store.load_run_numbered(document, runs.len() as i64 + 1).await {
        runs.insert(0, stored.run);
    }
    runs
}

pub async fn busy_checks_leave_the_runs_of_others(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let (quiet, busy) = (lab.id(), lab.id());
    done(lab, document, quiet, ana, "aa").await;
    for hash in ["bb", "cc", "dd"] {
        done(lab, document, busy, ana, hash).await;
    }
    let listed = async |checks: &[ItemId]| -> Vec<i64> {
        lab.store.list_runs(document, checks, 2).await.unwrap().iter().map(|r| r.number).collect()
    };
    assert_eq!(listed(&[quiet, busy]).await, [4, 3, 1]);
    assert_eq!((listed(&[quiet]).await, listed(&[lab.id()]).await), (vec![1], vec![]));
    let newest = lab.store.load_run_numbered(document, 4).await.unwrap().run;
    let before = lab.store.load_run_before(document, &newest).await.unwrap().unwrap();
    assert_eq!(before.number, 3);
    let first = lab.store.load_run_numbered(document, 2).await.unwrap().run;
    assert_eq!(lab.store.load_run_before(document, &first).await.unwrap(), None);
}

pub async fn files_of_old_runs_are_forgotten(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let run = done(lab, document, lab.id(), ana, "aa").await;
    let linked = done(lab, document, lab.id(), ana, "bb").await;
    let job = NewJob { run: None, ..queued(lab, document, lab.id(), ana).await.1 };
    let link = NewJob { id: lab.id(), kind: "link".into(), ..job };
    lab.store.insert_linking(document, linked, &link, lab.entry("looked for records")).await.unwrap();
    let before = lab.store.load_run(run).await.unwrap();
    let ended = before.run.ended_at.unwrap();
    assert!(lab.store.list_old_runs(ended).await.unwrap().is_empty(), "not yet");
    let old = lab.store.list_old_runs(lab.now() + SignedDuration::from_hours(1)).await.unwrap();
    assert_eq!(old, [OldRuns { document, runs: vec![(run, 1)] }], "one is being linked, one has not ended");

    let at = lab.now();
    let late = OldRuns { runs: vec![(run, 1), (linked, 2)], ..old[0].clone() };
    let entry = |numbers: &[i64]| lab.entry("removed the rows of old runs").after(json!(numbers));
    assert_eq!(lab.store.forget_run_files(&late, at, entry).await.unwrap(), [run], "the other came to be linked");
    let told = lab.store.list_audit(document, None, None, 1).await.unwrap().remove(0).entry;
    assert_eq!(told.after, Some(json!([1])));
    let after = lab.store.load_run(run).await.unwrap();
    assert_eq!((after.files, after.removed_at, after.run), (RunFiles::default(), Some(at), before.run));
    assert!(lab.store.list_old_runs(lab.now() + SignedDuration::from_hours(1)).await.unwrap().is_empty());
    assert_eq!(lab.store.list_run_files().await.unwrap().len(), 1);
}
