//! `/p/:key/history`: what happens to existing data. Per business object the three ways with what must
//! hold for each, measured; the decision; what follows from it and who sees to it.

mod api;

use crate::{
    error::field_error,
    layout::PlanPage,
    ui::{
        Button, ButtonLink, ButtonLook, Card, Choice, Column, DataTable, DateInput, Empty, Icon, Loaded, Notice,
        PageHead, PageTitle, Select, Severity, Tag, TextArea, TextInput, Time, Tone, Verdict, grouped,
    },
};
use api::{DecideHistory, OwnObligations, load_history};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_query_map;
use views::{
    history::{Condition, HistoryPage as Page, ObjectHistory, OptionCard},
    items::RefOption,
};

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Actions {
    decide: ServerAction<DecideHistory>,
    own: ServerAction<OwnObligations>,
}

/// The page.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let page = PlanPage::here();
    let query = use_query_map();
    let open = Memo::new(move |_| query.read().get("decide").unwrap_or_default());
    let actions = Actions { decide: ServerAction::new(), own: ServerAction::new() };
    let history = Resource::new(
        move || (page.key(), open.get(), page.changes(), actions.decide.version().get(), actions.own.version().get()),
        |(key, ..)| load_history(key),
    );
    let render = Callback::new(move |page: Page| content(page, &open.get_untracked(), actions));
    let own = actions.own.value();
    let said = move || match own.get() {
        None => ().into_any(),
        Some(Ok(())) => view! { <p class="saved" role="status">"Saved"</p> }.into_any(),
        Some(Err(error)) => view! { <Notice tone=Tone::Bad>{error.message}</Notice> }.into_any(),
    };
    view! { <div aria-live="polite">{said}</div><Loaded resource=history render=render/> }.into_any()
}

fn content(page: Page, open: &str, actions: Actions) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let open_ones = page.objects.iter().filter(|o| o.decision.as_ref().is_none_or(|d| d.choice.is_none())).count();
    let words = match (page.objects.len(), open_ones) {
        (0, _) => "Nothing to decide yet".to_owned(),
        (1, 0) => "1 decision, taken".to_owned(),
        (n, 0) => format!("{n} decisions, all taken"),
        (n, m) => format!("{m} of {n} decisions to be taken"),
    };
    let meta = view! { <span>{words}</span> }.into_any();
    let body = if page.objects.is_empty() {
        let action =
            view! { <ButtonLink href=format!("{root}/sync") label="Open the dashboard" look=ButtonLook::Primary/> }
                .into_any();
        view! {
            <Empty
                title="Nothing to decide yet"
                text="Where two systems hold different values, existing data can be overwritten, cleaned up or accepted as it is. All three can work, but it has to be a conscious choice: measure first what differs."
                icon="scale"
                action=action
            />
        }
        .into_any()
    } else {
        page.objects.iter().map(|object| object_card(&root, &page, object, open, actions)).collect_view().into_any()
    };
    view! {
        <PageTitle text="Decisions about existing data"/>
        <PageHead title="What happens to existing data" meta=meta/>
        {body}
    }
    .into_any()
}

fn object_card(root: &str, page: &Page, object: &ObjectHistory, open: &str, actions: Actions) -> AnyView {
    let id = object.slot.clone();
    let deciding = page.may_edit && open == id;
    let (tag, note) = match &object.decision {
        Some(d) if d.choice.is_some() => (
            view! { <Tag label=d.label.clone() tone=Tone::Good icon="circle-check"/> }.into_any(),
            format!("{} · {}", d.state.to_lowercase(), d.key),
        ),
        _ => (view! { <Tag label="no decision" tone=Tone::Bad/> }.into_any(), String::new()),
    };
    let change = (page.may_edit && !deciding).then(|| {
        let label = if note.is_empty() { "Decide for these" } else { "Decide again" };
        let look = if note.is_empty() { ButtonLook::Primary } else { ButtonLook::Plain };
        view! { <ButtonLink href=format!("{root}/history?decide={id}#o-{id}") label=label look=look small=true/> }
    });
    let end = view! { <div class="card-end">{tag}{change}</div> }.into_any();
    let body = if deciding {
        decide_form(root, page, object, actions.decide)
    } else {
        view! { <div class="options">{object.options.iter().map(|o| option_card(o, false)).collect_view()}</div>{decided(object)} }.into_any()
    };
    let points = points(root, object);
    let findings = findings(root, object);
    let follows = obligations(root, page, object, actions.own);
    view! {
        <Card title=object.name.clone() note=note end=end id=format!("o-{id}") class="history-card">
            <div class="card-body">
                {points}
                {findings}
                {body}
            </div>
            {follows}
        </Card>
    }
    .into_any()
}

