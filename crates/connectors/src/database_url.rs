//! Databases named on the command line: `postgres://user@host:port/database?sslmode=require#schema.table`,
//! `mysql://user@host/database#table`. Everything that is not listed here is refused: an option of a driver could
//! open a file or switch off a check.

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

use crate::{
    MysqlTarget, PostgresTarget, Source, TlsMode,
    error::{ConnectorError, ErrorKind},
    guard::{GuardProof, Target},
};

/// Kinds of database servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    Mysql,
}

/// A table of a database and how to get there.
#[derive(Debug, Clone)]
pub struct DatabaseUrl {
    /// What answers there.
    pub kind: DatabaseKind,
    /// Host name or address, as written.
    pub host: String,
    /// Port; where none is written the usual one.
    pub port: u16,
    /// Database.
    pub database: String,
    /// User.
    pub user: String,
    /// Password, where one is written.
    pub password: Option<SecretString>,
    /// Encryption; where nothing is written the certificate is checked and that it is for this host.
    pub tls: TlsMode,
    /// Schema of the table; empty for a kind of database that has none.
    pub schema: String,
    /// Table or view.
    pub table: String,
}

/// Whether this is meant to be the URL of a database, and not a file.
pub fn is_database(text: &str) -> bool {
    kind(text).is_some()
}

fn kind(text: &str) -> Option<DatabaseKind> {
    match text.split_once("://")?.0.to_ascii_lowercase().as_str() {
        "postgres" | "postgresql" => Some(DatabaseKind::Postgres),
        "mysql" | "mariadb" => Some(DatabaseKind::Mysql),
        _ => None,
    }
}

impl DatabaseUrl {
    /// Takes a URL apart; connects to nothing. The message of an error never holds the URL, because a password may
    /// stand in it.
    pub fn parse(text: &str) -> Result<Self, ConnectorError> {
        let wrong = |reason: &str| ConnectorError::bad_data("the database URL", reason);
        let kind = kind(text).ok_or_else(|| wrong("it begins with postgres:// or mysql://"))?;
        // The library would silently leave some of these out.
        if text.chars().any(char::is_control) || text.trim() != text {
            return Err(wrong("it holds a blank at an end or a control character; write those as %20 and the like"));
        }
        let url = Url::parse(text).map_err(|error| wrong(&format!("it cannot be read ({error})")))?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong("it names no host"))?.to_owned();
        let user = decoded(url.username(), "user")?;
        if user.is_empty() {
            return Err(wrong("it names no user; write user@ in front of the host"));
        }
        let database = decoded(url.path().trim_start_matches('/'), "database")?;
        if database.is_empty() || url.path().matches('/').count() != 1 {
            return Err(wrong("it names no database; write /database after the host"));
        }
        let fragment = url.fragment().filter(|table| !table.is_empty());
        let named = fragment.ok_or_else(|| wrong("it names no table; write #table at the end"))?;
        let (schema, table) = match kind {
            // A point that belongs to a name is written as %2E.
            DatabaseKind::Postgres => named.split_once('.').unwrap_or(("public", named)),
            DatabaseKind::Mysql => ("", named),
        };
        let usual_port = match kind {
            DatabaseKind::Postgres => 5432,
            DatabaseKind::Mysql => 3306,
        };
        Ok(Self {
            kind,
            host,
            port: url.port().unwrap_or(usual_port),
            database,
            user,
            password: url.password().map(|password| decoded(password, "password")).transpose()?.map(SecretString::from),
            tls: tls(&url)?,
            schema: decoded(schema, "schema")?,
            table: decoded(table, "table")?,
        })
    }

    /// What the guard is asked about.
    pub fn target(&self) -> Target {
        let (host, port, database, user) = (self.host.clone(), self.port, self.database.clone(), self.user.clone());
        match self.kind {
            DatabaseKind::Postgres => Target::Postgres { host, port, database, user },
            DatabaseKind::Mysql => Target::Mysql { host, port, database, user },
        }
    }

    /// What to read, with the guard's proof for [`DatabaseUrl::target`]. A password in the URL wins over `password`.
    pub fn source(self, proof: GuardProof, password: Option<&SecretString>) -> Source {
        let password = self.password.or_else(|| password.cloned()).unwrap_or_else(|| SecretString::from(String::new()));
        let (host, port, database, user, tls) = (self.host, self.port, self.database, self.user, self.tls);
        let (schema, table, root_certificate) = (self.schema, self.table, None);
        let guard = Box::new(proof);
        match self.kind {
            DatabaseKind::Postgres => {
                let target =
                    PostgresTarget { host, port, database, user, password, tls, root_certificate, schema, table };
                Source::Postgres { target, guard }
            }
            DatabaseKind::Mysql => {
                let target = MysqlTarget { host, port, database, user, password, tls, root_certificate, table };
                Source::Mysql { target, guard }
            }
        }
    }
}

