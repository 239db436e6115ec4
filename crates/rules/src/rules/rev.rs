//! REV: those who answer for the plan exist, are not all one person, and have no open questions.

use super::cards;
use crate::{
    context::{Cx, count},
    finding::Hit,
};
use domain::{Approval, Slot, UserId};
use std::collections::{BTreeMap, BTreeSet};

cards! {
    "REV-001" Error locked @5 empty_slot, "Slot without a person";
    seed "it needs to be a conscious decision";
    why "A part nobody answers for is approved by nobody.";
    good "Each of the six slots has a name.";
    bad "Process owner: nobody.";

    "REV-003" Warn @5 open_threads, "Unresolved comments";
    seed "This blog should assist you to consider the important steps in terms of integration planning";
    why "An open question at signing is an open question at go-live.";
    good "All threads resolved.";
    bad "Three threads open.";

    "REV-004" Warn @5 one_person, "One person in several slots";
    seed "it needs to be a conscious decision";
    why "Who checks the one who approves twice? It may be right in a small team; it is printed.";
    good "Six slots, six people.";
    bad "Ana fills four slots.";

    "REV-006" Info @5 expiring, "Waivers end before go-live";
    seed "operates without issues from day 1 after go-live";
    why "What is excused today blocks again before it matters.";
    good "Waived until a week after go-live.";
    bad "Waived until 1 March, go-live 14 March.";
}

fn empty_slot(cx: &Cx<'_>) -> Vec<Hit> {
    let empty = Slot::ALL.into_iter().filter(|slot| !cx.evidence.slots.iter().any(|a| a.slot == *slot));
    empty
        .map(|slot| Hit::plan(format!("Required slot \"{}\" has no eligible person", slot.label())).fact(slot.code()))
        .collect()
}

fn open_threads(cx: &Cx<'_>) -> Vec<Hit> {
    match cx.evidence.open_threads {
        0 => Vec::new(),
        n => vec![
            Hit::plan(format!(
                "{} unresolved",
                count(usize::try_from(n).unwrap_or(usize::MAX), "comment thread is", "comment threads are")
            ))
            .fact(n),
        ],
    }
}

fn one_person(cx: &Cx<'_>) -> Vec<Hit> {
    let evidence = cx.evidence;
    let standings = domain::standings(&evidence.approvals, &evidence.slice_hashes, &evidence.slots);
    let holding: Vec<_> = standings.into_iter().filter(|(_, lapse)| lapse.is_none()).map(|(a, _)| a).collect();
    // Somebody else may fill a slot too; then a person need not. Who has approved it has filled it.
    let alone = evidence.slots.iter().filter(|one| evidence.slots.iter().filter(|a| a.slot == one.slot).count() == 1);
    let mut filled: BTreeMap<UserId, (&str, BTreeSet<Slot>)> = BTreeMap::new();
    let approved = holding.iter().map(|a| (a.user, a.name.as_str(), a.slot));
    for (user, name, slot) in alone.map(|a| (a.user, a.name.as_str(), a.slot)).chain(approved) {
        filled.entry(user).or_insert_with(|| (name, BTreeSet::new())).1.insert(slot);
    }
    let several = filled.into_iter().filter(|(_, (_, slots))| slots.len() > 1).map(|(user, (name, slots))| {
        let message = format!("{name} fills {} slots; separation of duties is not given", slots.len());
        Hit::plan(message).fact(user).facts(slots.into_iter().map(Slot::code))
    });
    let own = |a: &&Approval| a.slot.slice().is_some_and(|slice| evidence.authors.contains(&(a.user, slice)));
    let authors = holding.iter().copied().filter(own).map(|a| {
        let slot = a.slot.label().to_lowercase();
        let message = format!("{} edited what they approved as {slot}; separation of duties is not given", a.name);
        Hit::plan(message).fact(a.user).fact(a.slot.code())
    });
    several.chain(authors).collect()
}

fn expiring(cx: &Cx<'_>) -> Vec<Hit> {
    let Some(go_live) = cx.charter.go_live else {
        return Vec::new();
    };
    let ending = cx.evidence.waivers.iter().filter(|w| w.expires.is_some_and(|last| last < go_live));
    let ids: Vec<_> = ending.map(|w| w.id).collect();
    if ids.is_empty() {
        return Vec::new();
    }
    let n = count(ids.len(), "waiver expires", "waivers expire");
    vec![Hit::plan(format!("{n} before go-live")).facts(ids)]
}
