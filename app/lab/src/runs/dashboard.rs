//! The dashboard of a run: progress while it runs; then figures, one bar per data point, what would make it
//! synchronised and the trend; below them what some want and others do not, folded where it has little to say.
//! Every number leads to the records it counts.

use super::{
    api::{CancelRun, load_run},
    differences::removed_rows,
    drift::drift_card,
    format,
    linking::linking_card,
    other_rules::OtherRules,
    progress::{Running, running_card},
    query, run_number,
    slices::{slices_card, worklists_card},
};
use crate::{
    masked::{key_cell, masked_foot},
    pairs::FindPairs,
    sync::{StartCheck, Trouble, run_form, state_tag},
};
use domain::{RunState, RunTotals};
use kit::{
    layout::PlanPage,
    live::Live,
    ui::{
        Button, ButtonLink, ButtonLook, Card, Column, DataTable, Diff, DiffSide, Empty, Figure, Figures, Fold, Loaded,
        Notice, PageHead, PageTitle, Picture, Segment, SegmentKey, StackBar, Time, Tone, Verdict, grouped, hidden,
    },
};
use leptos::{form::ActionForm, prelude::*};
use pictures::charts::{Series, Trend, trend};
use std::cmp::Ordering;
use views::sync::{DifferenceFilter, PointRow, Remedy, RunPage as Page, Sample, TrendPoint};

/// The page.
#[component]
pub fn RunPage() -> impl IntoView {
    let page = PlanPage::here();
    let number = run_number();
    let start = ServerAction::<StartCheck>::new();
    let cancel = ServerAction::<CancelRun>::new();
    let find = ServerAction::<FindPairs>::new();
    let run = Resource::new(
        move || (page.key(), number.get(), page.changes(), cancel.version().get() + find.version().get()),
        |(key, number, ..)| load_run(key, number),
    );
    let actions = Actions { live: page.live(), find, start, cancel };
    let render = Callback::new(move |run: Page| content(run, actions));
    view! {
        <Trouble action=start/>
        <Trouble action=cancel/>
        <Trouble action=find/>
        <Loaded resource=run render=render/>
        <OtherRules number=number/>
    }
    .into_any()
}

/// What a run's page can do, and what it hears meanwhile.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    pub(super) live: Live,
    pub(super) find: ServerAction<FindPairs>,
    start: ServerAction<StartCheck>,
    cancel: ServerAction<CancelRun>,
}

/// Addresses of a run's pages.
struct Links {
    run: String,
}

impl Links {
    fn all(&self) -> String {
        format!("{}/differences", self.run)
    }

    fn class(&self, class: &str) -> String {
        self.to(&DifferenceFilter { class: Some(class.into()), ..DifferenceFilter::default() })
    }

    fn point(&self, class: &str, field: usize) -> String {
        self.to(&DifferenceFilter { class: Some(class.into()), field: Some(field), ..DifferenceFilter::default() })
    }

    fn cause(&self, field: usize, cause: &str) -> String {
        let (class, cause) = (Some("different".to_owned()), Some(cause.to_owned()));
        self.to(&DifferenceFilter { class, field: Some(field), cause, ..DifferenceFilter::default() })
    }

    fn to(&self, filter: &DifferenceFilter) -> String {
        format!("{}{}", self.all(), query(filter, 0))
    }
}

