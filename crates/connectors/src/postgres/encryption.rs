//! TLS to a server, in place of the driver's own: what the driver decrypts itself nobody can look at before, and for a
//! message that says it has four gigabytes it fills as many with zeros.

use std::{net::IpAddr, sync::Arc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        self, CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme,
        client::{
            WebPkiServerVerifier,
            danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        },
        crypto::{self, CryptoProvider},
        pki_types::{CertificateDer, ServerName, UnixTime},
    },
};

use super::PostgresTarget;
use crate::{server::TlsMode, trust::trusted};

/// Asks for TLS and shakes hands. What is verified the target says.
pub(super) async fn encrypted(
    mut stream: TcpStream,
    target: &PostgresTarget,
    address: IpAddr,
) -> sqlx::Result<TlsStream<TcpStream>> {
    /// Length and code of the message that asks for it.
    const REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
    stream.write_all(&REQUEST).await?;
    // One byte and no more: whatever else came unencrypted would be taken for the beginning of the handshake, which
    // then fails.
    match stream.read_u8().await? {
        b'S' => {}
        b'N' => return Err(untrusted("the server does not support TLS".into())),
        _ => return Err(sqlx::Error::Protocol("an odd answer to the request for TLS".into())),
    }
    let config = config(target).map_err(untrusted)?;
    let name = name(target, address).map_err(untrusted)?;
    Ok(TlsConnector::from(Arc::new(config)).connect(name, stream).await?)
}

fn untrusted(reason: String) -> sqlx::Error {
    sqlx::Error::Tls(reason.into())
}

/// The name that stands in the certificate. Where it is not looked at, the server is told no name either.
fn name(target: &PostgresTarget, address: IpAddr) -> Result<ServerName<'static>, String> {
    if target.tls != TlsMode::VerifyName {
        return Ok(address.into());
    }
    let host = target.host.trim_start_matches('[').trim_end_matches(']').to_owned();
    ServerName::try_from(host).map_err(|error| error.to_string())
}

fn config(target: &PostgresTarget) -> Result<ClientConfig, String> {
    let provider = Arc::new(crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let roots = || trusted(target.root_certificate.as_ref());
    let authority = match target.tls {
        TlsMode::VerifyName => return Ok(builder.with_root_certificates(roots()?).with_no_client_auth()),
        TlsMode::VerifyCa => {
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots()?), Arc::clone(&provider));
            Some(verifier.build().map_err(|error| error.to_string())?)
        }
        TlsMode::Off | TlsMode::Require => None,
    };
    let verifier = Arc::new(AnyName { authority, provider });
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// Takes a certificate of a trusted authority for whatever name, or of anybody where there is no authority. That the
/// server has the key to it is verified either way.
#[derive(Debug)]
struct AnyName {
    authority: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(authority) = &self.authority else {
            return Ok(ServerCertVerified::assertion());
        };
        // The name is looked at last.
        match authority.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
