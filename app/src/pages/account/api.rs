//! Server functions of the account page.

use crate::AppError;
use domain::{SessionId, UserId, WorkspaceRole};
use leptos::prelude::*;
use views::people::Account;

/// The reader's sessions, and everybody for owners.
#[server]
pub async fn load_account() -> Result<Account, AppError> {
    let (workbench, caller) = crate::server::here()?;
    Ok(workbench.account(&caller).await?)
}

/// Ends one of the reader's sessions.
#[server]
pub async fn end_session(id: SessionId) -> Result<(), AppError> {
    let (workbench, caller) = crate::server::here()?;
    Ok(workbench.end_session(&caller, id).await?)
}

/// Changes the reader's password.
#[server]
pub async fn change_password(old: String, new: String) -> Result<(), AppError> {
    let (workbench, caller) = crate::server::here()?;
    Ok(workbench.change_password(&caller, &old.into(), &new.into()).await?)
}

/// Adds a person.
#[server]
pub async fn add_person(name: String, email: String, role: WorkspaceRole, password: String) -> Result<(), AppError> {
    let (workbench, caller) = crate::server::here()?;
    workbench.add_person(&caller, &name, &email, role, &password.into()).await?;
    Ok(())
}

/// Lets a person sign in no more.
#[server]
pub async fn disable_person(id: UserId) -> Result<(), AppError> {
    let (workbench, caller) = crate::server::here()?;
    Ok(workbench.disable_person(&caller, id).await?)
}
