//! The records of all systems and the differences planted between them, each on records of its own so
//! that the figures of the checks are known beforehand.

use super::names::{self, AU, AU_ZERO, NZ};
use crate::ids::Chance;

/// Customers of the CRM.
pub(crate) const CUSTOMERS: usize = 5000;
/// Customers missing in the ERP.
pub(crate) const MISSING: usize = 20;
/// Customer numbers that occur twice in the ERP.
pub(crate) const TWICE: usize = 18;
/// Debtors the CRM does not know.
pub(crate) const EXTRA: usize = 36;
/// Names longer than the ERP's 30 characters.
pub(crate) const LONG_NAMES: usize = 1204;
/// Loyalty members without a loyalty number.
pub(crate) const NO_LOYALTY: usize = 612;
/// Loyalty members the CRM does not know.
pub(crate) const UNKNOWN_MEMBERS: usize = 20;
/// Orders of the web shop: one for each customer and some more.
pub(crate) const ORDERS: usize = 6200;
/// Orders that never reached the ERP.
pub(crate) const LOST_ORDERS: usize = 45;
/// Articles.
pub(crate) const ARTICLES: usize = 480;

/// How much differs between CRM and ERP; some of it was cleaned between the two runs of the check.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dirt {
    /// E-mails in another case.
    pub email_case: usize,
    /// Postcodes that lost a leading zero.
    pub zeros_lost: usize,
}

impl Dirt {
    /// As found at first.
    pub const BEFORE: Self = Self { email_case: 512, zeros_lost: 174 };
    /// After finance ran a script over the worst of it.
    pub const NOW: Self = Self { email_case: 388, zeros_lost: 81 };
}

