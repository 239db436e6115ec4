//! What a connected system holds: its tables, the columns of one with where they stand in the plan, a few rows.

use crate::{history::Pointer, items::RefOption, plans::PlanHead};
use domain::{ConnectionId, entity::MetadataSource};
use serde::{Deserialize, Serialize};

/// The page of a connection's tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SchemaPage {
    /// Around the page.
    pub head: PlanHead,
    /// The connection.
    pub connection: ConnectionId,
    /// Its name.
    pub name: String,
    /// Its tables; empty for those who may not ask the system, or when it does not answer.
    pub tables: Vec<SchemaTable>,
    /// The table that is open.
    pub open: Option<OpenTable>,
    /// Why the tables are not known.
    pub trouble: Option<String>,
    /// Business objects that proposals may be narrowed to.
    pub objects: Vec<RefOption>,
    /// The one they are narrowed to; empty for all.
    pub object: String,
    /// Installations the fields can belong to.
    pub instances: Vec<RefOption>,
    /// The one the connection is a test environment of; empty where nobody said so.
    pub instance: String,
    /// Whether the reader may ask the system and add to the plan.
    pub may_edit: bool,
}

/// A table in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaTable {
    /// Its name, with schema where there is one.
    pub name: String,
    /// Number of columns.
    pub columns: usize,
    /// About how many rows, where the system says so without counting.
    pub rows: Option<u64>,
}

/// A table with its columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTable {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<SchemaColumn>,
    /// A few rows, one value for each column; protected values are hidden.
    pub rows: Vec<Vec<Option<String>>>,
    /// Why there are no rows.
    pub trouble: Option<String>,
    /// Data points a column can hold.
    pub points: Vec<RefOption>,
}

/// A column and where it stands in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaColumn {
    /// Its name.
    pub name: String,
    /// The type in the system's own words; empty where there is none.
    pub type_name: String,
    /// Whether it may be empty.
    pub nullable: bool,
    /// Whether it is part of the primary key.
    pub key: bool,
    /// The data point it is recorded as.
    pub bound: Option<Pointer>,
    /// Id of the data point it may hold, by its name.
    pub proposal: Option<String>,
    /// Whether its values are hidden.
    pub hidden: bool,
    /// What is recorded of it, where the system says something else or more.
    pub beside: Option<Beside>,
}

/// What the plan records of a field beside what the system says of the column. Of what the system does not say there is
/// nothing in either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// What is recorded, in words; empty for nothing.
    pub recorded: String,
    /// What the system says, in words.
    pub here: String,
    /// Whether they differ; else the plan only says less.
    pub differs: bool,
    /// What the system says and the plan leaves out, by the labels of the fields.
    pub missing: Vec<String>,
    /// What is recorded as values, which a form sends back: what somebody changes meanwhile is told.
    pub shown: FieldMetadata,
}

/// The metadata of a field, named like the fields of an occurrence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldMetadata {
    /// Type in the system; empty where nobody said.
    pub physical_type: String,
    /// Most characters it holds.
    pub max_length: Option<i64>,
    /// Whether it must not be empty.
    pub mandatory: bool,
    /// Whether no two records share a value.
    pub unique: bool,
    /// Codes it accepts.
    pub codes: Vec<String>,
    /// Where the description comes from.
    pub metadata_source: Option<MetadataSource>,
}
