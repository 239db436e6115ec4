//! A finished run under other rules: counted from what the run kept, never from the source.

use super::point_name;
use crate::{Caller, Error, Workbench, turns::Work};
use domain::{
    PlanRole, Run, RunTotals,
    entity::{PAIR_RULES, PairRule},
};
use reconcile::{Recount, Rule, Spec};
use views::sync::{OtherRules, OtherRulesRow};

impl Workbench {
    /// A finished run under other rules. `rules` are those ticked, each as `PLACE.FIELD`; `None` for the rules of the
    /// run itself. Nothing for a run without a result or without compared pairs. That its rows are no longer kept is
    /// said in the answer.
    ///
    /// # Errors
    /// When the caller may not see the plan or there is no such run.
    pub async fn run_under(
        &self,
        caller: &Caller,
        key: &str,
        number: i64,
        rules: Option<&[String]>,
    ) -> Result<Option<OtherRules>, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let run = self.run_by_number(access.plan.document.id, number).await?;
        let Some(totals) = run.totals.as_ref().filter(|totals| !totals.fields.is_empty()) else { return Ok(None) };
        let names: Vec<String> = totals.fields.iter().map(|counts| point_name(&access, counts)).collect();
        Ok(Some(match self.counted_under(&run, totals, rules).await {
            Ok((spec, ticked, counted)) => shown(totals, names, &spec, &ticked, counted),
            Err(Error::Internal(cause)) => return Err(Error::Internal(cause)),
            Err(error) => OtherRules { trouble: Some(error.to_string()), ..OtherRules::default() },
        }))
    }

    async fn counted_under(
        &self,
        run: &Run,
        totals: &RunTotals,
        rules: Option<&[String]>,
    ) -> Result<(Spec, Vec<Vec<Rule>>, Option<Recount>), Error> {
        let stored = self.store().load_run(run.id).await?;
        let files = &stored.files;
        let kept = |file: &Option<String>| self.kept(&stored, file.as_deref());
        let (left, right, differences) = (kept(&files.left)?, kept(&files.right)?, kept(&files.differences)?);
        let asked = rules.map(<[String]>::to_vec);
        let (spec, ticked, counted) = self
            .aside(Work::Previewing, move || {
                let spec = reconcile::compared(&differences)?;
                let Some(asked) = asked else {
                    let ticked = spec.compare.iter().map(|pair| pair.rules.clone()).collect();
                    return Ok((spec, ticked, None));
                };
                let ticked = read(&asked, spec.compare.len())?;
                let counted = reconcile::recount(&differences, [&left, &right], &ticked)?;
                Ok::<_, Error>((spec, ticked, Some(counted)))
            })
            .await??;
        let all = |counted: &Recount| {
            let sums = counted.fields.iter().map(|(by_rule, different)| by_rule + different);
            sums.eq(totals.fields.iter().map(|field| field.equal_by_rule + field.different))
        };
        if counted.as_ref().is_some_and(|counted| !all(counted)) {
            let words = "this run has more differences than are kept; run the check with the rules to count them";
            return Err(Error::Conflict(words.into()));
        }
        Ok((spec, ticked, counted))
    }
}

/// Rules by pair; what names no rule or no pair is left out.
fn read(asked: &[String], pairs: usize) -> Result<Vec<Vec<Rule>>, Error> {
    let rule_of = |text: &String| -> Option<(usize, &PairRule)> {
        let (place, field) = text.split_once('.')?;
        let rule = PAIR_RULES.iter().find(|rule| rule.field == field)?;
        Some((place.parse().ok()?, rule))
    };
    let ticked: Vec<_> = asked.iter().filter_map(rule_of).collect();
    (0..pairs)
        .map(|place| {
            let names: Vec<&str> = ticked.iter().filter(|(of, _)| *of == place).map(|(_, rule)| rule.name).collect();
            Ok(reconcile::parse_rules(&names.join(","))?)
        })
        .collect()
}

fn shown(
    totals: &RunTotals,
    names: Vec<String>,
    spec: &Spec,
    ticked: &[Vec<Rule>],
    counted: Option<Recount>,
) -> OtherRules {
    let rows = names.into_iter().zip(&totals.fields).zip(&spec.compare).zip(ticked).enumerate();
    let rows = rows.map(|(field, (((name, counts), pair), rules))| {
        let is_on = |rule: &&PairRule| rules.iter().any(|on| on.name() == rule.name);
        let more = match (pair.tolerance.is_some(), pair.codes.is_some()) {
            (true, true) => "and the agreed tolerance and codes",
            (true, false) => "and the agreed tolerance",
            (false, true) => "and the agreed codes",
            (false, false) => "",
        };
        let then = counted.as_ref().and_then(|counted| counted.fields.get(field).copied());
        let (equal_by_rule, different) = then.unwrap_or((counts.equal_by_rule, counts.different));
        OtherRulesRow {
            name,
            rules: PAIR_RULES.iter().filter(is_on).map(|rule| rule.field.to_owned()).collect(),
            also: more.to_owned(),
            equal: counts.equal,
            equal_by_rule,
            different,
            differed: counts.different,
        }
    });
    let matched = totals.records.matched;
    OtherRules {
        rows: rows.collect(),
        asked: counted.is_some(),
        matched,
        in_sync: counted.map_or(totals.in_sync, |counted| matched.saturating_sub(counted.unequal)),
        was_in_sync: totals.in_sync,
        trouble: None,
    }
}
