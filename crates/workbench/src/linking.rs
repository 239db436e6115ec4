//! Records of two files linked from the command line, or those within one: connectors read, the engine links, nothing
//! is kept.

use crate::{Error, comparison::stage};
use connectors::Limits;
use reconcile::{LinkProgressFn, LinkSettings, LinkSpec, Staged};
pub use reconcile::{Linked, LinkedPair};
use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

/// Files whose records are to be linked.
#[derive(Debug, Clone, Default)]
pub struct FileLink {
    /// `FILE[#TABLE]`.
    pub left: String,
    /// `FILE[#TABLE]`; none to look for records within the left file that stand for the same thing.
    pub right: Option<String>,
    /// Columns to link by: `L[=R][,…]`; empty for the columns of equal name.
    pub compare: String,
    /// Threads that work at the same time.
    pub threads: Option<usize>,
}

/// Links the records of two files, or those within one.
///
/// # Errors
/// Bad input in words that name the file, the column or the option.
pub async fn link_files(asked: &FileLink) -> Result<Linked, Error> {
    let limits = Limits::default();
    let compare =
        if asked.compare.is_empty() { Vec::new() } else { reconcile::parse_pairs("--compare", &asked.compare)? };
    let spec = LinkSpec { compare, within: asked.right.is_none() };
    let mut settings = LinkSettings::default();
    settings.threads = asked.threads.unwrap_or(settings.threads);
    let scratch = tempfile::tempdir().map_err(|e| Error::unusable("the folder for temporary files", &e))?;
    let left = staged(&asked.left, &scratch.path().join("left.parquet"), &limits).await?;
    let right = match &asked.right {
        Some(right) => staged(right, &scratch.path().join("right.parquet"), &limits).await?,
        None => left.clone(),
    };
    let quiet: LinkProgressFn = Arc::new(|_| {});
    let linking = tokio::task::spawn_blocking(move || {
        reconcile::link(&left, &right, &spec, &settings, &quiet, &AtomicBool::new(false))
    });
    Ok(linking.await.map_err(|error| Error::internal("linking broke off", &error))??)
}

/// The rows of a file where the engine can read them column by column.
async fn staged(file: &str, path: &Path, limits: &Limits) -> Result<Staged, Error> {
    let source = connectors::file::open(file, limits).await?;
    let cancel = Arc::new(AtomicBool::new(false));
    Ok(stage(&source, path, limits, &cancel, &mut |_| {}).await?.staged)
}
