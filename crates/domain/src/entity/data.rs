//! Gate 1: the plan's own sheet, business objects, data points, where they live, which is right.

use super::{choice, entity};
use crate::{Choices, Date, FieldType::*, ItemId, Kind, Line, Slice, Text};

choice! {
    /// Logical types, as in the Open Data Contract Standard.
    LogicalType {
        String "string" "Text", Integer "integer" "Whole number", Number "number" "Number",
        Boolean "boolean" "Yes/no", Date "date" "Date", Time "time" "Time", Timestamp "timestamp" "Timestamp",
        Array "array" "List", Object "object" "Structure",
    }
    /// How carefully a data point must be handled.
    Classification {
        Public "public" "Public", Internal "internal" "Internal", Confidential "confidential" "Confidential",
        Restricted "restricted" "Restricted",
    }
    /// Where the description of a field comes from.
    MetadataSource { Typed "typed" "Typed by hand", Imported "imported" "Imported", Introspected "introspected" "Read from the test system", }
    /// Kinds of identifier.
    IdentifierKind {
        Natural "natural" "Natural", Surrogate "surrogate" "Surrogate", Composite "composite" "Composite",
        CrossReference "cross_reference" "Cross-reference",
    }
    /// What an instance is for the records of a business object.
    Role { Record "record" "System of record", Copy "copy" "Copy", Unknown "unknown" "Unknown", }
    /// How far people agree on a source of truth.
    TruthState { Proposed "proposed" "Proposed", Agreed "agreed" "Agreed", Disputed "disputed" "Disputed", }
    /// Ways to resolve two sources of truth.
    ResolutionKind {
        Single "single" "One wins", SplitPopulation "split_population" "Split by population",
        SplitLifecycle "split_lifecycle" "Split by stage of life", Precedence "precedence" "Order of precedence",
        Consolidate "consolidate" "Consolidate first", Descope "descope" "Take out of scope",
    }
    /// How much change management the plan needs.
    ChangeLevel { None "none" "None", Light "light" "Light", Standard "standard" "Standard", Full "full" "Full", }
}

