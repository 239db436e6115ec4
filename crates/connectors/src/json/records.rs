//! The objects of a JSON file one after the other, never more of it in memory than the one at hand. Whatever
//! else is in the file is looked through as well: a file that is broken at its end is broken.

use std::ops::Range;

use memchr::{memchr, memchr_iter};
use serde::Deserialize;
use serde_json::{Deserializer, value::RawValue};

use super::words::{fault, no_object};
use crate::{
    error::{ConnectorError, cut, listed},
    limits::{Meter, size},
    text::{FileText, Text},
};

/// More text than this is not one record, whatever the limits.
const LONGEST_RECORD: usize = 16 << 20;

/// How objects follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In one array: the whole file, or a member of the one object in it.
    Array,
    /// Each on a line of its own.
    Lines,
}

/// One object.
pub(super) struct Record<'a> {
    pub(super) text: &'a str,
    /// Counted from 1.
    number: u64,
    /// The line it starts on.
    line: u64,
    form: Form,
    system: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was read yet.
    Before,
    /// In the array, before its first element.
    First,
    /// In the array, after an element.
    Next,
    /// Everything was read.
    After,
}

/// Reads records one after the other.
pub(super) struct Records {
    text: FileText,
    meter: Meter,
    form: Form,
    state: State,
    buffer: Vec<u8>,
    /// Where in the buffer reading goes on.
    at: usize,
    /// The line that is.
    line: u64,
    number: u64,
    /// The buffer holds the end of the file.
    whole: bool,
    /// The member that holds the array; `None` where the array is the whole file.
    member: Option<String>,
    /// Other members that are arrays of objects.
    left_out: Vec<String>,
    /// Whether a member is an array without elements.
    empty_array: bool,
}

impl Record<'_> {
    /// Where it is, for messages.
    pub(super) fn place(&self) -> String {
        match self.form {
            Form::Lines => format!("line {}", self.line),
            Form::Array => format!("record {} (line {})", self.number, self.line),
        }
    }

    /// What is wrong with it.
    pub(super) fn wrong(&self, what: &str) -> ConnectorError {
        ConnectorError::bad_data(self.system, format!("{}: {what}", self.place()))
    }

    /// It is no JSON, or not what is expected.
    pub(super) fn broken(&self, error: &serde_json::Error) -> ConnectorError {
        fault(self.system, self.form, self.line, self.number, error)
    }
}

impl Records {
    pub(super) fn new(text: FileText, form: Form, meter: &Meter) -> Self {
        Self {
            text,
            meter: meter.clone(),
            form,
            state: State::Before,
            buffer: Vec::new(),
            at: 0,
            line: 1,
            number: 0,
            whole: false,
            member: None,
            left_out: Vec::new(),
            empty_array: false,
        }
    }

