//! The program over HTTP, in process: the router that is served, built once, over a database of its
//! own. What people see is tested in the browser; here it is who may do what, and what every answer
//! carries.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod addresses;
mod assets;
mod canaries;
mod csrf;
mod events;
mod functions;
mod gates;
mod headers;
mod items;
mod limits;
mod listen;
mod pages;
mod review;
mod roles;
mod server;
mod sessions;
mod uploads;
mod words;
