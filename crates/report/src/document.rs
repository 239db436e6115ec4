//! A document before it becomes Markdown or pages: sections of blocks, blocks of cells, cells of spans.
//! Text in here is never escaped; each writer does that for its own target.

use pictures::marks::Sign;
use serde::Serialize;

/// A numbered part of the document.
#[derive(Debug, Serialize)]
pub(crate) struct Section {
    /// Stable name for links.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// One sentence saying why it is there.
    pub lead: &'static str,
    /// What it holds, top to bottom.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Serialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub(crate) enum Block {
    /// A heading inside a section: level 2 or 3.
    Heading { level: u8, text: String, key: String, anchor: Option<String> },
    /// Running text; blank lines separate paragraphs.
    Prose { text: String },
    /// A quiet remark.
    Note { text: String },
    /// Labels with values.
    Facts { rows: Vec<Fact> },
    /// Rows and columns.
    Table(Table),
    /// The five gates.
    Gates { gates: Vec<GateTile> },
    /// A process picture with its steps; gets a wide page of its own.
    Swimlane(Swimlane),
    /// A picture that fits between other blocks.
    Figure(Figure),
    /// A printed signature.
    Signature(SignatureCard),
}

/// A gate with its reasons.
#[derive(Debug, Serialize)]
pub(crate) struct GateTile {
    /// From 1 to 5.
    pub number: u8,
    /// Its name.
    pub name: String,
    /// Whether it is open to what comes; drawn as a dashed edge where it has not begun.
    pub begun: bool,
    /// Where it stands, in words.
    pub status: String,
    /// Sign of where it stands.
    pub sign: Sign,
    /// Tone of where it stands.
    pub tone: Tone,
    /// Why.
    pub reasons: Vec<GateReason>,
}

/// One reason of a gate's state.
#[derive(Debug, Serialize)]
pub(crate) struct GateReason {
    /// Its sign.
    pub sign: Sign,
    /// Its tone.
    pub tone: Tone,
    /// In words.
    pub text: String,
}

/// A label with its value.
#[derive(Debug, Serialize)]
pub(crate) struct Fact {
    /// Label.
    pub label: String,
    /// Value.
    pub value: Cell,
}

/// A table. Rows are sorted by whoever builds it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Table {
    /// Headings.
    pub columns: Vec<Column>,
    /// Rows; each has one cell per column.
    pub rows: Vec<Row>,
    /// Sentence shown instead of a table without rows.
    pub empty: String,
    /// What the table shows, as a sentence; may be empty.
    pub title: String,
}

/// A column.
#[derive(Debug, Serialize)]
pub(crate) struct Column {
    /// Heading.
    pub title: String,
    /// Share of the width.
    pub width: f64,
    /// Whether it holds figures.
    pub figures: bool,
}

/// A row.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// Stable name for links.
    pub anchor: Option<String>,
    /// Cells.
    pub cells: Vec<Cell>,
}

/// What stands in a cell.
#[derive(Debug, Default, Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct Cell(pub Vec<Span>);

/// A piece of a cell.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "span", rename_all = "snake_case")]
pub(crate) enum Span {
    /// Text.
    Text { text: String, style: Style },
    /// A sign; a word follows.
    Sign { sign: Sign, tone: Tone },
    /// A stacked bar.
    Bar { segments: Vec<Segment> },
    /// A new line.
    Break,
}

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Style {
    /// As the rest.
    Plain,
    /// Stands out.
    Strong,
    /// Steps back.
    Muted,
    /// Field names, keys, hashes.
    Mono,
}

/// What a sign feels like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tone {
    Good,
    Warn,
    Bad,
    Quiet,
}

/// A part of a stacked bar.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Segment {
    /// `equal`, `rule`, `differs`, `left` or `right`.
    pub kind: &'static str,
    /// How many.
    pub count: u64,
}

/// A process picture.
#[derive(Debug, Serialize)]
pub(crate) struct Swimlane {
    /// What it is a picture of.
    pub title: String,
    /// Its key.
    pub key: String,
    /// Stable name for links.
    pub anchor: String,
    /// Where it comes from and who agreed, in words.
    pub source: String,
    /// The picture.
    #[serde(skip)]
    pub diagram: pictures::swimlane::Diagram,
    /// The steps.
    pub steps: Table,
}

/// A picture.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    /// What it shows, as a sentence.
    pub title: String,
    /// The picture.
    #[serde(skip)]
    pub picture: pictures::Picture,
    /// The same for Markdown.
    #[serde(skip)]
    pub mermaid: String,
}

