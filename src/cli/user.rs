//! `plumbline user`: people who can sign in, for the operator.

use super::{Outcome, Print, Refused, print, print_json};
use crate::config::Config;
use clap::{Subcommand, ValueEnum};
use domain::{User, WorkspaceRole};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::io::Read;
use workbench::{Caller, Workbench};

/// People who can sign in.
#[derive(Subcommand)]
pub(super) enum People {
    /// List them.
    List {
        /// How to print.
        #[arg(long, value_enum, default_value_t)]
        format: Print,
    },
    /// Add one; the password is read from standard input, never from the command line.
    Add {
        /// Full name, as it stands on signatures.
        #[arg(long)]
        name: String,
        /// They sign in with it.
        #[arg(long)]
        email: String,
        /// Also manages people, connections and every plan.
        #[arg(long)]
        owner: bool,
    },
    /// Print a link that signs a person in once.
    Link {
        /// Whom.
        email: String,
        /// Print a link by which they choose a password instead: their first, or another one.
        #[arg(long)]
        password: bool,
    },
    /// Say what a person may do in the installation.
    Role {
        /// Whom.
        email: String,
        /// `owner` or `member`.
        #[arg(value_enum)]
        role: Role,
    },
    /// Let a person sign in again.
    Enable {
        /// Whom.
        email: String,
    },
    /// Let a person sign in no more; their sessions end at once.
    Disable {
        /// Whom.
        email: String,
    },
}

impl People {
    pub(super) async fn run(self, workbench: &Workbench, config: &Config) -> Result<Outcome, Refused> {
        let operator = Caller::Operator;
        match self {
            Self::List { format } => {
                let people = workbench.list_people(&operator).await?;
                if format == Print::Json {
                    let rows = people.iter().map(|u| json!({ "name": u.name, "email": u.email, "role": u.role.code(), "disabled": u.disabled_at.is_some() }));
                    print_json(&rows.collect::<Vec<_>>())?;
                } else {
                    let lines = people.iter().map(|u| {
                        let disabled = if u.disabled_at.is_some() { "  disabled" } else { "" };
                        format!("{}  {}  {}{disabled}\n", u.email, u.name, u.role.code())
                    });
                    print(&lines.collect::<String>())?;
                }
            }
            Self::Add { name, email, owner } => {
                let role = if owner { WorkspaceRole::Owner } else { WorkspaceRole::Member };
                let user = workbench.add_person(&operator, &name, &email, role, &password()?).await?;
                print(&format!("Added {} as {}.\n", user.email, user.role.code()))?;
            }
            Self::Link { email, password } => {
                let base = config.public_origin().map_or_else(|| format!("http://{}", config.listen), str::to_owned);
                let user = named(workbench, &email).await?;
                if password {
                    let (_, token) = workbench.invite_link(&operator, user.id).await?;
                    print(&format!("{base}/sign-in/choose/{}\n", token.expose_secret()))?;
                } else {
                    let token = workbench.sign_in_link(&operator, &user.email).await?;
                    print(&format!("{base}/sign-in/once/{}\n", token.expose_secret()))?;
                }
            }
            Self::Role { email, role } => {
                let user = named(workbench, &email).await?;
                let role = match role {
                    Role::Owner => WorkspaceRole::Owner,
                    Role::Member => WorkspaceRole::Member,
                };
                workbench.set_person_role(&operator, user.id, role).await?;
                print(&format!("{} is {} now.\n", user.email, role.code()))?;
            }
            Self::Enable { email } => {
                let user = named(workbench, &email).await?;
                workbench.enable_person(&operator, user.id).await?;
                print(&format!("{} can sign in again.\n", user.email))?;
            }
            Self::Disable { email } => {
                let user = named(workbench, &email).await?;
                workbench.disable_person(&operator, user.id).await?;
                print(&format!("{} can no longer sign in.\n", user.email))?;
            }
        }
        Ok(Outcome::Good)
    }
}

/// What a person may do in the installation.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Role {
    /// Also manages people, connections and every plan.
    Owner,
    /// Takes part in the plans shared with them.
    Member,
}

/// The person with this address.
async fn named(workbench: &Workbench, email: &str) -> Result<User, Refused> {
    let people = workbench.list_people(&Caller::Operator).await?;
    let found = people.into_iter().find(|user| user.email.eq_ignore_ascii_case(email.trim()));
    found.ok_or_else(|| Refused(format!("nobody has the address {email}; see `plumbline user list`")))
}

/// The first line of standard input.
fn password() -> Result<SecretString, Refused> {
    let mut text = String::new();
    std::io::stdin().lock().take(1024).read_to_string(&mut text)?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(SecretString::from(line)),
        _ => Err(Refused("no password on standard input; pipe it in: `plumbline user add … < FILE`".into())),
    }
}
