//! `plumbline plans` and `plumbline lint`.

use super::{Outcome, Print, Refused, print, print_json};
use clap::Args;
use serde_json::json;
use workbench::{Caller, VersionFindings, Workbench};

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

/// KEY@VERSION as key and version.
pub(super) fn named(plan: &str) -> (&str, Option<&str>) {
    plan.split_once('@').map_or((plan, None), |(key, version)| (key, Some(version)))
}

/// The findings of a plan.
#[derive(Args)]
pub(super) struct Lint {
    /// KEY: the newest signed version, or the draft when none is signed. KEY@draft, KEY@v2: that one.
    #[arg(long, value_name = "KEY[@VERSION]")]
    plan: String,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Print,
}

impl Lint {
    pub(super) async fn run(self, workbench: &Workbench) -> Result<Outcome, Refused> {
        let (key, version) = named(&self.plan);
        let VersionFindings { version, findings, checked } =
            workbench.findings_of(&Caller::Operator, key, version).await?;
        let blocks = findings.iter().any(|finding| finding.blocks());
        if self.format == Print::Json {
            print_json(&json!({ "plan": key, "version": version, "rules_checked": checked, "findings": findings }))?;
        } else {
            let lines = findings.iter().map(|finding| {
                let waived = if finding.waived.is_some() { " (waived)" } else { "" };
                let about = if finding.key.is_empty() { "plan" } else { &finding.key };
                format!("{:5} {:8} {about}: {}{waived}\n", finding.severity.code(), finding.rule, finding.message)
            });
            let lines: String = lines.collect();
            print(&format!("{lines}{} findings by {checked} rules in {key} ({version})\n", findings.len()))?;
        }
        Ok(if blocks { Outcome::Findings } else { Outcome::Good })
    }
}
