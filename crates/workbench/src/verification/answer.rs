//! What is said of a file that was looked at: one verdict, one sentence, and every step that led to them. Nothing here
//! calls a file genuine by the key it carries, as anybody can make one.

use super::{Bare, Checked, Known, Looked, Signer, Text};
use domain::{Signature, SnapshotInfo};
use report::{Format, Head, ReportError};
use views::review::Verification;

/// What is left to the reader of a file that is judged by the key it carries.
const COMPARE: &str = "Whose key that is, no file can prove: compare its fingerprint with the one that the \
                       installation you expect shows as its signing key, on its account and export pages.";

/// The version that an installation has, and who signed it.
type Version = (SnapshotInfo, Vec<Signature>);

/// The answer. `expected` is the fingerprint of the key that should have signed the file.
pub(super) fn answer(looked: Result<Looked, ReportError>, known: Known, expected: Option<&str>) -> Verification {
    match looked {
        Err(error) => refused(&error),
        Ok(Looked::Bare(bare)) => {
            let vouching = known.key.clone().unwrap_or_default();
            held_against(of_bare(bare, known), &vouching, expected)
        }
        Ok(Looked::Sealed(checked)) => {
            held_against(of_sealed(&checked, known, expected.is_some()), &checked.head.key_fingerprint, expected)
        }
    }
}

/// A file that is good, but not by the key asked for, is not the file asked for.
fn held_against(mut said: Verification, vouching: &str, expected: Option<&str>) -> Verification {
    let good = matches!(said.verdict.as_str(), "signed" | "whole" | "draft");
    let Some(expected) = expected.filter(|_| good) else { return said };
    said.steps.push((format!("the key has the fingerprint asked for, {expected}"), vouching == expected));
    if vouching == expected {
        return said;
    }
    Verification {
        verdict: "unknown".into(),
        sentence: format!("This file is whole, but by another key than the one asked for: {vouching}."),
        withdrawn: false,
        note: None,
        signed_at: None,
        signatures: Vec::new(),
        ..said
    }
}

fn of_sealed(checked: &Checked, known: Known, expected: bool) -> Verification {
    let Checked { head, signer, .. } = checked;
    let draft = head.state == "draft";
    let inside = checked.root_holds && checked.root_signed && checked.sealed;
    let text = step_of_text(checked, known.issued);
    let whole = inside && text.as_ref().is_some_and(|(_, held)| *held);
    let mut steps = vec![("the plan inside leads to the root hash printed on it".to_owned(), checked.root_holds)];
    steps.extend(steps_of_key(checked));
    steps.extend(text);
    if *signer == Signer::Us && !draft {
        steps.push(("this installation has a signed version with this root hash".to_owned(), known.version.is_some()));
    }
    let (verdict, sentence) = match signer {
        Signer::Us if whole => by_us(draft, known.version.as_ref()),
        Signer::Carried if whole => by_carried(head, expected),
        Signer::Us | Signer::Carried if inside => not_compared(checked),
        Signer::Unknown if checked.root_holds => without_key(head, known.key.is_some()),
        _ => altered(),
    };
    let said = Verification {
        verdict: verdict.into(),
        sentence,
        steps,
        plan: Some(head.plan.clone()),
        version: Some(head.version),
        root: Some(head.root.clone()),
        key_fingerprint: Some(head.key_fingerprint.clone()),
        ..Verification::default()
    };
    // Nobody put their name to a draft, nor to what somebody made of the signed file.
    match (signer, verdict) {
        (Signer::Us, "signed") => with_version(said, known.version),
        (Signer::Carried, "signed" | "whole") => as_it_says(said, checked),
        _ => Verification { withdrawn: inside && head.state == "withdrawn", ..said },
    }
}

fn steps_of_key(checked: &Checked) -> Vec<(String, bool)> {
    let (by, named) = match checked.signer {
        Signer::Us => ("this installation", None),
        Signer::Carried => ("the key that it carries", Some(true)),
        Signer::Mismatched => ("the key that it carries", Some(false)),
        Signer::Unknown => ("a key that is known here", None),
    };
    let named = named.map(|same| ("the key that it carries has the fingerprint it names".to_owned(), same));
    let steps = [
        (format!("the root hash carries the signature of {by}"), checked.root_signed),
        ("what the root does not cover (names, counts, findings) carries it too".to_owned(), checked.sealed),
    ];
    named.into_iter().chain(steps).collect()
}

/// How the text compares with the facts beneath it, and whether that is good enough.
fn step_of_text(checked: &Checked, issued: bool) -> Option<(String, bool)> {
    let again = if checked.format == Format::Json { "writing" } else { "rendering" };
    match &checked.text {
        Text::Same => Some((format!("{again} it again gives the same bytes"), true)),
        Text::Other => Some((format!("{again} it again gives the same bytes"), false)),
        Text::RenderedBy(version) => {
            let text = if issued { "these very bytes were issued here" } else { "text not compared" };
            Some((format!("rendered by version {version}: {text}"), issued))
        }
        // Where no key vouches for it, rendering would say nothing.
        Text::NotCompared => {
            (checked.root_signed && checked.sealed).then(|| ("its text was compared".to_owned(), false))
        }
    }
}

