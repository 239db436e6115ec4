//! Signing in: with e-mail and password, or with a one-time link that the operator printed. Plain
//! forms, answered by `src/http/session.rs`; opening a one-time link alone does not use it up, since
//! mail scanners and previews open links too.

use kit::{
    next::HOME,
    ui::{Button, ButtonLook, Icon, Notice, PageTitle, TextInput, Tone},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// `/sign-in`
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let query = query.get_untracked();
    let next = query.get("next").unwrap_or_default();
    let email = query.get("email").unwrap_or_default();
    let trouble = query.get("error").map(|code| {
        let words = reason(&code);
        view! { <Notice tone=Tone::Bad>{words}</Notice> }
    });
    let done = query.get("done").map(|_| view! { <Notice tone=Tone::Good>"You are signed out."</Notice> });
    let hint = (trouble.is_none() && done.is_none() && !next.is_empty() && next != HOME)
        .then(|| view! { <Notice>"Sign in to see that page."</Notice> });
    view! {
        <PageTitle text="Sign in"/>
        <Sheet words="Sign in to your integration plans.">
            <section class="card">
                <form class="form" method="post" action="/sign-in">
                    {trouble}
                    {done}
                    {hint}
                    <TextInput name="email" label="E-mail" kind="email" autocomplete="username" required=true value=email/>
                    <TextInput name="password" label="Password" kind="password" autocomplete="current-password" required=true/>
                    <input type="hidden" name="next" value=next/>
                    <Button label="Sign in" look=ButtonLook::Primary/>
                </form>
            </section>
            <p><a class="link" href="/verify" rel="external">"Verify a file"</a>" without an account"</p>
        </Sheet>
    }
    .into_any()
}

/// `/sign-in/once/:token`
#[component]
pub fn OncePage() -> impl IntoView {
    let token = use_params_map().get_untracked().get("token").unwrap_or_default();
    view! {
        <PageTitle text="Sign in"/>
        <Sheet words="This link signs you in once.">
            <section class="card">
                <form class="form" method="post" action="/sign-in/once">
                    <p>"It was made on the server and works a single time, on this browser alone. Do not pass it on."</p>
                    <input type="hidden" name="token" value=token/>
                    // Focused, so that opening the link and pressing Enter is enough.
                    <button type="submit" class="button primary" autofocus="true"><span>"Sign in"</span></button>
                </form>
            </section>
        </Sheet>
    }
    .into_any()
}

/// `/sign-in/choose/:token`
#[component]
pub fn ChoosePage() -> impl IntoView {
    let token = use_params_map().get_untracked().get("token").unwrap_or_default();
    let invalid = use_query_map().get_untracked().get("invalid").is_some();
    let error = Signal::stored(invalid.then(|| "needs 10 to 200 characters".to_owned()));
    view! {
        <PageTitle text="Choose a password"/>
        <Sheet words="Choose the password you sign in with.">
            <section class="card">
                <form class="form" method="post" action="/sign-in/choose">
                    <TextInput name="password" label="New password" kind="password" autocomplete="new-password" required=true
                        error=error help="At least 10 characters. A sentence is easier to remember than signs."/>
                    <input type="hidden" name="token" value=token/>
                    <Button label="Choose and sign in" look=ButtonLook::Primary/>
                </form>
            </section>
        </Sheet>
    }
    .into_any()
}

/// The sheet around sign-in and set-up: the mark, one line, one card.
#[component]
pub fn Sheet(
    /// One line under the name.
    #[prop(into)]
    words: String,
    /// The card.
    children: Children,
) -> impl IntoView {
    view! {
        <main class="sign-in" id="content" tabindex="-1">
            <div class="sign-in-mark">
                <Icon name="plumb"/>
                <h1>"Plumbline"</h1>
                <p>{words}</p>
            </div>
            {children()}
        </main>
    }
}

/// Only known codes are shown: text from an address could have been written by anybody.
fn reason(code: &str) -> &'static str {
    match code {
        "mismatch" => "E-mail and password do not fit together. Check both and try again.",
        "used" => "That link was used already or is too old. Ask the operator for a new one.",
        "disabled" => "This account can no longer sign in. Ask an owner of the workspace.",
        "expired" => "Your session has ended. Sign in again.",
        _ => "Signing in did not work. Try again in a moment.",
    }
}
