//! `/p/:key/trial`: the four questions, word for word; each passes only with evidence of what is
//! planned now. The question that is open for answering is part of the address.

mod api;

use super::connections::upload_error;
use api::{AnswerQuestion, LinkProof, UnlinkProof, load_trial};
use kit::{
    AppError,
    error::field_error,
    layout::PlanPage,
    ui::{
        Button, ButtonLink, ButtonLook, Choice, Field, Icon, Loaded, Notice, PageHead, PageTitle, Select, Tag,
        TextArea, TextInput, Tone, described_by,
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_query_map;
use rules::QuestionState;
use views::trial::{ProofRow, QuestionCard, TrialPage as Page};

/// Under this name the evidence route sends back what was wrong.
const EVIDENCE: &str = "trial/upload";

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Actions {
    answer: ServerAction<AnswerQuestion>,
    link: ServerAction<LinkProof>,
    unlink: ServerAction<UnlinkProof>,
    upload: Signal<Option<Result<(), AppError>>>,
}

/// The page.
#[component]
pub fn TrialPage() -> impl IntoView {
    let page = PlanPage::here();
    let query = use_query_map();
    let open = Memo::new(move |_| query.read().get("open").unwrap_or_default());
    let actions = Actions {
        answer: ServerAction::new(),
        link: ServerAction::new(),
        unlink: ServerAction::new(),
        upload: upload_error(EVIDENCE),
    };
    let trial = Resource::new(
        move || {
            let versions =
                [actions.answer.version().get(), actions.link.version().get(), actions.unlink.version().get()];
            (page.key(), open.get(), page.changes(), versions)
        },
        |(key, ..)| load_trial(key),
    );
    let render = Callback::new(move |trial: Page| content(trial, &open.get_untracked(), actions));
    view! { <Loaded resource=trial render=render/> }.into_any()
}

fn content(trial: Page, open: &str, actions: Actions) -> AnyView {
    let passed = trial.questions.iter().filter(|q| q.state == QuestionState::Passes).count();
    let short: String = trial.hash.chars().take(8).collect();
    let meta = view! {
        <span>{passed.to_string()}" of 4 questions answered with evidence"</span>
        <span>"evidence counts at "<span class="mono" title=trial.hash.clone()>{short}</span></span>
    }
    .into_any();
    let trouble = move || {
        let error = actions.unlink.value().get().and_then(Result::err)?;
        Some(view! { <Notice tone=Tone::Bad>{error.message}</Notice> })
    };
    let none = trial.questions.iter().all(|q| q.state == QuestionState::Open && q.proofs.is_empty());
    let teach = none.then(|| {
        view! {
            <Notice tone=Tone::Info title="See it in action before anybody signs">
                "Run the integration against test environments and answer four questions. An answer counts only with something that shows it, taken of the flows, mapping and systems as they are planned now."
            </Notice>
        }
    });
    let read_only = (!trial.may_edit).then(|| {
        let words = if trial.head.state.editable() {
            "You read this plan. Answering needs the role editor."
        } else {
            "This version is signed. Revise the plan to try the next one."
        };
        view! { <Notice tone=Tone::Info>{words}</Notice> }
    });
    let questions =
        trial.questions.iter().map(|question| question_card(&trial, question, open, actions)).collect_view();
    view! {
        <PageTitle text="Trial"/>
        <PageHead title="Does it work?" meta=meta/>
        <div aria-live="polite">{trouble}</div>
        {teach}
        {read_only}
        <div class="questions">{questions}</div>
    }
    .into_any()
}

fn look(state: QuestionState) -> (&'static str, Tone, &'static str) {
    match state {
        QuestionState::Passes => ("question pass", Tone::Good, "circle-check"),
        QuestionState::Fails => ("question fail", Tone::Bad, "s-error"),
        QuestionState::NoEvidence => ("question stale", Tone::Warn, "s-warn"),
        QuestionState::Stale => ("question stale", Tone::Warn, "clock"),
        QuestionState::Open => ("question", Tone::Off, "s-open"),
    }
}

fn question_card(trial: &Page, question: &QuestionCard, open: &str, actions: Actions) -> AnyView {
    let (class, tone, icon) = look(question.state);
    let here = format!("/p/{}/trial", trial.head.key);
    let opened = trial.may_edit && open == question.code;
    let proofs = question.proofs.iter().map(|proof| proof_row(trial, question, proof, opened, actions)).collect_view();
    let proofs = (!question.proofs.is_empty()).then(|| view! { <ul class="evidence">{proofs}</ul> });
    let note = (!question.note.is_empty() && !opened).then(|| view! { <p class="prose">{question.note.clone()}</p> });
    let who = (question.item.is_some() && !question.answered_by.is_empty())
        .then(|| view! { <span class="muted">{question.answered_by.clone()}</span> });
    let details = question.href.clone().map(|href| view! { <a class="link" href=href>"History and comments"</a> });
    let edit = (trial.may_edit && !opened).then(|| {
        let label = if question.item.is_some() { "Change or add evidence" } else { "Answer" };
        view! { <ButtonLink href=format!("{here}?open={0}#q-{0}", question.code) label=label small=true/> }
    });
    let forms = opened.then(|| forms(trial, question, &here, actions));
    view! {
        <section class=class id=format!("q-{}", question.code)>
            <h2>{question.words.clone()}</h2>
            <div class="question-head"><Tag label=question.state.label() tone=tone icon=icon/>{who}</div>
            <p class="muted">{question.reason.clone()}"."</p>
            {note}
            {proofs}
            {forms}
            <div class="form-actions">{edit}{details}</div>
        </section>
    }
    .into_any()
}

fn proof_row(trial: &Page, question: &QuestionCard, proof: &ProofRow, opened: bool, actions: Actions) -> AnyView {
    let icon = match proof.kind.as_str() {
        "run" => "play",
        "file" => "paperclip",
        _ => "message-square",
    };
    let name = match &proof.href {
        // A file is a download, which the router must leave to the browser.
        Some(href) if proof.kind == "file" => {
            view! { <a class="link" href=href.clone() rel="external">{proof.text.clone()}</a> }.into_any()
        }
        Some(href) => view! { <a class="link" href=href.clone()>{proof.text.clone()}</a> }.into_any(),
        None => view! { <b>{proof.text.clone()}</b> }.into_any(),
    };
    let note = (!proof.note.is_empty()).then(|| view! { " "<span class="prose">{proof.note.clone()}</span> });
    let stale = (!proof.current).then(|| view! { " "<Tag label=proof.why_not.clone() tone=Tone::Warn/> });
    let unexpected = (!proof.unexpected.is_empty()).then(|| {
        view! { " "<Tag label="not as expected" tone=Tone::Bad/>" "<span class="bad">{proof.unexpected.clone()}</span> }
    });
    let taken = view! { <span class="mono faint" title="hash of what was tried when it was linked">{proof.taken_at.clone()}</span> };
    let remove = opened.then(|| {
        let answer = question.item.map(|id| id.to_string()).unwrap_or_default();
        let (about, proof_id, label) =
            (hidden(trial, question), proof.id.to_string(), format!("Take away {}", proof.text));
        view! {
            <ActionForm action=actions.unlink>
                {about}
                <input type="hidden" name="answer" value=answer/>
                <input type="hidden" name="proof" value=proof_id/>
                <Button label=label icon="x" icon_only=true look=ButtonLook::Quiet small=true/>
            </ActionForm>
        }
    });
    view! { <li><Icon name=icon/><span>{name}{note}{unexpected}{stale}</span><span class="proof-end">{taken}{remove}</span></li> }
        .into_any()
}

fn hidden(trial: &Page, question: &QuestionCard) -> AnyView {
    view! {
        <input type="hidden" name="plan" value=trial.head.key.clone()/>
        <input type="hidden" name="question" value=question.code.clone()/>
    }
    .into_any()
}

/// What is wrong that stands beside no field.
fn rest(said: Signal<Option<Result<(), AppError>>>, fields: &'static [&'static str]) -> AnyView {
    let words = move || {
        let words = said.get().and_then(Result::err)?.remainder(fields)?;
        Some(view! { <Notice tone=Tone::Bad>{words}</Notice> })
    };
    view! { <div aria-live="polite">{words}</div> }.into_any()
}

fn forms(trial: &Page, question: &QuestionCard, here: &str, actions: Actions) -> AnyView {
    let answered = Signal::derive(move || actions.answer.value().get());
    let answers = [("yes", "Yes"), ("no", "No"), ("not_yet", "Not yet")];
    let answers =
        answers.into_iter().map(|(value, label)| Choice { value: value.into(), label: label.into() }).collect();
    let about = hidden(trial, question);
    let (answer, by, note) = (question.answer.clone(), question.answered_by.clone(), question.note.clone());
    view! {
        <div class="question-forms">
            <ActionForm action=actions.answer attr:class="form">
                {rest(answered, &["answer", "note", "answered_by"])}
                {about}
                <div class="form-row">
                    <Select name="answer" id="a-answer" label="Answer" choices=answers value=answer none="Choose" required=true error=field_error(answered, "answer")/>
                    <TextInput name="answered_by" id="a-by" label="Answered by" value=by required=true error=field_error(answered, "answered_by") autocomplete="off"/>
                </div>
                <TextArea name="note" id="a-note" label="What was learnt" value=note rows=2 error=field_error(answered, "note")/>
                <div class="form-actions"><Button label="Save the answer" look=ButtonLook::Primary disabled=actions.answer.pending()/></div>
            </ActionForm>
            <h3>"Evidence"</h3>
            {run_form(trial, question, actions)}
            {note_form(trial, question, actions)}
            {file_form(trial, question, actions)}
            <p><a class="link" href=here.to_owned()>"Done"</a></p>
        </div>
    }
    .into_any()
}

fn run_form(trial: &Page, question: &QuestionCard, actions: Actions) -> AnyView {
    if trial.runs.is_empty() {
        return view! {
            <p class="muted">"No finished run of a check as it is now can be linked. "<a class="link" href=format!("/p/{}/sync", trial.head.key)>"Run a check"</a></p>
        }
        .into_any();
    }
    let said = Signal::derive(move || actions.link.value().get());
    let runs = trial.runs.iter().map(|o| Choice { value: o.id.clone(), label: o.title.clone() }).collect();
    let about = hidden(trial, question);
    view! {
        <ActionForm action=actions.link attr:class="inline-form">
            {about}
            <input type="hidden" name="kind" value="run"/>
            <Select name="run" id="p-run" label="A run" choices=runs required=true error=field_error(said, "run")/>
            <Button label="Link the run" small=true/>
        </ActionForm>
    }
    .into_any()
}

fn note_form(trial: &Page, question: &QuestionCard, actions: Actions) -> AnyView {
    let said = Signal::derive(move || actions.link.value().get());
    let about = hidden(trial, question);
    view! {
        <ActionForm action=actions.link attr:class="form">
            {rest(said, &["run", "note"])}
            {about}
            <input type="hidden" name="kind" value="note"/>
            <TextArea name="note" id="p-note" label="A note" rows=2 required=true error=field_error(said, "note") help="What was seen, where and when."/>
            <div class="form-actions"><Button label="Link the note" small=true/></div>
        </ActionForm>
    }
    .into_any()
}

/// A plain form, as files come through a route of their own; it works the same without scripts.
fn file_form(trial: &Page, question: &QuestionCard, actions: Actions) -> AnyView {
    let said = actions.upload;
    let error = field_error(said, "file");
    let help = "A log, a screenshot, a response. It is kept with the plan, up to 20 MB.";
    let described = described_by("p-file", help, error);
    view! {
        <form class="form" method="post" action=format!("/p/{}/{EVIDENCE}", trial.head.key) enctype="multipart/form-data">
            {rest(said, &["file", "note"])}
            <input type="hidden" name="question" value=question.code.clone()/>
            <Field id="p-file" label="A file" help=help error=error required=true>
                <input class="input" type="file" id="p-file" name="file" required aria-describedby=described aria-invalid=move || error.with(Option::is_some).then_some("true")/>
            </Field>
            <TextInput name="note" id="p-file-note" label="What it shows" error=field_error(said, "note") autocomplete="off"/>
            <div class="form-actions"><Button label="Upload and link" small=true icon="upload"/></div>
        </form>
    }
    .into_any()
}
