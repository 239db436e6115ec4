//! The discussion of a plan: every thread with what it is about, open ones first.

use super::api::{SettleThread, WriteComment};
use crate::{
    error::field_error,
    ui::{Button, ButtonLook, Card, Face, Pill, TextArea, TextInput, Time, Tone, hidden},
};
use domain::Comment;
use leptos::{form::ActionForm, prelude::*};
use views::review::{ReviewPage, Thread};

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

/// What can be done about threads, wherever they are shown.
pub struct Talk {
    /// Key of the plan.
    pub plan: String,
    /// Whether the reader may answer and settle.
    pub may_comment: bool,
    /// Answers.
    pub write: ServerAction<WriteComment>,
    /// Settles and opens again.
    pub settle: ServerAction<SettleThread>,
}

/// One thread with its answers; `about` says what it is about where that is not the page itself.
pub fn thread(talk: &Talk, thread: &Thread, about: bool) -> AnyView {
    let Talk { plan, write, settle, .. } = talk;
    let (write, settle) = (*write, *settle);
    let resolved = thread.first.resolved_at.is_some();
    let class = if resolved { "thread resolved" } else { "thread" };
    let about = match &thread.href {
        _ if !about => view! { <span>{thread.about.clone()}</span> }.into_any(),
        Some(href) => view! { <a class="link" href=href.clone()>{thread.about.clone()}</a> }.into_any(),
        None => view! { <span>{thread.about.clone()}</span> }.into_any(),
    };
    let settled = thread
        .first
        .resolved_by
        .clone()
        .map(|name| view! { " "<Pill label=format!("settled by {name}") tone=Tone::Good/> });
    let answers = thread.answers.iter().map(|c| comment(c, true)).collect_view();
    let id = thread.first.id.to_string();
    let act = talk.may_comment.then(|| {
        let (label, to) = if resolved { ("Open it again", "false") } else { ("Settle", "true") };
        let which = hidden(&[("plan", plan), ("thread", &id), ("resolved", to)]);
        let answer = (!resolved).then(|| {
            let which = hidden(&[("plan", plan), ("thread", &id)]);
            let field = format!("answer-{id}-{}", thread.answers.len());
            view! {
                <ActionForm action=write attr:class="inline-form">
                    {which}
                    <TextInput name="body" id=field label="Answer" required=true autocomplete="off"/>
                    <Button label="Answer" disabled=write.pending()/>
                </ActionForm>
            }
        });
        view! {
            <div class="thread-act">
                {answer}
                <ActionForm action=settle>
                    {which}
                    <Button label=label look=ButtonLook::Quiet disabled=settle.pending()/>
                </ActionForm>
            </div>
        }
    });
    view! {
        <article class=class id=format!("t-{id}")>
            <p class="finding-place">"About "{about}{settled}</p>
            {comment(&thread.first, false)}
            {answers}
            {act}
        </article>
    }
    .into_any()
}

fn comment(comment: &Comment, answer: bool) -> AnyView {
    let class = if answer { "comment reply" } else { "comment" };
    let quoted =
        comment.quoted.clone().filter(|q| !q.is_empty()).map(|q| view! { <blockquote class="quoted">{q}</blockquote> });
    view! {
        <div class=class>
            <Face name=comment.author_name.clone()/>
            <div>
                <p class="comment-by"><b>{comment.author_name.clone()}</b><span class="muted"><Time iso=comment.at.to_string()/></span></p>
                {quoted}
                <p class="comment-text">{comment.body.clone()}</p>
            </div>
        </div>
    }
    .into_any()
}
