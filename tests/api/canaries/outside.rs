//! Systems outside that a test connects to: readers in real databases, a service that repeats what it hears, and a
//! server that asks for the password in the clear and then repeats it.

use super::search::Secret;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
};

/// A user in both databases, of this name in both, with a table to read.
pub fn readers(postgres: &str, mariadb: &str, postgres_password: &str, mariadb_password: &str) -> String {
    let name = format!("plumbline_check_{}_canary", std::process::id());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection};
        let quoted = |text: &str| text.replace('\'', "''");
        let mut admin = PgConnection::connect(postgres).await.unwrap();
        let statements = format!(
            "create role {name} login password '{}'; create schema {name}; create table {name}.t (id int, name text);
             grant usage on schema {name} to {name}; grant select on {name}.t to {name}",
            quoted(postgres_password)
        );
        sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut admin).await.unwrap();
        let mut admin = MySqlConnection::connect(mariadb).await.unwrap();
        let statements = format!(
            "create database {name}; create table {name}.t (id int, name text);
             create user {name}@'%' identified by '{}'; grant select on {name}.* to {name}@'%'",
            quoted(mariadb_password).replace('\\', "\\\\")
        );
        sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut admin).await.unwrap();
    });
    name
}

/// How a service repeats what it was told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Liar {
    /// It denies, with everything in body and headers.
    Denies,
    /// It sends on to an address that holds everything.
    Redirects,
    /// Its type of content holds everything.
    OtherType,
    /// Records whose field is named like everything.
    NoJson,
    /// A record with two fields named like everything.
    Twice,
    /// Lists that are named like everything.
    Lists,
    /// It asks for patience and says why.
    TooOften,
}

impl Liar {
    pub const ALL: &[Self] =
        &[Self::Denies, Self::Redirects, Self::OtherType, Self::NoJson, Self::Twice, Self::Lists, Self::TooOften];
}

/// A service that remembers what it heard.
pub struct Service {
    port: u16,
    lies: Arc<Mutex<Option<Liar>>>,
    heard: Arc<Mutex<String>>,
}

impl Service {
    pub fn start(access_token: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (lies, heard) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(String::new())));
        let (mode, list) = (Arc::clone(&lies), Arc::clone(&heard));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = talk(stream, *mode.lock().unwrap(), &list, &access_token);
            }
        });
        Self { port, lies, heard }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn lies(&self, how: Liar) {
        *self.lies.lock().unwrap() = Some(how);
    }

    pub fn tells_the_truth(&self) {
        *self.lies.lock().unwrap() = None;
    }

    /// Whether a secret was sent here.
    pub fn heard(&self, secret: &Secret) -> bool {
        secret.is_in(&self.heard.lock().unwrap())
    }
}

fn talk(stream: TcpStream, lie: Option<Liar>, heard: &Mutex<String>, access_token: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut asked, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        if let Some(n) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().unwrap();
        }
        asked.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    asked.push_str(&String::from_utf8_lossy(&body));
    heard.lock().unwrap().push_str(&asked);
    let path = asked.split(' ').nth(1).unwrap_or_default().to_owned();
    let token = path.starts_with("/token");
    let one_line = asked.replace(['\r', '\n'], " ");
    let json = serde_json::to_string(&one_line)?;
    // Names are cut in messages: where the secret is at their beginning it would be seen.
    let secret = ["uthorization: ", "x-api-key: ", "key="].iter().find_map(|before| asked.split(before).nth(1));
    let short = serde_json::to_string(secret.and_then(|rest| rest.split(['\r', '\n']).next()).unwrap_or_default())?;
    let plain = "application/json".to_owned();
    let (status, kind, more, body) = match lie {
        None if token => {
            let token = serde_json::to_string(access_token)?;
            (200, plain, String::new(), format!("{{\"access_token\":{token},\"token_type\":\"bearer\"}}"))
        }
        None => {
            (200, plain, String::new(), "[{\"id\":\"1\",\"name\":\"Ann\"},{\"id\":\"2\",\"name\":\"Bob\"}]".to_owned())
        }
        Some(Liar::Denies) => (
            401,
            plain,
            format!("X-Asked: {one_line}\r\n"),
            format!("{{\"error\":{json},\"error_description\":{json}}}"),
        ),
        Some(Liar::Redirects) => {
            (302, plain, format!("Location: {path}&again={}\r\n", encoded(&one_line)), String::new())
        }
        Some(Liar::OtherType) => (200, format!("text/{}", encoded(&one_line)), String::new(), one_line),
        Some(Liar::NoJson) => (200, plain, String::new(), format!("[{{{json}: {one_line}")),
        Some(Liar::Twice) => (200, plain, String::new(), format!("[{{{short}:1,{short}:2}}]")),
        Some(Liar::Lists) => (200, plain, String::new(), format!("{{{short}:[]}}")),
        Some(Liar::TooOften) => (429, plain, "Retry-After: 9999\r\n".to_owned(), json),
    };
    let mut stream = stream;
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n{body}"
    )
}

fn encoded(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(4000).collect()
}

/// A port where something speaks PostgreSQL's language, wants the password in the clear, and would deny with it.
pub fn rogue_postgres() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut told = || -> std::io::Result<()> {
                let mut bytes = vec![0; 4096];
                let _hello = stream.read(&mut bytes)?;
                stream.write_all(b"R\0\0\0\x08\0\0\0\x03")?;
                let n = stream.read(&mut bytes)?;
                let password = bytes.get(5..n.max(6) - 1).unwrap_or_default();
                let mut fields = b"SFATAL\0VFATAL\0C28P01\0M".to_vec();
                fields.extend_from_slice(b"no: ");
                fields.extend_from_slice(password);
                fields.extend_from_slice(b"\0D");
                fields.extend_from_slice(password);
                fields.extend_from_slice(b"\0\0");
                let length = u32::try_from(fields.len() + 4).unwrap();
                stream.write_all(b"E")?;
                stream.write_all(&length.to_be_bytes())?;
                stream.write_all(&fields)
            };
            let _ = told();
        }
    });
    port
}

/// Ids of everything that has a name, by it.
pub fn named(value: &Value, all: &mut BTreeMap<String, String>) {
    if let (Some(name), Some(id)) = (value["name"].as_str(), value["id"].as_str()) {
        all.insert(name.to_owned(), id.to_owned());
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| named(value, all)),
        Value::Object(values) => values.values().for_each(|value| named(value, all)),
        _ => {}
    }
}

/// What can be read in a PDF file, which keeps its text compressed.
pub fn pdf_text(out: &mut Vec<(String, Vec<u8>)>, file: &Path) {
    let text = Command::new("pdftotext").arg(file).arg("-").output();
    if let Ok(text) = text {
        assert!(text.stdout.len() > 1000, "the PDF holds little text");
        out.push(("the text of the PDF".into(), text.stdout));
    }
    let plain = file.with_extension("plain.pdf");
    if Command::new("qpdf").args(["--qdf", "--object-streams=disable"]).args([file, &plain]).status().is_ok() {
        out.push(("the PDF without compression".into(), std::fs::read(plain).unwrap()));
    }
}
