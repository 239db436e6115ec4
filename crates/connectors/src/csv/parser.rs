//! A CSV reader (RFC 4180, any one-byte delimiter, any line end) that says what is wrong on which line and
//! never holds more than one record of bounded size. The `csv` crate is not used because it accepts a quote
//! that is never closed and lets a record grow without limit.

use memchr::memchr3;

use crate::{batch::MOST_FIELDS, text::Text};

/// One record: its fields and the line it starts on.
#[derive(Default)]
pub(super) struct Record {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    pub(super) line: u64,
}

/// What is wrong with the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault<E> {
    /// A field larger than the limit starts on this line; `quoted` where a quote may not have been closed.
    FieldTooLong { line: u64, quoted: bool },
    /// A record with more than the limit in all, starting on this line.
    RecordTooLong { line: u64 },
    /// More fields than any table has, on this line.
    TooManyFields { line: u64 },
    /// A quote opened on this line is never closed.
    OpenQuote { line: u64 },
    /// A zero byte on this line.
    Nul { line: u64 },
    /// The text could not be read.
    Source(E),
}

const LONGEST_RECORD: usize = 64 << 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a record; empty lines are passed over.
    Start,
    /// The same, right after a carriage return whose line feed may follow.
    AfterReturn,
    /// At the start of a field.
    Field,
    /// In a field without quotes; quotes in it are ordinary characters.
    Plain,
    /// Between quotes.
    Quoted,
    /// Right after a quote between quotes: the end, or the first half of a doubled quote.
    Quote,
}

/// Reads records one after the other.
pub(super) struct Parser<T> {
    text: T,
    delimiter: u8,
    max_field: usize,
    state: State,
    piece: Vec<u8>,
    at: usize,
    line: u64,
    quote_line: u64,
    field_start: usize,
    record: Record,
    /// The record at hand is passed over: its fields are not kept.
    skipping: bool,
    ended: bool,
}

impl Record {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All fields as one text, for [`Record::field`]; `None` where it is not valid UTF-8.
    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    /// A field of that text; `None` where a character goes on in the next field.
    pub(super) fn field<'a>(&self, text: &'a str, index: usize) -> Option<&'a str> {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        text.get(start..self.ends[index])
    }
}

impl<T: Text> Parser<T> {
    pub(super) fn new(text: T, delimiter: u8, max_field: usize) -> Self {
        Self {
            text,
            delimiter,
            max_field,
            state: State::Start,
            piece: Vec::new(),
            at: 0,
            line: 1,
            quote_line: 1,
            field_start: 0,
            record: Record::default(),
            skipping: false,
            ended: false,
        }
    }

    /// The text behind the parser, for what it knows after the last record.
    pub(super) fn into_text(self) -> T {
        self.text
    }

    /// Passes over the next record without looking at its fields; false at the end.
    pub(super) fn skip_record(&mut self) -> Result<bool, Fault<T::Error>> {
        self.skipping = true;
        let skipped = self.next_record().map(|record| record.is_some());
        self.skipping = false;
        skipped
    }

    /// The next record, `None` at the end.
    pub(super) fn next_record(&mut self) -> Result<Option<&Record>, Fault<T::Error>> {
        self.record.bytes.clear();
        self.record.ends.clear();
        self.field_start = 0;
        loop {
            if self.at == self.piece.len() && !self.refill()? {
                return self.finish();
            }
            if self.advance()? {
                return Ok(Some(&self.record));
            }
        }
    }

    fn refill(&mut self) -> Result<bool, Fault<T::Error>> {
        if self.ended {
            return Ok(false);
        }
        let piece = self.text.next_piece().map_err(Fault::Source)?;
        self.piece.clear();
        self.piece.extend_from_slice(piece);
        self.at = 0;
        self.ended = self.piece.is_empty();
        Ok(!self.ended)
    }

