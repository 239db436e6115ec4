//! The card that shows both values when two people changed the same field, to choose from.

use super::api::SettleField;
use kit::ui::{Button, ButtonLook, Card, Time, hidden};
use leptos::{form::ActionForm, prelude::*};
use views::items::ConflictField;

/// One card per field that moved on.
pub fn cards(plan: &str, item: &str, fields: Vec<ConflictField>, settle: ServerAction<SettleField>) -> AnyView {
    fields.into_iter().map(|field| card(plan, item, field, settle)).collect_view().into_any()
}

fn card(plan: &str, item: &str, field: ConflictField, settle: ServerAction<SettleField>) -> AnyView {
    let title = format!("{} was changed by {} meanwhile", field.label, field.by);
    let theirs_json = field.theirs_value.to_string();
    let choice = |label: &'static str, words: String, value: String, look: ButtonLook| {
        let words = if words.is_empty() { "(empty)".to_owned() } else { words };
        let which = hidden(&[
            ("plan", plan),
            ("item", item),
            ("field", &field.field),
            ("theirs", &theirs_json),
            ("value", &value),
        ]);
        view! {
            <div class="conflict-side">
                <h3>{label}</h3>
                <p class="prose">{words}</p>
                <ActionForm action=settle>
                    {which}
                    <Button label=format!("Keep {}", label.to_lowercase()) look=look disabled=settle.pending()/>
                </ActionForm>
            </div>
        }
    };
    let theirs = choice("Their value", field.theirs.clone(), theirs_json.clone(), ButtonLook::Plain);
    let mine = choice("Your value", field.mine.clone(), field.mine_value.to_string(), ButtonLook::Primary);
    view! {
        <Card title=title class="conflict" end=view! { <Time iso=field.at.to_string()/> }.into_any()>
            <div class="card-body conflict-sides">{theirs}{mine}</div>
        </Card>
    }
    .into_any()
}
