//! How alike two values are, in a few levels: what a level is worth is learned later, so no threshold decides alone.

use serde::{Deserialize, Serialize};

use super::{
    fields::FieldKind,
    table::{Field, MISSING},
};

/// Bits of a level in a packed comparison.
const BITS: u32 = 4;
/// Number of levels.
pub(super) const LEVELS: usize = 7;
/// Longer texts are compared by their words alone.
const LONGEST_EDITED: usize = 64;
/// More words of a value are not looked at.
const MOST_WORDS: usize = 24;
/// From here on (Jaro–Winkler) two words are one word mistyped.
const SAME_WORD: f64 = 0.88;

/// How alike two values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A side has no value, which says nothing.
    Missing,
    /// The same but for case, punctuation, accents, white space and notation.
    Equal,
    /// A slip of the keyboard, day and month exchanged, words in another order.
    VeryClose,
    /// Much in common.
    Close,
    /// Something in common.
    Related,
    /// Nothing to speak of in common.
    Different,
    /// The value stands in another field of the other side.
    Swapped,
}

impl Level {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Equal => "equal",
            Self::VeryClose => "very close",
            Self::Close => "close",
            Self::Related => "related",
            Self::Different => "different",
            Self::Swapped => "swapped",
        }
    }
}

/// All levels by number.
pub(super) const ALL: [Level; LEVELS] =
    [Level::Missing, Level::Equal, Level::VeryClose, Level::Close, Level::Related, Level::Different, Level::Swapped];

/// The levels of all fields of a pair in one word, four bits each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Levels(u64);

impl Levels {
    pub(super) fn get(self, field: usize) -> Level {
        ALL[((self.0 >> (field as u32 * BITS)) & 0xf) as usize]
    }

    fn set(&mut self, field: usize, level: Level) {
        let shift = field as u32 * BITS;
        self.0 = (self.0 & !(0xf << shift)) | (level as u64) << shift;
    }
}

/// Compares records by their rows.
pub(super) struct Comparer<'a> {
    fields: &'a [Field],
    /// Pairs of fields whose values may have changed places.
    swaps: Vec<(usize, usize)>,
}

impl<'a> Comparer<'a> {
    pub(super) fn new(fields: &'a [Field]) -> Self {
        let mut swaps = Vec::new();
        for first in 0..fields.len() {
            for second in first + 1..fields.len() {
                if share_values(&fields[first], &fields[second]) {
                    swaps.push((first, second));
                }
            }
        }
        Self { fields, swaps }
    }

    pub(super) fn compare(&self, left: u32, right: u32) -> Levels {
        let mut levels = Levels(0);
        for (at, field) in self.fields.iter().enumerate() {
            let (a, b) = (field.rows[0][left as usize], field.rows[1][right as usize]);
            levels.set(at, level(field, a, b));
        }
        for (first, second) in &self.swaps {
            let apart = |at: usize| matches!(levels.get(at), Level::Different | Level::Missing);
            if apart(*first) && apart(*second) {
                self.look_across(*first, *second, left, right, &mut levels);
            }
        }
        levels
    }

    /// Whether what stands in one field of a side stands in the other field of the other side.
    fn look_across(&self, first: usize, second: usize, left: u32, right: u32, levels: &mut Levels) {
        let crossed = |of_left: usize, of_right: usize| {
            let (a, b) = (&self.fields[of_left], &self.fields[of_right]);
            let (a_value, b_value) = (a.rows[0][left as usize], b.rows[1][right as usize]);
            if a_value == MISSING || b_value == MISSING {
                return None;
            }
            let (a, b) = (a.values.get(a_value), b.values.get(b_value));
            Some(a == b || (a.len() > 3 && strsim::jaro_winkler(a, b) >= 0.92))
        };
        let found = [crossed(first, second), crossed(second, first)];
        if found.contains(&Some(false)) || !found.contains(&Some(true)) {
            return;
        }
        let both = found == [Some(true), Some(true)];
        levels.set(first, Level::Swapped);
        levels.set(second, if both { Level::Swapped } else { Level::Missing });
    }
}

