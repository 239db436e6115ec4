//! What the rules say while somebody types: the rules of the server, run in the browser on the plan with
//! the typed values in place. Plan and rules are loaded with the first key that is pressed.

use super::api::{ChangeItem, load_basis};
use crate::{
    AppError,
    ui::{Card, Severity},
};
use domain::{Item, ItemId, Submitted};
use leptos::{form::FromFormData, lazy, prelude::*};
use rules::Finding;
use std::{collections::BTreeMap, time::Duration};
use views::items::Basis;
use wasm_bindgen::JsCast;

/// How long after the last key the rules are asked.
const PAUSE: Duration = Duration::from_millis(250);

/// What is known about the form as it stands now.
#[derive(Debug, Clone, Default, PartialEq)]
struct Judgement {
    /// Fields that cannot be kept, with the reason.
    wrong: BTreeMap<String, String>,
    /// What the rules say about the item.
    findings: Vec<Finding>,
}

/// Judges one form while it is filled in.
#[derive(Clone, Copy)]
pub struct Typing {
    plan: StoredValue<String>,
    item: ItemId,
    basis: StoredValue<Option<Basis>>,
    waiting: StoredValue<u64>,
    judged: RwSignal<Option<Judgement>>,
}

impl Typing {
    /// For the form of an item; nothing happens before the first key.
    #[must_use]
    pub fn of(plan: &str, item: ItemId) -> Self {
        Self {
            plan: StoredValue::new(plan.to_owned()),
            item,
            basis: StoredValue::new(None),
            waiting: StoredValue::new(0),
            judged: RwSignal::new(None),
        }
    }

    /// Something was typed into the form this event comes from.
    pub fn heard(self, event: &web_sys::Event) {
        let form = event.current_target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        let Some(form) = form.filter(|_| !self.plan.with_value(String::is_empty)) else { return };
        self.waiting.update_value(|n| *n += 1);
        let turn = self.waiting.get_value();
        set_timeout(
            move || {
                if self.waiting.try_get_value() == Some(turn) {
                    leptos::task::spawn_local(self.judge(form));
                }
            },
            PAUSE,
        );
    }

    /// Why a field cannot be kept as it is typed.
    #[must_use]
    pub fn wrong(self) -> BTreeMap<String, String> {
        self.judged.with(|judged| judged.as_ref().map(|j| j.wrong.clone()).unwrap_or_default())
    }

    /// What the rules say about what is typed; nothing before the first key.
    #[must_use]
    pub fn findings(self) -> Option<Vec<Finding>> {
        self.judged.with(|judged| judged.as_ref().map(|j| j.findings.clone()))
    }

    async fn judge(self, form: web_sys::HtmlFormElement) {
        let Ok(data) = web_sys::FormData::new_with_form(&form) else { return };
        let Ok(sent) = ChangeItem::from_form_data(&data) else { return };
        let form = Submitted { texts: sent.texts, ticks: sent.ticks, parts: sent.parts };
        if self.basis.with_value(Option::is_none) {
            // Without an answer the server judges when the form is sent, as it does in any case.
            let Ok(basis) = load_basis(self.plan.get_value()).await else { return };
            self.basis.set_value(Some(basis));
        }
        let Some(basis) = self.basis.get_value() else { return };
        let judged = judged(basis, self.item, form).await;
        // The page may have been left meanwhile.
        let _ = self.judged.try_set(judged);
    }
}

/// The rules over the plan with the typed item in place. A file of its own for the browser: it holds
/// every rule.
#[lazy]
fn judged(mut basis: Basis, id: ItemId, form: Submitted) -> Option<Judgement> {
    let items = &mut basis.plan.document.items;
    let item = items.get_mut(&id).or_else(|| basis.plan.workspace.items.get_mut(&id))?;
    match typed(item, &form) {
        Err(wrong) => Some(Judgement { wrong, findings: Vec::new() }),
        Ok(entity) => {
            item.entity = entity;
            let all = rules::lint(&basis.plan, &basis.evidence, &basis.profile, basis.today);
            let findings = all.into_iter().filter(|f| f.subject == Some(id)).collect();
            Some(Judgement { wrong: BTreeMap::new(), findings })
        }
    }
}

fn typed(item: &Item, form: &Submitted) -> Result<domain::Entity, BTreeMap<String, String>> {
    let kind = item.kind();
    let wrong = |problems: Vec<domain::Invalid>| problems.into_iter().map(|p| (p.field, p.reason)).collect();
    let mut values = form.read(kind).map_err(wrong)?;
    // New parts get their ids when they are saved.
    for value in values.values_mut() {
        for part in value.as_array_mut().into_iter().flatten().filter_map(serde_json::Value::as_object_mut) {
            if part.get("id").is_some_and(serde_json::Value::is_null) {
                part.insert("id".into(), uuid::Uuid::nil().to_string().into());
            }
        }
    }
    kind.read(serde_json::Value::Object(values)).map_err(|_| BTreeMap::new())
}

/// The findings of what is typed; those of what is stored before the first key.
#[component]
pub fn LiveFindings(
    /// The form that is judged.
    typing: Typing,
    /// What the rules say about what is stored.
    stored: Vec<Finding>,
) -> impl IntoView {
    let stored = StoredValue::new(stored);
    let rows = move || {
        let findings = typing.findings().unwrap_or_else(|| stored.get_value());
        let live = typing.findings().is_some();
        let title = if live { "Findings as typed" } else { "Findings" };
        let none = findings.is_empty().then(|| view! { <li class="muted">"Nothing to say about this."</li> });
        let rows = findings
            .into_iter()
            .map(|f| {
                view! {
                    <li class="aside-finding">
                        <Severity word=f.severity.code()/>
                        <a class="mono link" href=format!("/help/rules/{}", f.rule)>{f.rule.clone()}</a>
                        <span>{f.message.clone()}</span>
                    </li>
                }
            })
            .collect_view();
        view! { <Card title=title><ul class="aside-list">{none}{rows}</ul></Card> }.into_any()
    };
    view! { <div aria-live="polite">{rows}</div> }
}

/// Words for the fields: what the server said, then what is typed wrongly now.
#[must_use]
pub fn merged(said: BTreeMap<String, String>, typing: Typing) -> BTreeMap<String, String> {
    let mut all = said;
    all.extend(typing.wrong());
    all
}