    /// The next record, `None` at the end.
    pub(super) fn next_record(&mut self) -> Result<Option<Record<'_>>, ConnectorError> {
        let found = match self.form {
            Form::Lines => self.next_line()?,
            Form::Array => self.next_element()?,
        };
        let Some((range, line)) = found else {
            return Ok(None);
        };
        self.number += 1;
        let bytes = &self.buffer[range.clone()];
        let text = std::str::from_utf8(bytes).map_err(|error| self.no_text(&range, line, error))?;
        if !text.trim_ascii_start().starts_with('{') {
            return Err(no_object(&self.meter.system, self.form, line, self.number, text));
        }
        let (number, form, system) = (self.number, self.form, self.meter.system.as_str());
        Ok(Some(Record { text, number, line, form, system }))
    }

    /// The fingerprint of the file, where it was read to its end, and what a reader of the result should know.
    pub(super) fn finish(self) -> (String, Option<String>) {
        let note = self.member.map(|member| match self.left_out.as_slice() {
            [] => format!("the rows are those of `{}`", cut(&member)),
            others => format!("the rows are those of `{}`; not read: {}", cut(&member), listed(others)),
        });
        (self.text.fingerprint(), note)
    }

    /// The next line that is not blank, and its number.
    fn next_line(&mut self) -> Result<Option<(Range<usize>, u64)>, ConnectorError> {
        let mut searched = 0;
        loop {
            let rest = &self.buffer[self.at..];
            let end = match memchr(b'\n', &rest[searched..]) {
                Some(end) => searched + end,
                None if self.whole => rest.len(),
                None => {
                    searched = rest.len();
                    self.more()?;
                    continue;
                }
            };
            if end == rest.len() && rest.is_empty() {
                return Ok(None);
            }
            let (range, line) = (self.at..self.at + end, self.line);
            let blank = rest[..end].trim_ascii().is_empty();
            self.at = (range.end + 1).min(self.buffer.len());
            self.line += 1;
            searched = 0;
            if !blank {
                return Ok(Some((range, line)));
            }
        }
    }

    /// The next element of the array, and the line it starts on.
    fn next_element(&mut self) -> Result<Option<(Range<usize>, u64)>, ConnectorError> {
        if self.state == State::Before {
            self.state = self.find_array()?;
        }
        if self.state == State::After {
            return Ok(None);
        }
        if !self.element(self.state == State::First)? {
            self.state = State::After;
            self.pass_rest()?;
            return Ok(None);
        }
        self.state = State::Next;
        let line = self.line;
        Ok(Some((self.value()?, line)))
    }

    /// Goes to where the records begin.
    fn find_array(&mut self) -> Result<State, ConnectorError> {
        match self.peek()? {
            Some(b'[') => {
                self.advance(1);
                return Ok(State::First);
            }
            Some(b'{') => self.advance(1),
            Some(_) => return Err(self.at_place("it is neither an array nor an object; is it a JSON file?")),
            None => return Err(self.nothing()),
        }
        self.member = self.next_array(true)?;
        if self.member.is_some() {
            return Ok(State::First);
        }
        self.expect_end()?;
        if self.empty_array {
            return Ok(State::After);
        }
        let message = "it holds no array of objects, and so no rows; \
                       an array of objects must be the whole file or a member of the object in it";
        Err(ConnectorError::bad_data(&self.meter.system, message))
    }

    /// Looks through what follows the array of records.
    fn pass_rest(&mut self) -> Result<(), ConnectorError> {
        if self.member.is_some() {
            while let Some(name) = self.next_array(false)? {
                self.left_out.push(name);
                let mut first = true;
                while self.element(first)? {
                    self.value()?;
                    first = false;
                }
            }
        }
        self.expect_end()
    }

    /// Goes through the members of the object at the top into the next array of objects and returns its name;
    /// `None` at the end of the object.
    fn next_array(&mut self, mut first: bool) -> Result<Option<String>, ConnectorError> {
        loop {
            match self.peek()? {
                Some(b'}') => {
                    self.advance(1);
                    return Ok(None);
                }
                Some(b',') if !first => {
                    self.advance(1);
                    self.peek()?;
                }
                _ if first => {}
                _ => return Err(self.at_place("expected `,` or `}`")),
            }
            first = false;
            let range = self.value()?;
            let Ok(name) = serde_json::from_slice::<String>(&self.buffer[range]) else {
                return Err(self.at_place("a member begins with its name between quotes"));
            };
            if self.peek()? != Some(b':') {
                return Err(self.at_place("expected `:`"));
            }
            self.advance(1);
            if self.peek()? != Some(b'[') {
                self.value()?;
                continue;
            }
            self.advance(1);
            match self.peek()? {
                Some(b'{') => return Ok(Some(name)),
                Some(b']') => self.empty_array = true,
                _ => {}
            }
            let mut first = true;
            while self.element(first)? {
                self.value()?;
                first = false;
            }
        }
    }

    /// Goes to the next element of the array at hand; false after its end.
    fn element(&mut self, first: bool) -> Result<bool, ConnectorError> {
        match self.peek()? {
            Some(b']') => {
                self.advance(1);
                Ok(false)
            }
            Some(b',') if !first => {
                self.advance(1);
                self.peek()?;
                Ok(true)
            }
            _ if first => Ok(true),
            _ => Err(self.at_place("expected `,` or `]`")),
        }
    }

    fn expect_end(&mut self) -> Result<(), ConnectorError> {
        if self.peek()?.is_none() {
            return Ok(());
        }
        Err(self
            .at_place("there is more after the end of the JSON text; a file with one object per line ends in .jsonl"))
    }

    /// Passes over the value that begins here and returns where in the buffer it is.
    fn value(&mut self) -> Result<Range<usize>, ConnectorError> {
        loop {
            let rest = &self.buffer[self.at..];
            let found = <&RawValue>::deserialize(&mut Deserializer::from_slice(rest)).map(|value| value.get().len());
            match found {
                // A number may go on behind what has been read.
                Ok(end) if end < rest.len() || self.whole => {
                    let range = self.at..self.at + end;
                    self.advance(end);
                    return Ok(range);
                }
                Err(error) if !error.is_eof() || self.whole => return Err(self.broken(&error)),
                _ => self.more()?,
            }
        }
    }

    /// Passes over white space; the byte that follows, `None` at the end.
    fn peek(&mut self) -> Result<Option<u8>, ConnectorError> {
        loop {
            let rest = &self.buffer[self.at..];
            let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
            self.advance(blank);
            match self.buffer.get(self.at) {
                Some(byte) => return Ok(Some(*byte)),
                None if self.whole => return Ok(None),
                None => self.more()?,
            }
        }
    }

    fn advance(&mut self, bytes: usize) {
        self.line += memchr_iter(b'\n', &self.buffer[self.at..self.at + bytes]).count() as u64;
        self.at += bytes;
    }

    /// Reads on; at least as much as there is, so that a long record is not looked through too often.
    fn more(&mut self) -> Result<(), ConnectorError> {
        self.meter.look()?;
        self.buffer.drain(..self.at);
        self.at = 0;
        let before = self.buffer.len();
        if before > LONGEST_RECORD {
            let most = size(LONGEST_RECORD as u64);
            return Err(self.meter.limit(format!(
                "the text from line {} on is larger than {most} without an end of the record; is it a JSON file?",
                self.line
            )));
        }
        while !self.whole && self.buffer.len() <= before * 2 {
            let piece = self.text.next_piece()?;
            self.buffer.extend_from_slice(piece);
            self.whole = piece.is_empty();
        }
        Ok(())
    }

    fn nothing(&self) -> ConnectorError {
        ConnectorError::bad_data(&self.meter.system, "the file is empty; it needs an array of objects")
    }

    fn at_place(&self, what: &str) -> ConnectorError {
        ConnectorError::bad_data(&self.meter.system, format!("line {}: {what}", self.line))
    }

    fn no_text(&self, range: &Range<usize>, line: u64, error: std::str::Utf8Error) -> ConnectorError {
        let before = &self.buffer[range.start..range.start + error.valid_up_to()];
        let line = line + memchr_iter(b'\n', before).count() as u64;
        ConnectorError::bad_data(&self.meter.system, format!("line {line} is not valid UTF-8; save it as UTF-8"))
    }

    /// The text from here on is no JSON, or not even text.
    fn broken(&self, error: &serde_json::Error) -> ConnectorError {
        let rest = &self.buffer[self.at..];
        if let Err(invalid) = std::str::from_utf8(rest) {
            let valid = &rest[..invalid.valid_up_to()];
            let lines = memchr_iter(b'\n', valid).count();
            // What is no text any more lies before what was taken for a fault.
            if lines < error.line() {
                return self.no_text(&(self.at..self.buffer.len()), self.line, invalid);
            }
        }
        fault(&self.meter.system, self.form, self.line, self.number + 1, error)
    }
}
