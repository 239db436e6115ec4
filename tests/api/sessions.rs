//! Signing in and out, setting up, and what a session's cookie is worth before and after.

use super::server::{Answer, HOST, OWNER, PASSWORD, Server, form, function, get, new_peer, run};
use axum::{
    body::Body,
    http::{HeaderValue, Request, StatusCode},
};
use secrecy::ExposeSecret;
use workbench::Caller;

async fn sign_in(server: &Server, cookie: Option<&str>, email: &str, password: &str, next: &str) -> Answer {
    server.send(form("/sign-in", cookie, &[("email", email), ("password", password), ("next", next)])).await
}

#[test]
fn signing_in_and_out() {
    run(|server| async move {
        server.person("inout@example.org").await;
        let page = server.page("/account", None).await;
        assert_eq!(page.location(), "/sign-in?next=/account");
        let page = server.page(page.location(), None).await;
        assert!(page.text.contains("name=\"next\" value=\"/account\""), "{}", page.text);

        let answer = sign_in(server, None, " InOut@Example.org ", PASSWORD, "/account").await;
        assert_eq!(answer.location(), "/account");
        let set = answer.header("set-cookie");
        for part in ["plumbline=", "Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=43200"] {
            assert!(set.contains(part), "{set}");
        }
        let cookie = answer.cookie();
        let page = server.page("/account", Some(&cookie)).await;
        assert!(page.status == StatusCode::OK && page.text.contains("inout@example.org"));

        let answer = server.send(form("/sign-out", Some(&cookie), &[])).await;
        assert_eq!(answer.location(), "/sign-in?done=1");
        assert!(answer.header("set-cookie").contains("Max-Age=0"));
        assert!(answer.header("clear-site-data").contains("storage"));
        assert!(!server.knows(&cookie).await, "the cookie still works after signing out");
    });
}

#[test]
fn a_wrong_password_and_an_unknown_person_are_told_the_same() {
    run(|server| async move {
        server.person("known@example.org").await;
        let wrong = sign_in(server, None, "known@example.org", "something else", "").await;
        let unknown = sign_in(server, None, "unknown@example.org", "something else", "").await;
        assert_eq!(wrong.location(), "/sign-in?error=mismatch&email=known%40example.org");
        assert_eq!(unknown.location(), wrong.location().replace("known", "unknown"));
        for answer in [&wrong, &unknown] {
            assert!(answer.header("set-cookie").is_empty());
        }
        let page = server.page(wrong.location(), None).await;
        assert!(page.text.contains("do not fit together"));
        assert!(page.text.contains("value=\"known@example.org\""), "what was typed is gone");
        assert!(page.text.contains("href=\"/verify\""));
        // Text in the address is not shown: it could be anybody's.
        let page = server.page("/sign-in?error=Call%20this%20number", None).await;
        assert!(!page.text.contains("Call this number"));
    });
}

#[test]
fn a_session_known_before_signing_in_is_worth_nothing_after() {
    run(|server| async move {
        server.person("fixed@example.org").await;
        // One that somebody made up.
        let answer =
            sign_in(server, Some("plumbline=chosen-by-somebody-else"), "fixed@example.org", PASSWORD, "").await;
        assert!(!answer.cookie().contains("chosen"));
        assert!(!server.knows("plumbline=chosen-by-somebody-else").await);
        // One that was real, of the same person.
        let before = answer.cookie();
        let answer = sign_in(server, Some(&before), "fixed@example.org", PASSWORD, "").await;
        assert_ne!(answer.cookie(), before);
        assert!(!server.knows(&before).await && server.knows(&answer.cookie()).await);
    });
}

#[test]
fn after_signing_in_one_stays_here() {
    run(|server| async move {
        server.person("next@example.org").await;
        for (next, lands) in [
            ("/p/x/data?page=2", "/p/x/data?page=2"),
            ("", "/plans"),
            ("//evil.example", "/plans"),
            ("/\\evil.example", "/plans"),
            ("https://evil.example", "/plans"),
            ("/%2fevil.example", "/plans"),
            ("/\t/evil.example", "/plans"),
            ("/plans\r\nset-cookie: a=b", "/plans"),
        ] {
            let answer = sign_in(server, None, "next@example.org", PASSWORD, next).await;
            assert_eq!(answer.location(), lands, "{next:?}");
        }
    });
}

#[test]
fn a_one_time_link_works_once() {
    run(|server| async move {
        server.person("once@example.org").await;
        let token = server.workbench.sign_in_link(&Caller::Operator, "once@example.org").await.unwrap();
        let press = || form("/sign-in/once", None, &[("token", token.expose_secret())]);
        let attempts = futures::future::join_all((0..20).map(|_| server.send(press()))).await;
        let entered: Vec<_> = attempts.iter().filter(|a| a.location() == "/plans").collect();
        assert_eq!(entered.len(), 1, "one of twenty at the same moment");
        assert!(server.knows(&entered[0].cookie()).await);
        assert!(attempts.iter().filter(|a| a.location() == "/sign-in?error=used").count() == 19);
    });
}

