//! Which character separates the fields: the one that cuts the header and the first records into the same,
//! largest number of fields. Quoted separators do not mislead it, nor does a single ragged row.

use super::parser::{Fault, Parser};
use crate::{batch::MOST_FIELDS, text::Text};

/// Candidates in order of preference.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
const SAMPLE_RECORDS: usize = 100;

/// Detects the delimiter from the start of the text; `whole` says that there is no more than this.
pub(super) fn detect(start: &str, whole: bool, max_field: usize) -> u8 {
    let mut best = (DELIMITERS[0], (false, 0, 0));
    for delimiter in DELIMITERS {
        let score = score(start, whole, delimiter, max_field);
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

/// Orders candidates: several fields and at least half of the records like the header, then fields in the
/// header, then records like the header. A short file with a broken line is to be told so and not read as
/// one column.
fn score(start: &str, whole: bool, delimiter: u8, max_field: usize) -> (bool, usize, usize) {
    let mut parser = Parser::new(Once(Some(start.as_bytes())), delimiter, max_field);
    let mut widths = Vec::new();
    while widths.len() <= SAMPLE_RECORDS {
        match parser.next_record() {
            Ok(Some(record)) => widths.push(record.len()),
            // A quote may just be cut off with the sample; other faults are reported when reading.
            Ok(None) | Err(Fault::OpenQuote { .. } | Fault::Source(_)) => break,
            Err(Fault::TooManyFields { .. }) => return (true, MOST_FIELDS, 0),
            Err(_) => return (false, 0, 0),
        }
    }
    if !whole && widths.len() <= SAMPLE_RECORDS && widths.len() > 1 {
        widths.pop();
    }
    let Some((header, rows)) = widths.split_first() else {
        return (false, 0, 0);
    };
    let alike = rows.iter().filter(|width| *width == header).count();
    (*header > 1 && alike * 2 >= rows.len(), *header, alike)
}

struct Once<'a>(Option<&'a [u8]>);

impl Text for Once<'_> {
    type Error = std::convert::Infallible;

    fn next_piece(&mut self) -> Result<&[u8], Self::Error> {
        Ok(self.0.take().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::detect;

    #[test]
    fn each_delimiter_is_found() {
        for (text, delimiter) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n", b';'),
            ("a\tb,c\n1\t2\n3\t4\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("\"a;b\",c\n1,2\n", b','),
            ("a\nb\n", b','),
            // One column whose values hold commas.
            ("name\nSmith, John\nDoe, Jane\n", b';'),
            // As many of both in the header: the rows decide.
            ("a;b,c\n1;2\n3;4\n", b';'),
            // A single ragged row does not change the verdict.
            (&format!("a,b,c\n{}1,2\n", "1,2,3\n".repeat(20)), b','),
            ("a,b\n1,2\n1\n", b','),
            ("", b','),
        ] {
            assert_eq!(detect(text, true, 100) as char, delimiter as char, "{text:?}");
        }
        // The last record of a sample may be cut.
        assert_eq!(detect("a,b;c,d\n1,2;3,4\n1,\"2;", false, 100), b',');
    }
}
