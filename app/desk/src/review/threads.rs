//! The discussion of a plan: every thread with what it is about, open ones first.

use kit::{
    error::field_error,
    talk::{SettleThread, Talk, WriteComment, thread},
    ui::{Button, Card, TextArea, hidden},
};
use leptos::{form::ActionForm, prelude::*};
use views::review::ReviewPage;

/// The card.
pub fn card(page: &ReviewPage, write: ServerAction<WriteComment>, settle: ServerAction<SettleThread>) -> AnyView {
    let open = page.head.open_threads;
    let note = match open {
        0 => "no thread is open".to_owned(),
        1 => "1 thread is open".to_owned(),
        n => format!("{n} threads are open"),
    };
    let talk = Talk { plan: page.head.key.clone(), may_comment: page.may_comment, write, settle };
    let rows = page.threads.iter().map(|t| thread(&talk, t, true)).collect_view();
    let more = page.threads_total.saturating_sub(page.threads.len() as u64);
    let more = (more > 0)
        .then(|| view! { <p class="card-foot">{format!("{more} older threads are on the pages of their items.")}</p> });
    let form = if page.may_comment {
        let which = hidden(&[("plan", &page.head.key), ("thread", "")]);
        // Another name after each comment, so that the box is empty again.
        let id = format!("comment-new-{}", page.threads_total);
        view! {
            <div class="thread">
                <ActionForm action=write attr:class="form">
                    {which}
                    <TextArea
                        name="body"
                        id=id
                        label="Comment on the plan as a whole"
                        help="A comment on one thing is better placed on its own page."
                        required=true
                        rows=2
                        error=field_error(write.value(), "body")
                    />
                    <div class="form-actions"><Button label="Comment" disabled=write.pending()/></div>
                </ActionForm>
            </div>
        }
        .into_any()
    } else {
        view! { <p class="card-foot">"Commenting needs the role reviewer. An editor of the plan can give it to you."</p> }.into_any()
    };
    view! { <Card title="Discussion" note=note id="threads">{rows}{more}{form}</Card> }.into_any()
}
