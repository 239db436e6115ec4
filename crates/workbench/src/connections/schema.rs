//! What a connected system holds, read from it: tables, columns, a few rows; and columns taken over into the plan as
//! fields of data points.

use super::{
    instance_id,
    metadata::{self, Comparison},
    types::TypeNames,
};
use crate::{Access, Caller, Error, Workbench, activity, items::ref_options, plans};
use connectors::{ColumnInfo, Limits, TableInfo, arrow::array::Array, arrow::array::AsArray};
use domain::{
    Change, ConnectionId, DocumentId, FieldConflict, ItemId, JsonBounds, Kind, PlanRole, Row,
    entity::{DataPoint, Occurrence},
};
use reconcile::plain_name;
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use uuid::Uuid;
use views::{
    history::Pointer,
    items::RefOption,
    schema::{FieldMetadata, OpenTable, SchemaColumn, SchemaPage, SchemaTable},
};

/// Rows of a table that are shown.
const ROWS: usize = 10;
/// Longest value shown, in characters.
const SHOWN: usize = 120;
/// How long the system may take.
const TIME: Duration = Duration::from_secs(20);

impl Workbench {
    /// The tables of a connection, and one of them with columns and a few rows. Only editors make the server ask the
    /// system. `object` narrows the proposals to a business object.
    ///
    /// # Errors
    /// When the caller may not see the plan, or it has no such connection.
    pub async fn schema_page(
        &self,
        caller: &Caller,
        key: &str,
        connection: &str,
        table: &str,
        object: &str,
    ) -> Result<SchemaPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let known = known(&access, connection)?;
        let mut page = SchemaPage {
            head: plans::head(&access),
            connection: known.0,
            name: known.1,
            tables: Vec::new(),
            open: None,
            trouble: None,
            objects: ref_options(&access, Kind::BusinessObject),
            object: object.to_owned(),
            instances: ref_options(&access, Kind::Instance),
            instance: known.2.map(|id| id.to_string()).unwrap_or_default(),
            may_edit: access.may_edit(),
        };
        if !page.may_edit {
            return Ok(page);
        }
        let catalogue = match self.catalogue(access.plan.document.id, page.connection).await {
            Ok(catalogue) => catalogue,
            Err(error) => {
                page.trouble = Some(error.to_string());
                return Ok(page);
            }
        };
        let tables = &catalogue.tables;
        page.tables = tables
            .iter()
            .map(|t| SchemaTable { name: full_name(t), columns: t.columns.len(), rows: t.row_estimate })
            .collect();
        let wanted = if let [only] = &tables[..] { Some(only) } else { catalogue.table(table) };
        match wanted {
            Some(found) => page.open = Some(self.open_table(&access, &page, &catalogue, found).await),
            None if !table.is_empty() => page.trouble = Some(format!("there is no table “{table}” any more")),
            None => {}
        }
        Ok(page)
    }

    /// Records columns of a table as fields of data points: ids of points by column. Columns recorded already are left
    /// alone. Returns how many were recorded.
    ///
    /// # Errors
    /// When the caller may not edit, nothing was chosen, a column or point does not exist, or the system does not answer.
    pub async fn record_columns(
        &self,
        caller: &Caller,
        key: &str,
        connection: &str,
        table: &str,
        instance: &str,
        points: &BTreeMap<String, String>,
    ) -> Result<usize, Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let (id, ..) = known(&access, connection)?;
        let instance =
            instance_id(instance)?
                .filter(|id| access.plan.get::<domain::entity::Instance>(*id).is_some())
                .ok_or_else(|| Error::invalid("instance", "is needed: choose the installation the fields belong to"))?;
        let chosen: Vec<_> = points.iter().filter(|(_, point)| !point.is_empty()).collect();
        if chosen.is_empty() {
            return Err(Error::invalid("points", "are needed: choose a data point for at least one column"));
        }
        let catalogue = self.catalogue(access.plan.document.id, id).await?;
        let found = catalogue.table(table).ok_or(Error::NotFound("table"))?;
        let mut changes = Vec::new();
        for (column, point) in chosen {
            let column = found.columns.iter().find(|c| c.name == *column).ok_or(Error::NotFound("column"))?;
            let point = point.parse().ok().and_then(|id: ItemId| access.plan.get::<DataPoint>(id));
            let point =
                point.ok_or_else(|| Error::invalid("points", "one of the data points was removed; choose again"))?;
            if recorded(&access, &catalogue, Some(instance), found, column).is_none() {
                changes.push(occurrence(point.id(), instance, found, column));
            }
        }
        let count = changes.len();
        if count > 0 {
            self.edit(caller, key, changes).await?;
        }
        Ok(count)
    }

    /// Records what the system says of columns in place of what is recorded of their fields: of one column or, without
    /// its name, of all in the table. `shown` is the JSON of what the page showed as recorded, by column; of others
    /// nothing is taken over. Returns how many fields were changed.
    ///
    /// # Errors
    /// When the caller may not edit, the table or column does not exist, the system does not answer, or somebody else
    /// changed what the page showed.
    pub async fn take_over_columns(
        &self,
        caller: &Caller,
        key: &str,
        connection: &str,
        table: &str,
        column: &str,
        shown: &str,
    ) -> Result<usize, Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let (id, _, instance) = known(&access, connection)?;
        let shown: BTreeMap<String, FieldMetadata> = JsonBounds::ITEM
            .read(shown.as_bytes())
            .map_err(|_| Error::Conflict("the form is from an older version of this page; load it again".into()))?;
        let catalogue = self.catalogue(access.plan.document.id, id).await?;
        let found = catalogue.table(table).ok_or(Error::NotFound("table"))?;
        if !column.is_empty() && !found.columns.iter().any(|c| c.name == column) {
            return Err(Error::NotFound("column"));
        }
        let mut changes = Vec::new();
        for wanted in found.columns.iter().filter(|c| column.is_empty() || c.name == column) {
            let field = recorded(&access, &catalogue, instance, found, wanted);
            let (Some(field), Some(before)) = (field, shown.get(&wanted.name)) else { continue };
            let patches = Comparison::new(before, found, wanted, catalogue.types).patches();
            if !patches.is_empty() {
                changes.push(Change::Set { item: field.id(), patches });
            }
        }
        let count = changes.len();
        if count > 0 {
            self.edit(caller, key, changes).await.map_err(|error| match error {
                Error::Edited(fields) => Error::Conflict(changed_meanwhile(&access, &fields)),
                other => other,
            })?;
        }
        Ok(count)
    }

    /// Tables and columns as the system describes them.
    pub(super) async fn catalogue(&self, plan: DocumentId, id: ConnectionId) -> Result<Catalogue, Error> {
        let source = self.source(plan, id, "").await?;
        let limits = Limits { wall: TIME, ..Limits::default() };
        Ok(Catalogue { tables: connectors::catalogue(&source, &limits).await?, types: TypeNames::of(&source) })
    }

    async fn open_table(
        &self,
        access: &Access,
        page: &SchemaPage,
        catalogue: &Catalogue,
        table: &TableInfo,
    ) -> OpenTable {
        let name = full_name(table);
        let instance = page.instance.parse().ok();
        let object = page.object.parse().ok();
        let columns: Vec<SchemaColumn> =
            table.columns.iter().map(|column| describe(access, catalogue, instance, object, table, column)).collect();
        let hidden: Vec<(String, bool)> = columns.iter().map(|c| (c.name.clone(), c.hidden)).collect();
        let (rows, trouble) = match self.first_rows(access.plan.document.id, page.connection, &name, &hidden).await {
            Ok(rows) => (rows, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let fits = |p: &Row<'_, DataPoint>| object.is_none() || p.object == object;
        let points = access.plan.each::<DataPoint>().filter(fits);
        let mut points: Vec<_> =
            points.map(|p| RefOption { id: p.id().to_string(), title: access.plan.title(p.id()) }).collect();
        points.sort();
        OpenTable { name, columns, rows, trouble, points }
    }

    async fn first_rows(
        &self,
        plan: DocumentId,
        id: ConnectionId,
        table: &str,
        columns: &[(String, bool)],
    ) -> Result<Vec<Vec<Option<String>>>, Error> {
        let source = self.source(plan, id, table).await?;
        let limits = Limits { wall: TIME, ..Limits::default() };
        let batch = connectors::sample(&source, ROWS, &limits).await?.batch;
        let value = |row: usize, (name, hidden): &(String, bool)| {
            let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
            column.is_valid(row).then(|| if *hidden { "•••".to_owned() } else { cut(column.value(row)) })
        };
        Ok((0..batch.num_rows()).map(|row| columns.iter().map(|column| value(row, column)).collect()).collect())
    }
}

/// What a system holds, in its own words.
pub(super) struct Catalogue {
    /// Its tables.
    pub(super) tables: Vec<TableInfo>,
    /// How their types are to be read.
    types: TypeNames,
}

impl Catalogue {
    fn table(&self, name: &str) -> Option<&TableInfo> {
        self.tables.iter().find(|table| full_name(table) == name)
    }

    /// Whether it has a column of exactly these names.
    fn holds(&self, table: &str, column: &str) -> bool {
        self.table(table).is_some_and(|table| table.columns.iter().any(|c| c.name == column))
    }
}

fn known(access: &Access, connection: &str) -> Result<(ConnectionId, String, Option<ItemId>), Error> {
    let id = connection.parse::<ConnectionId>().ok();
    let found = access.evidence.connections.iter().find(|c| Some(c.id) == id).ok_or(Error::NotFound("connection"))?;
    Ok((found.id, found.name.clone(), found.instance))
}

/// The name of a table as checks and occurrences write it.
pub(super) fn full_name(table: &TableInfo) -> String {
    match &table.schema {
        Some(schema) => format!("{schema}.{}", table.name),
        None => table.name.clone(),
    }
}

/// The occurrence that records a column of a table, however schema and case are written. One that names another column
/// of the system to the letter is not it.
fn recorded<'a>(
    access: &'a Access,
    catalogue: &Catalogue,
    instance: Option<ItemId>,
    table: &TableInfo,
    column: &ColumnInfo,
) -> Option<Row<'a, Occurrence>> {
    let (name, instance) = (full_name(table), Some(instance?));
    let last = |name: &str| plain_name(name.rsplit('.').next().unwrap_or(name));
    let like = |o: &Row<'_, Occurrence>| {
        o.instance == instance
            && plain_name(&o.field_name) == plain_name(&column.name)
            && (plain_name(&o.object_name) == plain_name(&name) || last(&o.object_name) == last(&name))
    };
    let alike: Vec<_> = access.plan.each::<Occurrence>().filter(like).collect();
    let exact = alike.iter().find(|o| *o.object_name == *name && *o.field_name == *column.name);
    exact.or_else(|| alike.iter().find(|o| !catalogue.holds(&o.object_name, &o.field_name))).copied()
}

