//! `/p/:key/export?version=v1`: a version as a file. Each format is a plain link, which works without
//! scripts and can be copied.

mod api;

use api::load_export;
use kit::{
    layout::PlanPage,
    ui::{Button, ButtonLink, ButtonLook, Card, Choice, Icon, Loaded, Notice, PageHead, PageTitle, Select, Tone},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use views::review::ExportPage as Page;

/// Code, name, icon, what is in it, how it is checked.
const FORMATS: [(&str, &str, &str, &str, &str); 3] = [
    (
        "pdf",
        "PDF",
        "file-text",
        "The document to print, send and keep: cover, contents, pictures of the processes, results of the checks, decisions, and the page of signatures. The hash stands on every page.",
        "Carries the plan inside, so it can be verified here or with plumbline verify.",
    ),
    (
        "md",
        "Markdown",
        "book-open",
        "The same content as plain text, for a repository or a wiki. Two versions can be compared line by line.",
        "Carries the plan in a comment at its end and is verified in the same way.",
    ),
    (
        "json",
        "JSON",
        "layers",
        "The canonical plan itself, as it was hashed. It can be imported into another installation.",
        "Carries the root hash, the signature and the key in a member of its own, and is verified in the same way.",
    ),
];

/// The page.
#[component]
pub fn ExportPage() -> impl IntoView {
    let page = PlanPage::here();
    let query = use_query_map();
    let version = Memo::new(move |_| query.read().get("version").unwrap_or_default());
    let export = Resource::new(move || (page.key(), page.changes()), |(key, _)| load_export(key));
    let render = Callback::new(move |page: Page| content(page, &version.get()));
    view! { <Loaded resource=export render=render/> }.into_any()
}

fn content(page: Page, asked: &str) -> AnyView {
    let key = page.head.key.clone();
    let name = |number: i64| format!("v{number}");
    let standing = page.versions.iter().find(|v| v.withdrawn.is_none());
    let newest = match standing.or(page.versions.first().filter(|_| !page.head.state.editable())) {
        Some(version) => name(version.version),
        None => "draft".to_owned(),
    };
    let known =
        (asked == "draft" && page.head.state.editable()) || page.versions.iter().any(|v| name(v.version) == asked);
    let chosen = if known { asked.to_owned() } else { newest };
    let version = page.versions.iter().find(|v| name(v.version) == chosen);
    let draft = version.is_none();
    let mut choices: Vec<_> = page
        .versions
        .iter()
        .map(|v| {
            let state = if v.withdrawn.is_some() { "withdrawn" } else { "signed" };
            Choice { value: name(v.version), label: format!("Version {}, {state}", v.version) }
        })
        .collect();
    // A version that is signed is not to be had as a draft as well.
    if page.head.state.editable() {
        choices.push(Choice { value: "draft".into(), label: format!("Version {} as it is now", page.head.version) });
    }
    let root = version.map_or(page.draft_root.clone(), |v| v.root.clone());
    let withdrawn = version.and_then(|v| v.withdrawn.clone()).map(|reason| {
        view! { <Notice tone=Tone::Warn title="The signature of this version was withdrawn">{reason}</Notice> }
    });
    let stamp = draft.then(|| {
        view! { <Notice tone=Tone::Info title="Nobody has signed this"><p>"Every page is stamped "<span class="stamp">"DRAFT"</span>" and a draft never verifies as signed."</p></Notice> }
    });
    let meta = view! {
        <span>{if draft { "a draft".to_owned() } else { format!("version {}", chosen.trim_start_matches('v')) }}</span>
        <span>"root "<span class="mono" title=root.clone()>{root.chars().take(16).collect::<String>()}</span></span>
    }
    .into_any();
    let formats = FORMATS.into_iter().map(|format| card(&key, &chosen, format)).collect_view();
    view! {
        <PageTitle text="Export"/>
        <PageHead title="Export" meta=meta/>
        <form class="inline-form export-picker" action=format!("/p/{key}/export")>
            <Select name="version" label="Which version" choices=choices value=chosen required=true/>
            <Button label="Choose"/>
        </form>
        {withdrawn}
        {stamp}
        <div class="formats">{formats}</div>
        <Card title="How somebody else can trust the file">
            <div class="card-body prose">
                <p>"The same version gives the same bytes, whoever exports it and whenever. On "<a class="link" href="/verify">"the verification page"</a>" anybody can see, without an account, whether a file is the signed plan, an altered one, or none of ours. "<code>"plumbline verify"</code>" says so without this server, of a file and this fingerprint of the key that signs what is exported here:"</p>
                <p class="hash">{page.key_fingerprint}</p>
            </div>
        </Card>
    }
    .into_any()
}

fn card(
    key: &str,
    version: &str,
    (code, name, icon, what, check): (&'static str, &'static str, &'static str, &'static str, &'static str),
) -> AnyView {
    let look = if code == "pdf" { ButtonLook::Primary } else { ButtonLook::Plain };
    let href = format!("/p/{key}/download/{version}/{code}");
    view! {
        <section class="card format">
            <h2><Icon name=icon/>{name}</h2>
            <p>{what}</p>
            <p class="muted">{check}</p>
            <ButtonLink href=href label=format!("Download {name}") look=look icon="download" external=true/>
        </section>
    }
    .into_any()
}
