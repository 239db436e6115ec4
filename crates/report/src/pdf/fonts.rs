//! The faces documents are set in, embedded so that a document looks the same wherever it is made.
//! Inter for text, JetBrains Mono for names and hashes, DejaVu Sans for scripts and signs the two lack; licences
//! lie beside the files.

use std::sync::LazyLock;
use typst::{
    foundations::Bytes,
    text::{Font, FontBook},
    utils::LazyHash,
};

/// Every face and the book Typst looks them up in.
pub(super) static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let files: [&'static [u8]; 5] = [
        include_bytes!("../../fonts/Inter-Regular.otf"),
        include_bytes!("../../fonts/Inter-SemiBold.otf"),
        include_bytes!("../../fonts/Inter-Italic.otf"),
        include_bytes!("../../fonts/JetBrainsMono-Regular.ttf"),
        include_bytes!("../../fonts/DejaVuSans.ttf"),
    ];
    let faces: Vec<Font> = files.into_iter().filter_map(|data| Font::new(Bytes::new(data), 0)).collect();
    Shelf { book: LazyHash::new(FontBook::from_fonts(&faces)), faces }
});

/// Faces and their book.
pub(super) struct Shelf {
    /// What Typst searches.
    pub book: LazyHash<FontBook>,
    /// The faces, in the order of the book.
    pub faces: Vec<Font>,
}

impl Shelf {
    /// Whether any face can draw a character.
    pub fn draws(&self, c: char) -> bool {
        self.faces.iter().any(|face| face.info().coverage.contains(u32::from(c)))
    }

    /// Whether the text face can draw a character, in every weight and slope.
    pub fn text_face_draws(&self, c: char) -> bool {
        self.faces.iter().take(3).all(|face| face.info().coverage.contains(u32::from(c)))
    }
}
