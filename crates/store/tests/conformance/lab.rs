//! A fresh database for one test, with a clock and ids that count up, and a way around the store for
//! tests that tamper.

use domain::{Document, DocumentId, Item, ItemId, Kind, PlanRole, Stamp, Timestamp, User, UserId, WorkspaceRole};
use serde_json::{Map, Value, json};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};
use std::{
    io::Write,
    path::PathBuf,
    sync::{
        Once,
        atomic::{AtomicI64, Ordering},
    },
};
use store::{AuditEntry, Location, NewPlan, Store};
use uuid::Uuid;

/// A store in a database of its own.
pub struct Lab {
    pub store: Store,
    pub location: Location,
    pub workspace: DocumentId,
    pub dir: tempfile::TempDir,
    raw: Raw,
    schema: Option<String>,
    clock: AtomicI64,
}

/// The database without the store.
pub enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

#[expect(clippy::disallowed_methods, reason = "the runner says where the test database is")]
fn postgres_url() -> Option<String> {
    std::env::var("PLUMBLINE_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

impl Lab {
    pub async fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("own.db");
        let location = Location::Sqlite(file.clone());
        let store = Store::open(&location).await.unwrap();
        let raw = Raw::Sqlite(SqlitePool::connect(&format!("sqlite:{}", file.display())).await.unwrap());
        Self::with(store, location, raw, None, dir).await
    }

    /// None without a server to test against, which is said where no test runner swallows it.
    pub async fn postgres(test: &str) -> Option<Self> {
        static SAID: Once = Once::new();
        let Some(url) = postgres_url() else {
            SAID.call_once(|| {
                let text = "skipped: PostgreSQL (scripts/with-postgres starts one for the tests)\n";
                std::io::stderr().write_all(text.as_bytes()).unwrap();
            });
            return None;
        };
        let schema = format!("t_{}_{}", std::process::id(), test.chars().take(40).collect::<String>());
        let outside = PgPool::connect(&url).await.unwrap();
        let create = format!("create schema {schema}");
        sqlx::query(AssertSqlSafe(create)).execute(&outside).await.unwrap();
        outside.close().await;
        let separator = if url.contains('?') { '&' } else { '?' };
        let inside = format!("{url}{separator}options[search_path]={schema}");
        let location = Location::Postgres(inside.clone());
        let store = Store::open(&location).await.unwrap();
        let raw = Raw::Postgres(PgPool::connect(&inside).await.unwrap());
        Some(Self::with(store, location, raw, Some(schema), tempfile::tempdir().unwrap()).await)
    }

    async fn with(store: Store, location: Location, raw: Raw, schema: Option<String>, dir: tempfile::TempDir) -> Self {
        let clock = AtomicI64::new(0);
        let mut lab = Self { store, location, workspace: DocumentId(Uuid::nil()), dir, raw, schema, clock };
        lab.workspace = lab.store.ensure_workspace(lab.id(), lab.now()).await.unwrap();
        lab
    }

    pub async fn close(self) {
        self.store.close().await;
        match (&self.raw, &self.schema) {
            (Raw::Sqlite(pool), _) => pool.close().await,
            (Raw::Postgres(pool), schema) => {
                let schema = schema.as_deref().unwrap();
                let drop = format!("drop schema {schema} cascade");
                sqlx::query(AssertSqlSafe(drop)).execute(pool).await.unwrap();
                pool.close().await;
            }
        }
    }

    /// One second later each time it is asked.
    pub fn now(&self) -> Timestamp {
        let second = 1_750_000_000 + self.clock.fetch_add(1, Ordering::SeqCst);
        Timestamp::new(second, 123_456_000).unwrap()
    }

    /// A new id of any type.
    pub fn id<T: From<Uuid>>(&self) -> T {
        let n = self.clock.fetch_add(1, Ordering::SeqCst);
        Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n as u128).into()
    }

    pub fn entry(&self, verb: &str) -> AuditEntry {
        AuditEntry::new(None, verb, self.now())
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.raw, Raw::Sqlite(_))
    }

    pub async fn user(&self, name: &str) -> UserId {
        self.user_with(name, WorkspaceRole::Member).await
    }

    pub async fn user_with(&self, name: &str, role: WorkspaceRole) -> UserId {
        let user = self.new_user(name, role);
        self.store.insert_user(&user, None, self.entry("user_added")).await.unwrap();
        user.id
    }

    pub fn new_user(&self, name: &str, role: WorkspaceRole) -> User {
        User {
            id: self.id(),
            name: name.into(),
            email: format!("{name}@example.org"),
            role,
            created_at: self.now(),
            disabled_at: None,
        }
    }

    /// A plan with one editor.
    pub async fn plan(&self, key: &str, editor: UserId) -> DocumentId {
        let document = self.id();
        let plan = NewPlan {
            document,
            key,
            created_by: Some(editor),
            created_at: self.now(),
            members: &[(editor, PlanRole::Editor)],
            items: &[],
        };
        self.store.insert_plan(&plan, &[self.entry("plan_started")]).await.unwrap();
        document
    }

    /// A term as `domain::apply` makes it. (Kinds are the same to the store.)
    pub fn term(&self, document: &Document, name: &str) -> Item {
        let fields: Map<String, Value> = [("name".to_owned(), json!(name))].into_iter().collect();
        let change = domain::Change::Add { item: self.id(), kind: Kind::Term, fields };
        domain::apply(document, &change, Stamp { by: None, at: self.now() }).unwrap()
    }

    /// Adds a term to a document and returns its id.
    pub async fn add_term(&self, document: DocumentId, name: &str) -> ItemId {
        let current = self.store.load_document(document).await.unwrap();
        let term = self.term(&current, name);
        let id = term.id;
        let line = self.entry("item_added").item(id);
        self.store.commit_changes(document, current.rev, &[term], &[line]).await.unwrap();
        id
    }

    /// Executes SQL behind the store's back; the error as text.
    pub async fn sql(&self, sql: &str) -> Result<u64, String> {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::raw_sql(sql).execute(pool).await.map(|done| done.rows_affected()),
            Raw::Postgres(pool) => sqlx::raw_sql(sql).execute(pool).await.map(|done| done.rows_affected()),
        }
        .map_err(|error| error.to_string())
    }

    /// Pairs of texts, read behind the store's back.
    pub async fn pairs(&self, sql: &str) -> Vec<(String, String)> {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
            Raw::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
        }
    }

    /// Switches the triggers of a table off, as somebody with access to the database could.
    pub async fn disarm(&self, table: &str) {
        let sql = if self.is_sqlite() {
            format!("drop trigger {table}_no_update; drop trigger {table}_no_delete")
        } else {
            format!("alter table {table} disable trigger user")
        };
        self.sql(&sql).await.unwrap();
    }

    /// A path for a file of this test.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}
