//! Looks through a file before it is read. The library unpacks whole pages, keeps one of every column, and copies a
//! value of a dictionary for every row it stands in, so that a file of a few kilobytes could take gigabytes. What it
//! will hold is added up from the headers of the pages, and rows are read so few at once that they stay moderate.

use std::{
    fs::File,
    io::{self, Read},
    sync::Arc,
};

use flate2::read::MultiGzDecoder;
use parquet::{
    basic::{Compression, Encoding, Type},
    column::page::Page,
    file::{
        metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData},
        reader::ChunkReader,
        serialized_reader::SerializedPageReader,
    },
    schema::types::ColumnDescriptor,
};

use super::{
    BATCH_ROWS,
    header::{self, Fault, Kind, PageHeader},
    lengths::{announced, longest_of_dictionary, longest_of_differences},
};
use crate::{
    error::{ConnectorError, ErrorKind, cut},
    limits::{Meter, size},
};

/// What pages and dictionaries of all columns may take at once: so much, and so many bytes for each of the file.
const MOST_HELD: u64 = 256 << 20;
const HELD_FOR_EACH: u64 = 8;
/// What a batch of rows should not take much more than.
const BATCH_BYTES: u64 = 64 << 20;
/// The list of columns and parts at the end of the file: so much, or a part of the file.
const MOST_FOOTER: u64 = 8 << 20;
const FOOTER_PART: u64 = 16;
/// More pages than a column has.
const MOST_PAGES: usize = 4_000_000;
/// More bytes than a header of a page has.
const LONGEST_HEADER: u64 = 64 << 10;
/// What a value takes in a batch, at least; a real has up to 300 digits.
const VALUE_BYTES: u64 = 24;
const REAL_BYTES: u64 = 64;
/// Numbers of rows that are tried: a whole batch, half of it, and so on to one.
const STEPS: usize = BATCH_ROWS.ilog2() as usize + 1;

/// Refuses a file whose list of columns and parts would become too large in memory.
pub(super) fn footer(file: &File, system: &str) -> Result<(), ConnectorError> {
    const TAIL: u64 = 8;
    let bytes = file.metadata().map_err(|error| ConnectorError::file(system, &error))?.len();
    // What is no Parquet file is told by whoever reads it.
    let tail = bytes.checked_sub(TAIL).and_then(|at| file.get_bytes(at, 8).ok()).unwrap_or_default();
    let length = tail.first_chunk::<4>().map_or(0, |length| u64::from(u32::from_le_bytes(*length)));
    let most = MOST_FOOTER.max(bytes / FOOTER_PART);
    if tail.ends_with(b"PAR1") && length > most {
        let (is, most) = (size(length), size(most));
        let message = format!(
            "its list of columns and parts has {is}, more than {most}; write it with fewer columns or larger row groups"
        );
        return Err(ConnectorError::new(ErrorKind::Limit, system, message));
    }
    Ok(())
}

/// How many rows of the first row groups may be read at once; with `first`, where no page beyond so many rows is read.
pub(super) fn rows_at_once(
    file: &File,
    metadata: &ParquetMetaData,
    groups: usize,
    first: Option<u64>,
    meter: &Meter,
) -> Result<usize, ConnectorError> {
    let unreadable = |error: io::Error| ConnectorError::file(&meter.system, &error);
    let file_bytes = file.metadata().map_err(unreadable)?.len();
    let file = Arc::new(file.try_clone().map_err(unreadable)?);
    let mut look = Look { file, file_bytes, meter, first: first.unwrap_or(u64::MAX), held: 0, walked: 0 };
    let groups = metadata.row_groups().get(..groups).unwrap_or(metadata.row_groups());
    let (mut width, mut touched) = (0_u64, [0_u64; STEPS]);
    for (at, column) in metadata.file_metadata().schema_descr().columns().iter().enumerate() {
        let found = look.column(at, column, groups)?;
        look.held += found.held;
        width = width.saturating_add(found.width);
        touched.iter_mut().zip(found.touched).for_each(|(sum, bytes)| *sum += bytes);
    }
    // One page of every column is there anyway, and a batch may begin in one and end in the next.
    let moderate = BATCH_BYTES + 2 * look.held;
    let step = touched.iter().position(|bytes| *bytes <= moderate).unwrap_or(STEPS - 1);
    let by_width = usize::try_from(BATCH_BYTES / width.max(1)).unwrap_or(BATCH_ROWS);
    Ok((BATCH_ROWS >> step).min(by_width).max(1))
}

/// What was found out so far.
struct Look<'a> {
    file: Arc<File>,
    file_bytes: u64,
    meter: &'a Meter,
    /// Rows that are read; what lies behind them is not looked at.
    first: u64,
    /// Bytes that the columns before hold at once.
    held: u64,
    /// Bytes that were looked at.
    walked: u64,
}

