//! The three ways side by side: when each is a good idea, what must hold for it and where that stands.

use kit::ui::{Icon, TextInput, grouped};
use leptos::prelude::*;
use views::history::{Condition, Mark, OptionCard, Pointer};

/// One way: when it is a good idea, what must hold, what people said about it. With `form` its fields.
pub(super) fn card(option: &OptionCard, form: bool) -> AnyView {
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

/// Sign and words say where it stands; what nobody knows looks like nothing that is met.
fn condition(condition: &Condition) -> AnyView {
    let (icon, class, word) = match condition.mark {
        Mark::Met => ("check", "good", "met"),
        Mark::NotMet => ("x", "bad", "not met"),
        Mark::NotKnown => ("v-unknown", "warn", "not known"),
        Mark::Figure => ("info", "info", "to know"),
    };
    let link = |pointer: &Pointer| view! { <a href=pointer.href.clone()>{pointer.label.clone()}</a> };
    let from = condition.from.as_ref().map(|p| view! { " · "{link(p)} });
    let next = condition.next.as_ref().map(|p| view! { " · "<b>"next: "{link(p)}</b> });
    view! {
        <li>
            <Icon name=icon class=class/>
            <span><span class=format!("mark {class}")>{word}</span>" "{condition.text.clone()}{from}{next}</span>
        </li>
    }
    .into_any()
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
