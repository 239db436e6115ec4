//! The heads of the messages a server sends, looked at before the driver sees them. It makes room for whatever length
//! a message tells, keeps every setting it is told of, and gives the password to whoever asks for it in clear text.

use std::sync::{Arc, OnceLock};

use crate::{
    error::{ConnectorError, ErrorKind},
    server::{
        too_much,
        tunnel::{Allowance, Watch},
        unreadable,
    },
};

/// Kind and length.
const HEAD: usize = 5;
const AUTHENTICATION: u8 = b'R';
const READY: u8 = b'Z';
const SETTING: u8 = b'S';
/// The code with which an authentication message asks for the password in clear text.
const CLEAR_TEXT: u32 = 3;
/// Most bytes of a message until the session is ready. Something else than PostgreSQL is noticed by it: its text, read
/// as a length, is long.
const LARGEST_GREETING: u64 = 1 << 20;
/// Most bytes of all settings that a server reports about itself.
const MOST_SETTINGS: u64 = 1 << 20;

/// Why a server was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It sent, or said that it would send, more than a row may have.
    TooMuch,
    /// It asked for the password in clear text on a connection that everybody on the way can read.
    ClearText,
    /// It does not speak PostgreSQL's language.
    Unreadable,
}

/// What those who wait for the driver know of the watch.
#[derive(Clone)]
pub(super) struct Watched {
    allowance: Allowance,
    fault: Arc<OnceLock<Fault>>,
}

impl Watched {
    pub(super) fn new(max_field_bytes: usize) -> Self {
        Self { allowance: Allowance::for_rows(max_field_bytes), fault: Arc::default() }
    }

    /// Something useful came: the count of bytes begins anew.
    pub(super) fn renew(&self) {
        self.allowance.renew();
    }

    /// A connection that we cut off ourselves did not break by itself.
    pub(super) fn explain(&self, system: &str, error: ConnectorError) -> ConnectorError {
        match self.fault.get() {
            None => error,
            Some(Fault::TooMuch) => too_much(system, self.allowance.most()),
            Some(Fault::ClearText) => {
                let message = "the server asks for the password in clear text, which is only sent encrypted; choose a \
                               connection with TLS";
                ConnectorError::new(ErrorKind::Denied, system, message)
            }
            Some(Fault::Unreadable) => unreadable(system, "PostgreSQL"),
        }
    }
}

/// Follows the messages of one connection.
pub(super) struct Frames {
    watched: Watched,
    /// Whether nobody on the way can read along.
    encrypted: bool,
    /// Head of the message that is passing, and how many bytes of it have come.
    head: [u8; HEAD],
    known: usize,
    /// Bytes of its body still to come.
    left: usize,
    /// First bytes of an authentication message's body as a number, and how many there are.
    code: u32,
    coded: usize,
    /// Whether the session was ready once.
    ready: bool,
    settings: u64,
}

impl Frames {
    pub(super) fn new(watched: Watched, encrypted: bool) -> Self {
        Self { watched, encrypted, head: [0; HEAD], known: 0, left: 0, code: 0, coded: 0, ready: false, settings: 0 }
    }

    fn look(&mut self, mut bytes: &[u8]) -> Result<(), Fault> {
        while !bytes.is_empty() {
            if self.known < HEAD {
                let (start, rest) = bytes.split_at(bytes.len().min(HEAD - self.known));
                self.head[self.known..self.known + start.len()].copy_from_slice(start);
                self.known += start.len();
                bytes = rest;
                if self.known < HEAD {
                    break;
                }
                self.left = self.begin()?;
            }
            let (body, rest) = bytes.split_at(bytes.len().min(self.left));
            if self.head[0] == AUTHENTICATION {
                self.authentication(body)?;
            }
            self.left -= body.len();
            bytes = rest;
            if self.left == 0 {
                self.known = 0;
            }
        }
        Ok(())
    }

    /// The head of a message is complete; returns the length of its body.
    fn begin(&mut self) -> Result<usize, Fault> {
        let [kind, length @ ..] = self.head;
        let length = u32::from_be_bytes(length);
        // The length counts itself.
        let body = length.checked_sub(4).ok_or(Fault::Unreadable)?;
        let length = u64::from(length);
        (self.code, self.coded) = (0, 0);
        match kind {
            READY => self.ready = true,
            SETTING => self.settings += length,
            _ => {}
        }
        let largest = if self.ready { self.watched.allowance.most() } else { LARGEST_GREETING };
        if self.settings > MOST_SETTINGS || (length > largest && !self.ready) {
            return Err(Fault::Unreadable);
        }
        if length > largest {
            return Err(Fault::TooMuch);
        }
        usize::try_from(body).map_err(|_| Fault::TooMuch)
    }

