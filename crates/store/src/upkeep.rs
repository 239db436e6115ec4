//! What keeps the installation itself going: settings, online backup, the integrity check.

use crate::{
    ChainReport, Result, Store, StoreError,
    error::within,
    pool::{Pool, all, create_private, maybe, run},
};
use std::path::Path;

/// What the integrity check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrityReport {
    /// Complaints of the database itself; none is good.
    pub database: Vec<String>,
    /// The chain of each document.
    pub chains: Vec<ChainReport>,
}

impl IntegrityReport {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.database.is_empty() && self.chains.iter().all(|chain| chain.broken.is_none())
    }
}

impl Store {
    /// A setting of the installation.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_setting(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let mut conn = self.conn().await?;
        let row = maybe!(conn, "settings", (Vec<u8>,), "select value from settings where key = $1", key)?;
        Ok(row.map(|(value,)| value))
    }

    /// Keeps a setting unless there is one already; returns what stands there now. Of several servers
    /// that start at once, one decides.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn ensure_setting(&self, key: &str, value: &[u8]) -> Result<Vec<u8>> {
        let mut tx = self.write().await?;
        let sql = "insert into settings (key, value) values ($1, $2) on conflict (key) do nothing";
        run!(tx, "settings", sql, key, value)?;
        let row = maybe!(tx, "settings", (Vec<u8>,), "select value from settings where key = $1", key)?;
        tx.commit().await?;
        row.map(|(value,)| value).ok_or(StoreError::NotFound("setting"))
    }

    /// Keeps a setting, replacing what was there.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn write_setting(&self, key: &str, value: &[u8]) -> Result<()> {
        let mut tx = self.write().await?;
        let sql = "insert into settings (key, value)
values ($1, $2)
on conflict (key) do update set value = excluded.value";
        run!(tx, "settings", sql, key, value)?;
        tx.commit().await
    }

    /// Writes a consistent copy of the database to a file that does not exist yet, while work goes on.
    ///
    /// # Errors
    /// When the file exists or cannot be written; `Unsupported` on PostgreSQL, with what to do instead.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn backup_to(&self, file: &Path) -> Result<()> {
        let Pool::Sqlite { read, .. } = &self.pool else {
            return Err(StoreError::Unsupported(
                "a PostgreSQL database is backed up with its own tool: pg_dump --format=custom --file=plumbline.dump DATABASE",
            ));
        };
        let Some(target) = file.to_str() else {
            return Err(StoreError::Unsupported("the name of the backup file must be valid UTF-8"));
        };
        if file.exists() {
            return Err(StoreError::Conflict { constraint: "backup_file_exists".into() });
        }
        create_private(file)?;
        let copied = sqlx::query("vacuum into $1").bind(target).execute(read).await;
        if let Err(error) = copied {
            // Half a copy is worse than none; that it cannot be removed either adds nothing.
            let _ = std::fs::remove_file(file);
            return Err(within("backup")(error));
        }
        std::fs::File::open(file)?.sync_all()?;
        Ok(())
    }

    /// Asks the database whether it is sound (SQLite) and recomputes the chain of every document.
    ///
    /// # Errors
    /// When the database fails; what is wrong with the data is in the report.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn integrity(&self) -> Result<IntegrityReport> {
        let mut database = Vec::new();
        if let Pool::Sqlite { .. } = self.pool {
            let mut conn = self.conn().await?;
            let lines = all!(conn, "database", (String,), "select integrity_check from pragma_integrity_check")?;
            database.extend(lines.into_iter().map(|(line,)| line).filter(|line| line != "ok"));
            let sql = "select \"table\", count(*) from pragma_foreign_key_check group by 1";
            let orphans = all!(conn, "database", (String, i64), sql)?;
            let told = orphans.into_iter().map(|(table, n)| format!("{n} rows of {table} refer to rows that are gone"));
            database.extend(told);
        }
        let mut chains = Vec::new();
        for document in self.list_documents().await? {
            chains.push(self.verify_chain(document).await?);
        }
        Ok(IntegrityReport { database, chains })
    }
}
