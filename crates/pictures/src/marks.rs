//! The plumb-line mark and every small sign as shapes, so that no sign depends on a glyph a font may lack.
//! Each sign can be told from the others without colour; its class says which colour it takes where there is one.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::shape::{Place, Point, Shape};

/// Side of the square in which [`Sign::parts`] are drawn.
pub const SIGN_SIZE: f64 = 16.0;
/// Side of the square in which the mark is drawn.
pub const MARK_SIZE: f64 = 20.0;
/// The line of the mark; stroked, 1.5 wide.
pub const MARK_LINE: &str = "M10 1v9";
/// The bob of the mark; filled.
pub const MARK_BOB: &str = "M6.4 9h7.2l-1.1 5L10 19l-2.5-5z";

/// A small sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Verdict: in sync.
    InSync,
    /// Verdict: equal by rule.
    EqualByRule,
    /// Verdict: equal today, kept so by hand.
    Coincident,
    /// Verdict: differs.
    Differs,
    /// Verdict: missing.
    Missing,
    /// Verdict: duplicate.
    Duplicate,
    /// Verdict: unknown.
    Unknown,
    /// Finding that blocks.
    Error,
    /// Finding to look at.
    Warn,
    /// Finding to know.
    Info,
    /// Gate: everything is there.
    Pass,
    /// Gate: something is in the way.
    Blocked,
    /// Gate: begun, not finished.
    Waits,
    /// Gate: nothing there yet.
    NotBegun,
    /// Step only here.
    Plus,
    /// Step only there.
    Minus,
    /// Step not alike.
    NotEqual,
    /// Step that works around something.
    Detour,
    /// Step taken over by a system.
    Automated,
    /// A system does it.
    Gear,
    /// Time passes.
    Clock,
    /// Ways part.
    Fork,
}

/// How a part of a sign is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Filled with the sign's colour.
    Fill,
    /// Stroked with the sign's colour, 1.6 wide, round ends.
    Line,
    /// Stroked in the colour of the ground, on top of a fill.
    Knock,
}

impl Ink {
    /// Class name of a part drawn this way.
    pub fn class(self) -> &'static str {
        match self {
            Self::Fill => "sign-fill",
            Self::Line => "sign-line",
            Self::Knock => "sign-knock",
        }
    }
}

const DISC: (Ink, &str) = (Ink::Fill, "M8 1a7 7 0 1 1 0 14a7 7 0 1 1 0-14z");
const RING: (Ink, &str) = (Ink::Line, "M8 2.2a5.8 5.8 0 1 1 0 11.6a5.8 5.8 0 1 1 0-11.6z");
const DIAMOND: &str = "M8 1.6L14.4 8L8 14.4L1.6 8z";
const GEAR: &str = "M8 5a3 3 0 1 1 0 6a3 3 0 1 1 0-6zM8 2v1.6M8 12.4v1.6M2 8h1.6M12.4 8h1.6M3.8 3.8l1.1 1.1\
                    M11.1 11.1l1.1 1.1M3.8 12.2l1.1-1.1M11.1 4.9l1.1-1.1";
const SMALL_GEAR: &str = "M8 6a2 2 0 1 1 0 4a2 2 0 1 1 0-4zM8 3.8v.9M8 11.3v.9M3.8 8h.9M11.3 8h.9M5 5l.7.7\
                          M10.3 10.3l.7.7M5 11l.7-.7M10.3 5.7l.7-.7";
const DOTS: &str = "M8 0.6a1.2 1.2 0 1 1 0 2.4a1.2 1.2 0 1 1 0-2.4zM12.4 2.4a1.2 1.2 0 1 1 0 2.4a1.2 1.2 0 1 1 0-2.4z\
                    M14.2 6.8a1.2 1.2 0 1 1 0 2.4a1.2 1.2 0 1 1 0-2.4zM12.4 11.2a1.2 1.2 0 1 1 0 2.4a1.2 1.2 0 1 1 0-2.4z\
                    M8 13a1.2 1.2 0 1 1 0 2.4a1.2 1.2 0 1 1 0-2.4zM3.6 11.2a1.2 1.2 0 1 1 0 2.4a1.2 1.2 0 1 1 0-2.4z\
                    M1.8 6.8a1.2 1.2 0 1 1 0 2.4a1.2 1.2 0 1 1 0-2.4zM3.6 2.4a1.2 1.2 0 1 1 0 2.4a1.2 1.2 0 1 1 0-2.4z";

impl Sign {
    /// All signs.
    pub const ALL: [Sign; 22] = [
        Self::InSync,
        Self::EqualByRule,
        Self::Coincident,
        Self::Differs,
        Self::Missing,
        Self::Duplicate,
        Self::Unknown,
        Self::Error,
        Self::Warn,
        Self::Info,
        Self::Pass,
        Self::Blocked,
        Self::Waits,
        Self::NotBegun,
        Self::Plus,
        Self::Minus,
        Self::NotEqual,
        Self::Detour,
        Self::Automated,
        Self::Gear,
        Self::Clock,
        Self::Fork,
    ];

