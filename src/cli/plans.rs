//! `plumbline plans` and `plumbline lint`.

use super::{Outcome, Print, Refused, print, print_json};
use clap::Args;
use serde_json::json;
use workbench::{Caller, Workbench};

/// Lists the plans.
pub(super) async fn plans(workbench: &Workbench, format: Print) -> Result<Outcome, Refused> {
    let plans = workbench.list_plans(&Caller::Operator).await?;
    if format == Print::Json {
        let rows: Vec<_> =
            plans.iter().map(|p| json!({ "key": p.key, "name": p.name, "state": p.state.code() })).collect();
        print_json(&rows)?;
    } else if plans.is_empty() {
        print("There is no plan yet.\n")?;
    } else {
        let lines = plans.iter().map(|p| {
            let gates = format!("{} of 5 gates, {} blockers", p.gates_passed, p.blockers);
            format!("{}  {}  v{} {}  {gates}\n", p.key, p.name, p.version, p.state.code())
        });
        print(&lines.collect::<String>())?;
    }
    Ok(Outcome::Good)
}

/// The findings of a plan.
#[derive(Args)]
pub(super) struct Lint {
    /// Key of the plan; its draft is looked at.
    #[arg(long, value_name = "KEY")]
    plan: String,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Print,
}

impl Lint {
    pub(super) async fn run(self, workbench: &Workbench) -> Result<Outcome, Refused> {
        let key = self.plan.strip_suffix("@draft").unwrap_or(&self.plan);
        let page = workbench.findings(&Caller::Operator, key).await?;
        let blocks = page.findings.iter().any(|(finding, _)| finding.blocks());
        if self.format == Print::Json {
            let findings: Vec<_> = page.findings.iter().map(|(finding, _)| finding).collect();
            print_json(&json!({ "plan": key, "rules_checked": page.checked, "findings": findings }))?;
        } else {
            let lines = page.findings.iter().map(|(finding, _)| {
                let waived = if finding.waived.is_some() { " (waived)" } else { "" };
                let about = if finding.key.is_empty() { "plan" } else { &finding.key };
                format!("{:5} {:8} {about}: {}{waived}\n", finding.severity.code(), finding.rule, finding.message)
            });
            let lines: String = lines.collect();
            print(&format!("{lines}{} findings by {} rules\n", page.findings.len(), page.checked))?;
        }
        Ok(if blocks { Outcome::Findings } else { Outcome::Good })
    }
}
