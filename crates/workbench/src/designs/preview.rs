//! What rules would do while a check is designed: counted by the engine on the first rows of both sides, which are
//! read once for proposals and previews alike.

use crate::{
    Caller, Error, Workbench, checks::tolerance_and_codes, profiling::Glanced, samples::KEPT_FOR, turns::Work,
};
use domain::{
    ConnectionId, PlanRole, Submitted,
    entity::{PAIR_RULES, PairRule},
    id_of_key,
};
use reconcile::{Pair, Spec};
use rules::number;
use std::{collections::BTreeMap, sync::Arc};
use views::sync::{CheckPreview, DesignPair, PairPreview, RuleGain};

impl Workbench {
    /// What a check would find in the first rows of its sides as the form describes it; nothing is saved. `None` where
    /// the sides cannot be read or no key is chosen.
    ///
    /// # Errors
    /// When the caller may not edit the plan.
    pub async fn preview_check(
        &self,
        caller: &Caller,
        key: &str,
        form: &Submitted,
    ) -> Result<Option<CheckPreview>, Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let text = |name: &str| form.texts.get(name).map(String::as_str).unwrap_or_default();
        let side = |connection: &str, table: &str| Some((text(connection).parse::<ConnectionId>().ok()?, text(table)));
        let (Some(left), Some(right)) = (side("left", "left_table"), side("right", "right_table")) else {
            return Ok(None);
        };
        let Some(seen) = self.glanced(access.plan.document.id, left, right).await else { return Ok(None) };
        self.preview(seen, &rows(form, "key"), &rows(form, "compare")).await
    }

    /// The preview of keys and pairs as designed so far.
    pub(super) async fn preview(
        &self,
        seen: Arc<Glanced>,
        keys: &[DesignPair],
        pairs: &[DesignPair],
    ) -> Result<Option<CheckPreview>, Error> {
        let there = |row: &&DesignPair| seen.left.has(&row.left) && seen.right.has(&row.right);
        let key: Vec<_> = keys.iter().filter(there).map(|row| (row.left.clone(), row.right.clone())).collect();
        if key.is_empty() || key.len() < keys.len() {
            return Ok(None);
        }
        let pairs: Vec<_> = pairs.iter().filter(there).map(|row| (row.id.clone(), agreed(row))).collect();
        let compare = pairs.iter().filter_map(|(_, pair)| pair.as_ref().ok().cloned()).collect();
        let spec = Spec { key, compare };
        let preview =
            self.aside(Work::Previewing, move || reconcile::preview(&seen.left, &seen.right, &spec)).await??;
        let mut fields = preview.fields.iter();
        let pairs = pairs.into_iter().filter_map(|(id, pair)| match pair {
            Ok(_) => fields.next().map(|field| counted(id, preview.compared, field)),
            Err(error) => Some(PairPreview { id, trouble: Some(error.to_string()), ..PairPreview::default() }),
        });
        Ok(Some(CheckPreview {
            pairs: pairs.collect(),
            sample: sample_words(&preview),
            kept_minutes: KEPT_FOR.as_secs() / 60,
            key: key_words(&preview),
        }))
    }
}

/// The rows of a list in a form, as far as both columns are chosen.
fn rows(form: &Submitted, list: &str) -> Vec<DesignPair> {
    let row = |(key, texts): (&String, &BTreeMap<String, String>)| {
        let text = |name: &str| texts.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        let ticked = |rule: &&PairRule| texts.get(rule.field).is_some_and(|value| value == "true");
        DesignPair {
            id: id_of_key(key).to_owned(),
            left: text("left"),
            right: text("right"),
            rules: PAIR_RULES.iter().filter(ticked).map(|rule| rule.field.to_owned()).collect(),
            tolerance: text("tolerance"),
            codes: text("codes"),
            ..DesignPair::default()
        }
    };
    let rows = form.parts.get(list).into_iter().flatten().map(row);
    rows.filter(|row| !row.left.is_empty() && !row.right.is_empty()).collect()
}

/// A pair as the engine takes it.
fn agreed(row: &DesignPair) -> Result<Pair, Error> {
    let chosen = PAIR_RULES.iter().filter(|rule| row.rules.iter().any(|field| field == rule.field));
    let names: Vec<&str> = chosen.map(|rule| rule.name).collect();
    let columns = format!("{} = {}", row.left, row.right);
    let (tolerance, codes) = tolerance_and_codes(&columns, &row.tolerance, &row.codes)?;
    let rules = reconcile::parse_rules(&names.join(","))?;
    Ok(Pair { left: row.left.clone(), right: row.right.clone(), rules, tolerance, codes })
}

fn counted(id: String, compared: u64, field: &reconcile::FieldPreview) -> PairPreview {
    PairPreview {
        id,
        compared,
        equal: field.equal,
        equal_by_rule: field.equal_by_rule,
        different: field.different,
        merged: field.merged,
        gain: field.gain.map(|gain| gained(&gain)),
        trouble: None,
    }
}

fn gained(gain: &reconcile::Gain) -> RuleGain {
    let rule = PAIR_RULES.iter().find(|rule| rule.name == gain.rule.name());
    RuleGain {
        rule: rule.map_or_else(|| gain.rule.name().to_owned(), |rule| rule.label().to_owned()),
        more: gain.more,
        merged: gain.merged,
    }
}

/// "5 003 records are on both sides, among the first 100 000 rows of the left side and all 4 990 of the right."
fn sample_words(preview: &reconcile::Preview) -> String {
    let rows = |side: usize| {
        let (rows, whole) = (preview.rows[side], preview.whole[side]);
        if whole { format!("all {} rows", number(rows)) } else { format!("the first {} rows", number(rows)) }
    };
    let (records, compared) = (&preview.records, preview.compared);
    let mut words = format!(
        "{} records are on both sides, among {} of the left side and {} of the right",
        number(records.matched),
        rows(0),
        rows(1)
    );
    if compared < records.matched {
        words += &format!("; the first {} of them were compared", number(compared));
    }
    for (keys, what) in [
        (records.only_left, "only on the left"),
        (records.only_right, "only on the right"),
        (records.ambiguous, "on both and more than once"),
    ] {
        if keys > 0 {
            words += &format!("; {} keys {what}", number(keys));
        }
    }
    words
}

fn key_words(preview: &reconcile::Preview) -> String {
    let Some(gain) = &preview.key else { return String::new() };
    let RuleGain { rule, more, merged } = gained(gain);
    format!(
        "With “{rule}”, {} more keys would be on both sides and {} would merge with another. Keys are compared \
         exactly: mend them in the data, or choose another key.",
        number(more),
        number(merged)
    )
}
