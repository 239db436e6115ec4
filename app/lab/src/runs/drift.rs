//! What changed since the run before: one row per data point, the rows that were read, the columns that came and went.

use kit::ui::{Card, Column, DataTable, grouped};
use leptos::prelude::*;
use rules::{DriftCounts, PointDrift};
use views::sync::{PointRow, RunDrift, RunPage as Page};

/// The card.
pub fn drift_card(root: &str, page: &Page, drift: &RunDrift) -> AnyView {
    let before = drift.drift.before;
    let end = view! { <a class="link" href=format!("{root}/runs/{before}")>"run "{before}</a> }.into_any();
    let counts = drift.drift.counts.as_ref().map(|counts| table(page, counts));
    let columns = (!drift.columns.is_empty()).then(|| {
        let lines = drift.columns.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
        view! {
            <div class="card-body">
                <p>"What the two sides have is not what they had:"</p>
                <ul class="drift-columns">{lines}</ul>
            </div>
        }
    });
    let other = drift.drift.counts.is_none().then(|| {
        view! { <p class="card-foot">"The two runs answer different questions. The next run of the check as it is now is compared with this one."</p> }
    });
    view! {
        <Card title=sentence(&drift.words) end=end id="drift">
            {counts}
            {other}
            {columns}
        </Card>
    }
    .into_any()
}

fn table(page: &Page, counts: &DriftCounts) -> AnyView {
    let rows = page.points.iter().zip(&counts.points).map(|(point, drift)| row(point, drift, counts)).collect_view();
    let columns = vec![
        Column::words("Data point"),
        Column::number("Equal"),
        Column::number("By rule"),
        Column::number("Differ"),
        Column::number("Missing left"),
        Column::number("Missing right"),
        Column::words("New causes"),
    ];
    let table = (!page.points.is_empty()).then(|| {
        view! { <DataTable caption="Changes per data point since the run before" columns=columns>{rows}</DataTable> }
    });
    let words = format!(
        "Rows read: {} in {}, {} in {}. Records matched: {}; without a single partner: {}; missing left: {}; missing right: {}; in sync on every point: {}.",
        signed(counts.left_rows),
        page.left,
        signed(counts.right_rows),
        page.right,
        signed(counts.matched),
        signed(counts.ambiguous),
        signed(counts.missing_left),
        signed(counts.missing_right),
        signed(counts.in_sync),
    );
    view! { {table}<p class="card-foot">{words}</p> }.into_any()
}

fn row(point: &PointRow, drift: &PointDrift, counts: &DriftCounts) -> AnyView {
    let causes: Vec<_> = drift.new_causes.iter().map(|c| format!("{} {}", c.cause, grouped(c.count))).collect();
    let causes = if causes.is_empty() { "–".to_owned() } else { causes.join(" · ") };
    view! {
        <tr>
            <td class="point">{point.name.clone()}</td>
            <td class="n">{signed(drift.equal)}</td>
            <td class="n">{signed(drift.by_rule)}</td>
            <td class="n">{signed(drift.different)}</td>
            <td class="n">{signed(counts.missing_left)}</td>
            <td class="n">{signed(counts.missing_right)}</td>
            <td class="muted">{causes}</td>
        </tr>
    }
    .into_any()
}

/// `+12`, `−4`, `0`.
fn signed(n: i64) -> String {
    match n {
        0 => "0".to_owned(),
        n if n < 0 => format!("−{}", grouped(n.unsigned_abs())),
        n => format!("+{}", grouped(n.unsigned_abs())),
    }
}

/// With a capital letter at its beginning.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_have_a_sign() {
        assert_eq!([0, 7, -1_200].map(signed), ["0", "+7", "−1\u{202f}200"]);
        assert_eq!(sentence("since run 3: x"), "Since run 3: x");
        assert_eq!(sentence(""), "");
    }
}
