//! What class names look like when there is no style sheet: the counterpart of the application's own style sheet.
//! A group sets a tone (good, warn, bad …) that the parts inside take over.

use super::Palette;

/// A colour by its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Ink,
    Muted,
    Faint,
    Surface,
    Raised,
    Line,
    LineStrong,
    Accent,
    AccentWash,
    Good,
    GoodWash,
    Rule,
    Warn,
    WarnWash,
    WarnSoft,
    Bad,
    BadWash,
    Info,
}

impl Role {
    pub(super) fn of(self, palette: &Palette) -> &str {
        match self {
            Self::Ink => &palette.ink,
            Self::Muted => &palette.muted,
            Self::Faint => &palette.faint,
            Self::Surface => &palette.surface,
            Self::Raised => &palette.raised,
            Self::Line => &palette.line,
            Self::LineStrong => &palette.line_strong,
            Self::Accent => &palette.accent,
            Self::AccentWash => &palette.accent_wash,
            Self::Good => &palette.good,
            Self::GoodWash => &palette.good_wash,
            Self::Rule => &palette.rule,
            Self::Warn => &palette.warn,
            Self::WarnWash => &palette.warn_wash,
            Self::WarnSoft => &palette.warn_soft,
            Self::Bad => &palette.bad,
            Self::BadWash => &palette.bad_wash,
            Self::Info => &palette.info,
        }
    }
}

/// How one shape is drawn.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Look {
    pub fill: Option<Role>,
    pub stroke: Option<Role>,
    pub stroke_width: f64,
    pub dashed: bool,
    pub round: bool,
    pub halo: bool,
    pub font_size: f64,
    pub font_weight: u16,
}

/// What the groups around a shape say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Context {
    tone: Option<Tone>,
    dashed: bool,
    step: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tone {
    strong: Role,
    wash: Role,
}

impl Context {
    /// The context inside a group of this class.
    pub(super) fn within(self, class: &str) -> Self {
        let mut inner = self;
        let names: Vec<&str> = class.split_whitespace().collect();
        let is_sign = names.contains(&"sign");
        inner.step = names.contains(&"step") || names.contains(&"system");
        for name in names {
            if let Some(tone) = tone(name) {
                inner.tone = Some(tone);
            }
            // A missing step is an outline; a sign or a cell of that name is not.
            inner.dashed |= matches!(name, "unseen" | "undecided") || (name == "missing" && inner.step && !is_sign);
        }
        inner
    }

    /// How a shape of this class looks here.
    pub(super) fn look(self, class: &str) -> Look {
        let own = class.split_whitespace().find_map(tone);
        let here = Self { tone: own.or(self.tone), ..self };
        let mut look = Look::default();
        for name in class.split_whitespace() {
            if let Some(found) = here.by_name(name) {
                look = found;
            }
        }
        look
    }

    fn by_name(self, name: &str) -> Option<Look> {
        let strong = self.tone.map(|tone| tone.strong);
        let text =
            |role, size, weight| Look { fill: Some(role), font_size: size, font_weight: weight, ..Look::default() };
        let fill = |role| Look { fill: Some(role), ..Look::default() };
        let line = |role, width| Look { stroke: Some(role), stroke_width: width, ..Look::default() };
        Some(match name {
            "lane-area" | "chart-ground" => Look { fill: Some(Role::Raised), ..line(Role::Line, 1.0) },
            "lane-label" => text(Role::Muted, 12.0, 600),
            "box" => self.box_look(),
            "box-title" => text(if self.dashed { Role::Faint } else { Role::Ink }, 12.5, 550),
            "box-subtitle" => text(if self.dashed { Role::Faint } else { Role::Muted }, 11.0, 400),
            "line" => Look { dashed: self.dashed, ..line(if self.dashed { Role::Faint } else { Role::Muted }, 1.25) },
            "head" => fill(if self.dashed { Role::Faint } else { Role::Muted }),
            "edge-label" => {
                Look { halo: true, stroke: Some(Role::Raised), stroke_width: 4.0, ..text(Role::Muted, 11.0, 500) }
            }
            "sign-fill" => fill(strong.unwrap_or(Role::Muted)),
            "sign-line" => Look { round: true, ..line(strong.unwrap_or(Role::Muted), 1.6) },
            "sign-knock" => Look { round: true, ..line(Role::Raised, 1.8) },
            "mark-line" => line(Role::Ink, 1.5),
            "mark-bob" => fill(Role::Accent),
            "today-label" => text(Role::Accent, 11.0, 600),
            "today" => line(Role::Accent, 1.5),
            "axis" => text(Role::Muted, 11.0, 400),
            "axis-line" => line(Role::LineStrong, 1.0),
            "grid-line" => line(Role::Line, 1.0),
            "value" => text(Role::Ink, 11.0, 550),
            "series-label" => text(strong.unwrap_or(Role::Ink), 11.0, 550),
            "series-line" => Look { round: true, ..line(strong.unwrap_or(Role::Accent), 1.75) },
            "series-point" => Look { fill: Some(Role::Raised), ..line(strong.unwrap_or(Role::Accent), 1.75) },
            "bar-gap" => line(Role::Raised, 1.0),
            "cell" => fill(self.tone.map_or(Role::Surface, |tone| tone.wash)),
            "segment" | "span" | "moment" => fill(strong.unwrap_or(Role::Muted)),
            _ => return None,
        })
    }

    fn box_look(self) -> Look {
        let plain =
            Look { fill: Some(Role::Surface), stroke: Some(Role::LineStrong), stroke_width: 1.0, ..Look::default() };
        match self.tone {
            _ if self.dashed => Look { fill: Some(Role::Raised), stroke: Some(Role::Faint), dashed: true, ..plain },
            Some(tone) if self.step => {
                Look { fill: Some(tone.wash), stroke: Some(tone.strong), stroke_width: 1.5, ..plain }
            }
            _ => plain,
        }
    }
}

fn tone(name: &str) -> Option<Tone> {
    let tone = |strong, wash| Some(Tone { strong, wash });
    match name {
        "in-sync" | "equal" | "pass" | "good" | "automated-now" => tone(Role::Good, Role::GoodWash),
        "equal-by-rule" | "rule" => tone(Role::Rule, Role::GoodWash),
        "differs" | "error" | "blocked" | "bad" | "not-equal" => tone(Role::Bad, Role::BadWash),
        "extra" | "workaround" | "warn" | "waits" | "coincident" | "duplicate" | "left" | "plus" | "detour" => {
            tone(Role::Warn, Role::WarnWash)
        }
        "missing" => tone(Role::Warn, Role::WarnWash),
        "right" => tone(Role::WarnSoft, Role::WarnWash),
        "info" => tone(Role::Info, Role::AccentWash),
        "truth" | "accent" => tone(Role::Accent, Role::AccentWash),
        "unknown" | "not-begun" | "none" | "minus" => tone(Role::Faint, Role::Surface),
        "gear" | "clock" | "fork" => tone(Role::Muted, Role::Surface),
        _ => None,
    }
}
