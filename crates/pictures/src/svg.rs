//! Writes a picture as an SVG document that stands alone: files and the PDF use it.
//! Looks are presentation attributes taken from a palette: no style sheet, no style attribute, no script.

mod paint;

use std::fmt::Write as _;

use crate::shape::{Picture, Shape, number};
use paint::{Context, Look};

/// Colours by role, as CSS colour values, and the typeface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    /// Typeface for all text.
    pub font: String,
    /// Ground behind everything; `None` leaves it transparent.
    pub ground: Option<String>,
    /// Text.
    pub ink: String,
    /// Secondary text and lines between boxes.
    pub muted: String,
    /// What is only hinted at.
    pub faint: String,
    /// Ground of boxes.
    pub surface: String,
    /// Ground of lanes and cards.
    pub raised: String,
    /// Hairlines.
    pub line: String,
    /// Outlines of boxes.
    pub line_strong: String,
    /// The mark, the present day, the line of a trend.
    pub accent: String,
    /// Pale accent.
    pub accent_wash: String,
    /// True, equal, passed.
    pub good: String,
    /// Pale good.
    pub good_wash: String,
    /// Equal by rule only.
    pub rule: String,
    /// To be looked at.
    pub warn: String,
    /// Pale warn.
    pub warn_wash: String,
    /// Missing on the right, where `warn` is missing on the left.
    pub warn_soft: String,
    /// Different, blocked.
    pub bad: String,
    /// Pale bad.
    pub bad_wash: String,
    /// To be known.
    pub info: String,
}

impl Palette {
    /// Dark on light, for paper and light screens.
    pub fn light() -> Self {
        Self::of([
            "#1b222b", "#545c66", "#676d75", "#faf9f6", "#ffffff", "#dde0e4", "#c0c4cb", "#006391", "#e2f3fc",
            "#0c7045", "#dbf6e7", "#5aa98c", "#8c5400", "#fff1d1", "#c08f4d", "#b92a28", "#ffeae8", "#4660a8",
        ])
    }

    /// Light on dark.
    pub fn dark() -> Self {
        Self::of([
            "#e5e8ec", "#a4aab2", "#9298a1", "#14171d", "#1b2025", "#2e333a", "#474e56", "#60bae4", "#122f3e",
            "#5eca91", "#153223", "#37826a", "#ebb353", "#3f2c10", "#9a7440", "#f87e77", "#4a2321", "#93ade8",
        ])
    }

    fn of(colours: [&str; 18]) -> Self {
        let [ink, muted, faint, surface, raised, line, line_strong, accent, accent_wash, good, good_wash, rule, ..] =
            colours.map(str::to_owned);
        let [.., warn, warn_wash, warn_soft, bad, bad_wash, info] = colours.map(str::to_owned);
        Self {
            font: "Inter, sans-serif".to_owned(),
            ground: None,
            ink,
            muted,
            faint,
            surface,
            raised,
            line,
            line_strong,
            accent,
            accent_wash,
            good,
            good_wash,
            rule,
            warn,
            warn_wash,
            warn_soft,
            bad,
            bad_wash,
            info,
        }
    }
}

impl Default for Palette {
    fn default() -> Self {
        Self::light()
    }
}

/// The picture as a stand-alone SVG document.
pub fn to_string(picture: &Picture, palette: &Palette) -> String {
    let (w, h) = (number(picture.width), number(picture.height));
    let mut out = String::with_capacity(256 + picture.shapes.len() * 400);
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
         font-family=\"{}\"><title>{}</title>",
        escape(&palette.font),
        escape(&picture.label),
    );
    if let Some(ground) = &palette.ground {
        let _ = write!(out, "<rect width=\"{w}\" height=\"{h}\" fill=\"{}\"/>", escape(ground));
    }
    for shape in &picture.shapes {
        write_shape(&mut out, shape, &Context::default(), palette);
    }
    out.push_str("</svg>\n");
    out
}

