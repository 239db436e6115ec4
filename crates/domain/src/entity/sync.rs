//! Gates 3 and 4: claims, checks, decisions about existing data, the trial.

use super::{choice, entity, part};
use crate::{AttachmentId, Choices, ConnectionId, Date, FieldType::*, ItemId, Kind, Line, RunId, Text};

choice! {
    /// What somebody says about two copies.
    ClaimedState { Synchronised "synchronised" "Synchronised", NotSynchronised "not_synchronised" "Not synchronised", Unknown "unknown" "Not known", }
    /// By what means two copies are kept equal.
    Mechanism {
        Integration "integration" "Integration", ScheduledJob "scheduled_job" "Scheduled job",
        FileImport "file_import" "File import by hand", Rekey "rekey" "Retyped", CopyPaste "copy_paste" "Copied and pasted",
        OneOff "one_off" "Once, at migration", None "none" "None", Unknown "unknown" "Not known",
    }
    /// What is decided about existing data.
    HistoryChoice {
        Overwrite "overwrite" "Overwrite", CleanUp "clean_up" "Clean up by hand", Accept "accept" "Accept as it is",
    }
    /// How far a decision is.
    DecisionState { Proposed "proposed" "Proposed", Decided "decided" "Decided", Done "done" "Done and checked", }
    /// What follows from a decision.
    ObligationKind {
        ExceptionPlan "exception_plan" "Exception management", FormatBoundary "format_boundary" "Format boundary",
        DuplicatePlan "duplicate_plan" "Duplicates", ComplexityNote "complexity_note" "More complexity",
        Runbook "runbook" "Troubleshooting", Backup "backup" "Backup", Worklist "worklist" "Work-list", Other "other" "Other",
    }
    /// Where an obligation stands.
    ObligationState { Open "open" "Open", Done "done" "Done", Waived "waived" "Waived", }
    /// What the values of a column are expected to be.
    ExpectedType {
        WholeNumber "whole_number" "Whole number", Decimal "decimal" "Decimal number", Date "date" "Date", Text "text" "Text",
    }
    /// The four questions a trial answers.
    TrialQuestion {
        Format "format" "Does the data come out of the systems of record in the expected format and quantity?",
        Code "code" "Does our code run over it smoothly?",
        Write "write" "Can we write to the destination systems without issues?",
        Apis "apis" "Are the upstream and downstream interfaces behaving as they should?",
    }
    /// An answer to a question of the trial.
    TrialVerdict { Yes "yes" "Yes", No "no" "No", NotYet "not_yet" "Not yet", }
    /// What shows that an answer is right.
    ProofKind { Run "run" "Run", Note "note" "Note", File "file" "File", }
}

