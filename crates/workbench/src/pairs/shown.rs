//! Reading pairs: the queue of a run, its lists, and what its dashboard says of them.

use super::{Decided, QUEUE, key_json, proposals};
use crate::{
    Access, Caller, Error, Workbench,
    crosswalk::{KeyMasks, key_text, percent, row},
    dashboards::{point_name, sides_of},
    plans,
};
use domain::{Item, PairSource, PlanRole, Run};
use reconcile::{Level, MOST_LINKED_FIELDS, Mask, Proposal, ProposalField};
use store::{Linking, PairFilter, StoredRun};
use views::{
    lengths,
    pairs::{LinkState, PairField, PairRow, PairShow, PairShown, PairsPage, RunPairs},
};

/// Bits of evidence from which on a field says something, and much.
const SAYS: f32 = 0.5;
const SAYS_MUCH: f32 = 4.0;

impl Workbench {
    /// The pairs of a run: the queue from place `at` on, or one of its lists from there on. With `only` the pair at that
    /// place is shown, whatever was decided about it.
    ///
    /// # Errors
    /// When the caller may not see the plan or there is no such run.
    pub async fn pairs_page(
        &self,
        caller: &Caller,
        key: &str,
        number: i64,
        show: PairShow,
        at: u64,
        only: bool,
    ) -> Result<PairsPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let document = access.plan.document.id;
        let StoredRun { run, removed_at, .. } = self.store().load_run_numbered(document, number).await?;
        let linking = self.store().load_linking(run.id).await?;
        let totals = linking.as_ref().and_then(|linking| linking.totals.clone()).unwrap_or_default();
        let (left, right) = sides_of(&access, &run);
        let of_run = PairFilter { run: Some(run.id), ..PairFilter::default() };
        let by_engine = PairFilter { source: Some(PairSource::Engine), ..of_run.clone() };
        let may_decide = access.role >= PlanRole::Editor && removed_at.is_none();
        let may_undo = match caller.user_id().filter(|_| may_decide) {
            Some(by) => self.last_decision(document, run.id, by).await?.is_some(),
            None => false,
        };
        let mut page = PairsPage {
            head: plans::head(&access),
            name: access.plan.document.items.get(&run.check).map(Item::title).unwrap_or_default(),
            run: run.id,
            number,
            left,
            right,
            told_by: told_by(&run),
            state: self.link_state(linking.as_ref()).await?,
            taken_over: self.store().count_pairs(document, &by_engine).await?,
            decisions: self.store().count_pairs(document, &of_run).await?,
            decided: 0,
            pair: None,
            sure: Vec::new(),
            rows: Vec::new(),
            masked: false,
            offset: 0,
            may_decide,
            may_undo,
            totals,
        };
        if show == PairShow::Decided {
            let from = i64::try_from(at).unwrap_or(i64::MAX);
            let mut rows = self.store().list_pairs(document, &of_run, from, lengths::PAIRS.into()).await?;
            let mut masks = KeyMasks::default();
            self.mask_keys(&access, &mut rows, &mut masks).await;
            page.masked = masks.any();
            page.rows = rows.into_iter().map(|decision| row(&access, decision)).collect();
            page.offset = at;
        }
        if let Some(path) = linking.filter(|_| page.state == LinkState::Done).and_then(|linking| linking.path) {
            let path = self.settings().evidence_dir().join(path);
            let mask = self.mask_for(&access, &run, &self.differences_path(run.id).await?).await?;
            page.masked |= if show == PairShow::Unclear { mask.any() } else { mask.any_key() };
            let decided = self.decided(document, run.check).await?;
            let queue = proposals(path.clone(), 0, usize::try_from(page.totals.unclear).unwrap_or(QUEUE)).await?;
            let settled = |found: &Proposal| decided.settled(&key_json(&found.left), &key_json(&found.right));
            page.decided = queue.iter().filter(|found| settled(found)).count() as u64;
            match show {
                PairShow::Unclear if only => {
                    let found = proposals(path, at, 1).await?.into_iter().next();
                    page.pair = found.map(|found| shown(&access, &run, &decided, at, &found, &mask));
                }
                PairShow::Unclear => {
                    let mut open = (0..).zip(&queue).filter(|(_, found)| !settled(found));
                    let first = open.clone().next();
                    // What was skipped comes again at the end.
                    let next = open.find(|(place, _)| *place >= at).or(first);
                    page.pair = next.map(|(place, found)| shown(&access, &run, &decided, place, found, &mask));
                }
                PairShow::Sure => {
                    let from = page.totals.unclear + at;
                    let found = proposals(path, from, lengths::PAIRS.into()).await?;
                    let sure = |(place, found): (u64, &Proposal)| pair_row(&decided, place, found, &mask);
                    page.sure = (from..).zip(&found).map(sure).collect();
                    page.offset = at;
                }
                PairShow::Decided => {}
            }
        }
        Ok(page)
    }

    /// What the dashboard of a run says about records under another key.
    pub(crate) async fn run_pairs(&self, access: &Access, run: &Run) -> Result<RunPairs, Error> {
        let linking = self.store().load_linking(run.id).await?;
        let of_check = PairFilter { check: Some(run.check), ..PairFilter::default() };
        let counts = run.totals.as_ref().and_then(|totals| totals.crosswalk.as_ref());
        Ok(RunPairs {
            state: self.link_state(linking.as_ref()).await?,
            totals: linking.and_then(|linking| linking.totals),
            by_crosswalk: counts.map_or(0, |counts| counts.matched),
            in_sync: counts.map_or(0, |counts| counts.in_sync),
            decisions: self.store().count_pairs(access.plan.document.id, &of_check).await?,
        })
    }

    async fn link_state(&self, linking: Option<&Linking>) -> Result<LinkState, Error> {
        let Some(linking) = linking else { return Ok(LinkState::Never) };
        let job = &linking.job;
        Ok(match (&linking.totals, job.state.ended()) {
            (Some(_), true) if linking.path.is_none() => LinkState::Failed {
                message: "what was found was removed with the rows of the run, which is old; run the check again"
                    .into(),
            },
            (Some(_), true) => LinkState::Done,
            (_, false) => LinkState::Going { progress: self.progress_of(job).await? },
            (None, true) => {
                let message =
                    job.message.clone().unwrap_or_else(|| "somebody stopped it before it had a result".to_owned());
                LinkState::Failed { message }
            }
        })
    }
}

