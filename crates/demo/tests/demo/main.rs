//! Makes the demo in a folder of its own, twice, and looks for every flaw that the crate says is planted.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use domain::{Evidence, Plan, RunState, RunTotals, Timestamp};
use jiff::ToSpan;
use rules::{Finding, GateState};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::atomic::{AtomicI64, Ordering},
};
use workbench::{Caller, ExportFormat, Settings, Workbench};

/// A day long after the ids of the workspace and before today.
fn clock() -> Timestamp {
    "2026-03-02T09:30:00Z".parse().unwrap()
}

struct Made {
    json: Value,
    files: BTreeMap<String, String>,
    findings: Vec<Finding>,
    plan: Plan,
    evidence: Evidence,
}

async fn make(folder: &Path) -> Made {
    let workbench = Workbench::open(Settings::for_data_dir(folder.to_owned(), clock)).await.unwrap();
    let began = std::time::Instant::now();
    let owner = demo::create(&workbench, demo::SEED).await.unwrap_or_else(|e| panic!("{e}"));
    println!("made in {:?}", began.elapsed());
    assert_eq!(demo::ensure(&workbench).await.unwrap(), owner, "a second time changes nothing");
    assert_eq!(workbench.list_plans(&Caller::Operator).await.unwrap().len(), 1);
    let bytes = workbench.export(&Caller::Operator, demo::KEY, Some("draft"), ExportFormat::Json).await.unwrap().bytes;
    let mut json: Value = serde_json::from_slice(&bytes).unwrap();
    assert!(rules::take_seal(&mut json).is_some());
    let findings = workbench.findings(&Caller::Operator, demo::KEY).await.unwrap();
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder.join("demo")).unwrap() {
        let entry = entry.unwrap();
        let hash = Sha256::digest(std::fs::read(entry.path()).unwrap());
        files.insert(entry.file_name().into_string().unwrap(), hash.iter().map(|b| format!("{b:02x}")).collect());
    }
    Made {
        plan: rules::plan_from_canonical(&json).unwrap(),
        evidence: rules::evidence_from_canonical(&json).unwrap(),
        findings: findings.findings.into_iter().map(|(f, _)| f).collect(),
        json,
        files,
    }
}

/// The canonical plan with what no seed decides (ids of people, connections, runs; how long a run took)
/// replaced by numbers in the order of their first appearance.
fn settled(json: &Value) -> Value {
    let mut text = json.clone();
    text["waivers"] = Value::Null;
    for run in text["runs"].as_array_mut().unwrap() {
        for name in ["took_ms", "spec_hash", "slice_hash"] {
            run[name] = Value::Null;
        }
    }
    let charter = text["items"].as_array().unwrap().iter().find(|i| i["kind"] == "charter").unwrap()["id"].clone();
    let mut text = text.to_string();
    let mut chance = vec![charter];
    for list in ["connections", "runs"] {
        chance.extend(json[list].as_array().unwrap().iter().map(|c| c["id"].clone()));
    }
    chance.extend(json["review"].as_array().unwrap().iter().map(|s| s["user"].clone()));
    chance.extend(json["runs"].as_array().unwrap().iter().map(|r| r["by"].clone()));
    for (n, id) in chance.iter().enumerate() {
        text = text.replace(id.as_str().unwrap(), &format!("chance-{n:02}"));
    }
    let mut json: Value = serde_json::from_str(&text).unwrap();
    json["review"].as_array_mut().unwrap().sort_by_key(|s| s["slot"].to_string());
    json["items"].as_array_mut().unwrap().sort_by_key(|i| i["id"].to_string());
    json
}

fn count(made: &Made, rule: &str) -> usize {
    made.findings.iter().filter(|f| f.rule == rule).count()
}

fn totals<'a>(made: &'a Made, check: &str) -> &'a RunTotals {
    let check = made.plan.each::<domain::entity::Check>().find(|c| c.name.starts_with(check)).unwrap();
    made.evidence.latest_run(check.id()).unwrap().totals.as_ref().unwrap()
}

