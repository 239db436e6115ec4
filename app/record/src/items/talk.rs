//! What is being discussed about an item: its threads, and the form that begins another.

use super::outcome::Actions;
use kit::{
    error::field_error,
    talk::{Talk, thread},
    ui::{Button, Card, Choice, Select, TextArea, hidden},
};
use leptos::{form::ActionForm, prelude::*};
use views::items::ItemDetail;

/// The card.
pub fn card(plan: &str, detail: &ItemDetail, actions: Actions) -> AnyView {
    let talk =
        Talk { plan: plan.to_owned(), may_comment: detail.may_comment, write: actions.answer, settle: actions.resolve };
    let threads = detail.threads.iter().map(|t| thread(&talk, t, false)).collect_view();
    let write = detail.may_comment.then(|| form(plan, detail, actions));
    let title = match detail.threads.len() {
        0 => "Comments".to_owned(),
        n => format!("Comments {n}"),
    };
    view! { <Card title=title id="comments">{threads}{write}</Card> }.into_any()
}

fn form(plan: &str, detail: &ItemDetail, actions: Actions) -> AnyView {
    let which = hidden(&[("plan", plan), ("item", &detail.item.id.to_string())]);
    // Another name after each comment, so that the box is empty again.
    let count = detail.threads.len();
    let fields = detail.item.kind().fields().iter();
    let fields = fields.map(|f| Choice { value: f.name.into(), label: f.label.into() }).collect();
    view! {
        <div class="thread">
            <ActionForm action=actions.comment attr:class="form">
                {which}
                <Select name="field" id=format!("comment-field-{count}") label="About" choices=fields none="The whole item" required=true/>
                <TextArea name="body" id=format!("comment-new-{count}") label="Comment" required=true rows=2 error=field_error(actions.comment.value(), "body")/>
                <div class="form-actions"><Button label="Comment" small=true disabled=actions.comment.pending()/></div>
            </ActionForm>
        </div>
    }
    .into_any()
}
