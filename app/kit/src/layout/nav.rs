//! The navigation of a plan: its pages in gate order, each gate with its state.

use super::PlanPage;
use crate::ui::{Crumb, GateDot, GateLook, Icon};
use domain::Kind;
use leptos::prelude::*;
use rules::{Gate, GateState};
use views::plans::PlanHead;
use wasm_bindgen::JsCast;

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
        pages: &[
            ("sync", "Dashboard"),
            ("worklists", "Work-lists"),
            ("connections", "Connections"),
            ("crosswalk", "Crosswalk"),
            ("history", "Decisions"),
        ],
    },
    Entry { label: "Trial", path: "trial", sign: Sign::Gate(4), pages: &[] },
    Entry { label: "Sign-off", path: "review", sign: Sign::Gate(5), pages: &[] },
];

/// At the foot: what cuts across the gates.
const FOOT: [Entry; 4] = [
    Entry { label: "Findings", path: "findings", sign: Sign::Icon("flag"), pages: &[] },
    Entry { label: "Versions", path: "versions", sign: Sign::Icon("history"), pages: &[] },
    Entry { label: "Export", path: "export", sign: Sign::Icon("download"), pages: &[] },
    Entry { label: "All records", path: "items", sign: Sign::Icon("table"), pages: &[] },
];

/// The navigation.
#[component]
pub fn PlanNav(
    /// The plan.
    head: PlanHead,
) -> impl IntoView {
    let path = PlanPage::here().path;
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
    let list = NodeRef::<leptos::html::Ul>::new();
    Effect::new(move |_| {
        path.track();
        if let Some(list) = list.get() {
            request_animation_frame(move || show_current(&list));
        }
    });
    view! { <ul class="side-list" node_ref=list>{entries}</ul> }
}

/// On a narrow screen the list is a strip that is wider than the screen: brings the current page into it.
fn show_current(list: &web_sys::Element) {
    const MARGIN: i32 = 16;
    if let Ok(Some(current)) = list.query_selector("[aria-current]")
        && let Some(current) = current.dyn_ref::<web_sys::HtmlElement>()
    {
        list.set_scroll_left(current.offset_left() - MARGIN);
    }
}

/// The way to a page below the plan: its section, and what stands in it. Nothing on the overview.
pub fn crumbs_of(path: &str, root: &str) -> Vec<Crumb> {
    let Some(here) = page_of(path, root).filter(|page| !page.is_empty()) else { return Vec::new() };
    let named = |entry: &'static Entry| entry.pages.iter().find(|(path, _)| *path == here).map(|(_, label)| *label);
    let entries = || GATES.iter().chain(&FOOT);
    let section = entries().find_map(named).or_else(|| entries().find(|e| e.path == here).map(|entry| entry.label));
    let leaf = leaf_of(&path[root.len()..]);
    let href = leaf.is_some().then(|| format!("{root}/{here}"));
    let crumb = |label: String, href| Crumb { label, href };
    section.map(|label| crumb(label.to_owned(), href)).into_iter().chain(leaf.map(|label| crumb(label, None))).collect()
}

/// What a page below a section is about: a kind, the key of an item, the number of a run.
fn leaf_of(rest: &str) -> Option<String> {
    let mut parts = rest.trim_start_matches('/').split('/').filter(|part| !part.is_empty());
    let leaf = match (parts.next()?, parts.next()?, parts.next()) {
        ("items", kind, None) => format!("all {}", Kind::from_code(kind)?.many()),
        ("items", kind, Some("new")) => format!("new {}", Kind::from_code(kind)?.one()),
        ("items", kind, Some(key)) => {
            // An id says nothing to people.
            if key.len() < 20 { key.to_owned() } else { Kind::from_code(kind)?.one().to_owned() }
        }
        ("checks", "new", _) => "new check".to_owned(),
        ("runs", number, _) => format!("run {number}"),
        ("worklists", "new", _) => "new work-lists".to_owned(),
        (_, key, _) => key.to_owned(),
    };
    Some(leaf)
}

/// The page in the navigation that a page of the plan belongs to; empty on the overview.
fn page_of<'a>(path: &'a str, root: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(root)?;
    let mut parts = rest.trim_start_matches('/').split('/');
    let page = parts.next().unwrap_or_default();
    Some(match page {
        // Checks and their runs are reached through the dashboard.
        "checks" | "runs" => "sync",
        "compare" => "versions",
        "items" => parts.next().and_then(Kind::from_code).map_or("items", home_of),
        page => page,
    })
}

/// The page on which items of a kind are seen together.
fn home_of(kind: Kind) -> &'static str {
    match kind {
        Kind::BusinessObject | Kind::DataPoint | Kind::Occurrence => "data",
        Kind::Truth | Kind::RecordRole | Kind::Scope | Kind::Resolution => "truth",
        Kind::System | Kind::Instance | Kind::Term | Kind::Identifier => "systems",
        Kind::Process | Kind::Variant | Kind::Step | Kind::Walkthrough | Kind::Discrepancy => "process",
        Kind::Flow | Kind::MappingLine | Kind::DesignOption => "flows",
        Kind::Team | Kind::Impact | Kind::Communication => "change",
        Kind::Effect | Kind::Risk | Kind::Opportunity => "risks",
        Kind::SyncClaim | Kind::Check => "sync",
        Kind::HistoryDecision | Kind::Obligation => "history",
        Kind::TrialAnswer => "trial",
        Kind::Charter => "",
    }
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
        (Sign::Gate(_), gate) => view! { <GateDot look=gate.map_or(GateLook::Wait, gate_look)/> }.into_any(),
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

/// How a gate is drawn: half filled where something is open and something is done.
pub fn gate_look(gate: &Gate) -> GateLook {
    let done = gate.reasons.iter().any(|reason| reason.sign == rules::Sign::Good);
    match gate.state {
        GateState::Passes => GateLook::Pass,
        GateState::Blocked if done => GateLook::Part,
        GateState::Blocked => GateLook::Block,
        GateState::NotBegun | GateState::Waits => GateLook::Wait,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(path: &str) -> Vec<String> {
        crumbs_of(path, "/p/demo").into_iter().map(|c| c.label).collect()
    }

    #[test]
    fn every_page_knows_its_section() {
        assert!(way("/p/demo").is_empty());
        assert_eq!(way("/p/demo/truth"), ["Sources of truth"]);
        assert_eq!(way("/p/demo/items"), ["All records"]);
        assert_eq!(way("/p/demo/items/data_point/D2"), ["Data points", "D2"]);
        assert_eq!(way("/p/demo/items/step"), ["Processes", "all steps"]);
        assert_eq!(way("/p/demo/items/truth/new"), ["Sources of truth", "new source of truth"]);
        assert_eq!(way("/p/demo/process/P1"), ["Processes", "P1"]);
        assert_eq!(way("/p/demo/runs/3/differences"), ["Dashboard", "run 3"]);
        assert_eq!(way("/p/demo/worklists/new"), ["Work-lists", "new work-lists"]);
        let list = &crumbs_of("/p/demo/items/scope/Z1", "/p/demo")[0];
        assert_eq!(list.href.as_deref(), Some("/p/demo/truth"));
    }

    #[test]
    fn the_section_of_an_item_is_the_current_one() {
        for (path, here) in [("/items/risk/R1", "risks"), ("/items/any/0", "items"), ("/checks/CK1", "sync"), ("", "")]
        {
            assert_eq!(page_of(&format!("/p/demo{path}"), "/p/demo"), Some(here), "{path}");
        }
    }
}
