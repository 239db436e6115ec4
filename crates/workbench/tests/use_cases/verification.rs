//! Files verified where they do not come from: judged by the key they carry, and never without saying what that is
//! worth.

use super::{signable::Signable, world::World};
use ed25519_dalek::{Signer, SigningKey};
use report::Bundle;
use sha2::{Digest, Sha256};
use views::review::Verification;
use workbench::{Caller, ExportFormat, verify_file};

const FORMATS: [ExportFormat; 3] = [ExportFormat::Markdown, ExportFormat::Pdf, ExportFormat::Json];

async fn export(s: &Signable, version: &str, format: ExportFormat) -> Vec<u8> {
    s.world.workbench.export(&s.world.owner, &s.world.plan, Some(version), format).await.unwrap().bytes
}

/// The fingerprint that the installation shows.
async fn shown(s: &Signable) -> String {
    s.world.workbench.export_page(&s.world.owner, &s.world.plan).await.unwrap().key_fingerprint
}

/// What is said where there is no installation.
async fn offline(file: &[u8], expected: Option<&str>) -> Verification {
    verify_file(file.to_vec(), expected).await.unwrap()
}

async fn at(world: &World, caller: &Caller, file: &[u8]) -> Verification {
    world.workbench.verify(caller, file.to_vec(), None).await.unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn fingerprint(key: &SigningKey) -> String {
    hex(&Sha256::digest(key.verifying_key().as_bytes()))[..32].to_owned()
}

/// A Markdown export as somebody else would have issued it: changed, and sealed with another key.
fn resealed(file: &[u8], key: &SigningKey, change: impl FnOnce(&mut Bundle)) -> Vec<u8> {
    let mut bundle = report::verify(file).unwrap().bundle().unwrap();
    bundle.public_key = Some(hex(key.verifying_key().as_bytes()));
    bundle.key_fingerprint = fingerprint(key);
    change(&mut bundle);
    let sign = |text: &str| Some(hex(&key.sign(text.as_bytes()).to_bytes()));
    bundle.root_signature = sign(&bundle.root);
    bundle.seal = sign(&hex(&report::seal_digest(&bundle).unwrap()));
    report::markdown(&bundle).unwrap().into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_is_verified_without_the_installation_that_exported_it() {
    let s = Signable::new().await;
    s.reviewed().await;
    let draft = export(&s, "draft", ExportFormat::Markdown).await;
    s.sign().await.unwrap();
    let (key, elsewhere) = (shown(&s).await, World::new().await);
    for format in FORMATS {
        let (file, code) = (export(&s, "v1", format).await, format.code());
        let said = offline(&file, None).await;
        assert_eq!(said.verdict, "whole", "{code}: {:?}", said.steps);
        assert!(said.sentence.contains(&format!("signed by the installation with the key {key}")), "{}", said.sentence);
        assert!(said.sentence.contains("compare its fingerprint"), "{}", said.sentence);
        assert!(said.steps.iter().all(|(_, held)| *held), "{:?}", said.steps);
        assert_eq!((said.signatures[0].name.as_str(), said.withdrawn), ("Ines", false));
        assert!(said.note.unwrap().contains("only the installation that signed it knows"));
        // Whose the key is, is known when somebody says which it should be.
        let said = offline(&file, Some(&key)).await;
        assert_eq!(said.verdict, "signed", "{code}: {}", said.sentence);
        let said = offline(&file, Some(&"0".repeat(32))).await;
        assert_eq!((said.verdict.as_str(), said.signatures.len()), ("unknown", 0), "{code}");
        assert!(said.sentence.contains("another key than the one asked for"), "{}", said.sentence);
        // Another installation says the same to its people.
        assert_eq!(at(&elsewhere, &elsewhere.owner, &file).await.verdict, "whole", "{code}");
        for part in 1..8 {
            let mut altered = file.clone();
            let at = altered.len() * part / 8;
            altered[at] ^= 1;
            let verdict = offline(&altered, Some(&key)).await.verdict;
            assert!(verdict == "altered" || verdict == "unknown", "{code} with byte {at} changed is {verdict}");
        }
    }
    let said = offline(&draft, None).await;
    assert_eq!(said.verdict, "draft");
    assert!(said.sentence.contains("compare its fingerprint") && said.signatures.is_empty(), "{}", said.sentence);
    // A withdrawn signature is told as far as the file knows.
    s.world.workbench.withdraw(s.who(domain::Slot::Sponsor), &s.world.plan, 1, "The budget is gone").await.unwrap();
    let said = offline(&export(&s, "v1", ExportFormat::Json).await, Some(&key)).await;
    assert!(said.withdrawn && said.note.unwrap().contains("had been withdrawn"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn strangers_have_nothing_laid_out_but_what_was_sealed_here() {
    let s = Signable::new().await;
    s.reviewed().await;
    s.sign().await.unwrap();
    let elsewhere = World::new().await;
    let file = export(&s, "v1", ExportFormat::Markdown).await;
    let said = at(&elsewhere, &Caller::Anonymous, &file).await;
    assert_eq!((said.verdict.as_str(), said.signatures.len()), ("unknown", 0));
    assert!(said.sentence.contains("was not compared") && said.sentence.contains("plumbline verify"), "{said:?}");
    let other = String::from_utf8(file).unwrap().replacen("Where receipts go", "Where spam goes", 1);
    assert_eq!(at(&elsewhere, &Caller::Anonymous, other.as_bytes()).await.verdict, "unknown");
    assert_eq!(at(&elsewhere, &elsewhere.owner, other.as_bytes()).await.verdict, "altered");
    assert_eq!(offline(other.as_bytes(), None).await.verdict, "altered");
    // Nothing has to be laid out of a JSON export.
    let file = export(&s, "v1", ExportFormat::Json).await;
    assert_eq!(at(&elsewhere, &Caller::Anonymous, &file).await.verdict, "whole");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_that_somebody_made_vouches_for_nobody_else() {
    let s = Signable::new().await;
    s.reviewed().await;
    s.sign().await.unwrap();
    let (home, ours, theirs) = (&s.world, shown(&s).await, SigningKey::from_bytes(&[7; 32]));
    let file = export(&s, "v1", ExportFormat::Markdown).await;
    let public = report::verify(&file).unwrap().head.public_key;

    // All of it by a key of their own: whole, but theirs.
    let forged = resealed(&file, &theirs, |bundle| bundle.findings.clear());
    let said = offline(&forged, None).await;
    assert_eq!((said.verdict.as_str(), said.key_fingerprint), ("whole", Some(fingerprint(&theirs))));
    assert!(said.sentence.contains("compare its fingerprint") && !said.sentence.contains(&ours), "{}", said.sentence);
    assert_eq!(offline(&forged, Some(&ours)).await.verdict, "unknown");
    assert_eq!(at(home, &home.owner, &forged).await.verdict, "whole");
    assert_eq!(at(home, &Caller::Anonymous, &forged).await.verdict, "unknown");

    // Under our fingerprint, with our key in it, or with both: the signatures are not by that key.
    let named = resealed(&file, &theirs, |bundle| bundle.key_fingerprint.clone_from(&ours));
    let carrying = resealed(&file, &theirs, |bundle| bundle.public_key.clone_from(&public));
    let both = resealed(&file, &theirs, |bundle| {
        bundle.key_fingerprint.clone_from(&ours);
        bundle.public_key.clone_from(&public);
    });
    for forged in [&named, &carrying, &both] {
        for said in
            [offline(forged, None).await, offline(forged, Some(&ours)).await, at(home, &home.owner, forged).await]
        {
            assert_eq!(said.verdict, "altered", "{said:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn files_without_a_key_or_a_seal_are_told_as_far_as_it_goes() {
    let s = Signable::new().await;
    s.reviewed().await;
    let draft = export(&s, "draft", ExportFormat::Json).await;
    s.sign().await.unwrap();
    let (home, elsewhere) = (&s.world, World::new().await);

    // Exported before the key was in the file.
    let own: [u8; 32] = std::fs::read(home.data.path().join("signing.key")).unwrap().try_into().unwrap();
    let file = export(&s, "v1", ExportFormat::Markdown).await;
    let earlier = resealed(&file, &SigningKey::from_bytes(&own), |bundle| bundle.public_key = None);
    assert_eq!(at(home, &Caller::Anonymous, &earlier).await.verdict, "signed");
    for said in [offline(&earlier, None).await, at(&elsewhere, &elsewhere.owner, &earlier).await] {
        assert_eq!(said.verdict, "unknown");
        assert!(said.sentence.contains("verify it there"), "{}", said.sentence);
    }

    // The canonical plan alone: it is known by its root, or not at all.
    let bare = report::verify(&export(&s, "v1", ExportFormat::Json).await).unwrap().canonical;
    let said = at(home, &Caller::Anonymous, &bare).await;
    assert_eq!((said.verdict.as_str(), said.signatures[0].name.as_str()), ("signed", "Ines"));
    assert!(said.sentence.contains("carries no signature"), "{}", said.sentence);
    let said = offline(&bare, None).await;
    assert!(said.verdict == "unknown" && said.sentence.contains("nobody's key vouches for it"), "{said:?}");
    let json: serde_json::Value = serde_json::from_slice(&bare).unwrap();
    let rewritten = serde_json::to_vec_pretty(&json).unwrap();
    assert_eq!(at(home, &Caller::Anonymous, &rewritten).await.verdict, "unknown");
    let bare = report::verify(&draft).unwrap().canonical;
    assert_eq!(offline(&bare, None).await.verdict, "unknown");
}
