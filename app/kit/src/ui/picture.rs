//! Draws a picture of the `pictures` crate as SVG: shapes with class names, coloured by the style sheet.

use leptos::prelude::*;
use pictures::{Picture as Drawn, Shape, Table};

use super::{Card, Column, DataTable};

/// A picture at its natural size, in a frame that scrolls when it is wider than the page.
#[component]
pub fn Picture(
    /// What to draw.
    picture: Drawn,
    /// Its left end, which stays in sight while the picture is moved sideways.
    #[prop(optional)]
    pinned: Option<Drawn>,
) -> impl IntoView {
    let view_box = format!("0 0 {} {}", picture.width, picture.height);
    let shapes = picture.shapes.into_iter().map(shape).collect_view();
    let label = picture.label.clone();
    let pinned = pinned.map(|end| {
        let view_box = format!("0 0 {} {}", end.width, end.height);
        let shapes = end.shapes.into_iter().map(shape).collect_view();
        // All of it is in the picture itself.
        view! {
            <svg class="picture pinned" viewBox=view_box width=end.width height=end.height aria-hidden="true">{shapes}</svg>
        }
    });
    view! {
        <div class="picture-frame" tabindex="0" role="group" aria-label=label>
            <svg class="picture" viewBox=view_box width=picture.width height=picture.height role="img" aria-label=picture.label>
                {shapes}
            </svg>
            {pinned}
        </div>
    }
}

fn shape(shape: Shape) -> AnyView {
    match shape {
        Shape::Group { class, id: _, title, place, shapes } => {
            let transform = place.map(|p| p.transform());
            let title = title.map(|t| view! { <title>{t}</title> });
            let inside = shapes.into_iter().map(self::shape).collect_view();
            view! { <g class=class.into_owned() transform=transform>{title}{inside}</g> }.into_any()
        }
        Shape::Rect { class, rect, radius } => {
            view! { <rect class=class.into_owned() x=rect.x y=rect.y width=rect.w height=rect.h rx=radius/> }.into_any()
        }
        Shape::Circle { class, centre, radius } => {
            view! { <circle class=class.into_owned() cx=centre.x cy=centre.y r=radius/> }.into_any()
        }
        Shape::Path { class, d } => view! { <path class=class.into_owned() d=d.into_owned()/> }.into_any(),
        Shape::Text { class, at, anchor, text } => {
            view! { <text class=class.into_owned() x=at.x y=at.y text-anchor=anchor.as_str()>{text}</text> }.into_any()
        }
    }
}

/// The table behind a picture, folded away.
#[component]
pub fn PictureTable(
    /// What the table shows.
    #[prop(into)]
    caption: String,
    /// Its rows.
    table: Table,
) -> impl IntoView {
    let columns = table.header.into_iter().map(|head| Column::words(&head)).collect();
    let rows = table
        .rows
        .into_iter()
        .map(|row| view! { <tr>{row.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr> })
        .collect_view();
    view! {
        <details class="picture-table">
            <summary>"As a table"</summary>
            <Card><DataTable caption=caption columns=columns>{rows}</DataTable></Card>
        </details>
    }
}
