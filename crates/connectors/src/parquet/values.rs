//! Typed values as text, in the way the other sources write them.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray, StringArray},
    buffer::{Buffer, OffsetBuffer, ScalarBuffer},
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
            reals(&to_reals(&digits)?)
        }
        DataType::Float64 => reals(column),
        DataType::Date32 => days(column),
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

fn reals(column: &ArrayRef) -> Result<ArrayRef, String> {
    let mut text = String::new();
    texts(column.as_primitive::<Float64Type>(), |real, texts| {
        text.clear();
        push_real(real, &mut text);
        texts.extend_from_slice(text.as_bytes());
    })
}

fn whole(column: &ArrayRef) -> Result<ArrayRef, String> {
    let wide = cast(column, &DataType::Int64).map_err(|error| format!("cannot be read: {error}"))?;
    let mut digits = itoa::Buffer::new();
    texts(wide.as_primitive::<Int64Type>(), |number, texts| {
        texts.extend_from_slice(digits.format(number).as_bytes());
    })
}

/// Days since 1970 as `YYYY-MM-DD`, by the proleptic Gregorian calendar.
fn days(column: &ArrayRef) -> Result<ArrayRef, String> {
    texts(column.as_primitive::<Date32Type>(), |day, texts| {
        let (year, month, day) = civil(i64::from(day));
        if !(0..10_000).contains(&year) {
            texts.extend_from_slice(format!("{year:05}-{month:02}-{day:02}").as_bytes());
            return;
        }
        let digit = |n: i64| b'0' + u8::try_from(n % 10).unwrap_or_default();
        let [a, b, c, d] = [year / 1000, year / 100, year / 10, year].map(digit);
        let [e, f, g, h] = [month / 10, month, day / 10, day].map(digit);
        texts.extend_from_slice(&[a, b, c, d, b'-', e, f, b'-', g, h]);
    })
}

/// A column of texts, one behind the other: for each value that is there, what `write` adds to those before.
fn texts<T: ArrowPrimitiveType>(
    values: &PrimitiveArray<T>,
    mut write: impl FnMut(T::Native, &mut Vec<u8>),
) -> Result<ArrayRef, String> {
    let mut texts = Vec::with_capacity(values.len() * 10);
    let mut ends = Vec::with_capacity(values.len() + 1);
    ends.push(0_i32);
    for value in values {
        if let Some(value) = value {
            write(value, &mut texts);
        }
        ends.push(i32::try_from(texts.len()).map_err(|_| "holds too much text at once".to_owned())?);
    }
    let ends = OffsetBuffer::new(ScalarBuffer::from(ends));
    let texts = StringArray::try_new(ends, Buffer::from_vec(texts), values.nulls().cloned());
    texts.map(|texts| Arc::new(texts) as ArrayRef).map_err(|error| format!("cannot be read: {error}"))
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
