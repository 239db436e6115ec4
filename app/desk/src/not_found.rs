//! What is shown where there is no page.

use kit::{
    layout::PlainPage,
    ui::{ButtonLink, ButtonLook, Crumb, Empty, PageTitle},
};
use leptos::prelude::*;

/// There is no such page; answers 404 on the server.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    kit::server::no_such_page();
    let action = view! { <ButtonLink href="/plans" label="All plans" look=ButtonLook::Primary/> }.into_any();
    let nowhere: Vec<Crumb> = Vec::new();
    view! {
        <PageTitle text="No such page"/>
        <PlainPage crumbs=nowhere>
            <Empty
                title="There is no such page"
                text="The address may be mistyped, or what it led to was removed. If somebody gave you the link, ask them whether you have access."
                icon="circle-help"
                action=action
            />
        </PlainPage>
    }
    .into_any()
}
