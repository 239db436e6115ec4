//! The three ways of treating existing data, each with what must hold for it and where that stands. What nobody has
//! measured is not known, and is never taken for met.

use super::subjects::Looked;
use crate::activity;
use domain::{
    Choices, Date, RunTotals, Timestamp,
    entity::{DataPoint, HistoryChoice, ObligationState},
};
use rules::{Linked, Linking, Profile, Robustness, consequences_of_accept, number, percent};
use views::history::{Condition, Mark, OptionCard, Pointer};

/// The three ways, each with the sentence that says when it is a good idea.
const WAYS: [(HistoryChoice, &str); 3] = [
    (
        HistoryChoice::Overwrite,
        "Replace what the destination has. Good where the source is robust and a unique identifier links the records.",
    ),
    (
        HistoryChoice::CleanUp,
        "Have people put right what differs, best while planning. Good where there is little of it, or where neither side is right.",
    ),
    (
        HistoryChoice::Accept,
        "Leave existing data as it is. Good where cleaning is not worth it, and somebody carries what follows.",
    ),
];
/// Data points that are named in a sentence.
const NAMED: usize = 4;

/// A card for each of the ways.
pub(super) fn cards(cx: &Looked<'_>) -> Vec<OptionCard> {
    WAYS.iter().map(|(choice, sentence)| card(cx, *choice, sentence)).collect()
}

fn card(cx: &Looked<'_>, choice: HistoryChoice, sentence: &str) -> OptionCard {
    let considered = cx.decision.and_then(|d| d.options.iter().find(|o| o.choice == Some(choice)));
    OptionCard {
        code: choice.code().into(),
        label: choice.label().into(),
        sentence: sentence.into(),
        conditions: match choice {
            HistoryChoice::Overwrite => overwrite(cx),
            HistoryChoice::CleanUp => clean_up(cx),
            HistoryChoice::Accept => accept(cx),
        },
        part: considered.map_or_else(|| format!("new-{}", choice.code()), |o| o.id.to_string()),
        pros: considered.map(|o| o.pros.to_string()).unwrap_or_default(),
        cons: considered.map(|o| o.cons.to_string()).unwrap_or_default(),
        hours: considered.and_then(|o| o.effort_hours),
        chosen: cx.decision.is_some_and(|d| d.choice == Some(choice)),
    }
}

fn condition(mark: Mark, text: impl Into<String>, from: Option<Pointer>, next: Option<Pointer>) -> Condition {
    Condition { mark, text: text.into(), from, next }
}

fn met(holds: bool) -> Mark {
    if holds { Mark::Met } else { Mark::NotMet }
}

fn to(label: &str, href: String) -> Option<Pointer> {
    Some(Pointer { label: label.into(), href })
}

fn unmeasured(cx: &Looked<'_>, what: &str) -> Condition {
    condition(Mark::NotKnown, format!("{what}: nobody has measured it"), None, Some(cx.run_again()))
}

/// Entries of the differences of the run, under other words.
fn entries(cx: &Looked<'_>, label: &str, query: &str) -> Option<Pointer> {
    cx.in_run(&format!("/differences?{query}")).map(|p| Pointer { label: label.into(), ..p })
}

fn overwrite(cx: &Looked<'_>) -> Vec<Condition> {
    let linking = cx.about.linking(&cx.access.plan, cx.measured.as_ref());
    let mut conditions = vec![identified(cx, linking)];
    match cx.measured {
        None => conditions.push(unmeasured(cx, "How robust the source is, and what would be lost")),
        Some(m) => {
            conditions.push(linked(cx, linking.and_then(|linking| linking.linked)));
            match m.source_is_right().zip(m.robustness()) {
                None => {
                    let number = m.run.number;
                    let words = format!(
                        "How robust the source is, and what would be lost: run {number} does not measure the source"
                    );
                    conditions.push(condition(Mark::NotKnown, words, cx.in_run(""), Some(cx.run_again())));
                }
                Some((right, source)) => {
                    conditions.extend([keys(cx, m.totals, right, source), values(cx, right, source), loss(cx)]);
                }
            }
            conditions.push(age(cx));
        }
    }
    let backed_up = cx.decision.is_some_and(|d| !d.backup.is_empty());
    let words = if backed_up {
        "There is a way back"
    } else {
        "There is no way back yet: say in the decision how to restore what was overwritten"
    };
    conditions.push(condition(met(backed_up), words, None, None));
    conditions
}

/// Whether one identifier is stored on both sides.
fn identified(cx: &Looked<'_>, linking: Option<Linking<'_>>) -> Condition {
    match linking {
        Some(Linking { identifier, .. }) => {
            let words = format!("A unique identifier is recorded on both sides: {}", identifier.name);
            condition(Mark::Met, words, to("identifier", activity::href(cx.access, identifier.item)), None)
        }
        None => {
            let new = format!("/p/{}/items/identifier/new?object={}", cx.access.plan.key, cx.object);
            let words = "No identifier is recorded that both sides store";
            condition(Mark::NotMet, words, None, to("record one", new))
        }
    }
}

