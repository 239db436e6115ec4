//! Whole numbers as Parquet writes them in headers and lengths: seven bits a byte, the lowest first.

/// Bytes that are read from the front.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next bytes; `None` where there are not so many.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// A number that is not negative.
    pub(super) fn unsigned(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number whose lowest bit is its sign.
    pub(super) fn signed(&mut self) -> Option<i64> {
        let number = self.unsigned()?;
        let half = i64::try_from(number >> 1).ok()?;
        Some(if number & 1 == 0 { half } else { !half })
    }

    /// A number of things.
    pub(super) fn count(&mut self) -> Option<usize> {
        usize::try_from(self.unsigned()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Reader;

    #[test]
    fn numbers_are_read_to_their_last_byte() {
        let unsigned = |bytes: &[u8]| Reader::new(bytes).unsigned();
        assert_eq!(unsigned(&[0x05]), Some(5));
        assert_eq!(unsigned(&[0x80, 0x01, 0xff]), Some(128));
        assert_eq!(unsigned(&[0x80]), None);
        assert_eq!(unsigned(&[0x80; 20]), None);
        for (byte, number) in [(0, 0), (1, -1), (2, 1), (3, -2), (14, 7)] {
            assert_eq!(Reader::new(&[byte]).signed(), Some(number));
        }
        let mut reader = Reader::new(b"abc");
        assert_eq!((reader.take(2), reader.take(2), reader.rest()), (Some(&b"ab"[..]), None, &b"c"[..]));
    }
}
