//! People and what they may do.

use crate::{Invalid, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What a person may do in the whole installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceRole {
    /// Takes part in the plans shared with them, and may start plans.
    Member,
    /// Also manages people, connections and every plan.
    Owner,
}

impl WorkspaceRole {
    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Owner => "owner",
        }
    }
}

/// What a person may do in one plan. Each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanRole {
    /// Reads and exports.
    Viewer,
    /// Also comments and approves the slots assigned to them.
    Reviewer,
    /// Also edits, runs checks, opens reviews and sees values of protected data points.
    Editor,
}

impl PlanRole {
    /// Every role, weakest first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Reviewer, Self::Editor];

    /// What a form says: a role by its code, or nothing for none.
    ///
    /// # Errors
    /// When it is no role.
    pub fn from_form(code: &str) -> Result<Option<Self>, Invalid> {
        match code {
            "" => Ok(None),
            code => match Self::ALL.into_iter().find(|role| role.code() == code) {
                Some(role) => Ok(Some(role)),
                None => Err(Invalid::new("role", "must be viewer, reviewer or editor")),
            },
        }
    }

    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Reviewer => "reviewer",
            Self::Editor => "editor",
        }
    }
}

/// A person as others see them. Carries no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Shown everywhere, printed on signatures.
    pub name: String,
    /// Signs in with it; unique without regard to case.
    pub email: String,
    /// Role in the installation.
    pub role: WorkspaceRole,
    /// When they were added.
    pub created_at: Timestamp,
    /// Set when they may no longer sign in.
    pub disabled_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::PlanRole;

    #[test]
    fn a_mistyped_role_takes_nobody_off_a_plan() {
        assert_eq!(PlanRole::from_form(""), Ok(None));
        assert_eq!(PlanRole::from_form("editor"), Ok(Some(PlanRole::Editor)));
        assert!(PlanRole::from_form("Editor").is_err());
    }
}
