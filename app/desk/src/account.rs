//! `/account`: who one is, where one is signed in, the password; for owners the people.

mod api;
mod people;

use api::{ChangePassword, EndSession, load_account};
use kit::{
    error::field_error,
    layout::{Crumbs, PlainPage},
    ui::{Button, ButtonLook, Card, Column, DataTable, Loaded, Notice, PageHead, PageTitle, TextInput, Time, Tone},
};
use leptos::{form::ActionForm, prelude::*};
use people::People;
use views::people::{Account, SessionRow};

/// The reader's account.
#[component]
pub fn AccountPage() -> impl IntoView {
    let end = ServerAction::<EndSession>::new();
    let change = ServerAction::<ChangePassword>::new();
    let people = people::Actions::new();
    let account =
        Resource::new(move || (end.version().get(), change.version().get(), people.version()), |_| load_account());
    view! {
        <PageTitle text="Your account"/>
        <PlainPage crumbs=Crumbs::here("Your account")>
            <Loaded resource=account render=Callback::new(move |account: Account| content(account, end, change, people))/>
        </PlainPage>
    }
    .into_any()
}

fn content(
    account: Account,
    end: ServerAction<EndSession>,
    change: ServerAction<ChangePassword>,
    people: people::Actions,
) -> AnyView {
    let meta = view! { <span>{account.me.email.clone()}</span><span>{account.me.role.code()}</span> }.into_any();
    let sessions = account.sessions.into_iter().map(|session| session_row(session, end)).collect_view();
    let columns = vec![
        Column::words("Browser"),
        Column::words("Address"),
        Column::words("Signed in"),
        Column::words("Last seen"),
        Column::fit(""),
    ];
    let owner = account.me.role == domain::WorkspaceRole::Owner;
    let me = account.me.id;
    let rest = owner.then(|| view! { <People people=account.people me=me actions=people/> });
    view! {
        <PageHead title=account.me.name meta=meta/>
        <Card title="Where you are signed in" note="End what you do not know, then change your password.">
            <DataTable caption="Your sessions" columns=columns>{sessions}</DataTable>
        </Card>
        <PasswordCard change=change has_one=account.has_password/>
        {rest}
        <Card title="Signing key" note="Exports of this installation are signed with it; its fingerprint is printed on each.">
            <div class="card-body"><p class="hash">{account.key_fingerprint}</p></div>
        </Card>
    }
    .into_any()
}

fn session_row(session: SessionRow, end: ServerAction<EndSession>) -> AnyView {
    let last = if session.current {
        view! { <form method="post" action="/sign-out"><Button label="Sign out" small=true/></form> }.into_any()
    } else {
        view! {
            <ActionForm action=end>
                <input type="hidden" name="id" value=session.id.to_string()/>
                <Button label="End" look=ButtonLook::Danger small=true/>
            </ActionForm>
        }
        .into_any()
    };
    let browser = if session.current { format!("{} (this one)", session.browser) } else { session.browser };
    view! {
        <tr>
            <td>{browser}</td>
            <td class="mono">{session.address}</td>
            <td><Time iso=session.created_at.to_string()/></td>
            <td><Time iso=session.last_seen_at.to_string()/></td>
            <td class="fit">{last}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn PasswordCard(
    /// Changes it.
    change: ServerAction<ChangePassword>,
    /// Whether there is one already.
    has_one: bool,
) -> impl IntoView {
    let old = has_one.then(|| {
        view! {
            <TextInput name="old" label="Present password" kind="password" autocomplete="current-password" required=true
                error=field_error(change.value(), "old")/>
        }
    });
    let label = if has_one { "Change password" } else { "Set a password" };
    let said = move || match change.value().get() {
        Some(Ok(())) => {
            let words = "Changed. Your other sessions have ended, and so have open links to sign in as you.";
            Some(view! { <Notice tone=Tone::Good>{words}</Notice> }.into_any())
        }
        Some(Err(error)) => {
            error.remainder(&["old", "new"]).map(|words| view! { <Notice tone=Tone::Bad>{words}</Notice> }.into_any())
        }
        None => None,
    };
    view! {
        <Card title="Password" id="password">
            <div class="card-body">
                <ActionForm action=change attr:class="form">
                    {said}
                    {old}
                    <TextInput name="new" label="New password" kind="password" autocomplete="new-password" required=true
                        error=field_error(change.value(), "new") help="At least 10 characters."/>
                    <Button label=label disabled=change.pending()/>
                </ActionForm>
            </div>
        </Card>
    }
    .into_any()
}
