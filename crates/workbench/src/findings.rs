//! Findings as people work them off: listed and mended with one press. What the rules say is `rules`' alone; who may
//! excuse a finding is in `waivers`.

use crate::{Access, Caller, Error, Event, Workbench, activity::href, plans, waivers};
use domain::{Change, Patch, PlanRole, Waiver};
use rules::{Finding, Fix, Severity};
use views::{
    lengths,
    review::{FindingRow, FindingsFilter, FindingsList, FindingsPage, WaiverRow},
};

impl Workbench {
    /// All findings of a plan.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn findings(&self, caller: &Caller, key: &str) -> Result<FindingsPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let findings = access
            .findings
            .iter()
            .map(|finding| {
                let subject = finding.subject.and_then(|id| access.plan.item(id));
                (finding.clone(), subject.map(|item| (access.plan.title_of(item), href(&access, item))))
            })
            .collect();
        Ok(FindingsPage {
            head: plans::head(&access),
            findings,
            waivers: access.evidence.waivers.clone(),
            checked: rules::RULES.len() as u64,
        })
    }

    /// One page of findings, filtered.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn list_findings(
        &self,
        caller: &Caller,
        key: &str,
        filter: &FindingsFilter,
    ) -> Result<FindingsList, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let (mut per_gate, mut per_severity) = ([0; 5], [0; 3]);
        for finding in access.open_findings() {
            if let Some(count) = per_gate.get_mut(usize::from(finding.gate).wrapping_sub(1)) {
                *count += 1;
            }
            per_severity[finding.severity as usize] += 1;
        }
        let mut chosen: Vec<&Finding> = access.findings.iter().filter(|f| fits(f, filter)).collect();
        chosen.sort_by_key(|f| f.severity);
        let (from, length) = (usize::try_from(filter.from).unwrap_or(usize::MAX), lengths::FINDINGS.into());
        let rows = chosen.iter().skip(from).take(length).map(|f| row(&access, f)).collect();
        let in_force = |waiver: &Waiver| {
            let excused =
                |f: &&Finding| f.rule == waiver.rule && f.fingerprint == waiver.fingerprint && f.waived.is_some();
            access.findings.iter().find(excused).is_some()
        };
        let waiver_row = |waiver: &Waiver| WaiverRow {
            in_force: in_force(waiver),
            may_undo: waivers::still_open(&access).is_ok() && waivers::may_take_back(&access, waiver),
            waiver: waiver.clone(),
        };
        let waivers = access.evidence.waivers.iter().rev();
        Ok(FindingsList {
            head: plans::head(&access),
            total: chosen.len() as u64,
            rows,
            per_gate,
            per_severity,
            waived: access.findings.iter().filter(|f| f.waived.is_some()).count() as u64,
            waivers: waivers.map(waiver_row).take(length).collect(),
            checked: rules::RULES.len() as u64,
            may_edit: access.may_edit(),
            proposed: waivers::proposed(&access),
            longest: waivers::longest(&access),
        })
    }

    /// Gives a field the value a finding proposes. Proposals that start a new item are links to its
    /// form instead, as somebody has to fill in the rest.
    ///
    /// # Errors
    /// When the caller may not edit, or the finding is gone.
    pub async fn apply_fix(&self, caller: &Caller, key: &str, rule: &str, fingerprint: &str) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let finding = found(&access, rule, fingerprint)?;
        let Some(Fix::Set { item, field, value, .. }) = &finding.fix else {
            return Err(Error::Conflict("this finding has no value to set; open the item and mend it there".into()));
        };
        let subject = access.plan.item(*item).ok_or(Error::NotFound("item"))?;
        let before = subject.entity.body()[field.as_str()].clone();
        let patch = Patch { field: field.clone(), before, after: value.clone() };
        let change = Change::Set { item: *item, patches: vec![patch] };
        if subject.kind().in_workspace() {
            self.edit_workspace(caller, vec![change]).await?;
        } else {
            self.edit(caller, key, vec![change]).await?;
        }
        Ok(())
    }

    /// Tells pages that show this plan to load again, where no item changed.
    pub(crate) fn tell_changed(&self, access: &Access) {
        self.events().send(Event::Changed { document: access.plan.document.id, rev: access.plan.document.rev });
    }
}

/// The finding somebody saw.
pub(crate) fn found<'a>(access: &'a Access, rule: &str, fingerprint: &str) -> Result<&'a Finding, Error> {
    let same = |f: &&Finding| f.rule == rule && f.fingerprint == fingerprint;
    access.findings.iter().find(same).ok_or_else(|| Error::Conflict("this finding is gone; reload the page".into()))
}

fn fits(finding: &Finding, filter: &FindingsFilter) -> bool {
    finding.waived.is_some() == (filter.show == "waived")
        && (filter.gate == 0 || finding.gate == filter.gate)
        && (filter.severity.is_empty() || finding.severity.code() == filter.severity)
        && (filter.rule.is_empty() || finding.rule.eq_ignore_ascii_case(filter.rule.trim()))
}

/// A finding with the way to the cell it is about.
fn row(access: &Access, finding: &Finding) -> FindingRow {
    let subject = finding.subject.and_then(|id| access.plan.item(id));
    let place = |item| match &finding.field {
        Some(field) => format!("{}#f-{field}", href(access, item)),
        None => href(access, item),
    };
    FindingRow {
        about: subject.map(|item| access.plan.title_of(item)).unwrap_or_default(),
        href: subject.map(place),
        may_waive: waivers::may_waive(access, finding).is_ok(),
        waived_by: waivers::asked(finding),
        finding: finding.clone(),
    }
}

/// How many errors are open, for the list of what blocks signing.
pub(crate) fn open_errors(access: &Access) -> usize {
    access.open_findings().filter(|f| f.severity == Severity::Error).count()
}