fn by_us(draft: bool, version: Option<&Version>) -> (&'static str, String) {
    match (draft, version) {
        (true, Some((info, _))) => {
            ("draft", format!("This is an unaltered draft of what was later signed as v{}.", info.version))
        }
        (true, None) => ("draft", "This is an unaltered draft. Nobody has signed it.".to_owned()),
        (false, Some(_)) => ("signed", "This is the signed plan, unaltered.".to_owned()),
        (false, None) => (
            "unknown",
            "This file is signed with this installation's key, but its version is not in its database.".to_owned(),
        ),
    }
}

fn by_carried(head: &Head, expected: bool) -> (&'static str, String) {
    let key = &head.key_fingerprint;
    match (head.state == "draft", expected) {
        (true, true) => ("draft", format!("This is an unaltered draft of the installation with the key {key}.")),
        (true, false) => ("draft", format!("This is an unaltered draft, sealed with the key {key}. {COMPARE}")),
        (false, true) => {
            ("signed", format!("This is the signed plan, unaltered, of the installation with the key {key}."))
        }
        (false, false) => {
            ("whole", format!("This file is whole and signed by the installation with the key {key}. {COMPARE}"))
        }
    }
}

fn not_compared(checked: &Checked) -> (&'static str, String) {
    let why = match &checked.text {
        Text::Same | Text::Other => return altered(),
        Text::RenderedBy(version) => format!("version {version} rendered it"),
        Text::NotCompared => {
            "that is done by `plumbline verify FILE`, and here for people who are signed in".to_owned()
        }
    };
    let whole = match checked.head.state.as_str() {
        "draft" => "The draft inside this file is whole and sealed by",
        "withdrawn" => "The plan inside this file, whose signature had been withdrawn, is whole and sealed by",
        _ => "The plan inside this file is whole and signed by",
    };
    let text = "but the text around it was not compared with it:";
    let sentence = match checked.signer {
        Signer::Us => format!("{whole} this installation, {text} {why}."),
        _ => {
            format!("{whole} the installation with the key {}, {text} {why}. {COMPARE}", checked.head.key_fingerprint)
        }
    };
    ("unknown", sentence)
}

fn without_key(head: &Head, installed: bool) -> (&'static str, String) {
    let who = if installed { "another installation" } else { "an installation" };
    let key = &head.key_fingerprint;
    ("unknown", format!("This plan was signed by {who} (key {key}), and the key is not in the file; verify it there."))
}

fn altered() -> (&'static str, String) {
    ("altered", "This file was altered after it was issued. Do not rely on it.".to_owned())
}

/// A plan without a seal is as good as the signed version that it is equal to.
fn of_bare(bare: Bare, known: Known) -> Verification {
    let mut steps = vec![("it is written in the canonical form".to_owned(), bare.canonical)];
    if known.key.is_some() {
        steps.push(("this installation has a signed version with this root hash".to_owned(), known.version.is_some()));
    }
    let version = known.version.filter(|_| bare.canonical);
    let (verdict, sentence) = match &version {
        Some((info, _)) => {
            let same = "it leads to the same root hash; the file itself carries no signature";
            ("signed", format!("This is the plan that was signed here as v{}: {same}.", info.version))
        }
        None => (
            "unknown",
            "This is a plan without a seal: nobody's key vouches for it. Compare its root hash with that of the \
             version you expect, or have it exported again."
                .to_owned(),
        ),
    };
    let (plan, number) = bare.plan.unzip();
    let said = Verification {
        verdict: verdict.into(),
        sentence,
        steps,
        plan,
        version: number,
        root: Some(bare.root),
        ..Verification::default()
    };
    with_version(said, version)
}

/// Adds what this installation knows of the version.
fn with_version(said: Verification, version: Option<Version>) -> Verification {
    let Some((info, signatures)) = version else { return said };
    Verification {
        withdrawn: info.withdrawn.is_some(),
        note: info.withdrawn.map(|reason| format!("The signature was withdrawn: {reason}")),
        signed_at: Some(info.signed_at),
        signatures,
        ..said
    }
}

/// Adds what a file of another installation says of its signature.
fn as_it_says(said: Verification, checked: &Checked) -> Verification {
    let withdrawn = checked.head.state == "withdrawn";
    let note = if withdrawn {
        "The signature had been withdrawn when this file was exported."
    } else {
        "Whether the signature was withdrawn since, only the installation that signed it knows."
    };
    Verification {
        withdrawn,
        note: Some(note.to_owned()),
        signed_at: checked.sponsor.as_ref().map(|signature| signature.at),
        signatures: checked.sponsor.iter().cloned().collect(),
        ..said
    }
}

fn refused(error: &ReportError) -> Verification {
    let (verdict, sentence) = match error {
        ReportError::NoPayload => ("unknown", "There is no plan of Plumbline in this file.".to_owned()),
        ReportError::TooLarge(words) => ("unknown", words.clone()),
        ReportError::OtherForm(_) => ("unknown", format!("This cannot be verified here: {error}.")),
        other => ("altered", format!("This file is damaged: {other}")),
    };
    Verification { verdict: verdict.into(), sentence, ..Verification::default() }
}
