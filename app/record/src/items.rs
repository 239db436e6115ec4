//! Items of any kind: list, form, history, comments. Everything is drawn from the field tables, so a
//! new kind or field needs no new page. The same pages serve a plan and the workspace.

mod api;
mod conflict;
mod detail;
mod fields;
mod form;
mod list;
mod outcome;
mod talk;
mod typing;

pub use detail::ItemPage;
pub use form::NewItemPage;
pub use list::ItemsPage;

use domain::Kind;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// Where an items page is: in which plan (`None` for the workspace) and about which kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Whereabouts {
    plan: Option<String>,
    kind: String,
    reference: String,
}

impl Whereabouts {
    /// Read from the address; tracked.
    fn here() -> Memo<Self> {
        let params = use_params_map();
        Memo::new(move |_| {
            let params = params.read();
            Self {
                plan: params.get("key"),
                kind: params.get("kind").unwrap_or_default(),
                reference: params.get("reference").unwrap_or_default(),
            }
        })
    }

    /// The place as the only row of a list: gone while the address is that of another page already.
    fn named(self) -> Option<Self> {
        Some(self).filter(|place| !place.kind.is_empty())
    }

    /// Key of the plan whose document such items are in; empty for the workspace, wherever they are looked at.
    fn home(&self, kind: Option<Kind>) -> String {
        if kind.is_some_and(Kind::in_workspace) { String::new() } else { self.plan.clone().unwrap_or_default() }
    }

    /// Address of the list this page belongs to.
    fn list(&self) -> String {
        list_href(self.plan.as_deref(), &self.kind)
    }
}

/// Address of a list of items.
pub fn list_href(plan: Option<&str>, kind: &str) -> String {
    match plan {
        Some(plan) => format!("/p/{plan}/items/{kind}"),
        None => format!("/workspace/{kind}"),
    }
}

/// What several items of a kind are called, with a capital.
pub(super) fn heading(kind: Kind) -> String {
    let many = kind.many();
    let mut letters = many.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}
