//! Causes that lie in the letters.

use encoding_rs::{Encoding, ISO_8859_15, MACINTOSH, WINDOWS_1252};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::Cause;

/// Edits up to which a text counts as mistyped, in texts of at least so many characters.
const TYPO: usize = 2;
const SHORTEST_TYPO: usize = 4;
/// Longer texts are not searched for slips of the keyboard.
const LONGEST_TYPO: usize = 256;

/// The same letters in another form, or without their accents. Both texts are folded already.
pub(super) fn form(left: &str, right: &str) -> Option<Cause> {
    if left.is_ascii() && right.is_ascii() {
        return None;
    }
    let form = |text: &str| caseless::default_case_fold_str(&text.nfkc().collect::<String>());
    if form(left) == form(right) {
        return Some(Cause::UnicodeForm);
    }
    (plain(left) == plain(right)).then_some(Cause::Accents)
}

/// The same letters and digits in the same order, whatever stands between them.
pub(super) fn punctuation(left: &str, right: &str) -> Option<Cause> {
    let letters = |text: &str| plain(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (left, right) = (letters(left), letters(right));
    (!left.is_empty() && left == right).then_some(Cause::Punctuation)
}

/// Whether one of the two went through the wrong encoding. The texts are as they stand, upper case and all.
pub(super) fn misread(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return false;
    }
    read_wrongly(left, right) || read_wrongly(right, left) || replaced(left, right) || replaced(right, left)
}

/// At most two slips, in short texts one: a wrong, missing, additional or exchanged character each. Numbers are not mistyped here: one
/// digit more or less is another number.
pub(super) fn typo(left: &str, right: &str) -> Option<Cause> {
    let (short, long) = {
        let (a, b) = (left.chars().count(), right.chars().count());
        (a.min(b), a.max(b))
    };
    if short < SHORTEST_TYPO || long > LONGEST_TYPO || long - short > TYPO {
        return None;
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if digits(left) != digits(right) {
        return None;
    }
    let allowed = if short < 2 * SHORTEST_TYPO { 1 } else { TYPO };
    (strsim::osa_distance(left, right) <= allowed).then_some(Cause::Typo)
}

/// Without accents and in compatible form.
fn plain(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).collect()
}

/// Whether `wrong` is `right` written as UTF-8 and read in a Western encoding of one byte a character.
fn read_wrongly(wrong: &str, right: &str) -> bool {
    if wrong.chars().count() <= right.chars().count() {
        return false;
    }
    let read = |encoding: &'static Encoding| encoding.decode_without_bom_handling(right.as_bytes()).0;
    [WINDOWS_1252, ISO_8859_15, MACINTOSH].into_iter().any(|encoding| read(encoding) == wrong)
}

/// Whether `wrong` is `right` with letters beyond ASCII replaced by a question mark or the replacement character,
/// one or more for each.
fn replaced(wrong: &str, right: &str) -> bool {
    let lost = |c: char| c == '?' || c == '\u{fffd}';
    if !wrong.contains(lost) || right.is_ascii() {
        return false;
    }
    let mut wrong = wrong.chars().peekable();
    for letter in right.nfc() {
        if wrong.peek() == Some(&letter) {
            wrong.next();
        } else if letter.is_ascii() || !wrong.next().is_some_and(lost) {
            return false;
        } else {
            while letter.len_utf8() > 1 && wrong.peek().copied().is_some_and(lost) {
                wrong.next();
            }
        }
    }
    wrong.next().is_none()
}
