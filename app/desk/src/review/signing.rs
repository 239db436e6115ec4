//! The signature: the hash, what signing means, and one button for the one person who may press it.

use super::api::SignPlan;
use domain::Slot;
use kit::{
    error::field_error,
    ui::{Button, ButtonLook, Icon, Notice, TextInput, Tone, hidden},
};
use leptos::{form::ActionForm, prelude::*};
use views::review::{Proof, ReviewPage};

/// The card of the sponsor.
pub fn card(page: &ReviewPage, sign: ServerAction<SignPlan>) -> AnyView {
    let sponsors = page.slots.iter().find(|s| s.slot == Slot::Sponsor).map(|s| s.people.join(", ")).unwrap_or_default();
    let act = match page.proof {
        Some(proof) if page.blockers.is_empty() => form(page, proof, sign),
        Some(_) => view! { <Notice tone=Tone::Info>"You sign for the whole. The button appears when nothing stands in the way any more."</Notice> }.into_any(),
        None if sponsors.is_empty() => {
            view! { <Notice tone=Tone::Warn>"Nobody is assigned to sign. An editor can assign a sponsor below."</Notice> }
                .into_any()
        }
        None => view! { <p class="muted">"Only "{sponsors}" can sign."</p> }.into_any(),
    };
    view! {
        <section class="signing" id="sign">
            <h2><Icon name="signature"/>" "{format!("Signature under version {}", page.head.version)}</h2>
            <p class="meaning">{Slot::Sponsor.meaning()}</p>
            <div>
                <p class="muted">"Exactly what has this root hash is signed, and nothing else:"</p>
                <p class="hash">{page.root.clone()}</p>
            </div>
            {act}
        </section>
    }
    .into_any()
}

/// The button, and what proves that it is this person who presses it.
fn form(page: &ReviewPage, proof: Proof, sign: ServerAction<SignPlan>) -> AnyView {
    let proved = match proof {
        Proof::Password => view! {
            <TextInput
                name="password"
                id="sign-password"
                label="Your password"
                kind="password"
                autocomplete="current-password"
                required=true
                help="Once more, so that nobody signs in a browser you left open."
                error=field_error(sign.value(), "password")
            />
        }
        .into_any(),
        Proof::Link => view! { <p class="muted">"You have no password: the one-time link you came in by proves who you are, for five minutes."</p> }.into_any(),
        Proof::NewLink => return new_link(),
    };
    let which = hidden(&[("plan", &page.head.key), ("root", &page.root)]);
    let label = format!("Sign version {}", page.head.version);
    view! {
        <ActionForm action=sign attr:class="form">
            {which}
            {proved}
            <div class="form-actions">
                <Button label=label look=ButtonLook::Primary icon="signature" disabled=sign.pending()/>
                <span class="muted">"Your name, this sentence, the time, when you proved who you are and the hash are printed on every export."</span>
            </div>
        </ActionForm>
    }
    .into_any()
}

fn new_link() -> AnyView {
    view! {
        <Notice tone=Tone::Warn title="Sign in again first">
            "You have no password, and came in by a one-time link more than five minutes ago. Ask the operator for a new link and sign in by it, then sign here."
        </Notice>
    }
    .into_any()
}
