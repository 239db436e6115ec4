//! `/p/:key/versions`: what was signed, by whom, under which hash; revising and withdrawing.

mod api;

use api::{Revise, Withdraw, load_versions};
use domain::{PlanState, Timestamp};
use kit::{
    error::field_error,
    layout::PlanPage,
    ui::{
        Button, ButtonLink, ButtonLook, Card, ConfirmForm, Empty, Icon, Loaded, Notice, PageHead, PageTitle, Pill,
        TextInput, Time, Tone, hidden,
    },
};
use leptos::{form::ActionForm, prelude::*};
use views::review::{VersionRow, VersionsPage as Page};

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Actions {
    revise: ServerAction<Revise>,
    withdraw: ServerAction<Withdraw>,
}

/// The page.
#[component]
pub fn VersionsPage() -> impl IntoView {
    let page = PlanPage::here();
    let actions = Actions { revise: ServerAction::new(), withdraw: ServerAction::new() };
    let versions = Resource::new(
        move || (page.key(), page.changes(), actions.revise.version().get(), actions.withdraw.version().get()),
        |(key, ..)| load_versions(key),
    );
    let render = Callback::new(move |page: Page| content(page, actions));
    view! { <Loaded resource=versions render=render/> }.into_any()
}

fn content(page: Page, actions: Actions) -> AnyView {
    let head = page.head.clone();
    let key = head.key.clone();
    let now = match head.state {
        PlanState::Draft => format!("version {} is a draft", head.version),
        PlanState::InReview => format!("version {} is in review", head.version),
        PlanState::Signed => format!("version {} is signed", head.version),
        PlanState::Withdrawn => format!("the signature of version {} was withdrawn", head.version),
    };
    let meta = view! { <span>{now}</span> }.into_any();
    let revise = page.may_revise.then(|| {
        let which = hidden(&[("plan", &key)]);
        view! {
            <ActionForm action=actions.revise>
                {which}
                <Button label=format!("Revise: start version {}", head.version + 1) look=ButtonLook::Primary icon="pencil" disabled=actions.revise.pending()/>
            </ActionForm>
        }
        .into_any()
    });
    let trouble = move || {
        let revised = actions.revise.value().get().and_then(Result::err).map(|e| e.message);
        let words = revised
            .or_else(|| actions.withdraw.value().get().and_then(Result::err).and_then(|e| e.remainder(&["reason"])))?;
        Some(view! { <Notice tone=Tone::Bad>{words}</Notice> })
    };
    let closed = !head.state.editable() && !page.may_revise;
    let read_only = closed.then(|| {
        view! { <Notice tone=Tone::Info>"A signed version never changes. An editor of the plan can revise it, which starts the next version from this one."</Notice> }
    });
    let body = if page.versions.is_empty() {
        let action =
            view! { <ButtonLink href=format!("/p/{key}/review") label="To the sign-off" look=ButtonLook::Primary/> }
                .into_any();
        view! {
            <Card>
                <Empty
                    title="No version is signed yet"
                    text="A version is what the sponsor signed, byte for byte, under one hash. It never changes afterwards; work goes on in the next one."
                    icon="signature"
                    action=action
                />
            </Card>
        }
        .into_any()
    } else {
        let names: Vec<_> = page.versions.iter().map(|v| v.info.version).collect();
        let rows = page
            .versions
            .into_iter()
            .map(|row| {
                let before = names.iter().copied().filter(|n| *n < row.info.version).max();
                version(&key, row, before, page.may_withdraw, actions.withdraw)
            })
            .collect_view();
        view! { <div class="versions">{rows}</div> }.into_any()
    };
    view! {
        <PageTitle text="Versions"/>
        <PageHead title="Versions" meta=meta actions=revise.unwrap_or_else(|| ().into_any())/>
        <div aria-live="polite">{trouble}</div>
        {read_only}
        {body}
    }
    .into_any()
}

