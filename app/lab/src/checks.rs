//! `/p/:key/checks/new` and `/p/:key/checks/:reference`: designing a check in two steps. First the
//! sides (part of the address, so that it works without scripts), then key and pairs of columns, and what is expected.

mod api;
mod expected;
mod preview;
mod schedule;

use super::{
    rule_ticks::rule_ticks,
    sync::{StartCheck, Trouble, run_form, state_tag},
};
use api::{SaveCheck, load_design};
use domain::Run;
use kit::{
    AppError,
    error::field_error,
    layout::PlanPage,
    ui::{
        Button, ButtonLink, ButtonLook, Card, CellSelect, Choice, Column, DataTable, Loaded, Notice, PageHead,
        PageTitle, Select, TextArea, TextInput, Time, Tone, described_by, grouped,
    },
};
use leptos::{ev, form::ActionForm, prelude::*};
use leptos_router::hooks::{use_params_map, use_query_map};
use preview::Ticking;
use schedule::{schedule_card, schedule_words};
use views::sync::{CheckDesign, DesignPair, DesignSide, SideChoice};

/// Spare rows at the end of the pairs.
const SPARE: usize = 3;

/// The page.
#[component]
pub fn CheckPage() -> impl IntoView {
    let page = PlanPage::here();
    let params = use_params_map();
    let query = use_query_map();
    let save = ServerAction::<SaveCheck>::new();
    let start = ServerAction::<StartCheck>::new();
    let choice = Memo::new(move |_| {
        let query = query.read();
        let get = |name: &str| query.get(name).unwrap_or_default();
        SideChoice {
            left: get("left"),
            left_table: get("left_table"),
            right: get("right"),
            right_table: get("right_table"),
        }
    });
    let check = Memo::new(move |_| params.read().get("reference").unwrap_or_default());
    let design = Resource::new(
        move || (page.key(), check.get(), choice.get(), save.version().get()),
        |(key, check, choice, _)| load_design(key, check, choice),
    );
    let render = Callback::new(move |design: CheckDesign| content(design, save, start));
    view! { <Trouble action=start/><Loaded resource=design render=render/> }.into_any()
}

fn content(design: CheckDesign, save: ServerAction<SaveCheck>, start: ServerAction<StartCheck>) -> AnyView {
    let root = format!("/p/{}", design.head.key);
    let is_new = design.check.is_none();
    let title = if is_new { "New check".to_owned() } else { design.name.clone() };
    let runs = design.runs.len();
    let meta = (!is_new).then(|| {
        let words = if runs == 1 { "1 run".to_owned() } else { format!("{runs} runs") };
        view! { <span class="mono">{design.key.clone()}</span><span>{words}</span> }.into_any()
    });
    let run = (!is_new && design.may_edit).then(|| run_form(&root, &design.key, start, "Run", false));
    let details = (!is_new).then(
        || view! { <ButtonLink href=format!("{root}/items/check/{}", design.key) label="History and comments"/> },
    );
    let actions = view! {
        <ButtonLink href=format!("{root}/sync") label="Back to the dashboard"/>
        {details}
        {run}
    }
    .into_any();
    let body = match (design.may_edit, design.connections.is_empty()) {
        (false, _) => readable(&design),
        (true, true) => {
            let connections = format!("{root}/connections");
            view! {
            <Notice tone=Tone::Info title="First connect two test systems">
                "A check compares two tables. "<a class="link" href=connections>"Connect a system or upload a file"</a>" for each side."
            </Notice>
            }
            .into_any()
        }
        (true, false) => editor(&root, &design, save),
    };
    let history = (!design.runs.is_empty()).then(|| runs_card(&root, &design.runs));
    view! {
        <PageTitle text=title.clone()/>
        <PageHead title=title meta=meta.unwrap_or_else(|| view! { <span>"Two tables, a key, and pairs of columns that should agree"</span> }.into_any()) actions=actions/>
        {body}
        {history}
    }
    .into_any()
}

