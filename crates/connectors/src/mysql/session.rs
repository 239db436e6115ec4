//! A session that can only read, what the server says about itself, and what identifies the state that is read.

use std::{collections::BTreeSet, time::Duration};

use sha2::{Digest, Sha256};
use sqlx::{Connection, MySqlConnection, Row, mysql::MySqlRow};
use tokio::time::timeout;

use super::{
    MysqlTarget,
    column::Column,
    connect::{Connected, connect},
    grants,
    words::translate,
};
use crate::{
    error::{ConnectorError, ErrorKind, ReadError, cut},
    fingerprint::fingerprint,
    guard::{self, GuardProof, Reason, ServerFacts, Target},
    limits::Limits,
    server::{
        no_answer, proven, too_much,
        tunnel::{Allowance, Tunnel},
    },
    sql::vouched,
};

/// A connection inside a read-only transaction.
pub(super) struct Session {
    pub(super) connection: MySqlConnection,
    pub(super) system: String,
    pub(super) facts: ServerFacts,
    pub(super) warnings: Vec<Reason>,
    /// What the server may send before a row is complete.
    pub(super) allowance: Allowance,
    /// The server's number of this connection.
    id: u64,
    is_mariadb: bool,
    /// Keeps the way to the checked address open as long as the connection.
    _tunnel: Option<Tunnel>,
}

/// Which state of the table is read.
pub(super) struct State {
    pub(super) fingerprint: String,
    pub(super) notes: Vec<String>,
}

impl Session {
    pub(super) async fn open(
        target: &MysqlTarget,
        proof: &GuardProof,
        limits: &Limits,
    ) -> Result<Self, ConnectorError> {
        let system = target.system();
        let asked = Target::Mysql {
            host: target.host.clone(),
            port: target.port,
            database: target.database.clone(),
            user: target.user.clone(),
        };
        proven(proof, &asked, &system)?;
        let Connected { connection, tunnel, allowance } = connect(target, proof, limits, &system).await?;
        let mut session = Self {
            connection,
            system,
            facts: ServerFacts::default(),
            warnings: Vec::new(),
            allowance,
            id: 0,
            is_mariadb: false,
            _tunnel: tunnel,
        };
        match timeout(limits.connect, session.prepare(proof, limits)).await {
            Ok(Ok(())) => Ok(session),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(no_answer(&session.system, limits.connect)),
        }
    }

    pub(super) async fn close(self) {
        // Closing ends the transaction; nothing was written, so nothing is lost when it fails.
        let _ = timeout(Duration::from_secs(2), self.connection.close()).await;
    }

    /// Leaves in the middle of an answer. The server would go on working on it until it next sends something, so
    /// it is told to stop, on a second connection to the same address.
    pub(super) async fn end_query(self, target: &MysqlTarget, proof: &GuardProof, limits: &Limits) {
        const LONGEST: Duration = Duration::from_secs(1);
        let (id, system) = (self.id, self.system.clone());
        drop(self);
        let kill = async {
            let mut second = connect(target, proof, limits, &system).await?;
            let told = sqlx::raw_sql(vouched(format!("kill query {id}"))).execute(&mut second.connection).await;
            let _ = second.connection.close().await;
            told.map_err(|error| translate(&system, &error))
        };
        // Where it cannot be told, it notices that nobody listens, or its own time limit.
        let _ = timeout(LONGEST, kill).await;
    }

    /// A connection that we cut off ourselves did not break by itself.
    pub(super) fn explain(&self, error: ReadError) -> ReadError {
        match error {
            ReadError::Source(_) if self.allowance.is_used_up() => too_much(&self.system, self.allowance.most()).into(),
            other => other,
        }
    }

