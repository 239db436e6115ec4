//! Finding one's way in a plan: everything it holds by kind, and a search by key or name.

use crate::{Access, Caller, Error, Workbench, activity::href, plans};
use domain::{Item, Kind, PlanRole};
use views::{
    items::ItemLink,
    plans::{KindCount, RecordsPage, SearchPage},
};

/// Most matches shown.
const SHOWN: usize = 100;

impl Workbench {
    /// How many items of each kind a plan holds; kinds of the workspace are left to its own pages.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn records(&self, caller: &Caller, key: &str) -> Result<RecordsPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let count = |kind: Kind| KindCount { kind, count: access.plan.document.of_kind(kind).len() as u64 };
        let kinds = Kind::ALL.iter().filter(|kind| !kind.in_workspace()).map(|kind| count(*kind)).collect();
        Ok(RecordsPage { head: plans::head(&access), kinds })
    }

    /// Items whose key or name holds a text; with exactly a key, the item to go to.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn search(&self, caller: &Caller, key: &str, text: &str) -> Result<SearchPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let text = text.trim();
        let wanted = text.to_lowercase();
        let mut found: Vec<ItemLink> = Vec::new();
        if !wanted.is_empty() {
            let all = access.plan.document.items.values().chain(access.plan.workspace.items.values());
            let live = all.filter(|i| i.archived_at.is_none()).map(|item| link(&access, item));
            found.extend(live.filter(|l| l.key.to_lowercase() == wanted || l.title.to_lowercase().contains(&wanted)));
        }
        // Names that begin with it come first, then in the order of the kinds.
        found.sort_by_cached_key(|l| (!l.title.to_lowercase().starts_with(&wanted), l.kind, l.title.clone()));
        let jump = found.iter().find(|l| l.key.to_lowercase() == wanted).map(|l| l.href.clone());
        let total = found.len() as u64;
        found.truncate(SHOWN);
        Ok(SearchPage { text: text.to_owned(), jump, found, total })
    }
}

fn link(access: &Access, item: &Item) -> ItemLink {
    let title = access.plan.title_of(item);
    ItemLink { id: item.id, key: item.key(), title, kind: item.kind(), href: href(access, item) }
}
