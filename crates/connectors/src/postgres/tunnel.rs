//! A way for the driver to an address of our choice: it connects to a socket file only we can open, and we
//! pass the bytes on. Needed because the driver uses one name for both connecting and checking certificates.

use std::path::Path;

use tokio::{net::TcpStream, task::JoinHandle};

/// Passes bytes on as long as it lives.
pub(super) struct Tunnel {
    directory: tempfile::TempDir,
    task: JoinHandle<()>,
}

impl Tunnel {
    /// The directory the driver expects its socket in.
    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Starts to listen for one connection and passes it on to `stream`.
    #[cfg(unix)]
    pub(super) fn open(mut stream: TcpStream, port: u16) -> std::io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("plumbline").tempdir()?;
        let listener = tokio::net::UnixListener::bind(directory.path().join(format!(".s.PGSQL.{port}")))?;
        let task = tokio::spawn(async move {
            if let Ok((mut driver, _)) = listener.accept().await {
                // An end of either side is seen by the other; there is nobody else to tell.
                let _ = tokio::io::copy_bidirectional(&mut driver, &mut stream).await;
            }
        });
        Ok(Self { directory, task })
    }

    /// Socket files are not to be had here.
    #[cfg(not(unix))]
    pub(super) fn open(_stream: TcpStream, _port: u16) -> std::io::Result<Self> {
        Err(std::io::Error::new(
            std::io::ErrorKind::Unsupported,
            "checking the host name is not possible on this platform; verify the authority only",
        ))
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.task.abort();
    }
}
