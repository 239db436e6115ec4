//! The crosswalk of a plan as a list and as a file: which records are the same under another key, who says so, and
//! since which run.

mod masked;

pub(crate) use masked::KeyMasks;

use crate::{Access, Caller, Error, Workbench, dashboards::sides, own_task::blocking, plans};
use domain::{Item, ItemId, PairDecision, PairId, PairSource, PlanRole, entity::Check};
use reconcile::LineFile;
use serde_json::json;
use std::collections::HashMap;
use store::PairFilter;
use views::{
    lengths,
    pairs::{CrosswalkFilter, CrosswalkPage, CrosswalkRow},
};

/// Lines read at a time for a file, and most lines in one.
const PIECE: i64 = 20_000;
const MOST_LINES: i64 = 500_000;
/// The first line of a file.
const TITLES: [&str; 11] = [
    "check",
    "left system",
    "right system",
    "left key",
    "right key",
    "verdict",
    "score",
    "source",
    "decided by",
    "decided at",
    "run",
];

/// A key as people read it: its part, or its parts as the JSON list they are kept as.
pub(crate) fn key_text(json: &str) -> String {
    match serde_json::from_str::<Vec<String>>(json) {
        Ok(parts) if parts.len() == 1 => parts.concat(),
        _ => json.to_owned(),
    }
}

/// A score from 0 to 1 in per cent, never rounded up to what would be certain.
pub(crate) fn percent(score: f64) -> String {
    match score.clamp(0.0, 1.0) * 100.0 {
        p if p > 99.0 => "over 99 %".to_owned(),
        p if p < 1.0 => "under 1 %".to_owned(),
        p => format!("{p:.0} %"),
    }
}

/// A decision as a line.
pub(crate) fn row(access: &Access, decision: PairDecision) -> CrosswalkRow {
    CrosswalkRow {
        id: decision.id,
        check: access.plan.document.items.get(&decision.check).map(Item::title).unwrap_or_default(),
        left: key_text(&decision.left),
        right: key_text(&decision.right),
        same: decision.same,
        percent: percent(decision.score as f64 / 10_000.0),
        source: decision.source.code().to_owned(),
        by: decision.by_name,
        at: decision.at,
        run: decision.run_number,
    }
}

impl Workbench {
    /// One page of the crosswalk, newest first.
    ///
    /// # Errors
    /// When the caller may not see the plan, the filter names no check, or a text is looked for in keys that the caller
    /// may not see.
    pub async fn crosswalk_page(
        &self,
        caller: &Caller,
        key: &str,
        filter: &CrosswalkFilter,
        offset: u64,
    ) -> Result<CrosswalkPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let document = access.plan.document.id;
        let wanted = parsed(&access, filter)?;
        self.may_look_in_keys(&access, &wanted).await?;
        let from = i64::try_from(offset).unwrap_or(i64::MAX);
        let mut rows = self.store().list_pairs(document, &wanted, from, lengths::PAIRS.into()).await?;
        let mut masks = KeyMasks::default();
        self.mask_keys(&access, &mut rows, &mut masks).await;
        let checks = access.plan.each::<Check>();
        Ok(CrosswalkPage {
            head: plans::head(&access),
            checks: checks.map(|row| (row.item.id, row.item.key(), row.entity.name.to_string())).collect(),
            total: self.store().count_pairs(document, &wanted).await?,
            offset,
            rows: rows.into_iter().map(|decision| row(&access, decision)).collect(),
            masked: masks.any(),
            may_decide: access.role >= PlanRole::Editor,
        })
    }

    /// The lines of the crosswalk that match as CSV, with where each comes from.
    ///
    /// # Errors
    /// As for [`Workbench::crosswalk_page`], when there are more lines than a file holds, or when too many files are
    /// being fetched.
    pub async fn crosswalk_csv(&self, caller: &Caller, key: &str, filter: &CrosswalkFilter) -> Result<Vec<u8>, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        self.crosswalk_file(&access, filter, LineFile::csv()).await
    }

    /// The same as a workbook.
    ///
    /// # Errors
    /// As for [`Workbench::crosswalk_csv`]; a workbook holds fewer lines.
    pub async fn crosswalk_xlsx(&self, caller: &Caller, key: &str, filter: &CrosswalkFilter) -> Result<Vec<u8>, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        self.crosswalk_file(&access, filter, LineFile::workbook("Crosswalk")?).await
    }

    /// Fills a file with the lines that match, newest first; authorised by the caller of this.
    async fn crosswalk_file(
        &self,
        access: &Access,
        filter: &CrosswalkFilter,
        mut file: LineFile,
    ) -> Result<Vec<u8>, Error> {
        let wanted = parsed(access, filter)?;
        self.may_look_in_keys(access, &wanted).await?;
        let turn = self.download_turn(&access.caller).await?;
        file.line(&TITLES.map(Some))?;
        let (mut sides, mut masks) = (HashMap::new(), KeyMasks::default());
        let (mut last, mut count) = (None, 0);
        loop {
            let mut piece = self.store().list_pairs_after(access.plan.document.id, &wanted, last, PIECE).await?;
            count += piece.len() as i64;
            if count > MOST_LINES {
                let most = rules::number(MOST_LINES as u64);
                return Err(Error::Unavailable(format!("a file holds at most {most} lines; choose a check")));
            }
            let ends = (piece.len() as i64) < PIECE;
            last = piece.last().map(|decision| (decision.at, decision.id));
            self.mask_keys(access, &mut piece, &mut masks).await;
            let lines: Vec<_> = piece.into_iter().map(|decision| cells(access, &mut sides, decision)).collect();
            file = blocking(move || {
                for line in &lines {
                    file.line(&line.each_ref().map(|cell| Some(cell.as_str())))?;
                }
                Ok(file)
            })
            .await?;
            if ends {
                break;
            }
        }
        blocking(move || {
            // Held by the work: somebody who goes away does not let the next one in beside it.
            let _turn = turn;
            Ok(file.end()?)
        })
        .await
    }

    /// Takes a decision back; the pair may be proposed again.
    ///
    /// # Errors
    /// When the caller may not edit or there is no such decision.
    pub async fn forget_pair(&self, caller: &Caller, key: &str, decision: &str) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        let id: PairId = decision.parse().map_err(|_| Error::NotFound("decision"))?;
        let audit = self.audit(caller, "took a decision out of the crosswalk", None, json!({ "decision": id }));
        Ok(self.store().forget_pair(plan.document, id, audit).await?)
    }
}