/// Text made safe for XML: markup is escaped, characters XML cannot hold are dropped.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() && !matches!(c, '\t' | '\n' | '\r') => {}
            c => out.push(c),
        }
    }
    out
}

fn write_shape(out: &mut String, shape: &Shape, context: &Context, palette: &Palette) {
    match shape {
        Shape::Group { class, id: _, title, place, shapes } => {
            out.push_str("<g");
            if let Some(place) = place {
                let _ = write!(out, " transform=\"{}\"", place.transform());
            }
            out.push('>');
            if let Some(title) = title {
                let _ = write!(out, "<title>{}</title>", escape(title));
            }
            let inner = context.within(class);
            for shape in shapes {
                write_shape(out, shape, &inner, palette);
            }
            out.push_str("</g>");
        }
        Shape::Rect { class, rect, radius } => {
            let (x, y, w, h) = (number(rect.x), number(rect.y), number(rect.w), number(rect.h));
            let _ = write!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"");
            if *radius > 0.0 {
                let _ = write!(out, " rx=\"{}\"", number(*radius));
            }
            write_look(out, &context.look(class), palette);
            out.push_str("/>");
        }
        Shape::Circle { class, centre, radius } => {
            let (x, y, r) = (number(centre.x), number(centre.y), number(*radius));
            let _ = write!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"");
            write_look(out, &context.look(class), palette);
            out.push_str("/>");
        }
        Shape::Path { class, d } => {
            let _ = write!(out, "<path d=\"{}\"", escape(d));
            write_look(out, &context.look(class), palette);
            out.push_str("/>");
        }
        Shape::Text { class, at, anchor, text } => {
            let (x, y) = (number(at.x), number(at.y));
            let _ = write!(out, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{}\"", anchor.as_str());
            write_look(out, &context.look(class), palette);
            let _ = write!(out, ">{}</text>", escape(text));
        }
    }
}

fn write_look(out: &mut String, look: &Look, palette: &Palette) {
    let _ = write!(out, " fill=\"{}\"", look.fill.map_or("none", |role| role.of(palette)));
    if let Some(stroke) = look.stroke {
        let _ = write!(out, " stroke=\"{}\" stroke-width=\"{}\"", stroke.of(palette), number(look.stroke_width));
    }
    if look.dashed {
        out.push_str(" stroke-dasharray=\"4 4\"");
    }
    if look.round {
        out.push_str(" stroke-linecap=\"round\" stroke-linejoin=\"round\"");
    }
    if look.halo {
        out.push_str(" paint-order=\"stroke\" stroke-linejoin=\"round\"");
    }
    if look.font_size > 0.0 {
        let _ = write!(out, " font-size=\"{}\" font-weight=\"{}\"", number(look.font_size), look.font_weight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::{Anchor, Point, Rect};

    #[test]
    fn text_cannot_break_out() {
        let shapes = vec![
            Shape::text("axis", Point::new(1.0, 2.0), Anchor::End, "</text><script>alert('x')</script>\u{1}&"),
            Shape::rect("box", Rect::new(0.0, 0.0, 1.0, 1.0), 0.0),
        ];
        let picture = Picture { width: 10.0, height: 10.0, label: "a \"b\" <c>".to_owned(), shapes };
        let svg = to_string(&picture, &Palette::light());
        assert!(!svg.contains("<script"), "{svg}");
        assert!(svg.contains("&lt;/text&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;</text>"), "{svg}");
        assert!(svg.contains("<title>a &quot;b&quot; &lt;c&gt;</title>"));
        assert!(!svg.contains("style"), "no inline styles");
    }

    #[test]
    fn palettes_keep_their_roles_apart() {
        let light = Palette::light();
        assert_eq!(light.ink, "#1b222b");
        assert_eq!(light.rule, "#5aa98c");
        assert_eq!(light.warn, "#8c5400");
        assert_eq!(light.info, "#4660a8");
    }
}
