//! The command line. What the server can do without a person is also a command; the operator at the
//! server's own console may do what an owner may.

mod backup;
mod check;
mod files;
mod link;
mod plans;
mod profile;
mod user;

use crate::{
    config::{Config, ConfigError, LogFormat},
    startup, telemetry,
};
use clap::{Parser, Subcommand, ValueEnum};
use std::{io::Write, net::SocketAddr, path::PathBuf, process::ExitCode};
use workbench::Workbench;

/// Worker threads at least: page rendering and waiting for the database must not stand in each
/// other's way, even on one processor.
const WORKERS: usize = 4;
/// Bytes of stack of each thread, taken only when used: pages and use cases are not optimised, so that what they hold
/// while they wait is moved about whole.
const STACK: usize = 8 << 20;

/// An integration planning workbench.
#[derive(Parser)]
#[command(name = "plumbline", version, about, disable_help_subcommand = true)]
struct Cli {
    /// Folder of the embedded database, the keys and the evidence [default: ./data, or PLUMBLINE_DATA].
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Configuration file; every option is explained in config.default.toml.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the application (what happens without a command).
    Serve(Serve),
    /// Create the demo plan with its test systems.
    Demo,
    /// List the plans.
    Plans {
        /// How to print.
        #[arg(long, value_enum, default_value_t)]
        format: Print,
    },
    /// Compare two files or tables of test databases: is the data the same?
    Check(check::Check),
    /// Say what a file holds, column by column; with another file, which columns belong together.
    Profile(profile::ProfileArgs),
    /// Find the records of two files that stand for the same thing, without an identifier in common.
    Link(link::Link),
    /// Print the findings of a plan; exit 1 when one blocks sign-off.
    Lint(plans::Lint),
    /// Write a plan to a file.
    Export(files::Export),
    /// Start a plan from an exported one.
    Import(files::Import),
    /// Say whether an exported file is signed, altered or unknown, also where there is no installation; without a file,
    /// whether the audit trails are whole.
    Verify(files::Verify),
    /// Copy the embedded database, and what belongs to it if asked for, while the server may be running; exit 1 when
    /// something is damaged or gone.
    Backup(backup::Backup),
    /// Remove the rows of runs that are older than they are kept, and uploads that nobody uses, as the server does every
    /// hour.
    Tidy,
    /// Bring the database up to date, as serving would; exit 1 when something in it is damaged.
    Migrate,
    /// People who can sign in.
    #[command(subcommand)]
    User(user::People),
}

