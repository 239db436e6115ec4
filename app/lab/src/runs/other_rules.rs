//! A finished run under other rules: ticks in the address, so that it works without scripts; counts from what the run
//! kept. Folded away until somebody asks.

use super::api::load_other_rules;
use crate::rule_ticks::rule_ticks;
use domain::entity::{PAIR_RULES, PairRule};
use kit::{
    error::ErrorKind,
    layout::PlanPage,
    ui::{Button, Column, DataTable, Fold, Loaded, Notice, SkeletonShape, Tone, grouped},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use views::sync::{OtherRules as Counted, OtherRulesRow};

/// The card below a run's dashboard; nothing for a run without a result.
#[component]
pub fn OtherRules(
    /// Number of the run.
    number: Memo<i64>,
) -> impl IntoView {
    let page = PlanPage::here();
    let query = use_query_map();
    let ticked = Memo::new(move |_| {
        let query = query.read();
        query.get("other").map(|_| query.get_all("rule").unwrap_or_default())
    });
    let counted = Resource::new(
        move || (page.key(), number.get(), ticked.get(), page.changes()),
        |(key, number, ticked, _)| async move {
            let rules = ticked.map_or_else(|| "run".to_owned(), |ticked| ticked.join(","));
            match load_other_rules(key, number, rules).await {
                // The dashboard above says it.
                Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
                other => other,
            }
        },
    );
    let render = Callback::new(move |counted: Option<Counted>| {
        counted.map_or_else(|| ().into_any(), |counted| card(&untrack(|| page.key()), number.get_untracked(), &counted))
    });
    view! { <Loaded resource=counted shape=SkeletonShape::Line render=render/> }.into_any()
}

fn card(plan: &str, number: i64, counted: &Counted) -> AnyView {
    const TITLE: &str = "The same run under other rules";
    if let Some(trouble) = &counted.trouble {
        let words = trouble.clone();
        return view! {
            <Fold title=TITLE note="cannot be counted" id="other-rules"><Notice tone=Tone::Info>{words}</Notice></Fold>
        }
        .into_any();
    }
    let here = format!("/p/{plan}/runs/{number}#other-rules");
    let said = if counted.asked {
        let change = match (counted.in_sync, counted.was_in_sync) {
            (now, was) if now > was => format!("{} more than in this run", grouped(now - was)),
            (now, was) if now < was => format!("{} fewer than in this run", grouped(was - now)),
            _ => "as many as in this run".to_owned(),
        };
        format!(
            "{} of {} matched records would be in sync on every point, {change}.",
            grouped(counted.in_sync),
            grouped(counted.matched)
        )
    } else {
        "Tick other rules and count: the answer comes from the rows this run kept, and nothing is changed.".to_owned()
    };
    let rows = counted.rows.iter().enumerate().map(|(field, row)| row_of(field, row, counted.asked)).collect_view();
    let columns = vec![
        Column::words("Data point"),
        Column::words("Rules"),
        Column::number("Equal"),
        Column::number("By rule"),
        Column::number("Differ"),
        Column::number("Change"),
    ];
    let note = match counted.asked {
        true => format!("{} of {} in sync on every point", grouped(counted.in_sync), grouped(counted.matched)),
        false => "how many records would be in sync if other rules were agreed".to_owned(),
    };
    view! {
        <Fold title=TITLE note=note id="other-rules" open=counted.asked>
            <form class="form wide" action=here>
                <input type="hidden" name="other" value="1"/>
                <DataTable caption="The run under other rules" columns=columns class="design-table">{rows}</DataTable>
                <p class="card-foot" role="status">{said}</p>
                <div class="form-actions card-foot"><Button label="Count with these rules"/></div>
            </form>
        </Fold>
    }
    .into_any()
}

fn row_of(field: usize, row: &OtherRulesRow, asked: bool) -> AnyView {
    let name = row.name.clone();
    let mut words: Vec<String> = PAIR_RULES
        .iter()
        .filter(|rule| row.rules.iter().any(|on| on == rule.field))
        .map(|rule| rule.label().to_lowercase())
        .collect();
    if words.is_empty() {
        words.push("no rule".to_owned());
    }
    let words = format!("{} {}", words.join(", "), row.also);
    let sends = |rule: &PairRule| ("rule".to_owned(), format!("{field}.{}", rule.field));
    let ticks = rule_ticks(format!("Rules of {name}"), &row.rules, sends);
    let change = match (asked, row.different, row.differed) {
        (true, now, was) if now < was => format!("{} fewer differ", grouped(was - now)),
        (true, now, was) if now > was => format!("{} more differ", grouped(now - was)),
        _ => "–".to_owned(),
    };
    view! {
        <tr>
            <th scope="row">{name.clone()}</th>
            <td>
                <details class="agreed">
                    <summary aria-label=format!("Rules of {name}: {words}")>{words.clone()}</summary>
                    <div class="agreed-body">{ticks}</div>
                </details>
            </td>
            <td class="n">{grouped(row.equal)}</td>
            <td class="n">{grouped(row.equal_by_rule)}</td>
            <td class="n">{grouped(row.different)}</td>
            <td class="n">{change}</td>
        </tr>
    }
    .into_any()
}
