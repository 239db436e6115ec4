//! The change, and what may go wrong or well: impacts, messages, risks, opportunities, design options.

use super::Build;
use domain::Kind;
use serde_json::{Value, json};

/// Title, audience, stage, days from the day of making, sender, channel, status. The Outlet team is in
/// no audience, on purpose (CHG-002).
#[rustfmt::skip]
const MESSAGES: [(&str, &str, &str, i64, &str, &str, &str); 14] = [
    ("Why four clouds become one picture", "call mops store fin loyal it", "awareness", -6, "Ines Castro", "Town hall", "sent"),
    ("What changes for opt-outs by phone", "call", "awareness", 8, "Tom Silva", "Team meeting", "approved"),
    ("The sheet is going away", "call mops", "desire", 20, "Tom Silva", "Team meeting", "drafted"),
    ("Debtors follow the CRM", "fin", "awareness", 14, "Leila Haddad", "E-mail", "approved"),
    ("No more exports by hand", "it fin", "awareness", 16, "Rui Barros", "E-mail", "drafted"),
    ("How to open the page for opting out", "call", "knowledge", 80, "Dana Whitlock", "Training, 30 minutes", "planned"),
    ("How to read the exception queue", "fin", "knowledge", 84, "Rui Barros", "Training, one hour", "planned"),
    ("Loyalty number in the CRM: what the desk sees", "loyal", "knowledge", 78, "Mira Kern", "Training, 30 minutes", "planned"),
    ("Sign-up at the till, new order of steps", "store", "knowledge", 86, "Grace Okafor", "Store bulletin with film", "planned"),
    ("Confirmations that bounce: what the cloud does now", "mops", "knowledge", 82, "Mira Kern", "Workshop", "planned"),
    ("On call for the flows: runbooks and alerts", "it", "ability", 92, "Rui Barros", "Rehearsal", "planned"),
    ("Rehearsal with real calls", "call mops", "ability", 96, "Tom Silva", "Rehearsal", "planned"),
    ("One week to go", "call mops store fin loyal it", "ability", 104, "Ana Novak", "E-mail", "planned"),
    ("Go-live tomorrow: whom to call", "call mops store fin loyal it", "ability", 110, "Ana Novak", "E-mail", "planned"),
];

/// Team, process, dimension, starts, stops, project's rating, team's rating, rated by.
type Impact = (&'static str, &'static str, &'static str, &'static str, &'static str, i64, i64, &'static str);

#[rustfmt::skip]
const IMPACTS: [Impact; 6] = [
    ("call", "pr.consent", "process", "Opening the page for opting out", "Keeping the sheet", 2, 3, "Bea Quist"),
    ("mops", "pr.consent", "process", "Watching bounced confirmations", "Copying the sheet, unsubscribing by hand", 3, 1, "Yuki Tan"),
    ("fin", "pr.signup", "role", "Reading the exception queue", "Typing debtors, uploading files", 3, 3, "Noor Aziz"),
    ("store", "pr.signup", "tool", "Finding members by loyalty number", "Searching the card drawer", 2, 2, "Sina Falk"),
    ("loyal", "pr.signup", "data", "Answering for the loyalty number", "", 1, 1, "Mira Kern"),
    ("it", "pr.order", "tool", "Being on call for six flows", "Starting exports by hand", 2, 2, "Rui Barros"),
];

