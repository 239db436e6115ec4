//! In which encoding a text file is written: a mark at its start, else UTF-8 if all of it is valid, else
//! Windows-1252. Statistics over languages are left out: a guess that changes with a row helps nobody.

use std::{fs::File, io::Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::{
    SourceFile,
    error::{ConnectorError, ErrorKind},
    limits::{Meter, size},
};

/// How to turn the bytes of a file into text.
pub(crate) struct Detected {
    pub(crate) encoding: &'static Encoding,
    /// Bytes of the mark at the start, to be skipped.
    pub(crate) skip: usize,
    /// What to tell the user about it, where it is not plain UTF-8.
    pub(crate) note: Option<String>,
}

/// A file without a line end for this long is not a table, whatever its limits.
pub(crate) const LONGEST_LINE: usize = 64 << 20;

const MARKS: [(&[u8], &Encoding); 3] = [(b"\xef\xbb\xbf", UTF_8), (b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)];

/// Finds the encoding, or takes the one that was asked for. Reads the whole file where it has no mark.
pub(crate) fn detect(source: &SourceFile, wanted: Option<&str>, meter: &Meter) -> Result<Detected, ConnectorError> {
    let system = meter.system.as_str();
    let mut file = source.open(system)?;
    let mut buffer = vec![0; 1 << 18];
    let filled = read_full(&mut file, &mut buffer).map_err(|error| ConnectorError::file(system, &error))?;
    let start = &buffer[..filled];
    if start.is_empty() {
        return Err(ConnectorError::bad_data(
            system,
            "the file is empty; it needs a header line with the column names",
        ));
    }
    let mark = MARKS.iter().find(|(mark, _)| start.starts_with(mark));
    if let Some(label) = wanted {
        let encoding = Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            ConnectorError::bad_data(system, format!("there is no encoding `{label}`; try utf-8 or windows-1252"))
        })?;
        let skip = mark.filter(|(_, marked)| *marked == encoding).map_or(0, |(mark, _)| mark.len());
        return Ok(Detected { encoding, skip, note: Some(format!("read as {}, as asked for", encoding.name())) });
    }
    if let Some(detected) = unicode(start) {
        return Ok(detected);
    }
    let Some(line) = first_invalid_line(file, buffer, filled, system, meter)? else {
        return Ok(Detected { encoding: UTF_8, skip: 0, note: None });
    };
    let note = Some(format!("read as windows-1252, because line {line} is not valid UTF-8"));
    Ok(Detected { encoding: WINDOWS_1252, skip: 0, note })
}

/// Finds out which kind of Unicode a file is written in that can be nothing else. Reads its first bytes.
pub(crate) fn detect_unicode(source: &SourceFile, system: &str) -> Result<Detected, ConnectorError> {
    let mut start = [0; 4096];
    let mut file = source.open(system)?;
    let filled = read_full(&mut file, &mut start).map_err(|error| ConnectorError::file(system, &error))?;
    Ok(unicode(&start[..filled]).unwrap_or(Detected { encoding: UTF_8, skip: 0, note: None }))
}

/// By the mark at the start, or as UTF-16 by the pattern of the bytes.
fn unicode(start: &[u8]) -> Option<Detected> {
    if let Some((mark, encoding)) = MARKS.iter().find(|(mark, _)| start.starts_with(mark)) {
        let note = (*encoding != UTF_8).then(|| format!("read as {}, by the mark at its start", encoding.name()));
        return Some(Detected { encoding, skip: mark.len(), note });
    }
    let encoding = unmarked_utf16(start)?;
    let note = Some(format!("read as {}, by the pattern of its bytes", encoding.name()));
    Some(Detected { encoding, skip: 0, note })
}

/// Text in UTF-16 without a mark: nearly every other byte of Western text is zero.
fn unmarked_utf16(start: &[u8]) -> Option<&'static Encoding> {
    let start = &start[..start.len().min(4096) & !1];
    let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), start.len() / 2);
    if pairs >= 4 && odd * 2 > pairs && even == 0 {
        Some(UTF_16LE)
    } else if pairs >= 4 && even * 2 > pairs && odd == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The first line that is not UTF-8, or `None` where all of the file is.
fn first_invalid_line(
    mut file: File,
    mut buffer: Vec<u8>,
    mut filled: usize,
    system: &str,
    meter: &Meter,
) -> Result<Option<u64>, ConnectorError> {
    let (mut line, mut without_line_end, mut carried) = (1, 0, 0);
    loop {
        meter.look()?;
        let chunk = &buffer[..filled];
        if chunk.contains(&b'\n') || chunk.contains(&b'\r') {
            without_line_end = 0;
        } else {
            without_line_end += filled;
        }
        if without_line_end > LONGEST_LINE {
            let message = format!("it has a line longer than {}; is it a CSV file?", size(LONGEST_LINE as u64));
            return Err(ConnectorError::new(ErrorKind::Limit, system, message));
        }
        let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        let valid = match std::str::from_utf8(chunk) {
            Ok(_) => filled,
            // A character may be cut at the end of the chunk, but not at the end of the file.
            Err(error) if error.error_len().is_none() && filled > carried => error.valid_up_to(),
            Err(error) => return Ok(Some(line + lines(&chunk[..error.valid_up_to()]))),
        };
        line += lines(&chunk[..valid]);
        buffer.copy_within(valid..filled, 0);
        carried = filled - valid;
        let more =
            read_full(&mut file, &mut buffer[carried..]).map_err(|error| ConnectorError::file(system, &error))?;
        filled = carried + more;
        if more == 0 {
            return Ok((carried > 0).then_some(line));
        }
    }
}

/// Reads until the buffer is full or the file ends.
pub(super) fn read_full(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
