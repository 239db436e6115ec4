//! Who signs proves who they are: with their password, or without one by a link they used just now.

use super::{
    signable::{PASSWORD, Signable},
    world::{clock, fields},
};
use domain::{PlanRole, Slot, Timestamp};
use jiff::SignedDuration;
use secrecy::SecretString;
use std::sync::atomic::{AtomicI64, Ordering};
use views::review::Proof;
use workbench::{Caller, Error, ExportFormat};

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_has_a_password_gives_it_to_sign() {
    static MINUTES: AtomicI64 = AtomicI64::new(0);
    fn now() -> Timestamp {
        clock() + SignedDuration::from_mins(MINUTES.load(Ordering::SeqCst))
    }
    let s = Signable::with(|settings| settings.clock = now).await;
    let (w, plan, sponsor) = (&s.world.workbench, s.world.plan.as_str(), s.who(Slot::Sponsor));
    s.reviewed().await;
    let page = s.page(sponsor).await;
    assert_eq!((page.proof, s.page(&s.world.owner).await.proof), (Some(Proof::Password), None));
    let give = async |password: &str| w.sign_plan(sponsor, plan, &page.root, &secret(password)).await;

    // She came in a moment ago; that alone proves nothing. And nobody guesses for long, here or elsewhere.
    assert_eq!(fields(&give("").await.unwrap_err()), ["password"]);
    for n in 0..5 {
        assert_eq!(fields(&give(&format!("guess {n}")).await.unwrap_err()), ["password"]);
    }
    assert!(matches!(give(PASSWORD).await, Err(Error::TooMany)));
    let changed = w.change_password(sponsor, &secret(PASSWORD), &secret("another long sentence")).await;
    assert!(matches!(changed, Err(Error::TooMany)));
    assert!(w.versions(sponsor, plan).await.unwrap().versions.is_empty());

    MINUTES.store(16, Ordering::SeqCst);
    let other = s.world.by_link("ines@example.org").await;
    let Caller::Person { session, .. } = &other else { panic!("nobody came in") };
    w.end_session(sponsor, *session).await.unwrap();
    assert!(matches!(s.sign_as(&other, &page.root).await, Err(Error::SignedOut)), "signed in a session that ended");
    give(PASSWORD).await.unwrap();
    let version = w.versions(sponsor, plan).await.unwrap().versions.remove(0);
    assert_eq!(version.signatures[0].proved_at, now());
    let file = w.export(sponsor, plan, Some("v1"), ExportFormat::Markdown).await.unwrap();
    let text = String::from_utf8(file.bytes).unwrap();
    let said = format!("Identity proved: {}", now().strftime("%Y-%m-%d %H:%M:%S UTC"));
    assert_eq!(text.matches(&said).count(), 1, "{said} is missing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_has_no_password_signs_soon_after_their_link() {
    static MINUTES: AtomicI64 = AtomicI64::new(0);
    fn now() -> Timestamp {
        clock() + SignedDuration::from_mins(MINUTES.load(Ordering::SeqCst))
    }
    let s = Signable::with(|settings| settings.clock = now).await;
    let (w, plan, none) = (&s.world.workbench, s.world.plan.as_str(), secret(""));
    let lina = s.world.join_without_password("Lina", PlanRole::Reviewer).await;
    w.set_slot(&s.world.owner, plan, Slot::Sponsor, &[lina.user_id().unwrap()]).await.unwrap();
    s.reviewed().await;

    MINUTES.store(6, Ordering::SeqCst);
    let page = s.page(&lina).await;
    assert_eq!(page.proof, Some(Proof::NewLink));
    let refused = w.sign_plan(&lina, plan, &page.root, &none).await.unwrap_err();
    assert!(matches!(&refused, Error::Conflict(words) if words.contains("one-time link")), "{refused}");
    // Nor does whoever finds the browser open choose the password to sign with.
    let refused = w.change_password(&lina, &none, &secret("chosen in her chair")).await.unwrap_err();
    assert!(matches!(&refused, Error::Conflict(words) if words.contains("one-time link")), "{refused}");

    let lina = s.world.by_link("lina@example.org").await;
    MINUTES.store(10, Ordering::SeqCst);
    assert_eq!(s.page(&lina).await.proof, Some(Proof::Link));
    w.sign_plan(&lina, plan, &page.root, &none).await.unwrap();
    let version = w.versions(&lina, plan).await.unwrap().versions.remove(0);
    let signature = &version.signatures[0];
    assert_eq!(signature.at.duration_since(signature.proved_at).as_secs(), 240);
}