fn decoded(text: &str, what: &str) -> Result<String, ConnectorError> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_| {
        ConnectorError::bad_data("the database URL", format!("its {what} is not UTF-8 once %-signs are decoded"))
    })
}

fn tls(url: &Url) -> Result<TlsMode, ConnectorError> {
    const MODES: &str = "disable, require, verify-ca or verify-full";
    let refused = |message: String| ConnectorError::new(ErrorKind::Refused, "the database URL", message);
    let mut found = None;
    for (name, value) in url.query_pairs() {
        if name != "sslmode" {
            return Err(refused(format!(
                "the option `{}` is not known here; only sslmode is",
                crate::error::cut(&name)
            )));
        }
        let mode = match value.as_ref() {
            "disable" => TlsMode::Off,
            "require" => TlsMode::Require,
            "verify-ca" => TlsMode::VerifyCa,
            "verify-full" => TlsMode::VerifyName,
            other => return Err(refused(format!("sslmode is `{}`; it is {MODES}", crate::error::cut(other)))),
        };
        if found.replace(mode).is_some() {
            return Err(refused("sslmode is given twice; once is enough".into()));
        }
    }
    Ok(found.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use secrecy::ExposeSecret;

    use super::{DatabaseKind, DatabaseUrl, is_database};
    use crate::TlsMode;

    #[test]
    fn a_url_is_taken_apart() {
        let url =
            DatabaseUrl::parse("postgres://reader@db.test.example:5433/crm?sslmode=require#sales.customers").unwrap();
        assert_eq!((url.kind, url.host.as_str(), url.port), (DatabaseKind::Postgres, "db.test.example", 5433));
        assert_eq!((url.user.as_str(), url.database.as_str(), url.tls), ("reader", "crm", TlsMode::Require));
        assert_eq!((url.schema.as_str(), url.table.as_str()), ("sales", "customers"));
        assert!(url.password.is_none());
        let url = DatabaseUrl::parse("postgresql://a%40b:p%23%2F@[fd00::5]/crm#odd%2Ename%23").unwrap();
        assert_eq!((url.user.as_str(), url.host.as_str(), url.port), ("a@b", "[fd00::5]", 5432));
        assert_eq!(url.password.unwrap().expose_secret(), "p#/");
        assert_eq!((url.schema.as_str(), url.table.as_str(), url.tls), ("public", "odd.name#", TlsMode::VerifyName));
        let url = DatabaseUrl::parse("mariadb://reader@10.1.2.3/crm#a.b `c` größe").unwrap();
        assert_eq!((url.kind, url.port, url.schema.as_str()), (DatabaseKind::Mysql, 3306, ""));
        assert_eq!(url.table, "a.b `c` größe");
        assert!(is_database("MySQL://x") && !is_database("mysql.csv") && !is_database("http://x/a.csv"));
    }

    #[test]
    fn what_is_missing_or_unknown_is_refused_and_no_password_told() {
        for (text, words) in [
            ("mysql://host/crm#t", "no user"),
            ("mysql://u:secret@/crm#t", "host"),
            ("mysql://u:secret@host#t", "no database"),
            ("mysql://u:secret@host/#t", "no database"),
            ("mysql://u:secret@host/a/b#t", "no database"),
            ("mysql://u:secret@host/crm", "no table"),
            ("mysql://u:secret@host/crm#", "no table"),
            ("mysql://u:secret@host:99999/crm#t", "cannot be read"),
            ("mysql://u:secret@host/crm?sslmode=off#t", "sslmode is `off`"),
            ("mysql://u:secret@host/crm?sslmode=disable&sslmode=require#t", "twice"),
            ("mysql://u:secret@host/crm?ssl-mode=DISABLED#t", "`ssl-mode` is not known"),
            ("mysql://u:secret@host/crm?socket=/tmp/x#t", "`socket` is not known"),
            ("postgres://u:secret@host/crm?options=-c%20x#t", "`options` is not known"),
            ("postgres://u:secret@host/crm?host=/tmp#t", "`host` is not known"),
            ("postgres://u:secret@host/crm?sslrootcert=/etc/passwd#t", "`sslrootcert` is not known"),
            ("postgres://u:secret@host/c\trm#t", "control character"),
            (" postgres://u:secret@host/crm#t", "begins with"),
            ("postgres://u:secret@host/crm#t ", "blank"),
            ("postgres://u:secret@host/%ff#t", "not UTF-8"),
        ] {
            let error = DatabaseUrl::parse(text).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("secret"), "{text}: {error}");
        }
    }
}
