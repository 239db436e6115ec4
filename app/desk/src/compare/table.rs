//! What differs between two versions as a table: item by item, field by field. Fields come from the
//! comparison itself, so nothing is listed by hand. The review page shows the same table.

use kit::ui::{Column, DataTable, Diff, DiffSide, Tag, Tone};
use leptos::prelude::*;
use rules::{FieldDiff, ItemDiff, ItemStatus};

/// The table. `before` and `after` name the two versions.
pub fn changes(key: &str, items: Vec<ItemDiff>, before: &str, after: &str) -> AnyView {
    let columns =
        vec![Column::words("Field"), Column::words(before), Column::words(after), Column::fit("Answered for by")];
    let groups = items.into_iter().map(|item| group(key, item)).collect_view();
    let caption = format!("What changed from {before} to {after}");
    view! { <DataTable caption=caption columns=columns class="compare-table" groups=true>{groups}</DataTable> }
        .into_any()
}

fn group(key: &str, item: ItemDiff) -> AnyView {
    let (tone, icon) = match item.status {
        ItemStatus::Added => (Tone::Good, "plus"),
        ItemStatus::Removed => (Tone::Bad, "minus"),
        ItemStatus::Changed => (Tone::Info, "pencil"),
    };
    let name = match item.status {
        ItemStatus::Removed => view! { <span>{item.title}</span> }.into_any(),
        _ => {
            view! { <a class="link" href=format!("/p/{key}/items/{}/{}", item.kind.code(), item.key)>{item.title}</a> }
                .into_any()
        }
    };
    let status = item.status;
    let rows = item.fields.into_iter().map(|field| row(status, field)).collect_view();
    view! {
        <tbody>
            <tr class="group">
                <th scope="rowgroup" colspan="4">
                    <Tag label=status.label() tone=tone icon=icon/>" "
                    <span class="mono">{item.key}</span>" "{name}" "
                    <span class="count">{item.kind.one()}</span>
                </th>
            </tr>
            {rows}
        </tbody>
    }
    .into_any()
}

fn row(status: ItemStatus, field: FieldDiff) -> AnyView {
    // An empty side is drawn as such; an item that is not there at all has no value.
    let left = (status != ItemStatus::Added).then(|| field.before.clone());
    let right = (status != ItemStatus::Removed).then(|| field.after.clone());
    view! {
        <tr>
            <td>{field.label}</td>
            <td class="before"><Diff left=left.clone() right=right.clone() side=DiffSide::Left/></td>
            <td class="after"><Diff left=left right=right side=DiffSide::Right/></td>
            <td class="fit muted">{field.slice.label()}</td>
        </tr>
    }
    .into_any()
}