#[derive(clap::Args, Default)]
struct Serve {
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Create the demo plan where it is missing, and print a link to sign in as its owner.
    #[arg(long)]
    demo: bool,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Print {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// As it should be: exit 0.
    Good,
    /// It worked, and there is something to look at: exit 1.
    Findings,
}

/// Why a command could not be done, in one line: exit 2.
#[derive(Debug)]
struct Refused(String);

/// The reader is the operator: our own faults are told with their cause.
impl From<workbench::Error> for Refused {
    fn from(error: workbench::Error) -> Self {
        Self(error.for_operator())
    }
}

impl From<demo::Error> for Refused {
    fn from(error: demo::Error) -> Self {
        match error {
            demo::Error::Workbench(error) => error.into(),
            other => Self(other.to_string()),
        }
    }
}

impl From<ConfigError> for Refused {
    fn from(error: ConfigError) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for Refused {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for Refused {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<String> for Refused {
    fn from(reason: String) -> Self {
        Self(reason)
    }
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            return refuse(&in_one_line(&error.to_string()));
        }
        Err(help) => {
            // Help and version; a closed pipe is no fault.
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    match start(cli) {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(Refused(reason)) => refuse(&reason),
    }
}

/// What the arguments lack, without the usage that follows it.
fn in_one_line(error: &str) -> String {
    let lines = error.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let told: Vec<&str> = lines.filter(|line| !line.is_empty() && !line.starts_with("For more information")).collect();
    told.join(" ").trim_start_matches("error: ").to_owned()
}

fn start(cli: Cli) -> Result<Outcome, Refused> {
    let mut config = Config::read(cli.config.as_deref())?;
    let named = cli.data.is_some();
    if let Some(data) = cli.data {
        config.data = data;
    }
    // One folder has one name, whoever starts the program wherever: it becomes part of paths that are kept.
    config.data = std::path::absolute(&config.data)?;
    let command = cli.command.unwrap_or_else(|| Command::Serve(Serve::default()));
    if let Command::Serve(serve) = &command {
        config.listen = serve.listen.unwrap_or(config.listen);
    } else if config.log_format == LogFormat::Text && config.log == "info" {
        // The result is what people want to read.
        config.log = "warn".into();
    }
    telemetry::start(&config)?;
    let workers = std::thread::available_parallelism().map_or(WORKERS, |n| n.get().max(WORKERS));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .thread_stack_size(STACK)
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(dispatch(config, command, named));
    // A check that was cancelled may still be reading; nobody waits for it.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    outcome
}

/// `named`: the data folder was named on the command line.
async fn dispatch(config: Config, command: Command, named: bool) -> Result<Outcome, Refused> {
    match command {
        Command::Serve(serve) => {
            startup::serve(config, serve.demo).await?;
            Ok(Outcome::Good)
        }
        Command::Check(check) => check.run(&config).await,
        Command::Profile(profile) => profile.run().await,
        Command::Link(link) => link.run().await,
        Command::Demo => {
            let workbench = open(&config).await?;
            let owner = demo::ensure(&workbench).await?;
            print(&format!("The demo plan is in {}; its owner is {owner}.\n", config.data.display()))?;
            Ok(Outcome::Good)
        }
        Command::Plans { format } => plans::plans(&open(&config).await?, format).await,
        Command::Lint(lint) => lint.run(&existing(&config).await?).await,
        Command::Export(export) => export.run(&existing(&config).await?).await,
        Command::Import(import) => import.run(&open(&config).await?).await,
        Command::Verify(verify) => verify.run(&config, named).await,
        Command::Backup(backup) => backup.run(&existing(&config).await?).await,
        Command::Tidy => {
            let workbench = existing(&config).await?;
            let removed = workbench.remove_old_rows(&workbench::Caller::Operator).await?;
            let uploads = workbench.remove_unused_uploads(&workbench::Caller::Operator).await?;
            print(&format!("Old runs whose rows were removed: {removed}\nUnused uploads removed: {uploads}\n"))?;
            Ok(Outcome::Good)
        }
        Command::Migrate => {
            let workbench = open(&config).await?;
            print("The database is up to date.\n")?;
            files::integrity(&workbench, Print::Text).await
        }
        Command::User(user) => user.run(&open(&config).await?, &config).await,
    }
}

/// Opens the workbench, bringing its database up to date.
async fn open(config: &Config) -> Result<Workbench, Refused> {
    Ok(Workbench::open(config.settings(startup::now)).await?)
}

/// Opens a workbench that is there already: who reads from a folder that is not there has mistyped it.
async fn existing(config: &Config) -> Result<Workbench, Refused> {
    if !config.data.is_dir() {
        let data = config.data.display();
        return Err(Refused(format!("there is no installation in {data}; say where it is with --data DIR")));
    }
    open(config).await
}

/// Whether there is an installation: its key is made at first start. Asking makes none.
fn installed(config: &Config) -> bool {
    config.data.join("signing.key").is_file()
}

/// Prints a result.
fn print(text: &str) -> Result<(), Refused> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Prints a result as JSON on one line.
fn print_json(value: &impl serde::Serialize) -> Result<(), Refused> {
    print(&format!("{}\n", serde_json::to_string(value)?))
}

/// Tells something beside the result, one line on standard error.
fn note(text: &str) {
    let line: String = text.lines().collect::<Vec<_>>().join("; ");
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "plumbline: {line}");
}

/// Tells a result as JSON beside another one, one line on standard error.
fn note_json(value: &impl serde::Serialize) -> Result<(), Refused> {
    let line = serde_json::to_string(value)?;
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
    Ok(())
}

fn refuse(reason: &str) -> ExitCode {
    note(reason);
    ExitCode::from(2)
}

#[cfg(test)]
mod tests {
    use super::{Cli, in_one_line};
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_is_missing_is_told_in_one_line() {
        let told = |arguments: &[&str]| {
            let words = Cli::try_parse_from(arguments).err().map(|e| in_one_line(&e.to_string())).unwrap_or_default();
            assert!(!words.is_empty() && !words.contains('\n') && !words.contains("Usage"), "{words}");
            words
        };
        let words = told(&["plumbline", "check", "--left", "a.csv"]);
        assert!(words.contains("--right <RIGHT>") && words.contains("--key <KEY>"), "{words}");
        assert!(told(&["plumbline", "export", "--plan", "x", "--format", "docx"]).contains("possible values"));
        assert!(told(&["plumbline", "plants"]).contains("plants"));
    }
}