/// A signature or an approval as printed.
#[derive(Debug, Serialize)]
pub(crate) struct SignatureCard {
    /// Role.
    pub role: String,
    /// Printed name; empty when nobody has signed.
    pub name: String,
    /// What the signature means.
    pub meaning: String,
    /// When, with zone.
    pub at: String,
    /// When the signer last proved who they are, with zone; empty for approvals.
    pub proved: String,
    /// What it covers, in words.
    pub covers: String,
    /// Hash it was given for.
    pub hash: String,
    /// Remark of the signer.
    pub remark: String,
    /// State in words.
    pub status: String,
    /// Sign of the state.
    pub sign: Sign,
    /// Tone of the state.
    pub tone: Tone,
}

impl Cell {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::default().plain(text)
    }

    /// Field names, keys, hashes.
    pub fn mono(text: impl Into<String>) -> Self {
        Self::default().styled(text, Style::Mono)
    }

    /// A figure, grouped by thousands.
    pub fn count(count: u64) -> Self {
        Self::text(crate::text::grouped(count))
    }

    /// Adds plain text.
    pub fn plain(self, text: impl Into<String>) -> Self {
        self.styled(text, Style::Plain)
    }

    /// Adds text of a style; nothing is added for an empty text.
    pub fn styled(mut self, text: impl Into<String>, style: Style) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.0.push(Span::Text { text, style });
        }
        self
    }

    /// Adds a new line, unless nothing stands on the present one.
    pub fn line(mut self) -> Self {
        if !matches!(self.0.last(), None | Some(Span::Break)) {
            self.0.push(Span::Break);
        }
        self
    }

    /// Without an empty line at its end.
    fn ended(mut self) -> Self {
        while matches!(self.0.last(), Some(Span::Break)) {
            self.0.pop();
        }
        self
    }

    /// Adds a sign and its word.
    pub fn sign(mut self, sign: Sign, tone: Tone, word: impl Into<String>) -> Self {
        self.0.push(Span::Sign { sign, tone });
        self.plain(word)
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Cells of several lines.
    pub fn lines(lines: impl IntoIterator<Item = String>) -> Self {
        lines.into_iter().fold(Self::default(), |cell, line| cell.line().plain(line))
    }
}

impl From<&domain::Line> for Cell {
    fn from(line: &domain::Line) -> Self {
        Self::text(line.to_string())
    }
}

impl From<&domain::Text> for Cell {
    fn from(text: &domain::Text) -> Self {
        Self::text(text.to_string())
    }
}

impl Table {
    /// A table with these columns: title and share of the width.
    pub fn new(columns: &[(&str, f64)], empty: &str) -> Self {
        let columns = columns
            .iter()
            .map(|(title, width)| Column {
                title: title.trim_start_matches('#').to_string(),
                width: *width,
                figures: title.starts_with('#'),
            })
            .collect();
        Self { columns, rows: Vec::new(), empty: empty.to_owned(), title: String::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, anchor: Option<String>, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "a cell for each column");
        self.rows.push(Row { anchor, cells: cells.into_iter().map(Cell::ended).collect() });
    }
}

/// Collects blocks.
#[derive(Debug, Default)]
pub(crate) struct Blocks(pub Vec<Block>);

impl Blocks {
    /// A heading below the section's own.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.0.push(Block::Heading { level: 2, text: text.into(), key: String::new(), anchor: None });
    }

    /// A heading of an item.
    pub fn item(&mut self, level: u8, item: &domain::Item, text: impl Into<String>) {
        let anchor = Some(crate::text::anchor(item));
        self.0.push(Block::Heading { level, text: text.into(), key: item.key(), anchor });
    }

    /// Running text; nothing is added for an empty text.
    pub fn prose(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.trim().is_empty() {
            self.0.push(Block::Prose { text });
        }
    }

    /// A quiet remark.
    pub fn note(&mut self, text: impl Into<String>) {
        self.0.push(Block::Note { text: text.into() });
    }

    /// Labels with values; empty values are left out.
    pub fn facts(&mut self, facts: Vec<(&str, Cell)>) {
        let rows: Vec<Fact> = facts
            .into_iter()
            .map(|(label, value)| (label, value.ended()))
            .filter(|(_, value)| !value.is_empty())
            .map(|(label, value)| Fact { label: label.to_owned(), value })
            .collect();
        if !rows.is_empty() {
            self.0.push(Block::Facts { rows });
        }
    }

    /// A table.
    pub fn table(&mut self, table: Table) {
        self.0.push(Block::Table(table));
    }

    /// Any block.
    pub fn push(&mut self, block: Block) {
        self.0.push(block);
    }
}
