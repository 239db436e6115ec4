//! Logging: to standard error, in words or as JSON, one line per event whatever was logged.

use crate::config::{Config, LogFormat};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging. Called once, by the program and not by tests.
///
/// # Errors
/// When the directives of `log` cannot be read.
pub fn start(config: &Config) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.log).map_err(|e| format!("log is `{}`: {e}", config.log))?;
    let registry = tracing_subscriber::registry().with(filter);
    let started = match config.log_format {
        // Control characters are escaped by both: nobody's text can forge a line.
        LogFormat::Text => registry.with(fmt::layer().with_writer(std::io::stderr).with_target(false)).try_init(),
        LogFormat::Json => registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init(),
    };
    started.map_err(|e| e.to_string())
}