#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub no: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub born: String,
    pub city: &'static str,
    pub postcode: String,
    pub brand: &'static str,
    pub tier: &'static str,
    pub points: usize,
    pub since: String,
    pub loyalty_no: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Debtor {
    pub customer_no: String,
    pub name: String,
    pub mail: String,
    pub zip: String,
    pub born: String,
    pub tier: &'static str,
    pub terms: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub no: String,
    pub date: String,
    pub customer: usize,
    pub cents: usize,
    pub currency: &'static str,
    pub status: String,
    pub postcode: String,
    pub pieces: usize,
    pub payment: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct Article {
    pub sku: String,
    pub title: String,
    pub cents: usize,
    pub colour: &'static str,
    pub size: &'static str,
    pub barcode: String,
    pub label: &'static str,
    pub stock: usize,
}

/// Everything the systems hold.
pub(crate) struct World {
    seed: u64,
    pub customers: Vec<Customer>,
    /// Customers in the order differences are planted in: those with a long name first, then those
    /// whose postcode begins with a zero, then the rest; the last are missing or twice in the ERP.
    order: Vec<usize>,
    pub orders: Vec<Order>,
    pub articles: Vec<Article>,
}

const TIERS: [&str; 3] = ["bronze", "silver", "gold"];

impl World {
    pub fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed, "customers");
        let order = chance.shuffled(CUSTOMERS);
        let mut customers: Vec<Customer> = (0..CUSTOMERS).map(|n| customer(&mut chance, n)).collect();
        for at in &order[..LONG_NAMES] {
            customers[*at].name = names::long(&mut chance);
        }
        for at in &order[LONG_NAMES..LONG_NAMES + 300] {
            let (postcode, city) = AU_ZERO[chance.below(AU_ZERO.len())];
            let customer = &mut customers[*at];
            (customer.postcode, customer.city) = (postcode.into(), city);
            if customer.brand == "NZ" {
                customer.brand = "AU";
            }
        }
        for at in &chance.shuffled(CUSTOMERS)[..NO_LOYALTY] {
            customers[*at].loyalty_no = None;
        }
        let orders = orders(&mut Chance::new(seed, "orders"), &customers);
        let articles = articles(&mut Chance::new(seed, "articles"));
        Self { seed, customers, order, orders, articles }
    }

    /// The debtors of the ERP, with as much dirt as is asked for.
    pub fn debtors(&self, dirt: Dirt) -> Vec<Debtor> {
        let mut chance = Chance::new(self.seed, "debtors");
        let matched = CUSTOMERS - MISSING - TWICE;
        let mut all: Vec<Debtor> = self.customers.iter().map(debtor).collect();
        // Each difference takes records of its own from the order they are planted in.
        let long = &self.order[..LONG_NAMES];
        let zeros = &self.order[LONG_NAMES..LONG_NAMES + 300];
        let plain = &self.order[LONG_NAMES + 300..matched];
        for at in long {
            all[*at].name = all[*at].name.chars().take(30).collect();
        }
        for at in &zeros[..dirt.zeros_lost] {
            all[*at].zip = all[*at].zip.trim_start_matches('0').into();
        }
        for (n, at) in plain[..672].iter().enumerate() {
            all[*at].name = respelled(&all[*at].name, n);
        }
        for at in &plain[672..682] {
            all[*at].name = other_name(&mut chance, &all[*at].name);
        }
        for at in &plain[682..694] {
            all[*at].zip = other_postcode(&mut chance, &all[*at].zip);
        }
        for at in &plain[694..704] {
            all[*at].tier = TIERS[(TIERS.iter().position(|t| *t == all[*at].tier).unwrap_or(0) + 1) % 3];
        }
        // E-mails have differences of their own, also on records that differ elsewhere.
        let by_email = &plain[1000..];
        for at in &by_email[..19] {
            all[*at].mail = mistyped(&mut chance, &all[*at].mail);
        }
        for (n, at) in by_email[19..24].iter().enumerate() {
            all[*at].mail = format!("unknown.{}@harbour.example", n + 1);
        }
        for at in &by_email[24..24 + dirt.email_case] {
            all[*at].mail = capitals(&all[*at].mail);
        }
        let mut debtors: Vec<Debtor> = Vec::with_capacity(CUSTOMERS + EXTRA);
        let last = &self.order[matched..];
        let (twice, missing) = last.split_at(TWICE);
        for (n, debtor) in all.iter().enumerate().filter(|(n, _)| !missing.contains(n)) {
            debtors.push(debtor.clone());
            if twice.contains(&n) {
                debtors.push(Debtor { terms: "14 days", name: debtor.name.to_uppercase(), ..debtor.clone() });
            }
        }
        for n in 0..EXTRA {
            let stranger = customer(&mut chance, 60_000 + n);
            debtors.push(Debtor { customer_no: format!("C-0{:04}", 9000 + n), ..debtor(&stranger) });
        }
        debtors
    }

    /// Members of the loyalty cloud: number, customer number, mail, tier, points, joined.
    pub fn members(&self) -> Vec<[String; 6]> {
        let mut chance = Chance::new(self.seed, "members");
        let mut members: Vec<[String; 6]> = Vec::with_capacity(CUSTOMERS + UNKNOWN_MEMBERS);
        let with_card: Vec<usize> = (0..CUSTOMERS).filter(|n| self.customers[*n].loyalty_no.is_some()).collect();
        let mixed = chance.shuffled(with_card.len());
        let planted =
            |from: usize, to: usize| -> Vec<usize> { mixed[from..to].iter().map(|at| with_card[*at]).collect() };
        let (tiers, points) = (planted(0, 31), planted(31, 281));
        for (n, c) in self.customers.iter().enumerate() {
            let tier = if tiers.contains(&n) {
                TIERS[(TIERS.iter().position(|t| *t == c.tier).unwrap_or(0) + 1) % 3]
            } else {
                c.tier
            };
            let points = if points.contains(&n) { c.points + 25 * (1 + n % 7) } else { c.points };
            members.push([
                c.loyalty_no.clone().unwrap_or_default(),
                c.no.clone(),
                c.email.clone(),
                tier.to_owned(),
                points.to_string(),
                c.since.clone(),
            ]);
        }
        for n in 0..UNKNOWN_MEMBERS {
            let stranger = customer(&mut chance, 70_000 + n);
            members.push([
                format!("L9{n:06}"),
                String::new(),
                stranger.email,
                "bronze".into(),
                "0".into(),
                stranger.since,
            ]);
        }
        members
    }

    /// Orders as the ERP has them.
    pub fn sales_orders(&self) -> Vec<Order> {
        let mut chance = Chance::new(self.seed, "sales orders");
        let mixed = chance.shuffled(ORDERS);
        let mut all = self.orders.clone();
        for at in &mixed[..38] {
            all[*at].cents += 5;
        }
        for at in &mixed[38..158] {
            all[*at].status = "packed".into();
        }
        for at in &mixed[158..400] {
            all[*at].status = all[*at].status.to_uppercase();
        }
        for at in &mixed[400..] {
            // The same habit as with customers: a spreadsheet on the way eats the zero.
            if at % 3 == 0 {
                all[*at].postcode = all[*at].postcode.trim_start_matches('0').into();
            }
        }
        let lost = &mixed[ORDERS - LOST_ORDERS..];
        all.into_iter().enumerate().filter(|(n, _)| !lost.contains(n)).map(|(_, o)| o).collect()
    }
}

