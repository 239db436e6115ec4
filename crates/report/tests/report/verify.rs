//! Files taken apart again: whole, altered, hostile.

use crate::plans::small;
use report::{Bundle, Comparison, Format, ReportError, json, json_digest, markdown, pdf, seal_digest, verify};

/// A bundle as exports are made from: with key and signatures.
fn sealed() -> Bundle {
    Bundle {
        public_key: Some("ef".repeat(32)),
        root_signature: Some("ab".repeat(64)),
        seal: Some("cd".repeat(64)),
        ..small()
    }
}

#[test]
fn documents_come_back_as_they_were() {
    let bundle = sealed();
    for (format, file) in
        [(Format::Markdown, markdown(&bundle).unwrap().into_bytes()), (Format::Pdf, pdf(&bundle).unwrap())]
    {
        let found = verify(&file).unwrap();
        assert_eq!(found.format, format);
        assert_eq!(found.canonical, bundle.canonical);
        assert_eq!(found.head.root, bundle.root);
        assert_eq!(found.head.root_signature, bundle.root_signature);
        assert_eq!(found.head.public_key, bundle.public_key);
        assert_eq!(found.seal, bundle.seal);
        assert_eq!(found.head.renderer, report::RENDERER);
        let plan = found.bundle().unwrap().plan;
        for (was, is) in [(&bundle.plan.document, &plan.document), (&bundle.plan.workspace, &plan.workspace)] {
            assert!(
                was.items.values().map(|i| (i.key(), &i.entity)).eq(is.items.values().map(|i| (i.key(), &i.entity)))
            );
        }
        assert_eq!(found.compare(&file).unwrap(), Comparison::Same);
        assert_eq!(found.digest, seal_digest(&bundle).unwrap());
    }
}

/// A bundle whose plan is in the canonical form, as that of an export is.
fn canonical() -> Bundle {
    let bundle = sealed();
    let profile = rules::Profile::recommended();
    let canonical = rules::canonical(&bundle.plan, &domain::Evidence::default(), &profile);
    let signature = domain::Signature {
        user: crate::plans::id("aaaa", 7),
        name: "Ines, \"the\" sponsor,\"seal\":".into(),
        slot: domain::Slot::Sponsor,
        meaning: domain::Slot::Sponsor.meaning().into(),
        at: "2026-11-23T10:00:00Z".parse().unwrap(),
        root: canonical.root.clone(),
        proved_at: "2026-11-23T09:58:00Z".parse().unwrap(),
    };
    Bundle { canonical: canonical.bytes(), root: canonical.root, signature: Some(signature), ..bundle }
}

#[test]
fn json_comes_back_as_it_was_and_stays_a_plan() {
    let bundle = canonical();
    let file = json(&bundle).unwrap();
    let found = verify(&file).unwrap();
    assert_eq!((found.format, &found.canonical), (Format::Json, &bundle.canonical));
    assert_eq!((&found.head.root, &found.head.public_key), (&bundle.root, &bundle.public_key));
    assert_eq!((&found.seal, found.sponsor()), (&bundle.seal, bundle.signature.clone()));
    assert_eq!(found.digest, json_digest(&bundle).unwrap());
    assert_eq!(found.compare(&file).unwrap(), Comparison::Same);

    let mut plan: serde_json::Value = serde_json::from_slice(&file).unwrap();
    let seal = rules::take_seal(&mut plan).unwrap();
    assert_eq!(seal["root"], rules::root_of_canonical(&plan).unwrap().root.as_str());
    let mut other = bundle.clone();
    other.signature = None;
    assert_ne!(json_digest(&other).unwrap(), json_digest(&bundle).unwrap(), "who signed is sealed");
    other.canonical.pop();
    assert!(json(&other).is_err());
}

