//! What of a value a block may be made of: the whole, its beginning, its end, its sound, its rare words. A record
//! whose value is damaged still has some of them.

use twox_hash::XxHash3_128;

use super::{
    fields::FieldKind,
    table::{Field, MISSING},
};

/// Words of a value that lead to it.
const RARE_WORDS: usize = 4;
/// Characters of a beginning or an end.
const PIECE: usize = 4;

/// A part of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Whole,
    Start,
    End,
    Sound,
    Words,
}

impl Part {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Whole => "value",
            Self::Start => "start",
            Self::End => "end",
            Self::Sound => "sound",
            Self::Words => "rare words",
        }
    }
}

/// The parts that make sense for a field.
pub(super) fn parts(field: &Field) -> &'static [Part] {
    match field.kind {
        FieldKind::Text if field.tokens.mean > 1.5 => &[Part::Whole, Part::Start, Part::End, Part::Sound, Part::Words],
        FieldKind::Text => &[Part::Whole, Part::Start, Part::End, Part::Sound],
        FieldKind::Code | FieldKind::Date => &[Part::Whole, Part::Start, Part::End],
        FieldKind::Number => &[Part::Whole],
    }
}

/// Appends the hashes of a part of a value; none where it has no such part.
pub(super) fn hashes(field: &Field, part: Part, value: u32, out: &mut Vec<u64>) {
    if value == MISSING {
        return;
    }
    let text = field.values.get(value);
    match part {
        Part::Whole => out.push(hash(text)),
        Part::Start | Part::End if field.kind == FieldKind::Date => {
            // The year; the day and the month in whatever order.
            if let Some((year, rest)) = text.split_at_checked(4) {
                let (a, b) = rest.split_at_checked(2).unwrap_or((rest, ""));
                let (low, high) = if a <= b { (a, b) } else { (b, a) };
                out.push(if part == Part::Start { hash(year) } else { mix(hash(low), hash(high)) });
            }
        }
        Part::Start => out.push(hash(&text.chars().filter(|c| *c != ' ').take(PIECE).collect::<String>())),
        Part::End => out.push(hash(&text.chars().rev().filter(|c| *c != ' ').take(PIECE).collect::<String>())),
        Part::Sound => out.push(hash(&sound(text))),
        Part::Words => {
            let words = field.tokens.of(value);
            let first = out.len();
            for word in words.iter().take(RARE_WORDS) {
                let hash = hash(field.tokens.word(*word));
                if !out[first..].contains(&hash) {
                    out.push(hash);
                }
            }
        }
    }
}

/// One number of two, in which the order counts.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    let mixed = (a ^ b.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_add(b).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

fn hash(text: &str) -> u64 {
    XxHash3_128::oneshot(text.as_bytes()) as u64
}

/// The consonants of a text by how they sound, after its first letter (Soundex, of up to five sounds, other scripts
/// as they are).
fn sound(text: &str) -> String {
    const SOUNDS: usize = 5;
    let code = |c: char| match c {
        'b' | 'f' | 'p' | 'v' => '1',
        'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => '2',
        'd' | 't' => '3',
        'l' => '4',
        'm' | 'n' => '5',
        'r' => '6',
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w' => '0',
        other => other,
    };
    let mut out = String::new();
    let mut last = '0';
    for c in text.chars().filter(|c| *c != ' ') {
        let this = code(c);
        if out.is_empty() {
            out.push(c);
        } else if this != '0' && this != last {
            out.push(this);
        }
        if !matches!(c, 'h' | 'w') {
            last = this;
        }
        if out.chars().count() == SOUNDS {
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{mix, sound};

    #[test]
    fn what_sounds_alike_has_one_code() {
        assert_eq!(sound("robert"), sound("rupert"));
        assert_eq!(sound("meyer"), sound("maier"));
        assert_ne!(sound("meyer"), sound("mueller"));
        assert_ne!(mix(1, 2), mix(2, 1));
    }
}
