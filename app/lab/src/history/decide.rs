//! The form that takes a decision about existing data.

use super::{api::DecideHistory, ways};
use kit::{
    error::field_error,
    ui::{Button, ButtonLink, ButtonLook, Choice, DateInput, Notice, Select, TextArea, TextInput, Tone, grouped},
};
use leptos::{form::ActionForm, prelude::*};
use views::{
    history::{HistoryPage as Page, ObjectHistory},
    items::RefOption,
};

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
    "confirmed",
    "options",
];

/// The form of a decision.
pub(super) fn form(root: &str, page: &Page, object: &ObjectHistory, decide: ServerAction<DecideHistory>) -> AnyView {
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
    let cards = object.options.iter().map(|o| ways::card(o, true)).collect_view();
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
        let (choices, value) = (Choice::of(options), value(name));
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
    let about = format!(
        "A way counts as considered when something is written about it. Accepting creates {} obligations; each goes at first to whom the plan names for the destination or the object, and can be given to somebody else.",
        rules::consequences_of_accept().len()
    );
    let loss_check = loss_check(object, field_error(said, "confirmed"));
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
            <p class="muted">{about}</p>
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
            {loss_check}
            <TextArea name="texts[backup]" id="d-backup" label="Way back" value=backup help="For overwriting: how to get back what was overwritten." rows=2 error=field_error(said, "backup")/>
            <div class="form-actions">
                <Button label="Decide" look=ButtonLook::Primary disabled=decide.pending()/>
                <ButtonLink href=leave label="Leave it open" look=ButtonLook::Quiet/>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// What overwriting loses, with the step that makes sure somebody has seen it.
fn loss_check(object: &ObjectHistory, error: Signal<Option<String>>) -> AnyView {
    let look = object.preview.clone().map(|href| view! { " "<a class="link" href=href>"See them one by one"</a>"." });
    match object.lost {
        Some(0) => view! { <p class="muted">"Overwriting would leave no value of the destination without another in its place."{look}</p> }.into_any(),
        // Nobody can type a number that nobody knows; the rules say that it was not measured.
        None => view! { <p class="muted">"Nobody has measured what overwriting would lose: run a check of the two systems first."</p> }.into_any(),
        Some(lost) => {
            let help = "For overwriting: type how many values would be lost; the number goes into the reason.";
            view! {
                <Notice tone=Tone::Warn>
                    {format!("Values of the destination that overwriting would lose, as the source has none: {}.", grouped(lost))}{look}
                </Notice>
                <TextInput name="texts[confirmed]" id="d-confirmed" label="Values that will be lost" help=help error=error autocomplete="off"/>
            }
            .into_any()
        }
    }
}
