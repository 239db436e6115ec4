//! The entities of a plan, each with its field table in one place.
//!
//! A new field is one line here: the struct, the form, the grid column, the comparison, the export
//! and the hash follow from it. Every field may be empty, because drafts are; what must not stay
//! empty is said by the rules, not by the types.

mod agreed;
mod change;
mod data;
mod process;
mod sync;
mod systems;

pub use agreed::{PAIR_RULES, PairRule, code_list};
pub use change::*;
pub use data::*;
pub use process::*;
pub use sync::*;
pub use systems::*;

/// Declares an entity and its field table. The doc line of a field is its help text.
macro_rules! entity {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident {
            $( #[doc = $help:literal] $field:ident : $type:ty = $label:literal, $kind:expr $(, $flag:ident $(($arg:expr))?)* ; )+
        }
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $( #[doc = $help] pub $field: $type, )+
        }

        impl $name {
            /// Its field table.
            pub const TABLE: &'static [$crate::Field] = &[
                $( $crate::Field::new(stringify!($field), $label, $help.trim_ascii(), $kind)$(.$flag($($arg)?))* ),+
            ];
        }
    )+};
}

/// Declares a part of a list field and its field table. Every part has an id.
macro_rules! part {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident {
            $( #[doc = $help:literal] $field:ident : $type:ty = $label:literal, $kind:expr $(, $flag:ident $(($arg:expr))?)* ; )+
        }
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Which part.
            pub id: $crate::PartId,
            $( #[doc = $help] #[serde(default)] pub $field: $type, )+
        }

        impl $name {
            /// Its field table.
            pub const TABLE: &'static [$crate::Field] = &[
                $( $crate::Field::new(stringify!($field), $label, $help.trim_ascii(), $kind)$(.$flag($($arg)?))* ),+
            ];
        }
    )+};
}

/// Declares an enum that a choice field takes its values from.
macro_rules! choice {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident { $( $variant:ident $code:literal $label:literal, )+ }
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $( #[doc = $label] #[serde(rename = $code)] $variant, )+ }

        impl $crate::Choices for $name {
            const CHOICES: &'static [$crate::Choice] = &[
                $( $crate::Choice { code: $code, label: $label } ),+
            ];
            fn code(self) -> &'static str { match self { $( Self::$variant => $code ),+ } }
            fn label(self) -> &'static str { match self { $( Self::$variant => $label ),+ } }
        }
    )+};
}

use {choice, entity, part};
