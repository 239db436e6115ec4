//! People, sessions, one-time links.

use crate::lab::Lab;
use domain::{SessionId, Timestamp, UserId, WorkspaceRole};
use std::sync::Arc;
use store::{LinkPurpose, OneTimeLink, Session, StoreError};

fn session(lab: &Lab, user: UserId) -> Session {
    let now = lab.now();
    Session {
        id: lab.id(),
        user,
        created_at: now,
        last_seen_at: now,
        expires_at: now + jiff::SignedDuration::from_hours(12),
        reauth_at: now,
        ip: "127.0.0.1".into(),
        user_agent: "test".into(),
    }
}

async fn signed_in(lab: &Lab, user: UserId, token: u8) -> SessionId {
    let session = session(lab, user);
    lab.store.insert_session(&session, &[token; 32]).await.unwrap();
    session.id
}

fn link(purpose: LinkPurpose, user: Option<UserId>, now: Timestamp) -> OneTimeLink {
    let expires_at = now + jiff::SignedDuration::from_mins(30);
    OneTimeLink { purpose, user, made_by: None, created_at: now, expires_at }
}

/// Keeps a link.
async fn made(lab: &Lab, link: OneTimeLink, token: u8) {
    lab.store.insert_link(&link, &[token; 32], lab.entry("link_made")).await.unwrap();
}

/// What stands in the trail of the workspace, newest first.
async fn verbs(lab: &Lab) -> Vec<String> {
    let lines = lab.store.list_audit(lab.workspace, None, None, 100).await.unwrap();
    lines.into_iter().map(|line| line.entry.verb).collect()
}

pub async fn an_address_belongs_to_one_person(lab: &Lab) {
    let mut ana = lab.new_user("ana", WorkspaceRole::Owner);
    ana.email = "Ana.Berg@Example.org".into();
    lab.store.insert_user(&ana, Some("$argon2id$x"), lab.entry("user_added")).await.unwrap();
    let found = lab.store.user_by_email(" ana.berg@EXAMPLE.org ").await.unwrap().unwrap();
    assert_eq!(found.user, ana);
    assert_eq!(found.password_hash.as_deref(), Some("$argon2id$x"));

    let mut other = lab.new_user("other", WorkspaceRole::Member);
    other.email = "ANA.BERG@example.org".into();
    let refused = lab.store.insert_user(&other, None, lab.entry("user_added")).await;
    assert!(matches!(refused, Err(StoreError::Conflict { constraint }) if constraint == "users_email_key"));
    // What was refused left no line in the trail either.
    let lines = lab.store.list_audit(lab.workspace, None, None, 10).await.unwrap();
    assert_eq!(lines.len(), 1);
    assert!(matches!(lab.store.load_user(lab.id()).await.err(), Some(StoreError::NotFound("user"))));
}

pub async fn the_last_owner_stays(lab: &Lab) {
    let owner = lab.user_with("owner", WorkspaceRole::Owner).await;
    let second = lab.user("second").await;
    let refused = lab.store.set_user_role(owner, WorkspaceRole::Member, lab.entry("role")).await;
    assert!(matches!(refused, Err(StoreError::Conflict { constraint }) if constraint == "last_owner"));
    let refused = lab.store.set_user_disabled(owner, Some(lab.now()), lab.entry("disabled")).await;
    assert!(matches!(refused, Err(StoreError::Conflict { constraint }) if constraint == "last_owner"));
    assert_eq!(lab.store.load_user(owner).await.unwrap().user.role, WorkspaceRole::Owner);

    lab.store.set_user_role(second, WorkspaceRole::Owner, lab.entry("role")).await.unwrap();
    lab.store.set_user_role(owner, WorkspaceRole::Member, lab.entry("role")).await.unwrap();
    let names: Vec<_> = lab.store.list_users().await.unwrap().into_iter().map(|u| (u.name, u.role)).collect();
    assert_eq!(names, [("owner".into(), WorkspaceRole::Member), ("second".into(), WorkspaceRole::Owner)]);
}

