//! Checks that run by themselves: what is due is started in the name of the person who set the schedule, with the
//! rights they have at that moment. A time that was missed runs once, however many there were.

use super::{ONE_RUN, Start};
use crate::{Access, Caller, Error, Workbench, activity::SCHEDULED};
use domain::{PlanRole, PlanState, Schedule, Timestamp, entity::Check};
use serde_json::json;
use std::collections::BTreeMap;
use store::{AuditEntry, Scheduled, StoreError};
use views::sync::ScheduleState;

/// Next times that pages show.
pub(crate) const NEXT_SHOWN: usize = 3;

impl Workbench {
    /// Starts the checks whose time has come; returns how many. For the loop of the server, not for a person.
    ///
    /// # Errors
    /// When the store does not answer; what is still due is started by the next call. Why a check was not started is
    /// kept with its schedule.
    pub async fn start_due(&self) -> Result<usize, Error> {
        let (mut started, mut trouble) = (0, None);
        for due in self.store().list_due_schedules(self.now()).await? {
            match self.start_or_leave(&due).await {
                Ok(done) => started += usize::from(done),
                // The others have not to wait for it.
                Err(error) => trouble = Some(error),
            }
        }
        trouble.map_or(Ok(started), Err)
    }

    async fn start_or_leave(&self, due: &Scheduled) -> Result<bool, Error> {
        let now = self.now();
        let schedule = Schedule::parse(&due.expression).map_err(|e| Error::internal("a schedule", &e))?;
        let Some(next) = schedule.next_after(now) else { return Ok(false) };
        match self.start_one(due, next).await {
            Ok(started) => Ok(started),
            Err(NotNow::Left(why)) => {
                let entry = AuditEntry::new(due.set_by, "left a check out", now).item(due.check);
                self.store().skip_due(due, next, now, &why, entry.after(json!({ "why": why }))).await?;
                Ok(false)
            }
            Err(NotNow::Broken(error)) => Err(error),
        }
    }

    /// Starts one; false when another server was faster.
    async fn start_one(&self, due: &Scheduled, next: Timestamp) -> Result<bool, NotNow> {
        let left = |why: String| Err(NotNow::Left(why));
        let Some(by) = due.set_by else {
            return left("nobody's rights stand behind this schedule; set it again as a person".into());
        };
        let user = self.store().load_user(by).await.map_err(Error::from)?.user;
        let name = user.name.clone();
        let caller = Caller::Schedule { user };
        let access = match self.access(&caller, &due.plan, PlanRole::Editor).await {
            Ok(access) => access,
            Err(Error::Denied(_) | Error::NotFound(_) | Error::SignedOut) => {
                return left(format!(
                    "{name}, who set this schedule, may no longer edit the plan; clear it, save, and set it again in your name"
                ));
            }
            Err(other) => return Err(other.into()),
        };
        if let Some(why) = resting(access.plan.state) {
            return left(why.into());
        }
        let Start { run, job } = self.to_start(&access, &due.check.to_string())?;
        let entry = self.audit(&caller, SCHEDULED, Some(run.check), json!({ "run": run.id }));
        match self.store().insert_due_run(due, next, &run, &job, entry).await {
            Ok(Some(_)) => {
                self.tell_waiting(&run);
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(StoreError::Conflict { constraint }) if constraint == ONE_RUN => {
                left("the run before had not ended".into())
            }
            Err(other) => Err(Error::from(other).into()),
        }
    }

    /// The schedules of a plan as pages show them.
    pub(crate) async fn schedule_states(
        &self,
        access: &Access,
    ) -> Result<BTreeMap<domain::ItemId, ScheduleState>, Error> {
        let now = self.now();
        let stored = self.store().list_schedules(access.plan.document.id).await?;
        let states = stored.into_iter().filter_map(|stored| {
            let check = access.plan.get::<Check>(stored.check)?;
            let schedule = Schedule::parse(&check.entity.schedule).ok()?;
            let rests = resting(access.plan.state).is_some();
            let state = ScheduleState {
                words: schedule.words(),
                by: stored.by_name.unwrap_or_else(|| "the operator".into()),
                next: if rests { Vec::new() } else { schedule.times_after(now, NEXT_SHOWN) },
                skipped: stored.skipped,
            };
            Some((stored.check, state))
        });
        Ok(states.collect())
    }
}

/// Why the checks of a plan do not run by themselves in this state, if they do not: nobody could change or stop them
/// on its pages.
fn resting(state: PlanState) -> Option<&'static str> {
    (!state.editable())
        .then_some("this version is signed or withdrawn; its checks run by themselves again once it is revised")
}

/// Why a check is not started now.
enum NotNow {
    /// This time is left out; the words say why.
    Left(String),
    /// It is still due: the store did not answer.
    Broken(Error),
}

impl From<Error> for NotNow {
    fn from(error: Error) -> Self {
        match error {
            Error::Internal(_) | Error::Unavailable(_) => Self::Broken(error),
            other => Self::Left(other.to_string()),
        }
    }
}
