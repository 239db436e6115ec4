//! How long values get, without copying them: those of a dictionary, and those that are written as what differs from
//! the value before. Both can be a few bytes in the file and megabytes for every row.

use super::numbers::Reader;

/// The longest value of a dictionary of so many: each stands behind its length. `None` where it is cut off.
pub(super) fn longest_of_dictionary(mut bytes: &[u8], values: usize) -> Option<usize> {
    let mut longest = 0;
    for _ in 0..values {
        if bytes.is_empty() {
            break;
        }
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        bytes = rest.get(length..)?;
        longest = longest.max(length);
    }
    Some(longest)
}

/// How many values a list of lengths (`DELTA_LENGTH_BYTE_ARRAY`) announces: room is made for them at once.
pub(super) fn announced(bytes: &[u8]) -> Option<usize> {
    Header::read(&mut Reader::new(bytes)).map(|header| header.count)
}

/// The longest of at most `most` values that each begin like the one before (`DELTA_BYTE_ARRAY`). `None` where there
/// are more, or something is wrong with them.
pub(super) fn longest_of_differences(bytes: &[u8], most: usize) -> Option<usize> {
    let mut reader = Reader::new(bytes);
    let same = numbers(&mut reader, most)?;
    let own = numbers(&mut reader, most)?;
    if same.len() != own.len() {
        return None;
    }
    let (mut length, mut longest) = (0_usize, 0);
    for (same, own) in same.into_iter().zip(own) {
        // A negative length is read as one without end.
        let same = usize::try_from(same).unwrap_or(usize::MAX);
        length = length.min(same).checked_add(usize::try_from(own).ok()?)?;
        longest = longest.max(length);
    }
    Some(longest)
}

/// What stands before numbers that are packed as differences.
struct Header {
    /// Numbers that are packed alike.
    together: usize,
    /// So many such groups are in a block.
    groups: usize,
    count: usize,
    first: i32,
}

impl Header {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (block, groups, count) = (reader.count()?, reader.count()?, reader.count()?);
        let first = i32::try_from(reader.signed()?).ok()?;
        let together = block.checked_div(groups)?;
        let fits = together > 0 && together.is_multiple_of(32) && together.checked_mul(groups)? == block;
        fits.then_some(Self { together, groups, count, first })
    }
}

/// At most so many numbers that are packed as differences (`DELTA_BINARY_PACKED`); the reader stands behind them.
fn numbers(reader: &mut Reader<'_>, most: usize) -> Option<Vec<i32>> {
    let Header { together, groups, count, first } = Header::read(reader)?;
    if count > most {
        return None;
    }
    let mut numbers = Vec::with_capacity(count);
    if count > 0 {
        numbers.push(first);
    }
    let mut last = first;
    while numbers.len() < count {
        let least = i32::try_from(reader.signed()?).ok()?;
        for width in reader.take(groups)? {
            let left = count - numbers.len();
            // Groups behind the last number take no room, whatever their width is.
            if left > 0 {
                let packed = reader.take(usize::from(*width).checked_mul(together)? / 8)?;
                unpack(packed, *width, left.min(together), |difference| {
                    last = last.wrapping_add(least).wrapping_add(difference);
                    numbers.push(last);
                })?;
            }
        }
    }
    Some(numbers)
}

/// Takes numbers of so many bits apart, the lowest bits first.
fn unpack(bytes: &[u8], width: u8, count: usize, mut each: impl FnMut(i32)) -> Option<()> {
    if width > 32 {
        return None;
    }
    let (mut held, mut bits, mut bytes) = (0_u64, 0, bytes.iter());
    for _ in 0..count {
        while bits < width {
            held |= u64::from(*bytes.next()?) << bits;
            bits += 8;
        }
        let number = held & ((1_u64 << width) - 1);
        held >>= width;
        bits -= width;
        each(u32::try_from(number).ok()?.cast_signed());
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{Reader, announced, longest_of_dictionary, longest_of_differences, numbers};

    /// 1, 2, 3, 4, 5: one step between all of them.
    const STEPS: &[u8] = &[0x80, 1, 4, 5, 2, 2, 0, 0, 0, 0];
    /// 7, 5, 3, 1, 2, 3, 4, 5: steps of two bits above the least, which is -2.
    const BITS: &[u8] = &[0x80, 1, 4, 8, 14, 3, 2, 0, 0, 0, 0xc0, 0x3f, 0, 0, 0, 0, 0, 0];

    #[test]
    fn differences_become_numbers_and_end_where_they_end() {
        for (packed, unpacked) in [(STEPS, &[1, 2, 3, 4, 5][..]), (BITS, &[7, 5, 3, 1, 2, 3, 4, 5])] {
            let bytes = [packed, b"rest"].concat();
            let mut reader = Reader::new(&bytes);
            assert_eq!(numbers(&mut reader, 8).as_deref(), Some(unpacked));
            assert_eq!(reader.rest(), b"rest");
            assert_eq!(announced(packed), Some(unpacked.len()));
            assert_eq!(numbers(&mut Reader::new(packed), 4), None, "more than there may be");
            for end in 0..packed.len() {
                assert_eq!(numbers(&mut Reader::new(&packed[..end]), 8), None, "{end}");
            }
        }
        let nothing = &[0x80, 1, 4, 0, 0];
        assert_eq!(numbers(&mut Reader::new(nothing), 0), Some(Vec::new()));
        for (what, header) in [
            ("no groups", &[0x80, 1, 0, 5, 2][..]),
            ("groups of 16", &[0x80, 1, 8, 5, 2]),
            ("a block of nothing", &[0, 1, 5, 2]),
            ("bits of 33", &[0x80, 1, 4, 5, 2, 2, 33, 0, 0, 0]),
        ] {
            let padded = [header, &[0; 4096]].concat();
            assert_eq!(numbers(&mut Reader::new(&padded), 8), None, "{what}");
        }
    }

    #[test]
    fn a_value_is_as_long_as_what_it_repeats_and_what_it_adds() {
        // abc, abd: nothing and 3, then 2 and 1.
        let same = [0x80, 1, 4, 2, 0, 4, 0, 0, 0, 0];
        let own = [0x80, 1, 4, 2, 6, 3, 0, 0, 0, 0];
        let bytes = [&same[..], &own, b"abcd"].concat();
        assert_eq!(longest_of_differences(&bytes, 2), Some(3));
        assert_eq!(longest_of_differences(&bytes, 1), None);
        assert_eq!(longest_of_differences(&[&same[..], STEPS].concat(), 9), None, "one has no other half");
        // Each repeats all of the one before and adds a byte.
        let all = [0x80, 1, 4, 5, 0, 2, 0, 0, 0, 0];
        let one = [0x80, 1, 4, 5, 2, 0, 0, 0, 0, 0];
        assert_eq!(longest_of_differences(&[all, one].concat(), 5), Some(5));
    }

    #[test]
    fn a_dictionary_says_how_long_its_values_are() {
        let bytes = [&[1, 0, 0, 0][..], b"a", &[3, 0, 0, 0], b"abc", &[0; 4]].concat();
        assert_eq!(longest_of_dictionary(&bytes, 3), Some(3));
        assert_eq!(longest_of_dictionary(&bytes, 1), Some(1));
        assert_eq!(longest_of_dictionary(&bytes[..7], 3), None);
        assert_eq!(longest_of_dictionary(&[], 3), Some(0));
    }
}
