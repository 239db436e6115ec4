select
    snapshots.id, snapshots.document_id, snapshots.version, snapshots.root, snapshots.slices,
    snapshots.previous_root, snapshots.signed_at, signatures.name as signed_by,
    withdrawals.reason as withdrawn
from snapshots
left join signatures on signatures.snapshot_id = snapshots.id and signatures.slot = 'sponsor'
left join withdrawals on withdrawals.snapshot_id = snapshots.id
where snapshots.root = $1
order by snapshots.signed_at, snapshots.id