fn customer(chance: &mut Chance, n: usize) -> Customer {
    let name = names::short(chance);
    let brand = match n % 50 {
        0..=4 => "Outlet",
        5..=16 => "NZ",
        _ => "AU",
    };
    let (postcode, city) = if brand == "NZ" { NZ[chance.below(NZ.len())] } else { AU[chance.below(AU.len())] };
    let points = chance.below(4000);
    Customer {
        no: format!("C-{}", 10_001 + n),
        email: names::email(chance, &name, 10_001 + n),
        name,
        phone: format!("+614{:08}", chance.below(100_000_000)),
        born: date(1941 + chance.below(64), chance),
        city,
        postcode: postcode.into(),
        brand,
        tier: TIERS[points / 1334 % 3],
        points,
        since: date(2014 + chance.below(11), chance),
        loyalty_no: Some(format!("L{:07}", 10_001 + n)),
    }
}

fn debtor(c: &Customer) -> Debtor {
    Debtor {
        customer_no: c.no.clone(),
        name: c.name.clone(),
        mail: c.email.clone(),
        zip: c.postcode.clone(),
        born: c.born.clone(),
        tier: c.tier,
        terms: "30 days",
    }
}

fn date(year: usize, chance: &mut Chance) -> String {
    format!("{year}-{:02}-{:02}", 1 + chance.below(12), 1 + chance.below(28))
}

/// The same name as people retype it: in capitals, with two blanks, with a blank at the end.
fn respelled(name: &str, n: usize) -> String {
    match n % 3 {
        0 => name.to_uppercase(),
        1 => name.replacen(' ', "  ", 1),
        _ => format!("{name} "),
    }
}

fn other_name(chance: &mut Chance, name: &str) -> String {
    loop {
        let other = names::short(chance);
        if !name.starts_with(&other) && !other.starts_with(name) {
            return other;
        }
    }
}

fn other_postcode(chance: &mut Chance, postcode: &str) -> String {
    loop {
        let (other, _) = AU[chance.below(AU.len())];
        if other != postcode {
            return other.into();
        }
    }
}

/// Leaves out one letter of the name before the at sign.
fn mistyped(chance: &mut Chance, mail: &str) -> String {
    let at = 1 + chance.below(3);
    mail.chars().enumerate().filter(|(n, _)| *n != at).map(|(_, c)| c).collect()
}

fn capitals(mail: &str) -> String {
    let mut chars = mail.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn orders(chance: &mut Chance, customers: &[Customer]) -> Vec<Order> {
    (0..ORDERS)
        .map(|n| {
            let at = if n < customers.len() { n } else { chance.below(customers.len()) };
            let customer = &customers[at];
            let pieces = 1 + chance.below(6);
            Order {
                no: format!("W{:07}", 4000 + n),
                date: date(2025, chance),
                customer: at,
                cents: pieces * (1990 + 10 * chance.below(1800)),
                currency: if customer.brand == "NZ" { "NZD" } else { "AUD" },
                status: ["sent", "sent", "sent", "open", "returned"][chance.below(5)].into(),
                postcode: customer.postcode.clone(),
                pieces,
                payment: ["card", "card", "voucher", "invoice"][chance.below(4)],
            }
        })
        .collect()
}

fn articles(chance: &mut Chance) -> Vec<Article> {
    const KINDS: [&str; 8] =
        ["Rain jacket", "Deck shoe", "Fleece", "Dry bag", "Cap", "Sailing trousers", "Merino shirt", "Parka"];
    const LABELS: [&str; 4] = ["Spinnaker", "Halyard", "Lee Shore", "Tideway"];
    const COLOURS: [&str; 6] = ["storm grey", "signal red", "navy", "kelp", "sand", "white"];
    const SIZES: [&str; 6] = ["XS", "S", "M", "L", "XL", "XXL"];
    (0..ARTICLES)
        .map(|n| {
            let label = LABELS[chance.below(LABELS.len())];
            Article {
                sku: format!("HO-{}", 20_001 + n),
                title: format!("{} {label}", KINDS[chance.below(KINDS.len())]),
                cents: 1990 + 100 * chance.below(380),
                colour: COLOURS[chance.below(COLOURS.len())],
                size: SIZES[chance.below(SIZES.len())],
                barcode: format!("93000002{:05}", 10_000 + n),
                label,
                stock: chance.below(90),
            }
        })
        .collect()
}
