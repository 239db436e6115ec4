//! Headers of pages, as far as sizes go. The library reads a header only when it unpacks the page, so they are read here
//! before, and more strictly: what it might take for something else is refused.

use super::numbers::Reader;

/// What a page says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageHeader {
    pub(super) kind: Kind,
    /// Bytes of the header.
    pub(super) length: usize,
    /// Bytes that follow it.
    pub(super) packed: usize,
    /// Bytes they become.
    pub(super) unpacked: usize,
    /// Of the bytes that follow, those in front that are never packed.
    pub(super) levels: usize,
    /// Whether the others are packed, where the column is.
    pub(super) is_packed: bool,
    /// Values in it, missing ones too: in a flat column as many as rows.
    pub(super) values: usize,
    /// How values are written, by the number it has in files.
    pub(super) encoding: i32,
}

/// Kinds of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Dictionary,
    Data,
}

/// Why a header was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It goes on behind the bytes at hand.
    Short,
    /// It is none, or none that a program writes.
    Strange,
}

// Types of fields in Thrift's compact protocol.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;

/// Most structs inside one another in what is passed over.
const DEEPEST: u8 = 8;

/// Numbers and flags of a struct by the id of their field.
type Numbers = [Option<i32>; 8];

/// Reads the header that the bytes begin with.
pub(super) fn read(bytes: &[u8]) -> Result<PageHeader, Fault> {
    let mut reader = Reader::new(bytes);
    let mut top = Numbers::default();
    let (mut data, mut dictionary, mut data_v2) = (None, None, None);
    let mut id = 0;
    while let Some((next, kind)) = field(&mut reader, id)? {
        id = next;
        match (id, kind) {
            (1..=4, I32) => top[usize::from(id)] = Some(number(&mut reader)?),
            (5, STRUCT) => data = Some(numbers(&mut reader, 4)?),
            (7, STRUCT) => dictionary = Some(numbers(&mut reader, 2)?),
            (8, STRUCT) => data_v2 = Some(numbers(&mut reader, 6)?),
            (9.., _) => skip(&mut reader, kind, DEEPEST)?,
            _ => return Err(Fault::Strange),
        }
    }
    let [_, kind, unpacked, packed, ..] = top;
    let (unpacked, packed, length) = (size(unpacked)?, size(packed)?, bytes.len() - reader.rest().len());
    let plain =
        PageHeader { kind: Kind::Data, length, packed, unpacked, levels: 0, is_packed: true, values: 0, encoding: 0 };
    let of = |part: Option<Numbers>| part.ok_or(Fault::Strange);
    match kind {
        Some(0) => {
            let [_, values, encoding, ..] = of(data)?;
            Ok(PageHeader { values: size(values)?, encoding: encoding.ok_or(Fault::Strange)?, ..plain })
        }
        Some(2) => {
            let [_, values, encoding, ..] = of(dictionary)?;
            let (values, encoding) = (size(values)?, encoding.ok_or(Fault::Strange)?);
            Ok(PageHeader { kind: Kind::Dictionary, values, encoding, ..plain })
        }
        Some(3) => {
            let [_, values, _, rows, encoding, definition, repetition, is_packed] = of(data_v2)?;
            let (values, encoding) = (size(values)?, encoding.ok_or(Fault::Strange)?);
            let levels = size(definition)?.checked_add(size(repetition)?).ok_or(Fault::Strange)?;
            if size(rows)? != values || levels > packed || levels > unpacked {
                return Err(Fault::Strange);
            }
            Ok(PageHeader { values, encoding, levels, is_packed: is_packed != Some(0), ..plain })
        }
        // Pages of an index are written by nobody, and the library does not pass over them alike everywhere.
        _ => Err(Fault::Strange),
    }
}

/// The numbers of a struct; the fields up to `known` must be some, of the others flags are kept.
fn numbers(reader: &mut Reader<'_>, known: u16) -> Result<Numbers, Fault> {
    let mut numbers = Numbers::default();
    let mut id = 0;
    while let Some((next, kind)) = field(reader, id)? {
        id = next;
        let value = match kind {
            I32 if id <= known => Some(number(reader)?),
            _ if id <= known => return Err(Fault::Strange),
            TRUE | FALSE => Some(i32::from(kind == TRUE)),
            _ => {
                skip(reader, kind, DEEPEST)?;
                None
            }
        };
        if let Some(slot) = numbers.get_mut(usize::from(id)) {
            *slot = value;
        }
    }
    Ok(numbers)
}

/// Id and type of the next field; `None` at the end of the struct. Fields stand in order, none twice.
fn field(reader: &mut Reader<'_>, last: u16) -> Result<Option<(u16, u8)>, Fault> {
    let head = reader.byte().ok_or(Fault::Short)?;
    match (head >> 4, head & 0x0f) {
        (_, 0) => Ok(None),
        (0, _) => Err(Fault::Strange),
        (step, kind) => Ok(Some((last.saturating_add(u16::from(step)), kind))),
    }
}

