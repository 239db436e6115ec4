//! The people of a plan: their roles, and who fills which slot. Editors change both here.

use super::api::{AssignSlot, SetRole};
use domain::{PlanRole, User};
use kit::ui::{Button, ButtonLook, Card, CellSelect, Choice, Column, DataTable, Face, Select, hidden};
use leptos::{form::ActionForm, prelude::*};
use views::review::{ReviewPage, SlotRow};

/// Both cards.
pub fn cards(page: &ReviewPage, role: ServerAction<SetRole>, assign: ServerAction<AssignSlot>) -> AnyView {
    let people = members(page, role);
    let slots = page.may_manage.then(|| slots(page, assign));
    view! { {people}{slots} }.into_any()
}

fn members(page: &ReviewPage, role: ServerAction<SetRole>) -> AnyView {
    let mut columns = vec![Column::words("Person"), Column::words("Answers for"), Column::words("Role")];
    if page.may_manage {
        columns.push(Column::fit("Change"));
    }
    let rows = page.people.iter().map(|(user, has)| member(page, user, *has, role)).collect_view();
    let add = page.may_manage.then(|| add(page, role));
    let note = match page.people.len() {
        1 => "1 person works on this plan".to_owned(),
        n => format!("{n} people work on this plan"),
    };
    view! {
        <Card title="People" note=note id="people">
            <DataTable caption="People on this plan" columns=columns>{rows}</DataTable>
            {add}
        </Card>
    }
    .into_any()
}

fn member(page: &ReviewPage, user: &User, has: PlanRole, role: ServerAction<SetRole>) -> AnyView {
    let answers: Vec<_> =
        page.slots.iter().filter(|s| s.assigned.contains(&user.id)).map(|s| s.slot.label().to_lowercase()).collect();
    let gone = user.disabled_at.is_some().then_some(" (can no longer sign in)");
    let change = page.may_manage.then(|| {
        let off = Choice { value: String::new(), label: "take off the plan".into() };
        let roles = PlanRole::ALL.into_iter().map(|r| Choice { value: r.code().into(), label: r.code().into() });
        let choices = roles.chain([off]).collect::<Vec<_>>();
        let which = hidden(&[("plan", &page.head.key), ("person", &user.id.to_string())]);
        let label = format!("Role of {}", user.name);
        view! {
            <td class="fit">
                <ActionForm action=role attr:class="button-row">
                    {which}
                    <CellSelect name="role" label=label choices=choices value=has.code() class="input role-select"/>
                    <Button label="Set" small=true disabled=role.pending()/>
                </ActionForm>
            </td>
        }
    });
    view! {
        <tr>
            <td><span class="person"><Face name=user.name.clone() small=true/><span>{user.name.clone()}{gone}</span></span></td>
            <td class="muted">{answers.join(", ")}</td>
            <td>{has.code()}</td>
            {change}
        </tr>
    }
    .into_any()
}

fn add(page: &ReviewPage, role: ServerAction<SetRole>) -> AnyView {
    let others: Vec<_> = page
        .everybody
        .iter()
        .filter(|user| user.disabled_at.is_none() && !page.people.iter().any(|(on, _)| on.id == user.id))
        .map(|user| Choice { value: user.id.to_string(), label: user.name.clone() })
        .collect();
    if others.is_empty() {
        return view! { <p class="card-foot">"Everybody with an account is on this plan. An owner of the workspace can add people under Account."</p> }.into_any();
    }
    let roles = PlanRole::ALL.into_iter().map(|r| Choice { value: r.code().into(), label: r.code().into() }).collect();
    let which = hidden(&[("plan", &page.head.key)]);
    view! {
        <div class="card-body">
            <ActionForm action=role attr:class="inline-form">
                {which}
                <Select name="person" id="add-person" label="Add somebody" choices=others required=true/>
                <Select name="role" id="add-role" label="As" choices=roles value="reviewer" required=true/>
                <Button label="Add to the plan" disabled=role.pending()/>
            </ActionForm>
        </div>
    }
    .into_any()
}

fn slots(page: &ReviewPage, assign: ServerAction<AssignSlot>) -> AnyView {
    let able: Vec<&User> = page
        .people
        .iter()
        .filter(|(user, has)| *has >= PlanRole::Reviewer && user.disabled_at.is_none())
        .map(|(user, _)| user)
        .collect();
    let rows = page.slots.iter().map(|row| slot(page, row, &able, assign)).collect_view();
    let columns = vec![Column::words("Part"), Column::words("Who may approve it"), Column::fit("Change")];
    let none = able.is_empty().then(|| view! { <p class="card-foot">"Nobody on the plan is a reviewer or editor yet. Add somebody above first."</p> });
    view! {
        <Card title="Who fills which slot" note="Reviewers and editors of the plan; several people may share a slot." id="assign">
            <DataTable caption="Slots and people" columns=columns class="top">{rows}</DataTable>
            {none}
        </Card>
    }
    .into_any()
}

fn slot(page: &ReviewPage, row: &SlotRow, able: &[&User], assign: ServerAction<AssignSlot>) -> AnyView {
    let form = format!("assign-{}", row.slot.code());
    let ticks = able
        .iter()
        .map(|user| {
            let name = format!("people[{}]", domain::form_key(user.id));
            let checked = row.assigned.contains(&user.id);
            view! { <label class="tick"><input type="checkbox" name=name value="true" checked=checked form=form.clone()/><span>{user.name.clone()}</span></label> }
        })
        .collect_view();
    let which = hidden(&[("plan", &page.head.key), ("slot", row.slot.code())]);
    view! {
        <tr>
            <td>{row.slot.label()}</td>
            <td><fieldset class="tick-row"><legend class="visually-hidden">{row.slot.label()}</legend>{ticks}</fieldset></td>
            <td class="fit">
                <ActionForm action=assign attr:id=form>
                    {which}
                    <Button label="Set" look=ButtonLook::Plain small=true disabled=assign.pending()/>
                </ActionForm>
            </td>
        </tr>
    }
    .into_any()
}