/// Share of the records of the source that have exactly one partner by the identifier.
fn linked(cx: &Looked<'_>, found: Option<Linked>) -> Condition {
    let Some((check, found)) = cx.measured.and_then(|m| m.check).zip(found) else {
        let words = "How many records the identifier links: no run matched by an identifier that is recorded";
        return condition(Mark::NotKnown, words, cx.in_run(""), Some(cx.run_again()));
    };
    let key: Vec<String> =
        check
            .key
            .iter()
            .map(|pair| {
                if pair.left == pair.right { pair.left.to_string() } else { format!("{} = {}", pair.left, pair.right) }
            })
            .collect();
    let words = format!(
        "{} of the {} records of the source have exactly one partner by {}; {} are ambiguous",
        found.share().in_words(),
        number(found.records()),
        key.join(", "),
        number(found.ambiguous),
    );
    let holds = found.enough(wanted());
    let class = match (found.ambiguous, cx.source_is_right()) {
        (0, Some(true)) => "only_right",
        (0, _) => "only_left",
        _ => "ambiguous",
    };
    let next = if holds { None } else { entries(cx, "see which are not", &format!("class={class}")) };
    condition(met(holds), words, cx.in_run(""), next)
}

/// The share, per thousand, that the profile wants of a robust source.
fn wanted() -> u64 {
    Profile::recommended().robust_per_mille
}

fn keys(cx: &Looked<'_>, totals: &RunTotals, right: bool, source: Robustness) -> Condition {
    let side = if right { totals.right } else { totals.left };
    let holds = source.keys().reaches(wanted());
    let words = format!(
        "The source is robust: {} of its {} records have a usable key ({} wanted; {} without a key, {} with one that \
         occurs twice)",
        source.keys().in_words(),
        number(source.records),
        percent(wanted(), 1000),
        number(side.empty_keys),
        number(side.duplicate_rows),
    );
    let class = if right { "class=duplicate_right" } else { "class=duplicate_left" };
    let next = if holds { None } else { entries(cx, "see keys that occur twice", class) };
    condition(met(holds), words, cx.in_run(""), next)
}

fn values(cx: &Looked<'_>, right: bool, source: Robustness) -> Condition {
    let Some(values) = source.values else {
        let words = "Its values are there and well formed: the run did not look at all of them";
        return condition(Mark::NotKnown, words, cx.in_run(""), Some(cx.run_again()));
    };
    let holds = values.share().reaches(wanted());
    let words = format!(
        "{} of its {} compared values are there and well formed ({} wanted; {} empty, {} not well formed)",
        values.share().in_words(),
        number(values.all),
        percent(wanted(), 1000),
        number(values.empty),
        number(values.malformed),
    );
    let filled = if right { "left" } else { "right" };
    let empty = || entries(cx, "see what only the other side has", &format!("class=different&filled={filled}"));
    condition(met(holds), words, cx.in_run(""), if holds { None } else { empty() })
}

/// What the destination would lose.
fn loss(cx: &Looked<'_>) -> Condition {
    let Some(losses) = cx.losses() else {
        let counted = cx.measured.is_some_and(|m| rules::losses(m.totals, true).is_some());
        let words = if counted {
            "What the destination would lose: the run does not compare it with the source"
        } else {
            "What the destination would lose: the run did not count which side has a value"
        };
        return condition(Mark::NotKnown, words, cx.in_run(""), Some(cx.run_again()));
    };
    let sum = |of: fn(&rules::Loss) -> u64| losses.iter().map(of).fold(0, u64::saturating_add);
    let (replaced, lost) = (sum(|l| l.replaced), sum(|l| l.lost));
    let preview = cx.preview(&cx.slot).and_then(|href| to("value by value", href));
    if replaced == 0 && lost == 0 {
        return condition(Mark::Met, "No value of the destination would be replaced or lost", preview, None);
    }
    let mut points: Vec<_> = losses.iter().filter(|l| l.gone() > 0).collect();
    points.sort_by_key(|l| std::cmp::Reverse(l.gone()));
    let named = points.iter().take(NAMED).map(|l| {
        let name =
            cx.access.plan.find::<DataPoint>(l.point).map_or_else(|| column(cx, l.field), |p| p.name.to_string());
        format!("{name} {}", number(l.gone()))
    });
    let more = if points.len() > NAMED { ", …" } else { "" };
    let points = named.collect::<Vec<_>>().join(", ");
    let accepted = cx.decision.map(|d| d.loss_accepted_by.to_string()).unwrap_or_default();
    let by = if accepted.is_empty() { "nobody has accepted that".into() } else { format!("accepted by {accepted}") };
    let words = format!(
        "Of the values of the destination, {} would be replaced and {} lost, where the source has none ({points}{more}); {by}",
        number(replaced),
        number(lost),
    );
    let next = if accepted.is_empty() { preview.clone() } else { None };
    condition(met(!accepted.is_empty()), words, preview, next.map(|p| Pointer { label: "look at them".into(), ..p }))
}

fn column(cx: &Looked<'_>, field: usize) -> String {
    let counts = cx.measured.and_then(|m| m.totals.fields.get(field));
    counts
        .map(|f| if f.left == f.right { f.left.clone() } else { format!("{} = {}", f.left, f.right) })
        .unwrap_or_default()
}

