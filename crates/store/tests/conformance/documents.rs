//! Documents, items and plans.

use crate::lab::Lab;
use domain::{Change, PlanRole, PlanState, Stamp, apply};
use std::collections::BTreeSet;
use store::{Brought, NewPlan, StoreError};

pub async fn items_come_back_as_they_were_written(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let mut expected = lab.store.load_document(document).await.unwrap();
    assert_eq!((expected.rev, expected.items.len()), (0, 0));
    let first = lab.term(&expected, "Kunde ✓ \"quoted\" \\ 雪");
    expected.items.insert(first.id, first.clone());
    let second = lab.term(&expected, "Second");
    assert_eq!((first.number, second.number), (1, 2));
    expected.items.insert(second.id, second.clone());
    let batch = [first.clone(), second];
    expected.rev = lab.store.commit_changes(document, 0, &batch, &[lab.entry("added")]).await.unwrap();
    assert_eq!(lab.store.load_document(document).await.unwrap(), expected);
    assert_eq!(lab.store.document_rev(document).await.unwrap(), 1);

    let stamp = Stamp { by: Some(ana), at: lab.now() };
    let archived = apply(&expected, &Change::Archive { item: first.id }, stamp).unwrap();
    assert_eq!((archived.rev, archived.archived_at), (2, Some(stamp.at)));
    expected.items.insert(first.id, archived.clone());
    expected.rev = lab.store.commit_changes(document, 1, &[archived], &[lab.entry("archived")]).await.unwrap();
    assert_eq!(lab.store.load_document(document).await.unwrap(), expected);
}

pub async fn a_stale_writer_is_told_the_revision(lab: &Lab) {
    lab.add_term(lab.workspace, "one").await;
    lab.add_term(lab.workspace, "two").await;
    let stale = lab.store.commit_changes(lab.workspace, 1, &[], &[lab.entry("late")]).await;
    assert!(matches!(stale, Err(StoreError::Stale { rev: 2 })));
    let missing = lab.store.commit_changes(lab.id(), 0, &[], &[]).await;
    assert!(matches!(missing, Err(StoreError::NotFound("document"))));
    let verbs: Vec<_> =
        lab.store.list_audit(lab.workspace, None, None, 9).await.unwrap().into_iter().map(|l| l.entry.verb).collect();
    assert_eq!(verbs, ["item_added", "item_added"], "what was refused is not in the trail");
}

