//! What surrounds the pages: addresses that are no pages, and the layers every request goes through.

pub mod assets;
pub mod csrf;
pub mod download;
pub mod drawing;
pub mod events;
pub mod health;
pub mod limits;
pub mod listen;
pub mod message;
pub mod origin;
pub mod patient;
pub mod places;
pub mod rate_limit;
pub mod security;
pub mod session;
pub mod trace;
pub mod uploads;
pub mod visitor;
