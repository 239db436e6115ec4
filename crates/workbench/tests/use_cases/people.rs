//! People: passwords and links, who may manage them, and what ends with them.

use super::world::{World, fields};
use domain::WorkspaceRole;
use secrecy::SecretString;
use workbench::{Caller, Error, Visitor, Workbench};

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

async fn recognised(w: &Workbench, token: &SecretString) -> bool {
    matches!(w.recognise(token).await.unwrap(), Caller::Person { .. })
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
