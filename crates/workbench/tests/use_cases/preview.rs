//! Rules seen before they are agreed, expectations of format and quantity, a finished run under other rules.

use super::world::{TwoSystems, World, fields};
use domain::{Kind, RunSide, RunState, Submitted};
use serde_json::json;
use std::collections::BTreeMap;
use views::sync::{CheckPreview, PairPreview, SideChoice};
use workbench::ExportFormat;

const CRM: &str = "id,email,name,tier\n\
    1,a@x.example,Ann ,gold\n\
    2,B@X.example,Bob ,gold\n\
    3,c@x.example,Cleo,silver\n\
    4,d@x.example,dan,gold\n\
    5,e@x.example,Dan,x\n";
const ERP: &str = "id,email,name,tier\n\
    1,a@x.example,Ann,gold\n\
    2,b@x.example,Bob,gold\n\
    3,c@x.example,Cleo,silver\n\
    4,other@x.example,Dan,gold\n\
    5,e@x.example,Dan,gold\n\
    6,f@x.example,Fay,gold\n";

/// The form of a check of both systems, each row a column on both sides with what is ticked.
fn form(two: &TwoSystems, tables: (&str, &str), rows: &[(&str, &[&str])]) -> Submitted {
    let mut form = super::world::form(&[
        ("name", "Previewed"),
        ("left", &two.left.to_string()),
        ("left_table", tables.0),
        ("right", &two.right.to_string()),
        ("right_table", tables.1),
    ]);
    let row = |column: &str, ticked: &[&str]| -> BTreeMap<String, String> {
        let columns = [("left", column), ("right", column)].into_iter();
        let ticked = ticked.iter().map(|rule| (*rule, "true"));
        columns.chain(ticked).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    form.parts.entry("key".into()).or_default().insert("id-new000".into(), row("id", &[]));
    for (column, ticked) in rows {
        form.parts.entry("compare".into()).or_default().insert(format!("id-new{column}"), row(column, ticked));
    }
    form
}

fn pair<'a>(preview: &'a CheckPreview, id: &str) -> &'a PairPreview {
    preview.pairs.iter().find(|pair| pair.id == id || pair.id.strip_prefix("new") == Some(id)).unwrap()
}

/// Equal, by rule, different, merged, and the best further rule with what it gains and merges.
type Said<'a> = (u64, u64, u64, u64, Option<(&'a str, u64, u64)>);

