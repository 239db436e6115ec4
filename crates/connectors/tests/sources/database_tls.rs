//! Databases over TLS: whose certificates are trusted, and under which name. Servers that encrypt, and then deny
//! everybody: whoever gets as far as that has trusted them.

use connectors::{
    ConnectorError, ErrorKind, Limits, MysqlTarget, PostgresTarget, RootCertificate, TlsMode, mysql, postgres,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    certified::certified,
    reading::{accepted, accepted_mysql},
    rogue_server::fake::greeting,
};

#[derive(Debug, Clone, Copy)]
enum Kind {
    Postgres,
    Mysql,
}

async fn start(kind: Kind, acceptor: TlsAcceptor) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            // Who does not trust it leaves.
            tokio::spawn(async move {
                match kind {
                    Kind::Postgres => deny_as_postgres(stream, &acceptor).await,
                    Kind::Mysql => deny_as_mysql(stream, &acceptor).await,
                }
            });
        }
    });
    port
}

async fn deny_as_postgres(mut stream: TcpStream, acceptor: &TlsAcceptor) -> std::io::Result<()> {
    let mut asks_for_encryption = [0; 8];
    stream.read_exact(&mut asks_for_encryption).await?;
    stream.write_all(b"S").await?;
    let mut stream = acceptor.accept(stream).await?;
    let mut hello = [0; 1024];
    let _length = stream.read(&mut hello).await?;
    let fields = b"SFATAL\0VFATAL\0C28P01\0Mnobody may\0\0";
    stream.write_all(b"E").await?;
    stream.write_all(&u32::try_from(fields.len() + 4).unwrap().to_be_bytes()).await?;
    stream.write_all(fields).await?;
    stream.shutdown().await
}

async fn deny_as_mysql(mut stream: TcpStream, acceptor: &TlsAcceptor) -> std::io::Result<()> {
    stream.write_all(&packet(0, &greeting("mysql_native_password", true))).await?;
    let mut asks_for_encryption = [0; 36];
    stream.read_exact(&mut asks_for_encryption).await?;
    let mut stream = acceptor.accept(stream).await?;
    let mut hello = [0; 1024];
    let _length = stream.read(&mut hello).await?;
    let mut denied = vec![0xff];
    denied.extend(1045_u16.to_le_bytes());
    denied.extend(b"#28000nobody may");
    stream.write_all(&packet(3, &denied)).await?;
    stream.shutdown().await
}

fn packet(sequence: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = u32::try_from(payload.len()).unwrap().to_le_bytes().to_vec();
    packet[3] = sequence;
    packet.extend(payload);
    packet
}

async fn connect(kind: Kind, port: u16, tls: TlsMode, root_certificate: Option<RootCertificate>) -> ConnectorError {
    let (host, database, user) = ("127.0.0.1".to_owned(), "crm".to_owned(), "reader".to_owned());
    let limits = Limits::default();
    match kind {
        Kind::Postgres => {
            let (schema, table) = ("public".into(), "t".into());
            let password = "my secret".into();
            let target = PostgresTarget { host, port, database, user, password, tls, root_certificate, schema, table };
            postgres::test_connection(&target, &accepted(&target).await, &limits).await.unwrap_err()
        }
        Kind::Mysql => {
            let (password, table) = ("my secret".into(), "t".into());
            let target = MysqlTarget { host, port, database, user, password, tls, root_certificate, table };
            mysql::test_connection(&target, &accepted_mysql(&target).await, &limits).await.unwrap_err()
        }
    }
}

#[tokio::test]
async fn a_server_is_trusted_by_its_certificate_and_its_name() {
    const TRUSTED: &str = "the server does not accept user and password";
    const NOT: &str = "no trusted encrypted connection (";
    for kind in [Kind::Postgres, Kind::Mysql] {
        let (acceptor, own) = certified("127.0.0.1");
        let port = start(kind, acceptor).await;
        let (acceptor, others) = certified("db.test.invalid");
        let other_port = start(kind, acceptor).await;
        for (port, tls, root, words) in [
            (port, TlsMode::Require, None, TRUSTED),
            (port, TlsMode::VerifyCa, None, NOT),
            (port, TlsMode::VerifyName, None, NOT),
            (port, TlsMode::VerifyName, Some(&others), NOT),
            (port, TlsMode::VerifyCa, Some(&own), TRUSTED),
            (port, TlsMode::VerifyName, Some(&own), TRUSTED),
            (other_port, TlsMode::VerifyCa, Some(&others), TRUSTED),
            (other_port, TlsMode::VerifyName, Some(&others), NOT),
        ] {
            let error = connect(kind, port, tls, root.cloned()).await;
            assert_eq!(error.kind, ErrorKind::Denied, "{kind:?} {tls:?}: {error}");
            assert!(error.message.starts_with(words), "{kind:?} {tls:?}: {error}");
            assert!(!error.to_string().contains('\n') && !error.to_string().contains("my secret"), "{error}");
        }
    }
}