fn content(page: Page, actions: Actions) -> AnyView {
    let Actions { live, start, cancel, .. } = actions;
    let root = format!("/p/{}", page.head.key);
    let links = Links { run: format!("{root}/runs/{}", page.run.number) };
    let run = &page.run;
    let facts = run.totals.as_ref().map(|t| {
        let took = run.took_ms.map(|ms| format!(" in {}", seconds(ms))).unwrap_or_default();
        view! { <span>{format!("{} × {} records{took}", grouped(t.left.rows), grouped(t.right.rows))}</span> }
    });
    let hash = run.result_hash.clone().map(|hash| {
        let short: String = hash.chars().take(12).collect();
        view! { <a class="mono" href="#evidence" title=hash>"sha256 "{short}"…"</a> }
    });
    let meta = view! {
        <span>"run "{run.number}</span>
        <Time iso=run.ended_at.unwrap_or(run.queued_at).to_string()/>
        <span>{run.by_name.clone()}</span>
        {facts}
        {hash}
    }
    .into_any();
    let done = run.totals.is_some();
    let design = format!("{root}/checks/{}", page.check_key);
    let again =
        (page.may_edit && run.state.ended()).then(|| run_form(&root, &page.check_key, start, "Run again", false));
    let buttons = view! {
        <ButtonLink href=design label="The check"/>
        {(done && page.removed_at.is_none()).then(|| view! { <ButtonLink href=format!("{}/differences.csv", links.run) label="Download differences" icon="download" external=true/> })}
        {again}
    }
    .into_any();
    let outdated = page.outdated.then(|| {
        view! {
            <Notice tone=Tone::Warn title="The check was changed after this run">
                "What you see was measured with the key, pairs and rules of before. Run it again to measure what is planned now."
            </Notice>
        }
    });
    let body = match &run.totals {
        Some(totals) => results(&root, &links, &page, totals, actions),
        None => without_result(&links, &page, live, cancel),
    };
    view! {
        <PageTitle text=format!("{} · run {}", page.name, run.number)/>
        <PageHead title=page.name.clone() meta=meta actions=buttons/>
        {outdated}
        {page.removed_at.map(removed_rows)}
        {body}
    }
    .into_any()
}

