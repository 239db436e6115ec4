//! Gate 2, first half: six one-way flows and their mapping lines.

use super::{Build, data::point_handle};
use domain::Kind;
use serde_json::json;

/// Flow, source, target, conversion, logic, example in, example out, time zone rule.
type Line =
    (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const LINES: [Line; 35] = [
    ("f.customer", "crm.customer.no", "erp.debtor.customer_no", "copy", "", "", "", ""),
    ("f.customer", "crm.customer.email", "erp.debtor.mail", "normalise", "trim, lower case", " Jo.Hannsen@Fjord.example", "jo.hannsen@fjord.example", ""),
    // 80 characters into 30 without a rule, on purpose (MAP-003).
    ("f.customer", "crm.customer.name", "erp.debtor.name", "copy", "", "", "", ""),
    ("f.customer", "crm.customer.postcode", "erp.debtor.zip", "format", "four digits, zeros in front", "820", "0820", ""),
    ("f.customer", "crm.customer.born", "erp.debtor.born", "copy", "", "", "", ""),
    ("f.order", "shop.orders.order_no", "erp.sales_order.order_no", "copy", "", "", "", ""),
    ("f.order", "shop.orders.ordered_on", "erp.sales_order.order_date", "copy", "", "", "", ""),
    ("f.order", "shop.orders.customer_no@order", "erp.sales_order.customer_no@order", "copy", "", "", "", ""),
    ("f.order", "shop.orders.total", "erp.sales_order.total", "copy", "", "", "", ""),
    ("f.order", "shop.orders.currency", "erp.sales_order.currency", "copy", "", "", "", ""),
    ("f.order", "shop.orders.status", "erp.sales_order.status", "copy", "", "", "", ""),
    ("f.order", "shop.orders.postcode", "erp.sales_order.ship_zip", "format", "four digits, zeros in front", "810", "0810", ""),
    ("f.order", "shop.orders.pieces", "erp.sales_order.pieces", "copy", "", "", "", ""),
    ("f.order", "shop.orders.payment", "erp.sales_order.payment", "copy", "", "", "", ""),
    ("f.product", "erp.item.sku", "shop.products.sku", "copy", "", "", "", ""),
    ("f.product", "erp.item.title", "shop.products.title", "copy", "", "", "", ""),
    ("f.product", "erp.item.price", "shop.products.price", "format", "two decimals, point", "129.9", "129.90", ""),
    ("f.product", "erp.item.colour", "shop.products.colour", "copy", "", "", "", ""),
    ("f.product", "erp.item.size", "shop.products.size", "copy", "", "", "", ""),
    ("f.product", "erp.item.barcode", "shop.products.barcode", "copy", "", "", "", ""),
    ("f.product", "erp.item.label", "shop.products.label", "copy", "", "", "", ""),
    ("f.loyalty", "mcloy.contact.loyalty_id", "crm.customer.loyalty_no", "copy", "", "", "", ""),
    ("f.loyalty", "mcloy.contact.tier", "crm.customer.tier", "copy", "", "", "", ""),
    ("f.loyalty", "mcloy.contact.points", "crm.customer.points", "copy", "", "", "", ""),
    ("f.loyalty", "mcloy.contact.joined", "crm.customer.member_since", "copy", "", "", "", ""),
    ("f.au", "mcau.subscriber.ok", "crm.consent.email_ok", "copy", "", "", "", ""),
    ("f.au", "mcau.subscriber.at", "crm.consent.given_at", "format", "to UTC", "2026-03-02T15:15+11:00", "2026-03-02T04:15:00Z", "Sydney time to UTC"),
    ("f.au", "mcau.subscriber.via", "crm.consent.via", "copy", "", "", "", ""),
    ("f.au", "mcau.subscriber.sms", "crm.consent.sms_ok", "copy", "", "", "", ""),
    ("f.au", "mcau.subscriber.reason", "crm.consent.reason", "copy", "", "", "", ""),
    ("f.nz", "mcnz.subscriber.ok", "crm.consent.email_ok", "copy", "", "", "", ""),
    ("f.nz", "mcnz.subscriber.at", "crm.consent.given_at", "format", "to UTC", "2026-03-02T17:15+13:00", "2026-03-02T04:15:00Z", "Auckland time to UTC"),
    ("f.nz", "mcnz.subscriber.via", "crm.consent.via", "copy", "", "", "", ""),
    ("f.nz", "mcnz.subscriber.sms", "crm.consent.sms_ok", "copy", "", "", "", ""),
    ("f.nz", "mcnz.subscriber.reason", "crm.consent.reason", "copy", "", "", "", ""),
];

/// Flows without their lines; added before the processes, whose steps name them.
pub(crate) fn fill(b: &mut Build) {
    let customer = json!({
        "name": "Customer: CRM → ERP", "origin": b.id("crm"), "destination": b.id("erp"), "direction": "one_way",
        "trigger": "event", "timing": "near", "write_mode": "upsert", "weekly_volume": 420, "peak_per_minute": 60,
        "error_policy": "Three tries within ten minutes, then the exception queue; alert at 20 waiting.",
        "triage_owner": "Leila Haddad", "fallback": "Finance enters urgent debtors by hand and marks them; they are matched by customer number afterwards.",
        "monitor": "No customer for two hours on a weekday", "monitor_owner": "Rui Barros",
        "protection": "TLS 1.3, client certificate of the integration account",
        "runbook": "Look for the customer number in the flow's journal, then in the exception queue; call the integration team.",
    });
    let order = json!({
        "name": "Orders: Web shop → ERP", "origin": b.id("shop"), "destination": b.id("erp"), "direction": "one_way",
        "trigger": "schedule", "timing": "near", "write_mode": "upsert", "weekly_volume": 1850, "peak_per_minute": 240,
        "error_policy": "Five tries, then the exception queue; finance sees it every morning.",
        "triage_owner": "Leila Haddad", "fallback": "Orders wait in the web shop; customers see “received” for up to four hours.",
        "monitor": "Orders older than 30 minutes that are not in the ERP: more than 5", "monitor_owner": "Rui Barros",
        "protection": "SFTP with keys, files encrypted",
        "runbook": "Compare the export's last order number with the ERP; send the file again, keys make it harmless.",
    });
    let product = json!({
        "name": "Products: ERP → Web shop", "origin": b.id("erp"), "destination": b.id("shop"), "direction": "one_way",
        "trigger": "schedule", "timing": "batch", "write_mode": "upsert", "weekly_volume": 480, "peak_per_minute": 120,
        "error_policy": "The whole file is refused when one line is wrong; alert at once.",
        "triage_owner": "Rui Barros", "fallback": "Yesterday's prices stay.",
        "monitor": "File missing at 05:00", "monitor_owner": "Rui Barros",
        "protection": "SFTP with keys",
        "runbook": "Find the line named in the alert, have purchasing mend it, start the job again.",
    });
    let loyalty = json!({
        "name": "Loyalty: Marketing Cloud Loyalty → CRM", "origin": b.id("mcloy"), "destination": b.id("crm"), "direction": "one_way",
        "trigger": "schedule", "timing": "batch", "write_mode": "update", "weekly_volume": 5000, "peak_per_minute": 300,
        "error_policy": "Members without a match go to the loyalty desk's list.",
        "triage_owner": "Mira Kern", "fallback": "Tiers of yesterday stay.",
        "monitor": "Fewer than 4 000 members in a night", "monitor_owner": "Mira Kern",
        "protection": "SFTP with keys",
        // Nobody has written the runbook yet (CLN-012).
    });
    let consent = |b: &Build, brand: &str, from: &str, volume: i64| {
        json!({
            "name": format!("Consent {brand}: Marketing Cloud {brand} → CRM"), "origin": b.id(from), "destination": b.id("crm"),
            "direction": "one_way", "trigger": "event", "timing": "real_time", "write_mode": "upsert",
            "weekly_volume": volume, "peak_per_minute": 90,
            "error_policy": "Retry for an hour, then the exception queue; a withdrawal is never dropped.",
            "triage_owner": "Mira Kern", "fallback": "The call centre reads consents in the cloud itself.",
            "monitor": "No event for six hours", "monitor_owner": "Rui Barros",
            "protection": "TLS 1.3, signed events",
            "runbook": "Events carry the subscriber key; look it up in the cloud, then the e-mail in the CRM.",
        })
    };
    let au = consent(b, "AU", "mcau", 260);
    let nz = consent(b, "NZ", "mcnz", 95);
    for (handle, body) in [
        ("f.customer", customer),
        ("f.order", order),
        ("f.product", product),
        ("f.loyalty", loyalty),
        ("f.au", au),
        ("f.nz", nz),
    ] {
        b.add(Kind::Flow, handle, body);
    }
}

/// Mapping lines, keys and supported processes.
pub(crate) fn lines(b: &mut Build) {
    for (flow, key, processes) in [
        ("f.customer", "id.customer", "pr.signup"),
        ("f.order", "id.order", "pr.order"),
        ("f.product", "id.sku", "pr.order"),
        ("f.loyalty", "id.loyalty", "pr.signup"),
        ("f.au", "id.subscriber", "pr.consent"),
        ("f.nz", "id.subscriber", "pr.consent"),
    ] {
        let (key, processes) = (b.id(key), b.ids(processes));
        b.set(flow, "match_key", json!(null), key);
        b.set(flow, "processes", json!([]), processes);
    }
    for (flow, source, target, conversion, logic, input, expect, zone) in LINES {
        let handle = format!("line.{flow}.{target}");
        let examples =
            if input.is_empty() { json!([]) } else { b.parts(&handle, [json!({ "input": input, "expect": expect })]) };
        let body = json!({
            "flow": b.id(flow), "target": b.id(target), "sources": b.ids(source), "conversion": conversion, "logic": logic,
            "null_rule": if target.ends_with("_no") || target.ends_with("sku") { "reject" } else { "skip" },
            "time_zone_rule": zone, "examples": examples,
        });
        b.add(Kind::MappingLine, &handle, body);
    }
    effects(b);
}

fn effects(b: &mut Build) {
    for (n, (name, point, instance, team, certainty, by)) in [
        (
            "Reminder letters go to the address of the CRM from the first night on",
            point_handle("customer", "email"),
            "erp",
            "fin",
            "known",
            "Leila Haddad",
        ),
        (
            "Name labels in the warehouse are cut off at 30 characters",
            point_handle("customer", "name"),
            "erp",
            "fin",
            "known",
            "Leila Haddad",
        ),
        (
            "Freight zones are recalculated when a postcode changes",
            point_handle("customer", "postcode"),
            "erp",
            "fin",
            "likely",
            "Leila Haddad",
        ),
        (
            "The till shows the tier of the night before",
            point_handle("customer", "tier"),
            "crm",
            "store",
            "likely",
            "Grace Okafor",
        ),
        (
            "Campaign audiences shrink by those who opted out by phone",
            point_handle("consent", "opt_in"),
            "crm",
            "mops",
            "known",
            "Mira Kern",
        ),
        (
            "Daily turnover counts web orders on the day of the checkout",
            point_handle("order", "total"),
            "erp",
            "fin",
            "possible",
            "",
        ),
        (
            "Outlet sends to people who opted out with another brand",
            point_handle("consent", "opt_in"),
            "mcout",
            "outlet",
            "likely",
            "Mira Kern",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({
            "name": name, "data_point": b.id(&point), "instance": b.id(instance), "team": b.id(team),
            "certainty": certainty, "checked_by": by,
        });
        b.add(Kind::Effect, &format!("effect.{n}"), body);
    }
}
