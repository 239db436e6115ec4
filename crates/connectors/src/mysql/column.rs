//! A column in the server's catalogue, the expression that reads it as text, and the value that comes back.

use std::fmt::Write;

use sqlx::{Decode, MySql, Row, Type, TypeInfo, ValueRef, mysql::MySqlRow};

use crate::{fingerprint::hex, limits::Limits, sql::quote_mysql_ident};

/// A column in the server's catalogue.
pub(super) struct Column {
    pub(super) table: String,
    pub(super) row_estimate: Option<u64>,
    pub(super) name: String,
    /// Type with its parameters, such as `decimal(10,2) unsigned`.
    pub(super) type_name: String,
    /// Type without them.
    pub(super) base_type: String,
    /// Bits of a `bit`, digits of a `decimal`, and how many of those are behind the point.
    pub(super) precision: u64,
    pub(super) scale: u64,
    /// Digits behind the second of a moment.
    pub(super) fraction: u64,
    pub(super) nullable: bool,
    pub(super) key: bool,
}

impl Column {
    pub(super) fn from_row(row: &MySqlRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            table: row.try_get_unchecked(0)?,
            row_estimate: row.try_get_unchecked(1)?,
            name: row.try_get_unchecked(2)?,
            type_name: row.try_get_unchecked(3)?,
            base_type: row.try_get_unchecked::<String, _>(4)?.to_ascii_lowercase(),
            precision: row.try_get_unchecked(5)?,
            scale: row.try_get_unchecked(6)?,
            fraction: row.try_get_unchecked(7)?,
            nullable: row.try_get_unchecked::<String, _>(8)? == "YES",
            key: row.try_get_unchecked::<String, _>(9)? == "PRI",
        })
    }

    /// Whether the declared type holds numbers. `year` and `bit` do not: they are a date and flags.
    pub(super) fn is_numeric(&self) -> bool {
        let base = self.base_type.as_str();
        self.is_whole() || matches!(base, "decimal" | "numeric" | "float" | "double" | "real")
    }

    fn is_whole(&self) -> bool {
        matches!(self.base_type.as_str(), "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint")
    }

    /// The value as text. Types without a small bound are cut one character behind the limit, so that a huge
    /// value is noticed without being sent.
    fn expression(&self, name: &str, limits: &Limits) -> String {
        let most = limits.max_field_bytes + 1;
        let zero_filled = self.type_name.to_ascii_lowercase().contains("zerofill");
        match self.base_type.as_str() {
            // As it is: as text the server gives a `float` with six digits.
            "float" | "double" | "real" => name.to_owned(),
            // Filling with zeros is for showing, not part of the number.
            _ if self.is_whole() && zero_filled => text(&format!("cast({name} as unsigned)")),
            "decimal" | "numeric" if zero_filled => {
                text(&format!("cast({name} as decimal({}, {}))", self.precision, self.scale))
            }
            "decimal" | "numeric" | "date" | "year" => text(name),
            _ if self.is_whole() => text(name),
            "bit" => format!("lpad(bin({name} + 0), {}, '0')", self.precision),
            "time" | "datetime" => self.without_idle_zeros(name),
            // A moment of the world, in UTC; a zero date is none.
            "timestamp" => {
                let moment = self.without_idle_zeros(name);
                format!("concat({moment}, if({name} = 0, '', '+00'))")
            }
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" | "vector" => {
                format!("left({name}, {most})")
            }
            "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring" | "multipolygon"
            | "geometrycollection" | "geomcollection" => format!("left(st_aswkb({name}), {most})"),
            _ => format!("left({}, {most})", text(name)),
        }
    }

    /// `12:00:00.500000` as `12:00:00.5`, as PostgreSQL writes it.
    fn without_idle_zeros(&self, name: &str) -> String {
        if self.fraction == 0 {
            return text(name);
        }
        format!("trim(trailing '.' from trim(trailing '0' from {}))", text(name))
    }
}

fn text(expression: &str) -> String {
    format!("cast({expression} as char character set utf8mb4)")
}

/// The statement that reads the columns of a table; `None` for a name no table can have.
pub(super) fn select(columns: &[Column], table: &str, limits: &Limits, first: Option<u64>) -> Option<String> {
    let expressions: Option<Vec<String>> =
        columns.iter().map(|column| Some(column.expression(&quote_mysql_ident(&column.name)?, limits))).collect();
    let limit = first.map(|rows| format!(" limit {rows}")).unwrap_or_default();
    Some(format!("select {} from {}{limit}", expressions?.join(", "), quote_mysql_ident(table)?))
}

/// A value as it came: text, bytes in hexadecimal (written here, because to a server that has too many of them they
/// are NULL), or a floating point number in the fewest digits that give it again, never with an exponent.
pub(super) fn value<'a>(
    row: &'a MySqlRow,
    column: usize,
    written: &'a mut String,
) -> Result<Option<&'a str>, sqlx::Error> {
    let value = row.try_get_raw(column)?;
    if value.is_null() {
        return Ok(None);
    }
    let kind = value.type_info().into_owned();
    if <str as Type<MySql>>::compatible(&kind) {
        return <&str as Decode<MySql>>::decode(value).map(Some).map_err(sqlx::Error::Decode);
    }
    let wrote = match kind.name() {
        "FLOAT" => write!(written, "{}", <f32 as Decode<MySql>>::decode(value).map_err(sqlx::Error::Decode)?),
        "DOUBLE" => write!(written, "{}", <f64 as Decode<MySql>>::decode(value).map_err(sqlx::Error::Decode)?),
        _ => {
            written.push_str(&hex(<&[u8] as Decode<MySql>>::decode(value).map_err(sqlx::Error::Decode)?));
            Ok(())
        }
    };
    wrote.map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(Some(written))
}
