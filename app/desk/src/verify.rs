//! `/verify`: give a file, read one large answer. For anybody, without an account and without scripts:
//! the form is a plain one, and the answer is the page itself.

mod api;

#[cfg(feature = "ssr")]
pub use api::LoadVerified;

use api::load_verified;
use kit::{
    layout::{Crumbs, PlainPage},
    ui::{Button, ButtonLook, Card, Field, Icon, Loaded, Notice, PageHead, PageTitle, Time, Tone},
};
use leptos::prelude::*;
use views::review::Verification;

/// What was found out, with the name of the file.
type Found = Option<(String, Verification)>;

/// The page.
#[component]
pub fn VerifyPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| load_verified());
    view! {
        <PageTitle text="Verify a file"/>
        <PlainPage crumbs=Crumbs::here("Verify")>
            <PageHead
                title="Is this the signed plan?"
                meta=view! { <span>"Give a PDF, Markdown or JSON file that Plumbline exported. Nothing is kept, and you need no account."</span> }.into_any()
            />
            <Loaded resource=found render=Callback::new(|found: Found| answer(found))/>
            <form class="drop" method="post" action="/verify" enctype="multipart/form-data">
                <Icon name="upload" class="large"/>
                <Field id="file" label="File to verify" help="At most 10 MB." required=true>
                    <input class="input" type="file" id="file" name="file" required=true aria-describedby="file-help" accept=".pdf,.md,.json,application/pdf,text/markdown,application/json"/>
                </Field>
                <Button label="Verify" look=ButtonLook::Primary icon="shield-check"/>
            </form>
        </PlainPage>
    }
    .into_any()
}

fn answer(found: Found) -> AnyView {
    let Some((file_name, said)) = found else { return ().into_any() };
    let (class, icon, title) = match said.verdict.as_str() {
        "signed" => ("answer signed", "shield-check", "Signed"),
        "whole" => ("answer unknown", "shield-check", "Whole, of another installation"),
        "draft" => ("answer unknown", "file-text", "A draft"),
        "altered" => ("answer altered", "error", "Altered"),
        _ => ("answer unknown", "circle-help", "Unknown"),
    };
    let note = said.note.clone().map(|note| view! { <Notice tone=Tone::Warn>{note}</Notice> });
    let facts = facts(&said);
    let steps = steps(&said);
    view! {
        <section class=class role="status" data-verdict=said.verdict>
            <Icon name=icon/>
            <div class="answer-text">
                <h2>{title}</h2>
                <p class="prose">{said.sentence}</p>
                <p class="muted">{file_name}</p>
                {note}
                {facts}
            </div>
        </section>
        {steps}
    }
    .into_any()
}

fn facts(said: &Verification) -> Option<AnyView> {
    let plan = said.plan.clone()?;
    let version = said.version.map(|n| format!(", version {n}"));
    let root = said.root.clone().map(|root| view! { <div><dt>"Root hash"</dt><dd class="hash">{root}</dd></div> });
    let key =
        said.key_fingerprint.clone().map(|key| view! { <div><dt>"Signing key"</dt><dd class="hash">{key}</dd></div> });
    let signed =
        said.signed_at.map(|at| view! { <div><dt>"Signed"</dt><dd><Time iso=at.to_string()/>" UTC"</dd></div> });
    let signers = said
        .signatures
        .iter()
        .map(|s| view! { <div><dt>{s.slot.label()}</dt><dd>{s.name.clone()}": “"{s.meaning.clone()}"”"</dd></div> })
        .collect_view();
    Some(
        view! { <dl class="facts"><div><dt>"Plan"</dt><dd>{plan}{version}</dd></div>{root}{key}{signed}{signers}</dl> }
            .into_any(),
    )
}

fn steps(said: &Verification) -> Option<AnyView> {
    if said.steps.is_empty() {
        return None;
    }
    let rows = said
        .steps
        .iter()
        .map(|(words, held)| {
            let (icon, class, word) =
                if *held { ("circle-check", "good", "holds") } else { ("s-error", "bad", "does not hold") };
            view! { <li><Icon name=icon class=class title=word/><span>{words.clone()}</span></li> }
        })
        .collect_view();
    Some(view! { <Card title="What was looked at"><ul class="card-body steps-taken">{rows}</ul></Card> }.into_any())
}
