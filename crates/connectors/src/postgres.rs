//! PostgreSQL, read only three times over: the session's default, the transaction, and statements that only
//! select. Every value is cast to text by the server; whether a column is numeric its type says.

mod connect;
mod encryption;
mod frames;
mod words;

use std::{
    convert::identity,
    sync::{Arc, atomic::AtomicBool},
};

use secrecy::SecretString;
use sqlx::{Row, postgres::PgRow};

use self::{connect::Session, words::translate};
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
    sql::{quote_ident, vouched},
};

/// A table of a PostgreSQL database and how to get there. Cannot be serialised: it holds the password.
#[derive(Debug, Clone)]
pub struct PostgresTarget {
    /// Host name or address.
    pub host: String,
    /// Port, usually 5432.
    pub port: u16,
    /// Database.
    pub database: String,
    /// A role that can only read.
    pub user: String,
    /// Its password.
    pub password: SecretString,
    /// Encryption of the connection.
    pub tls: TlsMode,
    /// Certificates to trust in place of the system's.
    pub root_certificate: Option<RootCertificate>,
    /// Schema of the table.
    pub schema: String,
    /// Table or view.
    pub table: String,
}

impl PostgresTarget {
    /// How messages call it.
    pub(crate) fn system(&self) -> String {
        format!("{}:{}/{}", self.host, self.port, self.database)
    }
}