fn number(reader: &mut Reader<'_>) -> Result<i32, Fault> {
    i32::try_from(reader.signed().ok_or(Fault::Short)?).map_err(|_| Fault::Strange)
}

fn size(number: Option<i32>) -> Result<usize, Fault> {
    number.and_then(|number| usize::try_from(number).ok()).ok_or(Fault::Strange)
}

fn skip(reader: &mut Reader<'_>, kind: u8, depth: u8) -> Result<(), Fault> {
    let depth = depth.checked_sub(1).ok_or(Fault::Strange)?;
    let mut take = |bytes: usize| reader.take(bytes).map(drop).ok_or(Fault::Short);
    match kind {
        TRUE | FALSE => Ok(()),
        BYTE => take(1),
        DOUBLE => take(8),
        I16 | I32 | I64 => reader.unsigned().map(drop).ok_or(Fault::Short),
        BINARY => {
            let length = reader.count().ok_or(Fault::Short)?;
            reader.take(length).map(drop).ok_or(Fault::Short)
        }
        LIST | SET => {
            let head = reader.byte().ok_or(Fault::Short)?;
            let count = match usize::from(head >> 4) {
                15 => reader.count().ok_or(Fault::Short)?,
                few => few,
            };
            let kind = head & 0x0f;
            // The library passes over lists of flags in a way of its own.
            if kind < BYTE && count > 0 {
                return Err(Fault::Strange);
            }
            (0..count).try_for_each(|_| skip(reader, kind, depth))
        }
        STRUCT => {
            let mut id = 0;
            while let Some((next, kind)) = field(reader, id)? {
                id = next;
                skip(reader, kind, depth)?;
            }
            Ok(())
        }
        _ => Err(Fault::Strange),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Kind, PageHeader, read};

    /// 100 bytes packed into 50, ten values of a dictionary, with statistics.
    const DATA: &[u8] =
        &[0x15, 0, 0x15, 0xc8, 1, 0x15, 0x64, 0x2c, 0x15, 20, 0x15, 16, 0x15, 6, 0x15, 6, 0x1c, 0x18, 2, 7, 7, 0, 0, 0];
    /// Three values of 30 bytes, sorted.
    const DICTIONARY: &[u8] = &[0x15, 4, 0x15, 60, 0x15, 60, 0x4c, 0x15, 6, 0x15, 0, 0x11, 0, 0];
    /// Ten values and two bytes of levels in front, not packed.
    const DATA_V2: &[u8] =
        &[0x15, 6, 0x15, 40, 0x15, 40, 0x5c, 0x15, 20, 0x15, 0, 0x15, 20, 0x15, 14, 0x15, 4, 0x15, 0, 0x12, 0, 0];

    #[test]
    fn pages_say_what_they_are_and_become() {
        let data = PageHeader {
            kind: Kind::Data,
            length: DATA.len(),
            packed: 50,
            unpacked: 100,
            levels: 0,
            is_packed: true,
            values: 10,
            encoding: 8,
        };
        assert_eq!(read(DATA), Ok(data));
        assert_eq!(read(&[DATA, b"what follows"].concat()), Ok(data));
        let dictionary = read(DICTIONARY).map(|page| (page.kind, page.unpacked, page.values, page.encoding));
        assert_eq!(dictionary, Ok((Kind::Dictionary, 30, 3, 0)));
        let v2 = read(DATA_V2).map(|page| (page.values, page.encoding, page.levels, page.is_packed));
        assert_eq!(v2, Ok((10, 7, 2, false)));
    }

    #[test]
    fn what_is_cut_off_is_told_from_what_is_strange() {
        for header in [DATA, DICTIONARY, DATA_V2] {
            for end in 0..header.len() {
                assert_eq!(read(&header[..end]), Err(Fault::Short), "{end}");
            }
        }
        let change = |header: &[u8], at: usize, byte: u8| {
            let mut changed = header.to_vec();
            changed[at] = byte;
            read(&changed)
        };
        for (what, read) in [
            ("a page of an index", change(DATA, 1, 2)),
            ("a size of another type", change(DATA, 2, 0x18)),
            ("a field with an id of its own", change(DATA, 2, 0x05)),
            ("less than nothing", change(DATA, 6, 0x63)),
            ("no struct for its kind", change(DATA, 1, 4)),
            ("a number of values of another type", change(DATA, 8, 0x16)),
            ("other rows than values", change(DATA_V2, 12, 22)),
            ("more levels than bytes", change(DATA_V2, 16, 60)),
        ] {
            assert_eq!(read, Err(Fault::Strange), "{what}");
        }
    }
}