/// Whether two fields hold the same sort of words: a good part of the values of one occurs in the other.
fn share_values(first: &Field, second: &Field) -> bool {
    const LOOKED_AT: usize = 2_000;
    let of_words = |field: &Field| field.kind == FieldKind::Text && field.tokens.mean < 4.0;
    if !of_words(first) || !of_words(second) {
        return false;
    }
    let (few, many) = if first.values.len() < second.values.len() { (first, second) } else { (second, first) };
    let there: std::collections::HashSet<&str> = (0..many.values.len()).map(|at| many.values.get(at as u32)).collect();
    let step = (few.values.len() / LOOKED_AT).max(1);
    let looked: Vec<u32> = (0..few.values.len() as u32).step_by(step).collect();
    let shared = looked.iter().filter(|at| there.contains(few.values.get(**at))).count();
    shared * 20 > looked.len()
}

/// The level of two values of a field.
fn level(field: &Field, a: u32, b: u32) -> Level {
    if a == MISSING || b == MISSING {
        return Level::Missing;
    }
    if a == b {
        return Level::Equal;
    }
    let (left, right) = (field.values.get(a), field.values.get(b));
    match field.kind {
        FieldKind::Text => text(field, a, b),
        FieldKind::Code => code(left, right),
        FieldKind::Date => date(left, right),
        FieldKind::Number => number(left, right),
    }
}

fn text(field: &Field, a: u32, b: u32) -> Level {
    let (left, right) = (field.values.get(a), field.values.get(b));
    let tokens = &field.tokens;
    let single = tokens.of(a).len() == 1 && tokens.of(b).len() == 1;
    // Both scales say the same: 1 is equal, 0.4 has something in common.
    let written = if left.len().max(right.len()) <= LONGEST_EDITED && may_be_close(field, a, b) {
        let close = if single {
            strsim::jaro_winkler(left, right)
        } else {
            strsim::jaro_winkler(&left.replace(' ', ""), &right.replace(' ', ""))
        };
        (close - 0.6) / 0.4
    } else {
        0.0
    };
    let likeness = if single || written >= 0.85 { written } else { written.max(words_in_common(field, a, b)) };
    let close = match likeness {
        x if x >= 0.82 => Level::VeryClose,
        x if x >= 0.62 => Level::Close,
        x if x >= 0.4 => Level::Related,
        _ => return Level::Different,
    };
    if other_numbers(left, right) { Level::Related } else { close }
}

/// Whether both texts hold numbers and not one in common: two houses of a street are not a house mistyped.
fn other_numbers(left: &str, right: &str) -> bool {
    let numbers = numbers(left);
    let others: Vec<&str> = if numbers.is_empty() { Vec::new() } else { self::numbers(right) };
    !others.is_empty() && !numbers.iter().any(|number| others.contains(number))
}

/// The words with a digit in them.
fn numbers(text: &str) -> Vec<&str> {
    text.split(' ').filter(|word| word.bytes().any(|b| b.is_ascii_digit())).collect()
}

/// Whether the letters that one text has and the other lacks leave room for anything in common (the largest that
/// Jaro–Winkler can be then is still of a level).
fn may_be_close(field: &Field, a: u32, b: u32) -> bool {
    let letters = |value: u32| field.values.get(value).chars().filter(|c| *c != ' ').count() as f64;
    let (left, right) = (letters(a), letters(b));
    let in_common = (left - f64::from(field.values.foreign(a, b))).min(right - f64::from(field.values.foreign(b, a)));
    let jaro = (in_common / left + in_common / right + 1.0) / 3.0;
    let mut beginnings = field.values.get(a).bytes().zip(field.values.get(b).bytes()).take(4);
    let same = if beginnings.all(|(a, b)| a == b) { 0.4 } else { 0.3 };
    jaro + same * (1.0 - jaro) >= 0.76
}

/// The share of the information in the words of both values that they have in common; mistyped words and
/// initials count in part.
fn words_in_common(field: &Field, a: u32, b: u32) -> f64 {
    let tokens = &field.tokens;
    let limited = |value: u32| &tokens.of(value)[..tokens.of(value).len().min(MOST_WORDS)];
    let (lefts, rights) = (limited(a), limited(b));
    let weigh = |list: &[u32]| list.iter().map(|token| f64::from(tokens.weight(*token))).sum::<f64>();
    let total = weigh(lefts) + weigh(rights);
    let (mut common, mut taken) = (0.0, 0_u32);
    let mut open: Vec<u32> = Vec::new();
    for token in lefts {
        match rights.iter().enumerate().find(|(at, other)| *other == token && taken & (1_u32 << *at) == 0) {
            Some((at, _)) => {
                taken |= 1_u32 << at;
                common += 2.0 * f64::from(tokens.weight(*token));
            }
            None => open.push(*token),
        }
    }
    for token in open {
        let word = tokens.word(token);
        let mut best = (0.0, 0_usize);
        for (at, other) in rights.iter().enumerate().filter(|(at, _)| taken & (1_u32 << *at) == 0) {
            let close = same_word(word, tokens.word(*other));
            let counted = close * f64::from(tokens.weight(token) + tokens.weight(*other));
            if counted > best.0 {
                best = (counted, at);
            }
        }
        if best.0 > 0.0 {
            taken |= 1_u32 << best.1;
            common += best.0;
        }
    }
    if total > 0.0 { common / total } else { 0.0 }
}

