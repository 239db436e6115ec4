//! Work-lists: groups of the differences of a run in somebody's hands. Made and assigned by people; closed by what a
//! later run shows (`judge`) or by a signed exception (`exceptions`), and by nothing else.

mod exceptions;
mod groups;
mod judge;
mod words;

use crate::{
    Access, Caller, Download, Error, Workbench,
    dashboards::{difference, key_names, parsed_slice, point_name, sides},
    downloads::CsvOf,
    hidden::Hidden,
    own_task::blocking,
    plans,
};
use domain::{
    Date, Invalid, Item, ItemId, Line, PlanRole, Run, Text, Worklist, WorklistGroup, WorklistState, entity::Check,
};
use groups::{Group, owner_of};
use reconcile::{Filter, KeySet, Mask};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use store::{Assigned, NewWorklist, StoreError, StoredRun};
use views::{
    lengths,
    worklists::{NewWorklistPage, WorklistFilter, WorklistPage, WorklistRow, WorklistsPage},
};

/// Records of one work-list that are remembered by their keys; of larger ones the count decides.
pub(crate) const BY_KEY: usize = 10_000;
/// Work-lists made at once.
const AT_ONCE: usize = 50;

/// What is typed about a work-list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assignment {
    /// The person or team; may be empty.
    pub owner: String,
    /// By when, a day such as 2027-03-14; may be empty.
    pub due: String,
    /// What else is to be known; may be empty.
    pub note: String,
}

