//! What in a part of a workbook would take much memory in the parser: texts of cells, shared texts, styles, names.
//! Counted by the names of the elements, because any part may be read as any other.

use quick_xml::events::{BytesStart, Event};

use crate::{
    error::ConnectorError,
    limits::{Meter, size},
};

/// Most bytes of memory for what the parser keeps of one part.
const MOST_KEPT: u64 = 256 << 20;
/// Most bytes of text in one cell.
const LONGEST_TEXT: u64 = 8 << 20;
/// What a text takes in memory beside its characters.
const TEXT_BYTES: u64 = 64;
/// What an entry of a list takes in memory beside its tag.
const ENTRY_BYTES: u64 = 512;

/// One part while it is looked through.
#[derive(Default)]
pub(super) struct Part {
    /// In a cell, a shared text or a defined name.
    within: bool,
    /// Bytes of text in it.
    text: u64,
    /// Bytes the parser will keep.
    kept: u64,
    /// Shared texts that are announced.
    announced: u64,
    /// Shared texts that are there.
    texts: u64,
    /// Cell formats; each repeats the name of a font and a number format.
    formats: u64,
    longest_font: u64,
    longest_number_format: u64,
}

impl Part {
    /// Counts what was read; `bytes` is its length. False where the parser reads no further.
    pub(super) fn see(&mut self, event: &Event, bytes: u64, meter: &Meter) -> Result<bool, ConnectorError> {
        match event {
            Event::Start(tag) => {
                self.tag(tag, bytes);
                if matches!(tag.local_name().as_ref(), "c" | "si" | "definedName") {
                    (self.within, self.text) = (true, 0);
                }
            }
            Event::End(tag) => match tag.local_name().as_ref() {
                "sheetData" => return Ok(false),
                "c" => self.within = false,
                "si" => {
                    self.within = false;
                    self.texts += 1;
                    self.kept += TEXT_BYTES + self.text;
                }
                "definedName" => {
                    self.within = false;
                    self.kept += self.text;
                }
                _ => {}
            },
            _ if self.within => self.text += bytes,
            _ => {}
        }
        if self.text > LONGEST_TEXT {
            return Err(meter.limit(format!("a cell holds more than {} of text; leave it out", size(LONGEST_TEXT))));
        }
        let repeated = self.formats.saturating_mul(self.longest_font + self.longest_number_format);
        let announced = self.announced.saturating_sub(self.texts).saturating_mul(TEXT_BYTES);
        if self.kept.saturating_add(repeated).saturating_add(announced) > MOST_KEPT {
            let message = "its list of texts, styles or names is too large to be kept in memory";
            return Err(meter.limit(format!("{message}; save what is needed as .csv")));
        }
        Ok(true)
    }

    fn tag(&mut self, tag: &BytesStart, bytes: u64) {
        match tag.local_name().as_ref() {
            "sst" => {
                let announced = tag.try_get_attribute("uniqueCount").ok().flatten();
                let announced = announced.map_or(0, |count| count.value.parse().unwrap_or(u64::MAX));
                self.announced = self.announced.max(announced);
            }
            "xf" => {
                self.formats += 1;
                self.kept += ENTRY_BYTES;
            }
            "name" => self.longest_font = self.longest_font.max(bytes),
            "numFmt" => {
                self.longest_number_format = self.longest_number_format.max(bytes);
                self.kept += ENTRY_BYTES + bytes;
            }
            "font" | "fill" | "border" | "sheet" | "definedName" | "Relationship" => self.kept += ENTRY_BYTES + bytes,
            _ => {}
        }
    }
}
