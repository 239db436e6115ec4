//! The program as the operator and other programs use it: arguments in, one result out, and an exit
//! code that says how it went: 0 good, 1 something to look at, 2 bad input with one line why.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod check;
mod databases;
mod folder;
mod link;
mod plans;
