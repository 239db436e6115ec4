//! Diagrams and charts to test with and to look at.

use pictures::charts::{self, Cell, Matrix, Moment, Segment, Series, Timeline, Trend};
use pictures::marks::{self, Sign};
use pictures::swimlane::{self, Diagram, Edge, Lane, Mark, StepBox, StepKind};
use pictures::system_map::{self, Flow, Map, System};
use pictures::{Anchor, Picture, Point, Shape};

const KINDS: [StepKind; 6] =
    [StepKind::User, StepKind::Manual, StepKind::Automated, StepKind::Decision, StepKind::Event, StepKind::Wait];
const MARKS: [Mark; 6] = [Mark::Extra, Mark::Differs, Mark::Missing, Mark::Same, Mark::Workaround, Mark::Automated];

/// A diagram from plain numbers: (lane, kind, mark, title), (from, distance, label), (from, to, label).
pub fn diagram(
    lanes: usize,
    steps: &[(usize, usize, usize, String)],
    near: &[(usize, usize, Option<String>)],
    any: &[(usize, usize, Option<String>)],
) -> Diagram {
    let edge = |from: usize, to: usize, label: &Option<String>| Edge {
        from: from.to_string(),
        to: to.to_string(),
        label: label.clone(),
    };
    Diagram {
        lanes: (0..lanes).map(|n| Lane { id: format!("lane {n}"), label: format!("Team {n}") }).collect(),
        steps: steps
            .iter()
            .enumerate()
            .map(|(n, (lane, kind, mark, title))| StepBox {
                id: n.to_string(),
                lane: format!("lane {lane}"),
                title: title.clone(),
                subtitle: format!("{} min", n % 7),
                kind: KINDS[kind % KINDS.len()],
                mark: MARKS.get(*mark).copied(),
            })
            .collect(),
        edges: near
            .iter()
            .map(|(from, distance, label)| edge(*from, from + distance, label))
            .chain(any.iter().map(|(from, to, label)| edge(*from, *to, label)))
            .collect(),
    }
}

/// The consent change as it was observed.
pub fn consent() -> Diagram {
    named(
        &["Customer", "Call centre", "Marketing ops", "ERP"],
        &[
            (0, "Asks to opt out", "phone, 40 / day", StepKind::Event, None),
            (1, "Looks up customer", "2 min · CRM", StepKind::User, Some(Mark::Same)),
            (1, "Notes it in a sheet", "1 min · workaround", StepKind::Manual, Some(Mark::Extra)),
            (2, "Copies the sheet", "25 min, Fridays", StepKind::Manual, Some(Mark::Differs)),
            (2, "Unsubscribes ×4", "9 min · MC ×4", StepKind::User, None),
            (3, "Updates debtor", "told, never seen", StepKind::Automated, Some(Mark::Missing)),
        ],
        &[(0, 1, ""), (1, 2, ""), (2, 3, ""), (3, 4, ""), (4, 5, "")],
    )
}

/// An order with choices, a wait and two ways back.
pub fn branches() -> Diagram {
    named(
        &["Customer", "Shop", "Back office & finance of all four brands", "ERP"],
        &[
            (0, "Sends an order", "web, 900 / day", StepKind::Event, None),
            (1, "Checks the address against the register of the post", "3 s", StepKind::Automated, None),
            (1, "Address known?", "", StepKind::Decision, None),
            (2, "Calls the customer", "6 min · phone", StepKind::Manual, Some(Mark::Workaround)),
            (3, "Books the order", "nightly", StepKind::Automated, Some(Mark::Automated)),
            (2, "Waits for stock", "up to 2 days", StepKind::Wait, None),
            (2, "In stock?", "", StepKind::Decision, None),
            (1, "Ships", "", StepKind::User, None),
            (0, "Receives the parcel", "", StepKind::Event, None),
            (9, "Answers complaints", "nobody named", StepKind::Manual, None),
        ],
        &[
            (0, 1, ""),
            (1, 2, ""),
            (2, 4, "yes"),
            (2, 3, "no"),
            (3, 1, "new address"),
            (3, 4, "correct after all"),
            (4, 6, ""),
            (6, 7, "yes"),
            (6, 5, "no"),
            (5, 6, "after two days"),
            (7, 8, ""),
            (8, 9, "damaged"),
            (9, 0, "again"),
        ],
    )
}

