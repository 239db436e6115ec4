//! One pair, side by side, and the keys that decide about it.

use super::{Actions, Page};
use crate::{masked::masked_foot, runs::record_href};
use kit::ui::{Card, Column, DataTable, Diff, DiffSide, Notice, Tag, Tone, hidden};
use leptos::{form::ActionForm, prelude::*};
use views::pairs::{PairField, PairShown};
use wasm_bindgen::JsCast;

/// A pair with its buttons. `only`: it was asked for by itself, so deciding leads back to where it came from.
pub(super) fn pair_card(page: &Page, pair: &PairShown, run: &str, here: &str, only: bool, actions: Actions) -> AnyView {
    let title = format!("Is {} the same as {}?", pair.left_key, pair.right_key);
    let note = format!("{}: {}", pair.percent, pair.likely);
    let columns = vec![
        Column::words("Data point"),
        Column::words(&page.left),
        Column::words(&page.right),
        Column::words("Alike"),
        Column::words("What it says"),
    ];
    let rows = pair.fields.iter().map(field_row).collect_view();
    let whole = |key: &str, side: &str| {
        let href = (!key.is_empty()).then(|| record_href(run, key))?;
        Some(view! { <a class="link" href=href>"Whole record of "{side.to_owned()}</a> })
    };
    let decided = pair.same.map(|same| {
        let words = if same { "Decided: the same." } else { "Decided: not the same." };
        view! { <Notice>{words}</Notice> }
    });
    let partnered = pair.partnered.then(|| {
        view! { <Notice tone=Tone::Warn>"One of the two has another partner in the crosswalk. Take that back first if these are the same."</Notice> }
    });
    let foot = page.may_decide.then(|| buttons(page, pair, here, only, actions));
    let (left, right) = (whole(&pair.left, &page.left), whole(&pair.right, &page.right));
    let masked = masked_foot(page.masked);
    view! {
        <Card title=title note=note class="pair-card">
            {decided}
            {partnered}
            <DataTable caption="Both records" columns=columns class="pairs-table">{rows}</DataTable>
            <div class="card-body pair-foot">
                {foot}
                <div class="pair-links">{left}{right}</div>
            </div>
            {masked}
        </Card>
    }
    .into_any()
}

fn field_row(field: &PairField) -> AnyView {
    let (tone, icon) = match field.speaks {
        Some(true) => (Tone::Good, "check"),
        Some(false) => (Tone::Bad, "x"),
        None => (Tone::Off, "minus"),
    };
    view! {
        <tr>
            <th scope="row">{field.name.clone()}</th>
            <td><Diff left=field.left.clone() right=field.right.clone() side=DiffSide::Left/></td>
            <td><Diff left=field.left.clone() right=field.right.clone() side=DiffSide::Right/></td>
            <td>{field.alike.clone()}</td>
            <td><Tag label=field.says.clone() tone=tone icon=icon/></td>
        </tr>
    }
    .into_any()
}

fn buttons(page: &Page, pair: &PairShown, here: &str, only: bool, actions: Actions) -> AnyView {
    let (number, place) = (page.number.to_string(), pair.place.to_string());
    let back = if only && pair.sure { "sure" } else { "" };
    let fields: [(&'static str, &str); 6] = [
        ("plan", page.head.key.as_str()),
        ("number", number.as_str()),
        ("place", place.as_str()),
        ("left", pair.left.as_str()),
        ("right", pair.right.as_str()),
        ("back", back),
    ];
    let which = hidden(&fields);
    let pending = actions.decide.pending();
    let skip = match back {
        "sure" => format!("{here}?show=sure"),
        _ => format!("{here}?at={}", pair.place + 1),
    };
    view! {
        <div class="pair-buttons">
            <ActionForm action=actions.decide attr:class="pair-buttons">
                {which}
                <button type="submit" id="pair-yes" class="button primary" name="verdict" value="same" disabled=move || pending.get()>
                    <span>"Yes, the same"</span><kbd>"Y"</kbd>
                </button>
                <button type="submit" id="pair-no" class="button" name="verdict" value="different" disabled=move || pending.get()>
                    <span>"No"</span><kbd>"N"</kbd>
                </button>
            </ActionForm>
            <a id="pair-skip" class="button" href=skip><span>"Skip"</span><kbd>"S"</kbd></a>
            {page.may_undo.then(|| undo_form(page, actions))}
        </div>
    }
    .into_any()
}

/// The form that takes back the last decision.
pub(super) fn undo_form(page: &Page, actions: Actions) -> AnyView {
    let which = hidden(&[("plan", page.head.key.as_str()), ("number", &page.number.to_string())]);
    let pending = actions.undo.pending();
    view! {
        <ActionForm action=actions.undo>
            {which}
            <button type="submit" id="pair-undo" class="button quiet" disabled=move || pending.get()>
                <span>"Undo the last"</span><kbd>"U"</kbd>
            </button>
        </ActionForm>
    }
    .into_any()
}

/// `Y`, `N`, `S` or the right arrow, `U`: what the buttons do, except where somebody is typing.
pub(super) fn decide_by_keys() {
    let listener = window_event_listener(leptos::ev::keydown, |event| {
        let held = event.ctrl_key() || event.meta_key() || event.alt_key() || event.repeat();
        let active = document().active_element();
        let tag = active.as_ref().map(|e| e.tag_name()).unwrap_or_default();
        let in_table = active.is_some_and(|e| e.class_name() == "table-wrap");
        if held || matches!(tag.as_str(), "INPUT" | "TEXTAREA" | "SELECT") {
            return;
        }
        let id = match event.key().as_str() {
            "y" | "Y" => "pair-yes",
            "n" | "N" => "pair-no",
            "s" | "S" => "pair-skip",
            // In a table that is wider than the screen the arrow moves the table.
            "ArrowRight" if !in_table => "pair-skip",
            "u" | "U" => "pair-undo",
            _ => return,
        };
        if let Some(button) = document().get_element_by_id(id) {
            event.prevent_default();
            button.unchecked_into::<web_sys::HtmlElement>().click();
        }
    });
    on_cleanup(move || listener.remove());
}