fn seconds(ms: u64) -> String {
    match ms {
        0..=949 => format!("0.{} s", ms.div_ceil(100)),
        950..=59_999 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}

fn without_result(links: &Links, page: &Page, live: Live, cancel: ServerAction<CancelRun>) -> AnyView {
    let run = &page.run;
    match &page.progress {
        Some(progress) => {
            let title = if progress.phase == "waiting" { "The check waits" } else { "The check is running" };
            let stop = page.may_edit.then(|| {
                let which = hidden(&[("plan", page.head.key.as_str()), ("number", &run.number.to_string())]);
                view! {
                    <ActionForm action=cancel>
                        {which}
                        <Button label="Cancel" look=ButtonLook::Danger icon="square" disabled=cancel.pending()/>
                    </ActionForm>
                }
                .into_any()
            });
            let (what, here) = ("Progress of the check", links.run.clone());
            running_card(Running { title, what, run: run.id, loaded: progress, here, stop }, live)
        }
        None => {
            let text = run.message.clone().unwrap_or_else(|| match run.state {
                RunState::Cancelled => "Somebody stopped it before it had a result. Nothing of it was kept.".to_owned(),
                _ => "It ended without a result. Run it again.".to_owned(),
            });
            let state = state_tag(run.state);
            view! {
                <Card title="No result"><div class="card-body">{state}<p>{text}</p></div></Card>
            }
            .into_any()
        }
    }
}

fn results(root: &str, links: &Links, page: &Page, totals: &RunTotals, actions: Actions) -> AnyView {
    let sample = page.sample.as_ref().map(|sample| sample_card(links, page, sample));
    let remedies = (!page.remedies.is_empty()).then(|| remedies(root, links, page));
    let pair =
        (sample.is_some() || remedies.is_some()).then(|| view! { <div class="run-pair">{sample}{remedies}</div> });
    view! {
        {figures(links, page, totals)}
        {points(links, page, totals)}
        {pair}
        {(page.trend.len() > 1).then(|| trend_card(root, &page.trend))}
        {page.drift.as_ref().map(|drift| drift_card(root, page, drift))}
        {slices_card(&links.run, page)}
        {worklists_card(root, page)}
        {linking_card(&links.run, page, totals, actions)}
        {format::card(page, totals)}
        {evidence(page, totals)}
    }
    .into_any()
}

fn figures(links: &Links, page: &Page, totals: &RunTotals) -> AnyView {
    let r = &totals.records;
    let differ = r.matched.saturating_sub(totals.in_sync);
    let empty = totals.left.empty_keys + totals.right.empty_keys;
    let sides = |(l, r): (u64, u64)| format!("{} in {}, {} in {}", grouped(l), page.left, grouped(r), page.right);
    let figures = [
        (
            "In sync on every point".to_owned(),
            totals.in_sync,
            format!("of {} matched", grouped(r.matched)),
            Tone::Off,
            Some("#points".to_owned()),
        ),
        (
            "Differ somewhere".to_owned(),
            differ,
            "records with a difference".to_owned(),
            Tone::Bad,
            Some(links.class("different")),
        ),
        (
            format!("Only in {}", page.left),
            r.only_left,
            "would be created".to_owned(),
            Tone::Warn,
            Some(links.class("only_left")),
        ),
        (
            format!("Only in {}", page.right),
            r.only_right,
            "would be orphaned".to_owned(),
            Tone::Warn,
            Some(links.class("only_right")),
        ),
        // One number, one list: the keys of one side are not those of the other.
        (
            format!("Duplicate keys in {}", page.left),
            totals.left.duplicate_keys,
            format!("in {} records", grouped(totals.left.duplicate_rows)),
            Tone::Warn,
            (totals.left.duplicate_keys > 0).then(|| links.class("duplicate_left")),
        ),
        (
            format!("Duplicate keys in {}", page.right),
            totals.right.duplicate_keys,
            format!("in {} records", grouped(totals.right.duplicate_rows)),
            Tone::Warn,
            (totals.right.duplicate_keys > 0).then(|| links.class("duplicate_right")),
        ),
        ("Without a key".to_owned(), empty, sides((totals.left.empty_keys, totals.right.empty_keys)), Tone::Warn, None),
    ];
    let figures = figures
        .into_iter()
        .filter(|(_, n, .., href)| *n > 0 || href.is_some())
        .map(|(label, n, note, tone, href)| {
            let tone = if n > 0 { tone } else { Tone::Off };
            match href {
                Some(href) => view! { <Figure label=label value=grouped(n) note=note tone=tone href=href/> }.into_any(),
                None => view! { <Figure label=label value=grouped(n) note=note tone=tone/> }.into_any(),
            }
        })
        .collect_view();
    view! { <Figures>{figures}</Figures> }.into_any()
}

fn points(links: &Links, page: &Page, totals: &RunTotals) -> AnyView {
    let key = vec![
        ("equal", "equal".to_owned()),
        ("by-rule", "by rule".to_owned()),
        ("differs", "differs".to_owned()),
        ("only-left", format!("only {}", page.left)),
        ("only-right", format!("only {}", page.right)),
    ];
    let end = view! { <SegmentKey parts=key/> }.into_any();
    if page.points.is_empty() {
        return view! {
            <Card title=page.sentence.clone()>
                <Empty title="Only keys were compared" text="This check has no pairs of columns, so it says which records are on both sides and nothing about their values. Add pairs to it."/>
            </Card>
        }
        .into_any();
    }
    let rows = page.points.iter().map(|point| point_row(links, point, totals)).collect_view();
    let columns = vec![
        Column::words("Data point"),
        Column::words("Share"),
        Column::number("Equal"),
        Column::number("By rule"),
        Column::number("Differ"),
        Column::number("Missing left"),
        Column::number("Missing right"),
        Column::words("Verdict"),
        Column::words("Why"),
    ];
    view! {
        <Card title=page.sentence.clone() end=end id="points">
            <DataTable caption="Per data point" columns=columns class="points-table">{rows}</DataTable>
        </Card>
    }
    .into_any()
}

fn point_row(links: &Links, point: &PointRow, totals: &RunTotals) -> AnyView {
    let c = &point.counts;
    let segment = |class, label: &str, count| Segment { class, label: label.to_owned(), count };
    let segments = vec![
        segment("equal", "equal", c.equal),
        segment("by-rule", "equal by rule", c.equal_by_rule),
        segment("differs", "differ", c.different),
        segment("only-left", "missing on the right", totals.records.only_left),
        segment("only-right", "missing on the left", totals.records.only_right),
    ];
    let name = match &point.href {
        Some(href) => view! { <a href=href.clone()>{point.name.clone()}</a> }.into_any(),
        None => view! { <span title="this pair names no data point">{point.name.clone()}</span> }.into_any(),
    };
    let number = |n: u64, class: &str| match n {
        0 => "0".into_any(),
        n => view! { <a href=links.point(class, point.field)>{grouped(n)}</a> }.into_any(),
    };
    let missing = |n: u64, class: &str| match n {
        0 => "0".into_any(),
        n => view! { <a href=links.class(class)>{grouped(n)}</a> }.into_any(),
    };
    let id = c.data_point.map(|id| format!("point-{id}"));
    let why = if point.why.is_empty() { "–".to_owned() } else { point.why.clone() };
    view! {
        <tr id=id>
            <td class="point">{name}</td>
            <td class="bar"><StackBar segments=segments/></td>
            <td class="n">{grouped(c.equal)}</td>
            <td class="n">{number(c.equal_by_rule, "equal_by_rule")}</td>
            <td class="n">{number(c.different, "different")}</td>
            <td class="n">{missing(totals.records.only_right, "only_right")}</td>
            <td class="n">{missing(totals.records.only_left, "only_left")}</td>
            <td><Verdict word=point.verdict.label()/></td>
            <td class="muted">{why}</td>
        </tr>
    }
    .into_any()
}

fn sample_card(links: &Links, page: &Page, sample: &Sample) -> AnyView {
    let title = format!("{}: {} differ for real ({})", sample.name, grouped(sample.total), sample.cause);
    let note = format!("1–{} of {}", sample.rows.len(), grouped(sample.total));
    let end = view! { <a class="link" href=links.cause(sample.field, &sample.cause)>"all"</a> }.into_any();
    let mut columns: Vec<_> = sample.key_names.iter().map(|name| Column::words(name)).collect();
    columns.extend([Column::words(&page.left), Column::words(&page.right)]);
    let rows = sample
        .rows
        .iter()
        .map(|row| {
            let keys = row.key.iter().map(|part| key_cell(&links.run, &row.record, part)).collect_view();
            view! {
                <tr>
                    {keys}
                    <td><Diff left=row.left.clone() right=row.right.clone() side=DiffSide::Left/></td>
                    <td><Diff left=row.left.clone() right=row.right.clone() side=DiffSide::Right/></td>
                </tr>
            }
        })
        .collect_view();
    let masked = masked_foot(sample.masked);
    view! {
        <Card title=title note=note end=end>
            <DataTable caption="Some of the differences" columns=columns class="pairs-table">{rows}</DataTable>
            {masked}
        </Card>
    }
    .into_any()
}

fn remedies(root: &str, links: &Links, page: &Page) -> AnyView {
    let rows = page
        .remedies
        .iter()
        .map(|remedy: &Remedy| {
            let what = match (remedy.agreeable && page.may_edit, &remedy.words) {
                (true, words) => view! { <a href=format!("{root}/checks/{}", page.check_key)>{words.clone()}</a> }.into_any(),
                (false, words) => words.clone().into_any(),
            };
            view! {
                <tr>
                    <td>{what}</td>
                    <td class="n good"><a href=links.cause(remedy.field, &remedy.cause)>{if remedy.up_to { "up to +" } else { "+" }}{grouped(remedy.count)}</a></td>
                    <td class="fit muted">{remedy.by.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let then = page.agreed_sentence.clone();
    let columns = vec![Column::words("What"), Column::number("Values"), Column::fit("By")];
    view! {
        <Card title="What would make it synchronised">
            <DataTable caption="Rules and repairs" columns=columns quiet_head=true>{rows}</DataTable>
            <p class="card-foot">{then}</p>
        </Card>
    }
    .into_any()
}

fn trend_card(root: &str, points: &[TrendPoint]) -> AnyView {
    let value = |n: u64| Some(n as f64);
    let chart = trend(&Trend {
        title: "Records in sync".into(),
        runs: points.iter().map(|p| format!("run {}", p.number)).collect(),
        series: vec![
            Series {
                label: "all".into(),
                class: "all".into(),
                values: points.iter().map(|p| value(p.records)).collect(),
            },
            Series {
                label: "in sync".into(),
                class: "in-sync".into(),
                values: points.iter().map(|p| value(p.in_sync)).collect(),
            },
        ],
        width: 960.0,
        height: 170.0,
    });
    let title = match points {
        [.., before, last] => {
            let apart = grouped(last.in_sync.abs_diff(before.in_sync));
            let change = match last.in_sync.cmp(&before.in_sync) {
                Ordering::Greater => format!("{apart} more in sync than"),
                Ordering::Less => format!("{apart} fewer in sync than"),
                Ordering::Equal => "As many in sync as".to_owned(),
            };
            format!("Run {}: {change} in run {}", last.number, before.number)
        }
        _ => "Records in sync".to_owned(),
    };
    let rows = points
        .iter()
        .rev()
        .map(|p| {
            view! {
                <tr>
                    <td><a href=format!("{root}/runs/{}", p.number)>"run "{p.number}</a></td>
                    <td><Time iso=p.at.to_string()/></td>
                    <td class="n">{grouped(p.in_sync)}</td>
                    <td class="n">{grouped(p.records)}</td>
                </tr>
            }
        })
        .collect_view();
    let columns =
        vec![Column::words("Run"), Column::words("When"), Column::number("In sync"), Column::number("Records")];
    view! {
        <Card title=title note=format!("over {} runs", points.len())>
            <div class="trend-wrap"><Picture picture=chart.picture/></div>
            <details class="chart-table">
                <summary>"As a table"</summary>
                <DataTable caption="Records in sync by run" columns=columns>{rows}</DataTable>
            </details>
        </Card>
    }
    .into_any()
}

fn evidence(page: &Page, totals: &RunTotals) -> AnyView {
    let run = &page.run;
    let hash = |label: &str, hash: &Option<String>| {
        hash.clone().map(|hash| view! { <dt>{label.to_owned()}</dt><dd class="mono">{hash}</dd> })
    };
    let side = |name: &str, side: &domain::SideCounts| {
        let words = format!(
            "{} rows · {} without a key · {} duplicate keys in {} rows",
            grouped(side.rows),
            grouped(side.empty_keys),
            grouped(side.duplicate_keys),
            grouped(side.duplicate_rows)
        );
        view! { <dt>{name.to_owned()}</dt><dd>{words}</dd> }
    };
    let read = |name: &str, source: Option<&domain::SourceRead>| {
        source.map(|source| {
            let notes = source.notes.iter().map(|note| view! { <p>{note.clone()}</p> }).collect_view();
            view! { <dt>{format!("{name}, source")}</dt><dd>{notes}<span class="mono">{source.fingerprint.clone()}</span></dd> }
        })
    };
    let r = &totals.records;
    let records = format!(
        "{} matched · {} without a single partner · {} only left · {} only right",
        grouped(r.matched),
        grouped(r.ambiguous),
        grouped(r.only_left),
        grouped(r.only_right)
    );
    let rules = totals.rule_words().map(|words| view! { <dt>"Rules, with their versions"</dt><dd>{words}</dd> });
    let facts = view! {
        <dl class="facts">
            {side(&page.left, &totals.left)}
            {side(&page.right, &totals.right)}
            <dt>"Records"</dt><dd>{records}</dd>
            {rules}
            {read(&page.left, totals.sources.first())}
            {read(&page.right, totals.sources.get(1))}
            {hash("Left side as kept, SHA-256", &run.left_hash)}
            {hash("Right side as kept, SHA-256", &run.right_hash)}
            {hash("Result, SHA-256", &run.result_hash)}
            <dt>"Check, SHA-256"</dt><dd class="mono">{run.spec_hash.clone()}</dd>
        </dl>
    }
    .into_any();
    let note = format!("{} × {} records read once and kept", grouped(totals.left.rows), grouped(totals.right.rows));
    view! {
        <Fold title="How it was measured" note=note id="evidence">
            <div class="card-body">
                <p class="muted">
                    "Both sides were read once and kept; keys are compared exactly, values as text or, where both columns are numbers, as numbers. The result's hash is the same for the same content in any order."
                </p>
                {facts}
            </div>
        </Fold>
    }
    .into_any()
}
