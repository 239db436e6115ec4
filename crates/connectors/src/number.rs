//! Binary numbers as decimal text.

use ryu::Buffer;

/// Appends a real in the fewest digits that give the same real again, never with an exponent, and `12.0` as `12`.
pub(crate) fn push_real(real: f64, text: &mut String) {
    if real.is_finite() {
        let mut buffer = Buffer::new();
        let short = buffer.format_finite(real);
        if !short.contains('e') {
            text.push_str(short.strip_suffix(".0").unwrap_or(short));
            return;
        }
    }
    text.push_str(&real.to_string());
}
