//! Runs every rule over a plan, weighs the findings by the profile and applies the waivers.

use crate::{
    Finding, Profile, RULES, Rule, Waived,
    context::Cx,
    finding::Hit,
    rules::{late_rules, sense_of_order},
};
use domain::{Date, Evidence, Kind, Plan, Waiver};

/// Everything the rules have to say about a plan, ordered by gate, severity, rule and subject.
/// Total: any plan has an answer, also one whose references lead nowhere.
pub fn lint(plan: &Plan, evidence: &Evidence, profile: &Profile, today: Date) -> Vec<Finding> {
    let cx = Cx::new(plan, evidence, profile, today);
    let mut findings = Vec::new();
    for rule in RULES {
        collect(&mut findings, &cx, rule, (rule.run)(&cx));
    }
    let order = sense_of_order(&cx, &findings);
    for (id, hits) in late_rules(&cx, &order) {
        if let Some(rule) = crate::rule(id) {
            collect(&mut findings, &cx, rule, hits);
        }
    }
    findings.sort_by(|a, b| {
        let place = |f: &Finding| f.subject.and_then(|id| plan.item(id)).map(|i| (i.kind(), i.number));
        (a.gate, a.severity, &a.rule, place(a), &a.message).cmp(&(b.gate, b.severity, &b.rule, place(b), &b.message))
    });
    findings
}

fn collect(findings: &mut Vec<Finding>, cx: &Cx<'_>, rule: &Rule, hits: Vec<Hit>) {
    let Some(severity) = cx.profile.severity(rule) else {
        return;
    };
    for hit in hits {
        let fingerprint = hit.fingerprint(rule.id);
        let subject = hit.subject.and_then(|id| cx.plan.item(id));
        let waived = if rule.locked { None } else { waiver(cx, rule.id, &fingerprint) };
        let gate = match rule.gate {
            0 => subject.map_or(5, |item| gate_of(item.kind())),
            gate => gate,
        };
        findings.push(Finding {
            rule: rule.id.to_owned(),
            severity,
            subject: hit.subject,
            key: subject.map(domain::Item::key).unwrap_or_default(),
            field: hit.field.map(str::to_owned),
            message: hit.message,
            gate,
            fingerprint,
            locked: rule.locked,
            waived,
            fix: hit.fix,
        });
    }
}

fn waiver(cx: &Cx<'_>, rule: &str, fingerprint: &str) -> Option<Waived> {
    let holds =
        |w: &&Waiver| w.rule == rule && w.fingerprint == fingerprint && w.expires.is_none_or(|last| last >= cx.today);
    cx.evidence.waivers.iter().find(holds).map(|w| Waived {
        reason: w.reason.clone(),
        by: w.by_name.clone(),
        expires: w.expires.map(|day| day.to_string()),
    })
}

/// The gate at which items of a kind are prepared.
pub(crate) fn gate_of(kind: Kind) -> u8 {
    match kind {
        Kind::System
        | Kind::Instance
        | Kind::Term
        | Kind::BusinessObject
        | Kind::DataPoint
        | Kind::Occurrence
        | Kind::Identifier
        | Kind::RecordRole
        | Kind::Scope
        | Kind::Truth
        | Kind::Resolution => 1,
        Kind::Team
        | Kind::Flow
        | Kind::MappingLine
        | Kind::Process
        | Kind::Variant
        | Kind::Step
        | Kind::Walkthrough
        | Kind::Discrepancy
        | Kind::Effect
        | Kind::Risk
        | Kind::Opportunity
        | Kind::Impact
        | Kind::Communication => 2,
        Kind::SyncClaim | Kind::Check | Kind::HistoryDecision | Kind::Obligation => 3,
        Kind::TrialAnswer | Kind::DesignOption => 4,
        Kind::Charter => 5,
    }
}