impl Workbench {
    /// The work-lists of a plan.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn worklists(&self, caller: &Caller, key: &str, filter: &WorklistFilter) -> Result<WorklistsPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let all = self.store().list_worklists(access.plan.document.id).await?;
        let open = all.iter().filter(|w| w.state == WorklistState::Open).count();
        let owners: BTreeSet<_> = all.iter().map(|w| w.owner.clone()).filter(|owner| !owner.is_empty()).collect();
        let fits = |w: &&Worklist| {
            let owner = if w.owner.is_empty() { "-" } else { w.owner.as_str() };
            (filter.state.is_empty() || w.state.code() == filter.state)
                && (filter.owner.is_empty() || owner == filter.owner)
        };
        let shown: Vec<&Worklist> = all.iter().filter(fits).collect();
        Ok(WorklistsPage {
            head: plans::head(&access),
            rows: self.rows(&access, &shown).await,
            owners: owners.into_iter().collect(),
            open: open as u64,
            closed: (all.len() - open) as u64,
        })
    }

    /// The groups of differences of a run that can become work-lists.
    ///
    /// # Errors
    /// When the caller may not see the plan, or there is no such run.
    pub async fn new_worklists(&self, caller: &Caller, key: &str, number: i64) -> Result<NewWorklistPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let run = self.run_by_number(access.plan.document.id, number).await?;
        let (found, hidden) = (self.found_slices(&run).await, self.hidden(&access, &run).await);
        let all = self.store().list_worklists(access.plan.document.id).await?;
        let open = all.iter().filter(|w| w.run == run.id && w.state == WorklistState::Open);
        let groups = groups::of_run(&access, &run, &hidden, &found);
        let taken = open.filter_map(|w| serde_json::to_string(&w.group).ok());
        Ok(NewWorklistPage {
            head: plans::head(&access),
            check: access.plan.document.items.get(&run.check).map(Item::title).unwrap_or_default(),
            run_number: number,
            taken: taken.filter(|taken| groups.iter().any(|group| group.group == *taken)).collect(),
            groups,
            people: people(&access),
            may_edit: access.role >= PlanRole::Editor,
        })
    }

    /// Makes work-lists of groups of differences of a run, at most 50, and returns their numbers. Where no owner is
    /// typed each goes to whom the plan names for the side that is wrong.
    ///
    /// # Errors
    /// When the caller may not edit, the run kept no differences, or a group has none of them.
    pub async fn make_worklists(
        &self,
        caller: &Caller,
        key: &str,
        number: i64,
        groups: &[String],
        typed: &Assignment,
    ) -> Result<Vec<i64>, Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let by = caller.user_id().ok_or(Error::SignedOut)?;
        let run = self.run_by_number(access.plan.document.id, number).await?;
        if groups.is_empty() || groups.len() > AT_ONCE {
            return Err(Error::invalid("groups", format!("choose between 1 and {AT_ONCE}")));
        }
        let typed = checked(typed)?;
        let check = check_of(&access, run.check);
        let path = self.differences_path(run.id).await?;
        let hidden = self.hidden(&access, &run).await;
        // Several causes share a slice, whose records are looked for once.
        let mut slices: HashMap<String, KeySet> = HashMap::new();
        let mut new = Vec::new();
        for text in groups {
            let Group { group, mut filter } = groups::parsed(&run, &hidden, text)?;
            if let Some(slice) = &group.slice {
                if !slices.contains_key(slice) {
                    slices.insert(slice.clone(), self.keys_of(run.id, parsed_slice(slice)?).await?);
                }
                filter.keys = slices.get(slice).cloned();
            }
            let path = path.clone();
            let matching = blocking(move || Ok(reconcile::matching_keys(&path, &filter, BY_KEY)?)).await?;
            if matching.entries == 0 {
                return Err(Error::invalid(
                    "groups",
                    "no difference of this run fits one of them; load the page again",
                ));
            }
            let Assigned { mut owner, due, note } = typed.clone();
            if owner.is_empty() {
                owner = owner_of(&access, &check, &group);
            }
            let keys = matching.keys.map(|keys| keys.to_bytes());
            let (count, at) = (matching.entries, self.now());
            new.push(NewWorklist { run: run.id, check: run.check, group, count, keys, owner, due, note, by, at });
        }
        // Nobody can take anything out of the trail, so it has no value of the data.
        let group = |w: &NewWorklist| WorklistGroup { slice: None, ..w.group.clone() };
        let told = |w: &NewWorklist| json!({ "group": group(w), "count": w.count, "owner": w.owner });
        let told: Vec<_> = new.iter().map(told).collect();
        let audit = self.audit(caller, "made work-lists", Some(run.check), json!({ "run": number, "lists": told }));
        let numbers = self.store().insert_worklists(access.plan.document.id, &new, audit).await?;
        self.tell_changed(&access);
        Ok(numbers)
    }

    /// Says who works on an open work-list, by when, and what is to be known. `before` is what the page showed: what
    /// somebody else has changed since stays, unless both changed the same.
    ///
    /// # Errors
    /// When the caller may not edit, there is no such work-list, it is closed, or both changed the same.
    pub async fn assign_worklist(
        &self,
        caller: &Caller,
        key: &str,
        number: i64,
        typed: &Assignment,
        before: &Assignment,
    ) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let worklist = self.worklist_numbered(&access, number).await?;
        let stands = Assigned::from(&worklist);
        let now = merged(checked(before)?, checked(typed)?, &stands)?;
        let told = |a: &Assigned| json!({ "number": number, "owner": a.owner, "due": a.due, "note": a.note });
        let audit = self.audit(caller, "assigned a work-list", Some(worklist.check), told(&now)).before(told(&stands));
        let document = access.plan.document.id;
        closed_is_closed(self.store().assign_worklist(document, number, &stands, &now, audit).await)?;
        self.tell_changed(&access);
        Ok(())
    }

    /// A work-list with one page of its records, as the run found them.
    ///
    /// # Errors
    /// When the caller may not see the plan, or there is no such work-list.
    pub async fn worklist(&self, caller: &Caller, key: &str, number: i64, offset: u64) -> Result<WorklistPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let worklist = self.worklist_numbered(&access, number).await?;
        let StoredRun { run, removed_at, .. } = self.store().load_run(worklist.run).await?;
        let check = check_of(&access, worklist.check);
        let (mut page, mut mask) = (None, Mask::default());
        if removed_at.is_none() {
            let (path, wanted) = self.records_of(&access, &worklist, &run).await?;
            mask = wanted.mask.clone();
            let length = lengths::RECORDS.into();
            page = Some(blocking(move || Ok(reconcile::page(&path, &wanted, offset, length)?)).await?);
        }
        let (left, right) = sides(&access, &check);
        let totals = run.totals.clone().unwrap_or_default();
        let fields: Vec<String> = totals.fields.iter().map(|f| point_name(&access, f)).collect();
        let may_edit = access.role >= PlanRole::Editor;
        let wanted = may_edit && worklist.state == WorklistState::Open;
        let exceptions = if wanted { self.exceptions(&access, worklist.check).await? } else { Vec::new() };
        Ok(WorklistPage {
            head: plans::head(&access),
            row: row(&access, &worklist, &self.hidden_of(&access, &worklist).await),
            check_key: access.plan.document.items.get(&worklist.check).map(Item::key).unwrap_or_default(),
            by: worklist.by_name.clone(),
            at: worklist.at.to_string(),
            left,
            right,
            key_names: page.as_ref().map(|page| key_names(&page.spec)).unwrap_or_default(),
            total: page.as_ref().map_or(worklist.count, |page| page.total),
            rows: page.into_iter().flat_map(|page| page.entries).map(|d| difference(d, &fields, &mask)).collect(),
            masked: mask.any(),
            removed_at,
            offset,
            by_key: worklist.by_key,
            exceptions: exceptions.into_iter().map(|exception| exception.choice).collect(),
            people: people(&access),
            may_edit,
        })
    }

    /// The records of a work-list for spreadsheet programs, written as they are fetched.
    ///
    /// # Errors
    /// As for [`Workbench::worklist`], or when too many files are being fetched.
    pub async fn worklist_csv(&self, caller: &Caller, key: &str, number: i64) -> Result<Download, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let worklist = self.worklist_numbered(&access, number).await?;
        let run = self.store().load_run(worklist.run).await?.run;
        let (path, wanted) = self.records_of(&access, &worklist, &run).await?;
        self.download(caller, CsvOf { path, wanted }).await
    }

    /// The same as a workbook.
    ///
    /// # Errors
    /// As for [`Workbench::worklist_csv`], or when there are more records than a workbook holds.
    pub async fn worklist_xlsx(&self, caller: &Caller, key: &str, number: i64) -> Result<Vec<u8>, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let worklist = self.worklist_numbered(&access, number).await?;
        let run = self.store().load_run(worklist.run).await?.run;
        let (path, wanted) = self.records_of(&access, &worklist, &run).await?;
        let turn = self.download_turn(caller).await?;
        blocking(move || {
            // Held by the work: somebody who goes away does not let the next one in beside it.
            let _turn = turn;
            Ok(reconcile::export_xlsx(&path, &wanted)?)
        })
        .await
    }

    /// Open work-lists, of one check or of all, for other pages.
    pub(crate) async fn open_worklists(
        &self,
        access: &Access,
        check: Option<ItemId>,
    ) -> Result<Vec<WorklistRow>, Error> {
        let all = self.store().list_worklists(access.plan.document.id).await?;
        let wanted = |w: &&Worklist| w.state == WorklistState::Open && check.is_none_or(|check| w.check == check);
        let shown: Vec<&Worklist> = all.iter().filter(wanted).collect();
        Ok(self.rows(access, &shown).await)
    }

    /// Work-lists as pages show them; what is hidden of a run is found out once.
    async fn rows(&self, access: &Access, worklists: &[&Worklist]) -> Vec<WorklistRow> {
        let (nothing, mut known) = (Hidden::default(), HashMap::new());
        let mut rows = Vec::new();
        for worklist in worklists {
            if worklist.group.slice.is_some() && !known.contains_key(&worklist.run) {
                known.insert(worklist.run, self.hidden_of(access, worklist).await);
            }
            rows.push(row(access, worklist, known.get(&worklist.run).unwrap_or(&nothing)));
        }
        rows
    }

    /// What is hidden of the run a work-list was made of, as far as its title could tell it: that may have been
    /// classified since.
    async fn hidden_of(&self, access: &Access, worklist: &Worklist) -> Hidden {
        if worklist.group.slice.is_none() {
            return Hidden::default();
        }
        match self.store().load_run(worklist.run).await {
            Ok(stored) => self.hidden(access, &stored.run).await,
            Err(_) => Hidden::of_any_run(access, worklist.check),
        }
    }

    async fn worklist_numbered(&self, access: &Access, number: i64) -> Result<Worklist, Error> {
        let all = self.store().list_worklists(access.plan.document.id).await?;
        all.into_iter().find(|w| w.number == number).ok_or(Error::NotFound("work-list"))
    }

    /// Where the records of a work-list are, and which they are: by their keys where those are remembered. What the
    /// caller may not see of them is masked.
    async fn records_of(
        &self,
        access: &Access,
        worklist: &Worklist,
        run: &Run,
    ) -> Result<(std::path::PathBuf, Filter), Error> {
        let path = self.differences_path(run.id).await?;
        let mut filter = groups::filter(run, &worklist.group)?;
        filter.mask = self.mask_for(access, run, &path).await?;
        let keys = self.store().load_worklist_keys(access.plan.document.id, worklist.number).await?;
        filter.keys = match (keys, &worklist.group.slice) {
            (Some(bytes), _) => Some(KeySet::from_bytes(&bytes)),
            (None, Some(slice)) => Some(self.keys_of(run.id, parsed_slice(slice)?).await?),
            (None, None) => None,
        };
        Ok((path, filter))
    }
}

