//! Findings: what a rule has to say about one thing, addressed so that a waiver can name it.
//!
//! The fingerprint covers the rule, the subject and the offending facts, never a number that grows
//! with time, so that a waiver dies when the facts change and not at midnight.

use domain::{Invalid, ItemId, Kind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Blocks sign-off.
    Error,
    /// Should be looked at.
    Warn,
    /// Good to know.
    Info,
}

impl Severity {
    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
        }
    }

    /// Wording shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Error => "Error",
            Self::Warn => "Warning",
            Self::Info => "Note",
        }
    }
}

/// The named exception that takes a finding out of the count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// Why it is acceptable.
    pub reason: String,
    /// Name of who decided.
    pub by: String,
    /// Last day it holds, in ISO 8601.
    pub expires: Option<String>,
}

/// A change that would help. None of them settles a truth, a decision or an approval by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    /// Start a new item with these fields filled in.
    Add {
        /// What the button says.
        label: String,
        /// Kind of the new item.
        kind: Kind,
        /// Fields already known.
        fields: Map<String, Value>,
    },
    /// Give a field this value.
    Set {
        /// What the button says.
        label: String,
        /// The item.
        item: ItemId,
        /// The field.
        field: String,
        /// The new value.
        value: Value,
    },
}

impl Fix {
    /// Offers a new item of `kind` with the given fields.
    pub(crate) fn add<const N: usize>(label: &str, kind: Kind, fields: [(&str, Value); N]) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self::Add { label: label.to_owned(), kind, fields }
    }

    /// Offers a new value for one field.
    pub(crate) fn set(label: &str, item: ItemId, field: &str, value: Value) -> Self {
        Self::Set { label: label.to_owned(), item, field: field.to_owned(), value }
    }

    /// What the button says.
    pub fn label(&self) -> &str {
        match self {
            Self::Add { label, .. } | Self::Set { label, .. } => label,
        }
    }

    /// Whether the fields named exist in the field tables.
    ///
    /// # Errors
    /// Names the field that does not.
    pub fn check(&self, kind_of: impl Fn(ItemId) -> Option<Kind>) -> Result<(), Invalid> {
        let known = |kind: Kind, name: &str, value: &Value| match kind.field(name) {
            Some(field) => field.check(value),
            None => Err(Invalid::new(name, format!("a {} has no such field", kind.one()))),
        };
        match self {
            Self::Add { kind, fields, .. } => fields.iter().try_for_each(|(name, value)| known(*kind, name, value)),
            Self::Set { item, field, value, .. } => kind_of(*item)
                .map_or_else(|| Err(Invalid::new(field, "no such item")), |kind| known(kind, field, value)),
        }
    }
}

/// One thing a rule has to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Rule id, such as `DP-003`.
    pub rule: String,
    /// How much it weighs under the profile used.
    pub severity: Severity,
    /// The item it is about; `None` means the plan.
    pub subject: Option<ItemId>,
    /// Short key of that item, such as `D12`; empty for the plan.
    pub key: String,
    /// The field to mend, where one can be named.
    pub field: Option<String>,
    /// One sentence that names the thing.
    pub message: String,
    /// Gate it belongs to, from 1 to 5.
    pub gate: u8,
    /// Sixteen hexadecimal digits over rule, subject and offending facts.
    pub fingerprint: String,
    /// Whether the rule can be waived at all.
    pub locked: bool,
    /// The exception in force, if any.
    pub waived: Option<Waived>,
    /// A change that would help.
    pub fix: Option<Fix>,
}

impl Finding {
    /// Whether it stands in the way of signing.
    pub fn blocks(&self) -> bool {
        self.severity == Severity::Error && self.waived.is_none()
    }
}

/// What a rule function returns: a finding before the rule's own data are added to it.
pub(crate) struct Hit {
    pub subject: Option<ItemId>,
    pub field: Option<&'static str>,
    pub message: String,
    pub facts: Vec<String>,
    pub fix: Option<Fix>,
}

impl Hit {
    /// About one item.
    pub fn on(subject: ItemId, message: impl Into<String>) -> Self {
        Self { subject: Some(subject), field: None, message: message.into(), facts: Vec::new(), fix: None }
    }

    /// About the plan as a whole.
    pub fn plan(message: impl Into<String>) -> Self {
        Self { subject: None, field: None, message: message.into(), facts: Vec::new(), fix: None }
    }

    /// Names the field to mend.
    pub fn field(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// Adds an offending fact to the fingerprint.
    pub fn fact(mut self, fact: impl ToString) -> Self {
        self.facts.push(fact.to_string());
        self
    }

    /// Adds several facts.
    pub fn facts<T: ToString>(mut self, facts: impl IntoIterator<Item = T>) -> Self {
        self.facts.extend(facts.into_iter().map(|f| f.to_string()));
        self
    }

    /// Offers a change that would help.
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// The address of what was found.
    pub fn fingerprint(&self, rule: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(rule.as_bytes());
        hash.update([0]);
        if let Some(subject) = self.subject {
            hash.update(subject.0.as_bytes());
        }
        for part in self.field.iter().copied().chain(self.facts.iter().map(String::as_str)) {
            hash.update([0]);
            hash.update(part.as_bytes());
        }
        hex(&hash.finalize()[..8])
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
