//! Gate 2, second half: processes with their pictures, walk-throughs, and what was told differently.

use super::{Build, steps};
use domain::Kind;
use serde_json::{Value, json};

pub(crate) fn fill(b: &mut Build) {
    let signup = json!({
        "name": "Sign-up", "owner": "Tom Silva", "purpose": "A customer becomes known once, with everything receipts and mails need.",
        "frequency": "about 300 times a week", "customer_touchpoint": "A card at once, a welcome mail within the hour instead of after days.",
    });
    let consent = json!({
        "name": "Consent change", "owner": "Tom Silva", "purpose": "What a customer no longer allows stops everywhere.",
        "frequency": "about 40 times a day", "customer_touchpoint": "No mail after opting out; today it may take up to eight days.",
    });
    let order = json!({
        "name": "Order hand-over", "owner": "Grace Okafor", "purpose": "What was paid in the web shop is packed the same day.",
        "frequency": "about 1 850 times a week", "customer_touchpoint": "The parcel leaves on the day of the order.",
    });
    for (handle, body) in [("pr.signup", signup), ("pr.consent", consent), ("pr.order", order)] {
        b.add(Kind::Process, handle, body);
    }
    for (process, kind, source, agreed_by, list) in [
        ("pr.signup", "as_told", "Process manual, page 12", "Tom Silva", steps::SIGNUP_TOLD),
        ("pr.signup", "as_observed", "Walk-through in Circular Wharf", "Tom Silva", steps::SIGNUP_SEEN),
        ("pr.signup", "to_be", "Workshop", "Tom Silva", steps::SIGNUP_TO_BE),
        ("pr.consent", "as_told", "Interview with the team leads", "Tom Silva", steps::CONSENT_TOLD),
        ("pr.consent", "as_observed", "Walk-through at four desks", "Tom Silva", steps::CONSENT_SEEN),
        ("pr.consent", "to_be", "Workshop", "Tom Silva", steps::CONSENT_TO_BE),
        ("pr.order", "as_told", "Operations handbook", "Grace Okafor", steps::ORDER_TOLD),
        ("pr.order", "as_observed", "Interview, and the journal of the ERP", "Grace Okafor", steps::ORDER_SEEN),
        ("pr.order", "to_be", "Workshop", "Grace Okafor", steps::ORDER_TO_BE),
    ] {
        let variant = format!("{process}.{kind}");
        let body = json!({
            "process": b.id(process), "kind": kind, "source": source, "agreed_by": agreed_by, "agreed_on": b.day(-9),
        });
        b.add(Kind::Variant, &variant, body);
        picture(b, &variant, list);
    }
    walks(b);
    discrepancies(b);
}

fn picture(b: &mut Build, variant: &str, list: &[steps::S]) {
    for (n, step) in list.iter().enumerate() {
        let (team, actor) = match step.who.strip_prefix('=') {
            Some(actor) => (Value::Null, actor),
            None => (b.id(step.who), ""),
        };
        let mut body = json!({
            "name": step.name, "variant": b.id(variant), "step_key": step.key, "position": (n + 1) * 10, "team": team,
            "actor": actor, "kind": step.kind, "systems": b.ids(step.systems), "reads": b.ids(step.reads),
            "writes": b.ids(step.writes), "minutes": step.minutes, "per_week": step.per_week,
        });
        match step.extra {
            steps::Extra::Plain => {}
            steps::Extra::Flow(flow) => body["flow"] = b.id(flow),
            steps::Extra::Pain(pain, reason) => {
                body["pain"] = json!(pain);
                body["reason"] = json!(reason);
            }
            steps::Extra::Workaround(reason, replacement) => {
                body["workaround"] = json!(true);
                body["pain"] = json!(3);
                body["reason"] = json!(reason);
                if !replacement.is_empty() {
                    body["replacement"] = json!(replacement);
                    body["fate"] = json!("removed");
                }
            }
        }
        b.add(Kind::Step, &format!("{variant}.{}", step.key), body);
    }
    for step in list.iter().filter(|s| !s.next.is_empty()) {
        let handle = format!("{variant}.{}", step.key);
        let ways: Vec<Value> = step
            .next
            .split('|')
            .map(|way| {
                let (key, condition) = way.split_once(": ").unwrap_or((way, ""));
                json!({ "to": b.id(&format!("{variant}.{key}")), "condition": condition })
            })
            .collect();
        let ways = b.parts(&format!("{handle}.next"), ways);
        b.set(&handle, "next", json!([]), ways);
    }
}