/// 200 steps with branches every few steps and loops.
pub fn large() -> Diagram {
    let steps: Vec<_> = (0..200).map(|n| ((n * 7 / 5) % 6, n % 6, n % 9, format!("Step number {n}"))).collect();
    let mut near: Vec<_> = (0..199).map(|n| (n, 1, None)).collect();
    near.extend((0..190).step_by(4).map(|n| (n, 3 + n % 5, Some("if so".to_owned()))));
    let any: Vec<_> = (20..200).step_by(13).map(|n| (n, n - 11, Some("again".to_owned()))).collect();
    diagram(6, &steps, &near, &any)
}

/// Every sample under its name.
pub fn all() -> Vec<(&'static str, Picture)> {
    let mut one = consent();
    one.steps.truncate(1);
    let mut long = consent();
    for step in &mut long.steps {
        step.title = format!("{} and then writes everything down again & again <b>", step.title);
        step.subtitle = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk".to_owned();
    }
    long.lanes[1].label = "Call centre for customers of the outlet and loyalty programmes".to_owned();
    vec![
        ("consent", swimlane::picture(&consent())),
        ("branches", swimlane::picture(&branches())),
        ("large", swimlane::picture(&large())),
        ("one", swimlane::picture(&one)),
        ("none", swimlane::picture(&Diagram::default())),
        ("long", swimlane::picture(&long)),
        ("tangle", swimlane::picture(&tangle())),
        ("map", system_map::picture(&clouds())),
        ("bar", bar()),
        ("trend", trend()),
        ("matrix", matrix()),
        ("timeline", timeline()),
        ("signs", signs()),
    ]
}

fn named(
    lanes: &[&str],
    steps: &[(usize, &str, &str, StepKind, Option<Mark>)],
    edges: &[(usize, usize, &str)],
) -> Diagram {
    Diagram {
        lanes: lanes.iter().enumerate().map(|(n, l)| Lane { id: n.to_string(), label: (*l).to_owned() }).collect(),
        steps: steps
            .iter()
            .enumerate()
            .map(|(n, (lane, title, subtitle, kind, mark))| StepBox {
                id: n.to_string(),
                lane: lane.to_string(),
                title: (*title).to_owned(),
                subtitle: (*subtitle).to_owned(),
                kind: *kind,
                mark: *mark,
            })
            .collect(),
        edges: edges
            .iter()
            .map(|(from, to, label)| Edge {
                from: from.to_string(),
                to: to.to_string(),
                label: (!label.is_empty()).then(|| (*label).to_owned()),
            })
            .collect(),
    }
}

/// Everything leads to nearly everything.
fn tangle() -> Diagram {
    let steps: Vec<_> = (0..12).map(|n| (n % 3, n, 9, format!("Step {n}"))).collect();
    let any: Vec<_> = (0..34).map(|n| ((n * 5) % 12, (n * n + 3) % 12, None)).collect();
    diagram(3, &steps, &[], &any)
}

fn clouds() -> Map {
    let system = |id: &str, title: &str, subtitle: &str, truth| System {
        id: id.to_owned(),
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        truth,
    };
    let flow = |from: &str, to: &str, label: &str, undecided| Flow {
        from: from.to_owned(),
        to: to.to_owned(),
        label: label.to_owned(),
        undecided,
    };
    Map {
        systems: vec![
            system("shop", "Web shop", "CSV, nightly", false),
            system("crm", "CRM", "Call centre", true),
            system("erp", "ERP", "Finance", true),
            system("au", "Marketing Cloud AU", "Marketing", false),
            system("nz", "Marketing Cloud NZ", "Marketing", false),
            system("out", "Marketing Cloud Outlet", "Outlet team", false),
            system("loy", "Marketing Cloud Loyalty", "Loyalty team", false),
            system("bi", "Reporting warehouse", "Analytics", false),
            system("old", "Old mail tool", "nobody", false),
        ],
        flows: vec![
            flow("shop", "crm", "customers", false),
            flow("shop", "erp", "orders", false),
            flow("crm", "erp", "debtors", false),
            flow("crm", "au", "consent", true),
            flow("crm", "nz", "consent", false),
            flow("crm", "out", "consent", false),
            flow("crm", "loy", "consent", true),
            flow("loy", "crm", "tier", true),
            flow("erp", "bi", "invoices", false),
            flow("erp", "bi", "payments", true),
        ],
    }
}

