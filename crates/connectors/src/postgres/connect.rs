//! Opening a session that can only read, to the very address the guard has checked.

use std::{net::IpAddr, time::Duration};

use secrecy::ExposeSecret;
use sqlx::{
    Connection, PgConnection, Row,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::{net::TcpStream, time::timeout};

use super::{
    PostgresTarget,
    encryption::encrypted,
    frames::{Frames, Watched},
    words::translate,
};
use crate::{
    error::{ConnectorError, ErrorKind},
    guard::{self, GuardProof, Reason, ServerFacts, Target},
    limits::Limits,
    server::{TlsMode, first_that_answers, no_answer, proven, tunnel::Tunnel},
};

/// A connection inside a read-only transaction.
pub(super) struct Session {
    pub(super) connection: PgConnection,
    pub(super) system: String,
    pub(super) facts: ServerFacts,
    pub(super) warnings: Vec<Reason>,
    /// The transaction's snapshot as the server writes it.
    pub(super) snapshot: String,
    /// What is looked at on the way.
    pub(super) watched: Watched,
    /// Keeps the way to the checked address open as long as the connection.
    tunnel: Option<Tunnel>,
}

impl Session {
    pub(super) async fn open(
        target: &PostgresTarget,
        proof: &GuardProof,
        limits: &Limits,
    ) -> Result<Self, ConnectorError> {
        let system = target.system();
        let asked = Target::Postgres {
            host: target.host.clone(),
            port: target.port,
            database: target.database.clone(),
            user: target.user.clone(),
        };
        proven(proof, &asked, &system)?;
        let attempt = |address: IpAddr| async move {
            let watched = Watched::new(limits.max_field_bytes);
            match dial(target, address, &watched).await {
                Ok((connection, tunnel)) => Ok((connection, tunnel, watched)),
                Err(error) => {
                    let system = target.system();
                    Err(watched.explain(&system, translate(&system, &error)))
                }
            }
        };
        let (connection, tunnel, watched) = first_that_answers(&system, proof, limits, attempt).await?;
        let mut session = Self {
            connection,
            system,
            facts: ServerFacts::default(),
            warnings: Vec::new(),
            snapshot: String::new(),
            watched,
            tunnel,
        };
        match timeout(limits.connect, session.prepare(proof, limits)).await {
            Ok(Ok(())) => Ok(session),
            Ok(Err(error)) => Err(session.explain(error)),
            Err(_) => Err(no_answer(&session.system, limits.connect)),
        }
    }

    pub(super) async fn close(self) {
        let goodbye = async {
            let _ = self.connection.close().await;
            if let Some(mut tunnel) = self.tunnel {
                tunnel.ended().await;
            }
        };
        // Closing ends the transaction; nothing was written, so nothing is lost when it fails.
        let _ = timeout(Duration::from_secs(2), goodbye).await;
    }

    /// A connection that we cut off ourselves did not break by itself.
    pub(super) fn explain(&self, error: ConnectorError) -> ConnectorError {
        self.watched.explain(&self.system, error)
    }

    async fn prepare(&mut self, proof: &GuardProof, limits: &Limits) -> Result<(), ConnectorError> {
        self.restrict(limits).await.map_err(|error| translate(&self.system, &error))?;
        self.look_around().await.map_err(|error| translate(&self.system, &error))?;
        self.warnings = guard::check_server(&self.facts, proof.known())
            .map_err(|refusal| ConnectorError::new(ErrorKind::Refused, &self.system, refusal.to_string()))?;
        Ok(())
    }

    /// The session's own defaults first, so that nothing runs outside them; then the transaction. Names are
    /// looked up in the system catalogue only, so nobody's own function runs instead of a built-in one.
    async fn restrict(&mut self, limits: &Limits) -> Result<(), sqlx::Error> {
        sqlx::query(
            "select set_config('default_transaction_read_only', 'on', false),
                    set_config('statement_timeout', $1, false),
                    set_config('lock_timeout', '5s', false),
                    set_config('idle_in_transaction_session_timeout', '10min', false),
                    set_config('search_path', 'pg_catalog', false),
                    set_config('IntervalStyle', 'iso_8601', false),
                    set_config('bytea_output', 'hex', false)",
        )
        .bind(format!("{}ms", limits.wall.as_millis().clamp(1, i32::MAX as u128)))
        .persistent(false)
        .execute(&mut self.connection)
        .await?;
        // From PostgreSQL 14 on it looks while it works whether we are still there, so that what somebody stops ends at
        // the server, too. Not every system it runs on can.
        sqlx::query(
            "select set_config(name, '1s', false) from pg_settings where name = 'client_connection_check_interval'",
        )
        .persistent(false)
        .execute(&mut self.connection)
        .await
        .ok();
        // Not every role may know this; asked before the transaction, which a refusal would abort.
        self.facts.system_identifier = sqlx::query_scalar("select system_identifier::text from pg_control_system()")
            .persistent(false)
            .fetch_one(&mut self.connection)
            .await
            .ok();
        sqlx::query("begin isolation level repeatable read, read only")
            .persistent(false)
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }

    async fn look_around(&mut self) -> Result<(), sqlx::Error> {
        let row = sqlx::query(include_str!("facts.sql")).persistent(false).fetch_one(&mut self.connection).await?;
        self.facts.version = row.try_get("version")?;
        self.facts.cluster_name = row.try_get("cluster_name")?;
        self.facts.comment = row.try_get("comment")?;
        self.facts.in_recovery = row.try_get("in_recovery")?;
        self.facts.superuser = row.try_get("superuser")?;
        self.facts.can_write = row.try_get("can_write")?;
        self.snapshot = row.try_get("snapshot")?;
        Ok(())
    }
}

/// The way to an address the guard has checked.
async fn dial(
    target: &PostgresTarget,
    address: IpAddr,
    watched: &Watched,
) -> sqlx::Result<(PgConnection, Option<Tunnel>)> {
    let options = options(target);
    if !cfg!(unix) && target.tls != TlsMode::VerifyName {
        return Ok((PgConnection::connect_with(&options.host(&address.to_string())).await?, None));
    }
    let stream = TcpStream::connect((address, target.port)).await?;
    let file = format!(".s.PGSQL.{}", target.port);
    let tunnel = if target.tls == TlsMode::Off {
        Tunnel::open(stream, file, Frames::new(watched.clone(), false))?
    } else {
        Tunnel::open(encrypted(stream, target, address).await?, file, Frames::new(watched.clone(), true))?
    };
    // Where it is encrypted, it is so from the tunnel on.
    let options = options.host(&target.host).socket(tunnel.directory()).ssl_mode(PgSslMode::Disable);
    Ok((PgConnection::connect_with(&options).await?, Some(tunnel)))
}

/// Everything is set explicitly: nothing of the server's own environment decides about a connection.
fn options(target: &PostgresTarget) -> PgConnectOptions {
    let mode = match target.tls {
        TlsMode::Off => PgSslMode::Disable,
        TlsMode::Require => PgSslMode::Require,
        TlsMode::VerifyCa => PgSslMode::VerifyCa,
        TlsMode::VerifyName => PgSslMode::VerifyFull,
    };
    let options = PgConnectOptions::new_without_pgpass()
        .port(target.port)
        .username(&target.user)
        .password(target.password.expose_secret())
        .database(&target.database)
        .ssl_mode(mode)
        .application_name("plumbline-connector");
    match &target.root_certificate {
        Some(root) => options.ssl_root_cert_from_pem(root.pem().into()),
        None => options,
    }
}
