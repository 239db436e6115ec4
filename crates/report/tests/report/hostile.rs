//! Text of people that tries to be something else.

use crate::plans::{Builder, line, text};
use domain::{
    Entity,
    entity::{BusinessObject, Charter, DataPoint, Instance, Process, Step, Team, Variant, VariantKind},
};
use report::{Bundle, markdown};

/// What such text looks like.
pub const HOSTILE: [&str; 16] = [
    r#"#read("/etc/passwd")"#,
    r#"#eval("1+1")"#,
    r#"#import "@preview/cetz:0.3.1""#,
    "#while true {}",
    "</script><script>alert(1)</script>",
    "| x | y |",
    "`code` ```fence```",
    "$x^2$ \\frac{1}{2}",
    "@ref <label> = heading",
    "*bold* _it_ ~s~",
    "[a](javascript:alert(1)) ![b](http://c.example/d.png)",
    "--> <!-- comment",
    "https://phish.example www.phish.example",
    "- 1. + > quote",
    "\"]; end; click s1 href",
    "=cmd|' /C calc'!A0",
];

/// A plan whose every text tries it.
pub fn hostile() -> Bundle {
    let mut b = Builder::new("hostile");
    b.add(Entity::Charter(Charter {
        name: line(HOSTILE[0]),
        purpose: text(&HOSTILE.join("\n")),
        ..Charter::default()
    }));
    let object = b.add(Entity::BusinessObject(BusinessObject { name: line(HOSTILE[4]), ..BusinessObject::default() }));
    for hostile in HOSTILE {
        b.add(Entity::DataPoint(DataPoint {
            name: line(hostile),
            object: Some(object),
            definition: text(&format!("{hostile}\n{hostile}")),
            format: line(hostile),
            ..DataPoint::default()
        }));
        b.add(Entity::Instance(Instance { name: line(hostile), ..Instance::default() }));
    }
    let team = b.add(Entity::Team(Team { name: line(HOSTILE[14]), ..Team::default() }));
    let process = b.add(Entity::Process(Process { name: line(HOSTILE[6]), ..Process::default() }));
    let variant = b.add(Entity::Variant(Variant {
        process: Some(process),
        kind: Some(VariantKind::AsTold),
        ..Variant::default()
    }));
    for hostile in HOSTILE {
        b.add(Entity::Step(Step { name: line(hostile), variant: Some(variant), team: Some(team), ..Step::default() }));
    }
    b.bundle()
}

/// A line without its code spans, in which nothing is markup.
fn outside_code(line: &str) -> String {
    let (mut out, mut inside, mut escaped) = (String::new(), false, false);
    for c in line.chars() {
        if c == '`' && !escaped {
            inside = !inside;
        } else if !inside {
            out.push(c);
        }
        escaped = c == '\\' && !escaped && !inside;
    }
    assert!(!inside, "a code span stays open: {line}");
    out
}

#[test]
fn it_is_inert_in_markdown() {
    let text = markdown(&hostile()).unwrap();
    let visible = text.split("\n<!-- plumbline-payload").next().unwrap();
    let body = visible.splitn(3, "---\n").nth(2).unwrap();
    let mut in_fence = false;
    for line in body.lines() {
        if line.starts_with("```") {
            assert!(line == "```" || line == "```mermaid", "{line}");
            in_fence = !in_fence;
            continue;
        }
        if in_fence {
            // What people wrote stands between the only two quotes of a line.
            assert!(matches!(line.matches('"').count(), 0 | 2), "{line}");
            assert!(!line.contains(['`', '<', '\\']), "{line}");
            continue;
        }
        let line = &outside_code(line);
        assert!(line.match_indices("<!--").all(|(at, _)| line[..at].ends_with('\\')), "{line}");
        for tag in line.split('<').skip(1).zip(line.split('<')) {
            let (after, before) = tag;
            let ours = ["a id=\"", "/a>", "br>", "sub>", "/sub>"].iter().any(|t| after.starts_with(t));
            assert!(ours || before.ends_with('\\'), "{line}");
        }
        assert!(!line.contains("](javascript") || line.contains("\\](javascript"), "{line}");
        assert!(!line.contains("https://") && !line.contains(" www."), "{line}");
    }
    assert!(!in_fence, "a fence stays open");
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut expected = None;
    for line in body.lines() {
        if line.starts_with('|') {
            assert_eq!(*expected.get_or_insert(cells(line)), cells(line), "{line}");
        } else {
            expected = None;
        }
    }
}

/// Other scripts, signs that change the direction, and words longer than a line.
pub fn scripts() -> Bundle {
    let mut b = Builder::new("scripts");
    let long = "x".repeat(10_000);
    b.add(Entity::Charter(Charter {
        name: line("שלום עולם · مرحبا · Ελληνικά · Привет"),
        purpose: text(&format!("顧客 🎉 e\u{301} a\u{20d7} \u{202e}evil\u{202c} zero\u{200b}width\n\n{long}")),
        sponsor: line("Zoë Müller-Żółć"),
        ..Charter::default()
    }));
    let object =
        b.add(Entity::BusinessObject(BusinessObject { name: line("顧客マスタ"), ..BusinessObject::default() }));
    b.add(Entity::DataPoint(DataPoint {
        name: line(&"Donaudampfschiff".repeat(12)),
        object: Some(object),
        ..DataPoint::default()
    }));
    b.bundle()
}
