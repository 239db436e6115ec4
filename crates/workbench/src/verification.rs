//! Verification of exported files: whose are they, are they whole, what became of them since. A file is judged by the
//! key of this installation or, when it is of another one, by the key it carries; whose that is only people can say, by
//! its fingerprint. Files come from anybody, so what costs much (laying a document out again) is done only for what we
//! have sealed, and for people who are signed in.

mod answer;

use crate::{
    Caller, Error, Workbench,
    keys::{self, PublicKey},
    turns::Work,
};
use domain::{Signature, SnapshotInfo};
use report::{Comparison, Extracted, Format, Head, ReportError};
use views::review::Verification;

/// Whose key a file is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signer {
    /// This installation's own.
    Us,
    /// The one the file carries; it has the fingerprint that the file names.
    Carried,
    /// Nobody's: the file is not of this installation and carries no key, as those of earlier versions.
    Unknown,
    /// Nobody's: the key that the file carries has another fingerprint than the file names.
    Mismatched,
}

/// How the text of a file compares with the facts inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Text {
    /// Byte for byte.
    Same,
    /// It is not what they render to.
    Other,
    /// This version rendered it, so that it cannot be compared here.
    RenderedBy(String),
    /// It was not compared, as that costs more than a stranger may ask for.
    NotCompared,
}

/// What a sealed file says of itself and whether it holds.
struct Checked {
    head: Head,
    format: Format,
    file_hash: String,
    signer: Signer,
    root_holds: bool,
    root_signed: bool,
    sealed: bool,
    text: Text,
    sponsor: Option<Signature>,
}

/// A plan without a seal.
struct Bare {
    plan: Option<(String, i64)>,
    root: String,
    /// Whether it is written as a canonical plan is, byte for byte.
    canonical: bool,
}

/// What a file turned out to be.
enum Looked {
    Sealed(Box<Checked>),
    Bare(Bare),
}

/// What an installation knows of a file.
#[derive(Default)]
struct Known {
    /// Fingerprint of its key.
    key: Option<String>,
    /// Whether it issued these very bytes.
    issued: bool,
    /// The version it has with this root hash, and who signed it.
    version: Option<(SnapshotInfo, Vec<Signature>)>,
}

impl Workbench {
    /// Says whether a file is a signed plan, an altered one, or none of ours. Anybody may ask: the answer holds nothing
    /// but what the file holds, and what its signers put their names to. `expected` is the fingerprint of the key that
    /// should have signed it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn verify(&self, caller: &Caller, file: Vec<u8>, expected: Option<&str>) -> Result<Verification, Error> {
        let own = self.keys().public();
        let key = Some(own.fingerprint());
        let lay_out = !matches!(caller, Caller::Anonymous);
        let looked = self.aside(Work::Verifying, move || look(&file, Some(&own), lay_out)).await?;
        let known = match &looked {
            Err(_) => Known { key, ..Known::default() },
            Ok(Looked::Bare(bare)) => Known { key, issued: false, version: self.signed_as(&bare.root).await? },
            Ok(Looked::Sealed(checked)) => Known {
                key,
                issued: self.store().issued_file(&checked.file_hash).await?.is_some(),
                version: self.signed_as(&checked.head.root).await?,
            },
        };
        Ok(answer::answer(looked, known, expected))
    }

    /// The version with this root hash, and who signed it.
    async fn signed_as(&self, root: &str) -> Result<Option<(SnapshotInfo, Vec<Signature>)>, Error> {
        let Some(info) = self.store().list_snapshots_by_root(root).await?.into_iter().next() else { return Ok(None) };
        let signatures = self.store().load_snapshot(info.document, info.version).await?.signatures;
        Ok(Some((info, signatures)))
    }
}

/// The same where there is no installation: a file is judged by what it carries.
///
/// # Errors
/// When the work broke off.
pub async fn verify_file(file: Vec<u8>, expected: Option<&str>) -> Result<Verification, Error> {
    let looked = tokio::task::spawn_blocking(move || look(&file, None, true)).await;
    let looked = looked.map_err(|e| Error::internal("a file could not be looked at", &e))?;
    Ok(answer::answer(looked, Known::default(), expected))
}

fn look(file: &[u8], own: Option<&PublicKey>, lay_out: bool) -> Result<Looked, ReportError> {
    match report::verify(file) {
        Ok(extracted) => Ok(Looked::Sealed(Box::new(check(file, extracted, own, lay_out)?))),
        Err(ReportError::Unsealed) => bare(file).map(Looked::Bare),
        Err(error) => Err(error),
    }
}

fn check(file: &[u8], extracted: Extracted, own: Option<&PublicKey>, lay_out: bool) -> Result<Checked, ReportError> {
    let head = &extracted.head;
    let (signer, key) = signer(head, own);
    let holds = |text: &str, signature: Option<&String>| {
        key.as_ref().zip(signature).is_some_and(|(key, signature)| key.signed(text, signature))
    };
    let root_signed = holds(&head.root, head.root_signature.as_ref());
    let sealed = holds(&keys::hex(&extracted.digest), extracted.seal.as_ref());
    let hashes = extracted.plan()?.and_then(|json| rules::root_of_canonical(&json).ok());
    let worth_it = signer == Signer::Us || lay_out || extracted.format == Format::Json;
    let text = match (root_signed && sealed && worth_it).then(|| extracted.compare(file)) {
        None => Text::NotCompared,
        Some(Ok(Comparison::Same)) => Text::Same,
        Some(Ok(Comparison::OtherRenderer(version))) => Text::RenderedBy(version),
        Some(Err(too_large @ ReportError::TooLarge(_))) => return Err(too_large),
        Some(Ok(Comparison::Altered) | Err(_)) => Text::Other,
    };
    Ok(Checked {
        format: extracted.format,
        file_hash: keys::sha256_hex(file),
        signer,
        root_holds: hashes.is_some_and(|hashes| hashes.root == head.root),
        root_signed,
        sealed,
        // Of our own the database knows it.
        sponsor: if signer == Signer::Carried && text == Text::Same { extracted.sponsor() } else { None },
        text,
        head: extracted.head,
    })
}

fn signer(head: &Head, own: Option<&PublicKey>) -> (Signer, Option<PublicKey>) {
    let ours = |own: &&PublicKey| {
        let signed = head.root_signature.as_ref().is_some_and(|signature| own.signed(&head.root, signature));
        signed || own.fingerprint() == head.key_fingerprint
    };
    if let Some(own) = own.filter(ours) {
        return (Signer::Us, Some(own.clone()));
    }
    let Some(carried) = &head.public_key else { return (Signer::Unknown, None) };
    match PublicKey::from_hex(carried).filter(|key| key.fingerprint() == head.key_fingerprint) {
        Some(key) => (Signer::Carried, Some(key)),
        None => (Signer::Mismatched, None),
    }
}

fn bare(file: &[u8]) -> Result<Bare, ReportError> {
    let json = report::plan_json(file)?.ok_or(ReportError::NoPayload)?;
    let root = rules::root_of_canonical(&json).map_err(|e| ReportError::Damaged(e.0))?.root;
    let plan = rules::plan_from_canonical(&json).ok();
    Ok(Bare {
        plan: plan.map(|plan| (plan.name(), plan.version)),
        root,
        canonical: rules::canonical_bytes(&json) == file,
    })
}
