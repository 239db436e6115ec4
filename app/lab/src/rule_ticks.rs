//! The rules of a pair of columns as ticks: agreed on while a check is designed, tried on a run that is over.

use domain::entity::{PAIR_RULES, PairRule};
use kit::ui::Tick;
use leptos::prelude::*;

/// A tick for each rule; `on` are the fields of those that are ticked, `sends` is name and value of a tick in its form.
pub fn rule_ticks(legend: String, on: &[String], sends: impl Fn(&PairRule) -> (String, String)) -> AnyView {
    let ticks = PAIR_RULES
        .iter()
        .map(|rule| {
            let (name, value) = sends(rule);
            let checked = on.iter().any(|field| field == rule.field);
            view! {
                <label class="tick" title=rule.help()>
                    <Tick name=name value=value checked=checked/>
                    {rule.label()}
                </label>
            }
        })
        .collect_view();
    view! { <fieldset class="ticks"><legend class="visually-hidden">{legend}</legend>{ticks}</fieldset> }.into_any()
}