/// How far two words stand for each other: 0 where not at all.
fn same_word(a: &str, b: &str) -> f64 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 3 {
        let initial = short.chars().count() == 1 && !short.starts_with(|c: char| c.is_ascii_digit());
        return if initial && long.starts_with(short) { 0.7 } else { 0.0 };
    }
    if long.len() > 2 * short.len() || (short.len() < 5 && short.chars().next() != long.chars().next()) {
        return 0.0;
    }
    let close = strsim::jaro_winkler(short, long);
    if close >= SAME_WORD { close } else { 0.0 }
}

/// One slip makes a code very close. With more it is another code: neighbours share the beginning of theirs.
fn code(left: &str, right: &str) -> Level {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if short.len() >= 4 && (long.ends_with(short) || long.starts_with(short)) {
        return Level::VeryClose;
    }
    if short.len() < 2 || long.len() - short.len() > 1 || edits(short, long) > 1 {
        return Level::Different;
    }
    if short.len() >= 3 { Level::VeryClose } else { Level::Close }
}

fn date(left: &str, right: &str) -> Level {
    let (Some(l), Some(r)) = (year_month_day(left), year_month_day(right)) else { return code(left, right) };
    let exchanged = l[0] == r[0] && l[1] == r[2] && l[2] == r[1];
    let same = l.iter().zip(&r).filter(|(l, r)| l == r).count();
    match edits(left, right) {
        _ if exchanged => Level::VeryClose,
        1 => Level::VeryClose,
        2 => Level::Close,
        _ if same == 2 => Level::Related,
        _ => Level::Different,
    }
}

fn year_month_day(text: &str) -> Option<[&str; 3]> {
    (text.len() == 8).then_some([text.get(..4)?, text.get(4..6)?, text.get(6..)?])
}

fn number(left: &str, right: &str) -> Level {
    let (Ok(l), Ok(r)) = (left.parse::<f64>(), right.parse::<f64>()) else { return Level::Different };
    match (l - r).abs() / l.abs().max(r.abs()).max(f64::MIN_POSITIVE) {
        apart if apart <= 0.001 => Level::VeryClose,
        apart if apart <= 0.02 => Level::Close,
        apart if apart <= 0.1 => Level::Related,
        _ => Level::Different,
    }
}

/// Wrong, missing, additional and exchanged characters. Where most of two texts of one length differs, places that
/// differ are counted: nobody asks how many slips exactly lead from one to the other.
fn edits(left: &str, right: &str) -> usize {
    if left.len() == right.len() {
        let wrong = left.bytes().zip(right.bytes()).filter(|(l, r)| l != r).count();
        if wrong <= 1 || wrong > 4 {
            return wrong;
        }
    }
    strsim::osa_distance(left, right)
}

#[cfg(test)]
mod tests {
    use super::{Level, code, date, same_word};

    #[test]
    fn codes_and_days_forgive_a_slip() {
        assert_eq!(code("3102461501", "310246150"), Level::VeryClose);
        assert_eq!(code("4011", "4101"), Level::VeryClose);
        assert_eq!(code("4011", "2602"), Level::Different);
        assert_eq!(date("19610203", "19610302"), Level::VeryClose);
        assert_eq!(date("19610203", "19610213"), Level::VeryClose);
        assert_eq!(date("19610203", "19340719"), Level::Different);
    }

    #[test]
    fn a_word_stands_for_its_mistyped_self_and_for_its_initial() {
        assert!(same_word("mehrotra", "mehrotr") > 0.9);
        assert!(same_word("d", "david") > 0.5);
        assert!(same_word("david", "susan") < 0.1);
    }
}
