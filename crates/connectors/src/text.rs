//! The bytes of a text file as pieces of UTF-8, hashed on their way.

pub(crate) mod encoding;

use std::{
    fs::File,
    io::{Seek, SeekFrom},
};

use encoding_rs::{Decoder, DecoderResult, UTF_8};
use sha2::{Digest, Sha256};

use self::encoding::{Detected, read_full};
use crate::{SourceFile, error::ConnectorError, fingerprint::fingerprint};

/// Gives the next piece of text in UTF-8, an empty one at the end.
pub(crate) trait Text {
    type Error;
    fn next_piece(&mut self) -> Result<&[u8], Self::Error>;
}

/// Largest piece.
const PIECE: usize = 1 << 18;

/// The file as pieces of UTF-8; hashes the bytes on their way.
pub(crate) struct FileText {
    file: File,
    system: String,
    decoder: Option<Decoder>,
    encoding: &'static str,
    raw: Vec<u8>,
    /// Bytes of `raw` that are read but not decoded yet.
    pending: std::ops::Range<usize>,
    decoded: Vec<u8>,
    hash: Sha256,
    finished: bool,
    /// The file has been read to its end.
    at_end: bool,
}

impl FileText {
    pub(crate) fn open(source: &SourceFile, system: &str, detected: &Detected) -> Result<Self, ConnectorError> {
        let unreadable = |error| ConnectorError::file(system, &error);
        let mut file = source.open(system)?;
        let mut mark = vec![0; detected.skip];
        read_full(&mut file, &mut mark).map_err(unreadable)?;
        file.seek(SeekFrom::Start(detected.skip as u64)).map_err(unreadable)?;
        let mut hash = Sha256::new();
        hash.update(&mark);
        let decoder = (detected.encoding != UTF_8).then(|| detected.encoding.new_decoder_without_bom_handling());
        Ok(Self {
            file,
            system: system.to_owned(),
            decoder,
            encoding: detected.encoding.name(),
            raw: vec![0; PIECE],
            pending: 0..0,
            decoded: Vec::new(),
            hash,
            finished: false,
            at_end: false,
        })
    }

    /// Whether the pieces given so far are all there is.
    pub(crate) fn is_complete(&self) -> bool {
        self.at_end && (self.decoder.is_none() || self.pending.is_empty())
    }

    /// SHA-256 of the bytes read, which is the whole file where all records were read.
    pub(crate) fn fingerprint(self) -> String {
        fingerprint(self.hash)
    }

    fn fill(&mut self) -> Result<(), ConnectorError> {
        let filled =
            read_full(&mut self.file, &mut self.raw).map_err(|error| ConnectorError::file(&self.system, &error))?;
        self.hash.update(&self.raw[..filled]);
        self.pending = 0..filled;
        self.at_end = filled < PIECE;
        Ok(())
    }
}

impl Text for FileText {
    type Error = ConnectorError;

    fn next_piece(&mut self) -> Result<&[u8], ConnectorError> {
        if self.decoder.is_none() {
            self.fill()?;
            return Ok(&self.raw[..self.pending.end]);
        }
        self.decoded.clear();
        while self.decoded.is_empty() && !self.finished {
            if self.pending.is_empty() {
                self.fill()?;
            }
            let last = self.pending.is_empty();
            let Some(decoder) = &mut self.decoder else {
                break;
            };
            self.decoded.resize(PIECE, 0);
            let (result, read, written) =
                decoder.decode_to_utf8_without_replacement(&self.raw[self.pending.clone()], &mut self.decoded, last);
            self.decoded.truncate(written);
            self.pending.start += read;
            match result {
                DecoderResult::InputEmpty => self.finished = last,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    let message = format!("it is not valid {}; save it as UTF-8", self.encoding);
                    return Err(ConnectorError::bad_data(&self.system, message));
                }
            }
        }
        Ok(&self.decoded)
    }
}
