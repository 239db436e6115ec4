//! Documents as a whole: the same bytes each time, text that stays text, files that tell whether they were altered.
#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod demo_sized;
mod hostile;
mod markdown;
mod measured;
mod pdf;
mod pdf_tools;
mod plans;
mod verify;
