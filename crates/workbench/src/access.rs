//! Who asks, and what they may do. Roles are read from the store on each call, so that taking one
//! away works at once.

use crate::{Error, Workbench};
use domain::{
    Date, Evidence, ItemId, Plan, PlanRole, Run, RunId, SessionId, User, UserId, WorkspaceRole, entity::Check,
};
use rules::Finding;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::{Connection, Member, PlanRow, StoreError};

/// Runs of a check that rules and pages look at: as many with a result, and as many without. At the shortest distance
/// of two times of a schedule they are of more than a day.
pub(crate) const RUNS_OF_CHECK: i64 = 100;
/// The same of all checks together, unless that is less than ten of each.
const RUNS: i64 = 1_000;
/// Older runs that are looked at because the plan names them.
const NAMED: usize = 200;

/// Who asks.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Nobody is signed in.
    Anonymous,
    /// A person, through a session.
    Person {
        /// Who.
        user: User,
        /// Their session.
        session: SessionId,
    },
    /// A schedule, on behalf of the person who set it: may do what they may now.
    Schedule {
        /// Who.
        user: User,
    },
    /// The operator at the command line of the server: may do what an owner may.
    Operator,
}

impl Caller {
    /// The person, if it is one, or the one it acts for.
    pub fn user(&self) -> Option<&User> {
        match self {
            Self::Person { user, .. } | Self::Schedule { user } => Some(user),
            Self::Anonymous | Self::Operator => None,
        }
    }

    /// Id of the person, if it is one.
    pub fn user_id(&self) -> Option<UserId> {
        self.user().map(|u| u.id)
    }

    /// Name for the audit trail and for pages.
    pub fn name(&self) -> String {
        match self {
            Self::Anonymous => "nobody".into(),
            Self::Person { user, .. } | Self::Schedule { user } => user.name.clone(),
            Self::Operator => "operator".into(),
        }
    }

    fn owns_workspace(&self) -> bool {
        match self {
            Self::Anonymous => false,
            Self::Person { user, .. } | Self::Schedule { user } => user.role == WorkspaceRole::Owner,
            Self::Operator => true,
        }
    }
}

/// A plan the caller may see, loaded, with what was measured.
#[derive(Clone)]
pub struct Access {
    /// The plan with the workspace.
    pub plan: Arc<Plan>,
    /// Everything measured or said about it.
    pub evidence: Arc<Evidence>,
    /// What the caller may do: the role in the plan, or editor for owners of the workspace.
    pub role: PlanRole,
    /// Who asks.
    pub caller: Caller,
    /// Today.
    pub today: Date,
    /// What the rules say, waived findings included.
    pub findings: Arc<Vec<Finding>>,
    /// People on the plan.
    pub people: Vec<Member>,
    /// Number of the newest event about the plan or its workspace when it was loaded.
    pub heard: u64,
}

impl Access {
    /// Whether the caller may change items now.
    pub fn may_edit(&self) -> bool {
        self.role >= PlanRole::Editor && self.plan.state.editable()
    }

    /// Whether the caller may comment.
    pub fn may_comment(&self) -> bool {
        self.role >= PlanRole::Reviewer
    }

    /// Findings that are open: not waived.
    pub fn open_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.waived.is_none())
    }
}

impl Workbench {
    /// Any signed-in person, or the operator.
    pub(crate) fn person(&self, caller: &Caller) -> Result<(), Error> {
        match caller {
            Caller::Anonymous => Err(Error::SignedOut),
            Caller::Schedule { user } if user.disabled_at.is_some() => Err(Error::SignedOut),
            Caller::Person { .. } | Caller::Schedule { .. } | Caller::Operator => Ok(()),
        }
    }

    /// An owner of the workspace.
    pub(crate) fn owner(&self, caller: &Caller) -> Result<(), Error> {
        self.person(caller)?;
        if caller.owns_workspace() { Ok(()) } else { Err(Error::denied("workspace owner")) }
    }