fn cause(totals: &RunTotals, field: &str, cause: &str) -> u64 {
    let field = totals.fields.iter().find(|f| f.left == field).unwrap();
    field.causes.iter().find(|c| c.cause == cause).map_or(0, |c| c.count)
}

fn differing(totals: &RunTotals, field: &str) -> (u64, u64) {
    let field = totals.fields.iter().find(|f| f.left == field).unwrap();
    (field.equal_by_rule, field.different)
}

/// Column, values looked at, values that are not as expected.
fn formats(totals: &RunTotals) -> Vec<(&str, u64, u64)> {
    totals.format.iter().map(|f| (f.column.as_str(), f.filled, f.broken)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_what_it_says() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let made = make(first.path()).await;
    for f in &made.findings {
        println!("{} {:5} {:8} {:5} {}", f.gate, f.severity.code(), f.rule, f.key, f.message);
    }

    planted_flaws_are_found(&made);
    measured_figures(&made);
    size_of_the_plan(&made);
    gates(&made);
    round_trip(&made).await;

    let again = make(second.path()).await;
    assert_eq!(made.files, again.files, "the same seed and day give the same files");
    let (a, b) = (settled(&made.json), settled(&again.json));
    assert_eq!(a, b, "the same seed and day give the same items");
    assert_eq!(rules::root_of_canonical(&a).unwrap().root, rules::root_of_canonical(&b).unwrap().root);
}

/// Somebody stops the first start once the plan has its checks; the next one completes what is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_demo_that_was_cut_short_is_completed() {
    completed_when_cut_short::<false>().await;
}

/// Goes on where an attempt was stopped: its worker keeps its run for half a minute. One for each of the two tests,
/// or the one's jump would take the run from the other's worker.
static MINUTES: [AtomicI64; 2] = [const { AtomicI64::new(0) }; 2];

fn clock_that_is_set<const RUNNING: bool>() -> Timestamp {
    clock() + MINUTES[usize::from(RUNNING)].load(Ordering::Relaxed).minutes()
}

/// The same while a check runs: the run of the worker that is gone is taken over.
#[tokio::test(flavor = "multi_thread")]
async fn a_demo_that_was_cut_short_while_a_check_ran_is_completed() {
    completed_when_cut_short::<true>().await;
}

/// `RUNNING`: as soon as a check runs, else as soon as there is one.
async fn completed_when_cut_short<const RUNNING: bool>() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::for_data_dir(folder.path().to_owned(), clock_that_is_set::<RUNNING>);
    let workbench = Workbench::open(settings).await.unwrap();
    let owner = Caller::Operator;
    let half = tokio::spawn({
        let workbench = workbench.clone();
        async move { demo::ensure(&workbench).await }
    });
    let far_enough = async || {
        let checks = workbench.sync_page(&owner, demo::KEY).await.map(|page| page.checks).unwrap_or_default();
        checks.iter().any(|check| !RUNNING || check.last.as_ref().is_some_and(|run| run.state == RunState::Running))
    };
    while !far_enough().await {
        assert!(!half.is_finished(), "too late to stop it");
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    half.abort();
    assert!(half.await.unwrap_err().is_cancelled());
    MINUTES[usize::from(RUNNING)].fetch_add(1, Ordering::Relaxed);
    demo::ensure(&workbench).await.unwrap();
    let page = workbench.sync_page(&owner, demo::KEY).await.unwrap();
    assert_eq!(page.checks.len(), 4);
    assert!(page.checks.iter().all(|check| check.last.as_ref().is_some_and(|run| run.totals.is_some())));
    let trial = workbench.trial_page(&owner, demo::KEY).await.unwrap();
    assert!(trial.questions.iter().any(|question| question.proofs.iter().any(|proof| proof.current)));
    assert_eq!(workbench.connections(&owner, demo::KEY).await.unwrap().len(), 5);
    assert_eq!(workbench.list_plans(&owner).await.unwrap().len(), 1);
}

