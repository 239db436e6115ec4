//! Items as tables and forms, whatever their kind: one read and one write path for all of them.

use crate::{
    Access, Caller, Error, Workbench,
    activity::{self, href},
    editing::patches,
    plans, review,
};
use domain::{
    Change, FieldType, Item, ItemId, JsonBounds, Kind, Kinded, Line, PartId, PlanRole, Row, Submitted, entity::Step,
};
use rules::Severity;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uuid::Uuid;
use views::{
    items::{Basis, ConflictField, EditOutcome, ItemDetail, ItemLink, ItemList, ItemRow, NewItem, RefOption},
    lengths,
};

/// Fields of a form, as JSON values by name.
type Form = Map<String, Value>;

impl Workbench {
    /// One page of the items of a kind, filtered by text.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn list_items(
        &self,
        caller: &Caller,
        key: &str,
        kind: Kind,
        text: &str,
        offset: u64,
    ) -> Result<ItemList, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let mut list = list(&access, kind, text, offset);
        list.head = Some(plans::head(&access));
        list.may_edit = self.may_edit_kind(&access, kind).await;
        Ok(list)
    }

    /// The same for the workspace.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub async fn list_workspace(
        &self,
        caller: &Caller,
        kind: Kind,
        text: &str,
        offset: u64,
    ) -> Result<ItemList, Error> {
        self.person(caller)?;
        let access = self.workspace_access(caller).await?;
        let mut list = list(&access, kind, text, offset);
        list.may_edit = self.may_edit_workspace(caller).await.is_ok();
        Ok(list)
    }

    /// Everything about one item, named by id or short key.
    ///
    /// # Errors
    /// When the caller may not see it.
    pub async fn item(&self, caller: &Caller, key: &str, reference: &str) -> Result<ItemDetail, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let item = access.find(reference).ok_or(Error::NotFound("item"))?.clone();
        let document = access.plan.document.id;
        let home = if item.kind().in_workspace() { self.workspace_id() } else { document };
        let may = self.may_edit_kind(&access, item.kind()).await;
        let history = self.store().list_audit(home, Some(item.id), None, 50).await?;
        let comments = self.store().list_comments(document, Some(item.id)).await?;
        Ok(ItemDetail {
            head: Some(plans::head(&access)),
            threads: review::threads(&access, comments),
            history: activity::history(&access, &item, history),
            may_edit: may && item.archived_at.is_none(),
            may_undo: may,
            may_comment: access.may_comment() && item.archived_at.is_none(),
            ..detail(&access, item)
        })
    }

    /// What the rules need to judge the plan while one of its items is written.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn basis(&self, caller: &Caller, key: &str) -> Result<Basis, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        Ok(Basis {
            plan: (*access.plan).clone(),
            evidence: (*access.evidence).clone(),
            profile: rules::Profile::recommended(),
            today: access.today,
            findings: (*access.findings).clone(),
        })
    }

    /// Everything about an item of the workspace, named in the same way.
    ///
    /// # Errors
    /// When nobody is signed in or there is no such item.
    pub async fn workspace_item(&self, caller: &Caller, reference: &str) -> Result<ItemDetail, Error> {
        self.person(caller)?;
        let access = self.workspace_access(caller).await?;
        let item = access.find(reference).ok_or(Error::NotFound("item"))?.clone();
        let history = self.store().list_audit(self.workspace_id(), Some(item.id), None, 50).await?;
        let may = self.may_edit_workspace(caller).await.is_ok();
        Ok(ItemDetail {
            history: activity::history(&access, &item, history),
            may_edit: may && item.archived_at.is_none(),
            may_undo: may,
            ..detail(&access, item)
        })
    }

    /// What a form needs to make a new item of a plan or of the workspace.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn new_item(&self, caller: &Caller, key: Option<&str>, kind: Kind) -> Result<NewItem, Error> {
        let access = self.reading(caller, key).await?;
        let head = key.map(|_| plans::head(&access));
        let may_edit = self.may_edit_kind(&access, kind).await;
        Ok(NewItem { head, kind, body: kind.blank().body(), options: options(&access, kind, None), may_edit })
    }

    /// Adds an item from a form. `key` is `None` for the workspace.
    ///
    /// # Errors
    /// When a value cannot be kept or the caller may not edit.
    pub async fn add_item(
        &self,
        caller: &Caller,
        key: Option<&str>,
        kind: Kind,
        form: Submitted,
    ) -> Result<EditOutcome, Error> {
        self.may_change(caller, key).await?;
        let mut fields = form.read(kind).map_err(Error::Invalid)?;
        required(kind, &fields)?;
        identify_parts(kind, &mut fields);
        let change = Change::Add { item: ItemId(Uuid::now_v7()), kind, fields };
        self.save(caller, key, change).await
    }

    /// Changes an item from a form that shows `before` and sends `after`. Fields somebody else
    /// changed meanwhile come back with both values; the others merge.
    ///
    /// # Errors
    /// When a value cannot be kept or the caller may not edit.
    pub async fn change_item(
        &self,
        caller: &Caller,
        key: Option<&str>,
        item: &str,
        kind: Kind,
        before: &str,
        form: Submitted,
    ) -> Result<EditOutcome, Error> {
        self.may_change(caller, key).await?;
        let item = item_id(item)?;
        let before = shown_fields(before)?;
        let mut after = form.read(kind).map_err(Error::Invalid)?;
        identify_parts(kind, &mut after);
        let patches = patches(kind, &before, &after);
        self.save(caller, key, Change::Set { item, patches }).await
    }

    /// Settles a field that two people changed: `value` replaces `theirs`, both JSON. When it moved on
    /// once more, the next conflict comes back.
    ///
    /// # Errors
    /// When the value cannot be kept or the caller may not edit.
    pub async fn settle_field(
        &self,
        caller: &Caller,
        key: Option<&str>,
        item: &str,
        field: &str,
        theirs: &str,
        value: &str,
    ) -> Result<EditOutcome, Error> {
        self.may_change(caller, key).await?;
        let json = |name: &str, text: &str| {
            let read = JsonBounds::ITEM.read(text.as_bytes());
            read.map_err(|_| Error::invalid(name, "is not a value this page sent"))
        };
        let (before, after) = (json("theirs", theirs)?, json("value", value)?);
        let patches = vec![domain::Patch { field: field.into(), before, after }];
        let id = self.reading(caller, key).await?.find(item).ok_or(Error::NotFound("item"))?.id;
        self.save(caller, key, Change::Set { item: id, patches }).await
    }

    /// Puts an item away; it stays in the history.
    ///
    /// # Errors
    /// When others refer to it or the caller may not edit.
    pub async fn remove_item(&self, caller: &Caller, key: Option<&str>, item: &str) -> Result<EditOutcome, Error> {
        self.may_change(caller, key).await?;
        let item = item_id(item)?;
        self.save(caller, key, Change::Archive { item }).await
    }

    /// Whether the caller may change items of a kind, wherever they are looked at.
    async fn may_edit_kind(&self, access: &Access, kind: Kind) -> bool {
        if kind.in_workspace() { self.may_edit_workspace(&access.caller).await.is_ok() } else { access.may_edit() }
    }

    /// The plan or, without a key, the workspace alone, for those who may see it.
    async fn reading(&self, caller: &Caller, key: Option<&str>) -> Result<Access, Error> {
        match key {
            Some(key) => self.access(caller, key, PlanRole::Viewer).await,
            None => self.workspace_access(caller).await,
        }
    }

    async fn save(&self, caller: &Caller, key: Option<&str>, change: Change) -> Result<EditOutcome, Error> {
        let edited = match key {
            Some(key) => self.edit(caller, key, vec![change]).await,
            None => self.edit_workspace(caller, vec![change]).await,
        };
        match edited {
            Ok(edited) => match edited.items.first() {
                Some(item) => Ok(EditOutcome::Saved { item: item.id, key: item.key(), rev: edited.rev }),
                None => Err(Error::Internal("a change led to no item".into())),
            },
            Err(Error::Edited(fields)) => {
                let access = self.reading(caller, key).await?;
                let users = self.store().list_users().await?;
                Ok(EditOutcome::Conflict { fields: conflicts(&access, &users, fields) })
            }
            Err(other) => Err(other),
        }
    }
}

