//! Bytes as hexadecimal text, and the hash that says which file was read.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The fingerprint of the bytes that were hashed.
pub(crate) fn fingerprint(hash: Sha256) -> String {
    format!("sha256:{}", hex(&hash.finalize()))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