    fn authentication(&mut self, body: &[u8]) -> Result<(), Fault> {
        const CODE: usize = size_of::<u32>();
        if self.coded == CODE {
            return Ok(());
        }
        for byte in body.iter().take(CODE - self.coded) {
            self.code = (self.code << 8) | u32::from(*byte);
            self.coded += 1;
        }
        let asks = self.coded == CODE && self.code == CLEAR_TEXT;
        if asks && !self.encrypted { Err(Fault::ClearText) } else { Ok(()) }
    }
}

impl Watch for Frames {
    fn lets_pass(&mut self, bytes: &[u8]) -> bool {
        let within = self.watched.allowance.lets_pass(bytes);
        let looked = if within { self.look(bytes) } else { Err(Fault::TooMuch) };
        if let Err(fault) = looked {
            // The first one counts: nothing passes after it.
            let _ = self.watched.fault.set(fault);
        }
        looked.is_ok()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Fault, Frames, Watched};
    use crate::server::tunnel::Watch;

    /// Lets in, tells a setting, is ready.
    const READY: &[u8] = b"R\0\0\0\x08\0\0\0\0S\0\0\0\x08a\0b\0Z\0\0\0\x05I";

    /// How a server is judged whose bytes come in pieces of this size.
    fn judged(bytes: &[u8], piece: usize, encrypted: bool) -> Option<Fault> {
        let watched = Watched::new(1);
        let mut frames = Frames::new(watched.clone(), encrypted);
        let passed = bytes.chunks(piece).all(|piece| frames.lets_pass(piece));
        assert_eq!(passed, watched.fault.get().is_none());
        watched.fault.get().copied()
    }

    fn message(kind: u8, body: usize) -> Vec<u8> {
        let mut message = vec![kind];
        message.extend(u32::try_from(body + 4).unwrap().to_be_bytes());
        message.resize(5 + body, b'x');
        message
    }

    #[test]
    fn messages_are_followed_in_pieces_of_any_size() {
        let empty: &[u8] = b"n\0\0\0\x04I\0\0\0\x04";
        let row: &[u8] = b"D\0\0\0\x0b\0\x01\0\0\0\x01R";
        let asks: &[u8] = b"R\0\0\0\x08\0\0\0\x03";
        for piece in 1..40 {
            let after = |more: &[&[u8]]| judged(&[READY, more.concat().as_slice()].concat(), piece, false);
            assert_eq!(after(&[empty, row, empty, row]), None, "{piece}");
            assert_eq!(after(&[row, empty, b"D\xff\xff\xff\xff\0\x01"]), Some(Fault::TooMuch), "{piece}");
            assert_eq!(after(&[row, b"D\0\0\0\x03"]), Some(Fault::Unreadable), "{piece}");
            assert_eq!(judged(asks, piece, false), Some(Fault::ClearText), "{piece}");
            assert_eq!(judged(asks, piece, true), None, "{piece}");
            // What looks like a message in the body of another is none.
            assert_eq!(after(&[b"D\0\0\0\x0d", asks, row]), None, "{piece}");
            assert_eq!(judged(b"HTTP/1.1 400 Bad Request\r\n\r\n", piece, false), Some(Fault::Unreadable), "{piece}");
        }
    }

    #[test]
    fn settings_without_end_are_cut_off_however_many_rows_come_between() {
        let watched = Watched::new(1);
        let mut frames = Frames::new(watched.clone(), true);
        assert!(frames.lets_pass(READY));
        let mut passed = 0;
        while frames.lets_pass(&message(b'S', 2044)) {
            passed += 1;
            watched.renew();
        }
        assert_eq!((passed, watched.fault.get()), (511, Some(&Fault::Unreadable)));
    }

    #[test]
    fn messages_without_a_row_are_cut_off() {
        let notices = |n: usize| [READY, message(b'N', (1 << 20) - 4).repeat(n).as_slice()].concat();
        assert_eq!(judged(&notices(60), 1 << 16, true), None);
        assert_eq!(judged(&notices(70), 1 << 16, true), Some(Fault::TooMuch));
    }
}