    /// The plan's document id and the caller's role in it; "not found" for strangers, so that nobody
    /// learns which plans exist.
    pub(crate) async fn role(&self, caller: &Caller, key: &str, needs: PlanRole) -> Result<(PlanRow, PlanRole), Error> {
        self.person(caller)?;
        let plan = self.store().load_plan(key, caller.user_id()).await?;
        let role = if caller.owns_workspace() { Some(PlanRole::Editor) } else { plan.role };
        match role {
            None => Err(Error::NotFound("plan")),
            Some(role) if role < needs => Err(Error::denied(needs.code())),
            Some(role) => Ok((plan, role)),
        }
    }

    /// Authorises and loads a plan with everything the rules need.
    pub(crate) async fn access(&self, caller: &Caller, key: &str, needs: PlanRole) -> Result<Access, Error> {
        let (row, role) = self.role(caller, key, needs).await?;
        let id = row.document;
        let heard = self.heard(id);
        let document = self.document(id).await?;
        let workspace = self.document(self.workspace_id()).await?;
        let plan = Plan {
            key: row.key,
            state: row.state,
            version: row.version,
            created_at: row.created_at,
            document: (*document).clone(),
            workspace: (*workspace).clone(),
        };
        let mut evidence = self.evidence(&plan).await?;
        evidence.slice_hashes = rules::slice_hashes(&plan);
        self.add_approvals(&plan, &mut evidence).await?;
        let today = self.today();
        let findings = rules::lint(&plan, &evidence, &rules::Profile::recommended(), today);
        let people = self.store().list_members(id).await?;
        Ok(Access {
            plan: Arc::new(plan),
            evidence: Arc::new(evidence),
            role,
            caller: caller.clone(),
            today,
            findings: Arc::new(findings),
            people,
            heard,
        })
    }

    /// The workspace alone, for its own lists and forms: a plan without items.
    pub(crate) async fn workspace_access(&self, caller: &Caller) -> Result<Access, Error> {
        self.person(caller)?;
        let workspace = self.document(self.workspace_id()).await?;
        let plan = Plan {
            key: String::new(),
            state: domain::PlanState::Draft,
            version: 0,
            created_at: self.now(),
            document: domain::Document::new(self.workspace_id()),
            workspace: (*workspace).clone(),
        };
        Ok(Access {
            plan: Arc::new(plan),
            evidence: Arc::new(Evidence::default()),
            role: PlanRole::Viewer,
            caller: caller.clone(),
            today: self.today(),
            findings: Arc::new(Vec::new()),
            people: Vec::new(),
            heard: self.heard(self.workspace_id()),
        })
    }

    /// Everything measured or said about a plan that is not part of its document.
    pub(crate) async fn evidence(&self, plan: &Plan) -> Result<Evidence, Error> {
        let (store, document) = (self.store(), plan.document.id);
        Ok(Evidence {
            runs: self.runs(plan).await?,
            connections: store.list_connections(document).await?.iter().map(Connection::view).collect(),
            files: store.list_attachments(document).await?,
            slice_hashes: BTreeMap::new(),
            slots: store.list_slots(document).await?,
            open_threads: store.count_open_threads(document).await?,
            waivers: store.list_waivers(document).await?,
            ..Evidence::default()
        })
    }

    /// The runs of a plan that rules and pages look at, newest first: the newest of each check, and those that the plan
    /// names, however old.
    pub(crate) async fn runs(&self, plan: &Plan) -> Result<Vec<Run>, Error> {
        let document = plan.document.id;
        let checks: Vec<ItemId> = plan.each::<Check>().map(|check| check.id()).collect();
        let each = (RUNS / i64::try_from(checks.len().max(1)).unwrap_or(RUNS)).clamp(10, RUNS_OF_CHECK);
        let mut runs = self.store().list_runs(document, &checks, each).await?;
        let listed: BTreeSet<RunId> = runs.iter().map(|run| run.id).collect();
        for named in rules::runs_named(plan).difference(&listed).take(NAMED) {
            match self.store().load_run(*named).await {
                Ok(stored) if stored.document == document => runs.push(stored.run),
                // Of another plan, or of an installation that this plan was imported from.
                Ok(_) | Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        runs.sort_by_key(|run| Reverse(run.number));
        Ok(runs)
    }
}
