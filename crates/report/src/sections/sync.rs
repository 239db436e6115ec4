//! Gate 3, first half: verdicts, and the newest run of each check with its bars.

use super::expected;
use crate::{
    Bundle,
    document::{Blocks, Cell, Segment, Span, Style, Table, Tone},
    text::{choice, counted, grouped, instant, joined, short_hash},
};
use domain::{
    ConnectionId, FieldCounts, Row, Run, RunTotals,
    entity::{Check, SyncClaim},
};
use pictures::marks::Sign;
use rules::{PointVerdict, Verdict};

pub(super) fn build(bundle: &Bundle, out: &mut Blocks) {
    verdicts(bundle, out);
    let mut any = false;
    for check in bundle.plan.each::<Check>() {
        any = true;
        out.item(2, check.item, check.name.to_string());
        match bundle.evidence.latest_run(check.id()) {
            Some(run) => shown(bundle, &check, run, out),
            None => {
                out.note("This check has never run to its end.");
                expected::unseen(&check, &RunTotals::default(), out);
            }
        }
    }
    if !any {
        out.note("No comparison is set up.");
    }
}

fn verdicts(bundle: &Bundle, out: &mut Blocks) {
    let plan = &bundle.plan;
    if bundle.verdicts.is_empty() {
        let claims = plan.each::<SyncClaim>().count();
        if claims == 0 {
            out.note("Nobody has claimed anything about copies of the data points.");
        }
        return;
    }
    let good = bundle.verdicts.iter().filter(|v| v.verdict.synchronised()).count();
    out.heading(format!("{good} of {} pairs are synchronised", bundle.verdicts.len()));
    let number = |v: &PointVerdict| plan.item(v.point).map_or(i64::MAX, |i| i.number);
    let mut sorted: Vec<&PointVerdict> = bundle.verdicts.iter().collect();
    sorted.sort_by_key(|v| (number(v), plan.title(v.left), plan.title(v.right), v.left, v.right));
    let mut table =
        Table::new(&[("Data point", 2.4), ("Between", 2.2), ("Claimed", 1.8), ("Verdict", 1.7), ("Why", 3.4)], "");
    for v in sorted {
        let run = v.run_number.map(|n| format!("run {n}")).unwrap_or_default();
        table.row(
            None,
            vec![
                Cell::text(plan.title(v.point)),
                Cell::text(plan.title(v.left)).line().plain(plan.title(v.right)),
                Cell::text(choice(v.claimed)).line().styled(choice(v.mechanism), Style::Muted),
                verdict_cell(v.verdict),
                Cell::text(v.reason.clone()).line().styled(run, Style::Muted),
            ],
        );
    }
    out.table(table);
}

fn verdict_cell(verdict: Verdict) -> Cell {
    let (sign, tone) = match verdict {
        Verdict::InSync => (Sign::InSync, Tone::Good),
        Verdict::EqualByRule => (Sign::EqualByRule, Tone::Good),
        Verdict::Coincident => (Sign::Coincident, Tone::Warn),
        Verdict::Differs => (Sign::Differs, Tone::Bad),
        Verdict::Missing => (Sign::Missing, Tone::Warn),
        Verdict::Duplicate => (Sign::Duplicate, Tone::Warn),
        Verdict::Unknown => (Sign::Unknown, Tone::Quiet),
    };
    Cell::default().sign(sign, tone, verdict.label())
}

