//! The people of the installation, shown to its owners on the account page.

use super::api::{AddPerson, DisablePerson, EnablePerson, SetPersonRole};
use domain::{User, UserId, WorkspaceRole};
use kit::{
    AppError,
    error::field_error,
    ui::{
        Button, ButtonLook, Card, CellSelect, Choice, Column, ConfirmForm, DataTable, Notice, Select, TextInput, Tone,
    },
};
use leptos::{form::ActionForm, prelude::*};

/// What owners can do about people.
#[derive(Clone, Copy)]
pub struct Actions {
    add: ServerAction<AddPerson>,
    disable: ServerAction<DisablePerson>,
    enable: ServerAction<EnablePerson>,
    role: ServerAction<SetPersonRole>,
    /// Grows with each person added: the form for the next one is empty.
    added: Memo<usize>,
}

impl Actions {
    /// Made once per page, outside of what is drawn again.
    pub fn new() -> Self {
        let add = ServerAction::<AddPerson>::new();
        let added = Memo::new(move |before: Option<&usize>| {
            let done = add.value().with(|answer| matches!(answer, Some(Ok(_))));
            if done { add.version().get() } else { before.copied().unwrap_or_default() }
        });
        Self { add, added, disable: ServerAction::new(), enable: ServerAction::new(), role: ServerAction::new() }
    }

    /// Grows with each answer, except where somebody could not be added: what was typed stays to be mended.
    pub fn version(self) -> usize {
        self.added.get() + self.disable.version().get() + self.enable.version().get() + self.role.version().get()
    }
}

/// Everybody, and a form to add one more.
#[component]
pub fn People(
    /// Everybody.
    people: Vec<User>,
    /// The reader, who cannot disable themselves.
    me: UserId,
    /// What can be done.
    actions: Actions,
) -> impl IntoView {
    let columns = vec![Column::words("Name"), Column::words("E-mail"), Column::words("Role"), Column::fit("")];
    let rows = people.into_iter().map(|user| row(user, me, actions)).collect_view();
    view! {
        <Card title="People" note="Everybody who can sign in here. What they may do in a plan is set in the plan.">
            {move || trouble(actions.disable.value().get(), &[])}
            {move || trouble(actions.enable.value().get(), &[])}
            {move || trouble(actions.role.value().get(), &[])}
            <DataTable caption="People" columns=columns>{rows}</DataTable>
        </Card>
        <Card title="Add a person">
            <div class="card-body">
                <For each=move || [actions.added.get()] key=|added| *added children=move |_| add_form(actions)/>
            </div>
        </Card>
    }
    .into_any()
}

fn add_form(actions: Actions) -> AnyView {
    let value = actions.add.value();
    let roles = ["member", "owner"].into_iter().map(|role| Choice { value: role.into(), label: role.into() }).collect();
    view! {
        <ActionForm action=actions.add attr:class="form">
            {move || trouble(value.get(), &["name", "email", "password"])}
            <TextInput id="person-name" name="name" label="Name" required=true error=field_error(value, "name")/>
            <TextInput id="person-email" name="email" label="E-mail" kind="email" required=true error=field_error(value, "email")/>
            <Select name="role" label="Role" choices=roles required=true
                help="Owners also manage people, connections and every plan."/>
            <TextInput id="person-password" name="password" label="First password" kind="password" autocomplete="new-password"
                error=field_error(value, "password")
                help="Without one, press “Password link” beside their name and give them the address you are shown."/>
            <Button label="Add" disabled=actions.add.pending()/>
        </ActionForm>
    }
    .into_any()
}

fn row(user: User, me: UserId, actions: Actions) -> AnyView {
    let id = user.id.to_string();
    let last = if user.disabled_at.is_some() {
        view! {
            <span class="muted">"disabled"</span>
            <ActionForm action=actions.enable>
                <input type="hidden" name="id" value=id/>
                <Button label="Enable" small=true/>
            </ActionForm>
        }
        .into_any()
    } else if user.id == me {
        view! { <span class="muted">"you"</span> }.into_any()
    } else {
        others(&user, actions)
    };
    let role = if user.id == me || user.disabled_at.is_some() {
        view! { {user.role.code()} }.into_any()
    } else {
        role_form(&user, actions)
    };
    view! { <tr><td>{user.name}</td><td>{user.email}</td><td>{role}</td><td class="fit"><div class="button-row">{last}</div></td></tr> }
        .into_any()
}

/// What can be done about somebody else who may sign in.
fn others(user: &User, actions: Actions) -> AnyView {
    let id = user.id.to_string();
    let consequence =
        format!("{} can no longer sign in, and their sessions end at once. What they wrote stays.", user.name);
    view! {
        // A plain form: the answer is a page of its own, with the link, shown once.
        <form method="post" action="/account/invite">
            <input type="hidden" name="id" value=id.clone()/>
            <Button label="Password link" small=true/>
        </form>
        <ConfirmForm label="Disable" consequence=consequence small=true>
            <ActionForm action=actions.disable>
                <input type="hidden" name="id" value=id/>
                <Button label="Disable" look=ButtonLook::Danger small=true/>
            </ActionForm>
        </ConfirmForm>
    }
    .into_any()
}

fn role_form(user: &User, actions: Actions) -> AnyView {
    let current = user.role;
    let choices = [WorkspaceRole::Member, WorkspaceRole::Owner]
        .map(|role| Choice { value: role.code().into(), label: role.code().into() })
        .to_vec();
    let (id, label) = (user.id.to_string(), format!("Role of {}", user.name));
    view! {
        <ActionForm action=actions.role attr:class="button-row">
            <input type="hidden" name="id" value=id/>
            <CellSelect name="role" label=label choices=choices value=current.code() class="input role-select"/>
            <Button label="Set" small=true/>
        </ActionForm>
    }
    .into_any()
}

fn trouble(answer: Option<Result<(), AppError>>, shown: &[&str]) -> Option<AnyView> {
    let words = answer?.err()?.remainder(shown)?;
    Some(view! { <Notice tone=Tone::Bad>{words}</Notice> }.into_any())
}
