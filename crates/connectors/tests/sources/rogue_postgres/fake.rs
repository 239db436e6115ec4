//! Just enough of PostgreSQL's protocol to be taken for a server, until it plays its trick.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

/// What a fake does instead of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// It answers: one row.
    None,
    TalksHttp,
    /// Closes when it is greeted.
    Hangs,
    /// Asks for the password in clear text, byte by byte, and denies with what it gets.
    WantsClearPassword,
    /// Answers the greeting with a message that tells a length of nothing, or of two gigabytes.
    EmptyGreeting,
    HugeGreeting,
    /// A row that tells a length of nothing, of four gigabytes, or of a value that it has not.
    EmptyRow,
    HugeRow,
    BrokenRow,
    /// Is ready and does not say for what.
    NothingReady,
    EndlessRows,
    EndlessNotices,
    /// Tells of one more setting after every row.
    EndlessSettings,
    StallsInRow,
    StallsInCatalogue,
}

/// A server that takes any number of connections, all of them encrypted or none.
pub struct Fake {
    pub port: u16,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Fake {
    pub async fn start(trick: Trick, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hearing = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                let (heard, tls) = (Arc::clone(&hearing), tls.clone());
                // The client leaving in the middle is how most of these end.
                tokio::spawn(async move {
                    let Some(tls) = tls else {
                        return Talk::new(stream, trick, heard).run().await;
                    };
                    let mut request = [0; 8];
                    stream.read_exact(&mut request).await?;
                    stream.write_all(b"S").await?;
                    Talk::new(tls.accept(stream).await?, trick, heard).run().await
                });
            }
        });
        Self { port, heard }
    }

    /// What came from its clients, one after the other, as it was before encryption.
    pub fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap().clone()
    }
}

/// What a statement wants to know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nothing,
    Facts,
    Catalogue,
    Table,
}

impl Asked {
    fn of(statement: &str) -> Self {
        match statement {
            text if text.contains("pg_is_in_recovery") => Self::Facts,
            text if text.contains("format_type(") => Self::Catalogue,
            text if text.contains("from \"public\".\"t\"") => Self::Table,
            _ => Self::Nothing,
        }
    }

    fn columns(self) -> &'static [Column] {
        match self {
            Self::Nothing => &[],
            Self::Facts => FACTS,
            Self::Catalogue => CATALOGUE,
            Self::Table => TABLE,
        }
    }
}

/// Name, type and value.
type Column = (&'static str, u32, &'static [u8]);

const TEXT: u32 = 25;
const BOOL: u32 = 16;
const INT8: u32 = 20;

const FACTS: &[Column] = &[
    ("version", TEXT, b"15.0"),
    ("cluster_name", TEXT, b"test"),
    ("comment", TEXT, b""),
    ("in_recovery", BOOL, b"\0"),
    ("superuser", BOOL, b"\0"),
    ("can_write", BOOL, b"\0"),
    ("snapshot", TEXT, b"1:1:"),
];
const CATALOGUE: &[Column] = &[
    ("schema", TEXT, b"public"),
    ("table", TEXT, b"t"),
    ("row_estimate", INT8, b"\0\0\0\0\0\0\0\x01"),
    ("is_view", BOOL, b"\0"),
    ("name", TEXT, b"v"),
    ("type_name", TEXT, b"text"),
    ("base_type", TEXT, b"text"),
    ("not_null", BOOL, b"\0"),
    ("key", BOOL, b"\0"),
];
const TABLE: &[Column] = &[("v", TEXT, b"one")];

struct Talk<S> {
    stream: S,
    trick: Trick,
    heard: Arc<Mutex<Vec<u8>>>,
    asked: Asked,
    parameters: u16,
    /// What is said when the client is done with its questions.
    said: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    fn new(stream: S, trick: Trick, heard: Arc<Mutex<Vec<u8>>>) -> Self {
        Self { stream, trick, heard, asked: Asked::Nothing, parameters: 0, said: Vec::new() }
    }

    async fn run(mut self) -> std::io::Result<()> {
        self.body().await?;
        match self.trick {
            Trick::TalksHttp => return self.send(b"HTTP/1.1 400 Bad Request\r\n\r\n").await,
            Trick::Hangs => return Ok(()),
            Trick::EmptyGreeting => return self.send_and_stall(b"R\0\0\0\0\0\0\0\0").await,
            Trick::HugeGreeting => return self.send_and_stall(b"R\x7f\xff\xff\xff\0\0\0\0").await,
            Trick::WantsClearPassword => return self.want_password().await,
            _ => {}
        }
        self.say(b'R', &[0; 4]);
        self.say(b'S', b"server_version\x0015.0\0");
        self.say(b'K', &[0; 8]);
        self.say(b'Z', b"I");
        loop {
            let said = std::mem::take(&mut self.said);
            self.send(&said).await?;
            loop {
                let (kind, body) = self.hear().await?;
                self.answer(kind, &body).await?;
                if kind == b'S' {
                    break;
                }
            }
        }
    }

