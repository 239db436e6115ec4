//! The people of the demo. They have no passwords: they sign in with one-time
//! links that the operator asks for.

use crate::Error;
use domain::{PlanRole, SessionId, Slot, User, WorkspaceRole};
use secrecy::SecretString;
use uuid::Uuid;
use workbench::{Caller, Workbench};

/// Name, local part of the address, role in the plan, slot.
#[rustfmt::skip]
const PEOPLE: [(&str, &str, PlanRole, Option<Slot>); 8] = [
    ("Ana Novak", "ana.novak", PlanRole::Editor, None),
    ("Ines Castro", "ines.castro", PlanRole::Reviewer, Some(Slot::Sponsor)),
    ("Rui Barros", "rui.barros", PlanRole::Editor, Some(Slot::TechnicalLead)),
    ("Mira Kern", "mira.kern", PlanRole::Editor, Some(Slot::DataOwner)),
    ("Tom Silva", "tom.silva", PlanRole::Editor, Some(Slot::ProcessOwner)),
    ("Dana Whitlock", "dana.whitlock", PlanRole::Editor, Some(Slot::ChangeLead)),
    ("Kofi Mensah", "kofi.mensah", PlanRole::Reviewer, Some(Slot::Privacy)),
    ("Leila Haddad", "leila.haddad", PlanRole::Viewer, None),
];

/// The people, in the order of the list; the first owns the workspace.
pub(crate) struct People(Vec<User>);

impl People {
    /// Adds who is not there yet.
    pub async fn ensure(workbench: &Workbench) -> Result<Self, Error> {
        let operator = Caller::Operator;
        let known = workbench.list_people(&operator).await?;
        let mut people = Vec::new();
        for (n, (name, ..)) in PEOPLE.iter().enumerate() {
            let email = address(n);
            let user = match known.iter().find(|u| u.email.eq_ignore_ascii_case(&email)) {
                Some(user) => user.clone(),
                None => {
                    let role = if n == 0 { WorkspaceRole::Owner } else { WorkspaceRole::Member };
                    // None: who wants to sign in as one of them asks for a link.
                    workbench.add_person(&operator, name, &email, role, &SecretString::from("")).await?
                }
            };
            people.push(user);
        }
        Ok(Self(people))
    }

    /// Gives everybody their role and their slot.
    pub async fn take_part(&self, workbench: &Workbench, key: &str) -> Result<(), Error> {
        let ana = self.caller("Ana Novak")?;
        for (user, (_, _, role, _)) in self.0.iter().zip(PEOPLE) {
            workbench.set_member(&ana, key, user.id, Some(role)).await?;
        }
        for (user, (_, _, _, slot)) in self.0.iter().zip(PEOPLE) {
            if let Some(slot) = slot {
                workbench.set_slot(&ana, key, slot, &[user.id]).await?;
            }
        }
        Ok(())
    }

    /// Somebody as they would come through a session; no session is opened for it.
    pub fn caller(&self, name: &str) -> Result<Caller, Error> {
        let user = self.0.iter().find(|u| u.name == name).cloned().ok_or_else(|| Error::Dangling(name.into()))?;
        Ok(Caller::Person { user, session: SessionId(Uuid::nil()) })
    }
}

/// Address of the demo owner.
pub(crate) fn owner() -> String {
    address(0)
}

fn address(n: usize) -> String {
    format!("{}@harbour-outfitters.example", PEOPLE[n].1)
}