fn readable(design: &CheckDesign) -> AnyView {
    let why = if design.head.state.editable() {
        "You read this plan. Changing and running a check needs the role editor."
    } else {
        "This version is signed. Revise the plan to change its checks."
    };
    let pairs = design
        .keys
        .iter()
        .map(|k| ("key", k))
        .chain(design.pairs.iter().map(|p| ("compare", p)))
        .map(|(what, pair)| {
            let point = design.points.iter().find(|o| pair.data_point.is_some_and(|id| id.to_string() == o.id));
            view! {
                <tr>
                    <td class="muted">{what}</td>
                    <td>{point.map(|p| p.title.clone())}</td>
                    <td class="mono">{pair.left.clone()}</td>
                    <td class="mono">{pair.right.clone()}</td>
                    <td>{pair.agreed.join(", ")}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = ["Use", "Data point", "Left column", "Right column", "Agreed"].map(Column::words).to_vec();
    let expected = design.expect.iter().map(|row| {
        view! { <tr><td class="mono">{row.left.clone()}</td><td class="mono">{row.right.clone()}</td><td>{row.words.clone()}</td></tr> }
    });
    let expected = (!design.expect.is_empty()).then(|| {
        let columns = ["Left column", "Right column", "Expected"].map(Column::words).to_vec();
        let rows = expected.collect_view();
        view! { <DataTable caption="What columns should hold" columns=columns>{rows}</DataTable> }
    });
    let bounds = [("at least", 0), ("at most", 1)].into_iter().flat_map(|(words, n)| {
        [("left", design.quantity[n]), ("right", design.quantity[n + 2])].into_iter().filter_map(
            move |(side, bound)| Some(format!("{words} {} on the {side}", grouped(u64::try_from(bound?).ok()?))),
        )
    });
    let bounds = bounds.collect::<Vec<_>>().join(", ");
    let bounds = (!bounds.is_empty()).then(|| view! { <p class="card-foot">"Records expected: "{bounds}"."</p> });
    let expected = (expected.is_some() || bounds.is_some())
        .then(|| view! { <Card title="Format and quantity">{expected}{bounds}</Card> });
    view! {
        <Notice tone=Tone::Info>{why}</Notice>
        <Card title="What is compared"><DataTable caption="Pairs of columns" columns=columns>{pairs}</DataTable></Card>
        {expected}
        {schedule_words(design)}
    }
    .into_any()
}

fn editor(root: &str, design: &CheckDesign, save: ServerAction<SaveCheck>) -> AnyView {
    let here = match design.check {
        Some(_) => format!("{root}/checks/{}", design.key),
        None => format!("{root}/checks/new"),
    };
    let ready = !design.left.columns.is_empty() && !design.right.columns.is_empty();
    let columns = ready.then(|| columns_form(root, design, save));
    let again = if ready { "Show other columns" } else { "Show columns" };
    let look = if ready { ButtonLook::Plain } else { ButtonLook::Primary };
    let left = side_choice("left", "Left", &design.left, design);
    let right = side_choice("right", "Right", &design.right, design);
    view! {
        <Card title="1 · Which two tables" note="left: where the data is right; right: where it should be the same">
            <div class="card-body">
                <form class="form wide" action=here>
                    <div class="sides">
                        {left}
                        {right}
                    </div>
                    <div class="form-actions"><Button label=again look=look/></div>
                </form>
            </div>
        </Card>
        {columns}
    }
    .into_any()
}

fn side_choice(name: &'static str, label: &'static str, side: &DesignSide, design: &CheckDesign) -> AnyView {
    let chosen = side.connection.map(|id| id.to_string()).unwrap_or_default();
    let tables: Vec<_> = side
        .tables
        .iter()
        .map(|t| Choice {
            value: t.name.clone(),
            label: match t.rows {
                Some(n) => format!("{} (about {} rows)", t.name, grouped(n)),
                None => format!("{} ({} columns)", t.name, t.columns.len()),
            },
        })
        .collect();
    let trouble = side.trouble.clone();
    let error = Signal::stored(trouble);
    let table = (!tables.is_empty()).then(|| {
        view! {
            <Select name=format!("{name}_table") label=format!("{label} table") choices=tables value=side.table.clone() none="Choose a table"/>
        }
    });
    view! {
        <fieldset class="side-choice">
            <legend class="visually-hidden">{label}</legend>
            <Select name=name label=format!("{label} system") choices=Choice::of(&design.connections) value=chosen none="Choose a connection" required=true error=error/>
            {table}
        </fieldset>
    }
    .into_any()
}

fn columns_form(root: &str, design: &CheckDesign, save: ServerAction<SaveCheck>) -> AnyView {
    let value = Signal::derive(move || save.value().get());
    let plan = root.trim_start_matches("/p/").to_owned();
    let connection = |side: &DesignSide| side.connection.map(|id| id.to_string()).unwrap_or_default();
    let said = move || {
        let error = value.get().and_then(Result::err)?;
        let fields = [
            "name",
            "object",
            "left_instance",
            "right_instance",
            "key",
            "compare",
            "expect",
            "left_min",
            "left_max",
            "right_min",
            "right_max",
            "schedule",
        ];
        let text =
            error.remainder(&fields).unwrap_or_else(|| "Nothing was saved yet: see the marked fields.".to_owned());
        Some(view! { <Notice tone=Tone::Bad>{text}</Notice> })
    };
    let hidden = [
        ("plan", plan),
        ("check", text_id(design.check)),
        ("before", design.before.clone()),
        ("texts[left]", connection(&design.left)),
        ("texts[left_table]", design.left.table.clone()),
        ("texts[right]", connection(&design.right)),
        ("texts[right_table]", design.right.table.clone()),
    ];
    let hidden =
        hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    let ticking = Ticking::new(root.trim_start_matches("/p/"), design.preview.clone());
    let about = about_card(design, value);
    let key = key_card(design, ticking, part_error(value, "key"));
    let pairs = pairs_card(design, ticking, part_error(value, "compare"));
    let expected = expected::card(design, value);
    let changed = move |event: ev::Event| ticking.changed(&event);
    let schedule = schedule_card(design, field_error(value, "schedule"));
    view! {
        <ActionForm action=save attr:class="form wide" on:change=changed>
            <div aria-live="polite">{said}</div>
            {hidden}
            {about}
            {key}
            {pairs}
            {expected}
            {schedule}
            <div class="form-actions">
                <Button label="Save and run" look=ButtonLook::Primary icon="play" name="then" value="run" disabled=save.pending()/>
                <Button label="Save" name="then" value="save" disabled=save.pending()/>
            </div>
        </ActionForm>
    }
    .into_any()
}

fn text_id(id: Option<domain::ItemId>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

type Said = Signal<Option<Result<(), AppError>>>;

fn about_card(design: &CheckDesign, value: Said) -> AnyView {
    let (name, objects, instances) = (design.name.clone(), Choice::of(&design.objects), Choice::of(&design.instances));
    let (object, left, right) = (text_id(design.object), text_id(design.left.instance), text_id(design.right.instance));
    let there = instances.clone();
    view! {
        <Card title="2 · What is compared">
            <div class="card-body">
                <div class="form-row">
                    <TextInput name="texts[name]" id="f-name" label="Name" value=name required=true error=field_error(value, "name") autocomplete="off"/>
                    <Select name="texts[object]" id="f-object" label="Object" choices=objects value=object none="—" error=field_error(value, "object")/>
                </div>
                <div class="form-row">
                    <Select name="texts[left_instance]" id="f-left_instance" label="Left stands for" choices=instances value=left none="—"
                        help="The installation; without it there is no verdict in the matrix." error=field_error(value, "left_instance")/>
                    <Select name="texts[right_instance]" id="f-right_instance" label="Right stands for" choices=there value=right none="—"
                        help="The installation on the other side." error=field_error(value, "right_instance")/>
                </div>
            </div>
        </Card>
    }
    .into_any()
}

/// What is wrong with a list of parts or anything in it.
fn part_error(value: Said, name: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || {
        let error = value.get().and_then(Result::err)?;
        let of_list =
            |field: &str| field == name || field.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', '/']));
        error.fields.into_iter().find(|f| of_list(&f.field)).map(|f| f.message)
    })
}

fn column_select(name: String, label: String, columns: &[String], value: &str) -> AnyView {
    // A column that is gone from the table stays visible, or saving would quietly drop it.
    let gone = (!value.is_empty() && !columns.iter().any(|c| c == value))
        .then(|| Choice { value: value.into(), label: format!("{value} (gone)") });
    let columns = columns.iter().map(|c| Choice { value: c.clone(), label: c.clone() });
    let choices = gone.into_iter().chain(columns).collect();
    view! { <CellSelect name=name label=label choices=choices value=value none="—" class="input mono"/> }.into_any()
}

fn key_card(design: &CheckDesign, ticking: Ticking, error: Signal<Option<String>>) -> AnyView {
    let mut rows = design.keys.clone();
    rows.push(DesignPair { id: "new800".into(), ..DesignPair::default() });
    let described = described_by("keys", "help", error);
    let body = rows
        .into_iter()
        .enumerate()
        .map(|(n, row)| {
            let key = domain::form_key(&row.id);
            let left = format!("parts[key][{key}][left]");
            let right = format!("parts[key][{key}][right]");
            let n = n + 1;
            view! {
                <tr>
                    <td>{column_select(left, format!("Left column of key part {n}"), &design.left.columns, &row.left)}</td>
                    <td>{column_select(right, format!("Right column of key part {n}"), &design.right.columns, &row.right)}</td>
                    <td class="muted">{proposed(&row.because)}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = ["Left column", "Right column", ""].map(Column::words).to_vec();
    view! {
        <Card title="3 · Key" note="the columns that tell which records belong together">
            <fieldset class="parts" aria-describedby=described>
                <legend class="visually-hidden">"Key"</legend>
                <DataTable caption="Key" columns=columns class="design-table">{body}</DataTable>
                <p class="card-foot" id="keys-help">"Keys are compared exactly, letter by letter. Use several rows where only several columns together are unique."</p>
                {ticking.of_keys()}
                {move || error.get().map(|words| view! { <p class="field-error card-foot" id="keys-error">{words}</p> })}
            </fieldset>
        </Card>
    }
    .into_any()
}

fn proposed(because: &str) -> String {
    if because.is_empty() { String::new() } else { format!("proposed: {because}") }
}

fn pairs_card(design: &CheckDesign, ticking: Ticking, error: Signal<Option<String>>) -> AnyView {
    let mut rows = design.pairs.clone();
    rows.extend((0..SPARE).map(|n| DesignPair { id: format!("new8{n:02}"), ..DesignPair::default() }));
    let described = described_by("pairs", "help", error);
    let points = Choice::of(&design.points);
    let body =
        rows.into_iter().enumerate().map(|(n, row)| pair_row(design, ticking, &points, n + 1, &row)).collect_view();
    let columns = vec![
        Column::words("Data point"),
        Column::words("Left column"),
        Column::words("Right column"),
        Column::words("Agreed"),
        Column::words("In the sample"),
        Column::words(""),
    ];
    view! {
        <Card title="4 · Pairs that should agree" note="with what was agreed for each">
            <fieldset class="parts" aria-describedby=described>
                <legend class="visually-hidden">"Pairs that should agree"</legend>
                <DataTable caption="Pairs of columns" columns=columns class="design-table">{body}</DataTable>
                <p class="card-foot" id="pairs-help">
                    "A pair with a data point counts for the verdict matrix. Set both columns to — to drop a row; save to get more rows. Values that agree only by what was agreed are counted apart."
                </p>
                {ticking.of_sample()}
                {move || error.get().map(|words| view! { <p class="field-error card-foot" id="pairs-error">{words}</p> })}
            </fieldset>
        </Card>
    }
    .into_any()
}

fn pair_row(design: &CheckDesign, ticking: Ticking, points: &[Choice], n: usize, row: &DesignPair) -> AnyView {
    let key = domain::form_key(&row.id);
    let name = |field: &str| format!("parts[compare][{key}][{field}]");
    let point = row.data_point.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <tr>
            <td><CellSelect name=name("data_point") label=format!("Data point of pair {n}") choices=points.to_vec() value=point none="—"/></td>
            <td>{column_select(name("left"), format!("Left column of pair {n}"), &design.left.columns, &row.left)}</td>
            <td>{column_select(name("right"), format!("Right column of pair {n}"), &design.right.columns, &row.right)}</td>
            <td>{agreements(&name, n, row)}</td>
            <td>{ticking.of_pair(&row.id)}</td>
            <td class="muted">{proposed(&row.because)}</td>
        </tr>
    }
    .into_any()
}

/// What is agreed about a pair: said in one line, changed where it is opened.
fn agreements(name: &impl Fn(&str) -> String, n: usize, row: &DesignPair) -> AnyView {
    let said = if row.agreed.is_empty() { "exactly equal".to_owned() } else { row.agreed.join(", ") };
    let ticks = rule_ticks(format!("Rules of pair {n}"), &row.rules, |rule| (name(rule.field), "true".to_owned()));
    view! {
        <details class="agreed">
            <summary aria-label=format!("Agreed for pair {n}: {said}")>{said.clone()}</summary>
            <div class="agreed-body">
                {ticks}
                <TextInput name=name("tolerance") label="Tolerance" value=row.tolerance.clone() placeholder="0.01, 1%, 5min, 1d" autocomplete="off"/>
                <TextArea name=name("codes") label="Codes, one a line" value=row.codes.clone() placeholder="M = male" rows=3/>
            </div>
        </details>
    }
    .into_any()
}

fn runs_card(root: &str, runs: &[Run]) -> AnyView {
    let rows =
        runs.iter()
            .map(|run| {
                let result = run.totals.as_ref().map(|t| {
                    format!("{} of {} in sync on every point", grouped(t.in_sync), grouped(t.records.matched))
                });
                let at = run.ended_at.unwrap_or(run.queued_at).to_string();
                view! {
                    <tr>
                        <td class="fit"><a href=format!("{root}/runs/{}", run.number)>"run "{run.number}</a></td>
                        <td class="fit">{state_tag(run.state)}</td>
                        <td>{result.or_else(|| run.message.clone())}</td>
                        <td class="muted">{run.by_name.clone()}</td>
                        <td class="muted"><Time iso=at/></td>
                    </tr>
                }
            })
            .collect_view();
    let columns = vec![
        Column::fit("Run"),
        Column::fit("State"),
        Column::words("Result"),
        Column::words("By"),
        Column::words("When"),
    ];
    view! { <Card title="Runs"><DataTable caption="Runs of this check" columns=columns>{rows}</DataTable></Card> }
        .into_any()
}
