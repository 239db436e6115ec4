//! Where to go after signing in: an address inside this installation, whatever the link said.

/// Where people land when nothing better is known.
pub const HOME: &str = "/plans";

/// Longest address taken back; longer ones are not ours.
const LONGEST: usize = 2048;

/// `next` when it is a plain path of ours, else the list of plans. Another host, another scheme, a
/// backslash, a control character or an encoded slash at the front lead nowhere but home.
#[must_use]
pub fn local_path(next: Option<&str>) -> &str {
    next.filter(|path| is_local(path)).unwrap_or(HOME)
}

/// Text as part of a query.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// Loads the sign-in page, which leads back to the page in view.
#[cfg(feature = "hydrate")]
pub fn leave_for_sign_in() {
    let location = leptos::prelude::location();
    let here = format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    let next = leptos_router::location::Url::escape(&here);
    let _ = location.set_href(&format!("/sign-in?error=expired&next={next}"));
}

fn is_local(path: &str) -> bool {
    let mut start = path.chars();
    let rooted = start.next() == Some('/');
    // The second character decides whether a browser reads a host name: `//host`, `/\host`, `/%2fhost`.
    let second = start.next();
    let harmless = second.is_none_or(|c| c.is_ascii_alphanumeric() || matches!(c, '?' | '#' | '_' | '-'));
    rooted
        && harmless
        && path.len() <= LONGEST
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
        // Signing in again after signing in helps nobody, and could go round for ever.
        && !["/sign-in", "/sign-out", "/set-up", "/api/"].iter().any(|own| path.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::{HOME, local_path};

    #[test]
    fn paths_of_ours_are_kept() {
        for path in [
            "/",
            "/plans",
            "/p/four-clouds",
            "/p/four-clouds/data?sort=name&page=2",
            "/p/x/items/system/S3#field",
            "/?a=b",
        ] {
            assert_eq!(local_path(Some(path)), path);
        }
    }

    #[test]
    fn everything_else_leads_home() {
        let long = format!("/{}", "a".repeat(3000));
        let table = [
            "",
            "plans",
            "p/x",
            ".",
            "..",
            "//evil.example",
            "///evil.example",
            "////evil.example",
            "//evil.example/%2f..",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r/evil.example",
            "\t//evil.example",
            " //evil.example",
            " /plans",
            "/ /evil.example",
            "/\u{a0}/evil.example",
            "http://evil.example",
            "https://evil.example",
            "HTTPS://evil.example",
            "http:evil.example",
            "https:/evil.example",
            "https:///evil.example",
            "http:\\\\evil.example",
            "ftp://evil.example",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:msgbox",
            "file:///etc/passwd",
            "mailto:a@b.example",
            "about:blank",
            "/%2fevil.example",
            "/%2Fevil.example",
            "/%5cevil.example",
            "/%5Cevil.example",
            "/%09/evil.example",
            "/%0a/evil.example",
            "/.evil.example",
            "/./evil.example",
            "/..//evil.example",
            "/@evil.example",
            "/:evil.example",
            "/;@evil.example",
            "@evil.example",
            "?next=//evil.example",
            "#//evil.example",
            "//user:pw@evil.example",
            "//[::1]/",
            "//127.0.0.1",
            "/plans\r\nSet-Cookie: a=b",
            "/plans\0",
            "/plans\\..\\x",
            "/pl\u{e4}ne",
            "\u{ff0f}/evil.example",
            "/\u{ff0f}evil.example",
            "/plans x",
            "/plans\u{7f}",
            "/sign-in",
            "/sign-in?next=/plans",
            "/sign-out",
            "/set-up/abc",
            "/api/app/x",
            &long,
        ];
        assert!(table.len() >= 60);
        for path in table {
            assert_eq!(local_path(Some(path)), HOME, "{path:?}");
        }
        assert_eq!(local_path(None), HOME);
    }
}
