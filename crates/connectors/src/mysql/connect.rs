//! A connection to the very address the guard has checked, through a tunnel that counts what the server sends.

use secrecy::ExposeSecret;
use sqlx::{
    ConnectOptions, Connection, MySqlConnection,
    mysql::{MySqlConnectOptions, MySqlSslMode},
};
use tokio::{net::TcpStream, time::timeout};

use super::{MysqlTarget, words::translate};
use crate::{
    error::{ConnectorError, ErrorKind},
    guard::GuardProof,
    limits::Limits,
    server::{
        TlsMode, no_answer,
        tunnel::{Allowance, Tunnel},
    },
};

/// A connection and the way to it.
pub(super) struct Connected {
    pub(super) connection: MySqlConnection,
    pub(super) tunnel: Option<Tunnel>,
    pub(super) allowance: Allowance,
}

/// Tries the checked addresses one after the other. The name is never resolved again.
pub(super) async fn connect(
    target: &MysqlTarget,
    proof: &GuardProof,
    limits: &Limits,
    system: &str,
) -> Result<Connected, ConnectorError> {
    /// A row may be larger than a field, and the driver keeps it whole: but not without end.
    const SMALLEST_ROW_LIMIT: u64 = 64 << 20;
    let allowance = Allowance::new(SMALLEST_ROW_LIMIT.max(4 * limits.max_field_bytes as u64));
    let mut failure = no_answer(system, limits.connect);
    for address in proof.addresses() {
        let attempt = async {
            let options = options(target);
            if !cfg!(unix) && target.tls != TlsMode::VerifyName {
                let connection = MySqlConnection::connect_with(&options.host(&address.to_string())).await?;
                return Ok(Connected { connection, tunnel: None, allowance: allowance.clone() });
            }
            let stream = TcpStream::connect((*address, target.port)).await?;
            let tunnel = Tunnel::open(stream, "mysql.sock".into(), Some(allowance.clone()))?;
            let options = options.host(&target.host).socket(tunnel.socket());
            let connection = MySqlConnection::connect_with(&options).await?;
            Ok(Connected { connection, tunnel: Some(tunnel), allowance: allowance.clone() })
        };
        match timeout(limits.connect, attempt).await {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(error)) => failure = translate(system, &error),
            Err(_) => failure = no_answer(system, limits.connect),
        }
        if failure.kind == ErrorKind::Denied {
            break;
        }
    }
    Err(failure)
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
        Some(path) => options.ssl_ca(path),
        None => options,
    }
}
