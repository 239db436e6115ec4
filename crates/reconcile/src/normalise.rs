//! The agreed rules as functions on text. They never touch NULL, so they cannot bridge NULL and ''.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::spec::Rule;

/// Applies the rules that change a text, in the order of [`Rule`], whatever order they are given in.
pub(crate) fn apply<'a>(rules: &[Rule], text: &'a str) -> Cow<'a, str> {
    let mut text = Cow::Borrowed(text);
    for rule in Rule::ALL.iter().filter(|rule| rules.contains(rule)) {
        text = match text {
            Cow::Borrowed(text) => one(*rule, text),
            Cow::Owned(text) => Cow::Owned(one(*rule, &text).into_owned()),
        };
    }
    text
}

fn one(rule: Rule, text: &str) -> Cow<'_, str> {
    match rule {
        // These compare two values; they change none.
        Rule::Blank | Rule::Number | Rule::Date => Cow::Borrowed(text),
        Rule::Unicode if text.is_ascii() => Cow::Borrowed(text),
        Rule::Unicode => Cow::Owned(text.nfkc().collect()),
        Rule::Accents if text.is_ascii() => Cow::Borrowed(text),
        Rule::Accents => Cow::Owned(text.nfkd().filter(|c| !is_combining_mark(*c)).nfc().collect()),
        // An accent that stands after its letter belongs to it.
        Rule::Punctuation => {
            Cow::Owned(text.chars().filter(|c| c.is_alphanumeric() || is_combining_mark(*c)).collect())
        }
        Rule::Trim => Cow::Borrowed(text.trim()),
        Rule::Collapse => collapse(text),
        Rule::Zeros => Cow::Borrowed(without_zeros(text)),
        Rule::CaseFold => Cow::Owned(caseless::default_case_fold_str(text)),
    }
}

/// A text of zeros keeps its last one.
fn without_zeros(text: &str) -> &str {
    let rest = text.trim_start_matches('0');
    if rest.is_empty() && !text.is_empty() { "0" } else { rest }
}

/// Every run of White_Space becomes one U+0020; nothing is removed at the ends (that is what trim is for).
fn collapse(text: &str) -> Cow<'_, str> {
    let clean = !text.chars().any(|c| c.is_whitespace() && c != ' ') && !text.contains("  ");
    if clean {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut in_run = false;
    for c in text.chars() {
        if !c.is_whitespace() {
            out.push(c);
        } else if !in_run {
            out.push(' ');
        }
        in_run = c.is_whitespace();
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::apply;
    use crate::spec::Rule::{Accents, CaseFold, Collapse, Punctuation, Trim, Unicode, Zeros};

    #[test]
    fn trim_takes_unicode_white_space_at_both_ends() {
        assert_eq!(apply(&[Trim], "\u{a0}\u{2003} a  b \t\r\n\u{3000}"), "a  b");
        // U+200B and U+FEFF are not White_Space, however blank they look.
        assert_eq!(apply(&[Trim], "\u{200b}a\u{feff}"), "\u{200b}a\u{feff}");
        // U+001C … U+001F are control characters, not White_Space.
        assert_eq!(apply(&[Trim], "\u{1c}a\u{1f}"), "\u{1c}a\u{1f}");
    }

    #[test]
    fn collapse_makes_one_space_of_every_run_and_leaves_the_ends() {
        assert_eq!(apply(&[Collapse], "a \u{a0}\t b"), "a b");
        assert_eq!(apply(&[Collapse], "a\u{a0}b"), "a b");
        assert_eq!(apply(&[Collapse], "  a  "), " a ");
        assert_eq!(apply(&[Collapse, Trim], "  a  "), "a");
    }

    #[test]
    fn casefold_is_full_folding() {
        assert_eq!(apply(&[CaseFold], "STRASSE"), apply(&[CaseFold], "Straße"));
        assert_eq!(apply(&[CaseFold], "ΣΑΣ"), apply(&[CaseFold], "σας"));
        assert_eq!(apply(&[CaseFold], "ﬁn"), "fin");
        // Turkic folding is not used: I folds to i.
        assert_eq!(apply(&[CaseFold], "I"), "i");
    }

    #[test]
    fn the_order_given_does_not_matter() {
        let text = " \u{2003}A\u{a0}\u{a0}ß ";
        let expected = "a ss";
        for rules in [[Trim, Collapse, CaseFold], [CaseFold, Collapse, Trim], [Collapse, CaseFold, Trim]] {
            assert_eq!(apply(&rules, text), expected);
        }
    }

    #[test]
    fn the_other_rules_take_away_what_their_names_say() {
        assert_eq!(apply(&[Unicode], "Zu\u{308}rich ＡＢ ﬁ"), "Zürich AB fi");
        assert_eq!(apply(&[Unicode], "Zürich"), "Zürich");
        assert_eq!(apply(&[Accents], "Zürich São Łódź"), "Zurich Sao Łodz"); // ł is a letter of its own
        assert_eq!(apply(&[Punctuation], "+49 (30) 123-45 O’Brien"), "493012345OBrien");
        assert_eq!(apply(&[Punctuation], "Zu\u{308}rich!"), "Zu\u{308}rich");
        assert_eq!(apply(&[Zeros], "000800"), "800");
        assert_eq!(apply(&[Zeros], "000"), "0");
        assert_eq!(apply(&[Zeros], ""), "");
        assert_eq!(apply(&[Zeros, Trim, CaseFold], "  00Ab "), "ab");
    }
}
