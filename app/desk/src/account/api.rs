//! Server functions of the account page.

use domain::{SessionId, UserId, WorkspaceRole};
use kit::AppError;
use leptos::prelude::*;
use views::people::Account;

/// The reader's sessions, and everybody for owners.
#[server]
pub async fn load_account() -> Result<Account, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.account(&caller).await?)
}

/// Ends one of the reader's sessions.
#[server]
pub async fn end_session(id: SessionId) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.end_session(&caller, id).await?)
}

/// Changes the reader's password; their session goes on under another token.
#[server]
pub async fn change_password(#[server(default)] old: String, new: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let token = workbench.change_password(&caller, &old.into(), &new.into()).await?;
    kit::server::rotate(token);
    Ok(())
}

/// Adds a person; without a password they choose it by an invitation.
#[server]
pub async fn add_person(
    name: String,
    email: String,
    role: WorkspaceRole,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.add_person(&caller, &name, &email, role, &password.into()).await?;
    Ok(())
}

/// Lets a person sign in no more.
#[server]
pub async fn disable_person(id: UserId) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.disable_person(&caller, id).await?)
}

/// Lets a person in again.
#[server]
pub async fn enable_person(id: UserId) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.enable_person(&caller, id).await?)
}

/// Says what a person may do in the installation.
#[server]
pub async fn set_person_role(id: UserId, role: WorkspaceRole) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.set_person_role(&caller, id, role).await?)
}
