//! `/p/:key/findings`: what the rules have to say, filtered by the address; each finding leads to its
//! rule and to the place to mend. Whoever answers for one may excuse it with a reason: `?waive=` opens the form.

mod api;

use api::{ApplyFix, Unwaive, Waive, load_findings};
use domain::Kind;
use kit::{
    AppError,
    error::field_error,
    layout::PlanPage,
    next::encoded,
    ui::{
        Button, ButtonLink, ButtonLook, Card, Chip, Chips, Column, DataTable, DateInput, Empty, Loaded, Notice,
        PageHead, PageTitle, Pill, Severity, SkeletonShape, TextArea, Time, Tone, grouped, hidden, pager,
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use rules::Fix;
use views::{
    lengths,
    review::{FindingRow, FindingsFilter, FindingsList, WaiverRow},
};

/// Code, singular and plural of each severity, in the order of the counts.
const SEVERITIES: [(&str, &str); 3] = [("error", "Errors"), ("warn", "Warnings"), ("info", "Notes")];

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Actions {
    waive: ServerAction<Waive>,
    unwaive: ServerAction<Unwaive>,
    fix: ServerAction<ApplyFix>,
}

/// The page.
#[component]
pub fn FindingsPage() -> impl IntoView {
    let page = PlanPage::here();
    let query = use_query_map();
    let chosen = Memo::new(move |_| (filter(&query.read()), query.read().get("waive").unwrap_or_default()));
    let actions = Actions { waive: ServerAction::new(), unwaive: ServerAction::new(), fix: ServerAction::new() };
    let findings = Resource::new(
        move || {
            let versions =
                [actions.waive.version().get(), actions.unwaive.version().get(), actions.fix.version().get()];
            (page.key(), chosen.get().0, page.changes(), versions)
        },
        |(key, filter, ..)| load_findings(key, filter),
    );
    let render = Callback::new(move |list: FindingsList| {
        let (filter, open) = chosen.get();
        content(list, &filter, &open, actions)
    });
    view! { <Loaded resource=findings shape=SkeletonShape::Rows render=render/> }.into_any()
}

fn filter(query: &ParamsMap) -> FindingsFilter {
    let text = |name: &str| query.get(name).unwrap_or_default();
    FindingsFilter {
        gate: text("gate").parse().unwrap_or_default(),
        severity: text("severity"),
        rule: text("rule"),
        show: text("show"),
        from: text("from").parse().unwrap_or_default(),
    }
}

/// Address of the page with a filter, without what is empty.
fn address(key: &str, filter: &FindingsFilter) -> String {
    let gate = if filter.gate == 0 { String::new() } else { filter.gate.to_string() };
    let from = if filter.from == 0 { String::new() } else { filter.from.to_string() };
    let parts = [
        ("gate", &gate),
        ("severity", &filter.severity),
        ("rule", &filter.rule),
        ("show", &filter.show),
        ("from", &from),
    ];
    let query: Vec<_> =
        parts.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| format!("{k}={}", encoded(v))).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/p/{key}/findings{mark}{}", query.join("&"))
}

fn content(list: FindingsList, filter: &FindingsFilter, open: &str, actions: Actions) -> AnyView {
    let key = list.head.key.clone();
    let total: u64 = list.per_severity.iter().sum();
    let counts = match total {
        0 => "no finding is open".to_owned(),
        1 => "1 finding is open".to_owned(),
        n => format!("{} findings are open", grouped(n)),
    };
    let meta = view! {
        <span>{counts}</span>
        <span><a class="link" href="/help/rules">{list.checked.to_string()}" rules"</a>" were checked"</span>
    }
    .into_any();
    let trouble = move || {
        let said = |error: Option<AppError>| error.map(|e| e.message);
        let words = said(actions.unwaive.value().get().and_then(Result::err))
            .or_else(|| said(actions.fix.value().get().and_then(Result::err)))
            .or_else(|| {
                actions.waive.value().get().and_then(Result::err).and_then(|e| e.remainder(&["reason", "expires"]))
            })?;
        Some(view! { <Notice tone=Tone::Bad>{words}</Notice> })
    };
    let read_only = (!list.may_edit).then(|| {
        let words = if list.head.state.editable() {
            "You read these findings. Mending needs the role editor; an error is waived by who answers for its part, or by the sponsor."
        } else {
            "This version is signed with the findings and waivers below. Revise the plan to work on the next one."
        };
        view! { <Notice tone=Tone::Info>{words}</Notice> }
    });
    let body = if list.rows.is_empty() { nothing(&list, filter) } else { table(&list, filter, open, actions) };
    let pager = pager(filter.from, lengths::FINDINGS, list.total, |from| {
        address(&key, &FindingsFilter { from, ..filter.clone() })
    });
    let waivers = waivers(&list, actions);
    view! {
        <PageTitle text="Findings"/>
        <PageHead title="Findings" meta=meta/>
        <div aria-live="polite">{trouble}</div>
        {read_only}
        {filters(&list, filter, total)}
        <Card>{body}{pager}</Card>
        {waivers}
    }
    .into_any()
}

fn filters(list: &FindingsList, filter: &FindingsFilter, total: u64) -> AnyView {
    let key = &list.head.key;
    let chip = |label: String, to: FindingsFilter, count: u64| Chip {
        on: to == FindingsFilter { from: 0, ..filter.clone() },
        href: address(key, &to),
        label,
        count: usize::try_from(count).ok(),
    };
    let base = FindingsFilter { from: 0, rule: String::new(), ..filter.clone() };
    let open = FindingsFilter { show: String::new(), ..base.clone() };
    let mut weights = vec![chip("All open".into(), FindingsFilter { severity: String::new(), ..open.clone() }, total)];
    for ((code, label), count) in SEVERITIES.iter().zip(list.per_severity) {
        weights.push(chip((*label).into(), FindingsFilter { severity: (*code).into(), ..open.clone() }, count));
    }
    let waived = FindingsFilter { show: "waived".into(), severity: String::new(), ..base.clone() };
    weights.push(chip("Waived".into(), waived, list.waived));
    let mut gates = vec![Chip {
        label: "All gates".into(),
        href: address(key, &FindingsFilter { gate: 0, ..base.clone() }),
        count: None,
        on: filter.gate == 0,
    }];
    for (gate, count) in list.head.gates.iter().zip(list.per_gate) {
        gates.push(Chip {
            label: format!("{} {}", gate.number, gate.name),
            href: address(key, &FindingsFilter { gate: gate.number, ..base.clone() }),
            count: usize::try_from(count).ok(),
            on: filter.gate == gate.number,
        });
    }
    let rule = (!filter.rule.is_empty()).then(|| {
        let all = address(key, &base);
        view! { <p>"Only rule "<span class="mono">{filter.rule.clone()}</span>" · "<a class="link" href=all>"show all rules"</a></p> }
    });
    view! {
        <div class="filter-bar"><Chips label="By weight" chips=weights/></div>
        <div class="filter-bar"><Chips label="By gate" chips=gates/></div>
        {rule}
    }
    .into_any()
}

fn nothing(list: &FindingsList, filter: &FindingsFilter) -> AnyView {
    let all = *filter == FindingsFilter::default();
    let (title, text) = if all {
        (
            "No finding is open",
            format!(
                "{} rules looked at data, processes, flows, sync, trial and review. Findings come and go with every change; look again before you sign.",
                list.checked
            ),
        )
    } else {
        ("Nothing with this filter", "Other findings may be open. Take the filter away to see them all.".to_owned())
    };
    let action = (!all)
        .then(|| view! { <ButtonLink href=format!("/p/{}/findings", list.head.key) label="Show all"/> }.into_any());
    view! { <Empty title=title text=text icon="circle-check" action=action.unwrap_or_else(|| ().into_any())/> }
        .into_any()
}

fn table(list: &FindingsList, filter: &FindingsFilter, open: &str, actions: Actions) -> AnyView {
    let mut columns =
        vec![Column::fit("Weight"), Column::fit("Rule"), Column::words("What was found"), Column::fit("Gate")];
    if doing(list) {
        columns.push(Column::fit("Do"));
    }
    let rows = list.rows.iter().map(|row| finding_row(list, row, filter, open, actions)).collect_view();
    view! { <DataTable caption="Findings" columns=columns class="findings-table top">{rows}</DataTable> }.into_any()
}

/// Whether the reader may do something about any of these findings.
fn doing(list: &FindingsList) -> bool {
    list.may_edit || list.rows.iter().any(|row| row.may_waive)
}

fn finding_row(
    list: &FindingsList,
    row: &FindingRow,
    filter: &FindingsFilter,
    open: &str,
    actions: Actions,
) -> AnyView {
    let finding = &row.finding;
    let key = list.head.key.clone();
    let place = match (&row.href, finding.key.is_empty()) {
        (Some(href), _) => {
            let about = if row.about.is_empty() { finding.key.clone() } else { row.about.clone() };
            view! { <a class="link" href=href.clone()><span class="mono">{finding.key.clone()}</span>" "{about}</a> }
                .into_any()
        }
        (None, false) => view! { <span class="mono">{finding.key.clone()}</span> }.into_any(),
        (None, true) => view! { "the plan as a whole" }.into_any(),
    };
    let waived = finding.waived.clone().map(|w| {
        let until = w.expires.map(|day| view! { " until "<Time iso=day/> });
        view! { <p class="finding-place">"Waived by "{w.by}{until}": “"{w.reason}"”"</p> }
    });
    let anchor = format!("f-{}", finding.fingerprint);
    let opened = open == finding.fingerprint && row.may_waive;
    let form = opened.then(|| waive_form(list, row, filter, actions.waive));
    let asked = (!row.may_waive && !row.waived_by.is_empty() && list.head.state.editable())
        .then(|| view! { <p class="finding-place">"An error: only "{row.waived_by.clone()}" may waive it"</p> });
    let does = doing(list).then(|| {
        let waive = (row.may_waive && !opened).then(|| {
            let to = address(&key, filter);
            let joint = if to.contains('?') { "&" } else { "?" };
            let href = format!("{to}{joint}waive={}#{anchor}", finding.fingerprint);
            view! { <ButtonLink href=href label="Waive" look=ButtonLook::Quiet small=true/> }
        });
        let locked = finding.locked.then(|| view! { <Pill label="cannot be waived"/> });
        let fix = (list.may_edit && finding.waived.is_none()).then(|| fix(&key, row, filter, actions.fix));
        view! { <td class="fit"><div class="button-row finding-do">{fix}{waive}{locked}</div></td> }
    });
    view! {
        <tr id=anchor>
            <td class="fit"><Severity word=finding.severity.code()/></td>
            <td class="fit mono"><a href=format!("/help/rules/{}", finding.rule)>{finding.rule.clone()}</a></td>
            <td>
                {finding.message.clone()}
                <p class="finding-place">{place}</p>
                {waived}
                {asked}
                {form}
            </td>
            <td class="fit num">{finding.gate.to_string()}</td>
            {does}
        </tr>
    }
    .into_any()
}

/// The change a rule proposes: a value is set at once, a new item opens its form with what is known.
fn fix(key: &str, row: &FindingRow, filter: &FindingsFilter, apply: ServerAction<ApplyFix>) -> AnyView {
    let finding = &row.finding;
    match finding.fix.clone() {
        Some(Fix::Set { label, .. }) => {
            let which = hidden(&[("plan", key), ("rule", &finding.rule), ("fingerprint", &finding.fingerprint)]);
            view! { <ActionForm action=apply>{which}<Button label=label small=true disabled=apply.pending()/></ActionForm> }.into_any()
        }
        // A decision is taken beside what was measured, not in a bare form.
        Some(Fix::Add { label, kind: Kind::HistoryDecision, .. }) => {
            view! { <ButtonLink href=format!("/p/{key}/history") label=label small=true/> }.into_any()
        }
        Some(Fix::Add { label, kind, fields }) => {
            let home = format!("/p/{key}/items/{}", kind.code());
            let known = fields.iter().filter_map(|(name, value)| {
                let text = match value {
                    serde_json::Value::String(text) => text.clone(),
                    serde_json::Value::Number(number) => number.to_string(),
                    serde_json::Value::Bool(flag) => flag.to_string(),
                    // Ids separated by commas, lines by line breaks: as the fields read them.
                    serde_json::Value::Array(list) => {
                        let lines = kind.field(name).is_some_and(|f| f.kind == domain::FieldType::Lines);
                        let texts: Vec<_> = list.iter().filter_map(serde_json::Value::as_str).collect();
                        texts.join(if lines { "\n" } else { "," })
                    }
                    _ => return None,
                };
                Some(format!("{name}={}&", encoded(&text)))
            });
            let href = format!("{home}/new?{}back={}", known.collect::<String>(), encoded(&address(key, filter)));
            view! { <ButtonLink href=href label=label small=true/> }.into_any()
        }
        None => match &row.href {
            Some(href) => view! { <ButtonLink href=href.clone() label="Open" small=true/> }.into_any(),
            None => ().into_any(),
        },
    }
}

fn waive_form(list: &FindingsList, row: &FindingRow, filter: &FindingsFilter, waive: ServerAction<Waive>) -> AnyView {
    let (finding, key) = (&row.finding, list.head.key.as_str());
    // An error has an end; what is none may be excused for good.
    let error = finding.severity == rules::Severity::Error;
    let (proposed, help) = if error {
        (list.proposed.to_string(), format!("At most until {}; then it stands in the way again.", list.longest))
    } else {
        (String::new(), "Leave empty for no end.".to_owned())
    };
    let which = hidden(&[("plan", key), ("rule", &finding.rule), ("fingerprint", &finding.fingerprint)]);
    let id = |name: &str| format!("{name}-{}", finding.fingerprint);
    let (reason, expires, back) = (id("reason"), id("expires"), address(key, filter));
    let label = format!("Waive {}", finding.rule);
    let value = waive.value();
    view! {
        <ActionForm action=waive attr:class="waiver form">
            {which}
            <TextArea
                name="reason"
                id=reason
                label="Why is this acceptable?"
                help="Printed with your name on every export. The finding comes back when its facts change."
                required=true
                rows=2
                error=field_error(value, "reason")
            />
            <DateInput
                name="expires"
                id=expires
                label="Last day it holds"
                value=proposed
                help=help
                required=error
                error=field_error(value, "expires")
            />
            <div class="form-actions">
                <Button label=label look=ButtonLook::Primary disabled=waive.pending()/>
                <ButtonLink href=back label="Leave it open" look=ButtonLook::Quiet/>
            </div>
        </ActionForm>
    }
    .into_any()
}

fn waivers(list: &FindingsList, actions: Actions) -> Option<AnyView> {
    if list.waivers.is_empty() {
        return None;
    }
    let key = list.head.key.clone();
    let may_undo = list.waivers.iter().any(|row| row.may_undo);
    let rows = list.waivers.iter().map(|row| waiver_row(&key, row, may_undo, actions.unwaive)).collect_view();
    let mut columns = vec![
        Column::fit("Rule"),
        Column::words("What is excused"),
        Column::words("Why"),
        Column::fit("By"),
        Column::fit("Until"),
    ];
    if may_undo {
        columns.push(Column::fit("Do"));
    }
    let note = format!("{} in force", list.waivers.iter().filter(|w| w.in_force).count());
    Some(
        view! {
            <Card title="Waivers" note=note id="waivers">
                <DataTable caption="Waivers" columns=columns class="top">{rows}</DataTable>
            </Card>
        }
        .into_any(),
    )
}

fn waiver_row(key: &str, row: &WaiverRow, column: bool, unwaive: ServerAction<Unwaive>) -> AnyView {
    let waiver = row.waiver.clone();
    let until = match waiver.expires {
        Some(day) => view! { <Time iso=day.to_string()/> }.into_any(),
        None => view! { <span class="muted">"no end"</span> }.into_any(),
    };
    let dead = (!row.in_force).then(|| view! { " "<Pill label="no longer excuses anything" tone=Tone::Warn/> });
    let which = hidden(&[("plan", key), ("waiver", &waiver.id.to_string())]);
    let undo = row.may_undo.then(|| {
        view! {
            <ActionForm action=unwaive>
                {which}
                <Button label="Take back" look=ButtonLook::Quiet small=true disabled=unwaive.pending()/>
            </ActionForm>
        }
    });
    let undo = column.then(|| view! { <td class="fit">{undo}</td> });
    view! {
        <tr>
            <td class="fit mono"><a href=format!("/help/rules/{}", waiver.rule)>{waiver.rule.clone()}</a></td>
            <td>{waiver.message}{dead}</td>
            <td class="prose">{waiver.reason}</td>
            <td class="fit">{waiver.by_name}<p class="finding-place"><Time iso=waiver.at.to_string() day=true/></p></td>
            <td class="fit">{until}</td>
            {undo}
        </tr>
    }
    .into_any()
}