/// Risk, cause, effect, probability, impact, owner, response, mitigation, by, days.
type Risk =
    (&'static str, &'static str, &'static str, i64, i64, &'static str, &'static str, &'static str, &'static str, i64);

#[rustfmt::skip]
const RISKS: [Risk; 10] = [
    ("E-mails are overwritten with the wrong address", "Two fields claim to be right for Australia", "Receipts go to strangers", 4, 5, "Mira Kern", "avoid", "Decide the truth for Australia before the first load", "Ana Novak", 14),
    ("Names are cut off on parcels", "The ERP keeps 30 characters", "Parcels come back", 4, 3, "Leila Haddad", "reduce", "Ask the vendor for 80 characters; print the CRM name until then", "Leila Haddad", 60),
    ("Opt-outs are lost on the day of the change", "Sheet and flow run side by side", "Mails against the customer's will", 3, 5, "Tom Silva", "reduce", "Load the sheet of the last four weeks once more after go-live", "Mira Kern", 104),
    ("Web shop exports come late", "The Web shop is in its second year and misses its schedule after updates", "Orders are packed a day later", 3, 3, "Rui Barros", "reduce", "Alert at 30 minutes without a file", "Rui Barros", 70),
    ("Calls are refused at peak", "The documentation states a higher limit than the cloud grants", "Consents arrive late", 3, 3, "Rui Barros", "reduce", "Throttle to 500 calls a minute", "Rui Barros", 75),
    ("Duplicate debtors get two invoices", "18 customer numbers occur twice in the ERP", "Angry customers, wrong dunning", 4, 4, "Leila Haddad", "reduce", "Merge the duplicates by hand", "Noor Aziz", 45),
    ("Invalid postcodes are accepted", "The ERP's check does not refuse them", "Parcels go astray", 3, 2, "Leila Haddad", "reduce", "Check in the flow instead", "Rui Barros", 80),
    ("The Outlet team finds another sheet", "Nobody has told them", "Withdrawals are lost again", 3, 4, "Dana Whitlock", "reduce", "Sit with the team for a day", "Dana Whitlock", 40),
    ("Only one person knows the ERP's interfaces", "Two colleagues left last year", "Nobody mends the flow in August", 2, 4, "Rui Barros", "transfer", "Stand-by contract with the vendor", "Ines Castro", 90),
    ("Members without a loyalty number stay unknown", "12 % joined at the till without a card", "They get no points", 4, 2, "Mira Kern", "accept", "Issue numbers when they come back", "Mira Kern", 100),
];

#[rustfmt::skip]
const OPPORTUNITIES: [(&str, &str, &str, &str); 4] = [
    ("Stores see the tier at the till", "Gold members are greeted as such; no call to the loyalty desk", "exploit", "Grace Okafor"),
    ("One page for all opt-outs", "Customers of two brands opt out once", "enhance", "Mira Kern"),
    ("Clean postcodes cut freight costs", "About 90 parcels a year go to the wrong zone", "exploit", "Leila Haddad"),
    ("Retire the fax field and three unused reports", "Less to maintain", "ignore", "Rui Barros"),
];

/// Name, description, for, against, complexity, whether chosen, reason.
#[rustfmt::skip]
const OPTIONS: [(&str, &str, &str, &str, i64, bool, &str); 3] = [
    ("Six one-way flows", "Each flow starts where the truth is and ends where it is needed.", "Small parts, each with an owner; nothing new to run.", "Six places to look at.", 38, true, "The simplest that meets every truth; each flow can go live by itself."),
    ("Customer hub", "A new system collects all customers and hands them out.", "One place to look at.", "A fifth copy of every customer, and a system nobody knows yet.", 74, false, ""),
    ("Two-way between CRM and ERP", "Both may change everything.", "Nobody has to change habits.", "Loops; the later one wins.", 91, false, ""),
];

pub(crate) fn fill(b: &mut Build) {
    for (n, (name, audience, stage, days, sender, channel, status)) in MESSAGES.into_iter().enumerate() {
        let body = json!({
            "name": name, "audience": b.ids(audience), "stage": stage, "date": b.day(days), "sender": sender, "channel": channel,
            "status": status, "owner": "Dana Whitlock", "feedback": "#harbour-integration, or Dana Whitlock",
            "message": format!("{name}: what is different, from which day, and what stays as it is."),
            "benefit": "Less typing, fewer complaints about mails nobody wanted.",
        });
        b.add(Kind::Communication, &format!("message.{n}"), body);
    }
    for (team, process, dimension, starts, stops, project, own, by) in IMPACTS {
        let body = json!({
            "team": b.id(team), "process": b.id(process), "dimension": dimension, "starts": starts, "stops": stops,
            "project_rating": project, "team_rating": own, "rated_by": by,
        });
        b.add(Kind::Impact, &format!("impact.{team}"), body);
    }
    for (n, (name, cause, effect, probability, impact, owner, strategy, what, by, days)) in
        RISKS.into_iter().enumerate()
    {
        let handle = format!("risk.{n}");
        let action: Value = json!({ "what": what, "owner": by, "due": b.day(days) });
        let body = json!({
            "name": name, "cause": cause, "effect": effect, "probability": probability, "impact": impact, "owner": owner,
            "strategy": strategy, "actions": b.parts(&handle, [action]), "state": if n % 3 == 0 { "mitigating" } else { "open" },
            "residual_probability": (probability - 2).max(1), "residual_impact": impact,
        });
        b.add(Kind::Risk, &handle, body);
    }
    for (n, (name, benefit, strategy, owner)) in OPPORTUNITIES.into_iter().enumerate() {
        let body = json!({ "name": name, "benefit": benefit, "strategy": strategy, "owner": owner });
        b.add(Kind::Opportunity, &format!("opportunity.{n}"), body);
    }
    for (n, (name, description, pros, cons, complexity, chosen, reason)) in OPTIONS.into_iter().enumerate() {
        let body = json!({
            "name": name, "description": description, "pros": pros, "cons": cons, "complexity": complexity, "chosen": chosen, "reason": reason,
        });
        b.add(Kind::DesignOption, &format!("option.{n}"), body);
    }
}

/// The plan's own sheet, which is there from the start.
pub(crate) fn charter(b: &mut Build) {
    let go_live = b.day(111);
    for (field, after) in [
        (
            "purpose",
            json!(
                "Every brand of Harbour Outfitters knows the same customer: receipts reach the right address, an opt-out stops every mail the same day, and finance no longer types what the CRM already knows."
            ),
        ),
        ("sponsor", json!("Ines Castro")),
        ("lead", json!("Ana Novak")),
        ("benefit", json!("Hours a week spent retyping customers, consents and orders")),
        ("benefit_baseline", json!("62 hours a week")),
        ("benefit_target", json!("9 hours a week")),
        ("benefit_owner", json!("Leila Haddad")),
        ("change_reason", json!("Seven teams change how they work, two of them every day.")),
        ("change_lead", json!("Dana Whitlock")),
    ] {
        b.set("charter", field, json!(""), after);
    }
    b.set("charter", "go_live", json!(null), go_live);
    b.set("charter", "change_level", json!(null), json!("standard"));
}