pub async fn a_new_password_ends_other_sessions_and_open_links(lab: &Lab) {
    let (ana, ben) = (lab.user("ana").await, lab.user("ben").await);
    let here = signed_in(lab, ana, 1).await;
    signed_in(lab, ana, 2).await;
    let now = lab.now();
    made(lab, link(LinkPurpose::SignIn, Some(ana), now), 3).await;
    made(lab, link(LinkPurpose::Invite, Some(ana), now), 4).await;
    made(lab, link(LinkPurpose::SignIn, Some(ben), now), 5).await;
    lab.store.set_password(ana, "$new", Some(here), lab.entry("password")).await.unwrap();
    assert!(lab.store.session_by_token(&[1; 32], lab.now()).await.unwrap().is_some());
    assert!(lab.store.session_by_token(&[2; 32], lab.now()).await.unwrap().is_none());
    assert_eq!(lab.store.load_user(ana).await.unwrap().password_hash.as_deref(), Some("$new"));
    for open in [3, 4] {
        assert!(lab.store.peek_link(&[open; 32], now).await.unwrap().is_none(), "a link from before works");
    }
    assert!(lab.store.peek_link(&[5; 32], now).await.unwrap().is_some(), "somebody else's");
}

pub async fn sessions_end(lab: &Lab) {
    let owner = lab.user_with("owner", WorkspaceRole::Owner).await;
    let ana = lab.user("ana").await;
    let first = signed_in(lab, ana, 1).await;
    signed_in(lab, ana, 2).await;
    signed_in(lab, owner, 3).await;

    let (session, user) = lab.store.session_by_token(&[1; 32], lab.now()).await.unwrap().unwrap();
    assert_eq!((session.id, user.id, user.name.as_str()), (first, ana, "ana"));
    let late = lab.now() + jiff::SignedDuration::from_hours(13);
    assert!(lab.store.session_by_token(&[1; 32], late).await.unwrap().is_none(), "expired");

    let ended = async |user, id| lab.store.delete_session(user, id, lab.entry("session_ended")).await.unwrap();
    assert!(!ended(owner, first).await, "not somebody else's");
    assert!(ended(ana, first).await && !ended(ana, first).await);
    assert_eq!(verbs(lab).await.iter().filter(|verb| *verb == "session_ended").count(), 1, "what happened, and once");
    assert_eq!(lab.store.list_sessions(ana, lab.now()).await.unwrap().len(), 1);

    lab.store.set_user_disabled(ana, Some(lab.now()), lab.entry("disabled")).await.unwrap();
    assert!(lab.store.session_by_token(&[2; 32], lab.now()).await.unwrap().is_none(), "locked out");
    let seen = lab.now();
    let owners = lab.store.session_by_token(&[3; 32], seen).await.unwrap().unwrap().0;
    lab.store.touch_session(owners.id, seen).await.unwrap();
    assert_eq!(lab.store.list_sessions(owner, seen).await.unwrap()[0].last_seen_at, seen);
    assert_eq!(lab.store.delete_expired(seen, seen).await.unwrap(), 0);
    assert_eq!(lab.store.delete_expired(seen, lab.now()).await.unwrap(), 1, "idle");
}

pub async fn a_session_gets_another_token(lab: &Lab) {
    let ana = lab.user("ana").await;
    let id = signed_in(lab, ana, 1).await;
    let at = lab.now();
    lab.store.rotate_session(id, &[9; 32], at).await.unwrap();
    assert!(lab.store.session_by_token(&[1; 32], at).await.unwrap().is_none());
    let (session, _) = lab.store.session_by_token(&[9; 32], at).await.unwrap().unwrap();
    assert_eq!((session.id, session.reauth_at), (id, at));
    let again = lab.now();
    lab.store.prove_session(id, again).await.unwrap();
    let (session, _) = lab.store.session_by_token(&[9; 32], again).await.unwrap().unwrap();
    assert_eq!((session.reauth_at, session.last_seen_at), (again, again));
    assert_eq!(lab.store.delete_sessions(ana, Some(id)).await.unwrap(), 0);
    assert_eq!(lab.store.delete_sessions(ana, None).await.unwrap(), 1);
    assert!(matches!(lab.store.prove_session(id, again).await, Err(StoreError::NotFound("session"))));
}