fn points(root: &str, object: &ObjectHistory) -> AnyView {
    let measured = object.run.as_ref().map(|(number, name)| {
        view! { <p class="muted">"Measured by "<a class="link" href=format!("{root}/runs/{number}")>"run "{*number}</a>" of "{name.clone()}"."</p> }
    });
    if object.points.is_empty() {
        return view! { <p>"Every data point of it that was compared is synchronised."</p>{measured} }.into_any();
    }
    let rows = object
        .points
        .iter()
        .map(|(name, verdict, why)| view! { <li><Verdict word=verdict.label()/>" "<b>{name.clone()}</b>" "<span class="muted">{why.clone()}</span></li> })
        .collect_view();
    let many = match object.points.len() {
        1 => "1 copy is not synchronised".to_owned(),
        n => format!("{n} copies are not synchronised"),
    };
    view! { <details class="unsynced" open=object.points.len() <= 6><summary>{many}</summary><ul>{rows}</ul></details>{measured} }.into_any()
}

fn findings(root: &str, object: &ObjectHistory) -> Option<AnyView> {
    if object.findings.is_empty() {
        return None;
    }
    let rows = object
        .findings
        .iter()
        .map(|f| {
            view! {
                <li><Severity word=f.severity.code()/>" "<a class="link mono" href=format!("{root}/findings?rule={}", f.rule)>{f.rule.clone()}</a>" "{f.message.clone()}</li>
            }
        })
        .collect_view();
    Some(view! { <ul class="warnings">{rows}</ul> }.into_any())
}

/// One way: when it is a good idea, what must hold, what people said about it. With `form` its fields.
fn option_card(option: &OptionCard, form: bool) -> AnyView {
    let conditions = option.conditions.iter().map(condition).collect_view();
    let class = if option.chosen { "option chosen" } else { "option" };
    let head = match form {
        true => {
            let id = format!("choice-{}", option.code);
            view! {
                <h3>
                    <input type="radio" id=id.clone() name="texts[choice]" value=option.code.clone() checked=option.chosen required/>
                    <label for=id>{option.label.clone()}</label>
                </h3>
            }
            .into_any()
        }
        false => {
            let mark = option.chosen.then(|| view! { <Icon name="circle-check" class="good" title="chosen"/> });
            view! { <h3>{mark}{option.label.clone()}</h3> }.into_any()
        }
    };
    let considered = if form { option_fields(option) } else { option_words(option) };
    view! {
        <section class=class>
            {head}
            <div>
                <p class="muted">{option.sentence.clone()}</p>
                <ul class="conditions">{conditions}</ul>
            </div>
            {considered}
        </section>
    }
    .into_any()
}

fn condition(condition: &Condition) -> AnyView {
    let (icon, class, word) = match condition.holds {
        Some(true) => ("check", "good", "holds"),
        Some(false) => ("x", "bad", "does not hold"),
        None => ("info", "info", "to know"),
    };
    let text = match &condition.href {
        Some(href) => view! { <a href=href.clone()>{condition.text.clone()}</a> }.into_any(),
        None => view! { <span>{condition.text.clone()}</span> }.into_any(),
    };
    view! { <li><Icon name=icon class=class title=word/>{text}</li> }.into_any()
}

fn option_words(option: &OptionCard) -> AnyView {
    let hours = option.hours.map(|h| {
        let h = grouped(h.unsigned_abs());
        view! { <p class="option-effort">{h}" h"</p> }
    });
    let line = |label: &'static str, text: &str| {
        (!text.is_empty()).then(|| view! { <dt>{label}</dt><dd>{text.to_owned()}</dd> })
    };
    let nothing = option.hours.is_none() && option.pros.is_empty() && option.cons.is_empty();
    if nothing {
        return view! { <p class="faint">"Not considered yet."</p> }.into_any();
    }
    view! { <div>{hours}<dl class="facts">{line("For", &option.pros)}{line("Against", &option.cons)}</dl></div> }
        .into_any()
}