/// How old the run is, and whether what it measured is still what is planned.
fn age(cx: &Looked<'_>) -> Condition {
    let Some(m) = cx.measured else { return unmeasured(cx, "How fresh the figures are") };
    let (access, run) = (cx.access, m.run);
    let days = days_between(run.ended_at.unwrap_or(run.queued_at), access.today);
    let mut stale = Vec::new();
    let most = Profile::recommended().evidence_days;
    if days > most {
        stale.push(format!("it is older than {most} days"));
    }
    match m.check {
        None => stale.push("its check is gone".into()),
        Some(check) => {
            if run.spec_hash != rules::spec_hash(check.entity) {
                stale.push("the check was changed since".into());
            }
            let newest = rules::current_run(&access.evidence, &check);
            if let Some(newer) = newest.filter(|newest| newest.number > run.number) {
                stale.push(format!("run {} is newer", newer.number));
            }
        }
    }
    let planned = access.evidence.slice_hashes.get("trial");
    if planned.is_some_and(|hash| *hash != run.slice_hash) {
        stale.push("flows, mapping or systems of the plan were changed since".into());
    }
    let ago = match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        n => format!("{} days ago", number(n.unsigned_abs())),
    };
    let (number, fresh) = (run.number, stale.is_empty());
    let words = if fresh {
        format!(
            "The figures are fresh: run {number} was {ago}, and neither the check nor the plan's flows changed since"
        )
    } else {
        format!("The figures are not fresh: run {number} was {ago}; {}", stale.join("; "))
    };
    condition(met(fresh), words, cx.in_run(""), if fresh { None } else { Some(cx.run_again()) })
}

fn days_between(at: Timestamp, today: Date) -> i64 {
    let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    day.until(today).map(|span| i64::from(span.get_days())).unwrap_or_default().max(0)
}

fn clean_up(cx: &Looked<'_>) -> Vec<Condition> {
    let mut conditions = Vec::new();
    match cx.measured {
        None => conditions.push(unmeasured(cx, "How much there is to clean")),
        Some(m) => {
            let records = m.totals.records.matched.saturating_sub(m.totals.in_sync);
            let words = format!("{} records differ somewhere: about {}", number(records), rules::effort(records));
            conditions.push(condition(Mark::Figure, words, cx.in_run("/differences?class=different"), None));
            let (left, right) = (m.totals.records.only_left, m.totals.records.only_right);
            let words = format!(
                "{} records are on one side only and have to be created or removed",
                number(left.saturating_add(right))
            );
            let class = if left == 0 { "class=only_right" } else { "class=only_left" };
            let alone = left > 0 || right > 0;
            let next = if alone { entries(cx, "see them", class) } else { None };
            conditions.push(condition(met(!alone), words, cx.in_run(""), next));
            conditions.push(age(cx));
        }
    }
    let (due, go_live) = (cx.decision.and_then(|d| d.due), cx.access.plan.go_live());
    conditions.push(match (due, go_live) {
        (Some(due), Some(live)) => {
            let (by, from) = (rules::in_words(due), rules::in_words(live));
            condition(met(due < live), format!("It is done by {by}, go-live is {from}"), None, None)
        }
        (None, _) => condition(Mark::NotMet, "No date is set by which it is done: set one in the decision", None, None),
        (Some(due), None) => {
            let words = format!("It is done by {}; go-live has no date yet", rules::in_words(due));
            condition(Mark::NotKnown, words, None, None)
        }
    });
    conditions
}

fn accept(cx: &Looked<'_>) -> Vec<Condition> {
    let mut conditions = Vec::new();
    match cx.measured {
        None => conditions.push(unmeasured(cx, "How many records stay different")),
        Some(m) => {
            let records = m.totals.records.matched.saturating_sub(m.totals.in_sync);
            let words = format!(
                "{} of {} records will stay different and can come back as exceptions",
                number(records),
                number(m.totals.records.matched)
            );
            conditions.push(condition(Mark::Figure, words, cx.in_run("/differences?class=different"), None));
            let (left, right) = (m.totals.left.duplicate_keys, m.totals.right.duplicate_keys);
            let words = format!("{} keys occur more than once and stay so", number(left.saturating_add(right)));
            let class = if right == 0 { "class=duplicate_left" } else { "class=duplicate_right" };
            let twice = left > 0 || right > 0;
            let next = if twice { entries(cx, "see them", class) } else { None };
            conditions.push(condition(met(!twice), words, cx.in_run(""), next));
            conditions.push(age(cx));
        }
    }
    let all = consequences_of_accept();
    let owned = all
        .iter()
        .filter(|d| {
            cx.obligations
                .iter()
                .any(|o| o.kind == Some(d.kind) && (!o.owner.is_empty() || o.state == Some(ObligationState::Waived)))
        })
        .count();
    let words = format!("{owned} of the {} obligations that follow have an owner", all.len());
    conditions.push(condition(met(owned == all.len()), words, None, None));
    conditions
}
