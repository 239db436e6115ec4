//! What follows from leaving existing data as it is: the obligations the source text demands.

use domain::entity::ObligationKind;

/// An obligation to be created with its words filled in; owner and date are for people to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObligationDraft {
    /// What kind.
    pub kind: ObligationKind,
    /// What must be in place.
    pub name: &'static str,
    /// What its content should answer.
    pub asks: &'static str,
    /// The words of the source text it rests on.
    pub sentence: &'static str,
}

/// The obligations that *accept* creates, in the order of the source text.
pub fn consequences_of_accept() -> &'static [ObligationDraft] {
    &[
        ObligationDraft {
            kind: ObligationKind::ExceptionPlan,
            name: "Manage the exceptions",
            asks: "Who looks at records that fail, how soon, and how many a week are expected?",
            sentence: "you will have to accept a level of exception management once the integration starts synchronising the new data",
        },
        ObligationDraft {
            kind: ObligationKind::FormatBoundary,
            name: "Mark where old data ends and new data begins",
            asks: "From which day does new data look different, how can one tell, and which reports are affected?",
            sentence: "the destination system having new data that potentially looks different to historic data",
        },
        ObligationDraft {
            kind: ObligationKind::DuplicatePlan,
            name: "Deal with duplicates",
            asks: "How are duplicate records found, who merges them, and which one survives?",
            sentence: "and to duplicate records in the destination system",
        },
        ObligationDraft {
            kind: ObligationKind::ComplexityNote,
            name: "Carry the extra complexity",
            asks: "What does the flow do only because old data stays as it is, and who maintains it?",
            sentence: "This can also lead to a more complex process and integration flow as well",
        },
        ObligationDraft {
            kind: ObligationKind::Runbook,
            name: "Write the troubleshooting runbook",
            asks: "What are the symptoms, where does one look first, by which key is a record followed, whom does one call?",
            sentence: "The integration can also be more complex to troubleshoot.",
        },
    ]
}
