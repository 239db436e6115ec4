//! Causes that only the record as a whole shows: values that changed places, and values that one side keeps in one
//! field and the other in two.

use super::Cause;
use crate::judge::{Judged, Verdict};

/// Records with more differing fields than this are not searched: there every field is another one.
const MOST_FIELDS: usize = 32;

/// Puts better causes where the fields alone gave a weak one.
pub(crate) fn refine(fields: &mut [Judged<'_>]) {
    let differing: Vec<usize> =
        (0..fields.len()).filter(|at| fields[*at].verdict == Verdict::Different).take(MOST_FIELDS + 1).collect();
    if !(2..=MOST_FIELDS).contains(&differing.len()) {
        return;
    }
    for &one in &differing {
        for &other in differing.iter().filter(|other| **other != one) {
            let (a, b) = (fields[one], fields[other]);
            if a.is_weak() && b.is_weak() && a.left == b.right && a.right == b.left {
                fields[one].cause = Some(Cause::Swapped);
                fields[other].cause = Some(Cause::Swapped);
            } else if a.is_weak() && holds_both(a, b) {
                fields[one].cause = Some(Cause::Concatenated);
                if b.is_weak() || b.cause == Some(Cause::EmptyOnOneSide) {
                    fields[other].cause = Some(Cause::Concatenated);
                }
            }
        }
    }
}

/// Whether one value of `a` is the other with a value of `b` before or behind it.
fn holds_both(a: Judged<'_>, b: Judged<'_>) -> bool {
    let (Some(left), Some(right)) = (a.left, a.right) else { return false };
    let (short, long) =
        if left.len() < right.len() { (left.trim(), right.trim()) } else { (right.trim(), left.trim()) };
    if short.is_empty() {
        return false;
    }
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/' | '-' | '.' | '|' | '_');
    let rest = long.strip_prefix(short).or_else(|| long.strip_suffix(short)).map(|rest| rest.trim_matches(between));
    rest.is_some_and(|rest| !rest.is_empty() && [b.left, b.right].into_iter().flatten().any(|v| v.trim() == rest))
}

#[cfg(test)]
mod tests {
    use super::refine;
    use crate::{
        cause::Cause,
        judge::{Judged, Verdict},
    };

    fn causes(fields: &[(Option<&'static str>, Option<&'static str>, Cause)]) -> Vec<Cause> {
        let mut judged: Vec<_> = fields
            .iter()
            .map(|(left, right, cause)| Judged {
                left: *left,
                right: *right,
                verdict: Verdict::Different,
                cause: Some(*cause),
            })
            .collect();
        refine(&mut judged);
        judged.into_iter().filter_map(|field| field.cause).collect()
    }

    #[test]
    fn fields_that_changed_places() {
        let swapped = [(Some("Anna"), Some("Novak"), Cause::Other), (Some("Novak"), Some("Anna"), Cause::Other)];
        assert_eq!(causes(&swapped), [Cause::Swapped, Cause::Swapped]);
        let half = [(Some("Anna"), Some("Novak"), Cause::Other), (Some("Novak"), Some("Eve"), Cause::Other)];
        assert_eq!(causes(&half), [Cause::Other, Cause::Other]);
    }

    #[test]
    fn a_field_on_one_side_that_is_two_on_the_other() {
        for (left, right) in [("Anna Novak", "Anna"), ("Novak, Anna", "Anna")] {
            let fields = [(Some(left), Some(right), Cause::Truncated), (None, Some("Novak"), Cause::EmptyOnOneSide)];
            assert_eq!(causes(&fields), [Cause::Concatenated, Cause::Concatenated], "{left}");
        }
        let short = [(Some("Anna Novak"), Some("Anna"), Cause::Truncated), (Some("x"), Some("y"), Cause::Other)];
        assert_eq!(causes(&short), [Cause::Truncated, Cause::Other]);
    }
}
