//! Records under another key: from a run to pairs, decisions, the crosswalk, and what the next run makes of it.

use super::world::{TwoSystems, World};
use domain::{Kind, PairSource, PlanRole, RunState};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use views::pairs::{CrosswalkFilter, LinkState, PairShow, PairShown, PairsPage};
use workbench::{Caller, Error};

const GIVEN: [&str; 12] =
    ["Anna", "Bernd", "Clara", "Dieter", "Elisa", "Frank", "Greta", "Hanno", "Irina", "Jonas", "Katja", "Ludwig"];
const FAMILY: [&str; 9] =
    ["Albrecht", "Brinkmann", "Castorp", "Dohrn", "Eilers", "Fontane", "Gerhardt", "Holstein", "Iversen"];

/// A small generator, so that a seed always gives the same decisions.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % end
    }
}

/// Customers `0..count` as a system has them: its own ids, and of some the address or the name otherwise.
fn customers(count: u64, id: impl Fn(u64) -> String, right: bool) -> String {
    let mut text = String::from("id,email,name,tier\n");
    for n in 0..count {
        let (given, family) = (GIVEN[(n % 12) as usize], FAMILY[(n * 7 % 9) as usize]);
        let mut email = format!("{}.{}{n}@shop.example", given.to_lowercase(), family.to_lowercase());
        let mut name = format!("{given} {family}");
        if right && n % 3 == 1 {
            email = format!("info{}@other.example", n * 31 % 97);
        }
        if right && n % 4 == 1 {
            name = format!("{}. {family}", &given[..1]);
        }
        let tier = ["gold", "silver", "none"][(n % 3) as usize];
        text.push_str(&format!("{},{email},{name},{tier}\n", id(n)));
    }
    text
}

/// Two systems that know the first ten customers under one id and the others under two, and a check of them.
async fn changed_ids(world: &World, count: u64) -> String {
    by_id(world, &with_changed_ids(world, count).await).await
}

async fn with_changed_ids(world: &World, count: u64) -> TwoSystems {
    let left = customers(count, |n| format!("K{n}"), false);
    let right = customers(count, |n| if n < 10 { format!("K{n}") } else { format!("900{n}") }, true);
    world.two_systems(&left, &right).await
}

/// A check of the two systems by their ids; returns its key.
async fn by_id(world: &World, two: &TwoSystems) -> String {
    let part = || json!({ "id": Uuid::now_v7() });
    let columns = |mut part: Value, column: &str| {
        (part["left"], part["right"]) = (json!(column), json!(column));
        part
    };
    let pair = |column: &&str| {
        let mut pair = columns(part(), column);
        pair["data_point"] = json!(two.points[*column]);
        pair
    };
    let compare: Vec<_> = ["email", "name", "tier"].iter().map(pair).collect();
    let check = json!({
        "name": "Customer: CRM ↔ ERP", "object": two.customer, "left": two.left, "left_instance": two.crm,
        "right": two.right, "right_instance": two.erp,
        "key": [columns(part(), "id")], "compare": compare,
    });
    world.add(Kind::Check, check).await;
    "CK1".to_owned()
}

async fn linked(world: &World, number: i64) -> PairsPage {
    world.workbench.find_pairs(&world.owner, &world.plan, number, false).await.unwrap();
    world.workbench.work_off().await.unwrap();
    page(world, number, PairShow::Unclear, 0).await
}

async fn page(world: &World, number: i64, show: PairShow, at: u64) -> PairsPage {
    world.workbench.pairs_page(&world.owner, &world.plan, number, show, at, false).await.unwrap()
}

async fn decide(world: &World, number: i64, pair: &PairShown, same: bool) -> Result<(), Error> {
    let keys = (pair.left.as_str(), pair.right.as_str());
    world.workbench.decide_pair(&world.owner, &world.plan, number, pair.place, keys, same).await
}

