//! The one place that reads configuration: defaults, file, environment, in that order. Everything
//! beneath gets values. Deliberately absent: defaults in code; they are in `config.default.toml`.

use domain::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};
use toml::{Table, Value};
use workbench::{Databases, Settings};

/// Every option, with its default and what it means.
pub const DEFAULTS: &str = include_str!("../config.default.toml");

/// Names of environment variables begin with this.
const PREFIX: &str = "PLUMBLINE_";

/// Every option; documented in `config.default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Origin under which people reach the server; empty means this machine.
    pub public_url: String,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Data folder.
    pub data: PathBuf,
    /// PostgreSQL instead of the embedded database.
    pub database_url: SecretString,
    /// File with the master key.
    pub key_file: PathBuf,
    /// Folders connections may read.
    pub source_dirs: Vec<PathBuf>,
    /// Networks connections may reach.
    pub allowed_targets: Vec<String>,
    /// What is logged.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Bounds on requests.
    pub limits: Limits,
    /// Bounds on tries to sign in.
    pub sign_in: SignIn,
    /// Bounds on sync checks.
    pub checks: Checks,
    /// Passwords for databases named on the command line, from the variables the databases' own programs use.
    #[serde(skip)]
    pub passwords: Passwords,
}

/// Passwords for databases named on the command line.
#[derive(Debug, Clone, Default)]
pub struct Passwords {
    /// `PGPASSWORD`.
    pub postgres: Option<SecretString>,
    /// `MYSQL_PWD`.
    pub mysql: Option<SecretString>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For collectors.
    Json,
}

/// Bounds on requests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Bytes of an upload.
    pub upload_bytes: usize,
    /// Bytes of the uploaded files of a plan.
    pub plan_upload_bytes: u64,
    /// Bytes of an address.
    pub uri_bytes: usize,
    /// Seconds for the head.
    pub head_seconds: u64,
    /// Seconds for the body of a form, and for each part of an upload.
    pub body_seconds: u64,
    /// Seconds until the answer begins.
    pub answer_seconds: u64,
    /// Seconds for a part of an answer to be taken.
    pub write_seconds: u64,
    /// Seconds for a file that is written while it is fetched.
    pub download_seconds: u64,
    /// Seconds for an upload and its answer.
    pub upload_seconds: u64,
    /// Uploads at once.
    pub uploads: usize,
    /// Event streams of one session.
    pub streams_per_session: usize,
    /// Event streams of all.
    pub streams: usize,
    /// Open connections.
    pub connections: usize,
    /// Of one address; and requests of one client at once.
    pub connections_per_address: usize,
    /// Requests at once.
    pub in_flight: usize,
    /// Seconds to end in.
    pub stop_seconds: u64,
}

/// Bounds on tries to sign in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Tries in a row for one account.
    pub account_burst: std::num::NonZeroU32,
    /// More per hour.
    pub account_per_hour: std::num::NonZeroU32,
    /// Tries in a row from one address.
    pub address_burst: std::num::NonZeroU32,
    /// More per minute.
    pub address_per_minute: std::num::NonZeroU32,
}

/// Bounds on sync checks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// Rows of one side.
    pub max_rows: u64,
    /// Bytes of one side.
    pub max_bytes: u64,
    /// Seconds.
    pub max_seconds: u64,
    /// Differences a run keeps.
    pub max_differences: u64,
    /// Days that the rows of a run are kept.
    pub keep_days: u32,
    /// Runs at the same time; 0 asks the machine.
    pub at_once: usize,
    /// Bytes of memory of all runs together.
    pub memory_bytes: usize,
}

