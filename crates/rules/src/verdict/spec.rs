//! Which run speaks for a check: the newest that measured what the check asks for now. A run taken
//! before the check was changed answers another question.

use crate::canonical_bytes;
use crate::finding::hex;
use domain::entity::Check;
use domain::{Evidence, Row, Run, RunState};
use serde_json::json;
use sha2::{Digest, Sha256};

/// SHA-256 (hexadecimal) of what a check compares: connections, tables, instances, key, pairs and their
/// rules, and what it expects of format and quantity. Its name and the object it is filed under may change without outdating a run.
pub fn spec_hash(check: &Check) -> String {
    let key: Vec<_> = check.key.iter().map(|k| json!([*k.left, *k.right])).collect();
    let pairs: Vec<_> = check
        .compare
        .iter()
        .map(|p| {
            let rules: Vec<_> = p.rules().map(|rule| rule.name).collect();
            json!([p.data_point, *p.left, *p.right, rules, *p.tolerance, *p.codes])
        })
        .collect();
    let mut spec = json!({
        "left": [json!(check.left), json!(*check.left_table), json!(check.left_instance)],
        "right": [json!(check.right), json!(*check.right_table), json!(check.right_instance)],
        "key": key,
        "compare": pairs,
    });
    // Only where there is something, so that runs of before expectations were there keep their hash.
    if check.expects() {
        let columns: Vec<_> = check
            .expect
            .iter()
            .map(|e| json!([*e.left, *e.right, e.value_type, e.longest, *e.pattern, *e.codes]))
            .collect();
        spec["expect"] = json!([columns, check.left_min, check.left_max, check.right_min, check.right_max]);
    }
    hex(&Sha256::digest(canonical_bytes(&spec)))
}

/// The newest run that ended well and measured what the check asks for now.
pub fn current_run<'e>(evidence: &'e Evidence, check: &Row<'_, Check>) -> Option<&'e Run> {
    let done = |run: &&Run| run.check == check.id() && run.state == RunState::Done;
    let hash = evidence.runs.iter().any(|run| done(&run)).then(|| spec_hash(check.entity))?;
    evidence.runs.iter().filter(done).filter(|run| run.spec_hash == hash).max_by_key(|run| run.number)
}
