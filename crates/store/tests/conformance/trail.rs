//! The audit trail: complete, chained, append-only.

use crate::lab::Lab;
use domain::Timestamp;
use serde_json::json;
use store::{AuditEntry, audit_hash};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub async fn lines_are_paged_and_verified(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let term = lab.add_term(document, "one").await;
    for n in 0..520 {
        let entry = AuditEntry::new(Some(ana), "noted", lab.now()).after(json!({ "n": n })).reason("näher");
        lab.store.append_audit(document, &entry).await.unwrap();
    }
    let newest = lab.store.list_audit(document, None, None, 10_000).await.unwrap();
    assert_eq!((newest.len(), newest[0].seq, newest[499].seq), (500, 522, 23));
    assert_eq!(newest[0].entry.after, Some(json!({ "n": 519 })));
    assert_eq!((newest[0].actor_name.as_deref(), newest[0].entry.reason.as_str()), (Some("ana"), "näher"));
    let rest = lab.store.list_audit(document, None, Some(23), 500).await.unwrap();
    assert_eq!(rest.iter().map(|l| l.seq).collect::<Vec<_>>(), (1..=22).rev().collect::<Vec<_>>());
    let of_item = lab.store.list_audit(document, Some(term), None, 500).await.unwrap();
    assert_eq!(of_item.iter().map(|l| (l.seq, l.entry.verb.as_str())).collect::<Vec<_>>(), [(2, "item_added")]);
    let since = lab.store.list_audit_after(document, 520, 500).await.unwrap();
    assert_eq!(since.iter().map(|l| l.seq).collect::<Vec<_>>(), [521, 522]);

    let chain = lab.store.verify_chain(document).await.unwrap();
    assert_eq!((chain.lines, chain.broken, chain.head), (522, None, newest[0].hash.clone()));

    // The same chain recomputed from what was read, without the database.
    let mut previous = [0; 32];
    let mut lines = rest;
    lines.reverse();
    lines.extend(newest.into_iter().rev());
    for line in lines {
        previous = audit_hash(&previous, document, line.seq, &line.entry);
        assert_eq!(hex(&previous), line.hash, "line {}", line.seq);
    }
}

pub async fn tampering_is_found(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    for n in 0..9 {
        let entry = AuditEntry::new(Some(ana), "noted", lab.now()).before(json!(n)).after(json!(n + 1));
        lab.store.append_audit(document, &entry.reason("because")).await.unwrap();
    }
    lab.disarm("audit").await;
    let broken_at = async || lab.store.verify_chain(document).await.unwrap().broken.map(|b| b.seq);
    assert_eq!(broken_at().await, None);

    // Each column of line 5, changed and changed back.
    let fields = [
        ("verb", "'other'", "'noted'"),
        ("became", "'99'", "'4'"),
        ("was", "null", "'3'"),
        ("reason", "'because '", "'because'"),
        ("actor", "null", "(select id from users)"),
        ("prev_hash", "hash", "(select hash from audit as a where a.document_id = audit.document_id and a.seq = 4)"),
    ];
    for (column, changed, back) in fields {
        let plans = "document_id = (select document_id from plans)";
        let sql = |value: &str| format!("update audit set {column} = {value} where seq = 5 and {plans}");
        lab.sql(&sql(changed)).await.unwrap();
        assert_eq!(broken_at().await, Some(5), "{column} = {changed}");
        lab.sql(&sql(back)).await.unwrap();
        assert_eq!(broken_at().await, None, "{column} = {back}");
    }
    let late = if lab.is_sqlite() { "'2031-01-01T00:00:00.000000Z'" } else { "'2031-01-01T00:00:00Z'" };
    let first: Timestamp = lab.store.list_audit(document, None, Some(6), 1).await.unwrap()[0].entry.at;
    lab.sql(&format!("update audit set at = {late} where seq = 5")).await.unwrap();
    assert_eq!(broken_at().await, Some(5));
    lab.sql(&format!("update audit set at = '{first:.6}' where seq = 5")).await.unwrap();
    assert_eq!(broken_at().await, None);

    // Two lines swapped.
    for sql in ["seq = 100 where seq = 3", "seq = 3 where seq = 4", "seq = 4 where seq = 100"] {
        lab.sql(&format!("update audit set {sql}")).await.unwrap();
    }
    assert_eq!(broken_at().await, Some(3));
    for sql in ["seq = 100 where seq = 4", "seq = 4 where seq = 3", "seq = 3 where seq = 100"] {
        lab.sql(&format!("update audit set {sql}")).await.unwrap();
    }
    assert_eq!(broken_at().await, None);

    // The end cut off, then a line in the middle.
    lab.sql("delete from audit where seq = 10").await.unwrap();
    let cut = lab.store.verify_chain(document).await.unwrap();
    assert!(cut.broken.is_some_and(|b| b.reason.contains("last line is 10")));
    lab.sql("delete from audit where seq = 4").await.unwrap();
    assert_eq!(broken_at().await, Some(4));
    assert!(!lab.store.integrity().await.unwrap().is_sound());
}

pub async fn audit_and_versions_refuse_change(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    crate::signing::signed(lab, document, ana).await;
    lab.store.withdraw(document, 1, (ana, "ana"), "wrong", lab.now(), lab.entry("withdrawn")).await.unwrap();
    let columns = [("audit", "verb"), ("snapshots", "root"), ("signatures", "name"), ("withdrawals", "reason")];
    for (table, column) in columns {
        for sql in [format!("update {table} set {column} = 'x'"), format!("delete from {table}")] {
            let refused = lab.sql(&sql).await;
            assert!(refused.as_ref().is_err_and(|e| e.contains("append-only")), "{sql}: {refused:?}");
        }
        if !lab.is_sqlite() {
            assert!(lab.sql(&format!("truncate {table} cascade")).await.is_err(), "{table}");
        }
    }
    assert!(lab.store.integrity().await.unwrap().is_sound());
}
