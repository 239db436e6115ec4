//! A plain accessible table: caption, column heads with scope, a wrapper that scrolls sideways and can be reached by keyboard.

use leptos::prelude::*;

/// How a column is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Words: to the left.
    #[default]
    Words,
    /// Numbers: to the right, tabular.
    Number,
    /// As narrow as its content.
    Fit,
}

/// One column's head.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// The words.
    pub label: String,
    /// How it is set.
    pub align: Align,
}

impl Column {
    /// A column of words.
    #[must_use]
    pub fn words(label: &str) -> Self {
        Self { label: label.to_owned(), align: Align::Words }
    }

    /// A column of numbers; its cells want `class="n"`.
    #[must_use]
    pub fn number(label: &str) -> Self {
        Self { label: label.to_owned(), align: Align::Number }
    }

    /// A column as narrow as its content; its cells want `class="fit"`.
    #[must_use]
    pub fn fit(label: &str) -> Self {
        Self { label: label.to_owned(), align: Align::Fit }
    }
}

/// A table. The children are the rows (`tr`), or whole `tbody` groups with `groups`.
#[component]
pub fn DataTable(
    /// What the table shows; read aloud, shown only with `show_caption`.
    #[prop(into)]
    caption: String,
    /// The heads, from left to right.
    columns: Vec<Column>,
    /// Extra classes: `lines` (rules between columns), `sticky` (head stays), `top` (cells of several lines), a page's own.
    #[prop(optional, into)]
    class: String,
    /// Show the caption above the table.
    #[prop(optional)]
    show_caption: bool,
    /// Hide the heads from sight (a list of two obvious columns).
    #[prop(optional)]
    quiet_head: bool,
    /// The children bring their own `tbody` elements.
    #[prop(optional)]
    groups: bool,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let class = if class.is_empty() { "table".to_owned() } else { format!("table {class}") };
    let heads = columns.into_iter().map(head).collect_view();
    let body = if groups { children().into_any() } else { view! { <tbody>{children()}</tbody> }.into_any() };
    let label = caption.clone();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=label>
            <table class=class>
                <caption class=(!show_caption).then_some("visually-hidden")>{caption}</caption>
                <thead class=quiet_head.then_some("visually-hidden")><tr>{heads}</tr></thead>
                {body}
            </table>
        </div>
    }
}

fn head(column: Column) -> AnyView {
    let class = match column.align {
        Align::Words => None,
        Align::Number => Some("n"),
        Align::Fit => Some("fit"),
    };
    view! { <th scope="col" class=class>{column.label}</th> }.into_any()
}
