//! Just enough of MySQL's protocol to be taken for a server, until it plays its trick.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What a fake does instead of answering.
#[derive(Debug, Clone)]
pub enum Trick {
    SaysNothing,
    DripsGreeting,
    TalksHttp,
    /// Closes after the greeting.
    Hangs,
    EmptyPackets,
    /// Wants the password encrypted by RSA.
    WantsFullAuthentication,
    WantsClearPassword,
    /// Answers the first statement, or the one that reads the table, with a request for a file of the client.
    AsksForFile {
        path: String,
        at_the_select: bool,
    },
    EndlessRows,
    /// A row of packets without end.
    HugeField,
    /// A row that tells more bytes than it has.
    BrokenRow,
    StallsInRow,
    /// Answers the one that reads the table with an error that repeats a value.
    RepeatsValue,
}

/// What came from its clients.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// The packets of all of them, one after the other.
    pub commands: Vec<u8>,
    /// What followed the request for a file.
    pub after_request: Vec<u8>,
}

/// A server that takes any number of connections.
pub struct Fake {
    pub port: u16,
    heard: Arc<Mutex<Heard>>,
}

impl Fake {
    pub async fn start(trick: Trick) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let hearing = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let talk = Talk { stream, sequence: 0, heard: Arc::clone(&hearing), trick: trick.clone() };
                // The client leaving in the middle is how most of these end.
                tokio::spawn(async move { talk.run().await.ok() });
            }
        });
        Self { port, heard }
    }

    pub fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }
}

struct Talk {
    stream: TcpStream,
    sequence: u8,
    heard: Arc<Mutex<Heard>>,
    trick: Trick,
}

const VAR_STRING: u8 = 0xfd;
const LONGLONG: u8 = 0x08;
const LARGEST_PACKET: usize = 0xff_ffff;

