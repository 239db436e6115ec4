//! The one place that waits for data: skeleton while it is on its way, an error in plain words, then the content.
//! Pages hand over a resource and a view of its value; they write no suspense of their own.

use leptos::{prelude::*, tachys::reactive_graph::OwnedView};

use super::{Notice, PageTitle, Tone};

/// What an error must be able to say to be shown to a person.
pub trait Explained {
    /// What went wrong and what to do next, in plain words.
    fn message(&self) -> String;
    /// The id under which the server logged the request, if it did.
    fn request_id(&self) -> Option<String>;
}

/// What the skeleton looks like: choose the one that has the size of the content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SkeletonShape {
    /// A heading and two cards.
    #[default]
    Page,
    /// Rows of a table.
    Rows,
    /// A single card.
    Block,
    /// One line of text.
    Line,
}

/// Waits for a resource and shows it, or says why it cannot be shown.
#[component]
pub fn Loaded<T, E>(
    /// The data, keyed on the address.
    resource: Resource<Result<T, E>>,
    /// Draws the data once it is there.
    #[prop(into)]
    render: Callback<T, AnyView>,
    /// What to show meanwhile.
    #[prop(optional)]
    shape: SkeletonShape,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    E: Explained + Clone + Send + Sync + 'static,
{
    // The content owns what it makes and keeps it as long as it is seen. What the waiting closure owned would be
    // gone as soon as newer data is asked for, under the hands of those who read and type meanwhile.
    let outside = Owner::current().unwrap_or_default();
    view! {
        <Transition fallback=move || view! { <Skeleton shape=shape/> }>
            {move || {
                let outside = outside.clone();
                Suspend::new(async move {
                    let loaded = resource.await;
                    let own = outside.child();
                    let content = own.with(|| match loaded {
                        Ok(value) => render.run(value),
                        Err(error) => {
                            view! { <Trouble message=error.message() request_id=error.request_id()/> }.into_any()
                        }
                    });
                    OwnedView::new_with_owner(content, own)
                })
            }}
        </Transition>
    }
}

/// An error in plain words, with the id to quote when asking for help.
#[component]
pub fn Trouble(
    /// What went wrong and what to do next.
    #[prop(into)]
    message: String,
    /// The id under which the server logged it.
    #[prop(optional_no_strip)]
    request_id: Option<String>,
) -> impl IntoView {
    view! {
        <PageTitle text="This could not be shown"/>
        <div class="trouble">
            <Notice tone=Tone::Bad title="This could not be shown">
                <p>{message}</p>
                {request_id.map(|id| view! { <small>"Request "<span class="mono">{id}</span></small> })}
            </Notice>
        </div>
    }
}

/// Grey bars in the size of what is to come.
#[component]
pub fn Skeleton(
    /// What is to come.
    #[prop(optional)]
    shape: SkeletonShape,
) -> impl IntoView {
    let bars = match shape {
        SkeletonShape::Page => view! {
            <span class="skeleton-line title"></span>
            <span class="skeleton-block"></span>
            <span class="skeleton-block"></span>
        }
        .into_any(),
        SkeletonShape::Rows => {
            let rows = (0..8).map(|_| view! { <span></span> }).collect_view();
            view! { <div class="skeleton-rows">{rows}</div> }.into_any()
        }
        SkeletonShape::Block => view! { <span class="skeleton-block"></span> }.into_any(),
        SkeletonShape::Line => view! { <span class="skeleton-line short"></span> }.into_any(),
    };
    view! { <div class="skeleton" role="status" aria-label="Loading">{bars}</div> }
}
