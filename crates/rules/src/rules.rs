//! The rules: one small function each, and beside it its card in our own words.
//!
//! One file per family. Ids, weights and gates are those of the rule list; gate 0 means the gate of
//! the item found. Rules whose facts nobody records and nothing measures are absent, not switched off, such as
//! those about criteria of the first day, examples that are run, scopes that overlap in the data, what a trial writes
//! and calls, and suggestions and objections in a review.

mod chg;
mod cln;
mod dp;
mod env;
mod flw;
mod general;
mod gov;
mod map;
mod prc;
mod rev;
mod rsk;
mod smp;
mod sot;
mod syn;
mod sys;
mod tec;
mod trm;
mod tst;
mod wlk;

use crate::{Severity, context::Cx, finding::Hit};
use domain::Slot;

pub(crate) use general::{late_rules, sense_of_order};

/// A rule with its card.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its id, such as `DP-003`.
    pub id: &'static str,
    /// What it looks for, in a few words.
    pub title: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// Gate it belongs to; 0 means the gate of the item found.
    pub gate: u8,
    /// Whether it can be neither switched off nor waived.
    pub locked: bool,
    /// The words of the source text it rests on.
    pub sentence: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// An example that is fine.
    pub good: &'static str,
    /// An example that is not.
    pub bad: &'static str,
    pub(crate) run: fn(&Cx<'_>) -> Vec<Hit>,
}

impl Rule {
    /// The slot that answers for what the rule looks at: whose holder may excuse it where it is an error. What is about
    /// the plan as a whole is the sponsor's.
    pub fn slot(&self) -> Slot {
        match self.id.split('-').next() {
            Some("TRM" | "DP" | "SOT" | "SYS" | "SYN" | "CLN") => Slot::DataOwner,
            Some("PRC" | "WLK" | "RSK") => Slot::ProcessOwner,
            Some("CHG") => Slot::ChangeLead,
            Some("FLW" | "MAP" | "TEC" | "ENV" | "TST" | "SMP") => Slot::TechnicalLead,
            Some("GOV") => Slot::Privacy,
            _ => Slot::Sponsor,
        }
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// Declares the cards of one family and ties each to its function.
macro_rules! cards {
    (@locked) => { false };
    (@locked locked) => { true };
    ($(
        $id:literal $severity:ident $($lock:ident)? @ $gate:literal $run:path, $title:literal;
        seed $sentence:literal; why $why:literal; good $good:literal; bad $bad:literal;
    )+) => {
        pub(super) const RULES: &[crate::Rule] = &[$(crate::Rule {
            id: $id,
            title: $title,
            severity: crate::Severity::$severity,
            gate: $gate,
            locked: crate::rules::cards!(@locked $($lock)?),
            sentence: $sentence,
            why: $why,
            good: $good,
            bad: $bad,
            run: $run,
        }),+];
    };
}
use cards;

const FAMILIES: [&[Rule]; 19] = [
    general::RULES,
    trm::RULES,
    dp::RULES,
    sot::RULES,
    sys::RULES,
    flw::RULES,
    map::RULES,
    prc::RULES,
    wlk::RULES,
    chg::RULES,
    rsk::RULES,
    syn::RULES,
    cln::RULES,
    tec::RULES,
    env::RULES,
    tst::RULES,
    smp::RULES,
    gov::RULES,
    rev::RULES,
];

const COUNT: usize = {
    let (mut count, mut family) = (0, 0);
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

/// Every rule, by family.
pub const RULES: &[Rule] = &{
    let mut all = [FAMILIES[0][0]; COUNT];
    let (mut count, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut place = 0;
        while place < FAMILIES[family].len() {
            all[count] = FAMILIES[family][place];
            count += 1;
            place += 1;
        }
        family += 1;
    }
    all
};

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}
