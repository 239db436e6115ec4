//! Gate 2: flows and mapping, processes as told, observed and to be, what follows from them.

use super::{choice, entity, part};
use crate::{Choices, Date, FieldType::*, ItemId, Kind, Line, Slice, Text};

choice! {
    /// Which way a flow moves data.
    Direction { OneWay "one_way" "One way", TwoWay "two_way" "Two way", }
    /// What starts a flow.
    Trigger { Event "event" "Event", Schedule "schedule" "Schedule", Manual "manual" "By hand", }
    /// How soon data arrives.
    Timing { RealTime "real_time" "Real time", Near "near" "Within minutes", Batch "batch" "Batch", }
    /// What a flow does at its destination.
    WriteMode {
        Create "create" "Create", Update "update" "Update", Upsert "upsert" "Create or update",
        Delete "delete" "Delete", Overwrite "overwrite" "Overwrite",
    }
    /// What a mapping line does with its sources.
    Conversion {
        Copy "copy" "Copy", Rename "rename" "Rename", Cast "cast" "Change type", Format "format" "Change format",
        Normalise "normalise" "Normalise", Split "split" "Split", Concat "concat" "Join", Lookup "lookup" "Look up",
        Constant "constant" "Constant", Default "default" "Default", Conditional "conditional" "Conditional",
        Aggregate "aggregate" "Aggregate", Calculate "calculate" "Calculate", Filter "filter" "Filter",
        Custom "custom" "Custom code",
    }
    /// What happens to values that do not fit.
    Overflow { Reject "reject" "Reject", Truncate "truncate" "Cut off", Round "round" "Round", }
    /// What happens to empty values.
    NullRule { Reject "reject" "Reject", Default "default" "Use a default", Skip "skip" "Leave as it is", Pass "pass" "Pass on", }
    /// Which picture of a process.
    VariantKind { AsTold "as_told" "As told", AsObserved "as_observed" "As observed", ToBe "to_be" "To be", }
    /// What kind of step.
    StepKind {
        Manual "manual" "By hand", User "user" "In a system", Automated "automated" "Automated",
        Decision "decision" "Decision", Event "event" "Event", Wait "wait" "Wait",
    }
    /// What becomes of a workaround.
    Fate { Removed "removed" "Removed", Legitimised "legitimised" "Made official", Remains "remains" "Remains", }
    /// How a walk-through was held.
    WalkMode { Live "live" "At the desk", ScreenShare "screen_share" "Screen share", Interview "interview" "Interview", Document "document" "From documents", }
    /// What is done about a difference between told and observed.
    DiscrepancyResolution {
        ToldCorrected "told_corrected" "Telling corrected", PracticeChanged "practice_changed" "Practice changed",
        Accepted "accepted" "Accepted",
    }
    /// How sure an effect is.
    Certainty { Known "known" "Known", Likely "likely" "Likely", Possible "possible" "Possible", NoneChecked "none_checked" "None, checked", }
    /// What is done about a risk.
    RiskStrategy { Avoid "avoid" "Avoid", Reduce "reduce" "Reduce", Transfer "transfer" "Transfer", Accept "accept" "Accept", }
    /// Where a risk stands.
    RiskState { Open "open" "Open", Mitigating "mitigating" "Being reduced", Occurred "occurred" "Occurred", Closed "closed" "Closed", }
    /// What is done about an opportunity.
    OpportunityStrategy { Exploit "exploit" "Use", Enhance "enhance" "Strengthen", Share "share" "Share", Ignore "ignore" "Leave", }
}

part! {
    /// One example of a mapping line.
    MappingExample {
        /// Value that comes in.
        input: Line = "In", Line;
        /// Value that should come out.
        expect: Line = "Out", Line;
    }
    /// Where a step leads.
    NextStep {
        /// The step that follows.
        to: Option<ItemId> = "Next step", Ref(Kind::Step), required;
        /// When this way is taken.
        condition: Line = "When", Line;
    }
    /// Someone who took part in a walk-through.
    Participant {
        /// Who.
        name: Line = "Name", Line, required;
        /// Their team.
        team: Option<ItemId> = "Team", Ref(Kind::Team);
        /// Whether they do this work themselves.
        does_the_work: bool = "Does this work", Flag;
        /// Whether they said: this is how it is done.
        attested: bool = "Attested", Flag;
    }
    /// A case that was watched.
    WalkCase {
        /// What the case was.
        label: Line = "Case", Line, required;
        /// Whether it was an exception.
        exception: bool = "Exception", Flag;
    }
    /// Something done about a risk.
    RiskAction {
        /// What is done.
        what: Line = "Action", Line, required;
        /// Who does it.
        owner: Line = "Owner", Line;
        /// By when.
        due: Option<Date> = "Due", Date;
        /// Whether it is done.
        done: bool = "Done", Flag;
    }
}