pub async fn one_of_many_writers_wins_each_revision(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let empty = lab.store.load_document(document).await.unwrap();
    let writers: Vec<_> = (0..32)
        .map(|n| {
            let (store, line) = (lab.store.clone(), lab.entry("added"));
            let item = lab.term(&empty, &format!("writer {n}"));
            tokio::spawn(async move { store.commit_changes(document, 0, &[item], &[line]).await })
        })
        .collect();
    let mut won = 0;
    for writer in writers {
        match writer.await.unwrap() {
            Ok(rev) => {
                assert_eq!(rev, 1);
                won += 1;
            }
            Err(error) => assert!(matches!(error, StoreError::Stale { rev: 1 }), "{error}"),
        }
    }
    assert_eq!(won, 1);

    // Writers that try again all get through, and none of them is lost.
    let writers: Vec<_> = (0..8)
        .map(|n| {
            let store = lab.store.clone();
            let ids: Vec<domain::ItemId> = (0..5).map(|_| lab.id()).collect();
            let at = lab.now();
            tokio::spawn(async move {
                for id in ids {
                    loop {
                        let now = store.load_document(document).await.unwrap();
                        let fields = [("name".to_owned(), format!("{n} {id}").into())].into_iter().collect();
                        let add = Change::Add { item: id, kind: domain::Kind::Term, fields };
                        let item = apply(&now, &add, Stamp { by: None, at }).unwrap();
                        let line = store::AuditEntry::new(None, "added", at).item(id);
                        match store.commit_changes(document, now.rev, &[item], &[line]).await {
                            Ok(_) => break,
                            Err(error) => {
                                assert!(matches!(error, StoreError::Stale { .. }), "{error}")
                            }
                        }
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let document = lab.store.load_document(document).await.unwrap();
    assert_eq!((document.rev, document.items.len()), (41, 41));
    let numbers: BTreeSet<i64> = document.items.values().map(|item| item.number).collect();
    assert_eq!(numbers.len(), 41, "no running number twice");
    let chain = lab.store.verify_chain(document.id).await.unwrap();
    assert_eq!((chain.lines, chain.broken), (42, None));
}

pub async fn a_failed_batch_leaves_nothing(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let empty = lab.store.load_document(document).await.unwrap();
    // Two items with one running number: the second insert fails.
    let batch = [lab.term(&empty, "one"), lab.term(&empty, "two")];
    let refused = lab.store.commit_changes(document, 0, &batch, &[lab.entry("added")]).await;
    let Err(StoreError::Conflict { constraint }) = refused else { panic!("{refused:?}") };
    assert_eq!(constraint, "items_document_id_kind_number");
    assert_eq!(lab.store.load_document(document).await.unwrap(), empty);
    assert_eq!(lab.store.list_audit(document, None, None, 9).await.unwrap().len(), 1);
}

pub async fn corrupt_data_names_table_and_column(lab: &Lab) {
    let place = |error: StoreError| match error {
        StoreError::Corrupt { table, column, .. } => format!("{table}.{column}"),
        other => panic!("{other:?}"),
    };
    let term = lab.add_term(lab.workspace, "one").await;
    lab.sql("update items set kind = 'unicorn'").await.unwrap();
    let error = lab.store.load_document(lab.workspace).await.unwrap_err();
    assert!(error.to_string().contains(&term.to_string()), "{error}");
    assert_eq!(place(error), "items.kind");
    lab.sql(r#"update items set kind = 'term', body = '{"name": 5}'"#).await.unwrap();
    assert_eq!(place(lab.store.load_document(lab.workspace).await.unwrap_err()), "items.body");
    if lab.is_sqlite() {
        // PostgreSQL would not take these.
        lab.sql("update items set body = '{'").await.unwrap();
        assert_eq!(place(lab.store.load_document(lab.workspace).await.unwrap_err()), "items.body");
        lab.sql("update items set body = '{}', updated_at = 'yesterday'").await.unwrap();
        assert_eq!(place(lab.store.load_document(lab.workspace).await.unwrap_err()), "items.updated_at");
    }
    let ana = lab.user("ana").await;
    lab.sql("update users set role = 'king'").await.unwrap();
    assert_eq!(place(lab.store.load_user(ana).await.err().unwrap()), "users.role");
}

pub async fn plans_are_listed_for_their_members(lab: &Lab) {
    let (ana, ben) = (lab.user("ana").await, lab.user("ben").await);
    let older = lab.plan("older", ana).await;
    let newer = lab.plan("newer", ben).await;
    lab.add_term(newer, "one").await;
    lab.store.set_member(older, ben, Some(PlanRole::Viewer), lab.entry("member")).await.unwrap();

    let keys = |list: Vec<store::PlanListing>| -> Vec<(String, Option<PlanRole>, i64, i64)> {
        list.into_iter().map(|l| (l.plan.key, l.plan.role, l.items, l.members)).collect()
    };
    let bens = keys(lab.store.list_plans(Some(ben), false).await.unwrap());
    let (viewer, editor) = (Some(PlanRole::Viewer), Some(PlanRole::Editor));
    assert_eq!(bens, [("older".into(), viewer, 0, 2), ("newer".into(), editor, 1, 1)], "the last changed first");
    let anas = keys(lab.store.list_plans(Some(ana), false).await.unwrap());
    assert_eq!(anas, [("older".into(), editor, 0, 2)]);
    let every = keys(lab.store.list_plans(Some(ana), true).await.unwrap());
    assert_eq!(every, [("older".into(), editor, 0, 2), ("newer".into(), None, 1, 1)]);

    lab.store.set_member(older, ben, Some(PlanRole::Reviewer), lab.entry("member")).await.unwrap();
    let plan = lab.store.load_plan("older", Some(ben)).await.unwrap();
    assert_eq!((plan.role, plan.state, plan.version, plan.rev), (Some(PlanRole::Reviewer), PlanState::Draft, 1, 0));
    lab.store.set_member(older, ben, None, lab.entry("member")).await.unwrap();
    assert_eq!(lab.store.load_plan("older", Some(ben)).await.unwrap().role, None);
    let members = lab.store.list_members(older).await.unwrap();
    assert_eq!(members.iter().map(|m| (m.user.id, m.role)).collect::<Vec<_>>(), [(ana, PlanRole::Editor)]);
    assert!(matches!(lab.store.load_plan("none", None).await, Err(StoreError::NotFound("plan"))));

    let twin =
        NewPlan { document: lab.id(), key: "older", created_by: None, created_at: lab.now(), members: &[], items: &[] };
    let refused = lab.store.insert_plan(&twin, &[lab.entry("started")]).await;
    assert!(matches!(refused, Err(StoreError::Conflict { constraint }) if constraint == "plans_key"));
    // What a plan brings into the workspace comes with it, or not at all.
    let workspace = lab.store.load_document(lab.workspace).await.unwrap();
    let (items, entries) = (vec![lab.term(&workspace, "brought")], vec![lab.entry("added")]);
    let brought = Brought { workspace: lab.workspace, rev: workspace.rev, items, entries };
    lab.store.insert_plan_with(&twin, &[lab.entry("started")], Some(&brought)).await.unwrap_err();
    assert_eq!(lab.store.load_document(lab.workspace).await.unwrap(), workspace);
    let free = NewPlan { key: "free", ..twin };
    lab.store.insert_plan_with(&free, &[lab.entry("started")], Some(&brought)).await.unwrap();
    assert!(lab.store.load_document(lab.workspace).await.unwrap().items.contains_key(&brought.items[0].id));
    let nobody = lab.store.set_member(older, lab.id(), Some(PlanRole::Viewer), lab.entry("member")).await;
    assert!(matches!(nobody, Err(StoreError::Conflict { constraint }) if constraint == "reference"));
}

pub async fn a_plan_moves_between_states_in_order(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let step = |from, to| lab.store.set_plan_state(document, from, to, lab.entry("state"));
    let wrong = step(PlanState::InReview, PlanState::Draft).await;
    assert!(matches!(wrong, Err(StoreError::Conflict { constraint }) if constraint == "plan_state"));
    assert!(lab.store.revise_plan(document, lab.entry("revised")).await.is_err(), "a draft is not revised");
    step(PlanState::Draft, PlanState::InReview).await.unwrap();
    step(PlanState::InReview, PlanState::Signed).await.unwrap();

    let empty = lab.store.load_document(document).await.unwrap();
    let refused = lab.store.commit_changes(document, 0, &[lab.term(&empty, "late")], &[]).await;
    assert!(matches!(refused, Err(StoreError::Conflict { constraint }) if constraint == "plan_editable"));
    assert_eq!(lab.store.revise_plan(document, lab.entry("revised")).await.unwrap(), 2);
    let plan = lab.store.load_plan("p", None).await.unwrap();
    assert_eq!((plan.state, plan.version), (PlanState::Draft, 2));
    lab.add_term(document, "again").await;
}

pub async fn the_workspace_is_made_once(lab: &Lab) {
    assert_eq!(lab.store.ensure_workspace(lab.id(), lab.now()).await.unwrap(), lab.workspace);
    assert_eq!(lab.store.workspace().await.unwrap(), Some(lab.workspace));
    let second = lab.sql(
        "insert into documents (id, kind, rev, created_at, changed_at, audit_seq, audit_hash)
        select '0190000000007000900000000000ffff', kind, rev, created_at, changed_at, audit_seq, audit_hash
        from documents",
    );
    let second = second.await;
    assert!(second.as_ref().is_err_and(|e| e.to_lowercase().contains("unique constraint")), "{second:?}");
}
