//! Typed values as text, in the way the other sources write them.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, StringArray, StringBuilder},
    compute::cast,
    datatypes::{DataType, Date32Type, Float64Type, Int64Type},
};

use crate::{fingerprint::hex, number::push_real};

/// Whether values of this type compare as numbers.
pub(super) fn is_numeric(kind: &DataType) -> bool {
    kind.is_numeric() && !matches!(kind, DataType::Float16)
}

/// A column as text. Reals in the fewest digits that give the same real again, never with an exponent, and `12.0` as
/// `12`; bytes in lower-case hexadecimal; days and moments in ISO 8601.
pub(super) fn text(column: &ArrayRef) -> Result<ArrayRef, String> {
    match column.data_type() {
        DataType::Utf8 => Ok(Arc::clone(column)),
        DataType::Float16 | DataType::Float32 => {
            // By way of its own digits: 0.1 as a short real is not 0.1 as a long one.
            let digits = to_text(column)?;
            Ok(reals(&to_reals(&digits)?))
        }
        DataType::Float64 => Ok(reals(column)),
        DataType::Date32 => Ok(days(column)),
        kind if kind.is_signed_integer() => whole(column),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            let bytes = cast(column, &DataType::Binary).map_err(|error| format!("cannot be read: {error}"))?;
            let hex = bytes.as_binary::<i32>().iter().map(|value| value.map(hex));
            Ok(Arc::new(hex.collect::<StringArray>()))
        }
        _ => to_text(column),
    }
}

fn to_text(column: &ArrayRef) -> Result<ArrayRef, String> {
    cast(column, &DataType::Utf8).map_err(|error| format!("cannot be read: {error}"))
}

fn to_reals(column: &ArrayRef) -> Result<ArrayRef, String> {
    cast(column, &DataType::Float64).map_err(|error| format!("cannot be read: {error}"))
}

fn reals(column: &ArrayRef) -> ArrayRef {
    let values = column.as_primitive::<Float64Type>();
    let mut texts = StringBuilder::with_capacity(values.len(), values.len() * 8);
    let mut text = String::new();
    for value in values {
        text.clear();
        value.inspect(|real| push_real(*real, &mut text));
        texts.append_option(value.map(|_| text.as_str()));
    }
    Arc::new(texts.finish())
}

fn whole(column: &ArrayRef) -> Result<ArrayRef, String> {
    let wide = cast(column, &DataType::Int64).map_err(|error| format!("cannot be read: {error}"))?;
    let values = wide.as_primitive::<Int64Type>();
    let mut texts = StringBuilder::with_capacity(values.len(), values.len() * 8);
    let mut digits = itoa::Buffer::new();
    for value in values {
        texts.append_option(value.map(|number| digits.format(number)));
    }
    Ok(Arc::new(texts.finish()))
}

/// Days since 1970 as `YYYY-MM-DD`, by the proleptic Gregorian calendar.
fn days(column: &ArrayRef) -> ArrayRef {
    let values = column.as_primitive::<Date32Type>();
    let mut texts = StringBuilder::with_capacity(values.len(), values.len() * 10);
    for value in values {
        let Some(day) = value else {
            texts.append_null();
            continue;
        };
        let (year, month, day) = civil(i64::from(day));
        let digit = |n: i64| b'0' + u8::try_from(n % 10).unwrap_or_default();
        let [a, b, c, d] = [year / 1000, year / 100, year / 10, year].map(digit);
        let [e, f, g, h] = [month / 10, month, day / 10, day].map(digit);
        match std::str::from_utf8(&[a, b, c, d, b'-', e, f, b'-', g, h]) {
            Ok(text) if (0..10_000).contains(&year) => texts.append_value(text),
            _ => texts.append_value(format!("{year:05}-{month:02}-{day:02}")),
        }
    }
    Arc::new(texts.finish())
}

/// Year, month and day of a number of days since 1970-01-01. The year is counted from March, so that the day that
/// comes every four years is its last (after Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
