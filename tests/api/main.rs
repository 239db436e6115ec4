//! The program over HTTP, in process: the router that is served, built once, over a database of its
//! own. What people see is tested in the browser; here it is who may do what, and what every answer
//! carries.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod assets;
mod csrf;
mod events;
mod functions;
mod headers;
mod helpers;
mod limits;
mod pages;
mod sessions;