/// What is known of a column.
struct Found {
    /// Most bytes of a page and a dictionary.
    held: u64,
    /// Most bytes that reading one row makes, beside what its page holds.
    width: u64,
    /// Most bytes of the pages that a batch touches, for each of the [`STEPS`].
    touched: [u64; STEPS],
}

/// What is known of the part of a column in one row group.
#[derive(Default)]
struct Chunk {
    /// Bytes of the dictionary.
    dictionary: u64,
    /// Bytes of the largest page.
    page: u64,
    /// Whether values are written as what differs from the one before.
    differences: bool,
    /// Bytes of the longest value, where that is not plain from the pages.
    longest: usize,
    /// Pages of values that were looked at.
    data_pages: usize,
}

/// A page with values.
struct Rows {
    rows: u64,
    bytes: u64,
}

impl Look<'_> {
    fn column(
        &mut self,
        at: usize,
        column: &ColumnDescriptor,
        groups: &[RowGroupMetaData],
    ) -> Result<Found, ConnectorError> {
        let (mut pages, mut held, mut longest) = (Vec::new(), 0, 0);
        for group in groups {
            let chunk = group.columns().get(at).ok_or_else(|| self.broken(column, "is not in all of its parts"))?;
            let chunk = self.chunk(chunk, column, &mut pages)?;
            held = held.max(chunk.dictionary + chunk.page);
            longest = longest.max(chunk.longest);
        }
        self.meter.field(longest, || format!("a value of column `{}`", cut(column.name())))?;
        let width = match column.physical_type() {
            Type::FLOAT | Type::DOUBLE => REAL_BYTES,
            Type::FIXED_LEN_BYTE_ARRAY => fixed_length(column),
            _ => longest as u64,
        };
        let mut touched = [0; STEPS];
        for (step, bytes) in touched.iter_mut().enumerate() {
            *bytes = most_touched(&pages, (BATCH_ROWS >> step) as u64);
        }
        Ok(Found { held, width: width.max(VALUE_BYTES), touched })
    }

    /// Goes from header to header.
    fn chunk(
        &mut self,
        chunk: &ColumnChunkMetaData,
        column: &ColumnDescriptor,
        pages: &mut Vec<Rows>,
    ) -> Result<Chunk, ConnectorError> {
        let begin = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
        let place = u64::try_from(begin).ok().zip(u64::try_from(chunk.compressed_size()).ok());
        let end = place.and_then(|(begin, length)| begin.checked_add(length)).filter(|end| *end <= self.file_bytes);
        let ((begin, length), Some(end)) = (place.unwrap_or_default(), end) else {
            return Err(self.broken(column, "lies outside of the file"));
        };
        self.walked = self.walked.saturating_add(length);
        if self.walked > self.file_bytes {
            return Err(self.broken(column, "lies where another one is"));
        }
        let before: u64 = pages.iter().map(|page| page.rows).sum();
        let (mut seen, mut at, mut rows) = (Chunk::default(), begin, before);
        while at < end && rows < self.first {
            self.meter.look()?;
            let page = self.header(at, end - at, column)?;
            let body = at + page.length as u64;
            let next = body + page.packed as u64;
            if next > end {
                return Err(self.broken(column, "has a page that is cut off"));
            }
            let packing = chunk.compression();
            let bytes = match packing {
                Compression::UNCOMPRESSED => page.packed,
                _ => page.packed.max(page.unpacked),
            } as u64;
            let values = page.values as u64;
            match page.kind {
                // Room is made for as many values as it says, before any of them is read.
                Kind::Dictionary if at != begin || values.saturating_mul(least_bytes(column)) > bytes => {
                    return Err(self.broken(column, "has a dictionary that is none"));
                }
                Kind::Dictionary if column.physical_type() == Type::BYTE_ARRAY => {
                    // Texts get a list of where they begin.
                    seen.dictionary = bytes + 8 * values;
                }
                Kind::Dictionary => seen.dictionary = bytes,
                Kind::Data => {
                    let differences = is_by_differences(page.encoding);
                    seen.differences |= differences;
                    // Both lengths of each value are kept as numbers.
                    let lengths = if differences { 12 * values } else { 0 };
                    seen.page = seen.page.max(bytes + lengths);
                    if values > 0 {
                        pages.push(Rows { rows: values, bytes });
                    }
                    seen.data_pages += 1;
                    rows += values;
                }
            }
            self.holds(seen.dictionary + seen.page, pages.len())?;
            self.unpacks(packing, &page, body, column)?;
            at = next;
        }
        let has_texts = column.physical_type() == Type::BYTE_ARRAY && seen.dictionary > 0;
        if has_texts || seen.differences {
            seen.longest = self.longest(chunk, column, &seen)?;
        }
        Ok(seen)
    }

    fn header(&self, at: u64, left: u64, column: &ColumnDescriptor) -> Result<PageHeader, ConnectorError> {
        const USUAL: u64 = 256;
        for most in [USUAL, LONGEST_HEADER] {
            let bytes = self.bytes(at, left.min(most), column)?;
            match header::read(&bytes) {
                Ok(page) => return Ok(page),
                Err(Fault::Short) => {}
                Err(Fault::Strange) => break,
            }
        }
        Err(self.broken(column, "has a page without a proper header"))
    }

    /// Refuses what takes too much at once.
    fn holds(&self, bytes: u64, pages: usize) -> Result<(), ConnectorError> {
        let most = MOST_HELD.saturating_add(self.file_bytes.saturating_mul(HELD_FOR_EACH));
        if self.held + bytes > most {
            let most = size(most);
            let message = format!("its columns unpack to more than {most} at once; write it with smaller pages");
            return Err(self.meter.limit(message));
        }
        if pages > MOST_PAGES {
            let message = format!("a column has more than {MOST_PAGES} pages; write it with larger ones");
            return Err(self.meter.limit(message));
        }
        Ok(())
    }

    /// Two ways of packing go on beyond what the header says.
    fn unpacks(
        &self,
        packing: Compression,
        page: &PageHeader,
        body: u64,
        column: &ColumnDescriptor,
    ) -> Result<(), ConnectorError> {
        const FRAMES: [[u8; 4]; 2] = [0x184d_2204_u32.to_le_bytes(), 0x184c_2102_u32.to_le_bytes()];
        let (at, packed) = (body + page.levels as u64, page.packed.saturating_sub(page.levels) as u64);
        let unpacked = page.unpacked.saturating_sub(page.levels) as u64;
        match packing {
            Compression::BROTLI(_) | Compression::LZO => {
                Err(self.broken(column, "is packed in a way that is not read (Brotli, LZO)"))
            }
            // Nothing is unpacked where nothing is to come of it.
            _ if !page.is_packed || unpacked == 0 => Ok(()),
            Compression::GZIP(_) if !gzip_fits(&self.bytes(at, packed, column)?, unpacked) => {
                Err(self.broken(column, "has a page that is larger than it says"))
            }
            Compression::LZ4 if FRAMES.iter().any(|frame| self.begins_with(at, packed, frame)) => {
                Err(self.broken(column, "is packed as LZ4 frames, which are not read"))
            }
            Compression::UNCOMPRESSED
            | Compression::SNAPPY
            | Compression::ZSTD(_)
            | Compression::LZ4
            | Compression::LZ4_RAW
            | Compression::GZIP(_) => Ok(()),
        }
    }

    fn begins_with(&self, at: u64, length: u64, mark: &[u8; 4]) -> bool {
        length >= 4 && self.file.get_bytes(at, mark.len()).is_ok_and(|bytes| bytes[..] == mark[..])
    }

    /// Bytes of the longest value of a dictionary, or of all values where they are written as differences.
    fn longest(
        &self,
        chunk: &ColumnChunkMetaData,
        column: &ColumnDescriptor,
        seen: &Chunk,
    ) -> Result<usize, ConnectorError> {
        let broken = |_| self.broken(column, "has a page that cannot be unpacked");
        let pages = SerializedPageReader::new(Arc::clone(&self.file), chunk, 0, None).map_err(broken)?;
        let mut longest = 0;
        // The dictionary comes first.
        let dictionary = usize::from(seen.dictionary > 0);
        for page in pages.take(if seen.differences { dictionary + seen.data_pages } else { 1 }) {
            self.meter.look()?;
            let length = longest_of(&page.map_err(broken)?, column);
            longest = longest.max(length.ok_or_else(|| self.broken(column, "has a page whose values do not fit"))?);
        }
        Ok(longest)
    }

    fn bytes(&self, at: u64, length: u64, column: &ColumnDescriptor) -> Result<bytes::Bytes, ConnectorError> {
        let bytes = self.file.get_bytes(at, usize::try_from(length).unwrap_or(usize::MAX));
        bytes.map_err(|_| self.broken(column, "cannot be read to its end"))
    }

    fn broken(&self, column: &ColumnDescriptor, what: &str) -> ConnectorError {
        let message = format!("it is broken: column `{}` {what}; write it anew", cut(column.name()));
        ConnectorError::bad_data(&self.meter.system, message)
    }
}