entity! {
    /// The plan's own sheet.
    Charter {
        /// What the plan is called.
        name: Line = "Title", Line, required, column;
        /// What value the integration drives, and for whom.
        purpose: Text = "Purpose", Text;
        /// Who signs.
        sponsor: Line = "Sponsor", Line;
        /// Who leads the work.
        lead: Line = "Lead", Line;
        /// Planned first day of the integration.
        go_live: Option<Date> = "Go-live", Date;
        /// What gets better.
        benefit: Text = "Benefit", Text;
        /// The figure today, with its unit.
        benefit_baseline: Line = "Today", Line;
        /// The figure wanted, with its unit.
        benefit_target: Line = "Target", Line;
        /// Who answers for the benefit.
        benefit_owner: Line = "Owner of the benefit", Line;
        /// How much change management is planned.
        change_level: Option<ChangeLevel> = "Change management", Choice(ChangeLevel::CHOICES), slice(Slice::Change);
        /// Why that much.
        change_reason: Text = "Why this level", Text, slice(Slice::Change);
        /// Who leads the change.
        change_lead: Line = "Change lead", Line, slice(Slice::Change);
        /// Could this be simpler? The answer, after stopping to think.
        simpler_answer: Text = "Could this be simpler?", Text, slice(Slice::Technical);
        /// Who answered it.
        simpler_by: Line = "Answered by", Line, slice(Slice::Technical);
    }
    /// The thing data points describe, such as Customer.
    BusinessObject {
        /// What the business calls it.
        name: Line = "Name", Line, required, column;
        /// What counts as one, and what does not.
        definition: Text = "Definition", Text, column;
        /// Who decides about it.
        owner: Line = "Owner", Line, column;
        /// Who looks after its quality.
        steward: Line = "Steward", Line;
    }
    /// One business fact about one business object, independent of any system.
    DataPoint {
        /// What the business calls it.
        name: Line = "Name", Line, required, column;
        /// The business object it describes.
        object: Option<ItemId> = "Object", Ref(Kind::BusinessObject), column;
        /// What it means, in words everybody agrees on.
        definition: Text = "Definition", Text, column;
        /// Kind of value.
        logical_type: Option<LogicalType> = "Type", Choice(LogicalType::CHOICES), column;
        /// Form of the value, such as a pattern or a code list.
        format: Line = "Format", Line;
        /// Unit of the value, such as EUR or minutes.
        unit: Line = "Unit", Line;
        /// Typical values, one a line.
        examples: Vec<Line> = "Examples", Lines;
        /// Whether the business stops when it is wrong.
        critical: bool = "Critical", Flag;
        /// How carefully it must be handled.
        classification: Option<Classification> = "Class", Choice(Classification::CHOICES), column, slice(Slice::Privacy);
        /// Whether it says something about a person.
        personal: bool = "Personal data", Flag, slice(Slice::Privacy);
        /// What the personal data is used for.
        privacy_purpose: Line = "Purpose of use", Line, slice(Slice::Privacy);
        /// How long the personal data is kept.
        retention: Line = "Retention", Line, slice(Slice::Privacy);
        /// Whether the plan leaves it alone.
        out_of_scope: bool = "Out of scope", Flag;
        /// Why it is out of scope.
        scope_reason: Line = "Why out of scope", Line;
    }
    /// Where a data point physically lives: instance, object, field.
    Occurrence {
        /// The data point that lives here.
        data_point: Option<ItemId> = "Data point", Ref(Kind::DataPoint), required, column;
        /// The installation it lives in.
        instance: Option<ItemId> = "Instance", Ref(Kind::Instance), required, column;
        /// Table, sheet or resource.
        object_name: Line = "Table", Line, required, column;
        /// Column or attribute.
        field_name: Line = "Field", Line, required, column;
        /// Type in the system, such as varchar.
        physical_type: Line = "Physical type", Line, column;
        /// Most characters it holds.
        max_length: Option<i64> = "Length", Count { min: 1, max: 1_000_000_000 }, column;
        /// Whether it must not be empty.
        mandatory: bool = "Mandatory", Flag;
        /// Whether no two records share a value.
        unique: bool = "Unique", Flag;
        /// Whether it cannot be written from outside.
        read_only: bool = "Read-only", Flag;
        /// Codes it accepts, one a line.
        codes: Vec<Line> = "Code list", Lines;
        /// Where this description comes from.
        metadata_source: Option<MetadataSource> = "Described by", Choice(MetadataSource::CHOICES);
    }
    /// What tells the records of a business object apart.
    Identifier {
        /// What it is called.
        name: Line = "Name", Line, required, column;
        /// The business object whose records it tells apart.
        object: Option<ItemId> = "Object", Ref(Kind::BusinessObject), column;
        /// What kind of identifier it is.
        kind: Option<IdentifierKind> = "Kind", Choice(IdentifierKind::CHOICES), column;
        /// The fields it is made of.
        parts: Vec<ItemId> = "Fields", Refs(Kind::Occurrence);
        /// Every instance that stores it.
        stored_in: Vec<ItemId> = "Stored in", Refs(Kind::Instance), column;
    }
    /// What an instance is for the records of a business object.
    RecordRole {
        /// The business object.
        object: Option<ItemId> = "Object", Ref(Kind::BusinessObject), required, column;
        /// The installation.
        instance: Option<ItemId> = "Instance", Ref(Kind::Instance), required, column;
        /// What the installation is for it.
        role: Option<Role> = "Role", Choice(Role::CHOICES), required, column;
        /// The population this is true for; empty means all records.
        scope: Option<ItemId> = "Scope", Ref(Kind::Scope), column;
        /// Anything others should know.
        note: Text = "Note", Text;
    }
    /// A named, testable subset of records.
    Scope {
        /// What it is called, such as AU.
        name: Line = "Name", Line, required, column;
        /// The business object it is a subset of.
        object: Option<ItemId> = "Object", Ref(Kind::BusinessObject), column;
        /// How to tell whether a record belongs.
        predicate: Text = "Belongs when", Text, column;
        /// Roughly how many records belong.
        expected_count: Option<i64> = "Expected records", Count { min: 0, max: 1_000_000_000_000 }, column;
    }
    /// The occurrence of a data point that wins when copies differ.
    Truth {
        /// The data point.
        data_point: Option<ItemId> = "Data point", Ref(Kind::DataPoint), required, column;
        /// The population it is true for; empty means all records.
        scope: Option<ItemId> = "Scope", Ref(Kind::Scope), column;
        /// The field that wins.
        occurrence: Option<ItemId> = "Wins", Ref(Kind::Occurrence), required, column;
        /// How far people agree.
        state: Option<TruthState> = "State", Choice(TruthState::CHOICES), required, column;
        /// Why this one is right.
        rationale: Text = "Rationale", Text;
        /// The process that makes it true.
        process: Option<ItemId> = "Process", Ref(Kind::Process);
        /// Who agreed, one a line.
        agreed_by: Vec<Line> = "Agreed by", Lines, column;
        /// When they agreed.
        agreed_on: Option<Date> = "Agreed on", Date;
        /// Where it was taken from when it was set for many points at once.
        bulk_source: Line = "Set in bulk from", Line;
    }
    /// How two sources of truth for one data point are reconciled.
    Resolution {
        /// The data point.
        data_point: Option<ItemId> = "Data point", Ref(Kind::DataPoint), required, column;
        /// The way out.
        kind: Option<ResolutionKind> = "Resolution", Choice(ResolutionKind::CHOICES), required, column;
        /// Why this way.
        rationale: Text = "Rationale", Text, column;
        /// Order of the occurrences, first wins; and what breaks a tie.
        precedence: Vec<Line> = "Order and tie-break", Lines;
        /// Who decided.
        decided_by: Line = "Decided by", Line, column;
        /// When.
        decided_on: Option<Date> = "Decided on", Date;
    }
}

impl DataPoint {
    /// Whether its values are not for everybody's eyes: personal, confidential or restricted.
    pub fn protected(&self) -> bool {
        self.personal || matches!(self.classification, Some(Classification::Confidential | Classification::Restricted))
    }
}
