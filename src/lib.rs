//! The server: where everything is put together. Reads the configuration, opens the workbench, builds
//! the router, runs the jobs. A library so that the tests of `tests/api` use the router that is served.

// The route table of the app is one deep type.
#![recursion_limit = "512"]

pub mod cli;
pub mod config;
pub mod http;
pub mod router;
pub mod startup;
pub mod state;
mod telemetry;
mod worker;
