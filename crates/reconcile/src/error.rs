//! What can go wrong in the engine, in words a user can act on.

use std::{error::Error, path::Path};

use arrow::error::ArrowError;
use datafusion_common::DataFusionError;
use parquet::errors::ParquetError;

use crate::spec::Side;

/// Why the engine could not give an answer. Findings about the data are never errors.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The check itself is described wrongly (unknown rule, empty key, stray escape).
    #[error("{0}")]
    BadSpec(String),
    /// A column named by the check is not in the data.
    #[error("the {side} side has no column `{}`{wanted}; it has {}", cut(.column), listed(.have))]
    MissingColumn {
        /// Which side lacks it.
        side: Side,
        /// The name that was asked for.
        column: String,
        /// What it is wanted for, as words that follow its name; empty where nothing is to be said.
        wanted: &'static str,
        /// The names there are.
        have: Vec<String>,
    },
    /// A staged file or a result file could not be written or read.
    #[error("cannot {action} {file}: {reason}")]
    Storage {
        /// What was tried, for example `write`.
        action: &'static str,
        /// File name without its folder: the folder is nobody's business but the operator's.
        file: String,
        /// The system's own words.
        reason: String,
    },
    /// The memory limit is too small even with spilling to disk.
    #[error("the check needs more memory than the limit allows; raise the limit or compare fewer columns ({0})")]
    Memory(String),
    /// Somebody cancelled it.
    #[error("cancelled")]
    Cancelled,
    /// A fault of ours.
    #[error("the engine failed: {0}")]
    Internal(String),
}

impl EngineError {
    pub(crate) fn storage(action: &'static str, path: &Path, reason: impl ToString) -> Self {
        let file =
            path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        Self::Storage { action, file, reason: plain(&reason.to_string()) }
    }

    /// The same trouble with a column that is part of the key.
    pub(crate) fn of_key(self) -> Self {
        self.wanted(", which tells the records apart")
    }

    /// The same trouble with a column that is compared.
    pub(crate) fn of_comparison(self) -> Self {
        self.wanted(", which is compared")
    }

    fn wanted(self, wanted: &'static str) -> Self {
        match self {
            Self::MissingColumn { side, column, have, .. } => Self::MissingColumn { side, column, wanted, have },
            other => other,
        }
    }

    pub(crate) fn parquet(action: &'static str, path: &Path, error: &ParquetError) -> Self {
        Self::storage(action, path, error)
    }
}

impl From<DataFusionError> for EngineError {
    fn from(error: DataFusionError) -> Self {
        match error.find_root() {
            DataFusionError::ResourcesExhausted(reason) => Self::Memory(first_line(reason)),
            root => no_storage(root).unwrap_or_else(|| Self::Internal(first_line(&root.to_string()))),
        }
    }
}

impl From<ArrowError> for EngineError {
    fn from(error: ArrowError) -> Self {
        no_storage(&error).unwrap_or_else(|| Self::Internal(first_line(&error.to_string())))
    }
}

/// The error as one of the disk, where a cause of it is: a spill to a full disk arrives wrapped several times.
fn no_storage(error: &(dyn Error + 'static)) -> Option<EngineError> {
    let file = || "temporary files of the check".to_owned();
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            return Some(EngineError::Storage { action: "use", file: file(), reason: first_line(&io.to_string()) });
        }
        if let Some(ArrowError::IoError(reason, _)) = error.downcast_ref() {
            return Some(EngineError::Storage { action: "use", file: file(), reason: first_line(reason) });
        }
        cause = error.source();
    }
    None
}

/// Drivers prefix their messages with their own names; people want the part after it.
fn plain(reason: &str) -> String {
    let reason = first_line(reason);
    ["External: ", "Parquet error: ", "Arrow: "]
        .iter()
        .fold(reason, |text, prefix| text.strip_prefix(prefix).map_or(text.clone(), str::to_owned))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn listed(names: &[String]) -> String {
    const SHOWN: usize = 40;
    if names.is_empty() {
        return "no columns".into();
    }
    let mut text = names.iter().take(SHOWN).map(|name| format!("`{}`", cut(name))).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

/// A name as messages show it: whoever made it may have written a novel.
fn cut(name: &str) -> String {
    const SHOWN: usize = 80;
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{EngineError, cut};
    use arrow::error::ArrowError;
    use datafusion_common::DataFusionError;
    use std::io::{Error, ErrorKind};

    #[test]
    fn a_full_disk_is_found_under_every_wrapping() {
        let full = || Error::new(ErrorKind::StorageFull, "No space left on device");
        let errors = [
            DataFusionError::IoError(full()),
            DataFusionError::ArrowError(Box::new(ArrowError::from(full())), None),
            DataFusionError::ArrowError(Box::new(ArrowError::ExternalError(Box::new(full()))), None),
            DataFusionError::External(Box::new(full())),
            DataFusionError::Context("spilling".into(), Box::new(DataFusionError::IoError(full()))),
        ];
        for error in errors {
            let shown = format!("{error:?}");
            let error = EngineError::from(error);
            assert!(matches!(error, EngineError::Storage { .. }), "{shown}: {error:?}");
            assert!(error.to_string().contains("No space left on device"), "{error}");
        }
        let other = EngineError::from(ArrowError::ComputeError("overflow".into()));
        assert!(matches!(other, EngineError::Internal(_)), "{other:?}");
    }

    #[test]
    fn a_long_name_is_cut() {
        assert_eq!(cut("ümlaut"), "ümlaut");
        assert_eq!(cut(&"ü".repeat(200)).chars().count(), 81);
    }
}