/// What is typed, within bounds.
fn checked(typed: &Assignment) -> Result<Assigned, Error> {
    let owner = Line::new(&typed.owner).map_err(|e| Error::invalid("owner", e))?;
    let note = Text::new(&typed.note).map_err(|e| Error::invalid("note", e))?;
    let day = Some(typed.due.trim()).filter(|day| !day.is_empty());
    let due = day.map(|day| day.parse().map_err(|_| Error::invalid("due", "must be a day such as 2027-03-14")));
    Ok(Assigned { owner: owner.to_string(), due: due.transpose()?, note: note.to_string() })
}

/// What one person typed over what another has changed meanwhile.
///
/// # Errors
/// Every field that both changed, each to something else.
fn merged(before: Assigned, typed: Assigned, stands: &Assigned) -> Result<Assigned, Error> {
    let mut problems = Vec::new();
    let day = |due: &Option<Date>| due.map(|day| day.to_string()).unwrap_or_default();
    let owner = kept("owner", before.owner, typed.owner, &stands.owner, String::clone, &mut problems);
    let due = kept("due", before.due, typed.due, &stands.due, day, &mut problems);
    let note = kept("note", before.note, typed.note, &stands.note, String::clone, &mut problems);
    if problems.is_empty() { Ok(Assigned { owner, due, note }) } else { Err(Error::Invalid(problems)) }
}