/// Pairs of columns of a run, and those of them that records are told by, where these are fewer.
fn told_by(run: &Run) -> Option<(u64, u64)> {
    let compared = run.totals.as_ref().map_or(0, |totals| totals.fields.len());
    (compared > MOST_LINKED_FIELDS).then_some((compared as u64, MOST_LINKED_FIELDS as u64))
}

/// A key as people read it, as far as they may see it.
fn key_shown(key: &[String], mask: &Mask) -> String {
    key_text(&key_json(&mask.key(key.to_vec())))
}

fn pair_row(decided: &Decided, place: u64, found: &Proposal, mask: &Mask) -> PairRow {
    let (left, right) = (key_json(&found.left), key_json(&found.right));
    PairRow {
        place,
        same: decided.same(&left, &right),
        percent: percent(found.score),
        left: key_shown(&found.left, mask),
        right: key_shown(&found.right, mask),
    }
}

fn shown(access: &Access, run: &Run, decided: &Decided, place: u64, found: &Proposal, mask: &Mask) -> PairShown {
    let (left, right) = (key_json(&found.left), key_json(&found.right));
    let counts = run.totals.iter().flat_map(|totals| &totals.fields);
    let names: Vec<String> = counts.map(|counts| point_name(access, counts)).collect();
    let field = |(n, field): (usize, &ProposalField)| {
        let shown = field_shown(names.get(n).cloned().unwrap_or_default(), field);
        PairField { left: mask.value(n, shown.left), right: mask.value(n, shown.right), ..shown }
    };
    // What opens the records would tell their keys.
    let opens = |key: String| if mask.any_key() { String::new() } else { key };
    PairShown {
        place,
        left_key: key_shown(&found.left, mask),
        right_key: key_shown(&found.right, mask),
        percent: percent(found.score),
        likely: likely(found.score).to_owned(),
        sure: found.sure,
        same: decided.same(&left, &right),
        partnered: decided.partnered(&left, &right),
        fields: found.fields.iter().enumerate().map(field).collect(),
        left: opens(left),
        right: opens(right),
    }
}

fn likely(score: f64) -> &'static str {
    match score {
        s if s >= reconcile::SURE => "almost certainly the same",
        s if s >= 0.75 => "likely the same",
        s if s >= 0.4 => "could be either",
        s if s >= 0.15 => "likely not the same",
        _ => "very likely not the same",
    }
}

fn field_shown(name: String, field: &ProposalField) -> PairField {
    let alike = match field.level {
        Level::Missing => "nothing to compare",
        Level::Equal => "the same",
        Level::VeryClose => "nearly the same",
        Level::Close => "much alike",
        Level::Related => "somewhat alike",
        Level::Different => "different",
        Level::Swapped => "in another field",
    };
    let (says, speaks) = match field.weight {
        _ if field.level == Level::Missing => ("says nothing", None),
        w if w >= SAYS_MUCH => ("speaks strongly for it", Some(true)),
        w if w >= SAYS => ("speaks for it", Some(true)),
        w if w <= -SAYS_MUCH => ("speaks strongly against it", Some(false)),
        w if w <= -SAYS => ("speaks against it", Some(false)),
        _ => ("says little", None),
    };
    PairField {
        name,
        left: field.left.clone(),
        right: field.right.clone(),
        alike: alike.to_owned(),
        says: says.to_owned(),
        speaks,
    }
}

#[cfg(test)]
mod tests {
    use super::{field_shown, likely};
    use reconcile::{Level, ProposalField};

    #[test]
    fn scores_and_weights_are_words() {
        assert_eq!(likely(0.99), "almost certainly the same");
        assert_eq!(likely(0.5), "could be either");
        assert_eq!(likely(0.05), "very likely not the same");
        let field = |level, weight| ProposalField { level, weight, left: None, right: Some("x".into()) };
        let said = |level, weight| {
            let shown = field_shown("name".into(), &field(level, weight));
            (shown.alike, shown.says, shown.speaks)
        };
        assert_eq!(said(Level::Equal, 9.0), ("the same".into(), "speaks strongly for it".into(), Some(true)));
        assert_eq!(said(Level::Missing, 9.0), ("nothing to compare".into(), "says nothing".into(), None));
        assert_eq!(said(Level::Different, -2.0), ("different".into(), "speaks against it".into(), Some(false)));
    }
}