    async fn prepare(&mut self, proof: &GuardProof, limits: &Limits) -> Result<(), ConnectorError> {
        self.restrict(limits).await.map_err(|error| translate(&self.system, &error))?;
        self.look_around().await.map_err(|error| translate(&self.system, &error))?;
        self.warnings = guard::check_server(&self.facts, proof.known())
            .map_err(|refusal| ConnectorError::new(ErrorKind::Refused, &self.system, refusal.to_string()))?;
        Ok(())
    }

    /// Read only first, so that nothing runs otherwise; then what the text of values and statements depends on,
    /// and what would leave out rows; then the time limit and the transaction.
    async fn restrict(&mut self, limits: &Limits) -> Result<(), sqlx::Error> {
        self.say("set session transaction isolation level repeatable read, read only").await?;
        self.say("set names utf8mb4").await?;
        self.say(
            "set session sql_mode = '',
                 session time_zone = '+00:00',
                 session sql_select_limit = 18446744073709551615,
                 session sql_big_selects = 1,
                 session lock_wait_timeout = 5,
                 session net_write_timeout = 600,
                 session wait_timeout = 600",
        )
        .await?;
        self.facts.version = self.ask("select cast(version() as char)").await?;
        self.is_mariadb = self.facts.version.to_ascii_lowercase().contains("mariadb");
        let wall = limits.wall.as_millis().clamp(1, i32::MAX as u128);
        let time_limit = if self.is_mariadb {
            format!("set session max_statement_time = {}.{:03}", wall / 1000, wall % 1000)
        } else {
            format!("set session max_execution_time = {wall}")
        };
        sqlx::raw_sql(vouched(time_limit)).execute(&mut self.connection).await?;
        self.say("start transaction with consistent snapshot, read only").await
    }