/// What was exported comes in elsewhere as the same plan, without the evidence.
async fn round_trip(made: &Made) {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = Workbench::open(Settings::for_data_dir(folder.path().to_owned(), clock)).await.unwrap();
    let bytes = serde_json::to_vec(&made.json).unwrap();
    let there = elsewhere.import_plan(&Caller::Operator, &bytes).await.unwrap();
    assert_eq!((there.key.as_str(), there.name.as_str()), (demo::KEY, "Four marketing clouds"));
    assert!(there.left_out.iter().any(|words| words == "4 runs"), "{:?}", there.left_out);
    let back = elsewhere.export(&Caller::Operator, &there.key, None, ExportFormat::Json).await.unwrap().bytes;
    let back: Value = serde_json::from_slice(&back).unwrap();
    assert_eq!(made.json["items"], back["items"]);
    assert_eq!(back["runs"], serde_json::json!([]));
    let again = elsewhere.import_plan(&Caller::Operator, &bytes).await.unwrap();
    assert_eq!((again.key.as_str(), again.workspace_items), ("four-marketing-clouds-2", 0));
}

fn planted_flaws_are_found(made: &Made) {
    for (rule, times) in [
        ("SOT-002", 1),
        ("FLW-001", 1),
        ("SOT-001", 2),
        ("TRM-002", 1),
        ("MAP-003", 1),
        ("DP-006", 3),
        ("SYN-001", 2),
        ("PRC-008", 1),
        ("WLK-001", 1),
        ("WLK-004", 1),
        ("CHG-002", 1),
        ("TEC-004", 1),
        ("TEC-005", 1),
        ("CLN-011", 1),
        ("CLN-003", 1),
        ("TST-002", 1),
    ] {
        assert_eq!(count(made, rule), times, "{rule}");
    }
    for rule in ["SYN-006", "SYN-007", "DP-007", "CLN-001", "TST-001", "CLN-012"] {
        assert!(count(made, rule) > 0, "{rule}");
    }
    let says = |rule: &str, words: &str| {
        let found = made.findings.iter().any(|f| f.rule == rule && f.message.contains(words));
        assert!(found, "{rule} does not say “{words}”");
    };
    says("SOT-002", "Customer · E-mail has two sources of truth for AU");
    says("CHG-002", "Team Outlet is affected by Consent change");
    says("DP-006", "0 duplicates, 612 empty");
    says("DP-006", "18 duplicates, 0 empty");
    says("PRC-008", "Notes it in a sheet");
    says("WLK-001", "Order hand-over");
    says("CLN-001", "Customer · E-mail");
    says("SYN-007", "Customer · E-mail: 388 differences are format only");
    says("CLN-003", "usable keys 87.8\u{a0}% < 99\u{a0}%, sound values 96.9\u{a0}% < 99\u{a0}%");
    let (_, lost) = differing(totals(made, "Orders"), "postcode");
    says("TST-002", &format!("{} values of ERP sales_order.ship_zip leave ERP", rules::number(lost)));
    assert_eq!(made.findings.iter().filter(|f| f.waived.is_some()).count(), 1);
    // Nothing is in the plan by mistake.
    for rule in [
        "GEN-009", "SYN-002", "FLW-004", "FLW-005", "FLW-007", "REV-001", "ENV-001", "ENV-002", "GOV-001", "GOV-003",
        "GOV-007", "PRC-003", "PRC-005", "CLN-002", "CLN-004", "TST-003", "TST-008",
    ] {
        assert_eq!(count(made, rule), 0, "{rule}");
    }
}

