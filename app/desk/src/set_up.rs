//! `/set-up/:token`: the first owner of a new installation. A plain form, answered by
//! `src/http/session.rs`.

use crate::sign_in::Sheet;
use kit::ui::{Button, ButtonLook, Notice, PageTitle, TextInput, Tone};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// Creates the owner with the token that the server printed.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let token = use_params_map().get_untracked().get("token").unwrap_or_default();
    let query = use_query_map().get_untracked();
    let invalid = query.get("invalid").unwrap_or_default();
    let wrong = |field: &str, words: &str| -> Signal<Option<String>> {
        let wrong = invalid.split(',').any(|name| name == field);
        Signal::stored(wrong.then(|| words.to_owned()))
    };
    let typed = |field: &str| query.get(field).unwrap_or_default();
    let (name, email) = (typed("name"), typed("email"));
    let name_error = wrong("name", "is needed, on one line of at most 200 characters");
    let email_error = wrong("email", "must look like name@example.org");
    let password_error = wrong("password", "needs 10 to 200 characters");
    let trouble = query.get("error").map(|code| {
        let words = match code.as_str() {
            "used" => "This link was used already or is too old. If nobody set the installation up, start the server again: it prints a new one.",
            _ => "Setting up did not work. Try again in a moment.",
        };
        view! { <Notice tone=Tone::Bad>{words}</Notice> }
    });
    view! {
        <PageTitle text="Set up"/>
        <Sheet words="This installation is new: create its owner.">
            <section class="card">
                <form class="form" method="post" action="/set-up">
                    {trouble}
                    <TextInput name="name" label="Your name" autocomplete="name" required=true error=name_error value=name
                        help="As it stands on signatures."/>
                    <TextInput name="email" label="E-mail" kind="email" autocomplete="username" required=true error=email_error value=email
                        help="You sign in with it."/>
                    <TextInput name="password" label="Password" kind="password" autocomplete="new-password" required=true
                        error=password_error help="At least 10 characters. A sentence is easier to remember than signs."/>
                    <input type="hidden" name="token" value=token/>
                    <Button label="Create the owner" look=ButtonLook::Primary/>
                </form>
            </section>
        </Sheet>
    }
    .into_any()
}
