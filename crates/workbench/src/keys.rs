//! Key material of the installation: the master key that secrets are encrypted with, the signing key
//! that exports carry. Both never leave this process.

use crate::{Error, Settings};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use sha2::{Digest, Sha256};
use std::{fs, io::Write, path::Path};

/// Key material. Has no `Debug` and no serialisation on purpose.
pub(crate) struct Keys {
    cipher: XChaCha20Poly1305,
    signing: SigningKey,
}

/// Random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal("no randomness", &e))?;
    Ok(bytes)
}

/// SHA-256 as hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

impl Keys {
    /// Reads the key files, making them at first start.
    pub(crate) fn open(settings: &Settings) -> Result<Self, Error> {
        let master = settings.key_file.clone().unwrap_or_else(|| settings.data_dir.join("master.key"));
        let master = read_or_make(&master)?;
        let signing = read_or_make(&settings.data_dir.join("signing.key"))?;
        Ok(Self { cipher: XChaCha20Poly1305::new(&Key::from(master)), signing: SigningKey::from_bytes(&signing) })
    }

    /// Encrypts a secret so that it can only be read back for the same record: `place` names table,
    /// row and column.
    pub(crate) fn seal(&self, place: &str, secret: &str) -> Result<Vec<u8>, Error> {
        let nonce: [u8; 24] = random()?;
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|e| Error::internal("a secret could not be encrypted", &e))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Reads back what [`Keys::seal`] made for the same place.
    pub(crate) fn open_sealed(&self, place: &str, sealed: &[u8]) -> Result<secrecy::SecretString, Error> {
        let broken = || Error::Internal(format!("the secret of {place} cannot be read with this master key"));
        let (nonce, body) = sealed.split_at_checked(24).ok_or_else(broken)?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| broken())?;
        let payload = Payload { msg: body, aad: place.as_bytes() };
        let plain = self.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| broken())?;
        String::from_utf8(plain).map(secrecy::SecretString::from).map_err(|_| broken())
    }

    /// Signs a root hash; the signature as hex.
    pub(crate) fn sign(&self, root: &str) -> String {
        hex(&self.signing.sign(root.as_bytes()).to_bytes())
    }

    /// Whether this installation signed the root.
    pub(crate) fn signed(&self, root: &str, signature: &str) -> bool {
        let Some(bytes) = unhex(signature).and_then(|b| <[u8; 64]>::try_from(b).ok()) else { return false };
        self.public().verify(root.as_bytes(), &Signature::from_bytes(&bytes)).is_ok()
    }

    /// Fingerprint of the public key, hex: printed on exports so that readers can compare it.
    pub(crate) fn fingerprint(&self) -> String {
        sha256_hex(self.public().as_bytes())[..32].to_owned()
    }

    fn public(&self) -> VerifyingKey {
        self.signing.verifying_key()
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect()
}

fn read_or_make(path: &Path) -> Result<[u8; 32], Error> {
    let unusable = |e: &dyn std::fmt::Display| Error::unusable(&path.display().to_string(), e);
    match fs::read(path) {
        Ok(bytes) => {
            let key: [u8; 32] = bytes.try_into().map_err(|_| unusable(&"it does not hold 32 bytes"))?;
            if key.iter().all(|b| *b == key[0]) {
                return Err(unusable(&"it holds a known key; delete it and let Plumbline make one"));
            }
            Ok(key)
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            make(path).map_err(|e| unusable(&e))?;
            read_or_make(path)
        }
        Err(e) => Err(unusable(&e)),
    }
}

/// Makes a key that is whole from the first moment it is there; of several processes the first one's stays.
fn make(path: &Path) -> std::io::Result<()> {
    let key: [u8; 32] = random().map_err(std::io::Error::other)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let draft = folder.join(format!(".{}.new", uuid::Uuid::now_v7()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&draft).and_then(|mut file| file.write_all(&key).and_then(|()| file.sync_all()));
    let made = written.and_then(|()| match fs::hard_link(&draft, path) {
        Err(there) if there.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        // A file system without links.
        Err(_) => fs::rename(&draft, path),
        Ok(()) => Ok(()),
    });
    let _ = fs::remove_file(&draft);
    made
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use secrecy::ExposeSecret;

    fn keys() -> (tempfile::TempDir, Keys) {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::for_data_dir(dir.path().into(), || domain::Timestamp::UNIX_EPOCH);
        let keys = Keys::open(&settings).unwrap();
        (dir, keys)
    }

    #[test]
    fn a_secret_opens_only_in_its_own_place() {
        let (_dir, keys) = keys();
        let sealed = keys.seal("connections/1/secret", "hunter2").unwrap();
        assert_eq!(keys.open_sealed("connections/1/secret", &sealed).unwrap().expose_secret(), "hunter2");
        assert!(keys.open_sealed("connections/2/secret", &sealed).is_err());
        assert!(!String::from_utf8_lossy(&sealed).contains("hunter2"));
    }

    #[test]
    fn a_signature_holds_for_its_root_alone() {
        let (_dir, keys) = keys();
        let signature = keys.sign("ab");
        assert!(keys.signed("ab", &signature));
        assert!(!keys.signed("ac", &signature));
        assert!(!keys.signed("ab", "zz"));
    }
}
