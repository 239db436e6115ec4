//! The signature: the hash, what signing means, and one button for the one person who may press it.

use super::api::SignPlan;
use domain::Slot;
use kit::ui::{Button, ButtonLook, Icon, Notice, Tone, hidden};
use leptos::{form::ActionForm, prelude::*};
use views::review::ReviewPage;

/// The card of the sponsor.
pub fn card(page: &ReviewPage, sign: ServerAction<SignPlan>) -> AnyView {
    let sponsors = page.slots.iter().find(|s| s.slot == Slot::Sponsor).map(|s| s.people.join(", ")).unwrap_or_default();
    let ready = page.blockers.is_empty();
    let act = if page.may_sign && ready {
        let which = hidden(&[("plan", &page.head.key), ("root", &page.root)]);
        let label = format!("Sign version {}", page.head.version);
        view! {
            <ActionForm action=sign attr:class="form">
                {which}
                <div class="form-actions">
                    <Button label=label look=ButtonLook::Primary icon="signature" disabled=sign.pending()/>
                    <span class="muted">"Your name, this sentence, the time and the hash are printed on every export."</span>
                </div>
            </ActionForm>
        }
        .into_any()
    } else if page.may_sign {
        view! { <Notice tone=Tone::Info>"You sign for the whole. The button appears when nothing stands in the way any more."</Notice> }.into_any()
    } else if sponsors.is_empty() {
        view! { <Notice tone=Tone::Warn>"Nobody is assigned to sign. An editor can assign a sponsor below."</Notice> }
            .into_any()
    } else {
        view! { <p class="muted">"Only "{sponsors}" can sign."</p> }.into_any()
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
