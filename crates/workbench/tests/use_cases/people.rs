//! People: passwords and links, who may manage them, and what ends with them.

use super::world::{World, fields};
use domain::WorkspaceRole;
use secrecy::SecretString;
use store::{AuditEntry, Location, Store};
use workbench::{Caller, Error, Visitor, Workbench};

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

async fn recognised(w: &Workbench, token: &SecretString) -> bool {
    matches!(w.recognise(token).await.unwrap(), Caller::Person { .. })
}

/// What stands in the trail of the workspace, newest first.
async fn trail(world: &World) -> Vec<AuditEntry> {
    let store = Store::open(&Location::Sqlite(world.data.path().join("plumbline.sqlite"))).await.unwrap();
    let workspace = store.workspace().await.unwrap().unwrap();
    let lines = store.list_audit(workspace, None, None, 100).await.unwrap();
    store.close().await;
    lines.into_iter().map(|line| line.entry).collect()
}

#[tokio::test]
async fn a_person_without_a_password_sets_one_and_keeps_the_session() {
    let world = World::new().await;
    let (w, visitor) = (&world.workbench, Visitor::default());
    let none = secret("");
    let add = w.add_person(&world.owner, "Lina", "lina@example.org", WorkspaceRole::Member, &none);
    let lina = add.await.unwrap();
    assert!(w.sign_in("lina@example.org", &secret(""), &visitor).await.is_err(), "nothing is no password");
    let link = w.sign_in_link(&Caller::Operator, "lina@example.org").await.unwrap();
    let session = w.sign_in_once(&link, &visitor).await.unwrap();
    let caller = w.recognise(&session.token).await.unwrap();
    assert!(!w.account(&caller).await.unwrap().has_password);
    let token = w.change_password(&caller, &secret(""), &secret("her first password")).await.unwrap();
    assert!(!recognised(w, &session.token).await, "the token is another one now");
    let caller = w.recognise(&SecretString::from(token)).await.unwrap();
    assert!(w.account(&caller).await.unwrap().has_password);

    // From now on the old one is needed, and not guessed for long.
    for n in 0..5 {
        let wrong = w.change_password(&caller, &secret(&format!("guess {n}")), &secret("a new password")).await;
        assert_eq!(fields(&wrong.unwrap_err()), ["old"]);
    }
    let sixth = w.change_password(&caller, &secret("her first password"), &secret("a new password")).await;
    assert!(matches!(sixth, Err(Error::TooMany)));

    // An owner gives her a link; with the account closed neither kind of link works.
    assert!(matches!(w.invite_link(&caller, lina.id).await, Err(Error::Denied(_))));
    let (_, invitation) = w.invite_link(&world.owner, lina.id).await.unwrap();
    let link = w.sign_in_link(&Caller::Operator, "lina@example.org").await.unwrap();
    w.disable_person(&world.owner, lina.id).await.unwrap();
    assert!(matches!(w.sign_in_once(&link, &visitor).await, Err(Error::Conflict(_))));
    let chosen = secret("chosen by herself");
    assert!(matches!(w.choose_password(&invitation, &chosen, &visitor).await, Err(Error::Conflict(_))));
    assert!(w.invite_link(&world.owner, lina.id).await.is_err());
    w.enable_person(&world.owner, lina.id).await.unwrap();
    w.choose_password(&invitation, &chosen, &visitor).await.unwrap();
    assert!(w.choose_password(&invitation, &chosen, &visitor).await.is_err(), "once");
    w.sign_in("lina@example.org", &chosen, &visitor).await.unwrap();
    assert!(w.choose_password(&link, &chosen, &visitor).await.is_err(), "a sign-in link is no invitation");
}