entity! {
    /// A planned movement of data from one instance to another.
    Flow {
        /// What the flow is called.
        name: Line = "Name", Line, required, column;
        /// Where the data comes from.
        origin: Option<ItemId> = "From", Ref(Kind::Instance), column;
        /// Where the data goes.
        destination: Option<ItemId> = "To", Ref(Kind::Instance), column;
        /// The processes it supports.
        processes: Vec<ItemId> = "Processes", Refs(Kind::Process), column;
        /// One way or both.
        direction: Option<Direction> = "Direction", Choice(Direction::CHOICES);
        /// What starts it.
        trigger: Option<Trigger> = "Trigger", Choice(Trigger::CHOICES), column;
        /// How soon data arrives.
        timing: Option<Timing> = "Timing", Choice(Timing::CHOICES), column;
        /// What it does at the destination.
        write_mode: Option<WriteMode> = "Writes", Choice(WriteMode::CHOICES);
        /// The identifier that finds the record to update.
        match_key: Option<ItemId> = "Finds records by", Ref(Kind::Identifier);
        /// Expected records a week.
        weekly_volume: Option<i64> = "Records a week", Count { min: 0, max: 1_000_000_000_000 };
        /// Most records in one minute.
        peak_per_minute: Option<i64> = "Peak a minute", Count { min: 0, max: 1_000_000_000 };
        /// Retry, exception queue, alert.
        error_policy: Text = "When a record fails", Text;
        /// Who looks at the exceptions.
        triage_owner: Line = "Exceptions go to", Line;
        /// What people do while it is down.
        fallback: Text = "When it is down", Text;
        /// The signal that shows it works, with its threshold.
        monitor: Line = "Monitor", Line;
        /// Who is alerted.
        monitor_owner: Line = "Alert goes to", Line;
        /// How the data is protected on the way, and how both ends prove who they are.
        protection: Line = "Protection", Line, slice(Slice::Privacy);
        /// Symptoms, where to look, whom to call.
        runbook: Text = "Runbook", Text;
    }
    /// The rule that fills one target field.
    MappingLine {
        /// The flow it belongs to.
        flow: Option<ItemId> = "Flow", Ref(Kind::Flow), required, column;
        /// The field it fills.
        target: Option<ItemId> = "Target", Ref(Kind::Occurrence), required, column;
        /// The fields it takes from.
        sources: Vec<ItemId> = "Sources", Refs(Kind::Occurrence), column;
        /// What it does with them.
        conversion: Option<Conversion> = "Conversion", Choice(Conversion::CHOICES), required, column;
        /// How it does it.
        logic: Text = "Logic", Text, column;
        /// What happens to empty values.
        null_rule: Option<NullRule> = "Empty values", Choice(NullRule::CHOICES);
        /// What happens to values that do not fit.
        overflow: Option<Overflow> = "Too long", Choice(Overflow::CHOICES);
        /// Which zone times are in, on both sides.
        time_zone_rule: Line = "Time zones", Line;
        /// Values in and out that show what is meant.
        examples: Vec<MappingExample> = "Examples", Parts(MappingExample::TABLE);
    }
    /// A piece of work the integration supports.
    Process {
        /// What the process is called.
        name: Line = "Name", Line, required, column;
        /// Who answers for it.
        owner: Line = "Owner", Line, column;
        /// What it is for.
        purpose: Text = "Purpose", Text, column;
        /// How often it runs.
        frequency: Line = "Frequency", Line, column;
        /// What customers notice of it.
        customer_touchpoint: Line = "Customers notice", Line;
    }
    /// One picture of a process: as told, as observed or to be.
    Variant {
        /// The process.
        process: Option<ItemId> = "Process", Ref(Kind::Process), required, column;
        /// Which picture.
        kind: Option<VariantKind> = "Picture", Choice(VariantKind::CHOICES), required, column;
        /// Where it comes from: a document, a person, a walk-through.
        source: Line = "Source", Line, column;
        /// Who agreed to it.
        agreed_by: Line = "Agreed by", Line, column;
        /// When.
        agreed_on: Option<Date> = "Agreed on", Date;
    }
    /// One step of a variant.
    Step {
        /// What is done.
        name: Line = "Step", Line, required, column;
        /// The picture it belongs to.
        variant: Option<ItemId> = "Picture of", Ref(Kind::Variant), required;
        /// Name shared by the same step in all pictures.
        step_key: Line = "Step key", Line;
        /// Place in the table.
        position: Option<i64> = "Place", Count { min: 0, max: 1_000_000 }, loose;
        /// The team that does it.
        team: Option<ItemId> = "Team", Ref(Kind::Team), column;
        /// Who does it when it is no team: a customer, a system.
        actor: Line = "Or who else", Line;
        /// What kind of step.
        kind: Option<StepKind> = "Kind", Choice(StepKind::CHOICES), column;
        /// The systems used.
        systems: Vec<ItemId> = "Systems", Refs(Kind::Instance), column;
        /// The data points looked at.
        reads: Vec<ItemId> = "Reads", Refs(Kind::DataPoint);
        /// The data points changed.
        writes: Vec<ItemId> = "Writes", Refs(Kind::DataPoint);
        /// Minutes it takes each time.
        minutes: Option<i64> = "Minutes", Count { min: 0, max: 1_440 }, column;
        /// Times a week.
        per_week: Option<i64> = "Times a week", Count { min: 0, max: 10_000_000 }, column;
        /// How much it hurts those who do it, from 0 to 4.
        pain: Option<i64> = "Pain", Count { min: 0, max: 4 };
        /// Whether people help themselves around a system here.
        workaround: bool = "Workaround", Flag, column;
        /// Why people do it this way.
        reason: Line = "Why", Line;
        /// What becomes of the workaround.
        fate: Option<Fate> = "The workaround is", Choice(Fate::CHOICES);
        /// The step or flow that replaces it.
        replacement: Line = "Replaced by", Line;
        /// The flow that does it.
        flow: Option<ItemId> = "Flow", Ref(Kind::Flow);
        /// What follows.
        next: Vec<NextStep> = "Leads to", Parts(NextStep::TABLE);
    }
    /// A session in which people who do the work show it.
    Walkthrough {
        /// The process.
        process: Option<ItemId> = "Process", Ref(Kind::Process), required, column;
        /// When it was held.
        held_on: Option<Date> = "Held on", Date, column;
        /// Who led it.
        facilitator: Line = "Led by", Line, column;
        /// How it was held.
        mode: Option<WalkMode> = "How", Choice(WalkMode::CHOICES), column;
        /// Who took part.
        participants: Vec<Participant> = "Participants", Parts(Participant::TABLE);
        /// What was watched.
        cases: Vec<WalkCase> = "Cases", Parts(WalkCase::TABLE);
        /// What was noticed.
        notes: Text = "Notes", Text;
    }
    /// A difference between a process as told and as observed, and what is done about it.
    Discrepancy {
        /// The process.
        process: Option<ItemId> = "Process", Ref(Kind::Process), required, column;
        /// The step key both pictures share.
        step_key: Line = "Step key", Line, required, column;
        /// What differs.
        name: Line = "Difference", Line, column;
        /// What is done about it.
        resolution: Option<DiscrepancyResolution> = "Resolution", Choice(DiscrepancyResolution::CHOICES), column;
        /// Who decided.
        decided_by: Line = "Decided by", Line, column;
    }
    /// What the integration changes elsewhere.
    Effect {
        /// What happens.
        name: Line = "Effect", Line, required, column;
        /// The data point that triggers it.
        data_point: Option<ItemId> = "Data point", Ref(Kind::DataPoint), column;
        /// The installation it shows in.
        instance: Option<ItemId> = "Shows in", Ref(Kind::Instance), column;
        /// The team it reaches.
        team: Option<ItemId> = "Reaches", Ref(Kind::Team), column;
        /// How sure it is.
        certainty: Option<Certainty> = "Certainty", Choice(Certainty::CHOICES), column;
        /// Who looked into it.
        checked_by: Line = "Checked by", Line;
    }
    /// Something that may go wrong.
    Risk {
        /// The risk in one line.
        name: Line = "Risk", Line, required, column;
        /// Why it may happen.
        cause: Text = "Cause", Text;
        /// What it would do.
        effect: Text = "Effect", Text;
        /// How likely, from 1 to 5.
        probability: Option<i64> = "Probability", Count { min: 1, max: 5 }, column;
        /// How bad, from 1 to 5.
        impact: Option<i64> = "Impact", Count { min: 1, max: 5 }, column;
        /// Who watches it.
        owner: Line = "Owner", Line, column;
        /// What is done about it.
        strategy: Option<RiskStrategy> = "Response", Choice(RiskStrategy::CHOICES), column;
        /// What is done, by whom, by when.
        actions: Vec<RiskAction> = "Mitigation", Parts(RiskAction::TABLE);
        /// How likely after that, from 1 to 5.
        residual_probability: Option<i64> = "Probability after", Count { min: 1, max: 5 };
        /// How bad after that, from 1 to 5.
        residual_impact: Option<i64> = "Impact after", Count { min: 1, max: 5 };
        /// Where it stands.
        state: Option<RiskState> = "State", Choice(RiskState::CHOICES), column;
    }
    /// Something good that may come of it.
    Opportunity {
        /// The opportunity in one line.
        name: Line = "Opportunity", Line, required, column;
        /// What it would bring.
        benefit: Text = "Benefit", Text, column;
        /// What is done about it.
        strategy: Option<OpportunityStrategy> = "Response", Choice(OpportunityStrategy::CHOICES), column;
        /// Who follows it up.
        owner: Line = "Owner", Line, column;
    }
}
