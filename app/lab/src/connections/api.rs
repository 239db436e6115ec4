//! Server functions of the connections page. Uploads come through a plain route, as their size has
//! another bound.

use kit::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use views::{schema::SchemaPage, sync::ConnectionsPage};

/// The connections as a page of a plan.
#[server]
pub async fn load_connections(key: String) -> Result<ConnectionsPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.connections_page(&caller, &key).await?)
}

/// Connects to a file in a folder of the server.
#[server]
pub async fn connect_file(
    plan: String,
    name: String,
    instance: String,
    environment: String,
    path: String,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.connect_file(&caller, &plan, &name, &instance, &environment, &path).await?;
    kit::server::redirect(&format!("/p/{plan}/connections"));
    Ok(())
}

/// What the form of a database says.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Database {
    name: String,
    instance: String,
    environment: String,
    kind: String,
    host: String,
    port: String,
    database: String,
    user: String,
    password: String,
    tls: String,
    #[serde(default)]
    certificate: String,
}

/// Says nothing, so that the password is in no log by accident.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

/// Connects to a database. The password goes in and never comes out.
#[server]
pub async fn connect_database(plan: String, to: Database) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let form = workbench::DatabaseForm {
        name: &to.name,
        instance: &to.instance,
        environment: &to.environment,
        kind: &to.kind,
        host: &to.host,
        port: &to.port,
        database: &to.database,
        user: &to.user,
        password: &to.password,
        tls: &to.tls,
        certificate: &to.certificate,
    };
    workbench.connect_database(&caller, &plan, form).await?;
    kit::server::redirect(&format!("/p/{plan}/connections"));
    Ok(())
}

/// What the form of a REST service says.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Service {
    name: String,
    instance: String,
    environment: String,
    url: String,
    records: String,
    auth: String,
    identity: String,
    token_url: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    credentials: String,
    secret: String,
    paging: String,
    page_parameter: String,
    page_path: String,
    limit_parameter: String,
    page_size: String,
    #[serde(default)]
    first_page: String,
    #[serde(default)]
    certificate: String,
}

#[cfg(feature = "ssr")]
impl Service {
    fn form(&self) -> workbench::ServiceForm<'_> {
        workbench::ServiceForm {
            name: &self.name,
            instance: &self.instance,
            environment: &self.environment,
            url: &self.url,
            records: &self.records,
            auth: &self.auth,
            identity: &self.identity,
            token_url: &self.token_url,
            scope: &self.scope,
            credentials: &self.credentials,
            secret: &self.secret,
            paging: &self.paging,
            page_parameter: &self.page_parameter,
            page_path: &self.page_path,
            limit_parameter: &self.limit_parameter,
            page_size: &self.page_size,
            first_page: &self.first_page,
            certificate: &self.certificate,
        }
    }
}

/// Says nothing, so that the secret is in no log by accident.
impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}

/// Connects to a REST service. The secret goes in and never comes out.
#[server]
pub async fn connect_service(plan: String, to: Service) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.connect_service(&caller, &plan, to.form()).await?;
    kit::server::redirect(&format!("/p/{plan}/connections"));
    Ok(())
}

/// Puts a connection away together with its password.
#[server]
pub async fn remove_connection(plan: String, connection: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.disconnect(&caller, &plan, &connection).await?;
    kit::server::redirect(&format!("/p/{plan}/connections"));
    Ok(())
}

/// Gives a connection another name.
#[server]
pub async fn rename_connection(plan: String, connection: String, name: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.rename_connection(&caller, &plan, &connection, &name).await?;
    kit::server::redirect(&format!("/p/{plan}/connections"));
    Ok(())
}

/// Another password for a database, kept once the database took it.
#[server]
pub async fn change_secret(plan: String, connection: String, password: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.change_secret(&caller, &plan, &connection, &password.into()).await?;
    kit::server::redirect(&format!("/p/{plan}/connections"));
    Ok(())
}

/// Other certificates to trust, kept once the system was reached with them; nothing for none of its own.
#[server]
pub async fn change_certificate(plan: String, connection: String, certificate: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.change_certificate(&caller, &plan, &connection, &certificate).await?;
    kit::server::redirect(&format!("/p/{plan}/connections"));
    Ok(())
}

/// Asks again whether a connection is a test environment that answers.
#[server]
pub async fn test_connection(plan: String, connection: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.test_again(&caller, &plan, &connection).await?;
    kit::server::redirect(&format!("/p/{plan}/connections"));
    Ok(())
}

/// The tables of a connection; `table` is the one that is open, `object` what proposals are narrowed to.
#[server]
pub async fn load_schema(
    key: String,
    connection: String,
    table: String,
    object: String,
) -> Result<SchemaPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.schema_page(&caller, &key, &connection, &table, &object).await?)
}

/// Records columns of a table as fields of data points: names and points under the same keys.
#[server]
pub async fn record_columns(
    plan: String,
    connection: String,
    table: String,
    instance: String,
    #[server(default)] object: String,
    #[server(default)] columns: BTreeMap<String, String>,
    #[server(default)] points: BTreeMap<String, String>,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let point = |key: &String| points.get(key).cloned().unwrap_or_default();
    let chosen = columns.iter().map(|(key, column)| (column.clone(), point(key))).collect();
    let recorded = workbench.record_columns(&caller, &plan, &connection, &table, &instance, &chosen).await?;
    let (table, object) = (kit::next::encoded(&table), kit::next::encoded(&object));
    let to = format!("/p/{plan}/connections/{connection}?table={table}&object={object}&recorded={recorded}");
    kit::server::redirect(&to);
    Ok(())
}

/// Records what the system says of a column, or without its name of all in the table, in place of what `shown` says is
/// recorded.
#[server]
pub async fn take_over_columns(
    plan: String,
    connection: String,
    table: String,
    #[server(default)] object: String,
    #[server(default)] column: String,
    shown: String,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let taken = workbench.take_over_columns(&caller, &plan, &connection, &table, &column, &shown).await?;
    let (table, object) = (kit::next::encoded(&table), kit::next::encoded(&object));
    kit::server::redirect(&format!("/p/{plan}/connections/{connection}?table={table}&object={object}&taken={taken}"));
    Ok(())
}
