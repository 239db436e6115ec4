//! Text made safe for places where the framework writes it unescaped while rendering on the server.
//! Only `TextArea` and `PageTitle` need this; nothing else may build HTML from strings.

/// Escapes text for the content of `textarea` and `title`.
pub(super) fn escape_text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            letter => safe.push(letter),
        }
    }
    safe
}
