//! Which certificates are trusted, for connections that we encrypt ourselves.

use std::path::Path;

use tokio_rustls::rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Those in the file (PEM), or the system's where no file is named; else what is wrong, in words.
pub(crate) fn trusted(file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(path) => {
            let unreadable = |error| format!("the file of trusted certificates cannot be read: {error:?}");
            for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
                let unfit = |error| format!("a trusted certificate cannot be used: {error}");
                roots.add(certificate.map_err(unreadable)?).map_err(unfit)?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        return Err("no trusted certificates are known; install those of the system or name a file".into());
    }
    Ok(roots)
}
