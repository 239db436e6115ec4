//! `/p/:key/runs/:number/pairs`: records that stand under another key on the other side. One pair at a time, decided by
//! keyboard or with the buttons; the lists of what is sure and what was decided.

mod api;
mod one;

pub use api::FindPairs;

use self::{
    api::{DecidePair, StopPairs, TakeOverPairs, UndoPair, load_pairs},
    one::{decide_by_keys, pair_card},
};
use super::{
    crosswalk::{ForgetPair, decisions_table},
    masked::masked_foot,
    runs::{Running, run_number, running_card},
};
use kit::{
    error::keep_the_last,
    layout::PlanPage,
    live::Live,
    ui::{
        Button, ButtonLink, ButtonLook, Card, Chip, Chips, Choice, Column, DataTable, Empty, Loaded, Notice, PageHead,
        PageTitle, Select, SkeletonShape, Tone, grouped, hidden, pager,
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_query_map;
use views::{
    lengths,
    pairs::{LinkState, PairRow, PairShow, PairsPage as Page},
    sync::RunProgress,
};

/// What the page can do, and what it hears meanwhile.
#[derive(Clone, Copy)]
struct Actions {
    live: Live,
    find: ServerAction<FindPairs>,
    stop: ServerAction<StopPairs>,
    decide: ServerAction<DecidePair>,
    undo: ServerAction<UndoPair>,
    take_over: ServerAction<TakeOverPairs>,
    forget: ServerAction<ForgetPair>,
}

impl Actions {
    fn new(live: Live) -> Self {
        Self {
            live,
            find: ServerAction::new(),
            stop: ServerAction::new(),
            decide: ServerAction::new(),
            undo: ServerAction::new(),
            take_over: ServerAction::new(),
            forget: ServerAction::new(),
        }
    }

    /// How often each was done. Tracked.
    fn versions(self) -> [usize; 6] {
        [
            self.find.version().get(),
            self.stop.version().get(),
            self.decide.version().get(),
            self.undo.version().get(),
            self.take_over.version().get(),
            self.forget.version().get(),
        ]
    }

    fn keep_the_last(self) {
        keep_the_last(
            move || self.versions(),
            [
                Box::new(move || self.find.clear()),
                Box::new(move || self.stop.clear()),
                Box::new(move || self.decide.clear()),
                Box::new(move || self.undo.clear()),
                Box::new(move || self.take_over.clear()),
                Box::new(move || self.forget.clear()),
            ],
        );
    }

    /// Why the last thing was not done, as far as it was not. Tracked.
    fn trouble(self) -> Option<String> {
        let said = [
            self.find.value().get(),
            self.stop.value().get(),
            self.decide.value().get(),
            self.undo.value().get(),
            self.take_over.value().get(),
            self.forget.value().get(),
        ];
        said.into_iter().flatten().find_map(Result::err).map(|error| error.message)
    }
}

/// What the address asks for.
#[derive(Clone, Copy, PartialEq)]
struct Asked {
    show: PairShow,
    at: u64,
    only: bool,
}

/// The page.
#[component]
pub fn PairsPage() -> impl IntoView {
    let page = PlanPage::here();
    let number = run_number();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let place = |name: &str| query.get(name).and_then(|n| n.parse::<u64>().ok());
        let show = PairShow::from_code(&query.get("show").unwrap_or_default());
        Asked { show, at: place("pair").or(place("at")).unwrap_or_default(), only: place("pair").is_some() }
    });
    let actions = Actions::new(page.live());
    actions.keep_the_last();
    let found = Resource::new(
        move || (page.key(), number.get(), asked.get(), page.changes(), actions.versions()),
        |(key, number, Asked { show, at, only }, ..)| load_pairs(key, number, show, at, only),
    );
    Effect::new(decide_by_keys);
    let render = Callback::new(move |found: Page| content(found, asked.get_untracked(), actions));
    let trouble = move || actions.trouble().map(|words| view! { <Notice tone=Tone::Bad>{words}</Notice> });
    view! { <div aria-live="polite">{trouble}</div><Loaded resource=found shape=SkeletonShape::Rows render=render/> }
        .into_any()
}