    /// Consumes the piece at hand until a record is complete (true) or the piece is used up.
    fn advance(&mut self) -> Result<bool, Fault<T::Error>> {
        while let Some(&byte) = self.piece.get(self.at) {
            match self.state {
                State::Start | State::AfterReturn => self.between(byte),
                State::Field if byte == b'"' => {
                    self.at += 1;
                    self.quote_line = self.line;
                    self.state = State::Quoted;
                }
                State::Field | State::Plain => {
                    if self.plain()? {
                        return Ok(true);
                    }
                }
                State::Quoted => self.quoted()?,
                State::Quote if byte == b'"' => {
                    self.at += 1;
                    self.record.bytes.push(b'"');
                    self.state = State::Quoted;
                }
                // Text after a closing quote is kept as it is, as most readers do.
                State::Quote => self.state = State::Plain,
            }
        }
        Ok(false)
    }

    /// Passes over empty lines; anything else starts a record.
    fn between(&mut self, byte: u8) {
        match byte {
            b'\n' if self.state == State::AfterReturn => {
                self.at += 1;
                self.state = State::Start;
            }
            b'\n' | b'\r' => {
                self.at += 1;
                self.line += 1;
                self.state = if byte == b'\r' { State::AfterReturn } else { State::Start };
            }
            _ => {
                self.record.line = self.line;
                self.state = State::Field;
            }
        }
    }

    /// Takes bytes up to the next delimiter or line end; true where the record ends.
    fn plain(&mut self) -> Result<bool, Fault<T::Error>> {
        let rest = &self.piece[self.at..];
        let stop = |byte: &u8| *byte == self.delimiter || matches!(*byte, b'\n' | b'\r' | 0);
        let found = match self.skipping.then(|| memchr3(b'\n', b'\r', b'"', rest)).flatten() {
            // No quote before the end of the line: nothing on it can hold a line end.
            Some(end) if rest[end] != b'"' => Some(end),
            _ => rest.iter().position(stop),
        };
        let taken = found.unwrap_or(rest.len());
        if !self.skipping {
            self.record.bytes.extend_from_slice(&rest[..taken]);
        }
        self.state = State::Plain;
        self.at += taken;
        self.check_length(false)?;
        if found.is_none() {
            return Ok(false);
        }
        let byte = self.piece[self.at];
        self.at += 1;
        if byte == 0 {
            return Err(Fault::Nul { line: self.line });
        }
        self.end_field()?;
        if byte == self.delimiter {
            self.state = State::Field;
            return Ok(false);
        }
        self.line += 1;
        self.state = if byte == b'\r' { State::AfterReturn } else { State::Start };
        Ok(true)
    }

    /// Takes bytes up to the next quote.
    fn quoted(&mut self) -> Result<(), Fault<T::Error>> {
        let rest = &self.piece[self.at..];
        let found = rest.iter().position(|byte| *byte == b'"');
        let taken = &rest[..found.unwrap_or(rest.len())];
        let lines = taken.iter().filter(|byte| **byte == b'\n').count() as u64;
        if taken.contains(&0) {
            return Err(Fault::Nul { line: self.line + lines });
        }
        if !self.skipping {
            self.record.bytes.extend_from_slice(taken);
        }
        self.at += taken.len();
        self.line += lines;
        self.check_length(true)?;
        if found.is_some() {
            self.at += 1;
            self.state = State::Quote;
        }
        Ok(())
    }

    fn check_length(&self, quoted: bool) -> Result<(), Fault<T::Error>> {
        if self.record.bytes.len() - self.field_start > self.max_field {
            let line = if quoted { self.quote_line } else { self.line };
            return Err(Fault::FieldTooLong { line, quoted });
        }
        if self.record.bytes.len() > LONGEST_RECORD {
            return Err(Fault::RecordTooLong { line: self.record.line });
        }
        Ok(())
    }

    fn end_field(&mut self) -> Result<(), Fault<T::Error>> {
        if self.record.ends.len() == MOST_FIELDS {
            return Err(Fault::TooManyFields { line: self.record.line });
        }
        self.field_start = self.record.bytes.len();
        self.record.ends.push(self.field_start);
        Ok(())
    }

