//! MySQL and MariaDB, read only three times over: the session's default, the transaction, and statements that only
//! select. The server renders every value as text, except floating point numbers: it would round those. Whether a
//! column is numeric its declared type says.

mod column;
mod connect;
mod grants;
mod session;
mod words;

use std::sync::{Arc, atomic::AtomicBool};

use secrecy::SecretString;
use sqlx::mysql::MySqlRow;

use self::{
    column::{Column, select},
    session::Session,
    words::translate,
};
use crate::{
    ColumnInfo, ReadSummary, RootCertificate, Sink, TableInfo,
    batch::schema,
    error::{ConnectorError, Discreet, ReadError, listed},
    guard::GuardProof,
    limits::{Limits, Meter},
    server::{
        self, ConnectionReport, TlsMode,
        rows::{Dialect, pour},
    },
    sql::vouched,
};

/// A table of a MySQL or MariaDB database and how to get there. Cannot be serialised: it holds the password.
#[derive(Debug, Clone)]
pub struct MysqlTarget {
    /// Host name or address.
    pub host: String,
    /// Port, usually 3306.
    pub port: u16,
    /// Database.
    pub database: String,
    /// A user who can only read.
    pub user: String,
    /// Their password.
    pub password: SecretString,
    /// Encryption of the connection.
    pub tls: TlsMode,
    /// Certificates to trust besides the system's.
    pub root_certificate: Option<RootCertificate>,
    /// Table or view of the database.
    pub table: String,
}

impl MysqlTarget {
    /// How messages call it.
    pub(crate) fn system(&self) -> String {
        format!("{}:{}/{}", self.host, self.port, self.database)
    }
}

/// Connects, looks around and leaves.
pub async fn test_connection(
    target: &MysqlTarget,
    guard: &GuardProof,
    limits: &Limits,
) -> Result<ConnectionReport, ConnectorError> {
    let work = async {
        let session = Session::open(target, guard, limits).await?;
        let report = ConnectionReport { facts: session.facts.clone(), warnings: session.warnings.clone() };
        session.close().await;
        Ok(report)
    };
    contained(target, work).await
}

/// Tables and views of the database this user may read.
pub(crate) async fn catalogue(
    target: &MysqlTarget,
    guard: &GuardProof,
    limits: &Limits,
) -> Result<Vec<TableInfo>, ConnectorError> {
    let never = Arc::new(AtomicBool::new(false));
    let work = async {
        let mut session = Session::open(target, guard, limits).await?;
        let meter = Meter::new(&session.system, limits, &never);
        let columns = meter.wait(session.columns(target, None)).await??;
        session.close().await;
        Ok(tables(columns))
    };
    contained(target, work).await
}

/// Streams all rows of the table in one snapshot of the database.
pub(crate) async fn read(
    target: &MysqlTarget,
    guard: &GuardProof,
    limits: &Limits,
    first: Option<u64>,
    sink: &mut Sink<'_>,
    cancel: &Arc<AtomicBool>,
) -> Result<ReadSummary, ReadError> {
    let work = async {
        let mut meter = Meter::new(&target.system(), limits, cancel);
        let mut session = meter.wait(Session::open(target, guard, limits)).await??;
        match session.read(target, limits, first, sink, &mut meter).await {
            Ok(summary) => {
                session.close().await;
                Ok(summary)
            }
            Err(error) => {
                let error = session.explain(error);
                session.end_query(target, guard, limits).await;
                Err(error)
            }
        }
    };
    contained(target, work).await
}

const DIALECT: Dialect<MySqlRow> = Dialect { value: column::value, translate };

impl Session {
    async fn read(
        &mut self,
        target: &MysqlTarget,
        limits: &Limits,
        first: Option<u64>,
        sink: &mut Sink<'_>,
        meter: &mut Meter,
    ) -> Result<ReadSummary, ReadError> {
        let columns = meter.wait(self.columns(target, Some(&target.table))).await??;
        if columns.is_empty() {
            return Err(meter.wait(self.missing_table(target)).await?.into());
        }
        let state = meter.wait(self.state(target)).await??;
        let statement = select(&columns, &target.table, limits, first)
            .ok_or_else(|| ConnectorError::bad_data(&self.system, "a name in the table holds a zero byte"))?;
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let allowance = self.allowance.clone();
        let rows = sqlx::query(vouched(statement)).persistent(false).fetch(&mut self.connection);
        let has_value = pour(rows, &names, &DIALECT, meter, sink, || allowance.renew()).await?;
        let mut notes = state.notes;
        notes.extend(meter.wait(self.warnings_of_the_read()).await??);
        let numeric: Vec<bool> =
            columns.iter().zip(has_value).map(|(column, has_value)| column.is_numeric() && has_value).collect();
        Ok(ReadSummary {
            rows: meter.rows,
            bytes: meter.bytes,
            schema: schema(&names, &numeric),
            fingerprint: state.fingerprint,
            notes,
        })
    }

    async fn missing_table(&mut self, target: &MysqlTarget) -> ConnectorError {
        let table = &target.table;
        let names: Vec<String> = match self.columns(target, None).await {
            Ok(columns) => tables(columns).into_iter().map(|table| table.name).collect(),
            Err(error) => return error,
        };
        let message = if names.is_empty() {
            format!("there is no table {table} that this user may read, nor any other; grant it select")
        } else {
            format!("there is no table {table} that this user may read; it may read {}", listed(&names))
        };
        ConnectorError::bad_data(&self.system, message)
    }
}

/// Columns in the order of their tables, put together.
fn tables(columns: Vec<Column>) -> Vec<TableInfo> {
    let mut tables: Vec<TableInfo> = Vec::new();
    for column in columns {
        let info =
            ColumnInfo { name: column.name, type_name: column.type_name, nullable: column.nullable, key: column.key };
        match tables.last_mut().filter(|table| table.name == column.table) {
            Some(table) => table.columns.push(info),
            None => tables.push(TableInfo {
                schema: None,
                name: column.table,
                columns: vec![info],
                row_estimate: column.row_estimate,
                tells_nullable: true,
            }),
        }
    }
    tables
}

/// See [`server::contained`].
async fn contained<T, E: From<ConnectorError> + Discreet>(
    target: &MysqlTarget,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    server::contained(&target.system(), "MySQL", &target.password, work).await
}
