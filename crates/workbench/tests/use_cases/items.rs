//! Items through their forms: two people at once, rows of parts, what was removed, what plans share.

use super::world::{World, fields};
use domain::{FieldType, Kind, PlanRole, Submitted, form_key};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use views::items::{ConflictField, EditOutcome, ItemDetail};
use workbench::{Caller, Error};

/// Two editors of a plan.
struct Two {
    world: World,
    sam: Caller,
}

async fn two() -> Two {
    let world = World::new().await;
    let sam = world.stranger().await;
    let id = sam.user_id().unwrap();
    world.workbench.set_member(&world.owner, &world.plan, id, Some(PlanRole::Editor)).await.unwrap();
    Two { world, sam }
}

impl Two {
    async fn open(&self, item: &str) -> ItemDetail {
        self.world.workbench.item(&self.world.owner, &self.world.plan, item).await.unwrap()
    }

    /// Saves the form of an item as `caller` saw it, with some things typed.
    async fn save(&self, caller: &Caller, seen: &ItemDetail, typed: impl FnOnce(&mut Submitted)) -> EditOutcome {
        let mut form = shown(seen);
        typed(&mut form);
        let (id, kind, before) = (seen.item.id.to_string(), seen.item.kind(), seen.body.to_string());
        self.world.workbench.change_item(caller, Some(&self.world.plan), &id, kind, &before, form).await.unwrap()
    }

    async fn settle(&self, caller: &Caller, seen: &ItemDetail, field: &ConflictField, value: &Value) -> EditOutcome {
        let (id, theirs) = (seen.item.id.to_string(), field.theirs_value.to_string());
        let (plan, value) = (Some(self.world.plan.as_str()), value.to_string());
        self.world.workbench.settle_field(caller, plan, &id, &field.field, &theirs, &value).await.unwrap()
    }
}

/// What the form of an item sends when nothing was typed.
fn shown(seen: &ItemDetail) -> Submitted {
    let mut form = Submitted::default();
    for field in seen.item.kind().fields() {
        let value = &seen.body[field.name];
        let list = value.as_array().cloned().unwrap_or_default();
        match field.kind {
            FieldType::Refs(_) => {
                let ticks = list.iter().map(|id| (form_key(id.as_str().unwrap()), "true".to_owned())).collect();
                form.ticks.insert(field.name.into(), ticks);
            }
            FieldType::Parts(inner) => {
                let row = |part: &Value| {
                    let cells = inner.iter().map(|sub| (sub.name.to_owned(), text(&part[sub.name])));
                    (form_key(part["id"].as_str().unwrap()), cells.collect())
                };
                form.parts.insert(field.name.into(), list.iter().map(row).collect());
            }
            _ => {
                form.texts.insert(field.name.into(), text(value));
            }
        }
    }
    form
}