fn option_fields(option: &OptionCard) -> AnyView {
    let key = domain::form_key(&option.part);
    let name = |field: &str| format!("parts[options][{key}][{field}]");
    let id = |field: &str| format!("{}-{field}", option.code);
    let hours = option.hours.map(|h| h.to_string()).unwrap_or_default();
    view! {
        <div class="option-fields">
            <input type="hidden" name=name("choice") value=option.code.clone()/>
            <TextInput name=name("pros") id=id("pros") label="For" value=option.pros.clone() autocomplete="off"/>
            <TextInput name=name("cons") id=id("cons") label="Against" value=option.cons.clone() autocomplete="off"/>
            <TextInput name=name("effort_hours") id=id("hours") label="Hours" value=hours kind="number" autocomplete="off"/>
        </div>
    }
    .into_any()
}

/// The decision in words, for reading.
fn decided(object: &ObjectHistory) -> Option<AnyView> {
    let decision = object.decision.as_ref().filter(|d| d.choice.is_some())?;
    let on = decision.decided_on.map(|day| view! { ", "<Time iso=day.to_string()/> });
    let by = if decision.decided_by.is_empty() { "nobody named".to_owned() } else { decision.decided_by.clone() };
    let why = if decision.rationale.is_empty() { "No reason given.".to_owned() } else { decision.rationale.clone() };
    Some(
        view! {
            <div class="decided">
                <p class="prose">{why}</p>
                <p class="muted">"Decided by "{by}{on}" · "<a class="link" href=decision.href.clone()>"details, comments and history"</a></p>
            </div>
        }
        .into_any(),
    )
}

fn choices(options: &[RefOption]) -> Vec<Choice> {
    options.iter().map(|o| Choice { value: o.id.clone(), label: o.title.clone() }).collect()
}

const FIELDS: &[&str] = &[
    "choice",
    "rationale",
    "decided_by",
    "source",
    "destination",
    "process",
    "run",
    "cutover",
    "due",
    "backup",
    "loss_accepted_by",
    "options",
];

fn decide_form(root: &str, page: &Page, object: &ObjectHistory, decide: ServerAction<DecideHistory>) -> AnyView {
    let said = Signal::derive(move || decide.value().get());
    let value = |name: &str| object.values.get(name).cloned().unwrap_or_default();
    let (item, before) = object.decision.as_ref().map(|d| (d.item.to_string(), d.before.clone())).unwrap_or_default();
    let id = object.object.to_string();
    let trouble = move || {
        let error = said.get().and_then(Result::err)?;
        let text =
            error.remainder(FIELDS).unwrap_or_else(|| "Nothing was decided yet: see the marked fields.".to_owned());
        Some(view! { <Notice tone=Tone::Bad>{text}</Notice> })
    };
    let choice_error = field_error(said, "choice");
    let options_error = field_error(said, "options");
    let wrong =
        move |error: Signal<Option<String>>| error.get().map(|words| view! { <p class="field-error">{words}</p> });
    let cards = object.options.iter().map(|o| option_card(o, true)).collect_view();
    let hidden = [
        ("plan", page.head.key.clone()),
        ("object", object.slot.clone()),
        ("decision", item),
        ("before", before),
        ("texts[object]", id),
    ];
    let hidden =
        hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    let select = |name: &'static str, label: &'static str, options: &[RefOption]| {
        let (choices, value) = (choices(options), value(name));
        view! {
            <Select name=format!("texts[{name}]") id=format!("d-{name}") label=label choices=choices value=value none="—" error=field_error(said, name)/>
        }
        .into_any()
    };
    let day = |name: &'static str, label: &'static str, help: &'static str| {
        let value = value(name);
        view! { <DateInput name=format!("texts[{name}]") id=format!("d-{name}") label=label value=value help=help error=field_error(said, name)/> }
            .into_any()
    };
    let (run, process) =
        (select("run", "Based on run", &page.runs), select("process", "Fits the process", &page.processes));
    let source = select("source", "Right data is in", &page.instances);
    let destination = select("destination", "Existing data is in", &page.instances);
    let cutover = day("cutover", "Cut-over", "From this day new data is different from old.");
    let due = day("due", "Clean-up is done by", "For cleaning up.");
    let (rationale, by) = (value("rationale"), value("decided_by"));
    let (loss, backup) = (value("loss_accepted_by"), value("backup"));
    let leave = format!("{root}/history");
    view! {
        <ActionForm action=decide attr:class="form wide">
            <div aria-live="polite">{trouble}</div>
            {hidden}
            <fieldset class="options">
                <legend class="visually-hidden">"The way"</legend>
                {cards}
            </fieldset>
            {move || wrong(choice_error)}
            {move || wrong(options_error)}
            <p class="muted">"A way counts as considered when something is written about it. Accepting creates five obligations, each of which needs an owner."</p>
            <TextArea name="texts[rationale]" id="d-rationale" label="Why this way" value=rationale required=true error=field_error(said, "rationale")/>
            <div class="form-row">
                <TextInput name="texts[decided_by]" id="d-by" label="Decided by" value=by required=true error=field_error(said, "decided_by") autocomplete="off"/>
                {run}
                {process}
            </div>
            <div class="form-row">{source}{destination}</div>
            <div class="form-row">
                {cutover}
                {due}
                <TextInput name="texts[loss_accepted_by]" id="d-loss" label="Loss accepted by" value=loss help="For overwriting." error=field_error(said, "loss_accepted_by") autocomplete="off"/>
            </div>
            <TextArea name="texts[backup]" id="d-backup" label="Way back" value=backup help="For overwriting: how to get back what was overwritten." rows=2 error=field_error(said, "backup")/>
            <div class="form-actions">
                <Button label="Decide" look=ButtonLook::Primary disabled=decide.pending()/>
                <ButtonLink href=leave label="Leave it open" look=ButtonLook::Quiet/>
            </div>
        </ActionForm>
    }
    .into_any()
}