#[test]
fn every_flipped_byte_of_json_is_seen() {
    let bundle = canonical();
    let file = json(&bundle).unwrap();
    let (digest, seal) = (json_digest(&bundle).unwrap(), bundle.seal.clone());
    let holds = |file: &[u8]| {
        let found = verify(file)?;
        Ok::<_, ReportError>(found.digest == digest && found.seal == seal && found.compare(file)? == Comparison::Same)
    };
    for at in (0..file.len()).step_by(7).chain(file.len() - 1500..file.len()) {
        let mut altered = file.clone();
        altered[at] ^= 1;
        assert_ne!(holds(&altered), Ok(true), "byte {at} is not covered");
    }
    // The same members written otherwise, or twice, are another file.
    let text = String::from_utf8(file.clone()).unwrap();
    let twice = text.replacen("\"seal\":{", "\"seal\":{\"root\":\"00\",", 1);
    assert!(twice != text && holds(twice.as_bytes()) == Ok(false));
    let plan: serde_json::Value = serde_json::from_slice(&file).unwrap();
    let pretty = serde_json::to_string_pretty(&plan).unwrap();
    assert!(matches!(verify(pretty.as_bytes()), Err(ReportError::Damaged(_))));
    assert_eq!(verify(&bundle.canonical), Err(ReportError::Unsealed));
    assert_eq!(verify(b"{\"a\":1,\"seal\":{}}"), Err(ReportError::NoPayload));
    assert_eq!(holds(&file), Ok(true));
}

#[test]
fn every_flipped_byte_of_markdown_is_seen() {
    let file = markdown(&small()).unwrap().into_bytes();
    for at in (0..file.len()).step_by(97).chain([file.len() - 1]) {
        let mut altered = file.clone();
        altered[at] ^= 1;
        assert!(!passes(&altered), "byte {at} is not covered");
    }
    let mut longer = file.clone();
    longer.push(b'\n');
    assert!(!passes(&longer));
    assert!(passes(&file));
}

#[test]
fn flipped_bytes_of_a_pdf_are_seen() {
    let file = pdf(&small()).unwrap();
    for at in (1..20).map(|n| n * file.len() / 20) {
        let mut altered = file.clone();
        altered[at] ^= 1;
        assert!(!passes(&altered), "byte {at} is not covered");
    }
    let mut longer = file;
    longer.extend_from_slice(b"%appended");
    assert!(!passes(&longer));
}

fn passes(file: &[u8]) -> bool {
    verify(file).and_then(|found| found.compare(file)) == Ok(Comparison::Same)
}

#[test]
fn a_seal_covers_what_the_root_does_not() {
    let bundle = small();
    let mut forged = bundle.clone();
    forged.findings.clear();
    assert_ne!(seal_digest(&bundle).unwrap(), seal_digest(&forged).unwrap());
    let mut sealed = bundle.clone();
    sealed.seal = Some("00".into());
    assert_eq!(seal_digest(&bundle).unwrap(), seal_digest(&sealed).unwrap());
    let mut other = bundle.clone();
    other.canonical.push(b' ');
    assert_ne!(seal_digest(&bundle).unwrap(), seal_digest(&other).unwrap());
}

/// A Markdown file with other facts in it.
fn with_facts(file: &str, change: impl Fn(String) -> String) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use std::io::{Read as _, Write as _};
    let (before, facts) = file.rsplit_once("\nfacts:\n").unwrap();
    let packed: String = facts.strip_suffix("-->\n").unwrap().split('\n').collect();
    let mut text = String::new();
    flate2::read::ZlibDecoder::new(&STANDARD.decode(packed).unwrap()[..]).read_to_string(&mut text).unwrap();
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(change(text).as_bytes()).unwrap();
    format!("{before}\nfacts:\n{}\n-->\n", STANDARD.encode(encoder.finish().unwrap()))
}

#[test]
fn a_file_of_another_renderer_is_read_as_far_as_it_goes() {
    let bundle = sealed();
    let file = markdown(&bundle).unwrap();
    assert_eq!(with_facts(&file, |facts| facts).matches("facts:").count(), 1);
    // Later versions draw differently, know more of a plan, and say more about it.
    let later = with_facts(&file, |facts| {
        facts
            .replacen(report::RENDERER, "plumbline-report/9", 1)
            .replacen("\"version\":", "\"wind\":\"north\",\"version\":", 1)
            .replacen("\n{", "\n{\"of_tomorrow\":{\"a\":[1]},", 1)
    });
    let found = verify(later.as_bytes()).unwrap();
    assert_eq!((found.head.plan.as_str(), found.head.state.as_str()), (bundle.plan.name().as_str(), "draft"));
    assert_eq!((&found.head.root, &found.seal), (&bundle.root, &bundle.seal));
    assert_ne!(found.digest, seal_digest(&bundle).unwrap(), "the seal is over the very bytes");
    let said = found.compare(later.as_bytes()).unwrap();
    assert_eq!(said, Comparison::OtherRenderer("plumbline-report/9".into()));
    // The same of our own renderer is damage.
    let damaged = with_facts(&file, |facts| facts.replacen("\n{", "\n{\"of_tomorrow\":1,", 1));
    assert!(matches!(verify(damaged.as_bytes()).unwrap().compare(damaged.as_bytes()), Err(ReportError::Damaged(_))));
    // And another form is named.
    let form = with_facts(&file, |_| "{\"plumbline_facts\":\"plumbline-facts/2\"}".into());
    assert_eq!(verify(form.as_bytes()).unwrap_err(), ReportError::OtherForm("plumbline-facts/2".into()));
}