fn content(page: Page, asked: Asked, actions: Actions) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let run = format!("{root}/runs/{}", page.number);
    let here = format!("{run}/pairs");
    let title = format!("Records under another id: {}", page.name);
    let meta = view! {
        <a class="link" href=run.clone()>"run "{page.number}</a>
        <span>{page.left.clone()}" and "{page.right.clone()}</span>
    }
    .into_any();
    let links = view! {
        <ButtonLink href=run.clone() label="Back to the run"/>
        <ButtonLink href=format!("{root}/crosswalk") label="Crosswalk" icon="table"/>
    }
    .into_any();
    let body = match &page.state {
        LinkState::Never => never(&page, actions),
        LinkState::Going { progress } => going(&page, progress, &here, actions),
        LinkState::Failed { message } => failed(&page, message, actions),
        LinkState::Done => done(&page, &run, &here, asked, actions),
    };
    let told_by = page.told_by.map(|(compared, used)| {
        let words = format!(
            "The check compares {} pairs of columns; records are told by the first {} of them.",
            grouped(compared),
            grouped(used)
        );
        view! { <p class="muted">{words}</p> }
    });
    view! {
        <PageTitle text=title.clone()/>
        <PageHead title=title meta=meta actions=links/>
        {body}
        {told_by}
    }
    .into_any()
}

/// The form that starts looking; `everything` offers to link all records, too.
pub fn find_form(plan: &str, number: i64, find: ServerAction<FindPairs>, label: &'static str) -> AnyView {
    let which = hidden(&[("plan", plan), ("number", &number.to_string())]);
    let scope = |(value, label): (&str, &str)| Choice { value: value.to_owned(), label: label.to_owned() };
    let scopes =
        [("rest", "those without a counterpart"), ("everything", "all, whatever their keys")].map(scope).to_vec();
    view! {
        <ActionForm action=find attr:class="inline-form">
            {which}
            <Select name="scope" label="Which records" choices=scopes value="rest"/>
            <Button label=label icon="search" disabled=find.pending()/>
        </ActionForm>
    }
    .into_any()
}

fn never(page: &Page, actions: Actions) -> AnyView {
    const TEXT: &str = "Records that are on one side only may be on the other side under another id. They can be told by the values the check compares; nothing is read from the systems again.";
    match page.may_decide {
        true => {
            let action = find_form(&page.head.key, page.number, actions.find, "Find records under another id");
            view! { <Empty title="Not looked for yet" text=TEXT icon="search" action=action/> }.into_any()
        }
        false => view! { <Empty title="Not looked for yet" text=TEXT icon="search"/> }.into_any(),
    }
}

fn going(page: &Page, progress: &RunProgress, here: &str, actions: Actions) -> AnyView {
    let stop = page.may_decide.then(|| {
        let which = hidden(&[("plan", page.head.key.as_str()), ("number", &page.number.to_string())]);
        view! {
            <ActionForm action=actions.stop>
                {which}
                <Button label="Stop" look=ButtonLook::Danger icon="square" disabled=actions.stop.pending()/>
            </ActionForm>
        }
        .into_any()
    });
    let running = Running {
        title: "Records under another id are being looked for",
        what: "Progress of linking",
        run: page.run,
        loaded: progress,
        here: here.to_owned(),
        stop,
    };
    running_card(running, actions.live)
}

fn failed(page: &Page, message: &str, actions: Actions) -> AnyView {
    let again = page.may_decide.then(|| find_form(&page.head.key, page.number, actions.find, "Try again"));
    let message = message.to_owned();
    view! {
        <Card title="No pairs"><div class="card-body"><p>{message}</p>{again}</div></Card>
    }
    .into_any()
}

fn done(page: &Page, run: &str, here: &str, asked: Asked, actions: Actions) -> AnyView {
    let totals = &page.totals;
    let chip = |label: &str, show: PairShow, count: u64| Chip {
        label: label.to_owned(),
        href: if show == PairShow::Unclear { here.to_owned() } else { format!("{here}?show={}", show.code()) },
        count: usize::try_from(count).ok(),
        on: asked.show == show,
    };
    let chips = vec![
        chip("unclear", PairShow::Unclear, totals.unclear.saturating_sub(page.decided)),
        chip("sure", PairShow::Sure, totals.sure),
        chip("decided", PairShow::Decided, page.decisions),
    ];
    let body = match asked.show {
        PairShow::Unclear => queue(page, run, here, asked, actions),
        PairShow::Sure => sure(page, here, actions),
        PairShow::Decided if page.rows.is_empty() => {
            view! { <Empty title="Nothing decided for this run" text="Decisions that people make about its pairs are listed here, with who made them and when." icon="circle-check"/> }.into_any()
        }
        PairShow::Decided => {
            let back = format!("{here}?show=decided");
            let table = decisions_table(&page.rows, &page.head.key, &back, page.may_decide, actions.forget);
            let pages = pager(page.offset, lengths::PAIRS, page.decisions, |from| format!("{back}&at={from}"));
            let masked = masked_foot(page.masked);
            view! { <Card>{table}{pages}{masked}</Card> }.into_any()
        }
    };
    view! {
        <Chips label="Which pairs" chips=chips/>
        {body}
        <p class="muted">{what_was_linked(page)}</p>
    }
    .into_any()
}