#[test]
fn setting_up_is_over_once_there_is_an_owner() {
    run(|server| async move {
        let fields = [("token", "made-up"), ("name", "M"), ("email", "m@example.org"), ("password", PASSWORD)];
        let answer = server.send(form("/set-up", None, &fields)).await;
        assert_eq!(answer.location(), "/set-up/made-up?error=used");
        assert!(answer.header("set-cookie").is_empty());
        assert!(server.workbench.set_up_link(&Caller::Operator).await.is_err());
        let fields = [("token", "a/../b?c\r\n"), ("name", ""), ("email", "nonsense"), ("password", "short")];
        let answer = server.send(form("/set-up", None, &fields)).await;
        assert!(answer.location().starts_with("/set-up/abc?invalid="), "{}", answer.location());
        assert!(answer.location().ends_with("&email=nonsense"), "{}", answer.location());
        assert!(!answer.location().contains("short"), "a password in an address");
    });
}

#[test]
fn an_invitation_lets_its_person_choose_a_password_once() {
    run(|server| async move {
        let user = server.person("invited@example.org").await;
        let member = server.session("invited@example.org").await;
        let ask = |cookie: Option<&str>| form("/account/invite", cookie, &[("id", &user.id.to_string())]);
        assert_eq!(server.send(ask(None)).await.location(), "/sign-in?next=/account");
        assert_eq!(server.send(ask(Some(&member))).await.status, StatusCode::FORBIDDEN);
        let page = server.send(ask(Some(&server.owner))).await;
        let (_, rest) = page.text.split_once(&format!("http://{HOST}/sign-in/choose/")).unwrap();
        let token: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
        let page = server.page(&format!("/sign-in/choose/{token}"), None).await;
        assert!(page.text.contains("name=\"password\"") && page.text.contains(&token));
        let choose = |password: &str| form("/sign-in/choose", None, &[("token", &token), ("password", password)]);
        let short = server.send(choose("short")).await;
        assert_eq!(short.location(), format!("/sign-in/choose/{token}?invalid=password"));
        let entered = server.send(choose("chosen by themselves")).await;
        assert_eq!(entered.location(), "/plans");
        assert!(server.knows(&entered.cookie()).await);
        assert!(!server.knows(&member).await, "whoever was signed in before stays so");
        assert_eq!(server.send(choose("another try at it")).await.location(), "/sign-in?error=used");
        let again = sign_in(server, None, "invited@example.org", "chosen by themselves", "").await;
        assert_eq!(again.location(), "/plans");
    });
}

#[test]
fn a_new_password_gives_the_session_a_new_cookie() {
    run(|server| async move {
        server.person("rotated@example.org").await;
        let before = server.session("rotated@example.org").await;
        let fields = [("old", PASSWORD), ("new", "an even longer sentence")];
        let answer = server.send(form(function("change_password"), Some(&before), &fields)).await;
        let after = answer.cookie();
        assert_ne!(after, before);
        assert!(server.knows(&after).await && !server.knows(&before).await);
    });
}

#[test]
fn guessing_ends_soon_and_says_when_to_come_back() {
    run(|server| async move {
        server.person("guessed@example.org").await;
        let mut refused = None;
        for n in 0..12 {
            // From a new address each time: the account counts.
            let answer = sign_in(server, None, "guessed@example.org", &format!("guess number {n}"), "").await;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                refused = Some((n, answer));
                break;
            }
        }
        let (tries, answer) = refused.unwrap();
        assert!(tries <= 10, "{tries} guesses");
        assert!(answer.header("retry-after").parse::<u32>().unwrap() > 60);
        // The right password is not tried either, and others are not affected.
        assert_eq!(
            sign_in(server, None, "guessed@example.org", PASSWORD, "").await.status,
            StatusCode::TOO_MANY_REQUESTS
        );
        assert_eq!(sign_in(server, None, OWNER, PASSWORD, "").await.location(), "/plans");
    });
}

#[test]
fn guesses_from_elsewhere_keep_nobody_out_at_home() {
    run(|server| async move {
        server.person("athome@example.org").await;
        let home = new_peer();
        let at_home = async |mut request: Request<Body>| {
            request.extensions_mut().insert(home);
            server.send(request).await
        };
        let fields = [("email", "athome@example.org"), ("password", PASSWORD)];
        let cookie = at_home(form("/sign-in", None, &fields)).await.cookie();
        assert_eq!(at_home(get("/account", Some(&cookie))).await.status, StatusCode::OK);
        for n in 0..10 {
            sign_in(server, None, "athome@example.org", &format!("guess number {n}"), "").await;
        }
        let elsewhere = sign_in(server, None, "athome@example.org", PASSWORD, "").await;
        assert_eq!(elsewhere.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(at_home(form("/sign-in", None, &fields)).await.location(), "/plans");
    });
}

#[test]
fn one_address_cannot_try_everybody() {
    run(|server| async move {
        let peer = new_peer();
        let mut limited = 0;
        for n in 0..40 {
            let mut request = form("/sign-in/once", None, &[("token", &format!("guess-{n}"))]);
            request.extensions_mut().insert(peer);
            // No proxy is trusted here: this changes nothing.
            request.headers_mut().insert("x-forwarded-for", HeaderValue::from_str(&format!("192.0.2.{n}")).unwrap());
            limited += u32::from(server.send(request).await.status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!(limited >= 9, "{limited} of 40 were stopped");
    });
}
