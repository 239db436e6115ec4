//! What a connected system holds, read from it: tables, columns, a few rows; and columns taken over into the plan as
//! fields of data points.

use super::instance_id;
use crate::{Access, Caller, Error, Workbench, activity, items::ref_options, plans};
use connectors::{ColumnInfo, Limits, TableInfo, arrow::array::Array, arrow::array::AsArray};
use domain::{
    Change, ConnectionId, DocumentId, ItemId, Kind, PlanRole, Row,
    entity::{DataPoint, Occurrence},
};
use reconcile::plain_name;
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};
use uuid::Uuid;
use views::{
    history::Pointer,
    items::RefOption,
    schema::{OpenTable, SchemaColumn, SchemaPage, SchemaTable},
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
        let tables = match self.catalogue(access.plan.document.id, page.connection).await {
            Ok(tables) => tables,
            Err(error) => {
                page.trouble = Some(error.to_string());
                return Ok(page);
            }
        };
        page.tables = tables
            .iter()
            .map(|t| SchemaTable { name: full_name(t), columns: t.columns.len(), rows: t.row_estimate })
            .collect();
        let wanted = if let [only] = &tables[..] { Some(only) } else { tables.iter().find(|t| full_name(t) == table) };
        match wanted {
            Some(found) => page.open = Some(self.open_table(&access, &page, found).await),
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
        let tables = self.catalogue(access.plan.document.id, id).await?;
        let found = tables.iter().find(|t| full_name(t) == table).ok_or(Error::NotFound("table"))?;
        let single_key = found.columns.iter().filter(|c| c.key).count() == 1;
        let mut changes = Vec::new();
        for (column, point) in chosen {
            let column = found.columns.iter().find(|c| c.name == *column).ok_or(Error::NotFound("column"))?;
            let point = point.parse().ok().and_then(|id: ItemId| access.plan.get::<DataPoint>(id));
            let point =
                point.ok_or_else(|| Error::invalid("points", "one of the data points was removed; choose again"))?;
            if recorded(&access, Some(instance), table, &column.name).is_none() {
                let unique = column.key && single_key;
                changes.push(occurrence(point.id(), instance, table, column, unique));
            }
        }
        let count = changes.len();
        if count > 0 {
            self.edit(caller, key, changes).await?;
        }
        Ok(count)
    }

    /// Tables and columns as the system describes them.
    pub(super) async fn catalogue(&self, plan: DocumentId, id: ConnectionId) -> Result<Vec<TableInfo>, Error> {
        let source = self.source(plan, id, "").await?;
        let limits = Limits { wall: TIME, ..Limits::default() };
        Ok(connectors::catalogue(&source, &limits).await?)
    }

    async fn open_table(&self, access: &Access, page: &SchemaPage, table: &TableInfo) -> OpenTable {
        let name = full_name(table);
        let instance = page.instance.parse().ok();
        let object = page.object.parse().ok();
        let columns: Vec<SchemaColumn> =
            table.columns.iter().map(|column| describe(access, instance, object, &name, column)).collect();
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

/// The occurrence that records a column of a table, however schema and case are written.
fn recorded<'a>(
    access: &'a Access,
    instance: Option<ItemId>,
    table: &str,
    column: &str,
) -> Option<Row<'a, Occurrence>> {
    let last = |name: &str| plain_name(name.rsplit('.').next().unwrap_or(name));
    let same = |o: &Row<'_, Occurrence>| {
        instance.is_some()
            && o.instance == instance
            && (plain_name(&o.object_name) == plain_name(table) || last(&o.object_name) == last(table))
            && plain_name(&o.field_name) == plain_name(column)
    };
    access.plan.each::<Occurrence>().find(same)
}

fn describe(
    access: &Access,
    instance: Option<ItemId>,
    object: Option<ItemId>,
    table: &str,
    column: &ColumnInfo,
) -> SchemaColumn {
    let plan = &access.plan;
    let found = recorded(access, instance, table, &column.name);
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
    }
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

fn occurrence(point: ItemId, instance: ItemId, table: &str, column: &ColumnInfo, unique: bool) -> Change {
    let fields = json!({
        "data_point": point,
        "instance": instance,
        "object_name": table,
        "field_name": column.name,
        "physical_type": column.type_name,
        "max_length": length(&column.type_name),
        "mandatory": !column.nullable,
        "unique": unique,
        "metadata_source": "introspected",
    });
    let fields = fields.as_object().cloned().unwrap_or_default();
    Change::Add { item: ItemId(Uuid::now_v7()), kind: Kind::Occurrence, fields }
}

/// The length in a type of text, such as `varchar(80)`.
fn length(type_name: &str) -> Option<i64> {
    let (name, rest) = type_name.split_once('(')?;
    let text = name.to_lowercase().contains("char");
    rest.split_once(')').and_then(|(digits, _)| digits.trim().parse().ok()).filter(|n| text && *n > 0)
}

fn cut(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}…", &value[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::{cut, length};

    #[test]
    fn only_types_of_text_have_a_length() {
        for (type_name, expected) in [
            ("varchar(80)", Some(80)),
            ("character varying(30)", Some(30)),
            ("decimal(8,2)", None),
            ("int(11)", None),
            ("text", None),
        ] {
            assert_eq!(length(type_name), expected, "{type_name}");
        }
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(cut("short"), "short");
        assert_eq!(cut(&"ü".repeat(500)).chars().count(), 121);
    }
}