fn said(pair: &PairPreview) -> Said<'_> {
    let gain = pair.gain.as_ref().map(|gain| (gain.rule.as_str(), gain.more, gain.merged));
    (pair.equal, pair.equal_by_rule, pair.different, pair.merged, gain)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ticking_a_rule_is_counted_at_once_and_nothing_is_saved() {
    let world = World::new().await;
    let two = world.two_systems(CRM, ERP).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let design = w.design_check(owner, plan, None, &two.choice()).await.unwrap();
    let tables = (design.left.table.as_str(), design.right.table.as_str());
    let preview = design.preview.as_ref().unwrap();
    assert!(
        preview.sample.starts_with("5 records are on both sides, among all 5 rows of the left side and all 6 rows")
    );
    assert!(preview.sample.contains("1 keys only on the right"), "{}", preview.sample);
    let name = design.pairs.iter().find(|pair| pair.left == "name").unwrap();
    assert_eq!(said(pair(preview, &name.id)), (2, 0, 3, 0, Some(("Trim", 2, 0))));

    let counted = async |rows: &[(&str, &[&str])]| {
        w.preview_check(owner, plan, &form(&two, tables, rows)).await.unwrap().unwrap()
    };
    let preview = counted(&[("name", &["trim"]), ("email", &[])]).await;
    assert_eq!(said(pair(&preview, "name")), (2, 2, 1, 0, Some(("Ignore case", 1, 1))), "dan and Dan become one");
    assert_eq!(said(pair(&preview, "email")), (3, 0, 2, 0, Some(("Ignore case", 1, 0))));
    let preview = counted(&[("name", &["trim", "case_fold"])]).await;
    assert_eq!(said(pair(&preview, "name")), (2, 3, 0, 1, None));

    // Half a tolerance is said beside its pair; the others are counted.
    let mut half = form(&two, tables, &[("name", &[]), ("email", &[])]);
    half.parts.get_mut("compare").unwrap().get_mut("id-newname").unwrap().insert("tolerance".into(), "much".into());
    let preview = w.preview_check(owner, plan, &half).await.unwrap().unwrap();
    assert!(pair(&preview, "name").trouble.as_ref().unwrap().contains("write it like 0.01"));
    assert_eq!(pair(&preview, "email").equal, 3);
    // Without a key there is nothing to join by.
    half.parts.remove("key");
    assert_eq!(w.preview_check(owner, plan, &half).await.unwrap(), None);
    assert!(w.sync_page(owner, plan).await.unwrap().checks.is_empty(), "nothing was saved");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_sources_are_read_once_until_a_connection_changes() {
    let world = World::new().await;
    let two = world.two_systems(CRM, ERP).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let design = w.design_check(owner, plan, None, &two.choice()).await.unwrap();
    let tables = (design.left.table.as_str(), design.right.table.as_str());
    let form = form(&two, tables, &[("tier", &[])]);
    let equal = async || {
        let preview = w.preview_check(owner, plan, &form).await.unwrap();
        preview.map(|preview| pair(&preview, "tier").equal)
    };
    assert_eq!(equal().await, Some(4));
    let newer = CRM.replace(",x\n", ",gold\n");
    let connection = two.left.to_string();
    w.replace_file(owner, plan, &connection, "newer.csv", newer.as_bytes()).await.unwrap();
    assert_eq!(equal().await, Some(5), "a newer file is read anew");
    w.remove_connection(owner, plan, two.left).await.unwrap();
    assert_eq!(equal().await, None, "what is no longer connected is no longer seen");

    let stranger = world.stranger().await;
    let hidden = w.preview_check(&stranger, plan, &form).await.unwrap_err();
    assert!(matches!(hidden, workbench::Error::NotFound("plan")), "{hidden}");
    // A plan of one's own opens nobody else's connections.
    let own = w.create_plan(&stranger, "Mine").await.unwrap();
    assert_eq!(w.preview_check(&stranger, &own, &form).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_saved_check_shows_its_rules_in_the_sample() {
    let world = World::new().await;
    let two = world.two_systems(CRM, ERP).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let check = world.designed(&two).await;
    let design = w.design_check(owner, plan, Some(&check), &SideChoice::default()).await.unwrap();
    let name = design.pairs.iter().find(|pair| pair.left == "name").unwrap();
    let preview = design.preview.as_ref().unwrap();
    assert_eq!(said(pair(preview, &name.id)), (2, 2, 1, 0, Some(("Ignore case", 1, 1))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn format_and_quantity_are_counted_with_the_run() {
    let world = World::new().await;
    let two = world.two_systems(CRM, ERP).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let design = w.design_check(owner, plan, None, &two.choice()).await.unwrap();
    let mut form = form(&two, (&design.left.table, &design.right.table), &[("tier", &[])]);
    let expectation = |texts: &[(&str, &str)]| -> BTreeMap<String, String> {
        texts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let rows = form.parts.entry("expect".into()).or_default();
    let tier = expectation(&[("left", "tier"), ("right", "tier"), ("codes", "gold\nsilver\n"), ("longest", "6")]);
    rows.insert("id-new000".into(), tier);
    let email = expectation(&[("left", "email"), ("right", ""), ("pattern", "[a-z]+@[a-z.]+")]);
    rows.insert("id-new001".into(), email);
    let id = expectation(&[("left", ""), ("right", "id"), ("value_type", "whole_number")]);
    rows.insert("id-new002".into(), id);
    rows.insert("id-new800".into(), expectation(&[("left", ""), ("right", "")]));
    for (name, value) in [("left_min", "6"), ("left_max", "1 000"), ("right_max", "6")] {
        form.texts.insert(name.into(), value.into());
    }

    // What cannot be is refused in words beside its field.
    let mut wrong = form.clone();
    wrong.parts.get_mut("expect").unwrap().get_mut("id-new001").unwrap().insert("pattern".into(), "[a-".into());
    let error = w.save_check(owner, plan, "", "", wrong).await.unwrap_err();
    assert_eq!(fields(&error), ["expect"]);
    assert!(error.to_string().contains("email: the pattern `[a-` cannot be read"), "{error}");
    let mut wrong = form.clone();
    wrong.texts.insert("right_min".into(), "7".into());
    assert_eq!(fields(&w.save_check(owner, plan, "", "", wrong).await.unwrap_err()), ["right_max"]);

    let check = w.save_check(owner, plan, "", "", form).await.unwrap();
    let saved = w.design_check(owner, plan, Some(&check), &SideChoice::default()).await.unwrap();
    let words: Vec<_> = saved.expect.iter().map(|row| row.words.as_str()).collect();
    assert_eq!(words, ["at most 6 characters, one of 2 values", "like [a-z]+@[a-z.]+", "whole number"]);
    assert_eq!(saved.quantity, [Some(6), Some(1000), None, Some(6)]);

    let number = world.run(&check).await;
    let page = w.run_page(owner, plan, number).await.unwrap();
    assert_eq!(page.run.state, RunState::Done, "{:?}", page.run.message);
    let totals = page.run.totals.as_ref().unwrap();
    let found: Vec<_> = totals
        .format
        .iter()
        .map(|f| {
            let breaks: Vec<_> = f.breaks.iter().map(|b| (b.cause.as_str(), b.count)).collect();
            (f.side, f.column.as_str(), f.filled, f.broken, breaks)
        })
        .collect();
    assert_eq!(
        found,
        [
            (RunSide::Left, "tier", 5, 1, vec![("allowed values", 1)]),
            (RunSide::Left, "email", 5, 1, vec![("pattern", 1)]),
            (RunSide::Right, "tier", 6, 0, vec![]),
            (RunSide::Right, "id", 6, 0, vec![]),
        ]
    );
    assert_eq!(page.format_examples, [vec!["x".to_owned()], vec!["B@X.example".to_owned()], vec![], vec![]]);
    let quantity: Vec<_> = totals.quantity.iter().map(|q| (q.side, q.rows, q.within())).collect();
    assert_eq!(quantity, [(RunSide::Left, 5, false), (RunSide::Right, 6, true)]);
    // The values stay with what the run kept: they are in no total and so in no signature.
    assert!(!serde_json::to_string(totals).unwrap().contains("B@X.example"));
    let exported = async |format| {
        let file = w.export(owner, plan, Some("draft"), format).await.unwrap();
        String::from_utf8(file.bytes).unwrap()
    };
    let document = exported(ExportFormat::Markdown).await;
    for told in [
        "**Quantity is not as expected in crm**",
        "**Values of 2 of 4 columns are not of the expected format**",
        r"| `email` | crm | like \[a-z\]+\@\[a-z.\]+ | 5 | 1 | ◆ not met<br><sub>pattern 1</sub> |",
    ] {
        assert!(document.contains(told), "{told} is missing: {document}");
    }
    for text in [document, exported(ExportFormat::Json).await] {
        assert!(!text.contains("B@X.example"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_data_points_say_of_their_form_is_proposed() {
    let world = World::new().await;
    let two = world.two_systems(CRM, ERP).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    for (point, field, value) in
        [("tier", "format", "gold|silver"), ("name", "format", "any name"), ("name", "logical_type", "date")]
    {
        world.set(Kind::DataPoint, two.points[point], field, json!(value)).await;
    }
    for (instance, length) in [(two.crm, 40), (two.erp, 30)] {
        let place = two.occurrences[&("name", instance)];
        world.set(Kind::Occurrence, place, "max_length", json!(length)).await;
    }
    let design = w.design_check(owner, plan, None, &two.choice()).await.unwrap();
    let proposed: Vec<_> = design
        .expect
        .iter()
        .map(|e| (e.left.as_str(), e.value_type.as_str(), e.longest.as_str(), e.codes.as_str(), e.because.as_str()))
        .collect();
    assert_eq!(
        proposed,
        [
            ("name", "date", "30", "", "type, length of the data point name"),
            ("tier", "", "", "gold\nsilver", "format of the data point tier"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_finished_run_is_seen_under_other_rules_from_what_it_kept() {
    let world = World::new().await;
    let two = world.two_systems(CRM, ERP).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let check = world.designed(&two).await;
    let number = world.run(&check).await;
    // The source is gone: it is not needed.
    w.remove_connection(owner, plan, two.left).await.unwrap();
    let own = w.run_under(owner, plan, number, None).await.unwrap().unwrap();
    let shown =
        |row: &views::sync::OtherRulesRow| (row.name.clone(), row.equal_by_rule, row.different, row.rules.clone());
    let name = own.rows.iter().find(|row| row.name == "name").unwrap();
    assert_eq!(shown(name), ("name".into(), 2, 1, vec!["trim".to_owned()]));
    assert_eq!((own.asked, own.matched, own.in_sync), (false, 5, 2));

    let place = own.rows.iter().position(|row| row.name == "name").unwrap();
    let email = own.rows.iter().position(|row| row.name == "email").unwrap();
    let ticked = [format!("{place}.trim"), format!("{place}.case_fold"), format!("{email}.case_fold"), "9.trim".into()];
    let other = w.run_under(owner, plan, number, Some(&ticked)).await.unwrap().unwrap();
    let different: Vec<_> = other.rows.iter().map(|row| (row.name.as_str(), row.different, row.differed)).collect();
    assert_eq!(different, [("email", 1, 2), ("name", 0, 1), ("tier", 1, 1)]);
    assert_eq!((other.asked, other.in_sync, other.was_in_sync), (true, 3, 2));
    let none = w.run_under(owner, plan, number, Some(&[])).await.unwrap().unwrap();
    assert_eq!(none.rows[place].different, 3, "without its rule the names differ again");

    let stranger = world.stranger().await;
    assert!(w.run_under(&stranger, plan, number, None).await.is_err());
    std::fs::remove_dir_all(world.data.path().join("evidence")).unwrap();
    let gone = w.run_under(owner, plan, number, Some(&ticked)).await.unwrap().unwrap();
    assert!(gone.trouble.unwrap().contains("are not kept; run the check again"));
    assert_eq!(w.run_page(owner, plan, number).await.unwrap().run.state, RunState::Done);
}
