//! `/p/:key/review`: who answers for what and where each stands, what stands in the way, what changed,
//! what is being discussed, and the one place where a plan is signed.

mod api;
mod people;
mod signing;
mod slots;
mod threads;

use super::compare::{changes, named};
use api::{Approve, AssignSlot, CloseReview, RequestReview, SetRole, SignPlan, load_review};
use domain::{PlanState, RoundState};
use kit::{
    AppError,
    error::{field_error, keep_the_last},
    layout::PlanPage,
    talk::{SettleThread, WriteComment},
    ui::{
        Button, ButtonLook, Card, ConfirmForm, Icon, Loaded, Notice, PageHead, PageTitle, Pill, TextInput, Time, Tone,
        grouped, hidden,
    },
};
use leptos::{form::ActionForm, prelude::*};
use views::review::ReviewPage as Page;

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Actions {
    request: ServerAction<RequestReview>,
    close: ServerAction<CloseReview>,
    approve: ServerAction<Approve>,
    sign: ServerAction<SignPlan>,
    comment: ServerAction<WriteComment>,
    settle: ServerAction<SettleThread>,
    role: ServerAction<SetRole>,
    assign: ServerAction<AssignSlot>,
}

impl Actions {
    fn new() -> Self {
        Self {
            request: ServerAction::new(),
            close: ServerAction::new(),
            approve: ServerAction::new(),
            sign: ServerAction::new(),
            comment: ServerAction::new(),
            settle: ServerAction::new(),
            role: ServerAction::new(),
            assign: ServerAction::new(),
        }
    }

    fn versions(self) -> [usize; 8] {
        [
            self.request.version().get(),
            self.close.version().get(),
            self.approve.version().get(),
            self.sign.version().get(),
            self.comment.version().get(),
            self.settle.version().get(),
            self.role.version().get(),
            self.assign.version().get(),
        ]
    }

    fn keep_the_last(self) {
        keep_the_last(
            move || self.versions(),
            [
                Box::new(move || self.request.clear()),
                Box::new(move || self.close.clear()),
                Box::new(move || self.approve.clear()),
                Box::new(move || self.sign.clear()),
                Box::new(move || self.comment.clear()),
                Box::new(move || self.settle.clear()),
                Box::new(move || self.role.clear()),
                Box::new(move || self.assign.clear()),
            ],
        );
    }

    /// What went wrong last, except what stands beside a field.
    fn trouble(self) -> Option<String> {
        let plain = |error: Option<AppError>| error.map(|e| e.message);
        let sign = self.sign.value().get().and_then(Result::err);
        sign.and_then(|e| e.remainder(&["password"]))
            .or_else(|| plain(self.approve.value().get().and_then(Result::err)))
            .or_else(|| self.request.value().get().and_then(Result::err).and_then(|e| e.remainder(&["message"])))
            .or_else(|| plain(self.close.value().get().and_then(Result::err)))
            .or_else(|| self.comment.value().get().and_then(Result::err).and_then(|e| e.remainder(&["body"])))
            .or_else(|| plain(self.settle.value().get().and_then(Result::err)))
            .or_else(|| plain(self.role.value().get().and_then(Result::err)))
            .or_else(|| plain(self.assign.value().get().and_then(Result::err)))
    }
}

/// The page.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let page = PlanPage::here();
    let actions = Actions::new();
    actions.keep_the_last();
    let review = Resource::new(move || (page.key(), page.changes(), actions.versions()), |(key, ..)| load_review(key));
    let render = Callback::new(move |page: Page| content(page, actions));
    view! {
        <div aria-live="polite">
            {move || actions.trouble().map(|words| view! { <Notice tone=Tone::Bad title="Nothing was changed">{words}</Notice> })}
        </div>
        <Loaded resource=review render=render/>
    }
    .into_any()
}

