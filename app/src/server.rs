//! What the server in front of the pages needs of them, server side only.

use crate::pages;
pub use kit::server::*;
use server_fn::ServerFn;

/// Server functions that somebody who is not signed in may call; all others are refused to them by the
/// session layer, whatever they do themselves.
pub const FOR_ANYBODY: &[&str] = &[
    <kit::layout::Whoami as ServerFn>::PATH,
    <pages::LoadRules as ServerFn>::PATH,
    <pages::LoadRule as ServerFn>::PATH,
    <pages::LoadVerified as ServerFn>::PATH,
];
