//! Markdown of a small plan as a whole, what a change of one field changes, and what a run says of format and quantity.

use crate::{demo_sized::demo_sized, plans::small};
use domain::Entity;
use report::markdown;

fn visible(text: &str) -> &str {
    text.split("\n<!-- plumbline-payload").next().unwrap()
}

#[test]
fn a_small_plan_reads_like_this() {
    insta::assert_snapshot!("small_plan", visible(&markdown(&small()).unwrap()));
}

#[test]
fn the_same_bundle_gives_the_same_bytes() {
    assert_eq!(markdown(&small()).unwrap(), markdown(&small()).unwrap());
}

#[test]
fn changing_one_field_changes_only_its_lines() {
    let before = markdown(&small()).unwrap();
    let mut bundle = small();
    for item in bundle.plan.document.items.values_mut() {
        if let Entity::DataPoint(point) = &mut item.entity
            && &*point.name == "Consent"
        {
            point.definition = domain::Text::new("What they agreed to.").unwrap();
        }
    }
    let after = markdown(&bundle).unwrap();
    let (before, after): (Vec<_>, Vec<_>) = (visible(&before).lines().collect(), visible(&after).lines().collect());
    assert_eq!(before.len(), after.len());
    let changed: Vec<_> = before.iter().zip(&after).filter(|(a, b)| a != b).collect();
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert!(changed[0].1.contains("What they agreed to."));
}

#[test]
fn what_is_doubtful_about_a_connection_is_told_beside_its_side() {
    let mut bundle = demo_sized();
    bundle.evidence.connections[1].warnings = vec!["the connection is not encrypted".into()];
    let text = markdown(&bundle).unwrap();
    assert!(visible(&text).contains("to look at: the connection is not encrypted"));
}

#[test]
fn format_and_quantity_of_a_run_are_told_per_side_and_data_point() {
    let text = markdown(&demo_sized()).unwrap().replace('\u{202f}', " ");
    let text = visible(&text);
    let from = text.find("**Quantity").unwrap();
    let told: Vec<_> = text[from..].lines().take(15).collect();
    assert_eq!(
        told,
        [
            "**Quantity is not as expected in ERP**",
            "",
            "| Side | Expected | Found | Finding |",
            "| --- | --- | --: | --- |",
            "| CRM | 4 900 to 5 100 | 5 000 | ✓ met |",
            "| ERP | at most 5 000 | 5 016 | ◆ not met<br><sub>too many</sub> |",
            "",
            "**Values of 2 of 4 columns are not of the expected format**",
            "",
            "| Data point | Side | Expected | Looked at | Not so | Finding |",
            "| --- | --- | --- | --: | --: | --- |",
            r"| Customer · Postcode<br>`postcode` | CRM | like \[0-9\]\{4\} | 4 998 | 0 | ✓ met |",
            "| Customer · Date of birth<br>`birthday` | CRM | date, at most 10 characters | 4 310 | 3 | ◆ not met<br><sub>type 3</sub> |",
            "| `fax` | CRM | text | 0 | 0 | ? no values |",
            r"| Customer · Postcode<br>`PSTLZ` | ERP | like \[0-9\]\{4\} | 5 001 | 81 | ◆ not met<br><sub>length 2 · pattern 81</sub> |",
        ]
    );
    assert_eq!(text.matches("**Quantity").count(), 1, "only what a run looked at is told");
    assert_eq!(text.matches("*What is expected of quantity was not looked at.*").count(), 1);
}

#[test]
fn a_signature_says_when_its_signer_proved_who_they_are() {
    let text = markdown(&demo_sized()).unwrap();
    let signed = "  - Time: 2026-11-23 10:32:00 UTC\n  - Identity proved: 2026-11-23 10:31:48 UTC\n";
    assert_eq!((text.matches(signed).count(), text.matches("Identity proved").count()), (1, 1));
}

#[test]
fn an_approval_of_before_says_where_it_was_carried_over_from() {
    let text = markdown(&demo_sized()).unwrap();
    for line in [
        "- **Data owner: Mira Keller** ✓ approved, carried over from v2\n",
        "- **Process owner: Tom Silva** ✓ approved, carried over from round 1\n",
        "- **Technical lead: Rui Barros** ✓ approved\n",
    ] {
        assert!(text.contains(line), "{line} is missing");
    }
}

#[test]
fn a_waiver_that_excuses_nothing_says_so() {
    let mut bundle = demo_sized();
    assert!(!markdown(&bundle).unwrap().contains("excuses nothing here"));
    let mut dead = bundle.evidence.waivers[0].clone();
    dead.fingerprint = "0000000000000000".into();
    bundle.evidence.waivers.push(dead);
    assert_eq!(markdown(&bundle).unwrap().matches("excuses nothing here").count(), 1);
}

#[test]
fn what_is_met_and_what_was_never_looked_at_is_said() {
    let mut bundle = demo_sized();
    for totals in bundle.evidence.runs.iter_mut().filter_map(|run| run.totals.as_mut()) {
        totals.format.retain(|column| column.broken == 0);
        totals.quantity.retain(domain::Quantity::within);
    }
    let text = markdown(&bundle).unwrap();
    assert!(text.contains("**Quantity is as expected**") && !text.contains("not met"), "{}", visible(&text));
    assert!(text.contains("**Every value looked at is of the expected format**"));
    // Without a run nothing was looked at, and the check says so all the same.
    bundle.evidence.runs.clear();
    let text = markdown(&bundle).unwrap();
    let never = "*This check has never run to its end.*";
    assert_eq!(text.matches(never).count(), 3);
    assert!(text.contains(&format!("{never}\n\n*What is expected of quantity was not looked at.*")));
}
