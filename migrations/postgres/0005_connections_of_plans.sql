-- A connection belongs to the plan that made it: people of other plans neither see nor use it.
-- One made before goes to the oldest plan that its maker edits; where there is none, it is put away.

alter table connections add column document_id uuid references plans (document_id);

update connections
set
    document_id = (
        select plans.document_id
        from plans
        inner join plan_members on plan_members.document_id = plans.document_id
        where plan_members.user_id = connections.created_by
            and plan_members.role = 'editor'
        order by plans.created_at
        limit 1
    );

update connections
set archived_at = created_at, secret = null
where document_id is null
    and archived_at is null;

drop index connections_name_key;

create unique index connections_document_id_name_key on connections (document_id, name_key) where archived_at is null;