fn bar() -> Picture {
    let segment = |label: &str, count, class: &str| Segment { label: label.to_owned(), count, class: class.to_owned() };
    let bar = |counts: [u64; 5]| {
        let [equal, rule, differs, left, right] = counts;
        charts::stacked_bar(
            &[
                segment("equal", equal, "equal"),
                segment("equal by rule", rule, "rule"),
                segment("differ", differs, "differs"),
                segment("only in CRM", left, "left"),
                segment("only in ERP", right, "right"),
            ],
            310.0,
            12.0,
        )
        .picture
    };
    let rows = [[4944, 0, 0, 20, 36], [4532, 0, 412, 20, 36], [3058, 672, 1214, 20, 36], [1, 1, 1, 1, 999_999]];
    let mut shapes = Vec::new();
    let mut y = 10.0;
    for counts in rows {
        let place = Some(pictures::Place { x: 10.0, y, scale: 1.0 });
        shapes.push(Shape::Group { class: "bar".into(), id: None, title: None, place, shapes: bar(counts).shapes });
        y += 24.0;
    }
    Picture { width: 330.0, height: y, label: "bars".to_owned(), shapes }
}

fn trend() -> Picture {
    let series = |label: &str, class: &str, values: &[f64]| Series {
        label: label.to_owned(),
        class: class.to_owned(),
        values: values.iter().map(|v| (*v >= 0.0).then_some(*v)).collect(),
    };
    charts::trend(&Trend {
        title: "E-mail".to_owned(),
        runs: (1..=12).map(|n| format!("run {n}")).collect(),
        series: vec![
            series(
                "differ",
                "differs",
                &[1698.0, 1650.0, 1500.0, -1.0, 1310.0, 900.0, 870.0, 640.0, 412.0, 410.0, 96.0, 24.0],
            ),
            series("by rule", "rule", &[0.0, 0.0, 12.0, 30.0, 31.0, 388.0, 388.0, 388.0, 390.0, 388.0, 380.0, 388.0]),
            series("missing", "left", &[56.0, 56.0, 56.0, 40.0, 40.0, 40.0, 40.0, 20.0, 20.0, 20.0, 20.0, 20.0]),
        ],
        width: 560.0,
        height: 200.0,
    })
    .picture
}

fn matrix() -> Picture {
    let cell = |sign: Sign, text: &str| {
        Some(Cell {
            id: String::new(),
            class: sign.class().to_owned(),
            sign: Some(sign),
            text: text.to_owned(),
            full: format!("{} {text}", sign.word()),
        })
    };
    charts::matrix(&Matrix {
        title: "Verdicts".to_owned(),
        corner: "Data point".to_owned(),
        columns: ["CRM – ERP", "CRM – Marketing Cloud AU", "CRM – MC NZ", "ERP – shop"].map(str::to_owned).to_vec(),
        rows: vec![
            (
                "Customer number".to_owned(),
                vec![cell(Sign::InSync, ""), cell(Sign::InSync, ""), cell(Sign::EqualByRule, "12"), None],
            ),
            (
                "E-mail".to_owned(),
                vec![
                    cell(Sign::Differs, "412"),
                    cell(Sign::Missing, "600"),
                    cell(Sign::Unknown, ""),
                    cell(Sign::Duplicate, "18"),
                ],
            ),
            (
                "Loyalty tier as agreed with the outlet team".to_owned(),
                vec![
                    cell(Sign::Coincident, "manual"),
                    None,
                    cell(Sign::Differs, "12 345 678 901"),
                    cell(Sign::InSync, ""),
                ],
            ),
        ],
    })
    .picture
}

fn timeline() -> Picture {
    let moment = |label: &str, day, until, class: &str| Moment {
        id: String::new(),
        label: label.to_owned(),
        day,
        until,
        class: class.to_owned(),
    };
    charts::timeline(&Timeline {
        title: "Messages".to_owned(),
        moments: vec![
            moment("Why we do this, to all teams", 20_500, None, "good"),
            moment("Training call centre", 20_520, Some(20_534), "accent"),
            moment("Trial", 20_530, Some(20_544), "accent"),
            moment("Reminder to marketing ops", 20_541, None, "warn"),
            moment("Going live", 20_560, None, "accent"),
            moment("What changed, to customers of all four brands and the outlet", 20_562, None, "bad"),
        ],
        today: Some(20_525),
        width: 900.0,
    })
    .picture
}

fn signs() -> Picture {
    let mut shapes = vec![marks::mark(Point::new(10.0, 6.0), 40.0)];
    let (mut x, mut y) = (70.0, 10.0);
    for sign in Sign::ALL {
        shapes.push(sign.at(Point::new(x, y), 16.0));
        shapes.push(Shape::text("axis", Point::new(x + 22.0, y + 12.0), Anchor::Start, sign.word()));
        y += 26.0;
        if y > 120.0 {
            (x, y) = (x + 170.0, 10.0);
        }
    }
    Picture { width: 960.0, height: 150.0, label: "all signs".to_owned(), shapes }
}
