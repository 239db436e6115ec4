//! The closed world templates run in: our templates, the files of one document, our fonts. Nothing else exists.

use super::fonts::SHELF;
use crate::ReportError;
use std::{collections::BTreeMap, sync::LazyLock};
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::builder().build()));

const TEMPLATES: [(&str, &str); 3] = [
    ("main.typ", include_str!("../../templates/main.typ")),
    ("look.typ", include_str!("../../templates/look.typ")),
    ("blocks.typ", include_str!("../../templates/blocks.typ")),
];

/// One document on the desk.
pub(super) struct Desk {
    main: FileId,
    sources: Vec<Source>,
    files: BTreeMap<String, Bytes>,
}

impl Desk {
    /// Puts the files of a document beside the templates.
    pub fn new(files: Vec<(String, Bytes)>) -> Result<Self, ReportError> {
        let mut sources = Vec::new();
        for (name, text) in TEMPLATES {
            let path = VirtualPath::new(name).map_err(|_| ReportError::Layout(format!("{name} is no path")))?;
            let id = RootedPath::new(VirtualRoot::Project, path).intern();
            sources.push(Source::new(id, text.to_owned()));
        }
        let main = sources.first().map(Source::id).ok_or_else(|| ReportError::Layout("no template".into()))?;
        Ok(Self { main, sources, files: files.into_iter().collect() })
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHELF.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.iter().find(|s| s.id() == id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.get();
        let ours = matches!(path.root(), VirtualRoot::Project);
        let found = ours.then(|| self.files.get(path.vpath().get_without_slash())).flatten();
        found.cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        SHELF.faces.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
