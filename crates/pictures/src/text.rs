//! How wide a text is and how it breaks into lines, without a font at hand.
//! Widths are those of the interface typeface at medium weight; where another font is used they are an estimate,
//! which is why callers keep the full text beside the shortened one.

/// The lines a text was broken into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The lines, each within the width asked for.
    pub lines: Vec<String>,
    /// Whether something was left out; the last line then ends in an ellipsis.
    pub cut: bool,
}

/// Width of `text` at `size` pixels.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| f64::from(hundredths(c))).sum::<f64>() * size / 100.0
}

/// Breaks `text` into at most `max_lines` lines of at most `max_width`; white space collapses, long words are split.
pub fn wrap(text: &str, max_width: f64, size: f64, max_lines: usize) -> Wrapped {
    let mut lines: Vec<String> = Vec::new();
    let mut words = text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    words.reverse();
    while let Some(word) = words.pop() {
        if lines.len() == max_lines {
            words.push(word);
            break;
        }
        let (line, rest) = fill_line(word, &mut words, max_width, size);
        lines.push(line);
        words.extend(rest);
    }
    let cut = !words.is_empty();
    if cut && let Some(last) = lines.last_mut() {
        *last = with_ellipsis(last, max_width, size);
    }
    Wrapped { lines, cut }
}

/// `text` on one line of at most `max_width`, with an ellipsis when it was cut.
pub fn fit(text: &str, max_width: f64, size: f64) -> String {
    wrap(text, max_width, size, 1).lines.pop().unwrap_or_default()
}

/// Takes words for one line; gives back what is left of a word that had to be split.
fn fill_line(first: String, words: &mut Vec<String>, max_width: f64, size: f64) -> (String, Option<String>) {
    let room = width(&first, size) <= max_width;
    if !room {
        let (head, tail) = split_word(&first, max_width, size);
        return (head, (!tail.is_empty()).then_some(tail));
    }
    let mut line = first;
    while let Some(word) = words.pop() {
        if width(&line, size) + width(" ", size) + width(&word, size) > max_width {
            words.push(word);
            break;
        }
        line.push(' ');
        line.push_str(&word);
    }
    (line, None)
}

/// Splits a word that is wider than the line; at least one character is taken so that breaking ends.
fn split_word(word: &str, max_width: f64, size: f64) -> (String, String) {
    let mut used = 0.0;
    for (index, c) in word.char_indices() {
        let next = f64::from(hundredths(c)) * size / 100.0;
        let may_break_here = index > 0 && hundredths(c) > 0;
        if may_break_here && used + next > max_width {
            let (head, tail) = word.split_at(index);
            return (head.to_owned(), tail.to_owned());
        }
        used += next;
    }
    (word.to_owned(), String::new())
}

fn with_ellipsis(line: &str, max_width: f64, size: f64) -> String {
    let mut short = line.to_owned();
    while !short.is_empty() && width(&short, size) + width("…", size) > max_width {
        short.pop();
    }
    format!("{}…", short.trim_end())
}

/// Advance width of a character in hundredths of the font size.
fn hundredths(c: char) -> u8 {
    let code = u32::from(c);
    if let Some(width) = code.checked_sub(32).and_then(|i| ASCII.get(usize::try_from(i).ok()?)) {
        return *width;
    }
    match code {
        0..=0x1f | 0x7f..=0x9f => 0,
        0x300..=0x36f | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0xa0 | 0x2009 | 0x202f => 27,
        0xb7 | 0x2019 | 0x2018 => 31,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xff00..=0xff60 => 100,
        0x1f000.. => 110,
        0x2014 | 0x2026 | 0x2190..=0x21ff => 98,
        _ if c.is_uppercase() => 74,
        _ if c.is_lowercase() => 61,
        _ => 68,
    }
}

/// Space to tilde.
#[rustfmt::skip]
const ASCII: [u8; 95] = [
    27, 31, 51, 64, 65, 100, 66, 32, 37, 37, 53, 67, 31, 46, 31, 37, 65, 42, 62, 63, 66, 61, 63, 57, 63, 63, 31, 32,
    67, 67, 67, 54, 99, 72, 66, 73, 72, 60, 59, 75, 75, 27, 58, 70, 57, 92, 76, 77, 64, 77, 65, 65, 66, 74, 72, 101,
    71, 70, 65, 37, 37, 37, 48, 47, 34, 57, 62, 58, 62, 59, 38, 62, 61, 26, 26, 56, 26, 89, 61, 61, 62, 62, 39, 54,
    35, 61, 58, 83, 56, 58, 56, 45, 35, 45, 67,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_stays_whole() {
        let wrapped = wrap("Asks  to\nopt out", 200.0, 12.0, 2);
        assert_eq!(wrapped, Wrapped { lines: vec!["Asks to opt out".to_owned()], cut: false });
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis_and_fits() {
        let wrapped = wrap("copies the whole consent sheet into every marketing cloud by hand", 100.0, 12.0, 2);
        assert!(wrapped.cut);
        assert_eq!(wrapped.lines.len(), 2);
        assert!(wrapped.lines[1].ends_with('…'));
        assert!(wrapped.lines.iter().all(|line| width(line, 12.0) <= 100.0), "{wrapped:?}");
    }

    #[test]
    fn a_word_wider_than_the_line_is_split() {
        let wrapped = wrap("Donaudampfschifffahrtsgesellschaft", 80.0, 12.0, 5);
        assert!(!wrapped.cut);
        assert_eq!(wrapped.lines.concat(), "Donaudampfschifffahrtsgesellschaft");
        assert!(wrapped.lines.len() > 1);
    }

    #[test]
    fn no_text_gives_no_lines_and_a_hopeless_width_ends() {
        assert!(wrap("   ", 50.0, 12.0, 2).lines.is_empty());
        assert_eq!(wrap("abc", 0.0, 12.0, 2).lines.len(), 2);
        assert_eq!(fit("", 10.0, 12.0), "");
    }

    #[test]
    fn wide_scripts_count_as_wide() {
        assert!(width("顧客", 10.0) > 19.0);
        assert!(width("e\u{301}", 10.0) < 7.0);
    }
}
