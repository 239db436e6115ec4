//! Text of people as Markdown that can never become markup: one line in, one line out.

use crate::text::visible;

/// One line of text, with everything that could mean something to a Markdown reader escaped.
pub(super) fn inline(text: &str) -> String {
    let text = visible(text);
    let text = text.trim();
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut starts = true;
    let leading_digits = text.chars().take_while(char::is_ascii_digit).count();
    for (index, c) in text.char_indices() {
        let rest = &text[index + c.len_utf8()..];
        let escaped = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' | '#' | '@' | '{' | '}' => true,
            // Underscores inside words are letters; at the edge of a word they would open emphasis.
            '_' => !(before.is_some_and(char::is_alphanumeric) && rest.starts_with(char::is_alphanumeric)),
            '!' => rest.starts_with('['),
            '-' | '+' | '=' | ':' if starts => true,
            '.' | ')' => (index == leading_digits && leading_digits > 0) || (c == '.' && text[..index].ends_with_www()),
            // `http://` would become a link.
            ':' => rest.starts_with("//") || before == Some(':'),
            _ => false,
        };
        match c {
            '\n' | '\t' => out.push(' '),
            _ => {
                if escaped {
                    out.push('\\');
                }
                out.push(c);
            }
        }
        before = Some(c);
        starts = false;
    }
    out
}

/// Text in a code span whose fence is longer than any run of backticks inside. Pipes are escaped, because a table
/// row is cut before code spans are looked for.
pub(super) fn code(text: &str) -> String {
    let text = visible(text).replace(['\n', '\t'], " ");
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    if text.contains(['`', '|', '\\']) {
        return inline(text);
    }
    format!("`{text}`")
}

trait EndsWithWww {
    fn ends_with_www(&self) -> bool;
}

impl EndsWithWww for str {
    fn ends_with_www(&self) -> bool {
        let tail = self.len().checked_sub(3).and_then(|at| self.get(at..));
        tail.is_some_and(|t| t.eq_ignore_ascii_case("www"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_markup() {
        assert_eq!(inline("| x |"), r"\| x \|");
        assert_eq!(inline("# a"), r"\# a");
        assert_eq!(inline("- a - b"), r"\- a - b");
        assert_eq!(inline("12. a 3. b"), r"12\. a 3. b");
        assert_eq!(inline("</script><b>&amp;"), r"\</script\>\<b\>\&amp;");
        assert_eq!(inline("[a](javascript:x)"), r"\[a\](javascript:x)");
        assert_eq!(inline("![a](b)"), r"\!\[a\](b)");
        assert_eq!(inline("$x$ @ref `c` *b* _i_"), r"\$x\$ \@ref \`c\` \*b\* \_i\_");
        assert_eq!(inline("https://a.example www.b.example"), r"https\://a.example www\.b.example");
        assert_eq!(inline("customer_id"), "customer_id");
        assert_eq!(inline("two\nlines"), "two lines");
    }

    #[test]
    fn code_spans_stay_closed() {
        assert_eq!(code("a.b"), "`a.b`");
        assert_eq!(code("a`b|c"), r"a\`b\|c");
        assert_eq!(code(" "), "");
    }
}