impl Talk {
    async fn run(mut self) -> std::io::Result<()> {
        match self.trick {
            Trick::SaysNothing => return self.stall().await,
            Trick::TalksHttp => return self.stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await,
            Trick::DripsGreeting => {
                for byte in greeting("caching_sha2_password", false) {
                    self.stream.write_all(&[byte]).await?;
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
                return self.stall().await;
            }
            Trick::EmptyPackets => loop {
                self.send(&[]).await?;
            },
            _ => {}
        }
        self.send(&greeting("caching_sha2_password", false)).await?;
        if matches!(self.trick, Trick::Hangs) {
            return Ok(());
        }
        self.hear().await?;
        match self.trick {
            Trick::WantsFullAuthentication => {
                self.send(&[0x01, 0x04]).await?;
                self.hear().await?;
                self.send(b"\x01-----BEGIN PUBLIC KEY-----\n").await?;
                return self.stall().await;
            }
            Trick::WantsClearPassword => {
                self.send(b"\xfemysql_clear_password\0").await?;
                return self.stall().await;
            }
            _ => self.ok().await?,
        }
        loop {
            let command = self.hear().await?;
            self.answer(&command).await?;
        }
    }

    async fn answer(&mut self, command: &[u8]) -> std::io::Result<()> {
        let text = String::from_utf8_lossy(&command[1..]).into_owned();
        if let Trick::AsksForFile { path, at_the_select: false } = self.trick.clone() {
            return self.ask_for(&path).await;
        }
        match command[0] {
            // A plain statement: nothing came of it.
            0x03 => self.ok().await,
            // Prepare: the statement's number is what it will be answered with.
            0x16 => {
                let asked = kind_of(&text);
                let parameters = u16::try_from(text.matches('?').count()).unwrap();
                let mut prepared = vec![0x00, asked, 0, 0, 0, 0, 0];
                prepared.extend(parameters.to_le_bytes());
                prepared.extend([0, 0, 0]);
                self.send(&prepared).await?;
                for _ in 0..parameters {
                    self.send(&definition("?", VAR_STRING)).await?;
                }
                Ok(())
            }
            0x17 => self.execute(command[1]).await,
            // Close: there is no answer.
            _ => Ok(()),
        }
    }

    async fn execute(&mut self, asked: u8) -> std::io::Result<()> {
        let number = |n: u64| n.to_le_bytes().to_vec();
        match asked {
            CONNECTION_ID => self.table(&[("id", LONGLONG)], Some(row(&[number(7)]))).await,
            COLUMNS => {
                let texts = ["t", "", "v", "text", "text", "", "", "", "YES", "MUL"];
                let columns = texts.map(|text| ("c", if text.is_empty() { LONGLONG } else { VAR_STRING }));
                let values = texts.map(|text| if text.is_empty() { number(1) } else { told(text) });
                self.table(&columns, Some(row(&values))).await
            }
            NOTHING => self.table(&[("a", VAR_STRING), ("b", VAR_STRING)], None).await,
            THE_SELECT => self.trick().await,
            VERSION => self.table(&[("version", VAR_STRING)], Some(row(&[told("10.11.0-MariaDB")]))).await,
            _ => self.table(&[("a", VAR_STRING)], Some(row(&[told("0")]))).await,
        }
    }

    async fn trick(&mut self) -> std::io::Result<()> {
        if let Trick::AsksForFile { path, .. } = self.trick.clone() {
            return self.ask_for(&path).await;
        }
        if let Trick::RepeatsValue = self.trick {
            return self.send(b"\xff\x0c\x05#22007Truncated incorrect INTEGER value: '+43 660 1234567'").await;
        }
        self.send(&[1]).await?;
        self.send(&definition("v", VAR_STRING)).await?;
        match self.trick {
            Trick::EndlessRows => {
                let row = row(&[told("again")]);
                loop {
                    self.send(&row).await?;
                }
            }
            Trick::HugeField => {
                let mut first = vec![0x00, 0x00, 0xfe];
                first.extend((1_u64 << 33).to_le_bytes());
                first.resize(LARGEST_PACKET, b'x');
                let next = vec![b'x'; LARGEST_PACKET];
                self.send(&first).await?;
                loop {
                    self.send(&next).await?;
                }
            }
            Trick::BrokenRow => {
                self.send(&[0x00, 0x00, 200, b'x']).await?;
                self.stall().await
            }
            _ => {
                self.send(&row(&[told("one")])).await?;
                self.stall().await
            }
        }
    }

    async fn ask_for(&mut self, path: &str) -> std::io::Result<()> {
        self.send(&[&[0xfb], path.as_bytes()].concat()).await?;
        // From here on everything would be the content of the file.
        let mut content = vec![0; 4096];
        loop {
            let bytes = self.stream.read(&mut content).await?;
            if bytes == 0 {
                return Ok(());
            }
            self.heard.lock().unwrap().after_request.extend(&content[..bytes]);
        }
    }

    /// Keeps the connection open until the client goes.
    async fn stall(&mut self) -> std::io::Result<()> {
        loop {
            self.hear().await?;
        }
    }

    async fn table(&mut self, columns: &[(&str, u8)], row: Option<Vec<u8>>) -> std::io::Result<()> {
        self.send(&[u8::try_from(columns.len()).unwrap()]).await?;
        for (name, kind) in columns {
            self.send(&definition(name, *kind)).await?;
        }
        if let Some(row) = row {
            self.send(&row).await?;
        }
        self.send(&[0xfe, 0, 0, 2, 0, 0, 0]).await
    }

    async fn ok(&mut self) -> std::io::Result<()> {
        self.send(&[0, 0, 0, 2, 0, 0, 0]).await
    }

    async fn send(&mut self, payload: &[u8]) -> std::io::Result<()> {
        let mut packet = u32::try_from(payload.len()).unwrap().to_le_bytes().to_vec();
        packet[3] = self.sequence;
        self.sequence = self.sequence.wrapping_add(1);
        packet.extend(payload);
        self.stream.write_all(&packet).await
    }

    async fn hear(&mut self) -> std::io::Result<Vec<u8>> {
        let mut header = [0; 4];
        self.stream.read_exact(&mut header).await?;
        let mut payload = vec![0; usize::from(header[0]) | usize::from(header[1]) << 8 | usize::from(header[2]) << 16];
        self.stream.read_exact(&mut payload).await?;
        self.sequence = header[3].wrapping_add(1);
        self.heard.lock().unwrap().commands.extend(&payload);
        Ok(payload)
    }
}

const OTHER: u8 = 0;
const CONNECTION_ID: u8 = 1;
const COLUMNS: u8 = 2;
const NOTHING: u8 = 3;
const THE_SELECT: u8 = 4;
const VERSION: u8 = 5;

fn kind_of(statement: &str) -> u8 {
    match statement {
        text if text.contains("connection_id()") => CONNECTION_ID,
        text if text.contains("join information_schema.tables") => COLUMNS,
        text if text.contains("information_schema.tables") => NOTHING,
        text if text.contains("from `t`") => THE_SELECT,
        text if text.contains("version()") => VERSION,
        _ => OTHER,
    }
}

/// A text with its length in front.
fn told(text: &str) -> Vec<u8> {
    [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

/// A row of the binary protocol, nothing in it NULL.
fn row(values: &[Vec<u8>]) -> Vec<u8> {
    let mut row = vec![0; 1 + (values.len() + 9) / 8];
    row.extend(values.concat());
    row
}

fn definition(name: &str, kind: u8) -> Vec<u8> {
    let mut definition = [told("def"), told(""), told(""), told(""), told(name), told(name)].concat();
    definition.push(0x0c);
    definition.extend(45_u16.to_le_bytes());
    definition.extend(1024_u32.to_le_bytes());
    definition.extend([kind, 0, 0, 0, 0, 0]);
    definition
}

/// Protocol 41 with plugins, secure passwords and one packet at the end of rows.
pub fn greeting(plugin: &str, encryption: bool) -> Vec<u8> {
    const CAPABILITIES: u32 =
        1 | 2 | 8 | 0x200 | 0x2000 | 0x8000 | 0x1_0000 | 0x2_0000 | 0x8_0000 | 0x20_0000 | 0x100_0000 | 0x80;
    const ENCRYPTION: u32 = 0x800;
    let capabilities = if encryption { CAPABILITIES | ENCRYPTION } else { CAPABILITIES };
    let [low_a, low_b, high_a, high_b] = capabilities.to_le_bytes();
    let mut greeting = vec![10];
    greeting.extend(b"5.5.5-10.11.0-MariaDB\0");
    greeting.extend(7_u32.to_le_bytes());
    greeting.extend(b"abcdefgh\0");
    greeting.extend([low_a, low_b, 45, 2, 0, high_a, high_b, 21]);
    greeting.extend([0; 10]);
    greeting.extend(b"ijklmnopqrst\0");
    greeting.extend(plugin.as_bytes());
    greeting.push(0);
    greeting
}