    async fn answer(&mut self, kind: u8, body: &[u8]) -> std::io::Result<()> {
        let columns = self.asked.columns();
        match kind {
            b'P' => {
                let statement = String::from_utf8_lossy(body);
                self.asked = Asked::of(&statement);
                let parameters = (1..=9).filter(|n| statement.contains(&format!("${n}"))).count();
                self.parameters = u16::try_from(parameters).unwrap();
                self.say(b'1', &[]);
            }
            b'D' => {
                let texts = TEXT.to_be_bytes().repeat(self.parameters.into());
                self.say(b't', &[self.parameters.to_be_bytes().as_slice(), &texts].concat());
                if columns.is_empty() {
                    self.say(b'n', &[]);
                } else {
                    self.say(b'T', &description(columns));
                }
            }
            b'B' => self.say(b'2', &[]),
            b'E' => {
                if self.asked == Asked::Table || self.trick == Trick::StallsInCatalogue {
                    self.play().await?;
                }
                if !columns.is_empty() {
                    let values: Vec<&[u8]> = columns.iter().map(|(_, _, value)| *value).collect();
                    self.say(b'D', &row(&values));
                }
                self.say(b'C', b"SELECT 1\0");
            }
            b'C' => self.say(b'3', &[]),
            b'S' => self.say(b'Z', b"T"),
            _ => {}
        }
        Ok(())
    }

    /// The trick, where it is one of those that come in the middle.
    async fn play(&mut self) -> std::io::Result<()> {
        let again = message(b'D', &row(&[b"again"]));
        if self.trick == Trick::StallsInCatalogue && self.asked != Asked::Catalogue {
            return Ok(());
        }
        let before = std::mem::take(&mut self.said);
        self.send(&before).await?;
        match self.trick {
            Trick::EmptyRow => self.send_and_stall(b"D\0\0\0\0").await,
            Trick::HugeRow => self.send_and_stall(b"D\xff\xff\xff\xff\0\x01").await,
            Trick::BrokenRow => self.send_and_stall(&message(b'D', b"\0\x01\0\0\0\xc8x")).await,
            Trick::NothingReady => self.send_and_stall(&message(b'Z', &[])).await,
            Trick::StallsInRow => self.send_and_stall(&[again.as_slice(), &again[..9]].concat()).await,
            Trick::StallsInCatalogue => self.send_and_stall(&[]).await,
            Trick::EndlessRows => {
                let many = again.repeat(1000);
                loop {
                    self.send(&many).await?;
                }
            }
            Trick::EndlessNotices => {
                let words = "again ".repeat(1000);
                let notice = message(b'N', format!("SNOTICE\0VNOTICE\0C00000\0M{words}\0\0").as_bytes());
                loop {
                    self.send(&notice).await?;
                }
            }
            Trick::EndlessSettings => {
                let value = "x".repeat(100);
                for number in 0.. {
                    let setting = message(b'S', format!("setting{number}\0{value}\0").as_bytes());
                    self.send(&[again.as_slice(), &setting].concat()).await?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn want_password(&mut self) -> std::io::Result<()> {
        for byte in b"R\0\0\0\x08\0\0\0\x03" {
            self.send(&[*byte]).await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (_, password) = self.hear().await?;
        let told = password.split(|byte| *byte == 0).next().unwrap_or_default();
        self.say(b'E', &[b"SFATAL\0VFATAL\0C28P01\0Mno: ".as_slice(), told, b"\0\0"].concat());
        let said = std::mem::take(&mut self.said);
        self.send_and_stall(&said).await
    }

    fn say(&mut self, kind: u8, body: &[u8]) {
        self.said.extend(message(kind, body));
    }

    async fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Sends, and keeps the connection open until the client goes.
    async fn send_and_stall(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.send(bytes).await?;
        loop {
            self.hear().await?;
        }
    }

    async fn hear(&mut self) -> std::io::Result<(u8, Vec<u8>)> {
        let kind = self.stream.read_u8().await?;
        Ok((kind, self.body().await?))
    }

    /// What follows its length.
    async fn body(&mut self) -> std::io::Result<Vec<u8>> {
        let length = self.stream.read_u32().await?;
        let mut body = vec![0; usize::try_from(length).unwrap().saturating_sub(4)];
        self.stream.read_exact(&mut body).await?;
        self.heard.lock().unwrap().extend(&body);
        Ok(body)
    }
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[kind], length.to_be_bytes().as_slice(), body].concat()
}

fn description(columns: &[Column]) -> Vec<u8> {
    let mut description = u16::try_from(columns.len()).unwrap().to_be_bytes().to_vec();
    for (name, kind, _) in columns {
        description.extend(name.as_bytes());
        // Of no table; size and modifier are none; as text.
        description.extend([0; 7]);
        description.extend(kind.to_be_bytes());
        description.extend([0xff; 6]);
        description.extend([0; 2]);
    }
    description
}

fn row(values: &[&[u8]]) -> Vec<u8> {
    let mut row = u16::try_from(values.len()).unwrap().to_be_bytes().to_vec();
    for value in values {
        row.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        row.extend(*value);
    }
    row
}
