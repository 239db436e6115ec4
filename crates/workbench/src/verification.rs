//! Verification of exported files: is it ours, is it whole, what became of it since. Files come from
//! anybody, so what costs much (laying a document out again) is done only for what we have sealed.

use crate::{Error, Workbench, keys, turns::Work};
use domain::{Signature, SnapshotInfo};
use report::{Comparison, Extracted, Head, ReportError};
use views::review::Verification;

/// What a file says of itself and whether it holds.
struct Checked {
    head: Head,
    file_hash: String,
    root_holds: bool,
    ours: bool,
    sealed: bool,
    /// `None` when it was not asked for, as the file is not ours.
    rendered: Option<Result<Comparison, ReportError>>,
}

impl Workbench {
    /// Says whether a file is a signed plan, an altered one, or none of ours. Anybody may ask: the
    /// answer holds nothing but what the file holds, and what its signers put their names to.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn verify(&self, file: Vec<u8>) -> Result<Verification, Error> {
        let workbench = self.clone();
        let checked = self.aside(Work::Verifying, move || workbench.check(&file)).await?;
        let checked = match checked {
            Ok(checked) => checked,
            Err(error) => return Ok(refused(&error)),
        };
        let known = match self.store().list_snapshots_by_root(&checked.head.root).await?.into_iter().next() {
            Some(info) => Some((self.store().load_snapshot(info.document, info.version).await?.signatures, info)),
            None => None,
        };
        let issued = self.store().issued_file(&checked.file_hash).await?.is_some();
        Ok(self.said(checked, issued, known.map(|(s, info)| (info, s.into_iter().map(|(s, _)| s).collect()))))
    }

    fn check(&self, file: &[u8]) -> Result<Checked, ReportError> {
        let extracted: Extracted = report::verify(file)?;
        let head = &extracted.head;
        let ours = head.root_signature.as_deref().is_some_and(|s| self.keys().signed(&head.root, s));
        let digest = keys::hex(&extracted.digest);
        let sealed = extracted.seal.as_deref().is_some_and(|s| self.keys().signed(&digest, s));
        let hashes = extracted.plan()?.and_then(|json| rules::root_of_canonical(&json).ok());
        Ok(Checked {
            root_holds: hashes.is_some_and(|hashes| hashes.root == head.root),
            rendered: (ours && sealed).then(|| extracted.compare(file)),
            file_hash: keys::sha256_hex(file),
            head: extracted.head,
            ours,
            sealed,
        })
    }

    fn said(&self, checked: Checked, issued: bool, known: Option<(SnapshotInfo, Vec<Signature>)>) -> Verification {
        let Checked { head, root_holds, ours, sealed, .. } = &checked;
        let draft = head.state == "draft";
        let mut steps = vec![
            ("the plan inside leads to the root hash printed on it".to_owned(), *root_holds),
            ("the root hash carries the signature of this installation".to_owned(), *ours),
            ("names, counts and findings carry it too".to_owned(), *sealed),
        ];
        let rendered = rendered(&checked, issued, &mut steps);
        if !draft {
            steps.push(("this installation has a signed version with this root hash".to_owned(), known.is_some()));
        }
        let whole = *root_holds && *ours && *sealed && rendered;
        let foreign = *root_holds && !*ours && head.key_fingerprint != self.keys().fingerprint();
        let (verdict, sentence) = match (whole, draft, &known) {
            (true, true, Some((info, _))) => {
                ("draft", format!("This is an unaltered draft of what was later signed as v{}.", info.version))
            }
            (true, true, None) => ("draft", "This is an unaltered draft. Nobody has signed it.".to_owned()),
            (true, false, Some(_)) => ("signed", "This is the signed plan, unaltered.".to_owned()),
            (true, false, None) => (
                "unknown",
                "This file is signed with this installation's key, but its version is not in its database.".to_owned(),
            ),
            _ if foreign => (
                "unknown",
                format!(
                    "This plan was signed by another installation (key {}); verify it there.",
                    head.key_fingerprint
                ),
            ),
            _ => ("altered", "This file was altered after it was issued. Do not rely on it.".to_owned()),
        };
        // Nobody put their name to a draft, nor to what somebody made of the signed file.
        let known = known.filter(|_| verdict == "signed");
        let withdrawn = known.as_ref().and_then(|(info, _)| info.withdrawn.clone());
        Verification {
            verdict: verdict.into(),
            sentence,
            steps,
            plan: Some(head.plan.clone()),
            version: Some(head.version),
            root: Some(head.root.clone()),
            key_fingerprint: Some(head.key_fingerprint.clone()),
            withdrawn: withdrawn.is_some(),
            note: withdrawn.map(|reason| format!("The signature was withdrawn: {reason}")),
            signed_at: known.as_ref().map(|(info, _)| info.signed_at),
            signatures: known.map(|(_, signatures)| signatures).unwrap_or_default(),
        }
    }
}

/// Adds how the text compares with the facts beneath it; whether that is good enough.
fn rendered(checked: &Checked, issued: bool, steps: &mut Vec<(String, bool)>) -> bool {
    match &checked.rendered {
        // It is not ours: rendering it would say nothing.
        None => false,
        Some(Ok(Comparison::OtherRenderer(version))) => {
            let text = if issued { "these very bytes were issued here" } else { "text not compared" };
            steps.push((format!("rendered by version {version}: {text}"), issued));
            issued
        }
        Some(answer) => {
            let same = *answer == Ok(Comparison::Same);
            steps.push(("rendering it again gives the same bytes".to_owned(), same));
            same
        }
    }
}

fn refused(error: &ReportError) -> Verification {
    let (verdict, sentence) = match error {
        ReportError::NoPayload => ("unknown", "There is no plan of Plumbline in this file.".to_owned()),
        ReportError::TooLarge(words) => ("unknown", words.clone()),
        ReportError::OtherForm(_) => ("unknown", format!("This cannot be verified here: {error}.")),
        other => ("altered", format!("This file is damaged: {other}")),
    };
    Verification {
        verdict: verdict.into(),
        sentence,
        steps: Vec::new(),
        plan: None,
        version: None,
        root: None,
        key_fingerprint: None,
        signatures: Vec::new(),
        withdrawn: false,
        note: None,
        signed_at: None,
    }
}