/// Whether values are written with lists of lengths: `DELTA_LENGTH_BYTE_ARRAY` and `DELTA_BYTE_ARRAY`.
fn is_by_differences(encoding: i32) -> bool {
    matches!(encoding, 6 | 7)
}

/// Bytes that a value takes in a dictionary at least.
fn least_bytes(column: &ColumnDescriptor) -> u64 {
    match column.physical_type() {
        Type::BOOLEAN => 1,
        Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4,
        Type::INT64 | Type::DOUBLE => 8,
        Type::INT96 => 12,
        Type::FIXED_LEN_BYTE_ARRAY => fixed_length(column).max(1),
    }
}

fn fixed_length(column: &ColumnDescriptor) -> u64 {
    u64::try_from(column.type_length()).unwrap_or_default()
}

/// Most bytes of the pages that so many rows in a row touch.
fn most_touched(pages: &[Rows], rows: u64) -> u64 {
    // The rows of pages between the first and the last one are all of them touched, of these two at least one.
    let (mut first, mut between, mut bytes, mut most) = (0, 0, 0, 0);
    for (last, page) in pages.iter().enumerate() {
        bytes += page.bytes;
        if last > first + 1 {
            between += pages[last - 1].rows;
        }
        while last > first && between + 2 > rows {
            bytes -= pages[first].bytes;
            first += 1;
            if first < last {
                between -= pages[first].rows;
            }
        }
        most = most.max(bytes);
    }
    most
}

