//! The form that settles a conflict of truth: who wins or how the records are split, why, and who said so.
//! It stands folded under the candidates and works without scripts.

use super::api::SettleConflict;
use domain::{Choices, entity::ResolutionKind, form_key};
use kit::{
    error::field_error,
    ui::{Button, ButtonLook, Choice, Notice, Select, TextArea, TextInput, Tone, hidden},
};
use leptos::{form::ActionForm, prelude::*};
use views::data::{Candidate, ConflictCard};

/// Fields an error is shown at; the rest stands above the form.
const FIELDS: [&str; 4] = ["kind", "winner", "rationale", "decided_by"];

/// The form.
#[component]
pub(super) fn SettleForm(
    /// Address of the plan.
    #[prop(into)]
    root: String,
    /// The conflict.
    card: ConflictCard,
) -> impl IntoView {
    let settle = ServerAction::<SettleConflict>::new();
    let value = settle.value();
    let plan = root.trim_start_matches("/p/").to_owned();
    let members: Vec<_> = card.candidates.iter().map(|c| c.id.to_string()).collect();
    let first = members.first().cloned().unwrap_or_default();
    let wrong = move || {
        let error = value.get().and_then(Result::err)?;
        let words = error.field("winner").map(|w| format!("The winner {w}")).or_else(|| error.remainder(&FIELDS))?;
        Some(view! { <Notice tone=Tone::Bad>{words}</Notice> })
    };
    let scopes: Vec<_> = card.scopes.iter().map(|s| Choice { value: s.id.clone(), label: s.title.clone() }).collect();
    let new_scope = format!("{root}/items/scope/new?back={root}/truth");
    let candidates = card.candidates.into_iter().map(|c| candidate(c, &scopes)).collect_view();
    let kinds = ResolutionKind::CHOICES.iter().filter(|c| c.code != ResolutionKind::SplitLifecycle.code());
    let kinds = kinds.map(|c| Choice { value: c.code.into(), label: c.label.into() }).collect();
    let form = view! {
        {wrong}
        {hidden(&[("plan", plan.as_str()), ("members", members.join(",").as_str())])}
        <Select name="kind" id=format!("kind-{first}") label="Way out" choices=kinds value=ResolutionKind::Single.code()
            help="One wins: the others are put away. Split: each is right for its scope. Order: the chosen one comes first."
            error=field_error(value, "kind")/>
        <fieldset class="candidates"><legend>"The right copy"</legend>{candidates}</fieldset>
        <p class="muted">"A population to split by is missing? "<a class="link" href=new_scope>"New scope"</a></p>
        <TextArea name="rationale" id=format!("why-{first}") label="Why" required=true rows=2 error=field_error(value, "rationale")/>
        <TextInput name="decided_by" id=format!("by-{first}") label="Decided by" required=true error=field_error(value, "decided_by")/>
        <div class="form-end"><Button label="Settle it" look=ButtonLook::Primary disabled=settle.pending()/></div>
    }
    .into_any();
    view! {
        <details class="settle" open=move || value.get().is_some_and(|v| v.is_err())>
            <summary class="button primary">"Resolve…"</summary>
            <ActionForm action=settle attr:class="form item-form">{form}</ActionForm>
        </details>
    }
}

fn candidate(candidate: Candidate, scopes: &[Choice]) -> AnyView {
    let id = candidate.id.to_string();
    let scope = (!scopes.is_empty()).then(|| {
        view! {
            <Select name=format!("scopes[{}]", form_key(&id)) id=format!("scope-{id}") label="When split: right for" choices=scopes.to_vec()
                value=candidate.scope_id.map(|s| s.to_string()).unwrap_or_default() none="choose a scope"/>
        }
    });
    view! {
        <div class="candidate">
            <label class="tick"><input type="radio" name="winner" value=id.clone()/><b>{candidate.place}</b></label>
            {scope}
        </div>
    }
    .into_any()
}