part! {
    /// A pair of columns that together tell records apart.
    KeyPair {
        /// Column on the left side.
        left: Line = "Left column", Line, required;
        /// Column on the right side.
        right: Line = "Right column", Line, required;
    }
    /// A pair of columns that should agree.
    ComparedPair {
        /// The data point both columns hold.
        data_point: Option<ItemId> = "Data point", Ref(Kind::DataPoint);
        /// Column on the left side.
        left: Line = "Left column", Line, required;
        /// Column on the right side.
        right: Line = "Right column", Line, required;
        /// Ignore white space at both ends.
        trim: bool = "Trim", Flag;
        /// Treat inner white space as one blank.
        collapse: bool = "Inner white space", Flag;
        /// Ignore upper and lower case.
        case_fold: bool = "Ignore case", Flag;
        /// NULL, empty and only white space are the same.
        blank: bool = "Blank is blank", Flag;
        /// Composed and decomposed letters, full width and ligatures are the same.
        unicode: bool = "Unicode form", Flag;
        /// Ignore accents.
        accents: bool = "Ignore accents", Flag;
        /// Only letters and digits count.
        punctuation: bool = "Ignore punctuation", Flag;
        /// Ignore zeros at the start.
        zeros: bool = "Leading zeros", Flag;
        /// The same number, however it is written.
        number: bool = "Number format", Flag;
        /// The same day or moment, however it is written.
        date: bool = "Date format", Flag;
        /// How far apart two values may be, such as 0.01, 1%, 5min or 1d.
        tolerance: Line = "Tolerance", Line;
        /// What left codes are called on the right, one a line: M = male.
        codes: Text = "Codes", Text;
    }
    /// What is expected of the values of a column, on one side or on both.
    Expectation {
        /// Column on the left side; empty for a column of the right side alone.
        left: Line = "Left column", Line;
        /// Column on the right side; empty for a column of the left side alone.
        right: Line = "Right column", Line;
        /// What the values are.
        value_type: Option<ExpectedType> = "Type", Choice(ExpectedType::CHOICES);
        /// Most characters of a value.
        longest: Option<i64> = "Longest", Count { min: 1, max: 1_000_000 };
        /// Regular expression for the whole value, such as [A-Z]{3}.
        pattern: Line = "Pattern", Line;
        /// The values there may be, one a line.
        codes: Text = "Allowed values", Text;
    }
    /// A way of dealing with existing data that was considered.
    HistoryOption {
        /// The way.
        choice: Option<HistoryChoice> = "Option", Choice(HistoryChoice::CHOICES), required;
        /// What speaks for it.
        pros: Line = "For", Line;
        /// What speaks against it.
        cons: Line = "Against", Line;
        /// What it costs, in hours.
        effort_hours: Option<i64> = "Hours", Count { min: 0, max: 1_000_000 };
    }
    /// What shows that an answer of the trial is right.
    Proof {
        /// What kind of proof.
        kind: Option<ProofKind> = "Kind", Choice(ProofKind::CHOICES), required;
        /// The run.
        run: Option<RunId> = "Run", Run;
        /// The file.
        file: Option<AttachmentId> = "File", Attachment;
        /// What was seen.
        note: Text = "Note", Text;
        /// Hash of the technical slice when it was linked, hex; set by the server.
        slice_hash: Line = "Taken at", Line;
    }
}