fn obligations(root: &str, page: &Page, object: &ObjectHistory, own: ServerAction<OwnObligations>) -> Option<AnyView> {
    if object.obligations.is_empty() {
        return None;
    }
    let named = object.obligations.iter().filter(|o| !o.owner.is_empty()).count();
    let title = format!("What follows: {named} of {} obligations have an owner", object.obligations.len());
    let rows = object
        .obligations
        .iter()
        .map(|o| {
            let owner = if page.may_edit {
                let item = domain::form_key(o.item);
                view! {
                    <input type="hidden" name=format!("before[{item}]") value=o.owner.clone()/>
                    <input class="input" type="text" name=format!("owners[{item}]") value=o.owner.clone() aria-label=format!("Owner of {}", o.name) autocomplete="off"/>
                }
                .into_any()
            } else if o.owner.is_empty() {
                view! { <Tag label="nobody" tone=Tone::Bad/> }.into_any()
            } else {
                o.owner.clone().into_any()
            };
            let content = if o.content.is_empty() {
                view! { <a class="muted" href=o.href.clone()>{o.asks.clone()}</a> }.into_any()
            } else {
                view! { <span>{o.content.clone()}</span> }.into_any()
            };
            let due = o.due.map(|day| view! { <Time iso=day.to_string()/> });
            view! {
                <tr>
                    <td><a href=o.href.clone()><b>{o.name.clone()}</b></a>" "<span class="id">{o.key.clone()}</span></td>
                    <td class="wide">{content}</td>
                    <td>{owner}</td>
                    <td class="fit">{due}</td>
                    <td class="fit muted">{o.state.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::words("Obligation"),
        Column::words("Its answer"),
        Column::words("Owner"),
        Column::fit("Due"),
        Column::fit("State"),
    ];
    let table = view! { <DataTable caption="Obligations" columns=columns class="top">{rows}</DataTable> }.into_any();
    let origin = object.decision.as_ref().map(|d| d.item.to_string()).unwrap_or_default();
    let another = format!("{root}/items/obligation/new?origin={origin}&back={root}/history");
    let plan = page.head.key.clone();
    let body = if page.may_edit {
        view! {
            <ActionForm action=own>
                <input type="hidden" name="plan" value=plan/>
                {table}
                <div class="card-foot form-actions">
                    <Button label="Save owners" small=true disabled=own.pending()/>
                    <a class="link" href=another>"Add another obligation"</a>
                </div>
            </ActionForm>
        }
        .into_any()
    } else {
        table
    };
    Some(view! { <h3 class="follows">{title}</h3>{body} }.into_any())
}
