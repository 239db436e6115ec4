//! Signing: exactly what was shown, once, and never anything else afterwards.

use super::{signable::Signable, world::World};
use domain::{Change, ItemId, Kind, PlanRole, PlanState, Slot};
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};
use uuid::Uuid;
use workbench::{Caller, Error, ExportFormat, VersionFindings};

async fn export(s: &Signable, version: &str, format: ExportFormat) -> Vec<u8> {
    s.world.workbench.export(&s.world.owner, &s.world.plan, Some(version), format).await.unwrap().bytes
}

async fn verdict(s: &Signable, file: &[u8]) -> String {
    s.world.workbench.verify(&Caller::Anonymous, file.to_vec(), None).await.unwrap().verdict
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_signed_is_what_was_shown_and_never_changes() {
    let s = Signable::new().await;
    let (w, owner, plan) = (&s.world.workbench, &s.world.owner, s.world.plan.as_str());
    let sponsor = s.who(Slot::Sponsor);
    let error = s.sign().await.unwrap_err();
    assert!(error.to_string().contains("no review is open"), "{error}");
    w.request_review(owner, plan, "Please look").await.unwrap();
    let error = s.sign().await.unwrap_err();
    assert!(error.to_string().contains("data owner has not approved"), "{error}");
    s.approve_all().await;

    // Shown, then changed, then pressed.
    let root = s.page(sponsor).await.root;
    s.set(s.point, "definition", "Where receipts go", "Where receipts and offers go").await.unwrap();
    let error = s.sign_as(sponsor, &root).await.unwrap_err();
    assert!(error.to_string().contains("changed while you were reading"), "{error}");
    let root = s.page(sponsor).await.root;
    let error = s.sign_as(sponsor, &root).await.unwrap_err();
    assert!(error.to_string().contains("data owner has not approved"), "{error}");
    s.approve(Slot::DataOwner).await.unwrap();
    assert!(matches!(s.sign_as(s.who(Slot::DataOwner), &root).await, Err(Error::Denied(_))));
    assert!(matches!(s.sign_as(owner, &root).await, Err(Error::Denied(_))), "an owner is no sponsor");
    let info = s.sign_as(sponsor, &root).await.unwrap();
    assert_eq!((info.version, &info.root), (1, &root));

    // Nothing of it can be changed, by nobody.
    let error = s.set(s.point, "definition", "Where receipts and offers go", "x").await.unwrap_err();
    assert!(error.to_string().contains("signed"), "{error}");
    assert!(matches!(s.sign_as(sponsor, &root).await, Err(Error::Conflict(_))));
    assert!(matches!(w.request_review(owner, plan, "").await, Err(Error::Conflict(_))));
    let waiver = w.findings(owner, plan).await.unwrap().waivers[0].id.to_string();
    assert!(matches!(w.unwaive(owner, plan, &waiver).await, Err(Error::Conflict(_))));
    let page = s.page(sponsor).await;
    assert_eq!(page.head.state, PlanState::Signed);
    let versions = w.versions(owner, plan).await.unwrap();
    assert_eq!(versions.versions.len(), 1);
    let version = &versions.versions[0];
    assert_eq!(version.signatures[0].name, "Ines");
    assert_eq!(version.signatures[0].meaning, Slot::Sponsor.meaning());
    assert!(versions.may_revise && !versions.may_withdraw, "an owner revises, the sponsor withdraws");

    // The canonical bytes lead to the root that was signed.
    let mut canonical: Value = serde_json::from_slice(&export(&s, "v1", ExportFormat::Json).await).unwrap();
    assert_eq!(rules::take_seal(&mut canonical).unwrap()["root"], root.as_str());
    assert_eq!(rules::root_of_canonical(&canonical).unwrap().root, root);

    // The next version starts from it and says what it changes, and nothing else.
    w.revise(owner, plan).await.unwrap();
    assert_eq!(w.compare(owner, plan, ("v1", "draft"), "", 0).await.unwrap().total, 0);
    s.set(s.point, "definition", "Where receipts and offers go", "Where receipts go").await.unwrap();
    let compared = w.compare(owner, plan, ("", ""), "", 0).await.unwrap();
    assert_eq!((compared.from.as_str(), compared.to.as_str()), ("v1", "draft"));
    let [item] = compared.items.as_slice() else { panic!("{:?}", compared.items) };
    let [field] = item.fields.as_slice() else { panic!("{:?}", item.fields) };
    assert_eq!(item.id, s.point);
    assert_eq!(
        (field.field.as_str(), field.before.as_str(), field.after.as_str()),
        ("definition", "Where receipts and offers go", "Where receipts go")
    );
    assert_eq!(w.compare(owner, plan, ("v1", "draft"), "privacy", 0).await.unwrap().total, 0);
    // Workspace items are part of what was signed.
    s.set(s.instance, "technical_owner", "Tom", "Tamara").await.unwrap();
    let compared = w.compare(owner, plan, ("v1", "draft"), "technical", 0).await.unwrap();
    assert_eq!(compared.items.iter().map(|i| i.id).collect::<Vec<_>>(), [s.instance]);
    assert!(matches!(w.compare(owner, plan, ("v7", "draft"), "", 0).await, Err(Error::NotFound(_))));

    // A second version follows the first.
    s.waive_errors().await;
    s.reviewed().await;
    let second = s.sign().await.unwrap();
    assert_eq!((second.version, second.previous_root.as_deref()), (2, Some(root.as_str())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn exports_are_the_same_every_time_and_say_what_they_are() {
    let s = Signable::new().await;
    let (w, plan) = (&s.world.workbench, s.world.plan.as_str());
    let draft = export(&s, "draft", ExportFormat::Markdown).await;
    assert_eq!(verdict(&s, &draft).await, "draft");
    s.reviewed().await;
    // The same plan, and so the same root, but what everybody is shown as a draft.
    let last_draft = export(&s, "draft", ExportFormat::Markdown).await;
    s.sign().await.unwrap();
    let said = w.verify(&Caller::Anonymous, last_draft, None).await.unwrap();
    assert_eq!((said.verdict.as_str(), said.signatures.len(), said.signed_at), ("draft", 0, None));
    assert_eq!(said.sentence, "This is an unaltered draft of what was later signed as v1.");
    for format in [ExportFormat::Markdown, ExportFormat::Pdf, ExportFormat::Json] {
        let file = export(&s, "v1", format).await;
        assert_eq!(file, export(&s, "v1", format).await, "{} differs from itself", format.code());
        let said = w.verify(&Caller::Anonymous, file.clone(), None).await.unwrap();
        assert_eq!(said.verdict, "signed", "{}: {:?}", format.code(), said.steps);
        assert_eq!(said.signatures[0].name, "Ines");
        assert!(said.steps.iter().all(|(_, held)| *held), "{:?}", said.steps);
        // Wherever one byte is changed, it is not the signed file any more.
        for part in 1..8 {
            let mut altered = file.clone();
            let at = altered.len() * part / 8;
            altered[at] ^= 1;
            let verdict = verdict(&s, &altered).await;
            assert!(
                verdict == "altered" || verdict == "unknown",
                "{} with byte {at} changed is {verdict}",
                format.code()
            );
        }
        let mut longer = file.clone();
        longer.push(b'\n');
        assert_ne!(verdict(&s, &longer).await, "signed");
    }
    // What people read is part of it.
    let text = String::from_utf8(export(&s, "v1", ExportFormat::Markdown).await).unwrap();
    let other = text.replacen("Where receipts go", "Where spam goes", 1);
    assert_ne!(text, other);
    assert_eq!(verdict(&s, other.as_bytes()).await, "altered");
    // Not ours at all.
    for foreign in [&b"%PDF-1.7 hello"[..], b"# A plan", b"", &[0xff; 100]] {
        assert_eq!(verdict(&s, foreign).await, "unknown");
    }
    // Signed with our key, and not to be found: a database from before, or another one with the same key.
    let key = s.world.data.path().join("signing.key");
    let restored = World::with(|settings| {
        std::fs::copy(key, settings.data_dir.join("signing.key")).unwrap();
    })
    .await;
    let said = restored.workbench.verify(&Caller::Anonymous, text.clone().into_bytes(), None).await.unwrap();
    assert_eq!(said.verdict, "unknown");
    assert!(said.sentence.contains("its version is not in its database"), "{}", said.sentence);
    // A signed version says what it said when it was signed, and not how long ago the epoch was.
    assert!(!text.contains("days old"), "a finding of today stands in a version of then");
    let signed = w.findings_of(&s.world.owner, plan, None).await.unwrap();
    let live = w.findings_of(&s.world.owner, plan, Some("draft")).await.unwrap();
    assert_eq!((signed.version.as_str(), live.version.as_str()), ("v1", "draft"));
    let waived = |found: &VersionFindings| found.findings.iter().filter(|f| f.waived.is_some()).count();
    assert!(waived(&signed) > 0 && waived(&signed) == waived(&live));
    assert!(matches!(w.findings_of(&s.world.owner, plan, Some("v2")).await, Err(Error::NotFound(_))));

    // A withdrawn signature says so, and the version stays readable.
    let sponsor = s.who(Slot::Sponsor);
    assert!(matches!(w.withdraw(&s.world.owner, plan, 1, "no").await, Err(Error::Denied(_))));
    assert!(matches!(w.withdraw(sponsor, plan, 1, " ").await, Err(Error::Invalid(_))));
    w.withdraw(sponsor, plan, 1, "The budget is gone").await.unwrap();
    assert_eq!(s.page(sponsor).await.head.state, PlanState::Withdrawn);
    let said = w.verify(&Caller::Anonymous, text.into_bytes(), None).await.unwrap();
    assert!(said.withdrawn && said.note.unwrap().contains("The budget is gone"));
    let now = String::from_utf8(export(&s, "v1", ExportFormat::Markdown).await).unwrap();
    assert!(now.contains("The budget is gone"));
    assert!(matches!(w.withdraw(sponsor, plan, 1, "again").await, Err(Error::Conflict(_))));
}

/// A Markdown file with another plan inside it, whose facts say that it is theirs.
fn with_plan(file: &str, plan: &[u8]) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
    use sha2::{Digest as _, Sha256};
    use std::io::{Read as _, Write as _};
    const HASH: &str = "\"canonical_sha256\":\"";
    let packed = |bytes: &[u8]| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        STANDARD.encode(encoder.finish().unwrap())
    };
    let (before, parts) = file.rsplit_once("\nplan:\n").unwrap();
    let (_, facts) = parts.split_once("\nfacts:\n").unwrap();
    let facts: String = facts.strip_suffix("-->\n").unwrap().split('\n').collect();
    let mut text = String::new();
    ZlibDecoder::new(&STANDARD.decode(facts).unwrap()[..]).read_to_string(&mut text).unwrap();
    let hash: String = Sha256::digest(plan).iter().map(|byte| format!("{byte:02x}")).collect();
    let at = text.find(HASH).unwrap() + HASH.len();
    text.replace_range(at..at + hash.len(), &hash);
    format!("{before}\nplan:\n{}\nfacts:\n{}\n-->\n", packed(plan), packed(text.as_bytes())).into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_small_file_that_unpacks_to_millions_of_values_is_answered_in_words() {
    let world = World::new().await;
    let file =
        world.workbench.export(&world.owner, &world.plan, Some("draft"), ExportFormat::Markdown).await.unwrap().bytes;
    let file = String::from_utf8(file).unwrap();
    let plan = |values: usize| {
        let values = vec![r#"{"":0}"#; values].join(",");
        format!(r#"{{"format":"plumbline-plan/1","items":[],"x":[{values}]}}"#)
    };
    let few = world.workbench.verify(&Caller::Anonymous, with_plan(&file, plan(3).as_bytes()), None).await.unwrap();
    assert_eq!(few.verdict, "altered", "it is read, and is not what was exported");
    let bomb = with_plan(&file, plan(2_000_000).as_bytes());
    assert!(bomb.len() < 200_000, "{} bytes", bomb.len());
    let started = Instant::now();
    let said = world.workbench.verify(&Caller::Anonymous, bomb, None).await.unwrap();
    assert_eq!((said.verdict.as_str(), said.steps.len()), ("unknown", 0));
    assert!(said.sentence.contains("more values than any plan"), "{}", said.sentence);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_only_reads_or_is_locked_out_counts_no_more() {
    let s = Signable::new().await;
    let (w, owner, plan) = (&s.world.workbench, &s.world.owner, s.world.plan.as_str());
    s.reviewed().await;
    let dora = s.who(Slot::DataOwner).user_id().unwrap();
    let set = async |role| w.set_member(owner, plan, dora, Some(role)).await.unwrap();
    let said = async || {
        let found = w.findings(owner, plan).await.unwrap().findings;
        let empty = found.iter().filter(|(f, _)| f.rule == "REV-001").count();
        (empty, s.sign().await.unwrap_err().to_string())
    };
    w.disable_person(owner, dora).await.unwrap();
    let (empty, error) = said().await;
    assert!(empty == 1 && error.contains("data owner has not approved"), "{empty} {error}");
    w.enable_person(owner, dora).await.unwrap();
    assert!(s.page(owner).await.blockers.is_empty(), "let in again, they approve what they approved");
    set(PlanRole::Viewer).await;
    set(PlanRole::Reviewer).await;
    let (empty, error) = said().await;
    assert!(empty == 1 && error.contains("data owner has not approved"), "{empty} {error}");
    // Somebody else may fill the slot, and what they approve is all that is printed.
    let edgar = s.world.join("Edgar", PlanRole::Editor).await;
    w.set_slot(owner, plan, Slot::DataOwner, &[edgar.user_id().unwrap()]).await.unwrap();
    let hash = s.page(&edgar).await.slots[0].hash.clone();
    w.approve(&edgar, plan, Slot::DataOwner, &hash, "").await.unwrap();
    w.approve(&edgar, plan, Slot::DataOwner, &hash, "again").await.unwrap();
    s.sign().await.unwrap();
    let version = w.versions(owner, plan).await.unwrap().versions.remove(0);
    let signed: Vec<_> = version.approvals.iter().filter(|a| a.slot == Slot::DataOwner).map(|a| &*a.name).collect();
    assert_eq!(signed, ["Edgar"]);
    let text = String::from_utf8(export(&s, "v1", ExportFormat::Markdown).await).unwrap();
    assert_eq!((text.matches("Data owner: Edgar").count(), text.matches("Data owner: Dora").count()), (1, 0));
}

/// Adds a risk to the plan; the process owner answers for it.
async fn add_risk(s: &Signable, who: &Caller, name: &str) -> Result<(), Error> {
    let fields: Map<String, Value> =
        json!({ "name": name, "owner": "Tom", "strategy": "accept" }).as_object().unwrap().clone();
    let change = Change::Add { item: ItemId(Uuid::now_v7()), kind: Kind::Risk, fields };
    s.world.workbench.edit(who, &s.world.plan, vec![change]).await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_edits_against_one_signature_never_sign_what_nobody_saw() {
    let s = std::sync::Arc::new(Signable::new().await);
    let (w, plan) = (&s.world.workbench, s.world.plan.as_str());
    // Without a password: hashing one would give the edits time to be over.
    let sponsor = s.world.join_without_password("Lina", PlanRole::Reviewer).await;
    let both = [sponsor.user_id().unwrap(), s.who(Slot::Sponsor).user_id().unwrap()];
    w.set_slot(&s.world.owner, plan, Slot::Sponsor, &both).await.unwrap();
    let (mut signed, mut refused) = (0_i64, 0);
    // The signature is sent before, among and after the edits.
    for place in [0, 0, 3, 10, 25, 50] {
        if s.page(&sponsor).await.head.state == PlanState::Signed {
            w.revise(&s.world.owner, plan).await.unwrap();
        }
        if s.page(&sponsor).await.head.state == PlanState::Draft {
            w.request_review(&s.world.owner, plan, "").await.unwrap();
        }
        s.waive_errors().await;
        s.approve_all().await;
        let page = s.page(&sponsor).await;
        assert_eq!(page.blockers, Vec::<String>::new());
        let mut edits = Vec::new();
        let mut signing = None;
        for n in 0..=50 {
            let s = s.clone();
            if n == place {
                let (root, sponsor) = (page.root.clone(), sponsor.clone());
                let task = async move { s.sign_as(&sponsor, &root).await };
                signing = Some(tokio::spawn(task));
            } else {
                let task = async move { add_risk(&s, &s.world.owner, &format!("Risk {place}/{n}")).await };
                edits.push(tokio::spawn(task));
            }
        }
        let outcome = signing.unwrap().await.unwrap();
        let mut kept = 0;
        for edit in edits {
            kept += usize::from(edit.await.unwrap().is_ok());
        }
        match outcome {
            Ok(info) => {
                signed += 1;
                assert_eq!(info.root, page.root);
                assert_eq!(kept, 0, "edits were kept beside a signature that did not see them");
                let bytes = export(&s, &format!("v{}", info.version), ExportFormat::Json).await;
                let mut canonical: Value = serde_json::from_slice(&bytes).unwrap();
                assert!(rules::take_seal(&mut canonical).is_some());
                assert_eq!(rules::root_of_canonical(&canonical).unwrap().root, page.root);
            }
            Err(Error::Conflict(_)) => {
                refused += 1;
                assert!(kept > 0, "nothing changed and yet nothing was signed");
            }
            Err(other) => panic!("{other}"),
        }
        assert_eq!(w.versions(&s.world.owner, plan).await.unwrap().versions.len() as i64, signed);
    }
    assert_eq!(signed + refused, 6);
}
