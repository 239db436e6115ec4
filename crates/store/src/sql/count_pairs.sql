select count(*)
from crosswalk
where crosswalk.document_id = $1
    and ($2 is null or crosswalk.check_id = $2)
    and ($3 is null or crosswalk.run_id = $3)
    and ($4 is null or crosswalk.decided_by = $4)
    and ($5 is null or crosswalk.source = $5)
    and ($6 is null or crosswalk.same = $6)
    and ($7 is null or lower(crosswalk.left_key || ' ' || crosswalk.right_key) like $7 escape '\')
