//! Server functions of the rule cards. Anybody may read them: they hold nothing of any plan.

use kit::AppError;
use leptos::prelude::*;
use views::review::RuleView;

/// The cards of every rule.
#[server]
pub async fn load_rules() -> Result<Vec<RuleView>, AppError> {
    Ok(rules::RULES.iter().map(RuleView::from).collect())
}

/// The card of one rule.
#[server]
pub async fn load_rule(id: String) -> Result<RuleView, AppError> {
    let found = rules::rule(&id.to_ascii_uppercase()).map(RuleView::from);
    Ok(found.ok_or(workbench::Error::NotFound("rule"))?)
}