/// The fields of an item as the form showed them, which it sends back with what was typed.
pub(crate) fn shown_fields(before: &str) -> Result<Form, Error> {
    JsonBounds::ITEM
        .read(before.as_bytes())
        .map_err(|_| Error::Conflict("the form is from an older version of this page; load it again".into()))
}

fn conflicts(access: &Access, users: &[domain::User], fields: Vec<domain::FieldConflict>) -> Vec<ConflictField> {
    fields
        .into_iter()
        .filter_map(|conflict| {
            let item = access.find(&conflict.item.to_string())?;
            let name = conflict.field.split('/').next().unwrap_or_default();
            let field = item.kind().field(name)?;
            let words = |value: &Value| match conflict.field.contains('/') && value.is_object() {
                true => rules::display(&access.plan, field, &Value::Array(vec![value.clone()])),
                false => rules::display(&access.plan, field, value),
            };
            Some(ConflictField {
                label: field.label.into(),
                theirs: words(&conflict.theirs),
                mine: words(&conflict.mine),
                theirs_value: conflict.theirs,
                mine_value: conflict.mine,
                by: users
                    .iter()
                    .find(|u| Some(u.id) == conflict.by)
                    .map_or_else(|| "Plumbline".into(), |u| u.name.clone()),
                at: conflict.at,
                field: conflict.field,
            })
        })
        .collect()
}