fn describe(
    access: &Access,
    catalogue: &Catalogue,
    instance: Option<ItemId>,
    object: Option<ItemId>,
    table: &TableInfo,
    column: &ColumnInfo,
) -> SchemaColumn {
    let plan = &access.plan;
    let found = recorded(access, catalogue, instance, table, column);
    let beside = found
        .and_then(|field| Comparison::new(&metadata::recorded(field.entity), table, column, catalogue.types).beside());
    let bound = found.and_then(|o| plan.find::<DataPoint>(o.data_point));
    let proposed = proposal(access, object, &column.name).filter(|_| found.is_none());
    // What may hold protected values is hidden, too.
    let hidden =
        bound.is_some_and(|p| p.protected()) || proposal(access, None, &column.name).is_some_and(|p| p.protected());
    SchemaColumn {
        name: column.name.clone(),
        type_name: column.type_name.clone(),
        nullable: column.nullable,
        key: column.key,
        bound: found.map(|o| Pointer {
            label: o.data_point.map(|id| plan.title(id)).unwrap_or_default(),
            href: activity::href(access, o.item),
        }),
        proposal: proposed.map(|p| p.id().to_string()),
        hidden,
        beside,
    }
}

/// What somebody else changed while the page was looked at.
fn changed_meanwhile(access: &Access, fields: &[FieldConflict]) -> String {
    let words = |conflict: &FieldConflict, value: &Value| {
        let field = Kind::Occurrence.field(&conflict.field);
        let said = field.map(|field| rules::display(&access.plan, field, value)).filter(|said| !said.is_empty());
        said.map_or_else(|| "empty".to_owned(), |said| format!("“{}”", cut(&said)))
    };
    let told = fields.iter().map(|conflict| {
        let (title, label) = (access.plan.title(conflict.item), metadata::label(&conflict.field).to_lowercase());
        let (is, was) = (words(conflict, &conflict.theirs), words(conflict, &conflict.base));
        format!("{label} of {title} is {is} by now and not {was}")
    });
    let told = told.collect::<Vec<_>>().join("; ");
    format!("somebody else changed what is recorded: {told}; look at it again before you take anything over")
}

