//! Sync checks: started by a person or on time, stopped by a person, executed as a job, shown as a dashboard.

mod columns;
mod due;
mod expected;
mod pace;
mod seen;
pub(crate) mod work;

pub(crate) use columns::column_changes;
pub(crate) use expected::EXAMPLES;

use crate::{Access, Caller, Error, Event, Workbench};
use domain::{
    DocumentId, JobId, PlanRole, RunId, RunState,
    entity::{self, Check, ComparedPair},
};
use reconcile::{CodeMap, Pair, Spec, Tolerance};
use serde_json::json;
use store::{NewJob, NewRun, StoreError};
use uuid::Uuid;
use views::sync::RunProgress;

/// A run that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// Which.
    pub run: RunId,
    /// Its number within the plan.
    pub number: i64,
}

/// Constraint that keeps a second run of a check out while one has not ended.
const ONE_RUN: &str = "runs_document_id_check_id";

/// The phase of work that was asked to stop and has not yet.
pub(crate) const STOPPING: &str = "stopping";

/// What is queued when a check is started.
struct Start {
    run: NewRun,
    job: NewJob,
}

impl Workbench {
    /// Starts a check. Returns the run at once; the work goes on in the background.
    ///
    /// # Errors
    /// When the caller may not edit, the check lacks a side, a key or columns to compare, or a run of it
    /// has not ended yet.
    pub async fn start_check(&self, caller: &Caller, key: &str, check: &str) -> Result<Started, Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let Start { run, job } = self.to_start(&access, check)?;
        let audit = self.audit(caller, "started a check", Some(run.check), json!({ "run": run.id }));
        let number = match self.store().insert_run(&run, &job, audit).await {
            Err(StoreError::Conflict { constraint }) if constraint == ONE_RUN => {
                return Err(Error::Conflict("a run of this check was started at the same moment; wait for it".into()));
            }
            other => other?,
        };
        self.tell_waiting(&run);
        Ok(Started { run: run.id, number })
    }

    /// The run and the job of a check that is started now.
    fn to_start(&self, access: &Access, check: &str) -> Result<Start, Error> {
        let by = access.caller.user_id().ok_or(Error::SignedOut)?;
        let item = access.find(check).ok_or(Error::NotFound("check"))?;
        let row = access.plan.get::<Check>(item.id).ok_or(Error::NotFound("check"))?;
        complete(row.entity)?;
        if let Some(open) = access.evidence.runs.iter().find(|r| r.check == item.id && !r.state.ended()) {
            let number = open.number;
            return Err(Error::Conflict(format!("run {number} of this check has not ended; wait for it or cancel it")));
        }
        let at = self.now();
        let run = NewRun {
            id: RunId(Uuid::now_v7()),
            document: access.plan.document.id,
            check: item.id,
            by,
            at,
            spec_hash: rules::spec_hash(row.entity),
            slice_hash: rules::trial_hash(&access.plan),
        };
        let job = NewJob {
            id: JobId(Uuid::now_v7()),
            kind: "check".into(),
            document: Some(run.document),
            run: Some(run.id),
            payload: json!({ "check": row.entity }),
            created_at: at,
        };
        Ok(Start { run, job })
    }

    /// Stops a run that has not ended.
    ///
    /// # Errors
    /// When the caller may not edit or the run has ended.
    pub async fn cancel_run(&self, caller: &Caller, key: &str, number: i64) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let run = access.evidence.runs.iter().find(|r| r.number == number).ok_or(Error::NotFound("run"))?;
        let job = self.store().job_of_run(run.id).await?;
        let audit = self.audit(caller, "cancelled a check", Some(run.check), json!({ "run": number }));
        match self.store().request_cancel(job.job.id, self.now(), audit).await {
            Err(StoreError::Conflict { .. }) => Err(Error::Conflict("this run has ended already".into())),
            Ok(state) => {
                self.tell_stopped(access.plan.document.id, run.id, state);
                Ok(())
            }
            Err(other) => Err(other.into()),
        }
    }

    pub(crate) fn tell(&self, document: DocumentId, run: RunId, progress: RunProgress, ended: bool) {
        self.events().send(Event::Run { document, run, progress, ended });
    }

    /// `state` of the job right after it was asked to stop.
    pub(crate) fn tell_stopped(&self, document: DocumentId, run: RunId, state: RunState) {
        let phase = if state.ended() { state.code() } else { STOPPING };
        self.tell(document, run, RunProgress::of(phase), state.ended());
    }

    fn tell_waiting(&self, run: &NewRun) {
        self.tell(run.document, run.id, RunProgress::of("waiting"), false);
    }
}

/// What a check needs before it can run.
fn complete(check: &Check) -> Result<(Spec, domain::ConnectionId, domain::ConnectionId), Error> {
    let left = check.left.ok_or_else(|| Error::invalid("left", "choose a connection for the left side"))?;
    let right = check.right.ok_or_else(|| Error::invalid("right", "choose a connection for the right side"))?;
    if check.key.is_empty() {
        return Err(Error::invalid("key", "choose at least one pair of columns that tells records apart"));
    }
    let compare = check.compare.iter().map(agreed).collect::<Result<_, _>>()?;
    let key = check.key.iter().map(|k| (k.left.to_string(), k.right.to_string())).collect();
    Ok((Spec { key, compare }, left, right))
}

/// A pair of columns as the engine takes it.
fn agreed(pair: &ComparedPair) -> Result<Pair, Error> {
    let names: Vec<&str> = pair.rules().map(|rule| rule.name).collect();
    let columns = format!("{} = {}", &*pair.left, &*pair.right);
    let (tolerance, codes) = tolerance_and_codes(&columns, &pair.tolerance, &pair.codes)?;
    Ok(Pair {
        left: pair.left.to_string(),
        right: pair.right.to_string(),
        rules: reconcile::parse_rules(&names.join(","))?,
        tolerance,
        codes,
    })
}

/// What was typed about a pair of columns; each is `None` where nothing was.
///
/// # Errors
/// In words that name the columns.
pub(crate) fn tolerance_and_codes(
    columns: &str,
    tolerance: &str,
    codes: &str,
) -> Result<(Option<Tolerance>, Option<CodeMap>), Error> {
    let wrong = |reason: String| Error::invalid("compare", format!("{columns}: {reason}"));
    let tolerance = Some(tolerance.trim()).filter(|text| !text.is_empty()).map(Tolerance::parse).transpose();
    let codes = entity::code_list(codes).map_err(|invalid| wrong(invalid.reason))?;
    let codes = (!codes.is_empty()).then(|| CodeMap::new(codes)).transpose();
    Ok((tolerance.map_err(|error| wrong(error.to_string()))?, codes.map_err(|error| wrong(error.to_string()))?))
}
