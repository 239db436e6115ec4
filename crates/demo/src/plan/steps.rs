//! The steps of the three processes as told, as observed and to be.

/// One step. `who` is the handle of a team, or `=` and a name for anybody else; `systems`, `reads` and
/// `writes` are handles separated by blanks; `next` holds `key` or `key: condition`, separated by bars.
pub(super) struct S {
    pub key: &'static str,
    pub name: &'static str,
    pub who: &'static str,
    pub kind: &'static str,
    pub systems: &'static str,
    pub reads: &'static str,
    pub writes: &'static str,
    pub minutes: i64,
    pub per_week: i64,
    pub next: &'static str,
    pub extra: Extra,
}

/// What is special about a step.
pub(super) enum Extra {
    Plain,
    /// Done by a flow.
    Flow(&'static str),
    /// People help themselves: why, and what replaces it (empty: nobody has said).
    Workaround(&'static str, &'static str),
    /// It hurts, and why.
    Pain(i64, &'static str),
}
use Extra::{Flow, Pain, Plain, Workaround};

/// Key, name, who, kind.
type Head = (&'static str, &'static str, &'static str, &'static str);

const fn s(
    head: Head,
    on: (&'static str, &'static str, &'static str),
    effort: (i64, i64),
    next: &'static str,
    extra: Extra,
) -> S {
    let (key, name, who, kind) = head;
    let (systems, reads, writes) = on;
    S { key, name, who, kind, systems, reads, writes, minutes: effort.0, per_week: effort.1, next, extra }
}

#[rustfmt::skip]
pub(super) const SIGNUP_TOLD: &[S] = &[
    s(("ask", "Customer asks to join", "=Customer", "event"), ("", "", ""), (0, 300), "form", Plain),
    s(("form", "Takes name and address", "store", "user"), ("crm", "", "p.customer.name p.customer.email p.customer.postcode"), (4, 300), "known", Plain),
    s(("known", "Already a customer?", "store", "decision"), ("crm", "p.customer.name p.customer.email", ""), (1, 300), "update: found|create: not found", Plain),
    s(("create", "Creates the record", "store", "user"), ("crm", "", "p.customer.no p.customer.born p.customer.country"), (3, 210), "card", Plain),
    s(("update", "Updates the record", "store", "user"), ("crm", "p.customer.no", "p.customer.email"), (2, 90), "card", Plain),
    s(("card", "Hands out the card", "loyal", "user"), ("mcloy", "p.customer.name", "p.customer.loyalty_no p.customer.since"), (2, 300), "debtor", Plain),
    s(("debtor", "Debtor is created over night", "=ERP", "automated"), ("erp", "p.customer.no", ""), (0, 300), "welcome", Plain),
    s(("welcome", "Sends the welcome mail", "mops", "user"), ("mcau mcnz", "p.customer.email", ""), (1, 300), "", Plain),
];

#[rustfmt::skip]
pub(super) const SIGNUP_SEEN: &[S] = &[
    s(("ask", "Customer asks to join", "=Customer", "event"), ("", "", ""), (0, 300), "form", Plain),
    s(("form", "Takes name and address", "store", "user"), ("crm", "", "p.customer.name p.customer.email p.customer.postcode"), (5, 300), "known", Plain),
    s(("known", "Already a customer?", "store", "decision"), ("crm", "p.customer.name p.customer.email", ""), (2, 300), "update: found|create: not found|drawer: not sure", Plain),
    s(("drawer", "Looks in the card drawer", "store", "manual"), ("", "p.customer.loyalty_no", ""), (3, 45), "update: found|create: not found",
      Workaround("Members who joined at the till are not in the CRM", "Loyalty: Marketing Cloud Loyalty → CRM")),
    s(("create", "Creates the record", "store", "user"), ("crm", "", "p.customer.no p.customer.born p.customer.country"), (4, 230), "card", Plain),
    s(("update", "Updates the record", "store", "user"), ("crm", "p.customer.no", "p.customer.email"), (3, 70), "card", Plain),
    s(("card", "Hands out the card", "loyal", "user"), ("mcloy", "p.customer.name", "p.customer.loyalty_no p.customer.since"), (2, 264), "debtor", Plain),
    s(("debtor", "Types the debtor", "fin", "user"), ("crm erp", "p.customer.no p.customer.email p.customer.name p.customer.postcode", "p.customer.no p.customer.tier"), (3, 300), "bounced",
      Pain(4, "The nightly job was switched off two years ago")),
    s(("bounced", "Did the confirmation arrive?", "mops", "decision"), ("mcau mcnz", "p.customer.email", ""), (1, 300), "form: no, ask again|welcome: yes", Plain),
    s(("welcome", "Sends the welcome mail", "mops", "user"), ("mcau mcnz", "p.customer.email", ""), (1, 288), "", Plain),
];

#[rustfmt::skip]
pub(super) const SIGNUP_TO_BE: &[S] = &[
    s(("ask", "Customer asks to join", "=Customer", "event"), ("", "", ""), (0, 300), "form", Plain),
    s(("form", "Takes name and address", "store", "user"), ("crm", "", "p.customer.name p.customer.email p.customer.postcode"), (4, 300), "known", Plain),
    s(("known", "Already a customer?", "store", "decision"), ("crm", "p.customer.name p.customer.email p.customer.loyalty_no", ""), (1, 300), "update: found|create: not found", Plain),
    s(("create", "Creates the record", "store", "user"), ("crm", "", "p.customer.no p.customer.born p.customer.country"), (3, 210), "card", Plain),
    s(("update", "Updates the record", "store", "user"), ("crm", "p.customer.no", "p.customer.email"), (2, 90), "card", Plain),
    s(("card", "Hands out the card", "loyal", "user"), ("mcloy", "p.customer.name", "p.customer.loyalty_no p.customer.since"), (2, 264), "debtor", Plain),
    s(("debtor", "Debtor follows the CRM", "=ERP", "automated"), ("erp", "p.customer.no p.customer.email p.customer.name", ""), (0, 300), "bounced", Flow("f.customer")),
    s(("bounced", "Did the confirmation arrive?", "=Marketing Cloud", "automated"), ("mcau mcnz", "p.customer.email", ""), (0, 300), "form: no, ask again|welcome: yes", Flow("f.au")),
    s(("welcome", "Sends the welcome mail", "=Marketing Cloud", "automated"), ("mcau mcnz", "p.customer.email", ""), (0, 288), "", Flow("f.au")),
];

#[rustfmt::skip]
pub(super) const CONSENT_TOLD: &[S] = &[
    s(("ask", "Asks to opt out", "=Customer", "event"), ("", "", ""), (0, 280), "find", Plain),
    s(("find", "Looks up the customer", "call", "user"), ("crm", "p.customer.no p.customer.email", ""), (2, 280), "mark", Plain),
    s(("mark", "Marks the withdrawal", "call", "user"), ("crm", "", "p.consent.opt_in"), (1, 280), "copy", Plain),
    s(("copy", "Nightly job tells the clouds", "=Nightly job", "automated"), ("crm mcau mcnz", "p.consent.opt_in", ""), (0, 7), "unsubscribe", Plain),
    s(("unsubscribe", "Unsubscribes in every cloud", "mops", "user"), ("mcau mcnz mcout mcloy", "p.consent.key", "p.consent.opt_in p.consent.opt_time"), (9, 280), "debtor", Plain),
    s(("debtor", "Updates the debtor", "=ERP", "automated"), ("erp", "", ""), (0, 280), "", Plain),
];

#[rustfmt::skip]
pub(super) const CONSENT_SEEN: &[S] = &[
    s(("ask", "Asks to opt out", "=Customer", "event"), ("", "", ""), (0, 280), "find", Plain),
    s(("find", "Looks up the customer", "call", "user"), ("crm", "p.customer.no p.customer.email", ""), (2, 280), "brand", Plain),
    s(("brand", "Which brand?", "call", "decision"), ("crm", "p.customer.country", ""), (1, 280), "sheet: AU or NZ|outlet: Outlet", Plain),
    // Nobody told about the sheet, and nobody has said what replaces it (PRC-008).
    s(("sheet", "Notes it in a sheet", "call", "manual"), ("", "p.customer.email", "p.consent.opt_in"), (1, 250), "copy",
      Workaround("The call centre may not write consents in the CRM", "")),
    s(("copy", "Copies the sheet on Fridays", "mops", "manual"), ("", "p.consent.opt_in", "p.consent.opt_in"), (25, 1), "unsubscribe", Pain(3, "The job ended when the clouds changed their sign-in")),
    s(("unsubscribe", "Unsubscribes in every cloud", "mops", "user"), ("mcau mcnz mcloy", "p.consent.key", "p.consent.opt_in p.consent.opt_time p.consent.withdrawn"), (9, 250), "bounce", Plain),
    s(("bounce", "More names on the sheet?", "mops", "decision"), ("", "", ""), (1, 250), "unsubscribe: yes|done: no", Plain),
    s(("outlet", "Writes to the Outlet team", "call", "manual"), ("", "p.customer.email", ""), (3, 30), "outlet_off", Plain),
    s(("outlet_off", "Unsubscribes in the Outlet cloud", "outlet", "user"), ("mcout", "p.consent.key", "p.consent.opt_in p.consent.opt_time"), (6, 30), "done", Plain),
    s(("done", "Customer gets no more mail", "=Customer", "event"), ("", "", ""), (0, 280), "", Plain),
];

#[rustfmt::skip]
pub(super) const CONSENT_TO_BE: &[S] = &[
    s(("ask", "Asks to opt out", "=Customer", "event"), ("", "", ""), (0, 280), "find", Plain),
    s(("find", "Looks up the customer", "call", "user"), ("crm", "p.customer.no p.customer.email", ""), (2, 280), "mark", Plain),
    s(("mark", "Opens the page for opting out", "call", "user"), ("mcau mcnz mcout", "p.consent.key", "p.consent.opt_in p.consent.opt_time p.consent.withdrawn p.consent.sms p.consent.source"), (1, 280), "copy", Plain),
    s(("copy", "Cloud tells the CRM", "=Marketing Cloud", "automated"), ("crm mcau mcnz", "p.consent.opt_in p.consent.opt_time", ""), (0, 280), "done", Flow("f.au")),
    s(("done", "Customer gets no more mail", "=Customer", "event"), ("", "", ""), (0, 280), "", Plain),
];

#[rustfmt::skip]
pub(super) const ORDER_TOLD: &[S] = &[
    s(("checkout", "Customer pays", "=Customer", "event"), ("shop", "", "p.order.total"), (0, 1850), "export", Plain),
    s(("export", "Web shop writes the file", "=Web shop", "automated"), ("shop", "p.order.no p.order.total", ""), (0, 42), "load", Plain),
    s(("load", "ERP loads the file", "=ERP", "automated"), ("erp", "p.order.no", ""), (0, 42), "check", Plain),
    s(("check", "Everything loaded?", "fin", "decision"), ("erp", "p.order.no", ""), (5, 42), "pack: yes|mend: no", Plain),
    s(("mend", "Mends the refused lines", "fin", "user"), ("erp", "p.order.no p.order.ship_to", "p.order.ship_to"), (6, 60), "load", Plain),
    s(("pack", "Packs the parcel", "store", "manual"), ("", "p.order.ship_to", ""), (7, 1850), "", Plain),
];

#[rustfmt::skip]
pub(super) const ORDER_SEEN: &[S] = &[
    s(("checkout", "Customer pays", "=Customer", "event"), ("shop", "", "p.order.total"), (0, 1850), "export", Plain),
    s(("export", "Starts the export by hand", "it", "user"), ("shop", "p.order.no", ""), (4, 21), "load", Pain(2, "The schedule fails after every update of the shop")),
    s(("load", "Uploads the file to the ERP", "fin", "user"), ("erp", "p.order.no p.order.total p.order.date", ""), (8, 21), "check", Plain),
    s(("check", "Everything loaded?", "fin", "decision"), ("erp", "p.order.no", ""), (5, 21), "pack: yes|mend: no", Plain),
    s(("mend", "Mends the refused lines", "fin", "user"), ("erp", "p.order.no p.order.ship_to", "p.order.ship_to"), (9, 75), "load", Plain),
    s(("pack", "Packs the parcel", "store", "manual"), ("", "p.order.ship_to", ""), (7, 1850), "", Plain),
];

#[rustfmt::skip]
pub(super) const ORDER_TO_BE: &[S] = &[
    s(("checkout", "Customer pays", "=Customer", "event"), ("shop", "", "p.order.total"), (0, 1850), "load", Plain),
    s(("load", "Order reaches the ERP", "=ERP", "automated"), ("erp", "p.order.no p.order.total p.order.customer", ""), (0, 1850), "check", Flow("f.order")),
    s(("check", "Anything in the exception queue?", "fin", "decision"), ("erp", "p.order.no", ""), (3, 7), "pack: no|mend: yes", Plain),
    s(("mend", "Mends the refused lines", "fin", "user"), ("erp", "p.order.no p.order.ship_to", "p.order.ship_to"), (6, 12), "load", Plain),
    s(("pack", "Packs the parcel", "store", "manual"), ("", "p.order.ship_to", ""), (7, 1850), "", Plain),
];