fn required(kind: Kind, fields: &Form) -> Result<(), Error> {
    let missing: Vec<_> = kind
        .fields()
        .iter()
        .filter(|f| f.required)
        .filter(|f| match fields.get(f.name) {
            None | Some(Value::Null) => true,
            Some(Value::String(text)) => text.trim().is_empty(),
            Some(_) => false,
        })
        .map(|f| domain::Invalid::new(f.name, "is needed"))
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(Error::Invalid(missing)) }
}

/// Gives new parts of list fields their ids.
pub(crate) fn identify_parts(kind: Kind, fields: &mut Form) {
    for field in kind.fields() {
        if !matches!(field.kind, FieldType::Parts(_)) {
            continue;
        }
        for part in fields.get_mut(field.name).and_then(Value::as_array_mut).into_iter().flatten() {
            let known = part["id"].as_str().is_some_and(|id| id.parse::<PartId>().is_ok());
            if !known && part.is_object() {
                part["id"] = Value::String(Uuid::now_v7().to_string());
            }
        }
    }
}

fn list(access: &Access, kind: Kind, text: &str, offset: u64) -> ItemList {
    let wanted = text.trim().to_lowercase();
    let home = if kind.in_workspace() { &access.plan.workspace } else { &access.plan.document };
    let mut counts: BTreeMap<ItemId, (u64, u64)> = BTreeMap::new();
    for finding in access.open_findings() {
        let Some(subject) = finding.subject else { continue };
        let entry = counts.entry(subject).or_default();
        match finding.severity {
            Severity::Error => entry.0 += 1,
            Severity::Warn => entry.1 += 1,
            Severity::Info => {}
        }
    }
    let rows: Vec<ItemRow> = home
        .of_kind(kind)
        .into_iter()
        .map(|item| row(access, item, counts.get(&item.id).copied().unwrap_or_default()))
        .filter(|row| {
            wanted.is_empty()
                || row.key.to_lowercase() == wanted
                || row.title.to_lowercase().contains(&wanted)
                || row.cells.values().any(|cell| cell.to_lowercase().contains(&wanted))
        })
        .collect();
    let total = rows.len() as u64;
    let rows = rows.into_iter().skip(offset as usize).take(lengths::ITEMS.into()).collect();
    ItemList { head: None, kind, may_edit: false, rows, total, offset }
}

fn row(access: &Access, item: &Item, (errors, warnings): (u64, u64)) -> ItemRow {
    let body = item.entity.body();
    let cells = item
        .kind()
        .fields()
        .iter()
        .filter(|f| f.column)
        .map(|f| (f.name.to_owned(), rules::display(&access.plan, f, &body[f.name])))
        .collect();
    ItemRow { id: item.id, key: item.key(), title: access.plan.title_of(item), cells, errors, warnings }
}

fn detail(access: &Access, item: Item) -> ItemDetail {
    let body = item.entity.body();
    let texts = item
        .kind()
        .fields()
        .iter()
        .map(|f| (f.name.to_owned(), rules::display(&access.plan, f, &body[f.name])))
        .collect();
    let mut referring: Vec<ItemLink> = Vec::new();
    for (other, _) in access.plan.referring(item.id) {
        if !referring.iter().any(|l| l.id == other.id) {
            referring.push(ItemLink {
                id: other.id,
                key: other.key(),
                title: access.plan.title_of(other),
                kind: other.kind(),
                href: href(access, other),
            });
        }
    }
    ItemDetail {
        head: None,
        title: access.plan.title_of(&item),
        texts,
        options: options(access, item.kind(), Some(&item)),
        referring,
        findings: access.findings.iter().filter(|f| f.subject == Some(item.id)).cloned().collect(),
        threads: Vec::new(),
        history: Vec::new(),
        may_edit: false,
        may_undo: false,
        may_comment: false,
        href: href(access, &item),
        own_page: activity::own_page(access, &item),
        body,
        item,
    }
}

