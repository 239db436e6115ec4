//! A connection to the very address the guard has checked, through a tunnel that counts what the server sends.

use std::net::IpAddr;

use secrecy::ExposeSecret;
use sqlx::{
    ConnectOptions, Connection, MySqlConnection,
    mysql::{MySqlConnectOptions, MySqlSslMode},
};
use tokio::net::TcpStream;

use super::{MysqlTarget, words::translate};
use crate::{
    error::ConnectorError,
    guard::GuardProof,
    limits::Limits,
    server::{
        TlsMode, first_that_answers,
        tunnel::{Allowance, Tunnel},
    },
};

/// A connection and the way to it.
pub(super) struct Connected {
    pub(super) connection: MySqlConnection,
    pub(super) tunnel: Option<Tunnel>,
    pub(super) allowance: Allowance,
}

/// The way to one of the checked addresses.
pub(super) async fn connect(
    target: &MysqlTarget,
    proof: &GuardProof,
    limits: &Limits,
    system: &str,
) -> Result<Connected, ConnectorError> {
    let attempt =
        |address: IpAddr| async move { dial(target, address, limits).await.map_err(|error| translate(system, &error)) };
    first_that_answers(system, proof, limits, attempt).await
}

async fn dial(target: &MysqlTarget, address: IpAddr, limits: &Limits) -> sqlx::Result<Connected> {
    let allowance = Allowance::for_rows(limits.max_field_bytes);
    let options = options(target);
    if !cfg!(unix) && target.tls != TlsMode::VerifyName {
        let connection = MySqlConnection::connect_with(&options.host(&address.to_string())).await?;
        return Ok(Connected { connection, tunnel: None, allowance });
    }
    let stream = TcpStream::connect((address, target.port)).await?;
    let tunnel = Tunnel::open(stream, "mysql.sock".into(), allowance.clone())?;
    let options = options.host(&target.host).socket(tunnel.socket());
    let connection = MySqlConnection::connect_with(&options).await?;
    Ok(Connected { connection, tunnel: Some(tunnel), allowance })
}

/// Everything is set explicitly, and what the session is like we say ourselves once connected.
fn options(target: &MysqlTarget) -> MySqlConnectOptions {
    let mode = match target.tls {
        TlsMode::Off => MySqlSslMode::Disabled,
        TlsMode::Require => MySqlSslMode::Required,
        TlsMode::VerifyCa => MySqlSslMode::VerifyCa,
        TlsMode::VerifyName => MySqlSslMode::VerifyIdentity,
    };
    let mut options = MySqlConnectOptions::new()
        .port(target.port)
        .username(&target.user)
        .database(&target.database)
        .ssl_mode(mode)
        .enable_cleartext_plugin(false)
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .timezone(None)
        .set_names(false)
        .disable_statement_logging();
    // To a server an empty password is none.
    if !target.password.expose_secret().is_empty() {
        options = options.password(target.password.expose_secret());
    }
    match &target.root_certificate {
        Some(root) => options.ssl_ca_from_pem(root.pem().into()),
        None => options,
    }
}
