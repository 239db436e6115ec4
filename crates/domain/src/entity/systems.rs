//! The workspace: systems, their instances, teams, terms.

use super::{choice, entity};
use crate::{Choices, FieldType::*, ItemId, Kind, Line, Text};

choice! {
    /// How a system can be reached.
    ApiKind {
        Rest "rest" "REST", Soap "soap" "SOAP", GraphQl "graphql" "GraphQL", Database "database" "Database",
        File "file" "File", Event "event" "Events", None "none" "None",
    }
    /// How much of a test environment there is.
    Sandbox { Full "full" "Full", Partial "partial" "Partial", None "none" "None", }
    /// What is known about a check that a system is said to have.
    CheckStatus { Claimed "claimed" "Claimed", Verified "verified" "Verified", Refuted "refuted" "Refuted", }
}

entity! {
    /// A product, whatever number of installations there are of it.
    System {
        /// What people call the product.
        name: Line = "Name", Line, required, column;
        /// Who makes it.
        vendor: Line = "Vendor", Line, column;
        /// What kind of system it is, such as CRM or ERP.
        category: Line = "Category", Line, column;
        /// Whether customers use it themselves.
        customer_facing: bool = "Customers use it", Flag;
        /// Anything others should know.
        note: Text = "Note", Text, loose;
    }
    /// One installation of a system.
    Instance {
        /// What people call this installation.
        name: Line = "Name", Line, required, column;
        /// The product it is an installation of.
        system: Option<ItemId> = "System", Ref(Kind::System), column;
        /// What it is used for.
        purpose: Text = "Purpose", Text;
        /// Who answers for its data.
        business_owner: Line = "Business owner", Line, column;
        /// Who answers for its technology.
        technical_owner: Line = "Technical owner", Line, column;
        /// Where it is used.
        region: Line = "Region", Line;
        /// How it can be reached.
        api: Option<ApiKind> = "Interface", Choice(ApiKind::CHOICES);
        /// Whether there is a test environment.
        sandbox: Option<Sandbox> = "Test environment", Choice(Sandbox::CHOICES), column;
        /// Hosts of the real installation, one a line, without user or password: connections there are refused.
        production_hosts: Vec<Line> = "Production hosts", Lines, loose;
        /// Ids of its real database servers, one a line, as the page of connections shows them: those are refused.
        production_server_ids: Vec<Line> = "Production server ids", Lines, loose;
        /// How grown-up the system is, from 1 (just starting out) to 5 (mature).
        maturity: Option<i64> = "Maturity", Count { min: 1, max: 5 };
        /// What the maturity rating is based on.
        maturity_evidence: Text = "Evidence of maturity", Text;
        /// How accurate its interface documentation is, from 1 to 5.
        docs_accuracy: Option<i64> = "Accuracy of documentation", Count { min: 1, max: 5 };
        /// Differences seen between documentation and behaviour, one a line.
        docs_differences: Vec<Line> = "Documentation differs", Lines;
        /// Most calls a minute it accepts.
        rate_limit: Option<i64> = "Calls per minute", Count { min: 1, max: 10_000_000 };
        /// A built-in check of data quality the plan relies on.
        builtin_check: Line = "Built-in check", Line;
        /// Whether that check was seen working.
        builtin_check_status: Option<CheckStatus> = "Check status", Choice(CheckStatus::CHOICES);
    }
    /// A group of people who do part of the work.
    Team {
        /// What the team is called.
        name: Line = "Name", Line, required, column;
        /// Number of people.
        size: Option<i64> = "People", Count { min: 1, max: 100_000 }, column;
        /// Who leads it.
        lead: Line = "Lead", Line, column;
        /// How the team is reached.
        channel: Line = "Channel", Line, column;
    }
    /// A word everybody uses in the same sense.
    Term {
        /// The word.
        name: Line = "Term", Line, required, column;
        /// What it means here.
        definition: Text = "Definition", Text, column;
        /// Other words for the same thing.
        synonyms: Vec<Line> = "Synonyms", Lines;
    }
}