    fn finish(&mut self) -> Result<Option<&Record>, Fault<T::Error>> {
        match self.state {
            State::Start | State::AfterReturn => Ok(None),
            State::Quoted => Err(Fault::OpenQuote { line: self.quote_line }),
            State::Field | State::Plain | State::Quote => {
                self.end_field()?;
                self.state = State::Start;
                Ok(Some(&self.record))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Fault, Parser, Text};

    /// The text in pieces of a given size, to hit every boundary.
    struct Pieces(Vec<u8>, usize, Vec<u8>);

    impl Text for Pieces {
        type Error = ();
        fn next_piece(&mut self) -> Result<&[u8], ()> {
            let n = self.1.min(self.0.len());
            self.2 = self.0.drain(..n).collect();
            Ok(&self.2)
        }
    }

    fn parse(text: &str, size: usize, max_field: usize) -> Result<Vec<(u64, Vec<String>)>, Fault<()>> {
        let mut parser = Parser::new(Pieces(text.into(), size, Vec::new()), b',', max_field);
        let mut records = Vec::new();
        while let Some(record) = parser.next_record()? {
            let text = record.text().unwrap();
            let fields = (0..record.len()).map(|i| record.field(text, i).unwrap().to_owned());
            records.push((record.line, fields.collect()));
        }
        Ok(records)
    }

    fn at_any_size(text: &str, max_field: usize) -> Result<Vec<(u64, Vec<String>)>, Fault<()>> {
        let whole = parse(text, 1000, max_field);
        for size in 1..8 {
            assert_eq!(parse(text, size, max_field), whole, "pieces of {size} bytes of {text:?}");
        }
        whole
    }

    #[test]
    fn records_lines_and_quotes() {
        let text = "a,b\r\n1,\"x \"\"y\"\"\nz\"\n\n\r\n,\r\"\",2\"3\n\"q\"r,";
        let expected = [
            (1, vec!["a", "b"]),
            (2, vec!["1", "x \"y\"\nz"]),
            (6, vec!["", ""]),
            (7, vec!["", "2\"3"]),
            (8, vec!["qr", ""]),
        ];
        let records = at_any_size(text, 100).unwrap();
        let records: Vec<(u64, Vec<&str>)> =
            records.iter().map(|(line, fields)| (*line, fields.iter().map(String::as_str).collect())).collect();
        assert_eq!(records, expected);
    }

    #[test]
    fn what_is_passed_over_is_not_in_the_way() {
        let text = "a,b\n1,\"x\n,\"\"y\"\r\n2,z\n\n3,\"q\"\"\",\"\"\n4,\"\"\r5,end";
        for size in 1..20 {
            for keep in 0..5 {
                let mut parser = Parser::new(Pieces(text.into(), size, Vec::new()), b',', 100);
                for _ in 0..=keep {
                    assert!(parser.skip_record().unwrap());
                }
                let kept = parser.next_record().unwrap().map(|record| record.text().unwrap().to_owned());
                let expected = ["1x\n,\"y", "2z", "3q\"", "4", "5end"][keep];
                assert_eq!(kept.as_deref(), Some(expected), "pieces of {size} bytes");
            }
        }
        let mut parser = Parser::new(Pieces("a\n".into(), 1, Vec::new()), b',', 100);
        assert!(parser.skip_record().unwrap() && !parser.skip_record().unwrap());
    }

    #[test]
    fn faults_name_their_line() {
        assert_eq!(at_any_size("a\n\"b\nc\n", 100), Err(Fault::OpenQuote { line: 2 }));
        assert_eq!(at_any_size("a\nb\0\n", 100), Err(Fault::Nul { line: 2 }));
        assert_eq!(at_any_size("a\n\"b\n\0\"\n", 100), Err(Fault::Nul { line: 3 }));
        assert_eq!(at_any_size("a\nbcdef\n", 4), Err(Fault::FieldTooLong { line: 2, quoted: false }));
        assert_eq!(at_any_size("a\n\"bc\nde\"\n", 4), Err(Fault::FieldTooLong { line: 2, quoted: true }));
        assert_eq!(
            at_any_size("a\nb,cdef\n", 4),
            Ok(vec![(1, vec!["a".into()]), (2, vec!["b".into(), "cdef".into()])])
        );
    }
}
