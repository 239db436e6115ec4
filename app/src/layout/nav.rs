//! The navigation of a plan: its pages in gate order, each gate with its state.

use crate::ui::{GateDot, GateLook, Icon};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use rules::{Gate, GateState};
use views::plans::PlanHead;

/// What stands before the label of an entry.
#[derive(Clone, Copy)]
enum Sign {
    /// State of the gate with this number.
    Gate(u8),
    /// An icon.
    Icon(&'static str),
}

/// One entry: label, path below the plan (empty for the overview), sign, and the pages of its section.
struct Entry {
    label: &'static str,
    path: &'static str,
    sign: Sign,
    /// Path and label of each; empty where the entry is the only page.
    pages: &'static [(&'static str, &'static str)],
}

/// The pages of a plan in gate order. A page added to the route table is added here too.
const GATES: [Entry; 6] = [
    Entry { label: "Overview", path: "", sign: Sign::Icon("house"), pages: &[] },
    Entry {
        label: "Data",
        path: "data",
        sign: Sign::Gate(1),
        pages: &[("data", "Data points"), ("truth", "Sources of truth"), ("systems", "Systems")],
    },
    Entry {
        label: "Process & flow",
        path: "process",
        sign: Sign::Gate(2),
        pages: &[("process", "Processes"), ("flows", "Flows"), ("change", "Change"), ("risks", "Effects & risks")],
    },
    Entry {
        label: "Sync",
        path: "sync",
        sign: Sign::Gate(3),
        pages: &[("sync", "Dashboard"), ("connections", "Connections"), ("history", "Decisions")],
    },
    Entry { label: "Trial", path: "trial", sign: Sign::Gate(4), pages: &[] },
    Entry { label: "Sign-off", path: "review", sign: Sign::Gate(5), pages: &[] },
];

/// At the foot: what cuts across the gates.
const FOOT: [Entry; 3] = [
    Entry { label: "Findings", path: "findings", sign: Sign::Icon("flag"), pages: &[] },
    Entry { label: "Versions", path: "versions", sign: Sign::Icon("history"), pages: &[] },
    Entry { label: "Export", path: "export", sign: Sign::Icon("download"), pages: &[] },
];

/// The navigation.
#[component]
pub fn PlanNav(
    /// The plan.
    head: PlanHead,
) -> impl IntoView {
    let path = use_location().pathname;
    let root = format!("/p/{}", head.key);
    let entries = move || {
        let path = path.get();
        let here = page_of(&path, &root);
        let gates = GATES.iter().map(|entry| item(entry, &head, &root, here, "")).collect_view();
        let foot = FOOT
            .iter()
            .enumerate()
            .map(|(position, entry)| item(entry, &head, &root, here, if position == 0 { "side-gap" } else { "" }));
        view! { {gates}{foot.collect_view()} }.into_any()
    };
    view! { <ul class="side-list">{entries}</ul> }
}

/// Label of the section a page belongs to, for the breadcrumbs; nothing on the overview.
pub fn section_of(path: &str, root: &str) -> Option<&'static str> {
    let here = page_of(path, root).filter(|page| !page.is_empty())?;
    let named = |entry: &'static Entry| entry.pages.iter().find(|(path, _)| *path == here).map(|(_, label)| *label);
    let entries = || GATES.iter().chain(&FOOT);
    entries().find_map(named).or_else(|| entries().find(|entry| entry.path == here).map(|entry| entry.label))
}

/// First part of the path below the plan; empty on the overview.
fn page_of<'a>(path: &'a str, root: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(root)?;
    let page = rest.trim_start_matches('/').split('/').next().unwrap_or_default();
    // Checks and their runs are reached through the dashboard.
    Some(if matches!(page, "checks" | "runs") { "sync" } else { page })
}

fn item(entry: &'static Entry, head: &PlanHead, root: &str, here: Option<&str>, class: &'static str) -> AnyView {
    let inside = entry.pages.iter().any(|(path, _)| Some(*path) == here);
    let exact = Some(entry.path) == here;
    let gate = match entry.sign {
        Sign::Gate(number) => head.gates.get(usize::from(number) - 1),
        Sign::Icon(_) => None,
    };
    let sign = match (entry.sign, gate) {
        (Sign::Icon(name), _) => view! { <Icon name=name/> }.into_any(),
        (Sign::Gate(_), gate) => view! { <GateDot look=look(gate)/> }.into_any(),
    };
    let count = match (gate, entry.path) {
        (Some(gate), _) => gate.errors as u64,
        (None, "findings") => head.findings,
        _ => 0,
    };
    let count = (count > 0).then(|| view! { <span class="count bad">{count.to_string()}</span> });
    let pages = (exact || inside).then(|| pages(entry, root, here));
    let href = if entry.path.is_empty() { root.to_owned() } else { format!("{root}/{}", entry.path) };
    view! {
        <li class=class>
            <a class="side-link" href=href aria-current=(exact || inside).then_some(if entry.pages.is_empty() { "page" } else { "true" })>
                {sign}<span>{entry.label}</span>{count}
            </a>
            {pages}
        </li>
    }
    .into_any()
}

fn pages(entry: &'static Entry, root: &str, here: Option<&str>) -> Option<AnyView> {
    if entry.pages.is_empty() {
        return None;
    }
    let links = entry
        .pages
        .iter()
        .map(|(path, label)| {
            let current = (Some(*path) == here).then_some("page");
            view! { <li><a href=format!("{root}/{path}") aria-current=current>{*label}</a></li> }
        })
        .collect_view();
    Some(view! { <ul class="side-sub">{links}</ul> }.into_any())
}

fn look(gate: Option<&Gate>) -> GateLook {
    match gate.map(|gate| gate.state) {
        Some(GateState::Passes) => GateLook::Pass,
        Some(GateState::Blocked) => GateLook::Block,
        Some(GateState::NotBegun | GateState::Waits) | None => GateLook::Wait,
    }
}
