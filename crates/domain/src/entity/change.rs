//! Gate 2, second half: who is affected and what they are told.

use super::{choice, entity};
use crate::{Choices, Date, FieldType::*, ItemId, Kind, Line, Text};

choice! {
    /// What changes for a team.
    Dimension { Process "process" "Process", Role "role" "Role", Tool "tool" "Tool", Data "data" "Data", Policy "policy" "Policy", }
    /// Stages of change a message serves.
    Stage {
        Awareness "awareness" "Awareness", Desire "desire" "Desire", Knowledge "knowledge" "Knowledge",
        Ability "ability" "Ability", Reinforcement "reinforcement" "Reinforcement",
    }
    /// Where a message stands.
    CommunicationStatus {
        Planned "planned" "Planned", Drafted "drafted" "Drafted", Approved "approved" "Approved", Sent "sent" "Sent",
        Acknowledged "acknowledged" "Acknowledged",
    }
}

entity! {
    /// What changes for one team.
    Impact {
        /// The team.
        team: Option<ItemId> = "Team", Ref(Kind::Team), required, column;
        /// The process that changes.
        process: Option<ItemId> = "Process", Ref(Kind::Process), column;
        /// What kind of change.
        dimension: Option<Dimension> = "What", Choice(Dimension::CHOICES), column;
        /// What they start doing.
        starts: Text = "Starts", Text;
        /// What they stop doing.
        stops: Text = "Stops", Text;
        /// How big the project thinks it is, from 0 to 4.
        project_rating: Option<i64> = "Project says", Count { min: 0, max: 4 }, column;
        /// How big the team thinks it is, from 0 to 4.
        team_rating: Option<i64> = "Team says", Count { min: 0, max: 4 }, column;
        /// Who rated it for the team.
        rated_by: Line = "Rated by", Line;
    }
    /// A message to teams.
    Communication {
        /// Title of the message.
        name: Line = "Title", Line, required, column;
        /// The teams it is for.
        audience: Vec<ItemId> = "Audience", Refs(Kind::Team), column;
        /// The stage of change it serves.
        stage: Option<Stage> = "Stage", Choice(Stage::CHOICES), column;
        /// What is said.
        message: Text = "Message", Text;
        /// What is in it for them.
        benefit: Text = "What is in it for them", Text;
        /// Who sends it.
        sender: Line = "Sender", Line, column;
        /// How it is sent.
        channel: Line = "Channel", Line, column;
        /// When it is sent.
        date: Option<Date> = "Date", Date, column;
        /// Who prepares it.
        owner: Line = "Owner", Line, column;
        /// How people answer back.
        feedback: Line = "Answers go to", Line;
        /// Where it stands.
        status: Option<CommunicationStatus> = "Status", Choice(CommunicationStatus::CHOICES), column, loose;
    }
}