fn version(
    key: &str,
    row: VersionRow,
    before: Option<i64>,
    may_withdraw: bool,
    withdraw: ServerAction<Withdraw>,
) -> AnyView {
    let info = row.info;
    let name = format!("v{}", info.version);
    let state = match &info.withdrawn {
        None => view! { <span class="seal"><Icon name="shield-check"/>"Signed"</span> }.into_any(),
        Some(_) => view! { <Pill label="withdrawn" tone=Tone::Bad/> }.into_any(),
    };
    let reason = info.withdrawn.clone().map(|reason| {
        view! { <Notice tone=Tone::Warn title="The signature was withdrawn"><p class="prose">{reason}</p></Notice> }
    });
    let signatures = row
        .signatures
        .into_iter()
        .map(|s| {
            let proved = view! { "proved who they are "<Time iso=s.proved_at.to_string()/> }.into_any();
            signer(s.slot.label(), s.name, s.at, s.meaning, vec![proved])
        })
        .collect_view();
    let approvals = row
        .approvals
        .into_iter()
        .map(|a| {
            let carried = a.carried(info.version, row.round);
            let comment = if a.comment.is_empty() { String::new() } else { format!("“{}”", a.comment) };
            let more = [carried, comment].into_iter().filter(|words| !words.is_empty());
            let more = more.map(|words| view! { <span>{words}</span> }.into_any()).collect();
            signer(a.slot.label(), a.name, a.at, a.meaning, more)
        })
        .collect_view();
    let previous = info.previous_root.clone().map(|root| {
        view! { <div><dt>"Follows"</dt><dd class="hash">{root}</dd></div> }
    });
    let compare = match before {
        Some(n) => format!("/p/{key}/compare?from=v{n}&to={name}"),
        None => format!("/p/{key}/compare?from={name}&to=draft"),
    };
    let compare_label = before.map_or_else(|| "Compare with the draft".to_owned(), |n| format!("Compare with v{n}"));
    let end_form = (may_withdraw && info.withdrawn.is_none()).then(|| withdraw_form(key, info.version, withdraw));
    let downloads = [("pdf", "PDF"), ("md", "Markdown"), ("json", "JSON")]
        .into_iter()
        .map(|(code, label)| {
            let href = format!("/p/{key}/download/{name}/{code}");
            view! { <ButtonLink href=href label=label icon="download" small=true external=true/> }
        })
        .collect_view();
    view! {
        <Card title=format!("Version {}", info.version) end=state id=name.clone()>
            <div class="card-body">
                {reason}
                <dl class="facts">
                    <div><dt>"Root hash"</dt><dd class="hash">{info.root}</dd></div>
                    {previous}
                    <div><dt>"Signed"</dt><dd><Time iso=info.signed_at.to_string()/>" UTC by "{info.signed_by}</dd></div>
                </dl>
                <ul class="signers">{signatures}{approvals}</ul>
                <div class="button-row">
                    {downloads}
                    <ButtonLink href=compare label=compare_label icon="git-compare" small=true/>
                    {end_form}
                </div>
            </div>
        </Card>
    }
    .into_any()
}

fn signer(slot: &'static str, name: String, at: Timestamp, meaning: String, more: Vec<AnyView>) -> AnyView {
    let more = more.into_iter().map(|words| view! { <span class="muted">" — "{words}</span> }).collect_view();
    view! {
        <li>
            <b>{name}</b>
            <span class="muted">{slot}" · "<Time iso=at.to_string()/></span>
            <span>{meaning}{more}</span>
        </li>
    }
    .into_any()
}

fn withdraw_form(key: &str, version: i64, withdraw: ServerAction<Withdraw>) -> AnyView {
    let consequence = format!(
        "Version {version} stays readable and says from now on, everywhere, that its signature was withdrawn and why. This cannot be taken back."
    );
    let which = hidden(&[("plan", key), ("version", &version.to_string())]);
    view! {
        <ConfirmForm label="Withdraw the signature" consequence=consequence small=true start=true>
            <ActionForm action=withdraw attr:class="form">
                {which}
                <TextInput name="reason" id=format!("withdraw-{version}") label="Reason" required=true autocomplete="off" error=field_error(withdraw.value(), "reason")/>
                <Button label=format!("Withdraw version {version}") look=ButtonLook::Danger disabled=withdraw.pending()/>
            </ActionForm>
        </ConfirmForm>
    }
    .into_any()
}
