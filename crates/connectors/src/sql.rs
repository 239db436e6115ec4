//! The only place where a name gets into SQL text. Names come from a catalogue, values are always bound.

use sqlx::AssertSqlSafe;

/// An identifier in double quotes, as both SQLite and PostgreSQL read it. A name with a NUL byte exists in
/// neither and gives `None`.
pub(crate) fn quote_ident(name: &str) -> Option<String> {
    if name.contains('\0') {
        return None;
    }
    Some(format!("\"{}\"", name.replace('"', "\"\"")))
}

/// An identifier in backticks, as MySQL and MariaDB read it in every mode. A name with a NUL byte exists in
/// neither and gives `None`.
pub(crate) fn quote_mysql_ident(name: &str) -> Option<String> {
    if name.contains('\0') {
        return None;
    }
    Some(format!("`{}`", name.replace('`', "``")))
}

/// Vouches for a statement in which everything variable went through [`quote_ident`] or [`quote_mysql_ident`] or
/// is a number.
pub(crate) fn vouched(statement: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(statement)
}

#[cfg(test)]
mod tests {
    use super::{quote_ident, quote_mysql_ident};

    #[test]
    fn quotes_are_doubled_and_nul_is_refused() {
        assert_eq!(quote_ident("a\"; drop table x; --").as_deref(), Some("\"a\"\"; drop table x; --\""));
        assert_eq!(quote_ident("größe ]`'"), Some("\"größe ]`'\"".into()));
        assert_eq!(quote_ident("a\0b"), None);
        assert_eq!(quote_mysql_ident("a`; drop table x; --").as_deref(), Some("`a``; drop table x; --`"));
        assert_eq!(quote_mysql_ident("größe ]\\\"'").as_deref(), Some("`größe ]\\\"'`"));
        assert_eq!(quote_mysql_ident("a\0b"), None);
    }
}