fn walks(b: &mut Build) {
    let people = |b: &Build, handle: &str, list: &[(&str, &str, bool)]| {
        let parts: Vec<Value> = list
            .iter()
            .map(|(name, team, attested)| json!({ "name": name, "team": b.id(team), "does_the_work": true, "attested": attested }))
            .collect();
        b.parts(handle, parts)
    };
    let cases = |b: &Build, handle: &str, list: &[(&str, bool)]| {
        b.parts(handle, list.iter().map(|(label, exception)| json!({ "label": label, "exception": exception })))
    };
    let signup = json!({
        "process": b.id("pr.signup"), "held_on": b.day(-16), "facilitator": "Ana Novak", "mode": "live",
        "participants": people(b, "walk.signup.people", &[
            ("Sina Falk", "store", true), ("Noor Aziz", "fin", true), ("Mira Kern", "loyal", true), ("Yuki Tan", "mops", true),
        ]),
        "cases": cases(b, "walk.signup.cases", &[("Sign-up at the till", false), ("Member with a card from the old programme", true), ("Mail to a mistyped address comes back", true)]),
        "notes": "Cards from before 2021 are kept in a drawer, because the CRM does not know them.\nThe debtor is typed by finance; the manual still speaks of a nightly job.",
    });
    let consent = json!({
        "process": b.id("pr.consent"), "held_on": b.day(-17), "facilitator": "Ana Novak", "mode": "live",
        "participants": people(b, "walk.consent.people", &[("Bea Quist", "call", true), ("Yuki Tan", "mops", true), ("Olu Bright", "outlet", false)]),
        "cases": cases(b, "walk.consent.cases", &[("Opt-out by phone", false), ("Customer with two brands", true), ("Outlet customer", true)]),
        "notes": "Opt-outs are noted in a sheet and copied on Fridays: up to eight days until the last mail.\nNobody had told us about the sheet.",
    });
    let order = json!({
        "process": b.id("pr.order"), "held_on": b.day(-11), "facilitator": "Rui Barros", "mode": "interview",
        "participants": people(b, "walk.order.people", &[("Noor Aziz", "fin", false), ("Sina Falk", "store", false), ("Rui Barros", "it", false)]),
        "cases": cases(b, "walk.order.cases", &[("Ordinary day", false), ("Day after an update of the shop", true)]),
        "notes": "By phone; the picture follows what was said and the ERP's journal.",
    });
    for (handle, body) in [("walk.signup", signup), ("walk.consent", consent), ("walk.order", order)] {
        b.add(Kind::Walkthrough, handle, body);
    }
}

fn discrepancies(b: &mut Build) {
    // The copying on Fridays has no resolution yet, on purpose (WLK-004).
    for (process, key, name, resolution, by) in [
        ("pr.signup", "drawer", "A drawer of old cards is searched", "told_corrected", "Tom Silva"),
        ("pr.signup", "debtor", "Finance types the debtor, no job does it", "told_corrected", "Leila Haddad"),
        ("pr.signup", "bounced", "Bounced confirmations start again at the till", "told_corrected", "Tom Silva"),
        ("pr.consent", "brand", "Outlet goes another way", "told_corrected", "Tom Silva"),
        ("pr.consent", "sheet", "Withdrawals are noted in a sheet", "practice_changed", "Tom Silva"),
        ("pr.consent", "mark", "Nobody marks the withdrawal in the CRM", "told_corrected", "Tom Silva"),
        (
            "pr.consent",
            "unsubscribe",
            "The Outlet cloud is not reachable for marketing operations",
            "told_corrected",
            "Mira Kern",
        ),
        ("pr.consent", "bounce", "One name after the other", "accepted", "Mira Kern"),
        ("pr.consent", "outlet", "A mail to the Outlet team", "practice_changed", "Tom Silva"),
        ("pr.consent", "outlet_off", "The Outlet team unsubscribes by itself", "practice_changed", "Tom Silva"),
        ("pr.consent", "done", "The last mail may come eight days later", "practice_changed", "Tom Silva"),
        ("pr.consent", "debtor", "The debtor is never updated", "told_corrected", "Leila Haddad"),
        ("pr.order", "export", "The export is started by hand", "told_corrected", "Rui Barros"),
        ("pr.order", "load", "Finance uploads the file", "told_corrected", "Leila Haddad"),
    ] {
        let body = json!({ "process": b.id(process), "step_key": key, "name": name, "resolution": resolution, "decided_by": by });
        b.add(Kind::Discrepancy, &format!("gap.{process}.{key}"), body);
    }
    let open = json!({ "process": b.id("pr.consent"), "step_key": "copy", "name": "Told: a nightly job. Seen: copied by hand on Fridays." });
    b.add(Kind::Discrepancy, "gap.pr.consent.copy", open);
}