    async fn look_around(&mut self) -> Result<(), sqlx::Error> {
        self.id = sqlx::query("select cast(connection_id() as unsigned)")
            .persistent(false)
            .fetch_one(&mut self.connection)
            .await?
            .try_get_unchecked(0)?;
        self.facts.cluster_name = self.ask("select cast(@@hostname as char)").await?;
        // A variable with values of its own in newer versions of MariaDB.
        let read_only = self.ask("select cast(@@global.read_only as char)").await?;
        self.facts.in_recovery = !matches!(read_only.as_str(), "0" | "OFF");
        // What a version does not know is left out.
        let identifier = if self.is_mariadb { "select @@global.server_uid" } else { "select @@global.server_uuid" };
        self.facts.system_identifier = self.ask(identifier).await.ok().filter(|identifier| !identifier.is_empty());
        if self.is_mariadb {
            let comment = "select schema_comment from information_schema.schemata where schema_name = database()";
            self.facts.comment = self.ask(comment).await.unwrap_or_default();
        }
        let granted = sqlx::raw_sql("show grants").fetch_all(&mut self.connection).await?;
        let lines: Result<Vec<String>, _> = granted.iter().map(|row| row.try_get_unchecked(0)).collect();
        let rights = grants::rights(&lines?);
        // What roles add need not stand in the lines of the grants; of this database the catalogue tells it.
        let writable = "select cast(exists (
                          select 1
                          from information_schema.columns c
                          where c.table_schema = database()
                            and (find_in_set('insert', c.privileges) > 0 or find_in_set('update', c.privileges) > 0)
                        ) as char)";
        self.facts.superuser = rights.superuser;
        self.facts.can_write = rights.can_write || self.ask(writable).await? == "1";
        Ok(())
    }

    /// Columns of one table, or of all tables of the database (at most 50 000 columns).
    pub(super) async fn columns(
        &mut self,
        target: &MysqlTarget,
        table: Option<&str>,
    ) -> Result<Vec<Column>, ConnectorError> {
        let rows = sqlx::query(include_str!("columns.sql"))
            .bind(&target.database)
            .bind(table)
            .bind(table)
            .persistent(false)
            .fetch_all(&mut self.connection)
            .await;
        let columns = rows.and_then(|rows| rows.iter().map(Column::from_row).collect::<Result<Vec<_>, _>>());
        let mut columns = columns.map_err(|error| translate(&self.system, &error))?;
        self.allowance.renew();
        // The catalogue compares names without regard to case.
        columns.retain(|column| table.is_none_or(|table| column.table == table));
        Ok(columns)
    }

    /// What identifies the state that the transaction sees, as far as the server tells.
    pub(super) async fn state(&mut self, target: &MysqlTarget) -> Result<State, ConnectorError> {
        let found = self.find_state(target).await.map_err(|error| translate(&self.system, &error))?;
        let (position, engine) = found;
        let mut notes = Vec::new();
        if let Some(engine) = engine.filter(|engine| !engine.eq_ignore_ascii_case("innodb")) {
            notes.push(format!(
                "the table is kept by {}, which knows no snapshots: rows may be of different moments",
                cut(&engine)
            ));
        }
        if position.is_none() {
            notes.push("the server tells nothing that identifies the state that was read".into());
        }
        let kind = if self.is_mariadb { "mariadb" } else { "mysql" };
        let server = self.facts.system_identifier.as_deref().unwrap_or("unknown");
        let fingerprint = format!(
            "{kind} {} server={server} database={} table={} {}",
            self.facts.version,
            target.database,
            target.table,
            position.as_deref().unwrap_or("state=unknown")
        );
        Ok(State { fingerprint, notes })
    }

    /// The position in the log of changes: exact in MariaDB; in MySQL as of just after the snapshot began. Else when
    /// the table was changed last, as far as the server remembers. Beside it what keeps the table (nothing for a view).
    async fn find_state(&mut self, target: &MysqlTarget) -> Result<(Option<String>, Option<String>), sqlx::Error> {
        let table: Option<MySqlRow> = sqlx::query(
            "select cast(t.engine as char), cast(t.update_time as char)
             from information_schema.tables t
             where t.table_schema = ? and binary t.table_name = ?",
        )
        .bind(&target.database)
        .bind(&target.table)
        .persistent(false)
        .fetch_optional(&mut self.connection)
        .await?;
        let (engine, changed): (Option<String>, Option<String>) = match table {
            Some(row) => (row.try_get_unchecked(0)?, row.try_get_unchecked(1)?),
            None => (None, None),
        };
        let position = if self.is_mariadb { self.mariadb_position().await? } else { self.mysql_position().await? };
        Ok((position.or_else(|| changed.map(|moment| format!("changed={moment}"))), engine))
    }

    async fn mariadb_position(&mut self) -> Result<Option<String>, sqlx::Error> {
        let rows =
            sqlx::raw_sql("show session status like 'binlog_snapshot_%'").fetch_all(&mut self.connection).await?;
        let (mut file, mut position) = (String::new(), String::new());
        for row in rows {
            let (name, value): (String, String) = (row.try_get_unchecked(0)?, row.try_get_unchecked(1)?);
            match name.to_ascii_lowercase().as_str() {
                "binlog_snapshot_file" => file = value,
                "binlog_snapshot_position" => position = value,
                _ => {}
            }
        }
        Ok((!file.is_empty()).then(|| format!("log={file}:{position}")))
    }

    async fn mysql_position(&mut self) -> Result<Option<String>, sqlx::Error> {
        const LONGEST: usize = 200;
        let executed = self.ask("select @@global.gtid_executed").await?;
        let executed: String = executed.split_whitespace().collect();
        // A long history of servers is as good as its hash.
        let shown =
            if executed.len() > LONGEST { fingerprint(Sha256::new().chain_update(&executed)) } else { executed };
        Ok((!shown.is_empty()).then(|| format!("gtid={shown}")))
    }

    /// What the server said about the statement before. A value it left out makes the reading wrong. The words of a
    /// warning are not repeated: they hold values.
    pub(super) async fn warnings_of_the_read(&mut self) -> Result<Option<String>, ConnectorError> {
        /// A result was too large for a packet and became NULL.
        const LEFT_OUT: u16 = 1301;
        let rows = sqlx::raw_sql("show warnings limit 100").fetch_all(&mut self.connection).await;
        let codes =
            rows.and_then(|rows| rows.iter().map(|row| row.try_get_unchecked(1)).collect::<Result<BTreeSet<u16>, _>>());
        let codes = codes.map_err(|error| translate(&self.system, &error))?;
        if codes.contains(&LEFT_OUT) {
            let message = "a value is too large for the server to send, which gave NULL instead; leave its column out";
            return Err(ConnectorError::new(ErrorKind::Limit, &self.system, message));
        }
        let codes: Vec<String> = codes.iter().map(u16::to_string).collect();
        Ok((!codes.is_empty()).then(|| format!("the server warned while it was read (code {})", codes.join(", "))))
    }

    async fn say(&mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(statement).execute(&mut self.connection).await.map(drop)
    }

    /// One text; NULL is the empty one.
    async fn ask(&mut self, statement: &'static str) -> Result<String, sqlx::Error> {
        let row = sqlx::query(statement).persistent(false).fetch_one(&mut self.connection).await?;
        Ok(row.try_get_unchecked::<Option<String>, _>(0)?.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::str::FromStr;

    use sqlx::mysql::MySqlConnectOptions;

    use super::{MysqlTarget, Session, Target, translate, vouched};
    use crate::{
        ErrorKind, Limits, TlsMode,
        guard::{AllowList, Declared, Environment, KnownProduction, check_connection},
    };

    #[expect(clippy::disallowed_methods, reason = "the test runner names the server this way")]
    #[tokio::test]
    async fn mariadb_itself_refuses_to_write_even_for_an_administrator() {
        let url = std::env::var("PLUMBLINE_TEST_MARIADB_URL");
        let url = url.unwrap_or_else(|_| {
            panic!("PLUMBLINE_TEST_MARIADB_URL is not set; run this with scripts/with-mariadb");
        });
        let options = MySqlConnectOptions::from_str(&url).unwrap();
        let (start, _) = url.rsplit_once('@').unwrap();
        let target = MysqlTarget {
            host: options.get_host().into(),
            port: options.get_port(),
            database: options.get_database().unwrap().into(),
            user: options.get_username().into(),
            password: start.rsplit_once(':').unwrap().1.into(),
            tls: TlsMode::Off,
            root_certificate: None,
            table: String::new(),
        };
        let (host, port) = (target.host.clone(), target.port);
        let declared = Declared {
            name: "test server".into(),
            environment: Environment::Test,
            target: Target::Mysql { host, port, database: target.database.clone(), user: target.user.clone() },
            known: KnownProduction::default(),
        };
        let proof = check_connection(&declared, &AllowList::parse(&["127.0.0.1", "::1"]).unwrap()).await.unwrap();
        let mut session = Session::open(&target, &proof, &Limits::default()).await.unwrap();
        let warned: Vec<&str> = session.warnings.iter().map(|warning| warning.signal.as_str()).collect();
        assert_eq!(warned, ["superuser", "can-write"]);
        for statement in [
            "create table plumbline_written (a int)",
            "create database plumbline_written",
            "drop table if exists plumbline_written",
            "update mysql.time_zone set use_leap_seconds = 'N' where time_zone_id = 4000000000",
            "delete from mysql.time_zone where time_zone_id = 4000000000",
        ] {
            // The mark lets it pass the look at everything connectors ask for (scripts/statements.mjs).
            let marked = vouched(format!("/* to be refused by the server */ {statement}"));
            let error = sqlx::raw_sql(marked).execute(&mut session.connection).await.unwrap_err();
            let error = translate("here", &error);
            assert_eq!(error.kind, ErrorKind::Refused, "{statement}: {error}");
            assert_eq!(error.message, "something in it tried to write; only reading is possible");
        }
        session.close().await;
    }
}