    /// Class name of the sign.
    pub fn class(self) -> &'static str {
        match self {
            Self::InSync => "in-sync",
            Self::EqualByRule => "equal-by-rule",
            Self::Coincident => "coincident",
            Self::Differs => "differs",
            Self::Missing => "missing",
            Self::Duplicate => "duplicate",
            Self::Unknown => "unknown",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Pass => "pass",
            Self::Blocked => "blocked",
            Self::Waits => "waits",
            Self::NotBegun => "not-begun",
            Self::Plus => "plus",
            Self::Minus => "minus",
            Self::NotEqual => "not-equal",
            Self::Detour => "detour",
            Self::Automated => "automated-now",
            Self::Gear => "gear",
            Self::Clock => "clock",
            Self::Fork => "fork",
        }
    }

    /// The word that stands beside the sign.
    pub fn word(self) -> &'static str {
        match self {
            Self::InSync => "in sync",
            Self::EqualByRule => "equal by rule",
            Self::Coincident => "coincident (manual)",
            Self::Differs => "differs",
            Self::Missing => "missing",
            Self::Duplicate => "duplicate",
            Self::Unknown => "unknown",
            Self::Error => "error",
            Self::Warn => "warning",
            Self::Info => "note",
            Self::Pass => "passes",
            Self::Blocked => "blocked",
            Self::Waits => "waits",
            Self::NotBegun => "not begun",
            Self::Plus => "extra",
            Self::Minus => "never seen",
            Self::NotEqual => "differs from what was told",
            Self::Detour => "workaround",
            Self::Automated => "automated now",
            Self::Gear => "done by a system",
            Self::Clock => "waiting",
            Self::Fork => "decision",
        }
    }

    /// Parts as path data in a square of [`SIGN_SIZE`], bottom one first.
    pub fn parts(self) -> &'static [(Ink, &'static str)] {
        match self {
            Self::InSync => const { &[(Ink::Fill, "M8 2.4a5.6 5.6 0 1 1 0 11.2a5.6 5.6 0 1 1 0-11.2z")] },
            Self::EqualByRule => const { &[RING, (Ink::Line, "M5.3 3.6v8.8M8 2.6v10.8M10.7 3.6v8.8")] },
            Self::Coincident => const { &[(Ink::Fill, DOTS)] },
            Self::Differs => const { &[(Ink::Fill, DIAMOND)] },
            Self::Missing => const { &[(Ink::Line, DIAMOND)] },
            Self::Duplicate => {
                const { &[(Ink::Line, "M1.6 6l4.6 4.6M6.2 6L1.6 10.6M9.2 5.3a2.5 2.5 0 1 1 4.5 1.5L9.2 12.4h5.2")] }
            }
            Self::Unknown => const { &[(Ink::Line, "M4.9 5.3a3.2 3.2 0 1 1 4.8 2.8C8.5 8.8 8 9.3 8 10.4M8 13.4h.01")] },
            Self::Error => {
                const { &[(Ink::Fill, "M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z"), (Ink::Knock, "M8 4.6v4M8 11.4h.01")] }
            }
            Self::Warn => const { &[(Ink::Fill, "M8 1.4L15.4 14.4H.6z"), (Ink::Knock, "M8 6v3.6M8 12h.01")] },
            Self::Info => const { &[RING, (Ink::Line, "M8 7.6v3.4M8 5h.01")] },
            Self::Pass => const { &[DISC, (Ink::Knock, "M4.8 8.3l2.2 2.2l4.3-4.6")] },
            Self::Blocked => const { &[RING, (Ink::Line, "M5.4 8h5.2")] },
            Self::Waits => const { &[RING, (Ink::Fill, "M8 2.2a5.8 5.8 0 0 0 0 11.6z")] },
            Self::NotBegun => const { &[RING] },
            Self::Plus => const { &[DISC, (Ink::Knock, "M8 4.8v6.4M4.8 8h6.4")] },
            Self::Minus => const { &[DISC, (Ink::Knock, "M4.8 8h6.4")] },
            Self::NotEqual => const { &[DISC, (Ink::Knock, "M4.9 6.4h6.2M4.9 9.6h6.2M9.8 4.3L6.2 11.7")] },
            Self::Detour => const { &[DISC, (Ink::Knock, "M4.4 10.6C4.4 3.6 11 3.6 11 9.6M8.9 8.2L11 10.3L13 8.2")] },
            Self::Automated => const { &[DISC, (Ink::Knock, SMALL_GEAR)] },
            Self::Gear => const { &[(Ink::Line, GEAR)] },
            Self::Clock => const { &[RING, (Ink::Line, "M8 4.8V8l2.2 1.6")] },
            Self::Fork => const { &[(Ink::Line, "M2 8h4l4-4h4M6 8l4 4h4M12 2.2l2 1.8l-2 1.8M12 10.2l2 1.8l-2 1.8")] },
        }
    }

    /// The sign as a group with its left top corner at `at`, `size` wide and high.
    pub fn at(self, at: Point, size: f64) -> Shape {
        let part = |&(ink, d): &(Ink, &'static str)| Shape::path(ink.class(), d);
        Shape::Group {
            class: Cow::Owned(format!("sign {}", self.class())),
            id: None,
            title: None,
            place: Some(Place { x: at.x, y: at.y, scale: size / SIGN_SIZE }),
            shapes: self.parts().iter().map(part).collect(),
        }
    }
}

/// The plumb-line mark with its left top corner at `at`, `size` wide and high.
pub fn mark(at: Point, size: f64) -> Shape {
    Shape::Group {
        class: "mark".into(),
        id: None,
        title: None,
        place: Some(Place { x: at.x, y: at.y, scale: size / MARK_SIZE }),
        shapes: vec![Shape::path("mark-line", MARK_LINE), Shape::path("mark-bob", MARK_BOB)],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_signs_look_or_are_called_the_same() {
        let shapes: BTreeSet<String> = Sign::ALL.iter().map(|sign| format!("{:?}", sign.parts())).collect();
        let classes: BTreeSet<&str> = Sign::ALL.iter().map(|sign| sign.class()).collect();
        assert_eq!(shapes.len(), Sign::ALL.len());
        assert_eq!(classes.len(), Sign::ALL.len());
        assert!(Sign::ALL.iter().all(|sign| !sign.parts().is_empty() && !sign.word().is_empty()));
    }
}
