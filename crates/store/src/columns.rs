//! How values stand in columns: instants with microseconds, stored codes, hashes as hex.

use crate::{Result, StoreError};
use domain::Timestamp;
use serde::de::{DeserializeOwned, IntoDeserializer, value::Error as CodeError};
use sqlx::{
    Postgres, Sqlite,
    decode::Decode,
    encode::{Encode, IsNull},
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef, types::Oid},
    sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef},
    types::Type,
};
use std::fmt::Display;

/// Seconds from 1970 to 2000, where PostgreSQL starts to count.
const POSTGRES_EPOCH: i64 = 946_684_800;
/// The number PostgreSQL has given `timestamptz` for good.
const TIMESTAMPTZ: Oid = Oid(1184);

/// The instant as it comes back from the database: whole microseconds.
pub fn microseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// An instant in a column: text of fixed width in SQLite (so that it sorts), `timestamptz` in PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At(pub Timestamp);

impl From<Timestamp> for At {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

/// The text of an instant in SQLite and in audit hashes.
pub(crate) fn instant_text(at: Timestamp) -> String {
    format!("{:.6}", microseconds(at))
}

impl Type<Sqlite> for At {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for At {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> std::result::Result<IsNull, BoxDynError> {
        <String as Encode<Sqlite>>::encode(instant_text(self.0), buffer)
    }
}

impl<'r> Decode<'r, Sqlite> for At {
    fn decode(value: SqliteValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
        let text = <String as Decode<Sqlite>>::decode(value)?;
        Ok(Self(text.parse()?))
    }
}

impl Type<Postgres> for At {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIMESTAMPTZ)
    }
}

impl Encode<'_, Postgres> for At {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> std::result::Result<IsNull, BoxDynError> {
        <i64 as Encode<Postgres>>::encode(self.0.as_microsecond() - POSTGRES_EPOCH * 1_000_000, buffer)
    }
}

impl<'r> Decode<'r, Postgres> for At {
    fn decode(value: PgValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
        let since_2000 = <i64 as Decode<Postgres>>::decode(value)?;
        let micros = since_2000.checked_add(POSTGRES_EPOCH * 1_000_000).ok_or("an instant out of range")?;
        Ok(Self(Timestamp::from_microsecond(micros)?))
    }
}

/// Where a value stands, for the message when it cannot be read.
pub(crate) struct Place<'a> {
    pub table: &'static str,
    pub row: &'a dyn Display,
}

impl Place<'_> {
    /// The complaint about one column.
    pub fn corrupt(&self, column: &str, reason: impl Display) -> StoreError {
        StoreError::Corrupt {
            table: self.table,
            column: column.into(),
            row: self.row.to_string(),
            reason: reason.to_string(),
        }
    }

    /// Reads an enum from its stored code.
    pub fn code<T: DeserializeOwned>(&self, column: &str, code: &str) -> Result<T> {
        let deserializer: serde::de::value::StrDeserializer<'_, CodeError> = code.into_deserializer();
        T::deserialize(deserializer).map_err(|e| self.corrupt(column, e))
    }

    /// Reads a count that cannot be negative.
    pub fn unsigned(&self, column: &str, count: i64) -> Result<u64> {
        u64::try_from(count).map_err(|e| self.corrupt(column, e))
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// How an address or a name is compared: without regard to case and outer white space.
pub(crate) fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_a_fixed_width_and_lose_only_nanoseconds() {
        let at: Timestamp = "2024-02-29T23:59:59.123456789Z".parse().unwrap_or_default();
        assert_eq!(instant_text(at), "2024-02-29T23:59:59.123456Z");
        assert_eq!(instant_text(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000000Z");
    }
}