fn kept<T: PartialEq + Clone>(
    field: &str,
    before: T,
    mine: T,
    theirs: &T,
    words: impl Fn(&T) -> String,
    problems: &mut Vec<Invalid>,
) -> T {
    if *theirs == before || *theirs == mine {
        return mine;
    }
    if mine != before {
        let (theirs, mine) = (words(theirs), words(&mine));
        let both = format!("nothing was saved: somebody else wrote “{theirs}” meanwhile, you wrote “{mine}”");
        problems.push(Invalid::new(field, both));
    }
    theirs.clone()
}

fn closed_is_closed<T>(result: Result<T, StoreError>) -> Result<T, Error> {
    match result {
        Err(StoreError::Conflict { constraint }) if constraint == "worklists_open" => {
            Err(Error::Conflict("this work-list is closed; make a new one".into()))
        }
        Err(StoreError::Conflict { .. }) => {
            Err(Error::Conflict("somebody else changed this work-list at the same moment; try again".into()))
        }
        other => Ok(other?),
    }
}

fn check_of(access: &Access, check: ItemId) -> Check {
    access.plan.get::<Check>(check).map(|r| r.entity.clone()).unwrap_or_default()
}

fn row(access: &Access, worklist: &Worklist, hidden: &Hidden) -> WorklistRow {
    let open = worklist.state == WorklistState::Open;
    WorklistRow {
        number: worklist.number,
        title: words::title(access, &worklist.group, &check_of(access, worklist.check), hidden),
        check: access.plan.document.items.get(&worklist.check).map(Item::title).unwrap_or_default(),
        run_number: worklist.run_number,
        count: worklist.count,
        owner: worklist.owner.clone(),
        due: worklist.due.map(|day| day.to_string()).unwrap_or_default(),
        overdue: open && worklist.due.is_some_and(|day| day < access.today),
        note: worklist.note.clone(),
        open,
        stands: words::stands(worklist),
    }
}

/// Names to propose as owners: people on the plan and teams.
fn people(access: &Access) -> Vec<String> {
    let members = access.people.iter().map(|member| member.user.name.clone());
    let teams = access.plan.each::<domain::entity::Team>().map(|team| team.name.to_string());
    members.chain(teams).collect::<BTreeSet<_>>().into_iter().collect()
}
