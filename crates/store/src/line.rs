//! Whose turn it is among waiting jobs. Plans and persons take turns: next is the job whose plan and person have both
//! waited longest since a job of the plan or a run of the person was taken up; among equals the one whose plan or person
//! has waited longest; then the oldest. Linking the records of a run is the turn of who started that run.

use crate::columns::At;
use std::collections::HashMap;
use uuid::Uuid;

/// A waiting job, with when a job of its plan and a run of its person were last taken up.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Waiting {
    id: Uuid,
    plan: Option<Uuid>,
    person: Option<Uuid>,
    plan_at: At,
    person_at: At,
}

/// When a plan or a person had its last turn: before now, or in which turn from now on.
type Turn = (usize, jiff::Timestamp);

/// The jobs in the order in which they will be taken up if no other comes; `waiting` is by age.
pub(crate) fn in_turn(waiting: Vec<Waiting>) -> impl Iterator<Item = Uuid> {
    let mut waiting: Vec<Option<Waiting>> = waiting.into_iter().map(Some).collect();
    let mut had: HashMap<Uuid, usize> = HashMap::new();
    let mut turn = 0;
    std::iter::from_fn(move || {
        let last = |who: Option<Uuid>, at: At| -> Turn {
            (who.and_then(|who| had.get(&who)).copied().unwrap_or_default(), at.0)
        };
        let since = |job: &Waiting| {
            let (plan, person) = (last(job.plan, job.plan_at), last(job.person, job.person_at));
            (plan.max(person), plan.min(person))
        };
        let still = waiting.iter().enumerate().filter_map(|(age, job)| Some((since(job.as_ref()?), age)));
        let (_, age) = still.min()?;
        let next = waiting.get_mut(age)?.take()?;
        turn += 1;
        for who in [next.plan, next.person].into_iter().flatten() {
            had.insert(who, turn);
        }
        Some(next.id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    /// A job of a plan and a person, which had their last turns at these seconds.
    fn job(id: u128, (plan, plan_at): (u128, i64), (person, person_at): (u128, i64)) -> Waiting {
        let at = |second| At(Timestamp::from_second(second).unwrap_or_default());
        Waiting {
            id: Uuid::from_u128(id),
            plan: Some(Uuid::from_u128(plan)),
            person: Some(Uuid::from_u128(person)),
            plan_at: at(plan_at),
            person_at: at(person_at),
        }
    }

    fn order(waiting: Vec<Waiting>) -> Vec<u128> {
        in_turn(waiting).map(|id| id.as_u128()).collect()
    }

    const A: u128 = 1 << 32;
    const B: u128 = 2 << 32;
    const ANA: u128 = 3 << 32;
    const BEN: u128 = 4 << 32;

    #[test]
    fn a_plan_with_many_waits_for_one_with_few() {
        let mut waiting: Vec<_> = (1..=4).map(|n| job(n, (A, 0), (ANA, 0))).collect();
        waiting.extend([job(5, (B, 0), (BEN, 0)), job(6, (B, 0), (BEN, 0))]);
        assert_eq!(order(waiting), [1, 5, 2, 6, 3, 4]);
    }

    #[test]
    fn a_person_with_many_in_the_same_plan_keeps_nobody_out() {
        let mut waiting: Vec<_> = (1..=3).map(|n| job(n, (A, 9), (ANA, 9))).collect();
        waiting.push(job(4, (A, 9), (BEN, 2)));
        assert_eq!(order(waiting), [4, 1, 2, 3]);
    }

    #[test]
    fn a_person_with_many_plans_keeps_nobody_out() {
        // Ana just had her turn in plan B, where Ben waits: he has to let her go first once, not three times.
        let mut waiting: Vec<_> = (1..=3).map(|n| job(n, (100 + n, 0), (ANA, 9))).collect();
        waiting.push(job(4, (B, 9), (BEN, 0)));
        assert_eq!(order(waiting), [1, 4, 2, 3]);
    }

    #[test]
    fn a_plan_with_many_people_keeps_nobody_out() {
        // Each of them is new; Ben of plan B had his turn long ago.
        let mut waiting: Vec<_> = (1..=3).map(|n| job(n, (A, 9), (100 + n, 0))).collect();
        waiting.push(job(4, (B, 5), (BEN, 5)));
        assert_eq!(order(waiting), [4, 1, 2, 3]);
    }

    #[test]
    fn work_of_nobody_goes_by_age() {
        let nobody = |id| Waiting { plan: None, person: None, ..job(id, (A, 0), (ANA, 0)) };
        assert_eq!(order(vec![nobody(1), nobody(2)]), [1, 2]);
        assert!(order(Vec::new()).is_empty());
    }
}