pub async fn a_link_works_once_in_a_race(lab: &Lab) {
    let ana = lab.user("ana").await;
    let now = lab.now();
    made(lab, link(LinkPurpose::SignIn, Some(ana), now), 7).await;
    assert!(lab.store.peek_link(&[7; 32], now).await.unwrap().is_some_and(|l| l.user == Some(ana)));
    let store = Arc::new(lab.store.clone());
    let tries: Vec<_> = (0..100)
        .map(|_| {
            let (store, entry) = (store.clone(), lab.entry("link_used"));
            tokio::spawn(async move { store.redeem_sign_in(&[7; 32], now, entry).await })
        })
        .collect();
    let mut winners = 0;
    for attempt in tries {
        match attempt.await.unwrap() {
            Ok(user) => {
                assert_eq!(user, ana);
                winners += 1;
            }
            Err(error) => assert!(matches!(error, StoreError::NotFound("link")), "{error}"),
        }
    }
    assert_eq!(winners, 1);
    assert_eq!(verbs(lab).await[..2], ["link_used", "link_made"], "who was refused is not in the trail");
    assert!(lab.store.peek_link(&[7; 32], now).await.unwrap().is_none());
}

pub async fn links_expire_and_replace_each_other(lab: &Lab) {
    let (ana, ben) = (lab.user("ana").await, lab.user("ben").await);
    let now = lab.now();
    let redeemed = async |token: u8, at| lab.store.redeem_sign_in(&[token; 32], at, lab.entry("link_used")).await;
    made(lab, link(LinkPurpose::SignIn, Some(ben), now), 1).await;
    made(lab, link(LinkPurpose::SignIn, Some(ana), now), 2).await;
    made(lab, link(LinkPurpose::SignIn, Some(ana), now), 3).await;
    assert!(redeemed(2, now).await.is_err(), "replaced by the newer one");
    let late = now + jiff::SignedDuration::from_mins(30);
    assert!(redeemed(3, late).await.is_err(), "expired");
    assert_eq!(redeemed(1, now).await.unwrap(), ben);
    made(lab, link(LinkPurpose::Invite, Some(ana), now), 4).await;
    assert!(redeemed(4, now).await.is_err(), "an invitation signs nobody in");
}

pub async fn the_first_owner_is_set_up_once(lab: &Lab) {
    assert!(!lab.store.has_users().await.unwrap());
    let now = lab.now();
    made(lab, link(LinkPurpose::SetUp, None, now), 1).await;
    let owner = lab.new_user("owner", WorkspaceRole::Owner);
    let wrong = lab.store.redeem_set_up(&[2; 32], &owner, "$h", now, lab.entry("set_up")).await;
    assert!(matches!(wrong, Err(StoreError::NotFound("link"))));
    lab.store.redeem_set_up(&[1; 32], &owner, "$h", now, lab.entry("set_up")).await.unwrap();
    assert!(lab.store.has_users().await.unwrap());

    made(lab, link(LinkPurpose::SetUp, None, now), 3).await;
    let intruder = lab.new_user("intruder", WorkspaceRole::Owner);
    let refused = lab.store.redeem_set_up(&[3; 32], &intruder, "$h", now, lab.entry("set_up")).await;
    assert!(matches!(refused, Err(StoreError::Conflict { constraint }) if constraint == "users_exist"));
    assert_eq!(lab.store.list_users().await.unwrap(), [owner]);
}

pub async fn an_invited_person_chooses_a_password(lab: &Lab) {
    let (ana, owner) = (lab.user("ana").await, lab.user_with("owner", WorkspaceRole::Owner).await);
    let now = lab.now();
    made(lab, OneTimeLink { made_by: Some(owner), ..link(LinkPurpose::Invite, Some(ana), now) }, 1).await;
    made(lab, link(LinkPurpose::SignIn, Some(ana), now), 2).await;
    let open = lab.store.peek_link(&[1; 32], now).await.unwrap().unwrap();
    assert_eq!((open.user, open.made_by), (Some(ana), Some(owner)));
    assert_eq!(lab.store.redeem_invite(&[1; 32], "$h", now, lab.entry("invited")).await.unwrap(), ana);
    assert_eq!(lab.store.load_user(ana).await.unwrap().password_hash.as_deref(), Some("$h"));
    assert!(lab.store.peek_link(&[2; 32], now).await.unwrap().is_none(), "a link from before the password works");
    assert!(lab.store.redeem_invite(&[1; 32], "$other", now, lab.entry("invited")).await.is_err());
    assert_eq!(lab.store.load_user(ana).await.unwrap().password_hash.as_deref(), Some("$h"));
}
