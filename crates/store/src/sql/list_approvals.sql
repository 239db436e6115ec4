with given as (
    select
        approvals.id, approvals.round, approvals.slot, approvals.user_id, approvals.name, approvals.meaning,
        approvals.hash, approvals.at, approvals.comment, plans.version as present,
        coalesce(
            (
                select min(snapshots.version)
                from snapshots
                where snapshots.document_id = $1
                    and snapshots.round >= approvals.round
            ),
            plans.version
        ) as version
    from approvals
    join plans on plans.document_id = approvals.document_id
    where approvals.document_id = $1
)
select id, round, slot, user_id, name, meaning, hash, at, comment, version
from given
where (
        given.version = given.present
        and given.round = (select max(review_rounds.number) from review_rounds where review_rounds.document_id = $1)
    )
    or (
        exists (
            select 1
            from slots
            join users on users.id = slots.user_id
            join plan_members on plan_members.document_id = slots.document_id
                and plan_members.user_id = slots.user_id
            where slots.document_id = $1
                and slots.slot = given.slot
                and slots.user_id = given.user_id
                and plan_members.role <> 'viewer'
                and users.disabled_at is null
        )
        and not exists (
            select 1
            from snapshots
            join withdrawals on withdrawals.snapshot_id = snapshots.id
            where snapshots.document_id = $1
                and snapshots.version >= given.version
                and snapshots.version < given.present
        )
    )
order by at desc, id desc
limit 1000