/// Why the configuration cannot be used, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl Config {
    /// Reads file and environment over the defaults.
    ///
    /// # Errors
    /// When the file cannot be read, or an option is unknown or has no usable value.
    pub fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
        let text = match file {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|e| ConfigError(format!("the configuration {} cannot be read: {e}", path.display())))?,
            None => String::new(),
        };
        Self::layered(
            &text,
            std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))),
        )
    }

    /// The defaults with a file's text and an environment over them.
    ///
    /// # Errors
    /// As for [`Config::read`].
    pub fn layered(file: &str, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut options: Table = DEFAULTS.parse().map_err(|e| ConfigError(format!("config.default.toml: {e}")))?;
        let changes: Table = file.parse().map_err(|e: toml::de::Error| {
            ConfigError(format!("the configuration is not valid TOML: {}", e.message()))
        })?;
        merge(&mut options, changes);
        let mut passwords = Passwords::default();
        for (name, value) in environment {
            match name.as_str() {
                "PGPASSWORD" => passwords.postgres = Some(value.into()),
                "MYSQL_PWD" => passwords.mysql = Some(value.into()),
                _ => {
                    if let Some(name) = name.strip_prefix(PREFIX) {
                        set_from_environment(&mut options, name, &value)?;
                    }
                }
            }
        }
        let config: Self = options
            .try_into()
            .map_err(|e: toml::de::Error| ConfigError(format!("the configuration cannot be used: {}", one_line(&e))))?;
        Self { passwords, ..config }.checked()
    }

    /// What the workbench has to know.
    #[must_use]
    pub fn settings(&self, clock: fn() -> Timestamp) -> Settings {
        use secrecy::ExposeSecret;
        Settings {
            data_dir: self.data.clone(),
            database_url: Some(self.database_url.clone()).filter(|url| !url.expose_secret().is_empty()),
            key_file: Some(self.key_file.clone()).filter(|path| !path.as_os_str().is_empty()),
            source_dirs: self.source_dirs.clone(),
            allowed_targets: self.allowed_targets.clone(),
            own: vec![self.listen],
            plan_upload_bytes: self.limits.plan_upload_bytes,
            max_rows: self.checks.max_rows,
            max_bytes: self.checks.max_bytes,
            max_seconds: self.checks.max_seconds,
            max_differences: self.checks.max_differences,
            keep_days: self.checks.keep_days,
            at_once: self.checks.at_once,
            memory_bytes: self.checks.memory_bytes,
            download_stall: Duration::from_secs(self.limits.write_seconds),
            download_time: Duration::from_secs(self.limits.download_seconds),
            clock,
        }
    }

    /// What holds for databases named on the command line; `environment` is what they are said to be.
    #[must_use]
    pub fn databases(&self, environment: Option<String>) -> Databases {
        Databases {
            environment,
            allowed_targets: self.allowed_targets.clone(),
            own: vec![self.listen],
            postgres_password: self.passwords.postgres.clone(),
            mysql_password: self.passwords.mysql.clone(),
        }
    }

    /// Scheme, host and port of `public_url`, if it is set.
    #[must_use]
    pub fn public_origin(&self) -> Option<&str> {
        Some(self.public_url.as_str()).filter(|url| !url.is_empty())
    }

    /// Whether people come through a proxy that is not named, so that all of them seem to come from one address.
    #[must_use]
    pub fn proxy_unnamed(&self) -> bool {
        self.public_url.starts_with("https://") && self.trusted_proxies.is_empty()
    }

    /// Whether cookies are for encrypted connections only: always, except on this machine alone.
    #[must_use]
    pub fn secure_cookies(&self) -> bool {
        match self.public_origin() {
            Some(origin) => origin.starts_with("https://"),
            None => !self.listen.ip().is_loopback(),
        }
    }

    fn checked(mut self) -> Result<Self, ConfigError> {
        while self.public_url.ends_with('/') {
            self.public_url.pop();
        }
        if let Some(origin) = self.public_origin() {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            let plain = |host: &str| !host.is_empty() && !host.contains(['/', '?', '#', '@', '\\', ' ']);
            if !host.is_some_and(plain) || origin.chars().any(char::is_uppercase) {
                return Err(ConfigError(format!(
                    "public_url is `{origin}`; it must be a scheme and a host in lower case, such as https://plumbline.example.org"
                )));
            }
            let away = origin.starts_with("http://") && !self.listen.ip().is_loopback();
            if away {
                return Err(ConfigError(
                    "public_url begins with http:// although the server listens beyond this machine; put a proxy with TLS in front and name its https:// address".into(),
                ));
            }
        }
        Ok(self)
    }
}

/// Lays `changes` over `options`, section by section.
fn merge(options: &mut Table, changes: Table) {
    for (name, value) in changes {
        match (options.get_mut(&name), value) {
            (Some(Value::Table(section)), Value::Table(changes)) => merge(section, changes),
            (_, value) => {
                options.insert(name, value);
            }
        }
    }
}

/// Sets the option that a variable names; variables that name none are somebody else's.
fn set_from_environment(options: &mut Table, name: &str, value: &str) -> Result<(), ConfigError> {
    let lower = name.to_lowercase();
    let (section, option) = lower.split_once("__").map_or((None, lower.as_str()), |(s, o)| (Some(s), o));
    let table = match section {
        Some(section) => options.get_mut(section).and_then(Value::as_table_mut),
        None => Some(options),
    };
    let Some(old) = table.and_then(|t| t.get_mut(option)) else {
        return Ok(());
    };
    *old = match old {
        Value::Integer(_) => Value::Integer(
            value
                .parse()
                .map_err(|_| ConfigError(format!("{PREFIX}{name} is `{value}`; it must be a whole number")))?,
        ),
        Value::Array(_) => {
            Value::Array(value.split(',').map(str::trim).filter(|v| !v.is_empty()).map(Value::from).collect())
        }
        Value::Table(_) => return Ok(()),
        _ => Value::from(value),
    };
    Ok(())
}