/// A decision as the line of a file. `sides` remembers what the sides of each check are called.
fn cells(access: &Access, sides: &mut HashMap<ItemId, (String, String)>, decision: PairDecision) -> [String; 11] {
    let (left, right) = sides.entry(decision.check).or_insert_with(|| names(access, decision.check)).clone();
    let score = format!("{:.4}", decision.score as f64 / 10_000.0);
    let line = row(access, decision);
    let verdict = if line.same { "same" } else { "not the same" };
    let (at, run) = (line.at.to_string(), line.run.to_string());
    [line.check, left, right, line.left, line.right, verdict.into(), score, line.source, line.by, at, run]
}

fn names(access: &Access, check: ItemId) -> (String, String) {
    let check = access.plan.get::<Check>(check).map(|row| row.entity.clone()).unwrap_or_default();
    sides(access, &check)
}

fn parsed(access: &Access, filter: &CrosswalkFilter) -> Result<PairFilter, Error> {
    let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let check = |key: String| {
        let mut checks = access.plan.each::<Check>();
        let found = checks.find(|row| row.item.key() == key).map(|row| row.item.id);
        found.ok_or_else(|| Error::invalid("check", format!("there is no check {key}")))
    };
    let same = |word: String| match word.as_str() {
        "same" => Ok(true),
        "different" => Ok(false),
        _ => Err(Error::invalid("verdict", format!("“{word}” is no verdict; it is same or different"))),
    };
    let source = |word: String| {
        let found = [PairSource::Person, PairSource::Engine].into_iter().find(|source| source.code() == word);
        found.ok_or_else(|| Error::invalid("source", format!("“{word}” is no source; it is person or engine")))
    };
    Ok(PairFilter {
        check: some(&filter.check).map(check).transpose()?,
        same: some(&filter.verdict).map(same).transpose()?,
        source: some(&filter.source).map(source).transpose()?,
        text: some(&filter.text),
        ..PairFilter::default()
    })
}

#[cfg(test)]
mod tests {
    use super::{key_text, percent};

    #[test]
    fn keys_and_scores_are_readable() {
        assert_eq!(key_text(r#"["4711"]"#), "4711");
        assert_eq!(key_text(r#"["a","b"]"#), r#"["a","b"]"#);
        assert_eq!(
            (percent(0.9999), percent(0.731), percent(0.0)),
            ("over 99 %".into(), "73 %".into(), "under 1 %".into())
        );
    }
}
