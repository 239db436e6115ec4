//! The body of an answer: JSON, decompressed, and never more of it than allowed.

use std::io;

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder};
use futures::TryStreamExt;
use http_body_util::BodyExt;
use hyper::{
    HeaderMap, Response,
    body::{Body, Incoming},
    header,
};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_util::io::StreamReader;

use super::patience::Patience;
use crate::error::{ConnectorError, ErrorKind, cut};

/// Encodings that are understood.
pub(super) const ENCODINGS: &str = "gzip, deflate, br";

/// The text of a JSON answer of at most `most` bytes, counted after decompression; `too_large` is said of others.
pub(super) async fn read(
    response: Response<Incoming>,
    most: u64,
    too_large: &str,
    patience: &Patience,
) -> Result<String, ConnectorError> {
    let system = patience.system();
    expect_json(response.headers()).map_err(|reason| ConnectorError::bad_data(system, reason))?;
    let too_large = || ConnectorError::new(ErrorKind::Limit, system, too_large);
    let encoding = text(response.headers(), header::CONTENT_ENCODING).to_ascii_lowercase();
    if encoding.is_empty() && response.body().size_hint().lower() > most {
        return Err(too_large());
    }
    let raw = StreamReader::new(response.into_body().into_data_stream().map_err(io::Error::other));
    let mut reader: Box<dyn AsyncRead + Send + Unpin> = match encoding.as_str() {
        "" | "identity" => Box::new(raw),
        "gzip" | "x-gzip" => Box::new(GzipDecoder::new(raw)),
        "deflate" => Box::new(ZlibDecoder::new(raw)),
        "br" => Box::new(BrotliDecoder::new(raw)),
        other => {
            let message = format!("it answers in the encoding `{}`, which was not asked for", cut(other));
            return Err(ConnectorError::bad_data(system, message));
        }
    };
    let mut bytes = Vec::new();
    loop {
        let piece = reader.read_buf(&mut bytes);
        let read = patience.wait(patience.answer, "its answer stopped and did not go on", piece).await?;
        let read = read.map_err(|error| broken(system, &error))?;
        if bytes.len() as u64 > most {
            return Err(too_large());
        }
        if read == 0 {
            break;
        }
    }
    String::from_utf8(bytes).map_err(|_| ConnectorError::bad_data(system, "its answer is not valid UTF-8, so not JSON"))
}

fn broken(system: &str, error: &io::Error) -> ConnectorError {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            ConnectorError::bad_data(system, "its answer is not compressed the way it says")
        }
        _ => ConnectorError::new(ErrorKind::Unreachable, system, "its answer broke off before the end; try again"),
    }
}

/// A type as there are: anything else is a place for words of the service.
fn is_plain(essence: &str) -> bool {
    let name = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-'))
    };
    essence.split_once('/').is_some_and(|(kind, subtype)| name(kind) && name(subtype))
}

/// A type that is not given is taken for JSON: the parser will tell.
fn expect_json(headers: &HeaderMap) -> Result<(), String> {
    let given = text(headers, header::CONTENT_TYPE);
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "" | "application/json" | "text/json" => Ok(()),
        json if json.ends_with("+json") => Ok(()),
        "text/html" | "application/xhtml+xml" => Err("it answers with a web page instead of JSON, perhaps one to \
             sign in; check address and authentication"
            .into()),
        other if !is_plain(other) => Err("it answers with something else instead of JSON; check the address".into()),
        other => Err(format!("it answers with `{}` instead of JSON; check the address", cut(other))),
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim()
}
