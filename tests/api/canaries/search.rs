//! A value that nothing else holds, every spelling it may turn up in, and where it did.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    hash::{BuildHasher, Hasher, RandomState},
};

/// A secret: what is typed, and what of it is looked for.
pub struct Secret {
    what: String,
    /// The whole value.
    pub text: String,
    spellings: Vec<String>,
    /// Of a key: it turns up as it is only where nobody writes text.
    raw: Option<Vec<u8>>,
}

impl Secret {
    /// With signs around its core that every way of writing turns into something else.
    pub fn random(what: &str) -> Self {
        let part = || RandomState::new().build_hasher().finish();
        // In small letters, so that a spelling in small letters is found as well.
        let core = format!("canary{:016x}{:016x}", part(), part());
        Self {
            what: what.to_owned(),
            text: format!("\"+/{core}\\&<="),
            spellings: spellings(core.as_bytes()),
            raw: None,
        }
    }

    /// One that the program itself made.
    pub fn known(what: &str, text: &str) -> Self {
        assert!(text.len() >= 20, "{what}: {text} could be found by chance");
        Self { what: what.to_owned(), text: text.to_owned(), spellings: spellings(text.as_bytes()), raw: None }
    }

    /// A key that is no text.
    pub fn key(what: &str, raw: &[u8]) -> Self {
        assert!(raw.len() >= 32, "{what} could be found by chance");
        Self { raw: Some(raw.to_owned()), what: what.to_owned(), text: String::new(), spellings: spellings(raw) }
    }

    /// Whether a text holds it in some spelling.
    pub fn is_in(&self, text: &str) -> bool {
        self.spellings.iter().any(|spelling| text.contains(spelling.as_str()))
    }
}

/// As it is (which is also how HTML, JSON and addresses write letters and digits), in percent, escaped for JSON, in
/// hexadecimal, in Base64 wherever it begins, as UTF-16, as a list of numbers.
fn spellings(core: &[u8]) -> Vec<String> {
    let each = |one: fn(&u8) -> String| core.iter().map(one).collect::<Vec<_>>();
    let mut all = vec![
        each(|b| format!("%{b:02X}")).concat(),
        each(|b| format!("%{b:02x}")).concat(),
        each(|b| format!("\\u{b:04x}")).concat(),
        each(|b| format!("\\u{b:04X}")).concat(),
        each(|b| format!("&#{b};")).concat(),
        each(|b| format!("\\x{b:02x}")).concat(),
        each(|b| format!("{b:02x}")).concat(),
        each(|b| format!("{b:02X}")).concat(),
        each(|b| format!("{b}")).join(", "),
        each(|b| format!("{b}")).join(","),
    ];
    if let Ok(text) = std::str::from_utf8(core) {
        all.push(text.to_owned());
        all.push(text.chars().flat_map(|c| [c, '\0']).collect());
    }
    for before in 0..3 {
        let written = base64(&[&vec![0; before][..], core].concat());
        // Only what does not depend on the neighbours.
        let (start, end) = ((before * 8).div_ceil(6), (before + core.len()) * 8 / 6);
        all.push(written[start..end].to_owned());
        all.push(written[start..end].replace('+', "-").replace('/', "_"));
    }
    all.sort();
    all.dedup();
    all
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = |n: usize| {
        (0..6).fold(0, |value, bit| {
            let at = n * 6 + bit;
            let set = bytes.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1);
            value << 1 | usize::from(set)
        })
    };
    (0..(bytes.len() * 8).div_ceil(6)).map(|n| char::from(SIGNS[bits(n)])).collect()
}

/// Which secret is where.
#[derive(Default)]
pub struct Found(BTreeMap<String, BTreeMap<String, String>>);

impl Found {
    /// Looks for every secret in what came out of a place.
    pub fn look(&mut self, secrets: &[Secret], place: &str, bytes: &[u8]) {
        // What is no text is replaced; all spellings are text.
        let text = String::from_utf8_lossy(bytes);
        for secret in secrets {
            let spelt = secret.spellings.iter().find_map(|spelling| text.find(spelling.as_str()));
            let near = match (spelt, &secret.raw) {
                (Some(at), _) => {
                    let start: Vec<char> = text[..at].chars().rev().take(120).collect();
                    start.into_iter().rev().collect()
                }
                (None, Some(raw)) if bytes.windows(raw.len()).any(|some| some == raw) => "its bytes".to_owned(),
                _ => continue,
            };
            self.0.entry(secret.what.clone()).or_default().entry(place.to_owned()).or_insert(near);
        }
    }

    /// Where a secret belongs. It must be there, or this search finds nothing.
    pub fn forget(&mut self, what: &str, places: &[&str]) {
        let found = self.0.get_mut(what).unwrap_or_else(|| panic!("{what} is nowhere, not even where it belongs"));
        let before: BTreeSet<String> = found.keys().cloned().collect();
        found.retain(|place, _| !places.iter().any(|own| place.starts_with(own)));
        for own in places {
            assert!(before.iter().any(|place| place.starts_with(own)), "{what} is not in {own}: {before:?}");
        }
        if found.is_empty() {
            self.0.remove(what);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, places) in &self.0 {
            for (place, near) in places {
                writeln!(f, "{what} is in {place}, after: {near:?}")?;
            }
        }
        Ok(())
    }
}

#[test]
fn every_spelling_is_found() {
    let secret = Secret::random("it");
    let text = secret.text.clone();
    let bytes = text.as_bytes();
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let percent: String = bytes.iter().map(|b| format!("%{b:02X}")).collect();
    let escaped: String = bytes.iter().map(|b| format!("\\u{b:04x}")).collect();
    let wide = String::from_utf8(text.encode_utf16().flat_map(u16::to_le_bytes).collect()).unwrap();
    let json = serde_json::to_string(&text).unwrap();
    let basic: Vec<String> =
        ["u:", "us:", "usr:"].iter().map(|user| base64(format!("{user}{text}").as_bytes())).collect();
    for spelt in [text.clone(), hex, percent, escaped, wide, json, format!("{bytes:?}")].iter().chain(&basic) {
        assert!(secret.is_in(&format!("before{spelt}after")), "{spelt}");
    }
    assert_eq!(base64(b"any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw");
    assert!(!secret.is_in(&Secret::random("another").text));
    let raw: Vec<u8> = (0..32).map(|n| n * 7 + 3).collect();
    let key = Secret::key("key", &raw);
    let mut found = Found::default();
    found.look(&[key], "a file", &[b"before".as_slice(), &raw, b"after"].concat());
    found.forget("key", &["a file"]);
    assert!(found.is_empty());
    assert!(Secret::key("key", &raw).is_in(&base64(&raw)));
}
