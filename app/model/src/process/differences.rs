//! Told against observed as a list to work off: each difference leads to its step and to what was decided.

use kit::{
    next::encoded,
    ui::{ButtonLink, Card, Column, DataTable, Tag, Tone},
};
use leptos::prelude::*;
use rules::StepStatus;
use views::process::{DiffRow, ProcessPage as Page};

/// Sign, tone and words of how a step compares.
pub(super) fn look(status: StepStatus) -> (&'static str, Tone) {
    match status {
        StepStatus::Same => ("v-in-sync", Tone::Off),
        StepStatus::Extra => ("plus", Tone::Warn),
        StepStatus::Missing => ("minus", Tone::Off),
        StepStatus::Differs => ("v-differs", Tone::Bad),
    }
}

/// How many steps compare which way, as tags.
pub(super) fn legend(rows: &[DiffRow]) -> AnyView {
    if rows.is_empty() {
        return view! { <span class="muted">"nothing to compare yet"</span> }.into_any();
    }
    let count = |status| rows.iter().filter(|d| d.status == status).count();
    let tags = [StepStatus::Extra, StepStatus::Differs, StepStatus::Missing]
        .into_iter()
        .map(|status| {
            let (icon, tone) = look(status);
            view! { <Tag label=format!("{} {}", count(status), status.label()) tone=tone icon=icon/> }
        })
        .collect_view();
    let gap = format!("reality gap {} of {} steps", rows.len() - count(StepStatus::Same), rows.len());
    view! { <span class="legend">{tags}<span class="muted">{gap}</span></span> }.into_any()
}

/// The card; nothing where told and observed agree.
pub(super) fn card(root: &str, own: &str, process: &Page) -> Option<AnyView> {
    let rows: Vec<_> = process.diff.iter().filter(|d| d.status != StepStatus::Same).collect();
    if rows.is_empty() {
        return None;
    }
    let open = rows.iter().filter(|d| d.recorded.as_ref().is_none_or(|(_, words)| words.is_empty())).count();
    let note = if open == 0 { "every difference is settled".to_owned() } else { format!("{open} not settled yet") };
    let columns = vec![
        Column::words("Step"),
        Column::words("Against told"),
        Column::words("What differs"),
        Column::words("Resolution"),
    ];
    let rows = rows.into_iter().map(|row| difference(root, own, process, row)).collect_view();
    let all = view! { <a class="link" href=format!("{root}/items/discrepancy")>"All discrepancies"</a> }.into_any();
    Some(
        view! {
            <Card title="Told against observed" note=note end=all id="differences">
                <DataTable caption="Differences between told and observed" columns=columns>{rows}</DataTable>
            </Card>
        }
        .into_any(),
    )
}

fn difference(root: &str, own: &str, process: &Page, row: &DiffRow) -> AnyView {
    let (icon, tone) = look(row.status);
    let resolution = match &row.recorded {
        Some((href, words)) if words.is_empty() => {
            view! { <a class="link" href=href.clone()>"recorded, not settled"</a> }.into_any()
        }
        Some((href, words)) => view! { <a class="link" href=href.clone()>{words.clone()}</a> }.into_any(),
        None if process.head.may_edit => {
            let href = format!(
                "{root}/items/discrepancy/new?process={}&step_key={}&name={}&back={own}",
                process.id,
                encoded(&row.key),
                encoded(&format!("{}: {}", row.name, row.status.label()))
            );
            view! { <ButtonLink href=href label="Settle…" small=true/> }.into_any()
        }
        None => view! { <span class="muted">"none yet"</span> }.into_any(),
    };
    view! {
        <tr>
            <td><a href=row.href.clone()>{row.name.clone()}</a></td>
            <td><Tag label=row.status.label() tone=tone icon=icon/></td>
            <td>{row.aspects.clone()}</td>
            <td>{resolution}</td>
        </tr>
    }
    .into_any()
}