fn measured_figures(made: &Made) {
    let customer = totals(made, "Customer");
    assert_eq!((customer.left.rows, customer.right.rows), (5000, 5034));
    assert_eq!((customer.records.matched, customer.records.ambiguous), (4962, 18));
    assert_eq!((customer.records.only_left, customer.records.only_right), (20, 36));
    assert_eq!(customer.right.duplicate_keys, 18);
    assert_eq!(differing(customer, "email"), (0, 412));
    assert_eq!(cause(customer, "email", "case"), 388);
    assert_eq!(differing(customer, "name"), (672, 1214));
    assert_eq!(cause(customer, "name", "truncated"), 1204);
    assert_eq!(differing(customer, "postcode"), (0, 93));
    assert_eq!(cause(customer, "postcode", "leading zeros"), 81);
    assert_eq!(differing(customer, "tier"), (0, 10));
    assert_eq!(differing(customer, "born"), (0, 0));

    let loyalty = totals(made, "Loyalty");
    assert_eq!((loyalty.left.rows, loyalty.left.empty_keys), (5020, 612));
    assert_eq!((loyalty.records.matched, loyalty.records.only_left), (4388, 20));
    assert_eq!((differing(loyalty, "tier").1, differing(loyalty, "points").1), (31, 250));

    let orders = totals(made, "Orders");
    assert_eq!((orders.left.rows, orders.records.only_left, orders.records.matched), (6200, 45, 6155));
    assert_eq!((differing(orders, "total").1, differing(orders, "status")), (38, (242, 120)));
    assert!(cause(orders, "postcode", "leading zeros") > 50);

    // Where a zero was lost there are three digits: each is a difference and of another format than expected.
    let (_, lost) = differing(orders, "postcode");
    assert_eq!(formats(orders), [("postcode", 6200, 0), ("ship_zip", 6155, lost)]);
    assert!(orders.quantity.iter().all(|quantity| quantity.within()));

    let products = totals(made, "Products");
    assert_eq!((products.records.matched, differing(products, "price").1), (480, 2));
    let met = [("sku", 480, 0), ("barcode", 480, 0)];
    assert_eq!(formats(products), [met, met].concat());
    let quantity: Vec<_> = products.quantity.iter().map(|q| (q.rows, q.min, q.max)).collect();
    assert_eq!(quantity, [(480, Some(450), Some(500))]);
}

fn size_of_the_plan(made: &Made) {
    use domain::Kind;
    let at_least = |kind: Kind, n: usize| {
        let home = if kind.in_workspace() { &made.plan.workspace } else { &made.plan.document };
        let there = home.of_kind(kind).len();
        assert!(there >= n, "{} {}", there, kind.many());
    };
    for (kind, n) in [
        (Kind::Instance, 7),
        (Kind::Team, 7),
        (Kind::BusinessObject, 5),
        (Kind::DataPoint, 41),
        (Kind::Occurrence, 85),
        (Kind::Flow, 6),
        (Kind::MappingLine, 35),
        (Kind::Process, 3),
        (Kind::Variant, 9),
        (Kind::Step, 60),
        (Kind::Walkthrough, 3),
        (Kind::Risk, 10),
        (Kind::Communication, 14),
        (Kind::HistoryDecision, 3),
        (Kind::Obligation, 5),
        (Kind::Check, 4),
        (Kind::SyncClaim, 12),
        (Kind::TrialAnswer, 3),
        (Kind::DesignOption, 3),
    ] {
        at_least(kind, n);
    }
    let charter = made.plan.charter();
    assert_eq!(charter.go_live.unwrap().to_string(), "2026-06-21");
    assert_eq!((&*charter.sponsor, &*charter.lead), ("Ines Castro", "Ana Novak"));
}

fn gates(made: &Made) {
    let today = clock().to_zoned(jiff::tz::TimeZone::UTC).date();
    // Read back from its canonical form a plan counts as signed.
    let mut plan = made.plan.clone();
    plan.state = domain::PlanState::Draft;
    let gates = rules::gates(&plan, &made.evidence, &made.findings, today);
    for gate in &gates {
        let reasons: Vec<_> = gate.reasons.iter().map(|r| r.text.as_str()).collect();
        println!("{} {:?} {} errors: {}", gate.name, gate.state, gate.errors, reasons.join(" · "));
    }
    assert!(gates[..4].iter().all(|g| g.state == GateState::Blocked));
    assert_eq!(gates[4].state, GateState::Waits);
    let coverage = rules::truth_coverage(&made.plan);
    assert_eq!((coverage.agreed, coverage.points, coverage.conflicts), (38, 41, 1));
}