#[test]
fn a_first_line_longer_than_any_is_not_read() {
    let file = markdown(&small()).unwrap();
    let padded = |bytes: usize| {
        with_facts(&file, |facts| {
            facts.replacen("\"version\":", &format!("\"more\":\"{}\",\"version\":", "x".repeat(bytes)), 1)
        })
    };
    assert!(verify(padded(1000).as_bytes()).is_ok());
    assert!(matches!(verify(padded(70_000).as_bytes()), Err(ReportError::TooLarge(_))));
}

#[test]
fn files_that_are_none_of_ours_are_refused_in_words() {
    assert_eq!(verify(b"").unwrap_err(), ReportError::NoPayload);
    assert_eq!(verify(b"# Hello").unwrap_err(), ReportError::NoPayload);
    assert_eq!(verify(&[0xff; 100]).unwrap_err(), ReportError::NoPayload);
    assert_eq!(verify(b"%PDF-1.7\n%%EOF").unwrap_err(), ReportError::NoPayload);
    let unfinished = b"%PDF-1.7\n1 0 obj\n<</Type/EmbeddedFile/Length 99999999999/Filter/FlateDecode>>\nstream\nxx";
    assert!(matches!(verify(unfinished), Err(ReportError::Damaged(_))));
    assert!(matches!(verify(b"%PDF-1.7 /EmbeddedFile"), Err(ReportError::Damaged(_))));
    let huge = vec![b'a'; report::MAX_FILE_BYTES + 1];
    assert!(matches!(verify(&huge), Err(ReportError::TooLarge(_))));
}

#[test]
fn a_bomb_is_not_unpacked() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use std::io::Write as _;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..80 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let file = format!("<!-- plumbline-payload\nplan:\n{}\nfacts:\nAAAA\n-->\n", STANDARD.encode(&bomb));
    assert!(matches!(verify(file.as_bytes()), Err(ReportError::TooLarge(_))));
    let mut pdf =
        format!("%PDF-1.7\n1 0 obj\n<</Type /EmbeddedFile /Length {} /Filter /FlateDecode>>\nstream\n", bomb.len())
            .into_bytes();
    pdf.extend_from_slice(&bomb);
    assert!(matches!(verify(&pdf), Err(ReportError::TooLarge(_))));
}

#[test]
fn what_no_document_shows_does_not_travel() {
    let mut bundle = crate::demo_sized::demo_sized();
    bundle.evidence.connections[0].address = "postgres://secret-host/db".into();
    let unused = bundle.evidence.connections[0].clone();
    let unused = domain::ConnectionView { id: crate::plans::id("cccf", 1), name: "No check uses it".into(), ..unused };
    bundle.evidence.connections.push(unused);
    let term = bundle.plan.workspace.items.values().next().unwrap().clone();
    let team = domain::Entity::Team(domain::entity::Team {
        name: crate::plans::line("Team of another plan"),
        ..Default::default()
    });
    let stranger = domain::Item { id: crate::plans::id("eeef", 1), entity: team, ..term };
    bundle.plan.workspace.items.insert(stranger.id, stranger);
    for file in [markdown(&bundle).unwrap().into_bytes(), pdf(&bundle).unwrap()] {
        let found = serde_json::to_string(&verify(&file).unwrap().bundle().unwrap()).unwrap();
        assert!(!found.contains("secret-host") && !found.contains("another plan") && !found.contains("No check"));
    }
}
