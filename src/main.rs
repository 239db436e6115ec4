//! The program `plumbline`; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    plumbline::cli::run()
}
