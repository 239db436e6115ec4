//! Typed values as text, in the way the other sources write them.

use std::{fmt::Write, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, StringArray, StringBuilder},
    compute::cast,
    datatypes::{DataType, Float64Type},
};

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
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            let bytes = cast(column, &DataType::Binary).map_err(|error| format!("cannot be read: {error}"))?;
            let hex = bytes.as_binary::<i32>().iter().map(|value| value.map(hex));
            Ok(Arc::new(hex.collect::<StringArray>()))
        }
        nested if nested.is_nested() => Err(format!("holds values made of several parts ({nested})")),
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
    for value in values {
        // Writing to a builder cannot fail.
        let _ = value.map(|real| write!(texts, "{real}"));
        match value {
            Some(_) => texts.append_value(""),
            None => texts.append_null(),
        }
    }
    Arc::new(texts.finish())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