entity! {
    /// What somebody says about two copies of a data point, and by what means they are kept equal.
    SyncClaim {
        /// The data point.
        data_point: Option<ItemId> = "Data point", Ref(Kind::DataPoint), required, column;
        /// One copy.
        left: Option<ItemId> = "From", Ref(Kind::Occurrence), required, column;
        /// The other copy.
        right: Option<ItemId> = "To", Ref(Kind::Occurrence), required, column;
        /// What is said.
        claimed: Option<ClaimedState> = "Is said to be", Choice(ClaimedState::CHOICES), required, column;
        /// By what means.
        mechanism: Option<Mechanism> = "By", Choice(Mechanism::CHOICES), required, column;
        /// Who says so.
        claimed_by: Line = "Says who", Line, column;
        /// When they said it.
        claimed_on: Option<Date> = "Said on", Date;
    }
    /// A comparison of two datasets in test environments.
    Check {
        /// What the check is called.
        name: Line = "Name", Line, required, column;
        /// The business object compared.
        object: Option<ItemId> = "Object", Ref(Kind::BusinessObject), column;
        /// Connection of the left side: the system of record of the points compared.
        left: Option<ConnectionId> = "Left", Connection, required;
        /// Table or sheet of the left side.
        left_table: Line = "Left table", Line;
        /// The instance on the left side.
        left_instance: Option<ItemId> = "Left instance", Ref(Kind::Instance), column;
        /// Connection of the right side: the destination.
        right: Option<ConnectionId> = "Right", Connection, required;
        /// Table or sheet of the right side.
        right_table: Line = "Right table", Line;
        /// The instance on the right side.
        right_instance: Option<ItemId> = "Right instance", Ref(Kind::Instance), column;
        /// Columns that tell records apart.
        key: Vec<KeyPair> = "Key", Parts(KeyPair::TABLE);
        /// Columns that should agree, with the rules agreed for each.
        compare: Vec<ComparedPair> = "Compare", Parts(ComparedPair::TABLE);
        /// What is expected of the values of columns.
        expect: Vec<Expectation> = "Format", Parts(Expectation::TABLE);
        /// Fewest records expected on the left side.
        left_min: Option<i64> = "Left at least", Count { min: 0, max: 1_000_000_000_000 };
        /// Most records expected on the left side.
        left_max: Option<i64> = "Left at most", Count { min: 0, max: 1_000_000_000_000 };
        /// Fewest records expected on the right side.
        right_min: Option<i64> = "Right at least", Count { min: 0, max: 1_000_000_000_000 };
        /// Most records expected on the right side.
        right_max: Option<i64> = "Right at most", Count { min: 0, max: 1_000_000_000_000 };
        /// When it runs by itself, in UTC: minute, hour, day of the month, month, day of the week.
        schedule: Line = "Runs by itself", Schedule, loose;
    }
    /// The conscious choice for the existing data of a business object.
    HistoryDecision {
        /// The business object.
        object: Option<ItemId> = "Object", Ref(Kind::BusinessObject), required, column;
        /// Where the right data is.
        source: Option<ItemId> = "Source", Ref(Kind::Instance), column;
        /// Where existing data may differ.
        destination: Option<ItemId> = "Destination", Ref(Kind::Instance), column;
        /// What is decided.
        choice: Option<HistoryChoice> = "Choice", Choice(HistoryChoice::CHOICES), column;
        /// How far it is.
        state: Option<DecisionState> = "State", Choice(DecisionState::CHOICES), column;
        /// The ways that were considered.
        options: Vec<HistoryOption> = "Options considered", Parts(HistoryOption::TABLE);
        /// Why this one.
        rationale: Text = "Rationale", Text;
        /// The process it fits.
        process: Option<ItemId> = "Process", Ref(Kind::Process);
        /// The run it is based on.
        run: Option<RunId> = "Based on run", Run;
        /// Who decided.
        decided_by: Line = "Decided by", Line, column;
        /// When.
        decided_on: Option<Date> = "Decided on", Date;
        /// From which day new data is different from old.
        cutover: Option<Date> = "Cut-over", Date;
        /// By when the clean-up is done.
        due: Option<Date> = "Due", Date;
        /// How to get back what was overwritten.
        backup: Text = "Way back", Text;
        /// Who accepted that destination values are lost.
        loss_accepted_by: Line = "Loss accepted by", Line;
    }
    /// Something that must be in place because of a decision.
    Obligation {
        /// What must be in place.
        name: Line = "Obligation", Line, required, column;
        /// The decision it follows from.
        origin: Option<ItemId> = "Follows from", Ref(Kind::HistoryDecision), column;
        /// What kind of obligation.
        kind: Option<ObligationKind> = "Kind", Choice(ObligationKind::CHOICES), column;
        /// Who sees to it.
        owner: Line = "Owner", Line, column;
        /// By when.
        due: Option<Date> = "Due", Date, column;
        /// The plan, the rule or the runbook itself.
        content: Text = "Content", Text;
        /// Where it stands.
        state: Option<ObligationState> = "State", Choice(ObligationState::CHOICES), column;
    }
    /// The answer to one of the four questions of the trial.
    TrialAnswer {
        /// The question.
        question: Option<TrialQuestion> = "Question", Choice(TrialQuestion::CHOICES), required, column;
        /// The answer.
        answer: Option<TrialVerdict> = "Answer", Choice(TrialVerdict::CHOICES), column;
        /// What was learnt.
        note: Text = "Note", Text;
        /// Who answered.
        answered_by: Line = "Answered by", Line, column;
        /// What shows it.
        proofs: Vec<Proof> = "Evidence", Parts(Proof::TABLE);
    }
    /// A way to reach the goal that was considered.
    DesignOption {
        /// What it is called.
        name: Line = "Option", Line, required, column;
        /// How it works.
        description: Text = "Description", Text, column;
        /// What speaks for it.
        pros: Text = "For", Text;
        /// What speaks against it.
        cons: Text = "Against", Text;
        /// How complex it is, as counted.
        complexity: Option<i64> = "Complexity", Count { min: 0, max: 10_000 }, column;
        /// Whether it is chosen.
        chosen: bool = "Chosen", Flag, column;
        /// Why.
        reason: Text = "Reason", Text;
    }
}
