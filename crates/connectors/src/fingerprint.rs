//! Bytes as hexadecimal text, and the hash that says which file was read.

use std::{fmt::Write, io::Read};

use sha2::{Digest, Sha256};

use crate::{SourceFile, error::ConnectorError, limits::Meter};

/// The fingerprint of the bytes that were hashed.
pub(crate) fn fingerprint(hash: Sha256) -> String {
    format!("sha256:{}", hex(&hash.finalize()))
}

/// The fingerprint of a file.
pub(crate) fn of_file(source: &SourceFile, meter: &Meter) -> Result<String, ConnectorError> {
    let failed = |error| ConnectorError::file(&meter.system, &error);
    let mut file = source.open(&meter.system)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        if read == 0 {
            return Ok(fingerprint(hash));
        }
        hash.update(&buffer[..read]);
        meter.look()?;
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
