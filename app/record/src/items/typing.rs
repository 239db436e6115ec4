//! What the rules say of an item while somebody types. With the first key the plan is fetched once; from then on
//! what the form says is put into it and judged here, by the rules that the server uses. Nothing is kept.

use super::api::load_basis;
use domain::{Entity, ItemId, Kind, Submitted};
use kit::ui::{Card, Pause, Pill, Severity};
use leptos::{form::FromFormData, prelude::*};
use rules::Finding;
use std::{sync::Arc, time::Duration};
use views::items::{Basis, Judged};
use web_sys::{Event, FormData};

/// How long nobody must have typed before the rules are asked.
const PAUSE: Duration = Duration::from_millis(250);

/// A form that is judged while it is filled in.
#[derive(Clone, Copy)]
pub struct Typing {
    plan: StoredValue<String>,
    item: ItemId,
    kind: Kind,
    basis: StoredValue<Option<Arc<Basis>>>,
    pause: Pause,
    judged: RwSignal<Option<Judged>>,
}

impl Typing {
    /// Nothing typed yet into the form of an item of this plan; `None` for one that is being added.
    pub fn new(plan: &str, kind: Kind, item: Option<ItemId>) -> Self {
        Self {
            plan: StoredValue::new(plan.to_owned()),
            item: item.unwrap_or(ItemId(uuid::Uuid::max())),
            kind,
            basis: StoredValue::new(None),
            pause: Pause::new(),
            judged: RwSignal::new(None),
        }
    }

    /// Judges the form once the typist pauses. What cannot be read yet, half a date for instance, waits.
    pub fn typed(self, event: &Event) {
        self.pause.after(PAUSE, event, move |form, turn| self.judge(form, turn));
    }

    async fn judge(self, form: FormData, turn: u64) {
        let Ok(submitted) = Submitted::from_form_data(&form) else { return };
        let Ok(entity) = submitted.preview(self.kind) else { return };
        let Some(basis) = self.basis().await else { return };
        let judged = judged(basis, self.item, entity).await;
        if self.pause.is_latest(turn) {
            self.judged.set(Some(judged));
        }
    }

    /// The plan as it was when typing began. Without it, saving still tells what the rules say.
    async fn basis(self) -> Option<Arc<Basis>> {
        if let Some(basis) = self.basis.try_get_value()? {
            return Some(basis);
        }
        let basis = Arc::new(load_basis(self.plan.try_get_value()?).await.ok()?);
        self.basis.try_set_value(Some(basis.clone()));
        Some(basis)
    }
}

/// The rules, a file of their own that is loaded with the first key.
#[lazy]
fn judged(basis: Arc<Basis>, item: ItemId, entity: Entity) -> Judged {
    basis.judge(item, entity)
}

/// What the rules say of the item: as it is stored, then as it is being typed.
#[component]
pub fn Findings(
    /// What they say of what is stored.
    stored: Vec<Finding>,
    /// The form, where there is one.
    typing: Option<Typing>,
) -> impl IntoView {
    move || match typing.and_then(|typing| typing.judged.get()) {
        None if stored.is_empty() => ().into_any(),
        None => {
            let list = rows(&stored);
            view! { <Card title="Findings"><ul class="aside-list">{list}</ul></Card> }.into_any()
        }
        Some(judged) => as_typed(&judged),
    }
}

fn as_typed(judged: &Judged) -> AnyView {
    let none = judged.here.is_empty().then(|| view! { <li class="muted">"Nothing to say about it."</li> });
    let here = rows(&judged.here);
    let elsewhere = (!judged.elsewhere.is_empty()).then(|| {
        let rows = rows(&judged.elsewhere);
        view! { <li><b>"New in other places"</b></li>{rows} }
    });
    let list = view! { <ul class="aside-list" aria-live="polite">{here}{none}{elsewhere}</ul> };
    view! { <Card title="Findings, if you save this">{list}</Card> }.into_any()
}

fn rows(findings: &[Finding]) -> AnyView {
    findings.iter().map(row).collect_view().into_any()
}

fn row(finding: &Finding) -> AnyView {
    let waived = finding.waived.is_some().then(|| view! { <Pill label="waived"/> });
    view! {
        <li class="aside-finding">
            <Severity word=finding.severity.code()/>
            <a class="mono link" href=format!("/help/rules/{}", finding.rule)>{finding.rule.clone()}</a>
            <span>{finding.message.clone()}" "{waived}</span>
        </li>
    }
    .into_any()
}
