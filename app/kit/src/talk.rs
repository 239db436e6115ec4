//! A thread of comments with its answers, wherever it is shown.

#[expect(missing_docs, reason = "the arguments of a server function become fields")]
mod api;

pub use api::{SettleThread, WriteComment};

use crate::ui::{Button, ButtonLook, Face, Pill, TextInput, Time, Tone, hidden};
use domain::Comment;
use leptos::{form::ActionForm, prelude::*};
use views::review::Thread;

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
