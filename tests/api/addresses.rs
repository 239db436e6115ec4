//! Every page there is, read from the route table, so that a page added later is tested from its first day.

use domain::Kind;

const ROUTES: &str = include_str!("../../app/src/app.rs");

/// Addresses of all pages: those of a plan, and for each given item its list, its form and its own page.
pub fn addresses(plan: &str, items: &[(Kind, String)]) -> Vec<String> {
    let (outside, inside) = ROUTES.split_once("<ParentRoute").unwrap();
    let of = |text: &'static str, prefix: &str| -> Vec<String> {
        let routes = text.split("<Route path=path!(\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        routes.map(|route| format!("{prefix}{route}").trim_end_matches('/').to_owned()).collect()
    };
    let mut all = of(outside, "");
    all.extend(of(inside, &format!("/p/{plan}/")));
    all.into_iter().flat_map(|route| filled(&route, items)).collect()
}

/// A route with something in place of its parameters; one address for each item where it names a kind.
fn filled(route: &str, items: &[(Kind, String)]) -> Vec<String> {
    if route.is_empty() {
        return vec!["/".to_owned()];
    }
    let route = route.replace(":token", "nothing").replace(":id", "DP-003").replace(":number", "1");
    if route.contains(":kind") {
        let workspace = route.starts_with("/workspace");
        let at_home = items.iter().filter(|(kind, _)| kind.in_workspace() == workspace);
        return at_home.map(|(kind, key)| route.replace(":kind", kind.code()).replace(":reference", key)).collect();
    }
    let reference = match route.rsplit('/').nth(1) {
        Some("process") => "P1",
        _ => "CK1",
    };
    vec![route.replace(":reference", reference)]
}
