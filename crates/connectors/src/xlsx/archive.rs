//! A workbook is a zip of XML. Before anything is parsed it is looked through here: what it declares, what it really
//! holds, and everything that would take much memory in the parser, which trusts the file.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
};

use memchr::memmem;
use quick_xml::{Reader, events::Event};
use zip::{CompressionMethod, ZipArchive, result::ZipError};

use super::parts::Part;
use crate::{
    SourceFile,
    error::ConnectorError,
    limits::{Meter, size},
};

/// More entries than any workbook has.
const MOST_ENTRIES: usize = 2000;
/// Most bytes of all entries together.
const MOST_BYTES: u64 = 512 << 20;
/// An entry larger than `SMALL` may be at most so many times larger than its compressed bytes.
const MOST_RATIO: u64 = 200;
const SMALL: u64 = 1 << 20;
/// Nesting of XML elements.
const DEEPEST: usize = 64;
/// Most bytes of one tag with its attributes.
const LONGEST_TAG: u64 = 64 << 10;
/// Most bytes of one piece of text.
const LONGEST_TEXT: u64 = 8 << 20;

/// The file as the parser reads it: ends when somebody cancels or time is up.
pub(super) struct Watched {
    file: BufReader<File>,
    meter: Meter,
}

impl Watched {
    pub(super) fn open(source: &SourceFile, meter: &Meter) -> Result<Self, ConnectorError> {
        Ok(Self { file: BufReader::new(source.open(&meter.system)?), meter: meter.clone() })
    }
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.meter.look().map_err(io::Error::other)?;
        self.file.read(buffer)
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Looks through the whole file and hands it back.
pub(super) fn look_through(mut file: Watched) -> Result<Watched, ConnectorError> {
    let meter = file.meter.clone();
    looks_like_a_zip(&mut file, &meter)?;
    let mut archive = ZipArchive::new(file).map_err(|error| broken(&meter, &error))?;
    declared(&mut archive, &meter)?;
    for entry in 0..archive.len() {
        let entry = archive.by_index(entry).map_err(|error| broken(&meter, &error))?;
        let name = entry.name().map_err(|error| broken(&meter, &error))?.to_ascii_lowercase();
        if name.ends_with(".xml") || name.ends_with(".rels") {
            // A part that is larger than it declares ends with an error.
            look_at_part(Part::default(), Rationed::new(entry), &meter)?;
        }
    }
    Ok(archive.into_inner())
}

/// Refuses, before the list of entries is read, what is no zip and lists that are too long.
fn looks_like_a_zip(file: &mut Watched, meter: &Meter) -> Result<(), ConnectorError> {
    const ZIP: &[u8] = b"PK\x03\x04";
    const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";
    const END: &[u8] = b"PK\x05\x06";
    const END_BYTES: usize = 22;
    const LONGEST_COMMENT: u64 = u16::MAX as u64;
    let failed = |error| unreadable(meter, &error);
    let mut start = Vec::new();
    file.by_ref().take(ZIP.len() as u64).read_to_end(&mut start).map_err(failed)?;
    let no_workbook = match start.as_slice() {
        ZIP => None,
        COMPOUND => Some("it is protected by a password or an old .xls file; save it as .xlsx without a password"),
        [] => Some("the file is empty; it holds no workbook"),
        _ => Some("it is no Excel workbook (.xlsx); check the file"),
    };
    if let Some(message) = no_workbook {
        return Err(ConnectorError::bad_data(&meter.system, message));
    }
    let length = file.seek(SeekFrom::End(0)).map_err(failed)?;
    let tail_at = length.saturating_sub(LONGEST_COMMENT + END_BYTES as u64 + ZIP.len() as u64);
    file.seek(SeekFrom::Start(tail_at)).map_err(failed)?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail).map_err(failed)?;
    // Any of them might be taken for the end of the list.
    for at in memmem::find_iter(&tail, END) {
        let Some(end) = tail.get(at..at + END_BYTES) else {
            continue;
        };
        let entries = u16::from_le_bytes([end[10], end[11]]);
        // Such numbers say that the real ones are elsewhere, for archives over 4 GB.
        let elsewhere = end[12..16] == [0xff; 4] || end[16..20] == [0xff; 4];
        let comment = usize::from(u16::from_le_bytes([end[20], end[21]]));
        if at + END_BYTES + comment <= tail.len() && (usize::from(entries) > MOST_ENTRIES || elsewhere) {
            return Err(meter.limit("its list of parts is too long for a workbook; save it anew as .xlsx".into()));
        }
    }
    file.rewind().map_err(failed)
}

