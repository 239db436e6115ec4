//! Markdown of a small plan as a whole, and what a change of one field changes.

use crate::plans::small;
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
