//! Gate 1: business objects, data points, where they live, which field is right, what tells records apart.

use super::{Build, points::POINTS};
use domain::Kind;
use serde_json::{Value, json};

/// Handle, name, definition, owner, steward.
#[rustfmt::skip]
const OBJECTS: [(&str, &str, &str, &str, &str); 5] = [
    ("customer", "Customer", "A person who has signed up with one of our brands. Guests of the web shop are none.", "Ana Novak", "Mira Kern"),
    ("consent", "Consent", "What a customer has allowed one brand to send.", "Mira Kern", "Kofi Mensah"),
    ("product", "Product", "One article in one variant.", "Leila Haddad", "Leila Haddad"),
    ("order", "Order", "A checkout in the web shop that was paid for.", "Grace Okafor", "Leila Haddad"),
    ("stores", "Store", "A place with a till.", "Grace Okafor", "Leila Haddad"),
];

/// Handle, name, object, predicate, expected records.
#[rustfmt::skip]
const SCOPES: [(&str, &str, &str, &str, i64); 7] = [
    ("cust.au", "AU", "customer", "CRM customer.brand = 'AU'", 3300),
    ("cust.nz", "NZ", "customer", "CRM customer.brand = 'NZ'", 1200),
    ("cust.out", "Outlet", "customer", "CRM customer.brand = 'Outlet'", 500),
    ("cons.au", "Consents AU", "consent", "CRM consent.brand = 'AU'", 3300),
    ("cons.nz", "Consents NZ", "consent", "CRM consent.brand = 'NZ'", 1200),
    ("cons.out", "Consents Outlet", "consent", "CRM consent.brand = 'Outlet'", 500),
    ("web", "Web orders", "order", "Web shop orders.status <> 'cancelled'", 6200),
];

/// Object, instance, role, scope, note.
#[rustfmt::skip]
const ROLES: [(&str, &str, &str, &str, &str); 12] = [
    ("customer", "crm", "record", "", "Customers are created and merged here."),
    ("customer", "erp", "copy", "", "Debtors follow the CRM, by hand so far."),
    ("customer", "shop", "copy", "", ""),
    ("consent", "mcau", "record", "cons.au", ""),
    ("consent", "mcnz", "record", "cons.nz", ""),
    ("consent", "mcout", "record", "cons.out", "Nobody outside the team has access."),
    ("consent", "crm", "copy", "", "Read by the call centre."),
    ("product", "erp", "record", "", ""),
    ("product", "shop", "copy", "", "Loaded every night."),
    ("order", "shop", "record", "", ""),
    ("order", "erp", "copy", "", ""),
    ("stores", "erp", "record", "", ""),
];

/// Handle, name, object, kind, fields, stored in.
#[rustfmt::skip]
const IDENTIFIERS: [(&str, &str, &str, &str, &str, &str); 8] = [
    ("id.customer", "Customer number", "customer", "surrogate", "crm.customer.no erp.debtor.customer_no", "crm erp shop mcloy"),
    ("id.loyalty", "Loyalty number", "customer", "natural", "mcloy.contact.loyalty_id crm.customer.loyalty_no", "mcloy crm"),
    ("id.email", "E-mail of the subscriber", "customer", "natural", "mcau.subscriber.email", "mcau"),
    ("id.subscriber", "Subscriber key", "consent", "surrogate", "mcau.subscriber.key mcnz.subscriber.key mcout.subscriber.key", "mcau mcnz mcout"),
    ("id.consent", "Consent record", "consent", "composite", "crm.consent.given_at", "crm"),
    ("id.sku", "Article number", "product", "surrogate", "erp.item.sku shop.products.sku", "erp shop"),
    ("id.order", "Order number", "order", "surrogate", "shop.orders.order_no erp.sales_order.order_no", "shop erp"),
    ("id.store", "Store code", "stores", "natural", "erp.store.code", "erp crm"),
];

/// The clouds that hold consents, with the population each is right for.
const BRANDS: [(&str, &str); 3] = [("mcau", "cons.au"), ("mcnz", "cons.nz"), ("mcout", "cons.out")];

pub(crate) fn fill(b: &mut Build) {
    for (handle, name, definition, owner, steward) in OBJECTS {
        b.add(
            Kind::BusinessObject,
            handle,
            json!({ "name": name, "definition": definition, "owner": owner, "steward": steward }),
        );
    }
    for (handle, name, object, predicate, expected) in SCOPES {
        let object = b.id(object);
        b.add(
            Kind::Scope,
            handle,
            json!({ "name": name, "object": object, "predicate": predicate, "expected_count": expected }),
        );
    }
    for (object, instance, role, scope, note) in ROLES {
        let (o, i) = (b.id(object), b.id(instance));
        let scope = optional(b, scope);
        let body = json!({ "object": o, "instance": i, "role": role, "scope": scope, "note": note });
        b.add(Kind::RecordRole, &format!("role.{object}.{instance}"), body);
    }
    for point in &POINTS {
        let (kind, format) = point.form.split_once('|').unwrap_or((point.form, ""));
        let examples: Vec<&str> = point.examples.lines().collect();
        let body = json!({
            "name": point.name, "object": b.id(point.object), "definition": point.definition,
            "logical_type": kind, "format": format, "examples": examples,
            "unit": if point.slug == "total" || point.slug == "price" { "AUD or NZD" } else { "" },
            "critical": matches!(point.slug, "no" | "email" | "opt_in" | "total"),
            "classification": point.class, "personal": !point.personal.is_empty(), "privacy_purpose": point.personal,
            "retention": if point.personal.is_empty() { "" } else { "3 years after the last purchase" },
        });
        b.add(Kind::DataPoint, &point_handle(point.object, point.slug), body);
    }
    let fax = json!({
        "name": "Fax number", "object": b.id("customer"), "definition": "Number of a fax machine.", "logical_type": "string",
        "examples": ["none since 2016"], "classification": "internal", "out_of_scope": true,
        "scope_reason": "No brand has sent a fax since 2016; the field goes with the next release of the ERP.",
    });
    b.add(Kind::DataPoint, "p.customer.fax", fax);
    occurrences(b);
}

