//! Key material of the installation: the master key that secrets are encrypted with, the signing key
//! whose signatures exports carry. Neither leaves this process; what does is the public half of the second.

use crate::{Error, Settings};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// Key material. Has no `Debug` and no serialisation on purpose.
pub(crate) struct Keys {
    cipher: XChaCha20Poly1305,
    signing: SigningKey,
}

/// The half of a signing key that everybody may have: exports carry it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PublicKey(VerifyingKey);

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
        let [(_, master), (_, signing)] = files(settings);
        let (master, signing) = (read_or_make(&master)?, read_or_make(&signing)?);
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

    /// The public half of the signing key.
    pub(crate) fn public(&self) -> PublicKey {
        PublicKey(self.signing.verifying_key())
    }
}

impl PublicKey {
    /// A key as exports carry it.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let bytes = <[u8; 32]>::try_from(unhex(text)?).ok()?;
        VerifyingKey::from_bytes(&bytes).ok().map(Self)
    }

    /// Its 32 bytes as hex.
    pub(crate) fn to_hex(&self) -> String {
        hex(self.0.as_bytes())
    }

    /// What tells it from every other key, hex: printed on exports and shown in settings so that people can compare it.
    pub(crate) fn fingerprint(&self) -> String {
        sha256_hex(self.0.as_bytes())[..32].to_owned()
    }

    /// Whether its owner signed the text. Strict, as anybody may have made the key: none holds for two texts at once.
    pub(crate) fn signed(&self, text: &str, signature: &str) -> bool {
        let Some(bytes) = unhex(signature).and_then(|b| <[u8; 64]>::try_from(b).ok()) else { return false };
        self.0.verify_strict(text.as_bytes(), &Signature::from_bytes(&bytes)).is_ok()
    }
}

/// Bytes of what [`hex`] wrote; nothing else is read, so that each value has one spelling.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some((digit(*high)? << 4) | digit(*low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(byte).collect()
}

/// The files with the keys, under the names they have in a data folder.
pub(crate) fn files(settings: &Settings) -> [(&'static str, PathBuf); 2] {
    let inside = |name| settings.data_dir.join(name);
    let master = settings.key_file.clone().unwrap_or_else(|| inside("master.key"));
    [("master.key", master), ("signing.key", inside("signing.key"))]
}

/// Writes a key to a file that nobody else may read and that is not there yet.
pub(crate) fn write_private(path: &Path, key: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(key)?;
    file.sync_all()
}

fn read_or_make(path: &Path) -> Result<[u8; 32], Error> {
    let unusable = |e: &dyn std::fmt::Display| Error::unusable(&path.display().to_string(), e);
    let bytes = match fs::read(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => make(path).and_then(|()| fs::read(path)),
        other => other,
    };
    let key: [u8; 32] =
        bytes.map_err(|e| unusable(&e))?.try_into().map_err(|_| unusable(&"it does not hold 32 bytes"))?;
    if key.iter().all(|b| *b == key[0]) {
        return Err(unusable(&"it holds a known key; delete it and let Plumbline make one"));
    }
    Ok(key)
}

/// Makes a key that is whole from the first moment it is there; of several processes the first one's stays.
fn make(path: &Path) -> std::io::Result<()> {
    let key: [u8; 32] = random().map_err(std::io::Error::other)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let draft = folder.join(format!(".{}.new", uuid::Uuid::now_v7()));
    let made = write_private(&draft, &key).and_then(|()| match fs::hard_link(&draft, path) {
        // A file system without links.
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => write_private(path, &key),
        other => other,
    });
    let _ = fs::remove_file(&draft);
    match made {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
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
        let (key, signature) = (keys.public(), keys.sign("ab"));
        assert!(key.signed("ab", &signature));
        assert!(!key.signed("ac", &signature));
        assert!(!key.signed("ab", "zz"));
        assert!(!key.signed("ab", &signature.to_uppercase()), "a signature has one spelling");
    }

    #[test]
    fn a_public_key_is_read_as_it_was_written() {
        let (_dir, keys) = keys();
        let key = keys.public();
        let read = PublicKey::from_hex(&key.to_hex()).unwrap();
        assert!(read == key && read.fingerprint() == key.fingerprint() && key.fingerprint().len() == 32);
        assert!(read.signed("ab", &keys.sign("ab")));
        for broken in ["", "00", &key.to_hex()[1..], &key.to_hex().to_uppercase()] {
            assert!(PublicKey::from_hex(broken).is_none(), "{broken}");
        }
        // A key of small order would hold for every text.
        let weak = PublicKey::from_hex(&format!("01{}", "00".repeat(31))).unwrap();
        assert!(!weak.signed("ab", &format!("01{}", "00".repeat(63))));
    }
}