/// Bytes of the longest value that cannot be seen from the size of the page; `None` where something is wrong with it.
fn longest_of(page: &Page, column: &ColumnDescriptor) -> Option<usize> {
    let (encoding, values, count) = match page {
        Page::DictionaryPage { buf, num_values, .. } => {
            let values = usize::try_from(*num_values).ok()?;
            let is_text = column.physical_type() == Type::BYTE_ARRAY;
            return if is_text { longest_of_dictionary(buf, values) } else { Some(0) };
        }
        Page::DataPage { buf, num_values, encoding, def_level_encoding, .. } => {
            // Which values are missing stands in front, behind its length.
            let has_levels = column.max_def_level() > 0;
            let levels = match buf.first_chunk::<4>() {
                Some(length) if has_levels && *def_level_encoding == Encoding::RLE => {
                    usize::try_from(u32::from_le_bytes(*length)).ok()?.checked_add(4)
                }
                _ if has_levels => None,
                _ => Some(0),
            };
            (encoding, levels.and_then(|levels| buf.get(levels..)), num_values)
        }
        Page::DataPageV2 { buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, .. } => {
            let levels = usize::try_from(def_levels_byte_len.checked_add(*rep_levels_byte_len)?).ok()?;
            (encoding, buf.get(levels..), num_values)
        }
    };
    let most = usize::try_from(*count).ok()?;
    match encoding {
        Encoding::DELTA_BYTE_ARRAY => longest_of_differences(values?, most),
        Encoding::DELTA_LENGTH_BYTE_ARRAY => announced(values?).filter(|count| *count <= most).map(|_| 0),
        _ => Some(0),
    }
}

/// Whether bytes unpack to no more than so many.
fn gzip_fits(packed: &[u8], most: u64) -> bool {
    let mut unpacked = MultiGzDecoder::new(packed).take(most.saturating_add(1));
    io::copy(&mut unpacked, &mut io::sink()).is_ok_and(|bytes| bytes <= most)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::{Rows, gzip_fits, most_touched};

    #[test]
    fn rows_touch_the_pages_they_are_in() {
        let pages =
            |pages: &[(u64, u64)]| pages.iter().map(|(rows, bytes)| Rows { rows: *rows, bytes: *bytes }).collect();
        let many: Vec<Rows> = pages(&[(1, 10); 100]);
        for rows in [1, 2, 50] {
            assert_eq!(most_touched(&many, rows), rows * 10);
        }
        assert_eq!(most_touched(&many, 1000), 1000);
        let few: Vec<Rows> = pages(&[(100, 1), (10, 2), (100, 7), (5, 3), (100, 1)]);
        // Within one, over a border, over a whole one.
        assert_eq!((most_touched(&few, 1), most_touched(&few, 2), most_touched(&few, 7)), (7, 10, 11));
        assert_eq!(most_touched(&few, 102), 12, "from the last row of the second to the first of the fourth");
        assert_eq!(most_touched(&few, 8192), 14);
        assert_eq!(most_touched(&[], 8192), 0);
    }

    #[test]
    fn what_unpacks_to_more_than_it_says_does_not_fit() {
        let packed = |bytes: usize| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&vec![0; bytes]).unwrap();
            encoder.finish().unwrap()
        };
        let one = packed(100_000);
        assert!(gzip_fits(&one, 100_000) && !gzip_fits(&one, 99_999));
        // One after the other they are all unpacked.
        let two = [one.clone(), packed(50_000)].concat();
        assert!(gzip_fits(&two, 150_000) && !gzip_fits(&two, 100_000));
        assert!(!gzip_fits(b"no gzip", 1000));
    }
}
