//! Running the program in a folder of its own.

use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A folder that is gone afterwards.
pub struct Folder(TempDir);

/// How a command ended.
pub struct Ended {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Folder {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// Runs the program here with arguments separated by spaces.
    pub fn run(&self, arguments: &str) -> Ended {
        self.run_with(arguments, &[])
    }

    /// The same with variables in the environment.
    pub fn run_with(&self, arguments: &str, variables: &[(&str, &str)]) -> Ended {
        let output = Command::new(env!("CARGO_BIN_EXE_plumbline"))
            .args(arguments.split(' '))
            .current_dir(self.0.path())
            .env_remove("PLUMBLINE_DATA")
            .env_remove("PLUMBLINE_DATABASE_URL")
            .env_remove("PGPASSWORD")
            .env_remove("MYSQL_PWD")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ended { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs what cannot be done: exit 2, one line that says why, and no result.
    pub fn refused(&self, arguments: &str) -> String {
        let ended = self.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{arguments}: {}", ended.err);
        assert_eq!(ended.err.lines().count(), 1, "{arguments}: {}", ended.err);
        assert!(ended.err.starts_with("plumbline: "), "{arguments}: {}", ended.err);
        ended.err
    }
}

impl Ended {
    /// The result as JSON, when the command ended with `code`.
    pub fn json(&self, code: i32) -> Value {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        serde_json::from_str(&self.out).unwrap()
    }
}

/// Names of an object, in the order of the alphabet.
pub fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// The files below a folder that end in `.ending`.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found
}