/// What the reference fields of a kind can point to, by field name (`field.sub` inside parts). What an
/// item points to already stays among them, or saving its form would lose it.
fn options(access: &Access, kind: Kind, item: Option<&Item>) -> BTreeMap<String, Vec<RefOption>> {
    let body = item.map(|i| i.entity.body()).unwrap_or_default();
    let mut all = BTreeMap::new();
    for field in kind.fields() {
        if let Some(options) = choices(access, field.kind, item) {
            all.insert(field.name.to_owned(), with_chosen(access, options, &[&body[field.name]]));
        }
        let FieldType::Parts(inner) = field.kind else { continue };
        for sub in inner {
            if let Some(options) = choices(access, sub.kind, item) {
                let parts = body[field.name].as_array().into_iter().flatten();
                let chosen: Vec<_> = parts.map(|part| &part[sub.name]).collect();
                all.insert(format!("{}.{}", field.name, sub.name), with_chosen(access, options, &chosen));
            }
        }
    }
    all
}

fn choices(access: &Access, kind: FieldType, item: Option<&Item>) -> Option<Vec<RefOption>> {
    let mut options: Vec<RefOption> = match kind {
        FieldType::Ref(Kind::Step) | FieldType::Refs(Kind::Step) => step_options(access, item),
        FieldType::Ref(kind) | FieldType::Refs(kind) => ref_options(access, kind),
        FieldType::Connection => {
            let known = access.evidence.connections.iter();
            known.map(|c| RefOption { id: c.id.to_string(), title: c.name.clone() }).collect()
        }
        FieldType::Run => {
            let done = access.evidence.runs.iter().filter(|r| r.totals.is_some());
            done.map(|r| RefOption {
                id: r.id.to_string(),
                title: format!("Run {} of {}", r.number, access.plan.title(r.check)),
            })
            .collect()
        }
        FieldType::Attachment => {
            let files = access.evidence.files.iter();
            files.map(|f| RefOption { id: f.id.to_string(), title: f.name.clone() }).collect()
        }
        _ => return None,
    };
    options.sort();
    Some(options)
}

fn with_chosen(access: &Access, mut options: Vec<RefOption>, chosen: &[&Value]) -> Vec<RefOption> {
    let singles = chosen.iter().filter_map(|value| value.as_str());
    let several = chosen.iter().filter_map(|value| value.as_array()).flatten().filter_map(Value::as_str);
    for id in singles.chain(several) {
        if !options.iter().any(|o| o.id == id) {
            let known = id.parse().ok().and_then(|id| access.plan.item(id));
            let title = known.map_or_else(|| "something removed".into(), |item| access.plan.title_of(item));
            options.push(RefOption { id: id.to_owned(), title });
        }
    }
    options
}

/// Steps to choose from, each named with its picture and place, as the same step is in several pictures.
/// For a step these are the others of its own picture.
fn step_options(access: &Access, item: Option<&Item>) -> Vec<RefOption> {
    let own = item.and_then(|i| Step::of(&i.entity)).and_then(|step| step.variant);
    let others = access.plan.each::<Step>().filter(|s| Some(s.id()) != item.map(|i| i.id));
    let fitting = others.filter(|s| own.is_none() || s.variant == own);
    let named = |s: Row<'_, Step>| {
        let picture = s.variant.map_or_else(|| "no picture".into(), |id| access.plan.title(id));
        let place = s.position.map(|n| format!("{n} ")).unwrap_or_default();
        RefOption { id: s.id().to_string(), title: format!("{picture} · {place}{}", s.name) }
    };
    fitting.map(named).collect()
}

/// Live items of a kind to choose from, by title.
pub(crate) fn ref_options(access: &Access, kind: Kind) -> Vec<RefOption> {
    let home = if kind.in_workspace() { &access.plan.workspace } else { &access.plan.document };
    let items = home.of_kind(kind);
    let mut options: Vec<_> =
        items.into_iter().map(|i| RefOption { id: i.id.to_string(), title: access.plan.title_of(i) }).collect();
    options.sort();
    options
}

fn item_id(text: &str) -> Result<ItemId, Error> {
    text.parse().map_err(|_| Error::NotFound("item"))
}

/// A name people typed, as a line.
pub(crate) fn line(field: &str, text: &str) -> Result<Line, Error> {
    Line::new(text).map_err(|e| Error::invalid(field, e))
}
