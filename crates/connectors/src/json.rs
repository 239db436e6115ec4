//! JSON as rows of text.

pub(crate) mod record;