/// Connects, looks around and leaves.
pub async fn test_connection(
    target: &PostgresTarget,
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

/// Tables and views this role may read.
pub(crate) async fn catalogue(
    target: &PostgresTarget,
    guard: &GuardProof,
    limits: &Limits,
) -> Result<Vec<TableInfo>, ConnectorError> {
    let never = Arc::new(AtomicBool::new(false));
    let work = async {
        let mut session = Session::open(target, guard, limits).await?;
        let meter = Meter::new(&session.system, limits, &never);
        let columns = meter.wait(session.columns(None)).await.and_then(identity);
        let columns = columns.map_err(|error| session.explain(error));
        session.close().await;
        columns
    };
    let mut tables: Vec<TableInfo> = Vec::new();
    for column in contained(target, work).await? {
        let same = |table: &&mut TableInfo| table.schema.as_ref() == Some(&column.schema) && table.name == column.table;
        let info =
            ColumnInfo { name: column.name, type_name: column.type_name, nullable: !column.not_null, key: column.key };
        match tables.last_mut().filter(same) {
            Some(table) => table.columns.push(info),
            None => tables.push(TableInfo {
                schema: Some(column.schema),
                name: column.table,
                columns: vec![info],
                row_estimate: u64::try_from(column.row_estimate).ok(),
                tells_nullable: !column.is_view,
            }),
        }
    }
    Ok(tables)
}

/// Streams all rows of the table in one snapshot of the database.
pub(crate) async fn read(
    target: &PostgresTarget,
    guard: &GuardProof,
    limits: &Limits,
    first: Option<u64>,
    sink: &mut Sink<'_>,
    cancel: &Arc<AtomicBool>,
) -> Result<ReadSummary, ReadError> {
    let work = async {
        let mut meter = Meter::new(&target.system(), limits, cancel);
        let mut session = meter.wait(Session::open(target, guard, limits)).await??;
        let summary = session.read(target, limits, first, sink, &mut meter).await;
        let summary = summary.map_err(|error| match error {
            ReadError::Source(error) => session.explain(error).into(),
            other => other,
        });
        session.close().await;
        summary
    };
    contained(target, work).await
}

/// See [`server::contained`].
async fn contained<T, E: From<ConnectorError> + Discreet>(
    target: &PostgresTarget,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    server::contained(&target.system(), "PostgreSQL", &target.password, work).await
}

const DIALECT: Dialect<PgRow> = Dialect { value: |row, column, _| row.try_get(column), translate };

/// A column in the server's catalogue.
#[derive(sqlx::FromRow)]
struct Column {
    schema: String,
    table: String,
    row_estimate: i64,
    /// Of whose columns the server says nowhere that they are required.
    is_view: bool,
    name: String,
    type_name: String,
    /// Name of the type, of the type behind it for a domain.
    base_type: String,
    not_null: bool,
    key: bool,
}

impl Column {
    fn is_numeric(&self) -> bool {
        matches!(self.base_type.as_str(), "int2" | "int4" | "int8" | "float4" | "float8" | "numeric")
    }

    /// The value as text. Types without a small bound are cut one character behind the limit, so that a huge
    /// value is noticed without being sent.
    fn expression(&self, name: &str, limits: &Limits) -> String {
        let most = limits.max_field_bytes + 1;
        match self.base_type.as_str() {
            "bytea" => format!("encode(substr({name}::bytea, 1, {most}), 'hex')"),
            "int2" | "int4" | "int8" | "float4" | "float8" | "bool" | "date" | "timestamp" | "timestamptz" | "uuid" => {
                format!("{name}::text")
            }
            _ => format!("\"left\"({name}::text, {most})"),
        }
    }
}

impl Session {
    /// Columns of one table, or of all tables (at most 50 000 columns).
    async fn columns(&mut self, table: Option<(&str, &str)>) -> Result<Vec<Column>, ConnectorError> {
        let columns = sqlx::query_as(include_str!("postgres/columns.sql"))
            .bind(table.map(|(schema, _)| schema))
            .bind(table.map(|(_, table)| table))
            .persistent(false)
            .fetch_all(&mut self.connection)
            .await
            .map_err(|error| translate(&self.system, &error))?;
        self.watched.renew();
        Ok(columns)
    }

    async fn read(
        &mut self,
        target: &PostgresTarget,
        limits: &Limits,
        first: Option<u64>,
        sink: &mut Sink<'_>,
        meter: &mut Meter,
    ) -> Result<ReadSummary, ReadError> {
        let columns = meter.wait(self.columns(Some((&target.schema, &target.table)))).await??;
        if columns.is_empty() {
            return Err(meter.wait(self.missing_table(target)).await?.into());
        }
        let statement = select(&columns, limits, first)
            .ok_or_else(|| ConnectorError::bad_data(&self.system, "a name in the table holds a zero byte"))?;
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let fingerprint = self.fingerprint(target);

        let watched = self.watched.clone();
        let rows = sqlx::query(vouched(statement)).persistent(false).fetch(&mut self.connection);
        let has_value = pour(rows, &names, &DIALECT, meter, sink, || watched.renew()).await?;
        let numeric: Vec<bool> =
            columns.iter().zip(has_value).map(|(column, has_value)| column.is_numeric() && has_value).collect();
        Ok(ReadSummary {
            rows: meter.rows,
            bytes: meter.bytes,
            schema: schema(&names, &numeric),
            fingerprint,
            notes: Vec::new(),
        })
    }

    fn fingerprint(&self, target: &PostgresTarget) -> String {
        let system = self.facts.system_identifier.as_deref().unwrap_or("unknown");
        format!(
            "postgresql {} system={system} database={} table={}.{} snapshot={}",
            self.facts.version, target.database, target.schema, target.table, self.snapshot
        )
    }

    async fn missing_table(&mut self, target: &PostgresTarget) -> ConnectorError {
        let (schema, table) = (&target.schema, &target.table);
        let tables = match self.columns(None).await {
            Ok(columns) => columns,
            Err(error) => return error,
        };
        let mut names: Vec<String> =
            tables.into_iter().map(|column| format!("{}.{}", column.schema, column.table)).collect();
        names.dedup();
        let message = if names.is_empty() {
            format!("there is no table {schema}.{table} that this user may read, nor any other; grant it select")
        } else {
            format!("there is no table {schema}.{table} that this user may read; it may read {}", listed(&names))
        };
        ConnectorError::bad_data(&self.system, message)
    }
}

fn select(columns: &[Column], limits: &Limits, first: Option<u64>) -> Option<String> {
    let table = columns.first()?;
    let expressions: Option<Vec<String>> =
        columns.iter().map(|column| Some(column.expression(&quote_ident(&column.name)?, limits))).collect();
    let (schema, name) = (quote_ident(&table.schema)?, quote_ident(&table.table)?);
    let limit = first.map(|rows| format!(" limit {rows}")).unwrap_or_default();
    Some(format!("select {} from {schema}.{name}{limit}", expressions?.join(", ")))
}