/// Whether two records are the same in truth: `K12` and `90012`.
fn truly(left: &str, right: &str) -> bool {
    left.strip_prefix('K').is_some_and(|n| right.strip_prefix("900") == Some(n))
}

async fn run_page(world: &World, number: i64) -> views::sync::RunPage {
    world.workbench.run_page(&world.owner, &world.plan, number).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn decisions_bring_records_together_in_the_next_run() {
    let world = World::new().await;
    let check = changed_ids(&world, 60).await;
    let first = world.run(&check).await;
    let before = run_page(&world, first).await;
    let records = before.run.totals.as_ref().unwrap().records;
    assert_eq!((records.matched, records.only_left, records.only_right), (10, 50, 50));
    assert_eq!((before.pairs.state.clone(), before.pairs.by_crosswalk), (LinkState::Never, 0));

    let found = linked(&world, first).await;
    assert_eq!(found.state, LinkState::Done, "{:?}", found.state);
    let totals = found.totals.clone();
    assert_eq!((totals.left, totals.right, totals.partnered), (50, 50, 0));
    assert!(totals.sure > 10, "{totals:?}");
    assert!(totals.unclear > 0, "{totals:?}");
    assert_eq!(run_page(&world, first).await.pairs.totals, Some(totals.clone()));

    // A pair says why: the values side by side, what they have in common, and what that says.
    let shown = found.pair.clone().unwrap();
    let names: Vec<_> = shown.fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["email", "name", "tier"]);
    assert!(shown.fields.iter().all(|f| !f.alike.is_empty() && !f.says.is_empty()));
    let record = world.workbench.record(&world.owner, &world.plan, first, &shown.left).await.unwrap();
    assert_eq!(record.left_records, 1, "the whole record opens");

    // What the engine is sure of is taken over by a person; then the queue is decided by the truth.
    let sure = page(&world, first, PairShow::Sure, 0).await;
    assert!(sure.sure.iter().all(|row| truly(&row.left, &row.right) && row.same.is_none()), "{:?}", sure.sure);
    let taken = world.workbench.take_over_pairs(&world.owner, &world.plan, first).await.unwrap();
    assert_eq!((taken, page(&world, first, PairShow::Sure, 0).await.taken_over), (totals.sure, totals.sure));
    assert_eq!(world.workbench.take_over_pairs(&world.owner, &world.plan, first).await.unwrap(), 0);
    let mut confirmed = taken;
    while let Some(pair) = page(&world, first, PairShow::Unclear, 0).await.pair {
        let same = truly(&pair.left_key, &pair.right_key);
        confirmed += u64::from(same);
        decide(&world, first, &pair, same).await.unwrap();
    }
    let done = page(&world, first, PairShow::Unclear, 0).await;
    assert_eq!((done.decided, done.pair), (totals.unclear, None));
    assert_eq!(run_page(&world, first).await.pairs.by_crosswalk, 0, "a run that has ended stays as it is");

    // The next run matches by the crosswalk, and says so apart from the keys.
    let second = world.run(&check).await;
    let after = run_page(&world, second).await;
    let counted = after.run.totals.as_ref().unwrap();
    assert_eq!(counted.records, records, "a match by the crosswalk is no match by key");
    let by_crosswalk = counted.crosswalk.as_ref().unwrap();
    assert_eq!((by_crosswalk.matched, by_crosswalk.fields.len()), (confirmed, 3));
    for field in &by_crosswalk.fields {
        assert_eq!(field.equal + field.equal_by_rule + field.different, confirmed, "{field:?}");
    }
    assert!(by_crosswalk.in_sync > 0 && by_crosswalk.in_sync < confirmed);
    assert_eq!(after.pairs.by_crosswalk, confirmed);
    assert_eq!(after.run.result_hash, before.run.result_hash, "what was measured by key is the same");
    let again = linked(&world, second).await;
    assert_eq!(again.totals.partnered, 2 * confirmed, "nobody is asked about them again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn decisions_survive_and_no_pair_is_proposed_twice() {
    for seed in [3, 11] {
        let world = World::new().await;
        let check = changed_ids(&world, 34).await;
        let mut random = Random(seed);
        let mut made: BTreeMap<(String, String), bool> = BTreeMap::new();
        for _ in 0..3 {
            let number = world.run(&check).await;
            let found = linked(&world, number).await;
            let mut proposed = BTreeSet::new();
            for place in 0..found.totals.unclear + found.totals.sure {
                let all = world.workbench.pairs_page(&world.owner, &world.plan, number, PairShow::Unclear, place, true);
                let pair = all.await.unwrap().pair.unwrap();
                let keys = (pair.left.clone(), pair.right.clone());
                assert!(proposed.insert(keys.clone()), "seed {seed}: {keys:?} twice in one run");
                assert!(!made.contains_key(&keys), "seed {seed}: {keys:?} was decided before");
                let with_partner = |(l, r): &(String, String)| *l == keys.0 || *r == keys.1;
                assert!(!made.iter().any(|(pair, same)| *same && with_partner(pair)), "seed {seed}: {keys:?}");
            }
            for _ in 0..6 {
                let Some(pair) = page(&world, number, PairShow::Unclear, random.below(40)).await.pair else { break };
                let same = random.below(3) > 0;
                if random.below(5) == 0 {
                    continue;
                }
                decide(&world, number, &pair, same).await.unwrap();
                if random.below(4) == 0 {
                    let place = world.workbench.undo_pair(&world.owner, &world.plan, number).await.unwrap();
                    assert_eq!(place, Some(pair.place), "undone, it is where it was");
                } else {
                    made.insert((pair.left, pair.right), same);
                }
            }
            let all = CrosswalkFilter::default();
            let kept = world.workbench.crosswalk_page(&world.owner, &world.plan, &all, 0).await.unwrap();
            assert_eq!(kept.total, made.len() as u64, "seed {seed}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_record_has_one_partner_and_a_page_decides_what_it_showed() {
    let world = World::new().await;
    let check = changed_ids(&world, 60).await;
    let number = world.run(&check).await;
    let found = linked(&world, number).await;
    let pair = found.pair.unwrap();
    let forged =
        world.workbench.decide_pair(&world.owner, &world.plan, number, pair.place, ("[\"K1\"]", "[\"K2\"]"), true);
    assert!(matches!(forged.await, Err(Error::Conflict(_))), "only what was proposed can be decided");
    assert!(matches!(
        decide(&world, number, &PairShown { place: 9_999, ..pair.clone() }, true).await,
        Err(Error::Conflict(_))
    ));
    // Skipped pairs come again at the end.
    let total = found.totals.unclear;
    assert_eq!(page(&world, number, PairShow::Unclear, total).await.pair.unwrap().place, 0);
    // Pressing a key twice is one decision; a decision can be changed.
    decide(&world, number, &pair, true).await.unwrap();
    decide(&world, number, &pair, true).await.unwrap();
    decide(&world, number, &pair, false).await.unwrap();
    let listed = page(&world, number, PairShow::Decided, 0).await;
    assert_eq!((listed.rows.len(), listed.rows[0].same, listed.may_undo), (1, false, true));
    assert_eq!((listed.rows[0].by.as_str(), listed.rows[0].source.as_str()), ("Olga Owner", PairSource::Person.code()));
    assert_eq!(world.workbench.undo_pair(&world.owner, &world.plan, number).await.unwrap(), Some(pair.place));
    let nothing = world.workbench.undo_pair(&world.owner, &world.plan, number).await;
    assert!(matches!(nothing, Err(Error::Conflict(_))), "{nothing:?}");
    // The trail knows who decided, and no key.
    decide(&world, number, &pair, true).await.unwrap();
    let trail = world.workbench.overview(&world.owner, &world.plan).await.unwrap().activity;
    let said = format!("{trail:?}");
    assert!(said.contains("decided about two records") && said.contains("took back a decision"), "{said}");
    assert!(!said.contains(&pair.left_key) && !said.contains(&pair.right_key), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_crosswalk_is_listed_filtered_and_handed_out() {
    let world = World::new().await;
    let check = changed_ids(&world, 60).await;
    let number = world.run(&check).await;
    let found = linked(&world, number).await;
    world.workbench.take_over_pairs(&world.owner, &world.plan, number).await.unwrap();
    let open = page(&world, number, PairShow::Unclear, 0).await.pair.unwrap();
    decide(&world, number, &open, false).await.unwrap();
    let of = |name: &str, value: &str| {
        let mut filter = CrosswalkFilter::default();
        let value = Some(value.to_owned());
        match name {
            "check" => filter.check = value,
            "verdict" => filter.verdict = value,
            "source" => filter.source = value,
            _ => filter.text = value,
        }
        filter
    };
    let total = async |filter: CrosswalkFilter| {
        world.workbench.crosswalk_page(&world.owner, &world.plan, &filter, 0).await.map(|page| page.total)
    };
    let sure = found.totals.sure;
    assert_eq!(total(CrosswalkFilter::default()).await.unwrap(), sure + 1);
    assert_eq!(total(of("check", &check)).await.unwrap(), sure + 1);
    assert_eq!(total(of("verdict", "different")).await.unwrap(), 1);
    assert_eq!(total(of("source", "engine")).await.unwrap(), sure);
    assert!(total(of("text", &open.left_key.to_lowercase())).await.unwrap() >= 1);
    for (name, value) in [("check", "CK99"), ("verdict", "maybe"), ("source", "nobody")] {
        assert_eq!(super::world::fields(&total(of(name, value)).await.unwrap_err()), [name]);
    }
    let csv = world.workbench.crosswalk_csv(&world.owner, &world.plan, &of("verdict", "different")).await.unwrap();
    let csv = String::from_utf8(csv).unwrap();
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(
        lines[0],
        "check,left system,right system,left key,right key,verdict,score,source,decided by,decided at,run"
    );
    let expected = format!("Customer: CRM ↔ ERP,CRM,ERP,{},{},not the same,", open.left_key, open.right_key);
    assert!(lines.len() == 2 && lines[1].starts_with(&expected), "{csv}");
    assert!(lines[1].contains(",person,Olga Owner,"), "{csv}");
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let all = w.crosswalk_csv(owner, plan, &CrosswalkFilter::default()).await.unwrap();
    assert_eq!(String::from_utf8(all).unwrap().lines().count() as u64, sure + 2, "the titles and every decision");
    assert!(w.crosswalk_xlsx(owner, plan, &CrosswalkFilter::default()).await.unwrap().starts_with(b"PK"));
    let wrong = w.crosswalk_xlsx(owner, plan, &of("check", "CK99")).await.unwrap_err();
    assert_eq!(super::world::fields(&wrong), ["check"]);
    let stranger = world.stranger().await;
    let hidden = w.crosswalk_xlsx(&stranger, plan, &CrosswalkFilter::default()).await;
    assert!(matches!(hidden, Err(Error::NotFound("plan"))), "{hidden:?}");

    let page = world.workbench.crosswalk_page(&world.owner, &world.plan, &of("verdict", "different"), 0).await.unwrap();
    let id = page.rows[0].id.to_string();
    world.workbench.forget_pair(&world.owner, &world.plan, &id).await.unwrap();
    assert!(matches!(world.workbench.forget_pair(&world.owner, &world.plan, &id).await, Err(Error::NotFound(_))));
    assert_eq!(total(CrosswalkFilter::default()).await.unwrap(), sure);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sides_without_a_shared_key_are_linked_as_a_whole() {
    let world = World::new().await;
    // Both number their customers from 1, in another order: equal keys say nothing.
    let count = 40;
    let left = customers(count, |n| format!("{}", n + 1), false);
    let right = customers(count, |n| format!("{}", count - n), true);
    let two = world.two_systems(&left, &right).await;
    let check = by_id(&world, &two).await;
    let number = world.run(&check).await;
    let nothing = linked(&world, number).await;
    assert_eq!((nothing.totals.left, nothing.totals.sure, nothing.totals.unclear), (0, 0, 0));
    world.workbench.find_pairs(&world.owner, &world.plan, number, true).await.unwrap();
    let twice = world.workbench.find_pairs(&world.owner, &world.plan, number, true).await;
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
    world.workbench.work_off().await.unwrap();
    let all = page(&world, number, PairShow::Sure, 0).await;
    assert!(all.totals.everything && (all.totals.left, all.totals.right) == (count, count), "{:?}", all.totals);
    assert!(!all.sure.is_empty());
    for row in &all.sure {
        let (l, r): (u64, u64) = (row.left.parse().unwrap(), row.right.parse().unwrap());
        assert_eq!(l + r, count + 1, "{row:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_columns_the_first_tell_records_apart_and_the_page_says_so() {
    let world = World::new().await;
    let columns: Vec<String> = (0..17).map(|n| format!("c{n}")).collect();
    let table = |id: &str| format!("id,{names}\n{id},{names}\n", names = columns.join(","));
    let two = world.two_systems(&table("1"), &table("2")).await;
    let part = |column: &str| json!({ "id": Uuid::now_v7(), "left": column, "right": column });
    let check = json!({
        "name": "Wide", "object": two.customer, "left": two.left, "left_instance": two.crm,
        "right": two.right, "right_instance": two.erp,
        "key": [part("id")], "compare": columns.iter().map(|column| part(column)).collect::<Vec<_>>(),
    });
    world.add(Kind::Check, check).await;
    let number = world.run("CK1").await;
    assert_eq!(linked(&world, number).await.told_by, Some((17, 16)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn linking_is_stopped_and_told_what_it_cannot_do() {
    let world = World::new().await;
    let check = changed_ids(&world, 20).await;
    let number = world.run(&check).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    assert!(matches!(w.stop_pairs(owner, plan, number).await, Err(Error::NotFound(_))));
    assert!(matches!(w.take_over_pairs(owner, plan, number).await, Err(Error::Conflict(_))), "nothing was found yet");
    w.find_pairs(owner, plan, number, false).await.unwrap();
    let waiting = page(&world, number, PairShow::Unclear, 0).await;
    let LinkState::Going { progress } = waiting.state else { panic!("it does not go on") };
    assert_eq!((progress.phase.as_str(), progress.before), ("waiting", Some(0)), "its place in the line");
    assert_eq!(waiting.told_by, None, "three pairs of columns are all that there are");
    w.stop_pairs(owner, plan, number).await.unwrap();
    w.work_off().await.unwrap();
    assert!(matches!(page(&world, number, PairShow::Unclear, 0).await.state, LinkState::Failed { .. }));
    assert!(matches!(w.stop_pairs(owner, plan, number).await, Err(Error::Conflict(_))));
    assert_eq!(run_page(&world, number).await.run.state, RunState::Done, "the run has its result all the same");

    // Evidence that is gone is said: at once, and by what waited in the line when it went.
    w.find_pairs(owner, plan, number, false).await.unwrap();
    let evidence = world.data.path().join("evidence");
    std::fs::remove_dir_all(&evidence).unwrap();
    w.work_off().await.unwrap();
    let LinkState::Failed { message } = page(&world, number, PairShow::Unclear, 0).await.state else { panic!() };
    assert!(message.contains("are not kept"), "{message}");
    let again = w.find_pairs(owner, plan, number, false).await.unwrap_err();
    assert!(again.to_string().contains("are not kept"), "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn protected_values_and_keys_are_for_those_who_decide() {
    let world = World::new().await;
    let two = with_changed_ids(&world, 60).await;
    let check = by_id(&world, &two).await;
    let number = world.run(&check).await;
    let open = linked(&world, number).await.pair.unwrap();
    decide(&world, number, &open, true).await.unwrap();
    let (w, plan) = (&world.workbench, world.plan.as_str());
    let viewer = world.join("Vera", PlanRole::Viewer).await;
    let one = async |who: &Caller| w.pairs_page(who, plan, number, PairShow::Unclear, open.place, true).await.unwrap();
    let listed = async |who: &Caller, show| w.pairs_page(who, plan, number, show, 0, false).await.unwrap();
    let crosswalk = async |who: &Caller, text: &str| {
        let filter = CrosswalkFilter { text: Some(text.to_owned()), ..CrosswalkFilter::default() };
        w.crosswalk_page(who, plan, &filter, 0).await
    };
    let csv = async |who: &Caller| {
        String::from_utf8(w.crosswalk_csv(who, plan, &CrosswalkFilter::default()).await.unwrap()).unwrap()
    };

    // A protected field: what it says of the pair is told, and nothing of what it holds.
    world.set(Kind::DataPoint, two.points["email"], "personal", json!(true)).await;
    let (full, seen) = (one(&world.owner).await, one(&viewer).await);
    assert_eq!((full.masked, seen.masked), (false, true));
    let (full, seen) = (full.pair.unwrap(), seen.pair.unwrap());
    assert_eq!((seen.left_key.as_str(), seen.left.as_str()), (open.left_key.as_str(), open.left.as_str()));
    assert!(full.fields[0].left.as_ref().unwrap().contains('@'));
    let sign = Some("•••");
    assert_eq!((seen.fields[0].left.as_deref(), seen.fields[0].right.as_deref()), (sign, sign));
    assert_eq!((&seen.fields[0].alike, &seen.fields[0].says), (&full.fields[0].alike, &full.fields[0].says));
    assert_eq!(seen.fields[1..], full.fields[1..]);
    let list = crosswalk(&viewer, &open.left_key).await.unwrap();
    assert!(!list.masked && list.rows.iter().any(|row| row.left == open.left_key), "{:?}", list.rows);

    // A protected key is told by no list, no file, no link and no search.
    let point = world.add(Kind::DataPoint, json!({ "name": "Number", "object": two.customer, "personal": true })).await;
    let place = json!({ "data_point": point, "instance": two.crm, "object_name": "customer", "field_name": "ID" });
    world.add(Kind::Occurrence, place).await;
    let pair = one(&viewer).await.pair.unwrap();
    assert_eq!([pair.left_key.as_str(), pair.right_key.as_str()], ["•••"; 2]);
    assert!(pair.left.is_empty() && pair.right.is_empty(), "they would open the records");
    let sure = listed(&viewer, PairShow::Sure).await;
    assert!(sure.masked && !sure.sure.is_empty() && sure.sure.iter().all(|row| row.left == "•••"), "{:?}", sure.sure);
    let decided = listed(&viewer, PairShow::Decided).await;
    assert!(decided.masked && decided.rows.len() == 1 && decided.rows[0].right == "•••", "{:?}", decided.rows);
    let all = w.crosswalk_page(&viewer, plan, &CrosswalkFilter::default(), 0).await.unwrap();
    assert!(all.masked && all.rows.len() == 1 && all.rows[0].left == "•••", "{:?}", all.rows);
    let file = csv(&viewer).await;
    assert!(file.contains(",CRM,ERP,•••,•••,same,") && !file.contains(&open.left_key), "{file}");
    let refused = crosswalk(&viewer, &open.left_key).await.unwrap_err();
    assert_eq!(super::world::fields(&refused), ["text"]);

    // Who decides sees all of it.
    let pair = one(&world.owner).await.pair.unwrap();
    assert_eq!((pair.left_key, pair.left), (open.left_key.clone(), open.left.clone()));
    assert!(crosswalk(&world.owner, &open.left_key).await.unwrap().total >= 1);
    assert!(csv(&world.owner).await.contains(&open.left_key));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keys_of_which_nobody_knows_the_columns_are_masked() {
    let world = World::new().await;
    let two = with_changed_ids(&world, 60).await;
    let check = by_id(&world, &two).await;
    let number = world.run(&check).await;
    let open = linked(&world, number).await.pair.unwrap();
    decide(&world, number, &open, true).await.unwrap();
    let viewer = world.join("Vera", PlanRole::Viewer).await;
    let keys = async |who: &Caller| {
        let all = world.workbench.crosswalk_page(who, &world.plan, &CrosswalkFilter::default(), 0).await.unwrap();
        all.rows[0].left.clone()
    };
    world.set(Kind::DataPoint, two.points["email"], "personal", json!(true)).await;
    let item = world.workbench.basis(&world.owner, &world.plan).await.unwrap();
    let item = item.plan.each::<domain::entity::Check>().next().unwrap().id();
    world.set(Kind::Check, item, "left_min", json!(1)).await;
    assert_eq!(keys(&viewer).await, open.left_key, "the run still says which columns it matched by");
    std::fs::remove_dir_all(world.data.path().join("evidence")).unwrap();
    assert_eq!(keys(&viewer).await, "•••");
    assert_eq!(keys(&world.owner).await, open.left_key);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn editors_decide_and_viewers_read() {
    let world = World::new().await;
    let check = changed_ids(&world, 60).await;
    let number = world.run(&check).await;
    let pair = linked(&world, number).await.pair.unwrap();
    let viewer = world.stranger().await;
    let (w, plan) = (&world.workbench, world.plan.as_str());
    let id = viewer.user_id().unwrap();
    let read = async |who: &Caller| w.pairs_page(who, plan, number, PairShow::Unclear, 0, false).await;
    assert!(matches!(read(&viewer).await, Err(Error::NotFound("plan"))));
    w.set_member(&world.owner, plan, id, Some(PlanRole::Viewer)).await.unwrap();
    assert!(!read(&viewer).await.unwrap().may_decide);
    w.crosswalk_page(&viewer, plan, &CrosswalkFilter::default(), 0).await.unwrap();
    let keys = (pair.left.as_str(), pair.right.as_str());
    assert!(matches!(w.decide_pair(&viewer, plan, number, pair.place, keys, true).await, Err(Error::Denied(_))));
    assert!(matches!(w.find_pairs(&viewer, plan, number, false).await, Err(Error::Denied(_))));
    assert!(matches!(w.undo_pair(&viewer, plan, number).await, Err(Error::Denied(_))));
    w.set_member(&world.owner, plan, id, Some(PlanRole::Editor)).await.unwrap();
    w.decide_pair(&viewer, plan, number, pair.place, keys, true).await.unwrap();
    // Everybody takes back their own.
    assert!(matches!(w.undo_pair(&world.owner, plan, number).await, Err(Error::Conflict(_))));
    assert!(read(&viewer).await.unwrap().may_undo && !read(&world.owner).await.unwrap().may_undo);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_cut_is_not_taken_for_the_whole() {
    let world = World::with(|settings| settings.max_differences = 30).await;
    let check = changed_ids(&world, 60).await;
    let first = world.run(&check).await;
    let totals = run_page(&world, first).await.run.totals.unwrap();
    let note = format!("30 of {} differences are kept to be looked at; ", totals.entries());
    assert!(totals.sources[0].notes[0].starts_with(&note), "{:?}", totals.sources[0].notes);
    let refused = world.workbench.find_pairs(&world.owner, &world.plan, first, false).await.unwrap_err().to_string();
    assert!(refused.starts_with("this run kept 30 of ") && refused.contains("link all records"), "{refused}");

    // All records can be linked; the next run says nothing of what it cannot see.
    world.workbench.find_pairs(&world.owner, &world.plan, first, true).await.unwrap();
    world.workbench.work_off().await.unwrap();
    assert!(world.workbench.take_over_pairs(&world.owner, &world.plan, first).await.unwrap() > 0);
    let second = world.run(&check).await;
    assert_eq!(run_page(&world, second).await.run.totals.unwrap().crosswalk, None);
}
