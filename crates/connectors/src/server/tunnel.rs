//! A way for the driver to an address of our choice: it connects to a socket file only we can open, and we
//! pass the bytes on. Needed because drivers use one name for both connecting and checking certificates, and
//! because a driver takes in whatever a server sends as one row: here it is looked at first.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinHandle,
};

/// Passes bytes on as long as it lives.
pub(crate) struct Tunnel {
    directory: tempfile::TempDir,
    file: String,
    task: JoinHandle<()>,
}

/// Looks at what a server sends before the driver gets it.
pub(crate) trait Watch: Send + 'static {
    /// Whether these bytes, which follow those of the call before, may be passed on; else the connection ends.
    fn lets_pass(&mut self, bytes: &[u8]) -> bool;
}

/// How many bytes a server may send before something useful came of them.
#[derive(Clone)]
pub(crate) struct Allowance {
    most: u64,
    left: Arc<AtomicU64>,
    used_up: Arc<AtomicBool>,
}

impl Allowance {
    /// At most so many bytes between two calls of [`Allowance::renew`].
    pub(crate) fn new(most: u64) -> Self {
        Self { most, left: Arc::new(AtomicU64::new(most)), used_up: Arc::default() }
    }

    /// For a row with values of at most so many bytes. A row may be larger than one of them, and drivers keep it whole:
    /// but not without end.
    pub(crate) fn for_rows(max_field_bytes: usize) -> Self {
        const SMALLEST: u64 = 64 << 20;
        Self::new(SMALLEST.max(4 * max_field_bytes as u64))
    }

    /// That many bytes.
    pub(crate) fn most(&self) -> u64 {
        self.most
    }

    /// Something useful came: the count begins anew.
    pub(crate) fn renew(&self) {
        self.left.store(self.most, Relaxed);
    }

    /// Whether the server was cut off for sending more.
    pub(crate) fn is_used_up(&self) -> bool {
        self.used_up.load(Relaxed)
    }
}

impl Watch for Allowance {
    fn lets_pass(&mut self, bytes: &[u8]) -> bool {
        let spent = |left: u64| left.checked_sub(bytes.len() as u64);
        let within = self.left.fetch_update(Relaxed, Relaxed, spent).is_ok();
        if !within {
            self.used_up.store(true, Relaxed);
        }
        within
    }
}

impl Tunnel {
    /// The directory the driver finds its socket in.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path().join(&self.file)
    }

    /// Starts to listen for one connection on a socket of this name and passes it on to `stream`. What comes
    /// back is looked at; the connection ends with what may not pass.
    #[cfg(unix)]
    pub(crate) fn open(
        stream: impl AsyncRead + AsyncWrite + Send + 'static,
        file: String,
        watch: impl Watch,
    ) -> std::io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("plumbline").tempdir()?;
        let listener = tokio::net::UnixListener::bind(directory.path().join(&file))?;
        let task = tokio::spawn(async move {
            if let Ok((driver, _)) = listener.accept().await {
                // An end of either side is seen by the other; there is nobody else to tell.
                let _ = pass(driver, stream, watch).await;
            }
        });
        Ok(Self { directory, file, task })
    }

    /// Socket files are not to be had here.
    #[cfg(not(unix))]
    pub(crate) fn open(
        _stream: impl AsyncRead + AsyncWrite + Send + 'static,
        _file: String,
        _watch: impl Watch,
    ) -> std::io::Result<Self> {
        Err(std::io::Error::new(
            std::io::ErrorKind::Unsupported,
            "checking the host name is not possible on this platform; verify the authority only",
        ))
    }

    /// Waits until what the driver sent last has been passed on; call it when the driver has hung up.
    pub(crate) async fn ended(&mut self) {
        let _ = (&mut self.task).await;
    }
}

/// Ends with whichever side ends first.
#[cfg(unix)]
async fn pass(
    mut driver: tokio::net::UnixStream,
    stream: impl AsyncRead + AsyncWrite,
    mut watch: impl Watch,
) -> std::io::Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    const PIECE: usize = 64 << 10;
    let (mut from_server, mut to_server) = tokio::io::split(stream);
    let (mut from_driver, mut to_driver) = driver.split();
    let back = async {
        let mut piece = vec![0; PIECE];
        loop {
            let bytes = from_server.read(&mut piece).await?;
            if bytes == 0 || !watch.lets_pass(&piece[..bytes]) {
                return std::io::Result::Ok(());
            }
            to_driver.write_all(&piece[..bytes]).await?;
        }
    };
    let ended = tokio::select! {
        ended = back => ended,
        ended = tokio::io::copy(&mut from_driver, &mut to_server) => ended.map(drop),
    };
    // First of all the driver, which waits; then a goodbye to the server, which may not listen.
    drop(driver);
    let _ = to_server.shutdown().await;
    ended
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.task.abort();
    }
}