/// The data point of the same name, else one that lives in a field of the same name elsewhere.
fn proposal<'a>(access: &'a Access, object: Option<ItemId>, column: &str) -> Option<Row<'a, DataPoint>> {
    let plan = &access.plan;
    let wanted = plain_name(column);
    let fits = |p: &Row<'_, DataPoint>| object.is_none() || p.object == object;
    let by_name = plan.each::<DataPoint>().find(|p| fits(p) && plain_name(&p.name) == wanted);
    by_name.or_else(|| {
        let fields = plan.each::<Occurrence>().filter(|o| plain_name(&o.field_name) == wanted);
        fields.filter_map(|o| plan.find::<DataPoint>(o.data_point)).find(fits)
    })
}

fn occurrence(point: ItemId, instance: ItemId, table: &TableInfo, column: &ColumnInfo) -> Change {
    let place = json!({
        "data_point": point,
        "instance": instance,
        "object_name": full_name(table),
        "field_name": column.name,
    });
    let mut fields = place.as_object().cloned().unwrap_or_default();
    if let Value::Object(described) = json!(metadata::introspected(table, column)) {
        fields.extend(described);
    }
    Change::Add { item: ItemId(Uuid::now_v7()), kind: Kind::Occurrence, fields }
}

/// A value as it is shown.
pub(super) fn cut(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}…", &value[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn long_values_are_cut() {
        assert_eq!(cut("short"), "short");
        assert_eq!(cut(&"ü".repeat(500)).chars().count(), 121);
    }
}