fn content(page: Page, actions: Actions) -> AnyView {
    let key = page.head.key.clone();
    let open = page.head.state == PlanState::InReview;
    let filled = page.slots.iter().filter(|s| s.filled).count();
    let state = match page.head.state {
        PlanState::Draft => "not in review",
        PlanState::InReview => "in review",
        PlanState::Signed => "signed",
        PlanState::Withdrawn => "signature withdrawn",
    };
    let counted = open.then(|| view! { <span>{filled.to_string()}" of 5 parts approved"</span> });
    let meta = view! { <span>{format!("version {}, {state}", page.head.version)}</span>{counted} }.into_any();
    let close = (open && page.may_manage).then(|| {
        let which = hidden(&[("plan", &key)]);
        view! {
            <ConfirmForm label="End the review" consequence="The round ends without a signature. Its approvals are kept, and count in the next round for every part that is the same then." small=true>
                <ActionForm action=actions.close>
                    {which}
                    <Button label="End it" look=ButtonLook::Danger small=true disabled=actions.close.pending()/>
                </ActionForm>
            </ConfirmForm>
        }
        .into_any()
    });
    let round = round(&page);
    let ask = (page.head.state == PlanState::Draft).then(|| ask(&page, actions));
    let closed = (!page.head.state.editable()).then(|| {
        let versions = format!("/p/{key}/versions");
        view! {
            <Notice tone=Tone::Good title=format!("Version {} is signed", page.head.version)>
                "It cannot change any more. "<a class="link" href=versions>"See what was signed and by whom"</a>", or revise it there."
            </Notice>
        }
    });
    let blocking = open.then(|| blocking(&page));
    let slots = slots::card(&page, actions.approve);
    let signing = open.then(|| signing::card(&page, actions.sign));
    let changed = changed(&page);
    let threads = threads::card(&page, actions.comment, actions.settle);
    let people = people::cards(&page, actions.role, actions.assign);
    view! {
        <PageTitle text="Sign-off"/>
        <PageHead title="Review and sign-off" meta=meta actions=close.unwrap_or_else(|| ().into_any())/>
        {round}
        {closed}
        {ask}
        {slots}
        {blocking}
        {signing}
        {changed}
        {threads}
        {people}
    }
    .into_any()
}

/// What the reviewers were asked.
fn round(page: &Page) -> Option<AnyView> {
    let round = page.round.clone().filter(|r| r.state == RoundState::Open)?;
    let message = (!round.message.is_empty()).then(|| view! { <p class="prose">{round.message.clone()}</p> });
    Some(
        view! {
            <Notice tone=Tone::Info title=format!("{} asks for review", round.opened_by_name)>
                {message}
                <small>"Round "{round.number.to_string()}" · "<Time iso=round.opened_at.to_string()/></small>
            </Notice>
        }
        .into_any(),
    )
}

fn ask(page: &Page, actions: Actions) -> AnyView {
    if !page.may_manage {
        return view! { <Notice tone=Tone::Info>"No review is open. An editor of the plan can request one; then each part is approved by those who answer for it."</Notice> }
            .into_any();
    }
    let which = hidden(&[("plan", &page.head.key)]);
    view! {
        <Card title="Ask for review" note="Everybody with a slot can then approve their part; what was approved before and is the same counts on. Changing a part later lapses its approval and no other.">
            <div class="card-body">
                <ActionForm action=actions.request attr:class="inline-form">
                    {which}
                    <TextInput name="message" label="What should they look at" error=field_error(actions.request.value(), "message") autocomplete="off"/>
                    <Button label="Request review" look=ButtonLook::Primary icon="send" disabled=actions.request.pending()/>
                </ActionForm>
            </div>
        </Card>
    }
    .into_any()
}

/// What stands in the way of signing, each with the way to it.
fn blocking(page: &Page) -> AnyView {
    if page.blockers.is_empty() {
        return view! { <Notice tone=Tone::Good title="Nothing stands in the way">"Every part is approved as it is now, and no error is open. The sponsor may sign."</Notice> }
            .into_any();
    }
    let findings = format!("/p/{}/findings?severity=error", page.head.key);
    let rows = page
        .blockers
        .iter()
        .map(|words| {
            let link =
                words.contains("finding").then(|| view! { " "<a class="link" href=findings.clone()>"see them"</a> });
            view! { <li><Icon name="s-open"/><span>{words.clone()}{link}</span></li> }
        })
        .collect_view();
    let note = match page.blockers.len() {
        1 => "1 thing is missing".to_owned(),
        n => format!("{n} things are missing"),
    };
    view! { <Card title="What stands in the way of signing" note=note><ul class="card-body blockers">{rows}</ul></Card> }.into_any()
}

/// What changed since the reader last approved, or since the last signed version.
fn changed(page: &Page) -> Option<AnyView> {
    if page.since.is_empty() || !page.head.state.editable() {
        return None;
    }
    let key = page.head.key.clone();
    let all = format!("/p/{key}/compare?from={}&to=draft", page.since);
    let title = match page.changes_total {
        0 => format!("Nothing changed since {}", page.since_words),
        1 => format!("1 item changed since {}", page.since_words),
        n => format!("{} items changed since {}", grouped(n), page.since_words),
    };
    let shown = page.changes.len() as u64;
    let part = (shown < page.changes_total).then(|| view! { <Pill label=format!("the first {shown}")/> });
    let end = view! { {part}" "<a class="link" href=all>"Compare"</a> }.into_any();
    let body = if page.changes.is_empty() {
        let words = if page.since == "approval" {
            "The draft says what you approved."
        } else {
            "The draft says what was signed."
        };
        view! { <div class="card-body muted">{words}</div> }.into_any()
    } else {
        changes(&key, page.changes.clone(), &named(&page.since), "Draft")
    };
    Some(view! { <Card title=title end=end id="changes">{body}</Card> }.into_any())
}