fn shown(bundle: &Bundle, check: &Row<'_, Check>, run: &Run, out: &mut Blocks) {
    let Some(totals) = &run.totals else {
        out.note("The newest run has no counts.");
        return;
    };
    let side = |connection: Option<ConnectionId>, table: &str, instance: Option<domain::ItemId>| {
        let connection = connection.and_then(|id| bundle.evidence.connections.iter().find(|c| c.id == id));
        let place = instance.map(|id| bundle.plan.title(id)).or_else(|| connection.map(|c| c.name.clone()));
        let test = connection.map(|c| format!("test environment “{}”", c.name)).unwrap_or_default();
        let guard = connection.map(|c| joined(&c.guard, "; ")).unwrap_or_default();
        let guard =
            if guard.is_empty() { guard } else { format!("signs of production looked for and not found: {guard}") };
        let warned = connection.map(|c| joined(&c.warnings, "; ")).unwrap_or_default();
        let warned = if warned.is_empty() { warned } else { format!("to look at: {warned}") };
        (place.unwrap_or_else(|| "no connection".into()), joined([test, table.to_owned(), guard, warned], ", "))
    };
    let (left, left_from) = side(check.left, &check.left_table, check.left_instance);
    let (right, right_from) = side(check.right, &check.right_table, check.right_instance);
    let both = |from: &str, side: &domain::SideCounts| {
        let duplicates = counted(side.duplicate_keys, "duplicate key", "duplicate keys");
        let empty = counted(side.empty_keys, "empty key", "empty keys");
        Cell::text(format!("{} · {duplicates}, {empty}", counted(side.rows, "row", "rows")))
            .line()
            .styled(from.to_owned(), Style::Muted)
    };
    let records = format!(
        "{} matched, {} in sync on every point, {} ambiguous, {} only in {left}, {} only in {right}",
        grouped(totals.records.matched),
        grouped(totals.in_sync),
        grouped(totals.records.ambiguous),
        grouped(totals.records.only_left),
        grouped(totals.records.only_right),
    );
    let mut facts = vec![
        (
            "Run",
            Cell::text(format!("{} · {} · {}", run.number, run.ended_at.map(instant).unwrap_or_default(), run.by_name)),
        ),
        (&*left, both(&left_from, &totals.left)),
        (&*right, both(&right_from, &totals.right)),
        ("Records", Cell::text(records)),
        ("Key", Cell::mono(joined(check.key.iter().map(|k| format!("{} = {}", k.left, k.right)), ", "))),
        ("Result sha256", Cell::mono(run.result_hash.clone().unwrap_or_default())),
    ];
    facts.extend(totals.rule_words().map(|words| ("Rules, with their versions", Cell::text(words))));
    out.facts(facts);
    let mut table = fields(bundle, check, totals);
    table.title = sentence(bundle, totals);
    out.table(table);
    expected::build(bundle, totals, [&left, &right], out);
    expected::unseen(check, totals, out);
}

/// The finding of a run as a sentence: the point that differs most, and its main cause.
fn sentence(bundle: &Bundle, totals: &RunTotals) -> String {
    let worst = totals.fields.iter().max_by_key(|f| f.different).filter(|f| f.different > 0);
    let Some(worst) = worst else {
        return match totals.records.only_left + totals.records.only_right + totals.records.ambiguous {
            0 => "Every value compared is the same on both sides".into(),
            n => format!(
                "Every value compared is the same, but {} did not find a partner",
                counted(n, "record", "records")
            ),
        };
    };
    let name = point(bundle, worst);
    match worst.causes.first().filter(|c| c.count > 0) {
        Some(cause) => format!(
            "{name}: {} differ, most often “{}” ({})",
            grouped(worst.different),
            cause.cause.replace('_', " "),
            grouped(cause.count),
        ),
        None => format!("{name}: {} differ", grouped(worst.different)),
    }
}

/// What a compared pair is called: by its data point, else by its columns.
pub(super) fn point(bundle: &Bundle, field: &FieldCounts) -> String {
    match field.data_point.filter(|id| bundle.plan.item(*id).is_some()) {
        Some(id) => bundle.plan.title(id),
        None if field.left == field.right => field.left.clone(),
        None => format!("{} = {}", field.left, field.right),
    }
}

fn fields(bundle: &Bundle, check: &Row<'_, Check>, totals: &RunTotals) -> Table {
    let mut table = Table::new(
        &[
            ("Data point", 2.3),
            ("Shares", 2.6),
            ("#Equal", 0.9),
            ("#By rule", 0.9),
            ("#Differ", 0.9),
            ("Rules", 1.3),
            ("Why", 2.2),
        ],
        "No pair of columns is compared.",
    );
    for field in &totals.fields {
        let pair = check.compare.iter().find(|c| *c.left == field.left && *c.right == field.right);
        let rules = pair.map(|pair| joined(pair.agreed(), ", "));
        let causes =
            joined(field.causes.iter().map(|c| format!("{} {}", c.cause.replace('_', " "), grouped(c.count))), " · ");
        let segments = vec![
            Segment { kind: "equal", count: field.equal },
            Segment { kind: "rule", count: field.equal_by_rule },
            Segment { kind: "differs", count: field.different },
            Segment { kind: "left", count: totals.records.only_left },
            Segment { kind: "right", count: totals.records.only_right },
        ];
        let columns = format!("{} = {}", field.left, field.right);
        let name = Cell::text(point(bundle, field));
        let name = if field.data_point.is_some() { name.line().styled(columns, Style::Mono) } else { name };
        table.row(
            None,
            vec![
                name,
                Cell(vec![Span::Bar { segments }]),
                Cell::count(field.equal),
                Cell::count(field.equal_by_rule),
                Cell::count(field.different),
                Cell::text(rules.unwrap_or_default()),
                Cell::text(causes),
            ],
        );
    }
    table
}

/// A run in words, for those who refer to it.
pub(super) fn run_in_words(bundle: &Bundle, run: &Run) -> String {
    let hash = run.result_hash.as_deref().map(short_hash).unwrap_or_default();
    let check = bundle.plan.title(run.check);
    joined([format!("run {} of {check}", run.number), run.ended_at.map(instant).unwrap_or_default(), hash], " · ")
}
