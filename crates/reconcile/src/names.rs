//! Names of columns and tables as people compare them.

/// A name as people compare it: letters and digits, no case.
#[must_use]
pub fn plain_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
