//! Keys of the crosswalk as who asks may see them. Which columns a key is of depends on the run it was decided for; of
//! one that nobody can say it of any more, every part is masked where the plan has anything to protect.

use crate::{Access, Error, Workbench, hidden::Hidden};
use domain::{ItemId, PairDecision, PlanRole, Row, RunId, entity::Check};
use reconcile::{Mask, masked};
use std::collections::HashMap;
use store::PairFilter;

/// What is masked of keys, by the run they were decided for, as far as it was needed; `None` for all of it.
#[derive(Default)]
pub(crate) struct KeyMasks(HashMap<RunId, Option<Mask>>);

impl KeyMasks {
    /// Whether any key was masked.
    pub(crate) fn any(&self) -> bool {
        self.0.values().any(|mask| mask.as_ref().is_none_or(Mask::any_key))
    }
}

impl Workbench {
    /// Masks the keys of decisions.
    pub(crate) async fn mask_keys(&self, access: &Access, decisions: &mut [PairDecision], known: &mut KeyMasks) {
        for decision in decisions {
            let mask = match known.0.get(&decision.run) {
                Some(mask) => mask.clone(),
                None => {
                    let mask = self.key_mask(access, decision.check, decision.run).await;
                    known.0.insert(decision.run, mask.clone());
                    mask
                }
            };
            if mask.as_ref().is_none_or(Mask::any_key) {
                decision.left = key_seen(&decision.left, mask.as_ref());
                decision.right = key_seen(&decision.right, mask.as_ref());
            }
        }
    }

    /// Refuses to look for a text in keys that the caller may not see: what is found would tell them.
    pub(super) async fn may_look_in_keys(&self, access: &Access, wanted: &PairFilter) -> Result<(), Error> {
        if wanted.text.is_none() || access.role >= PlanRole::Editor {
            return Ok(());
        }
        for (check, run) in self.store().list_pair_runs(access.plan.document.id, wanted.check).await? {
            if self.key_mask(access, check, run).await.is_none_or(|mask| mask.any_key()) {
                let words = "would look through keys that only editors of the plan see; choose another check";
                return Err(Error::invalid("text", words));
            }
        }
        Ok(())
    }

    /// What is masked of the keys that were decided about for a run; `None` where nobody can say which columns they are
    /// of.
    async fn key_mask(&self, access: &Access, check: ItemId, run: RunId) -> Option<Mask> {
        let found = self.store().load_run(run).await.ok().map(|stored| stored.run);
        let hidden = match &found {
            Some(run) => self.hidden(access, run).await,
            None => Hidden::of_any_run(access, check),
        };
        let hidden = hidden.for_caller(access);
        if hidden.is_nothing() {
            return Some(Mask::default());
        }
        let run = found?;
        let as_it_was = |check: &Row<'_, Check>| rules::spec_hash(check.entity) == run.spec_hash;
        if let Some(check) = access.plan.get::<Check>(check).filter(as_it_was) {
            let keys = check.key.iter().map(|pair| hidden.pair(&pair.left, &pair.right)).collect();
            return Some(Mask { keys, ..Mask::default() });
        }
        Some(hidden.mask(&self.compared_by(&run).await?))
    }
}

/// A key, JSON, as it may be seen, JSON again.
fn key_seen(json: &str, mask: Option<&Mask>) -> String {
    let parts: Vec<String> = serde_json::from_str(json).unwrap_or_else(|_| vec![json.to_owned()]);
    let seen = match mask {
        Some(mask) => mask.key(parts),
        None => parts.iter().map(|part| masked(part)).collect(),
    };
    serde_json::to_string(&seen).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::key_seen;
    use reconcile::Mask;

    #[test]
    fn masked_keys_keep_their_form() {
        let second = Mask { keys: vec![false, true], ..Mask::default() };
        assert_eq!(key_seen(r#"["AU","a@x.example"]"#, Some(&second)), r#"["AU","•••"]"#);
        assert_eq!(key_seen(r#"["AU","a@x.example"]"#, None), r#"["•••","•••"]"#);
        assert_eq!(key_seen("no list", None), r#"["•••"]"#);
    }
}
