//! The one way to a service: to addresses the guard has checked, without looking the name up again, without a
//! proxy, and over TLS with the name in the certificate.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, crypto::ring, pki_types::ServerName},
};

use super::{
    address::{Address, Origin},
    guard_target,
    patience::Patience,
    refused,
};
use crate::{
    RootCertificate,
    error::{ConnectorError, ErrorKind},
    guard::GuardProof,
    server::not_reached,
    trust::trusted,
};

/// A service that sends on to more places than this is not one service.
const MOST_ORIGINS: usize = 20;
/// Larger heads of answers are refused.
const LARGEST_HEAD: usize = 64 << 10;

/// Opens connections and keeps the last one.
pub(super) struct Dialer {
    user: String,
    root_certificate: Option<RootCertificate>,
    connect: Duration,
    /// For the service itself.
    own: GuardProof,
    /// For everything that was asked so far.
    admitted: Vec<(Address, GuardProof)>,
    line: Option<Line>,
    tls: Option<TlsConnector>,
}

/// An open connection.
struct Line {
    origin: Origin,
    sender: SendRequest<Full<Bytes>>,
    task: JoinHandle<()>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Dialer {
    pub(super) fn new(
        user: &str,
        root_certificate: Option<RootCertificate>,
        connect: Duration,
        own: &GuardProof,
    ) -> Self {
        Self {
            user: user.to_owned(),
            root_certificate,
            connect,
            own: own.clone(),
            admitted: Vec::new(),
            line: None,
            tls: None,
        }
    }

    /// Sends a request and waits for the head of the answer. The connection is kept only while answers are read to
    /// their end: call [`Dialer::hang_up`] for others.
    pub(super) async fn send(
        &mut self,
        address: &Address,
        request: Request<Full<Bytes>>,
        patience: &Patience,
    ) -> Result<Response<Incoming>, ConnectorError> {
        const LATE: &str = "it did not begin to answer";
        let proof = self.admit(address, patience).await?;
        let origin = address.origin();
        if let Some(mut line) = self.line.take().filter(|line| line.origin == origin && !line.sender.is_closed()) {
            let again = request.clone();
            let sent = async {
                line.sender.ready().await?;
                line.sender.send_request(again).await
            };
            // A service may close a connection between two requests; then a new one is opened.
            if let Ok(response) = patience.wait(patience.answer, LATE, sent).await? {
                self.line = Some(line);
                return Ok(response);
            }
        }
        let mut line = self.open(origin, &proof, patience).await?;
        let sent = patience.wait(patience.answer, LATE, line.sender.send_request(request)).await?;
        let response = sent.map_err(|error| not_http(patience.system(), &error))?;
        self.line = Some(line);
        Ok(response)
    }

    pub(super) fn hang_up(&mut self) {
        self.line = None;
    }

    /// What the guard says about an address: about each place once, about each path anew.
    async fn admit(&mut self, address: &Address, patience: &Patience) -> Result<GuardProof, ConnectorError> {
        let origin = address.origin();
        let known = self.admitted.iter().position(|(known, _)| known.origin() == origin);
        if let Some(at) = known
            && self.admitted[at].0.path() == address.path()
        {
            return Ok(self.admitted[at].1.clone());
        }
        if known.is_none() && self.admitted.len() == MOST_ORIGINS {
            let message = format!("it sends on to more than {MOST_ORIGINS} other places");
            return Err(ConnectorError::bad_data(patience.system(), message));
        }
        let before = known.map_or(&self.own, |at| &self.admitted[at].1);
        let judged = before.again(guard_target(address, &self.user));
        let proof = patience.wait(self.connect, "its name was not found", judged).await?.map_err(|refusal| {
            let place = address.authority();
            refused(patience.system(), format!("`{place}`, to which it sends on, is refused: {refusal}"))
        })?;
        match known {
            Some(at) => self.admitted[at] = (address.clone(), proof.clone()),
            None => self.admitted.push((address.clone(), proof.clone())),
        }
        Ok(proof)
    }

    /// Tries the checked addresses one after the other. The name is never resolved again.
    async fn open(&mut self, origin: Origin, proof: &GuardProof, patience: &Patience) -> Result<Line, ConnectorError> {
        let system = patience.system();
        let tls = if origin.https { Some(self.tls(system)?) } else { None };
        let message = "its address is not known; check the connection again";
        let mut failure = ConnectorError::new(ErrorKind::Unreachable, system, message);
        for address in proof.addresses() {
            let attempt = async {
                let stream = TcpStream::connect((*address, origin.port)).await?;
                stream.set_nodelay(true)?;
                let Some(tls) = &tls else {
                    return Ok(Box::new(stream) as Box<dyn Wire>);
                };
                let name = ServerName::try_from(origin.host.clone()).map_err(std::io::Error::other)?;
                Ok(Box::new(tls.connect(name, stream).await?) as Box<dyn Wire>)
            };
            let connected: std::io::Result<_> = match patience.wait(self.connect, "no answer", attempt).await {
                Ok(connected) => connected,
                Err(error) if error.kind == ErrorKind::TimedOut => {
                    failure = error;
                    continue;
                }
                Err(error) => return Err(error),
            };
            match connected {
                Ok(wire) => return speak(wire, origin, patience).await,
                Err(error) => failure = not_reached(system, &error),
            }
        }
        Err(failure)
    }

    fn tls(&mut self, system: &str) -> Result<TlsConnector, ConnectorError> {
        if let Some(tls) = &self.tls {
            return Ok(tls.clone());
        }
        let wrong = |reason: String| ConnectorError::new(ErrorKind::Denied, system, reason);
        let roots = trusted(self.root_certificate.as_ref()).map_err(wrong)?;
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(self.tls.insert(TlsConnector::from(Arc::new(config))).clone())
    }
}

async fn speak(wire: Box<dyn Wire>, origin: Origin, patience: &Patience) -> Result<Line, ConnectorError> {
    let opened = http1::Builder::new()
        .max_buf_size(2 * LARGEST_HEAD)
        .max_header_size(LARGEST_HEAD)
        .handshake(TokioIo::new(wire))
        .await;
    let (sender, connection) = opened.map_err(|error| not_http(patience.system(), &error))?;
    let task = tokio::spawn(async move {
        // What went wrong is seen by whoever waits for the answer.
        let _ = connection.await;
    });
    Ok(Line { origin, sender, task })
}

fn not_http(system: &str, error: &hyper::Error) -> ConnectorError {
    let (kind, message) = if error.is_parse_too_large() {
        (ErrorKind::Limit, format!("its answer begins with more than {} kB of headers", LARGEST_HEAD >> 10))
    } else if error.is_parse() {
        (ErrorKind::BadData, "it does not talk like an HTTP service; check host and port".into())
    } else {
        (ErrorKind::Unreachable, "it closed the connection instead of answering; try again".into())
    };
    ConnectorError::new(kind, system, message)
}