fn text(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

fn typing<'a>(name: &'a str, value: &'a str) -> impl FnOnce(&mut Submitted) + 'a {
    move |form| {
        form.texts.insert(name.into(), value.into());
    }
}

fn row(form: &mut Submitted, field: &str, key: String, cells: &[(&str, &str)]) {
    let cells: BTreeMap<_, _> = cells.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    form.parts.entry(field.into()).or_default().insert(key, cells);
}

fn conflicts(outcome: EditOutcome) -> Vec<ConflictField> {
    match outcome {
        EditOutcome::Conflict { fields } => fields,
        EditOutcome::Saved { .. } => panic!("this was saved"),
    }
}

fn saved(outcome: EditOutcome) {
    assert!(matches!(outcome, EditOutcome::Saved { .. }), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn different_fields_merge_and_the_same_field_is_a_choice() {
    let two = two().await;
    two.world.add(Kind::DataPoint, json!({ "name": "E-mail", "format": "any" })).await;
    let seen = two.open("D1").await;
    saved(two.save(&two.world.owner, &seen, typing("name", "E-mail address")).await);
    saved(two.save(&two.sam, &seen, typing("unit", "none")).await);
    let merged = two.open("D1").await;
    assert_eq!((&merged.body["name"], &merged.body["unit"]), (&json!("E-mail address"), &json!("none")));

    saved(two.save(&two.world.owner, &merged, typing("format", "RFC 5322")).await);
    let both = |form: &mut Submitted| {
        typing("format", "a@b.c")(form);
        typing("definition", "Where letters go")(form);
    };
    let fields = conflicts(two.save(&two.sam, &merged, both).await);
    let [field] = fields.as_slice() else { panic!("{fields:?}") };
    assert_eq!((field.label.as_str(), field.by.as_str()), ("Format", "Olga Owner"));
    assert_eq!((field.theirs.as_str(), field.mine.as_str()), ("RFC 5322", "a@b.c"));
    assert_eq!(two.open("D1").await.body["definition"], "", "nothing of a conflicting form is kept");

    // While Sam chooses, Olga changes it once more: Sam is asked again.
    saved(two.save(&two.world.owner, &two.open("D1").await, typing("format", "RFC 6531")).await);
    let again = conflicts(two.settle(&two.sam, &seen, field, &field.mine_value).await);
    assert_eq!((again[0].theirs.as_str(), again[0].mine.as_str()), ("RFC 6531", "a@b.c"));
    saved(two.settle(&two.sam, &seen, &again[0], &again[0].mine_value).await);
    assert_eq!(two.open("D1").await.body["format"], "a@b.c");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_the_rules_say_while_typing_is_what_they_say_once_it_is_saved() {
    let two = two().await;
    let world = &two.world;
    world.add(Kind::DataPoint, json!({ "name": "E-mail", "definition": "Where letters go" })).await;
    world.add(Kind::DataPoint, json!({ "name": "Tier", "definition": "How loyal" })).await;
    let seen = two.open("D1").await;
    let typed = |form: &mut Submitted| {
        typing("definition", "")(form);
        typing("name", "Tier")(form);
    };
    let basis = world.workbench.basis(&two.sam, &world.plan).await.unwrap();
    let mut form = shown(&seen);
    typed(&mut form);
    let judged = basis.judge(seen.item.id, form.preview(Kind::DataPoint).unwrap());
    assert_ne!(judged.here, seen.findings);

    saved(two.save(&two.sam, &seen, typed).await);
    assert_eq!(judged.here, two.open("D1").await.findings);
    let now = world.workbench.findings(&two.sam, &world.plan).await.unwrap().findings;
    let new: Vec<_> = now
        .into_iter()
        .map(|(finding, _)| finding)
        .filter(|f| f.subject != Some(seen.item.id) && !basis.findings.contains(f))
        .collect();
    assert_eq!(judged.elsewhere, new);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_of_parts_are_added_changed_and_merged_one_by_one() {
    let two = two().await;
    two.world.add(Kind::Risk, json!({ "name": "Data loss" })).await;
    let seen = two.open("R1").await;
    let add =
        |what: &'static str| move |form: &mut Submitted| row(form, "actions", form_key("new1"), &[("what", what)]);
    saved(two.save(&two.world.owner, &seen, add("Back up")).await);
    saved(two.save(&two.sam, &seen, add("Rehearse")).await);
    let seen = two.open("R1").await;
    let ids: Vec<String> =
        seen.body["actions"].as_array().unwrap().iter().map(|a| a["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(seen.body["actions"][0]["what"], "Back up");
    assert_eq!(ids.len(), 2, "both new rows are there");

    let change = |at: usize, what: &'static str| {
        let key = form_key(&ids[at]);
        move |form: &mut Submitted| row(form, "actions", key, &[("what", what)])
    };
    saved(two.save(&two.world.owner, &seen, change(0, "Back up twice")).await);
    saved(two.save(&two.sam, &seen, change(1, "Rehearse in March")).await);
    let fields = conflicts(two.save(&two.sam, &seen, change(0, "Back up daily")).await);
    assert_eq!(fields[0].field, format!("actions/{}", ids[0]));
    assert!(fields[0].theirs.contains("Back up twice") && fields[0].mine.contains("Back up daily"), "{fields:?}");
    saved(two.settle(&two.sam, &seen, &fields[0], &fields[0].mine_value).await);
    let now = two.open("R1").await;
    assert_eq!(now.body["actions"][0]["what"], "Back up daily");
    assert_eq!(now.body["actions"][1]["what"], "Rehearse in March");
    // A row that is emptied goes; the others stay.
    saved(two.save(&two.sam, &now, |form| row(form, "actions", form_key(&ids[0]), &[])).await);
    assert_eq!(two.open("R1").await.body["actions"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn saving_what_was_shown_changes_nothing() {
    let two = two().await;
    let (a, b) = (
        two.world.add(Kind::Team, json!({ "name": "A" })).await,
        two.world.add(Kind::Team, json!({ "name": "B" })).await,
    );
    two.world.add(Kind::Communication, json!({ "name": "Go", "audience": [b, a] })).await;
    let seen = two.open("C1").await;
    saved(two.save(&two.sam, &seen, |_| {}).await);
    assert_eq!(two.open("C1").await.body, seen.body, "ticks come in another order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_truth_wins_with_a_field_of_its_own_data_point() {
    let two = two().await;
    let world = &two.world;
    let crm = world.add(Kind::Instance, json!({ "name": "CRM" })).await;
    let mail = world.add(Kind::DataPoint, json!({ "name": "E-mail" })).await;
    let tier = world.add(Kind::DataPoint, json!({ "name": "Tier" })).await;
    let place = json!({ "data_point": tier, "instance": crm, "object_name": "customer", "field_name": "tier" });
    let place = world.add(Kind::Occurrence, place).await;
    let truth = |point: domain::ItemId| {
        let (point, place) = (point.to_string(), place.to_string());
        let form = super::world::form(&[("data_point", &point), ("occurrence", &place), ("state", "proposed")]);
        world.workbench.add_item(&world.owner, Some(&world.plan), Kind::Truth, form)
    };
    let error = truth(mail).await.unwrap_err();
    assert_eq!(fields(&error), ["occurrence"]);
    assert!(error.to_string().contains("holds “Tier”; choose a field that holds “E-mail”"), "{error}");
    saved(truth(tier).await.unwrap());
    let seen = two.open("U1").await;
    let (mail, before, id) = (mail.to_string(), seen.body.to_string(), seen.item.id.to_string());
    let mut form = shown(&seen);
    typing("data_point", &mail)(&mut form);
    let moved = world.workbench.change_item(&two.sam, Some(&world.plan), &id, Kind::Truth, &before, form).await;
    assert_eq!(fields(&moved.unwrap_err()), ["occurrence"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_removed_is_read_by_id_and_comes_back() {
    let two = two().await;
    let world = &two.world;
    let point = world.add(Kind::DataPoint, json!({ "name": "E-mail" })).await.to_string();
    world.workbench.comment(&world.owner, &world.plan, &point, "", "", "Needed?").await.unwrap();
    world.workbench.remove_item(&two.sam, Some(&world.plan), &point).await.unwrap();
    assert!(matches!(world.workbench.item(&two.sam, &world.plan, "D1").await, Err(Error::NotFound(_))));
    let gone = two.open(&point).await;
    assert!(!gone.may_edit && gone.may_undo && gone.item.archived_at.is_some());
    let activity = world.workbench.overview(&two.sam, &world.plan).await.unwrap().activity;
    let row = activity.iter().find(|row| row.verb == "removed").unwrap();
    assert_eq!(row.href.as_deref(), Some(format!("/p/{}/items/data_point/{point}", world.plan).as_str()));
    let undoable: Vec<_> = gone.history.iter().map(|row| (row.verb.as_str(), row.undoable)).collect();
    assert_eq!(undoable, [("removed", true), ("commented", false), ("added", true)]);
    let (before, form) = (gone.body.to_string(), shown(&gone));
    let mut renamed = form;
    typing("name", "Mail")(&mut renamed);
    let change = world.workbench.change_item(&two.sam, Some(&world.plan), &point, Kind::DataPoint, &before, renamed);
    assert!(matches!(change.await, Err(Error::Conflict(words)) if words.contains("was removed")));
    world.workbench.undo(&two.sam, Some(&world.plan), gone.history[0].seq).await.unwrap();
    assert!(two.open("D1").await.may_edit);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_plans_share_is_edited_where_it_is_looked_at_and_kept_while_they_use_it() {
    let two = two().await;
    let world = &two.world;
    let team = world.add(Kind::Team, json!({ "name": "Service desk" })).await.to_string();
    let seen = two.open("T1").await;
    assert!(seen.may_edit && seen.href == format!("/p/{}/items/team/T1", world.plan), "{}", seen.href);
    assert_eq!(seen.history.len(), 1, "its history is that of the workspace");
    world.add(Kind::Communication, json!({ "name": "Go", "audience": [team] })).await;
    let error = world.workbench.remove_item(&two.sam, None, &team).await.unwrap_err();
    assert!(matches!(error, Error::Conflict(ref words) if words.contains(&world.plan)), "{error}");
    let communication = two.open("C1").await.item.id.to_string();
    world.workbench.remove_item(&two.sam, Some(&world.plan), &communication).await.unwrap();
    world.workbench.remove_item(&two.sam, None, &team).await.unwrap();
    // What comes back must find what it refers to.
    let seq = two.open(&communication).await.history[0].seq;
    let error = world.workbench.undo(&two.sam, Some(&world.plan), seq).await.unwrap_err();
    assert_eq!(fields(&error), ["audience"], "{error}");
    let gone = world.workbench.workspace_item(&two.sam, &team).await.unwrap();
    world.workbench.undo(&two.sam, None, gone.history[0].seq).await.unwrap();
    world.workbench.undo(&two.sam, Some(&world.plan), seq).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_answer_is_about_what_its_thread_is_about() {
    let two = two().await;
    let world = &two.world;
    let point = world.add(Kind::DataPoint, json!({ "name": "E-mail", "format": "any" })).await.to_string();
    let first = world.workbench.comment(&world.owner, &world.plan, &point, "format", "", "Which?").await.unwrap();
    world.workbench.comment(&two.sam, &world.plan, "", "", &first.to_string(), "RFC 5322").await.unwrap();
    let threads = two.open("D1").await.threads;
    assert_eq!(threads.len(), 1);
    assert_eq!(threads[0].first.quoted.as_deref(), Some("any"));
    let answers: Vec<_> = threads[0].answers.iter().map(|a| (a.body.as_str(), a.field.as_deref())).collect();
    assert_eq!(answers, [("RFC 5322", Some("format"))]);
    let nowhere = uuid::Uuid::nil().to_string();
    let lost = world.workbench.comment(&two.sam, &world.plan, "", "", &nowhere, "Hello").await;
    assert!(matches!(lost, Err(Error::NotFound("thread"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_step_leads_to_steps_of_its_own_picture() {
    let two = two().await;
    let world = &two.world;
    let process = world.add(Kind::Process, json!({ "name": "Refund" })).await;
    let mut steps = Vec::new();
    for kind in ["as_told", "as_observed"] {
        let variant = world.add(Kind::Variant, json!({ "process": process, "kind": kind })).await;
        for (position, name) in [(1, "Ask"), (2, "Pay")] {
            let step = json!({ "name": name, "variant": variant, "position": position });
            steps.push(world.add(Kind::Step, step).await.to_string());
        }
    }
    let titles = |options: &[views::items::RefOption]| options.iter().map(|o| o.title.clone()).collect::<Vec<_>>();
    let own = two.open(&steps[2]).await.options["next.to"].clone();
    assert_eq!(titles(&own), ["Refund as observed · 2 Pay"]);
    let new = world.workbench.new_item(&two.sam, Some(&world.plan), Kind::Step).await.unwrap();
    assert_eq!(titles(&new.options["next.to"]).len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_form_sends_back_is_measured_before_it_is_built() {
    let two = two().await;
    let (w, plan) = (&two.world.workbench, Some(two.world.plan.as_str()));
    let process = two.world.add(Kind::Process, json!({ "name": "Refund" })).await.to_string();
    let seen = two.open(&process).await;
    let values = format!("[{}0]", "{\"\":0},".repeat(100_000));
    let before = format!("{{\"name\":{values}}}");
    let said = w.change_item(&two.sam, plan, &process, Kind::Process, &before, shown(&seen)).await.unwrap_err();
    assert!(matches!(&said, Error::Conflict(words) if words.contains("load it again")), "{said}");
    for (theirs, value, field) in [(values.as_str(), "\"x\"", "theirs"), ("\"Refund\"", values.as_str(), "value")] {
        let said = w.settle_field(&two.sam, plan, &process, "name", theirs, value).await.unwrap_err();
        assert_eq!(fields(&said), [field], "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_learns_anything_before_it_is_known_who_asks() {
    let world = World::new().await;
    let sam = world.stranger().await;
    let (w, plan) = (&world.workbench, Some(world.plan.as_str()));
    for (key, expected) in [(plan, "plan"), (None, "editor")] {
        let errors = [
            w.add_item(&sam, key, Kind::DataPoint, Submitted::default()).await.unwrap_err(),
            w.change_item(&sam, key, "none", Kind::DataPoint, "none", Submitted::default()).await.unwrap_err(),
            w.settle_field(&sam, key, "none", "none", "{", "{").await.unwrap_err(),
            w.remove_item(&sam, key, "none").await.unwrap_err(),
            w.undo(&sam, key, 1).await.unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error, Error::NotFound("plan") | Error::Denied(_)), "{error:?}");
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
    assert!(matches!(w.new_item(&sam, plan, Kind::Risk).await, Err(Error::NotFound("plan"))));
}