fn what_was_linked(page: &Page) -> String {
    let t = &page.totals;
    let what = if t.everything { "all records" } else { "records without a counterpart" };
    let mut words = vec![format!(
        "Linked: {what}, {} of {} and {} of {}.",
        grouped(t.left),
        page.left,
        grouped(t.right),
        page.right
    )];
    let mut add = |count: u64, what: &str| {
        if count > 0 {
            words.push(format!("{} {what}", grouped(count)));
        }
    };
    add(t.partnered, "records were left out because the crosswalk has their partner.");
    add(t.refused, "pairs were left out because they were found not to be the same before.");
    add(t.too_long, "records were left out because their key is longer than the crosswalk keeps.");
    add(t.beyond, "less likely pairs are beyond the length of the queue; look again when it is decided.");
    words.join(" ")
}

fn queue(page: &Page, run: &str, here: &str, asked: Asked, actions: Actions) -> AnyView {
    let total = page.totals.unclear;
    let words = format!("{} of {} decided", grouped(page.decided), grouped(total));
    let progress = (total > 0).then(|| {
        view! {
            <div class="pair-progress">
                <progress aria-label="Pairs decided" max=total.to_string() value=page.decided.to_string()></progress>
                <span role="status">{words}</span>
            </div>
        }
    });
    let body = match &page.pair {
        Some(pair) => pair_card(page, pair, run, here, asked.only, actions),
        None if total == 0 && page.totals.sure == 0 => {
            view! { <Empty title="No pair was found" text="No two records are alike enough to be the same. Compare more columns that tell records apart, such as names, addresses or dates, and run the check again." icon="circle-check"/> }.into_any()
        }
        None if total == 0 => {
            let action = view! { <ButtonLink href=format!("{here}?show=sure") label="Look at the sure pairs"/> }.into_any();
            view! { <Empty title="Nothing is unclear" text="Every pair that was found is sure. Look at them before they are taken over." icon="circle-check" action=action/> }.into_any()
        }
        None => {
            let undo = page.may_undo.then(|| one::undo_form(page, actions)).into_any();
            view! { <Empty title="All decided" text="Later runs of this check bring together the records that are the same, and do not ask about the others again." icon="circle-check" action=undo/> }.into_any()
        }
    };
    view! { {progress}{body} }.into_any()
}

fn sure(page: &Page, here: &str, actions: Actions) -> AnyView {
    if page.totals.sure == 0 {
        return view! { <Empty title="Nothing is sure" text="No pair is so much alike that nobody needs to look at it." icon="circle-check"/> }.into_any();
    }
    let open = page.may_decide && page.taken_over < page.totals.sure;
    let take = open.then(|| {
        let which = hidden(&[("plan", page.head.key.as_str()), ("number", &page.number.to_string())]);
        view! {
            <ActionForm action=actions.take_over>
                {which}
                <Button label="Take over the sure pairs" look=ButtonLook::Primary icon="check" disabled=actions.take_over.pending()/>
            </ActionForm>
        }
        .into_any()
    });
    let note = format!("{} of {} taken over into the crosswalk", grouped(page.taken_over), grouped(page.totals.sure));
    let columns = vec![
        Column::words(&page.left),
        Column::words(&page.right),
        Column::number("Likely"),
        Column::words("Decided"),
        Column::fit("Look"),
    ];
    let rows = page.sure.iter().map(|row| sure_row(row, here)).collect_view();
    let pages = pager(page.offset, lengths::PAIRS, page.totals.sure, |from| format!("{here}?show=sure&at={from}"));
    let (end, masked) = (take.into_any(), masked_foot(page.masked));
    view! {
        <Card title="Pairs that need nobody to look at them" note=note end=end>
            <DataTable caption="Sure pairs" columns=columns class="pairs-table">{rows}</DataTable>
            {pages}
            {masked}
        </Card>
    }
    .into_any()
}

fn sure_row(row: &PairRow, here: &str) -> AnyView {
    let decided = match row.same {
        Some(true) => "the same",
        Some(false) => "not the same",
        None => "not yet",
    };
    view! {
        <tr>
            <td class="record">{row.left.clone()}</td>
            <td class="record">{row.right.clone()}</td>
            <td class="n">{row.percent.clone()}</td>
            <td>{decided}</td>
            <td class="fit"><a class="link" href=format!("{here}?pair={}", row.place)>"side by side"</a></td>
        </tr>
    }
    .into_any()
}