/// Handle of a data point.
pub(super) fn point_handle(object: &str, slug: &str) -> String {
    format!("p.{object}.{slug}")
}

/// Handle of the field of a data point in an instance; a field may serve two points.
fn field_handle<'a>(point: &'a super::points::Point, instance: &str) -> Option<&'a str> {
    let path = |line: &'a str| line.split_whitespace().next();
    point.lives.lines().filter_map(path).find(|path| path.split('.').next() == Some(instance))
}

fn occurrences(b: &mut Build) {
    for point in &POINTS {
        let data_point = b.id(&point_handle(point.object, point.slug));
        for line in point.lives.lines() {
            let mut words = line.split_whitespace();
            let path = words.next().unwrap_or_default();
            let mut names = path.splitn(3, '.');
            let (instance, table, field) = (names.next(), names.next(), names.next());
            let physical = words.next().unwrap_or_default();
            let rest: Vec<&str> = words.collect();
            let length = rest.iter().find_map(|w| w.parse::<i64>().ok());
            let body = json!({
                "data_point": data_point, "instance": b.id(instance.unwrap_or_default()), "object_name": table,
                "field_name": field, "physical_type": physical, "max_length": length,
                "mandatory": rest.iter().any(|w| w.contains('!')), "unique": rest.iter().any(|w| w.contains('*')),
                "codes": if point.slug == "tier" { json!(["bronze", "silver", "gold"]) } else { json!([]) },
                "metadata_source": if matches!(instance, Some("crm" | "erp")) { "introspected" } else { "typed" },
            });
            // The web shop's customer number serves two points; the second gets a handle of its own.
            let handle = if point.slug == "customer" { format!("{path}@order") } else { path.to_owned() };
            b.add(Kind::Occurrence, &handle, body);
        }
    }
}

/// Sources of truth and identifiers, which speak of processes and fields.
pub(crate) fn truths(b: &mut Build) {
    for point in &POINTS {
        let handle = point_handle(point.object, point.slug);
        let brands: Vec<(&str, &str)> = match point.truth {
            "" => continue,
            "brands" => BRANDS.to_vec(),
            one => vec![(one, "")],
        };
        for (instance, scope) in brands {
            let Some(field) = field_handle(point, instance) else {
                continue;
            };
            let field = if point.slug == "customer" { format!("{field}@order") } else { field.to_owned() };
            let scope = optional(b, scope);
            let body = json!({
                "data_point": b.id(&handle), "occurrence": b.id(&field), "scope": scope, "rationale": point.why,
                "process": b.id(&format!("pr.{}", point.process)), "state": "agreed",
                "agreed_by": agreed_by(point.object), "agreed_on": b.day(-18),
            });
            b.add(Kind::Truth, &format!("truth.{handle}.{instance}"), body);
        }
    }
    for (handle, name, object, kind, fields, stored_in) in IDENTIFIERS {
        let body = json!({
            "name": name, "object": b.id(object), "kind": kind, "parts": b.ids(fields), "stored_in": b.ids(stored_in),
        });
        b.add(Kind::Identifier, handle, body);
    }
}

/// The second truth of the e-mail, as Mira Kern proposes it twelve days ago: the conflict of the demo.
pub(crate) fn second_truth(b: &mut Build) {
    let body = json!({
        "data_point": b.id("p.customer.email"), "occurrence": b.id("mcau.subscriber.email"), "scope": b.id("cust.au"),
        "rationale": "The loyalty desk corrects typing errors in Marketing Cloud when mails bounce; the CRM never hears of it.",
        "process": b.id("pr.consent"), "state": "proposed",
    });
    b.aged(Kind::Truth, "truth.p.customer.email.mcau", 12, body);
}

fn agreed_by(object: &str) -> [&'static str; 2] {
    match object {
        "customer" => ["Ana Novak", "Tom Silva"],
        "consent" => ["Mira Kern", "Tom Silva"],
        _ => ["Leila Haddad", "Grace Okafor"],
    }
}

fn optional(b: &Build, handle: &str) -> Value {
    if handle.is_empty() { Value::Null } else { b.id(handle) }
}
