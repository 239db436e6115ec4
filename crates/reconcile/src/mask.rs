//! Values of a file of differences that are not for the reader's eyes. They are neither shown nor looked through, on
//! pages and in downloads alike; whose eyes that are is decided elsewhere.

use crate::differences::Difference;

/// What stands for a value that is there and not shown.
const SIGN: &str = "•••";

/// Which values are not shown, by their places in the check; beyond these lists all are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mask {
    /// Parts of the key.
    pub keys: Vec<bool>,
    /// Compared pairs, both sides alike.
    pub fields: Vec<bool>,
}

impl Mask {
    /// Whether any value is masked.
    pub fn any(&self) -> bool {
        self.any_key() || self.fields.contains(&true)
    }

    /// Whether any part of the key is: then the key opens nothing, as it would have to be told for that.
    pub fn any_key(&self) -> bool {
        self.keys.contains(&true)
    }

    /// Whether this part of the key is masked.
    pub fn part(&self, part: usize) -> bool {
        self.keys.get(part).copied().unwrap_or_default()
    }

    /// Whether the values of this compared pair are masked.
    pub fn field(&self, field: usize) -> bool {
        self.fields.get(field).copied().unwrap_or_default()
    }

    /// Whether a search in entries about this pair, or about any, has anything left to look through.
    pub fn leaves(&self, field: Option<usize>) -> bool {
        let values = match field {
            Some(field) => !self.field(field),
            None => !self.any() || self.fields.contains(&false),
        };
        values || self.keys.contains(&false)
    }

    /// A key as it may be shown.
    pub fn key(&self, key: Vec<String>) -> Vec<String> {
        key.into_iter().enumerate().map(|(part, text)| if self.part(part) { masked(&text) } else { text }).collect()
    }

    /// A value of this compared pair as it may be shown.
    pub fn value(&self, field: usize, value: Option<String>) -> Option<String> {
        if self.field(field) { value.as_deref().map(masked) } else { value }
    }

    /// An entry as it may be shown. Its class, its cause and on which side nothing is stay: they are the finding.
    pub(crate) fn entry(&self, entry: Difference) -> Difference {
        let value = |value| match entry.field {
            Some(field) => self.value(field, value),
            None => value,
        };
        Difference { key: self.key(entry.key), left: value(entry.left), right: value(entry.right), ..entry }
    }
}

/// The sign for a value that is there; one that is blank stays, because blank against filled is a finding.
pub fn masked(value: &str) -> String {
    if value.trim().is_empty() { value.to_owned() } else { SIGN.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Mask, masked};

    #[test]
    fn blank_values_stay_blank() {
        assert_eq!(["", " \t", "x", " x "].map(masked), ["", " \t", "•••", "•••"]);
    }

    #[test]
    fn a_search_needs_something_to_look_through() {
        let mask = |keys: &[bool], fields: &[bool]| Mask { keys: keys.to_vec(), fields: fields.to_vec() };
        assert!(Mask::default().leaves(None) && Mask::default().leaves(Some(3)));
        assert!(mask(&[false], &[true]).leaves(Some(0)), "the key is left");
        let half = mask(&[true], &[true, false]);
        assert_eq!((half.leaves(None), half.leaves(Some(0)), half.leaves(Some(1))), (true, false, true));
        assert!(!mask(&[true, true], &[true]).leaves(None));
        assert!(mask(&[true, false], &[true]).leaves(None), "one part of the key is left");
    }
}