fn one_line(error: &toml::de::Error) -> String {
    error.to_string().lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Config, DEFAULTS};
    use std::path::PathBuf;
    use workbench::Settings;

    fn clock() -> domain::Timestamp {
        domain::Timestamp::UNIX_EPOCH
    }

    fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn the_documented_defaults_are_those_of_the_workbench() {
        let ours = Config::layered("", []).unwrap().settings(clock);
        let theirs = Settings::for_data_dir(PathBuf::from("./data"), clock);
        assert_eq!(ours.data_dir, theirs.data_dir);
        assert!(ours.database_url.is_none() && theirs.database_url.is_none());
        assert_eq!(ours.key_file, theirs.key_file);
        assert_eq!(ours.source_dirs, theirs.source_dirs);
        assert_eq!(ours.allowed_targets, theirs.allowed_targets);
        assert_eq!(
            (ours.max_rows, ours.max_bytes, ours.max_seconds, ours.max_differences),
            (theirs.max_rows, theirs.max_bytes, theirs.max_seconds, theirs.max_differences)
        );
        let more = |s: &Settings| {
            (s.keep_days, s.at_once, s.memory_bytes, s.plan_upload_bytes, s.download_stall, s.download_time)
        };
        assert_eq!(more(&ours), more(&theirs));
    }

    #[test]
    fn every_option_is_explained() {
        let mut explained = false;
        for line in DEFAULTS.lines() {
            if line.contains(" = ") && !line.starts_with('#') {
                assert!(explained, "no comment above `{line}`");
            }
            explained = line.starts_with('#');
        }
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let file = "listen = \"127.0.0.1:4000\"\n[checks]\nmax_rows = 5\nmax_seconds = 7";
        let config = Config::layered(
            file,
            environment(&[
                ("PLUMBLINE_CHECKS__MAX_ROWS", "6"),
                ("PLUMBLINE_SOURCE_DIRS", "/a, /b"),
                ("PLUMBLINE_ROOT", "not an option of ours"),
                ("PLUMBLINE_LIMITS", "a section, not an option"),
                ("OTHER", "x"),
            ]),
        )
        .unwrap();
        assert_eq!(config.listen.port(), 4000);
        assert_eq!((config.checks.max_rows, config.checks.max_seconds), (6, 7));
        assert_eq!(config.source_dirs, [PathBuf::from("/a"), PathBuf::from("/b")]);
        assert_eq!(config.limits.body_bytes, 2 << 20);
    }

    #[test]
    fn passwords_come_from_the_variables_of_the_databases_own_programs() {
        use secrecy::ExposeSecret;
        let found = environment(&[("PGPASSWORD", "p"), ("MYSQL_PWD", "m"), ("PLUMBLINE_ALLOWED_TARGETS", "127.0.0.1")]);
        let databases = Config::layered("", found).unwrap().databases(Some("test".into()));
        assert_eq!(databases.postgres_password.unwrap().expose_secret(), "p");
        assert_eq!(databases.mysql_password.unwrap().expose_secret(), "m");
        assert_eq!(databases.allowed_targets, ["127.0.0.1"]);
        assert!(Config::layered("", []).unwrap().databases(None).postgres_password.is_none());
        assert!(Config::layered("[passwords]\npostgres = \"p\"", []).is_err(), "not from a file");
    }

    #[test]
    fn what_cannot_be_used_is_refused_in_words() {
        for (file, words) in [
            ("listen = \"nowhere\"", "listen"),
            ("lissten = \"127.0.0.1:1\"", "lissten"),
            ("[limits]\nbody = 1", "body"),
            ("listen", "TOML"),
            ("log_format = \"xml\"", "log_format"),
            ("public_url = \"plumbline.example.org\"", "public_url"),
            ("public_url = \"https://a.example/path\"", "public_url"),
            ("public_url = \"https://A.example\"", "public_url"),
            ("public_url = \"http://a.example\"\nlisten = \"0.0.0.0:80\"", "TLS"),
        ] {
            let error = Config::layered(file, []).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains('\n'), "{file}: {error}");
        }
        let error =
            Config::layered("", environment(&[("PLUMBLINE_CHECKS__MAX_ROWS", "many")])).unwrap_err().to_string();
        assert!(error.contains("PLUMBLINE_CHECKS__MAX_ROWS"), "{error}");
    }

    #[test]
    fn a_proxy_that_is_not_named_is_noticed() {
        for (file, unnamed) in [
            ("", false),
            ("public_url = \"https://plumbline.example.org\"", true),
            ("public_url = \"https://plumbline.example.org\"\ntrusted_proxies = [\"127.0.0.1\"]", false),
        ] {
            assert_eq!(Config::layered(file, []).unwrap().proxy_unnamed(), unnamed, "{file}");
        }
    }

    #[test]
    fn cookies_are_for_encrypted_connections_except_on_this_machine() {
        for (file, secure) in [
            ("", false),
            ("listen = \"[::1]:3000\"", false),
            ("listen = \"0.0.0.0:3000\"", true),
            ("public_url = \"https://plumbline.example.org/\"", true),
            ("public_url = \"http://localhost:3000\"", false),
        ] {
            assert_eq!(Config::layered(file, []).unwrap().secure_cookies(), secure, "{file}");
        }
    }
}
