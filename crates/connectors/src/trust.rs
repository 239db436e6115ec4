//! Which certificates are trusted, for connections that we encrypt ourselves.

use tokio_rustls::rustls::RootCertStore;

use crate::RootCertificate;

/// Those given, or the system's where none are; else what is wrong, in words.
pub(crate) fn trusted(given: Option<&RootCertificate>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    match given {
        Some(certificate) => certificate.add_to(&mut roots)?,
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        return Err("no trusted certificates are known; install those of the system or give the authority's own".into());
    }
    Ok(roots)
}