#[tokio::test]
async fn there_is_always_an_owner() {
    let world = World::new().await;
    let w = &world.workbench;
    let sam = world.stranger().await;
    let (me, other) = (world.owner.user_id().unwrap(), sam.user_id().unwrap());
    let (owner, member) = (WorkspaceRole::Owner, WorkspaceRole::Member);
    assert!(matches!(w.set_person_role(&sam, other, owner).await, Err(Error::Denied(_))));
    assert!(matches!(w.enable_person(&sam, other).await, Err(Error::Denied(_))));
    assert!(matches!(w.set_person_role(&world.owner, me, member).await, Err(Error::Conflict(_))));
    w.set_person_role(&world.owner, other, owner).await.unwrap();
    w.set_person_role(&world.owner, me, member).await.unwrap();
    let roles: Vec<_> = w.list_people(&Caller::Operator).await.unwrap().iter().map(|u| u.role).collect();
    assert_eq!(roles, [member, owner]);
    assert_eq!(w.forget_ended(&Caller::Operator).await.unwrap(), 0);
    let found = w.check_integrity(&Caller::Operator).await.unwrap();
    assert!(found.trails == 2 && found.faults.is_empty(), "{found:?}");
}

#[tokio::test]
async fn who_made_a_link_stands_in_the_trail_and_so_does_its_use() {
    let world = World::new().await;
    let (w, visitor) = (&world.workbench, Visitor::default());
    let sam = world.stranger().await;
    let (olga, id) = (world.owner.user_id(), sam.user_id());
    let (_, invitation) = w.invite_link(&world.owner, id.unwrap()).await.unwrap();
    w.choose_password(&invitation, &secret("chosen by the owner"), &visitor).await.unwrap();
    let lines = trail(&world).await;
    let (used, made) = (&lines[0], &lines[1]);
    assert_eq!((made.verb.as_str(), made.actor), ("made an invitation for", olga));
    assert_eq!(made.after.as_ref().unwrap()["name"], "Sam Stranger");
    assert_eq!((used.verb.as_str(), used.actor), ("chose a password", id));
    assert_eq!(used.after.as_ref().unwrap()["link_made_by"]["name"], "Olga Owner");

    let link = w.sign_in_link(&Caller::Operator, "sam@example.org").await.unwrap();
    w.sign_in_once(&link, &visitor).await.unwrap();
    assert!(w.sign_in_once(&link, &visitor).await.is_err());
    let lines = trail(&world).await;
    let (used, made) = (&lines[0], &lines[1]);
    assert_eq!((made.verb.as_str(), made.actor), ("made a sign-in link for", None));
    assert_eq!((used.verb.as_str(), used.actor), ("signed in by a link", id));
    assert_eq!(used.after.as_ref().unwrap()["link_made_by"]["name"], "operator");
}

#[tokio::test]
async fn a_new_password_ends_open_links_and_an_ended_session_stands_in_the_trail() {
    let world = World::new().await;
    let (w, visitor) = (&world.workbench, Visitor::default());
    let sam = world.stranger().await;
    let (_, invitation) = w.invite_link(&world.owner, sam.user_id().unwrap()).await.unwrap();
    let link = w.sign_in_link(&Caller::Operator, "sam@example.org").await.unwrap();
    let chosen = secret("another sentence of mine");
    let token = w.change_password(&sam, &secret("a long enough sentence"), &chosen).await.unwrap();
    assert!(matches!(w.sign_in_once(&link, &visitor).await, Err(Error::Conflict(_))));
    assert!(matches!(w.choose_password(&invitation, &chosen, &visitor).await, Err(Error::Conflict(_))));

    let sam = w.recognise(&SecretString::from(token)).await.unwrap();
    let elsewhere = w.sign_in("sam@example.org", &chosen, &visitor).await.unwrap();
    let Caller::Person { session, .. } = w.recognise(&elsewhere.token).await.unwrap() else { panic!("signed out") };
    assert!(matches!(w.end_session(&world.owner, session).await, Err(Error::NotFound("session"))));
    w.end_session(&sam, session).await.unwrap();
    w.sign_out(&sam).await.unwrap();
    let lines = trail(&world).await;
    let seen: Vec<_> = lines.iter().take(3).map(|line| (line.verb.as_str(), line.actor)).collect();
    let id = sam.user_id();
    assert_eq!(seen, [("signed out", id), ("ended a session", id), ("changed the password", id)]);
}