/// Compares what the list of entries declares with what is allowed.
fn declared(archive: &mut ZipArchive<Watched>, meter: &Meter) -> Result<(), ConnectorError> {
    if archive.len() > MOST_ENTRIES {
        return Err(meter.limit("its list of parts is too long for a workbook; save it anew as .xlsx".into()));
    }
    if archive.has_overlapping_entries().map_err(|error| broken(meter, &error))? {
        return Err(ConnectorError::bad_data(&meter.system, "parts of it lie over one another; save it anew as .xlsx"));
    }
    let mut total = 0_u64;
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(|error| broken(meter, &error))?;
        if entry.encrypted() {
            return Err(ConnectorError::bad_data(&meter.system, "it is encrypted; save it without a password"));
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            let message = "it is compressed in a way workbooks are not; save it anew as .xlsx";
            return Err(ConnectorError::bad_data(&meter.system, message));
        }
        let (bytes, compressed) = (entry.size(), entry.compressed_size());
        total = total.saturating_add(bytes);
        if bytes > SMALL && bytes / MOST_RATIO > compressed {
            let message = format!("a part of it is more than {MOST_RATIO} times larger than its compressed bytes");
            return Err(meter.limit(format!("{message}; save what is needed as .csv")));
        }
    }
    let most = MOST_BYTES.min(meter.most_bytes());
    if total > most {
        return Err(meter.limit(format!("unpacked it has more than {}; save what is needed as .csv", size(most))));
    }
    Ok(())
}

/// Reads a part by the same rules as the parser will, and refuses what would take much of its memory.
fn look_at_part<R: Read>(mut part: Part, text: Rationed<R>, meter: &Meter) -> Result<(), ConnectorError> {
    let mut xml = Reader::from_reader(text);
    xml.config_mut().expand_empty_elements = true;
    let (mut buffer, mut depth) = (Vec::new(), 0_usize);
    loop {
        buffer.clear();
        xml.get_mut().left = LONGEST_TEXT;
        let event = match xml.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(error) => return Err(part_failed(xml.get_ref(), meter, &error)),
        };
        let taken = LONGEST_TEXT - xml.get_ref().left;
        match &event {
            Event::Start(_) if taken > LONGEST_TAG => {
                return Err(meter.limit("a tag in it is larger than 65 kB; save it anew as .xlsx".into()));
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::DocType(_) => {
                let message = "it declares a document type, which workbooks do not; save it anew as .xlsx";
                return Err(ConnectorError::bad_data(&meter.system, message));
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(meter.limit(format!("its parts are nested more than {DEEPEST} levels deep")));
        }
        if !part.see(&event, taken, meter)? {
            return Ok(());
        }
    }
}

fn part_failed<R: Read>(text: &Rationed<R>, meter: &Meter, error: &quick_xml::Error) -> ConnectorError {
    if let Err(stopped) = meter.look() {
        return stopped;
    }
    if text.left == 0 {
        return meter.limit(format!("a text in it is larger than {}; leave it out", size(LONGEST_TEXT)));
    }
    ConnectorError::bad_data(&meter.system, format!("a part of it is broken: {error}; save it anew as .xlsx"))
}

/// What the zip or a part of it says when it cannot be read.
pub(super) fn broken(meter: &Meter, error: &ZipError) -> ConnectorError {
    if let Err(stopped) = meter.look() {
        return stopped;
    }
    if let ZipError::Io(error) = error {
        return unreadable(meter, error);
    }
    ConnectorError::bad_data(&meter.system, format!("it is a broken workbook: {error}; take a fresh copy of it"))
}

fn unreadable(meter: &Meter, error: &io::Error) -> ConnectorError {
    meter.look().err().unwrap_or_else(|| ConnectorError::file(&meter.system, error))
}

/// Text that ends with an error where one piece of it is larger than it may be.
struct Rationed<R> {
    text: BufReader<R>,
    /// Bytes of the piece at hand.
    left: u64,
}

impl<R: Read> Rationed<R> {
    fn new(text: R) -> Self {
        Self { text: BufReader::new(text), left: LONGEST_TEXT }
    }
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Rationed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.text.fill_buf()?;
        if !bytes.is_empty() && self.left == 0 {
            return Err(io::Error::other("it is too large"));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        Ok(&bytes[..bytes.len().min(most)])
    }

    fn consume(&mut self, bytes: usize) {
        self.text.consume(bytes);
        self.left = self.left.saturating_sub(bytes as u64);
    }
}
