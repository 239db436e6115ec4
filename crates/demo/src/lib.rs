//! The demo plan "Four marketing clouds" and the test systems its checks compare: a retailer with four
//! marketing clouds, a CRM, an ERP and a web shop. Made from a seed and the day of making, so that the
//! same seed and day give the same items and the same files.
//!
//! Planted on purpose, each found by a rule or a check (`tests/demo` asserts every line):
//!
//! | Flaw | Found by |
//! |---|---|
//! | Two sources of truth for Customer · E-mail in Australia | `SOT-002`, and `FLW-001` for the flow that carries it |
//! | Phone and opening hours: nobody has decided which field is right | `SOT-001` |
//! | A system is called the source of truth | `TRM-002` |
//! | ERP keeps 30 characters of names of up to 80 | `MAP-003`; run: 1 204 truncated, 672 equal by rule, 10 other |
//! | E-mails typed differently | `SYN-007`; run: 412 differ, 388 of them only in case |
//! | Postcodes that lost their leading zero | run: 93 differ, 81 of them by leading zeros |
//! | 20 customers missing in the ERP, 36 only there, 18 customer numbers twice | run; `DP-006`, `SYN-006`, `CLN-011` |
//! | Loyalty number missing in 12 % of the loyalty members | `DP-006` (612 empty), `CLN-003` (source not robust: keys and values) |
//! | Subscriber key of the marketing clouds unknown to the CRM | `DP-007` |
//! | Weekly retyping called "synchronised" | `SYN-001`; the verdict is *coincident* |
//! | Nobody decided about existing customers | `CLN-001` |
//! | The call centre's sheet, which nobody told about | told/observed difference; `PRC-008` |
//! | A told nightly job that is done by hand on Fridays | `WLK-004` |
//! | Order hand-over never watched | `WLK-001` |
//! | The Outlet team gets no message | `CHG-002` |
//! | A documentation page that lies about the rate limit | `TEC-004` |
//! | The ERP accepts postcodes that do not exist | `TEC-005` |
//! | 45 web orders that never reached the ERP | run |
//! | Delivery postcodes that lost their leading zero on the way to the ERP | run; `TST-002` (not of the expected format) |
//!
//! Deliberately absent: a clock of its own (the workbench's is used) and known passwords (people of the
//! demo sign in with one-time links of the console).

mod create;
mod ids;
mod people;
mod plan;
mod systems;

pub use create::{create, ensure};

/// Key of the demo plan.
pub const KEY: &str = "four-marketing-clouds";
/// The seed the demo is made from.
pub const SEED: u64 = 0x9106_b11e;

/// Why the demo could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The workbench refused something.
    #[error("the demo plan cannot be made: {}", .0.for_operator())]
    Workbench(#[from] workbench::Error),
    /// A test system cannot be written.
    #[error("the demo's test system {0} cannot be written: {1}")]
    Write(String, String),
    /// The demo speaks of something it has not made: a mistake in this crate.
    #[error("the demo plan refers to “{0}”, which it does not make")]
    Dangling(String),
}
