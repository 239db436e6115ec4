//! A SQLite value as text, by its own type: SQLite types values, not columns.

use sqlx::{
    Decode, Row, Sqlite, TypeInfo, ValueRef,
    sqlite::{SqliteRow, SqliteValueRef},
};

use crate::number::push_real;

/// Which kinds of values a column has shown so far.
#[derive(Clone, Copy, Default)]
pub(super) struct Kinds {
    pub(super) number: bool,
    pub(super) other: bool,
}

/// A value as text: integers in decimal, reals in the fewest digits that give the same real again (never
/// with an exponent, and `12.0` as `12`), blobs in lower-case hexadecimal. Of a blob of more than `most` bytes, which
/// will be refused, no more is written than shows that.
pub(super) fn render<'a>(
    row: &'a SqliteRow,
    column: usize,
    kinds: &mut Kinds,
    most: usize,
    scratch: &'a mut String,
) -> Result<Option<&'a str>, sqlx::error::BoxDynError> {
    use std::fmt::Write;
    let value: SqliteValueRef<'a> = row.try_get_raw(column)?;
    if value.is_null() {
        return Ok(None);
    }
    let kind = value.type_info().name().to_owned();
    scratch.clear();
    match kind.as_str() {
        "TEXT" => {
            kinds.other = true;
            return Ok(Some(<&str as Decode<Sqlite>>::decode(value)?));
        }
        "INTEGER" => {
            kinds.number = true;
            write!(scratch, "{}", <i64 as Decode<Sqlite>>::decode(value)?)?;
        }
        "REAL" => {
            kinds.number = true;
            push_real(<f64 as Decode<Sqlite>>::decode(value)?, scratch);
        }
        _ => {
            kinds.other = true;
            for byte in <&[u8] as Decode<Sqlite>>::decode(value)?.iter().take(most.saturating_add(1)) {
                write!(scratch, "{byte:02x}")?;
            }
        }
    }
    Ok(Some(scratch))
}
