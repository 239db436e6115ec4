//! What a connected system holds, its columns taken over into the plan, and what differs from what is recorded.

use super::{
    postgres_secret::server,
    world::{World, fields},
};
use domain::{
    Change, ConnectionId, ItemId, Kind, Patch,
    entity::{MetadataSource, Occurrence},
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::collections::BTreeMap;
use views::schema::{Beside, OpenTable, SchemaPage};
use workbench::{DatabaseForm, Error};

const CUSTOMERS: &str = "id,email,name,tier,shoe_size\n1,a@x.example,Ann,gold,38\n2,,Bob,gold,44\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn columns_are_shown_with_proposals_and_recorded_once() {
    let world = World::new().await;
    let two = world.two_systems(CUSTOMERS, CUSTOMERS).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let id = two.left.to_string();
    let page = async |object: &str| -> SchemaPage { w.schema_page(owner, plan, &id, "", object).await.unwrap() };
    let shown = page("").await;
    assert_eq!((shown.tables.len(), shown.instance.as_str()), (1, two.crm.to_string().as_str()));
    let open = shown.open.unwrap();
    let proposed: Vec<_> = open.columns.iter().map(|c| (c.name.as_str(), c.proposal.is_some())).collect();
    let expected = [("id", false), ("email", true), ("name", true), ("tier", true), ("shoe_size", false)];
    assert_eq!(proposed, expected);
    assert_eq!(open.rows.len(), 2);
    assert_eq!(open.rows[0][1].as_deref(), Some("a@x.example"));
    let other = world.add(Kind::BusinessObject, json!({ "name": "Shoe" })).await.to_string();
    let narrowed = page(&other).await.open.unwrap();
    assert!(narrowed.columns.iter().all(|c| c.proposal.is_none()) && narrowed.points.is_empty());

    let record = async |points: &[(&str, &str)], instance: &str| {
        let points: BTreeMap<String, String> = points.iter().map(|(c, p)| ((*c).into(), (*p).into())).collect();
        w.record_columns(owner, plan, &id, &open.name, instance, &points).await
    };
    let (email, crm) = (two.points["email"].to_string(), two.crm.to_string());
    let error = record(&[("email", ""), ("id", "")], &crm).await.unwrap_err();
    assert_eq!(fields(&error), ["points"]);
    assert_eq!(fields(&record(&[("email", &email)], "").await.unwrap_err()), ["instance"]);
    let unknown = record(&[("e-mail address", &email)], &crm).await;
    assert!(matches!(unknown, Err(workbench::Error::NotFound("column"))));
    assert_eq!(record(&[("email", &email), ("name", "")], &crm).await.unwrap(), 1);
    assert_eq!(record(&[("email", &email)], &crm).await.unwrap(), 0, "it is recorded already");
    let after = page("").await.open.unwrap();
    let bound = after.columns[1].bound.as_ref().unwrap();
    assert!(bound.label.contains("email") && after.columns[1].proposal.is_none(), "{bound:?}");
    let data = w.basis(owner, plan).await.unwrap();
    let made: Vec<_> = data.plan.each::<Occurrence>().filter(|o| *o.object_name == *open.name).collect();
    assert_eq!(made.len(), 1);
    assert_eq!((&*made[0].field_name, made[0].instance), ("email", Some(two.crm)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn protected_values_are_hidden_even_before_they_are_recorded() {
    let world = World::new().await;
    let two = world.two_systems(CUSTOMERS, CUSTOMERS).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    world.set(Kind::DataPoint, two.points["email"], "personal", json!(true)).await;
    let open = w.schema_page(owner, plan, &two.left.to_string(), "", "").await.unwrap().open.unwrap();
    assert!(open.columns[1].hidden && !open.columns[2].hidden);
    let values: Vec<_> = open.rows.iter().map(|row| (row[1].as_deref(), row[2].as_deref())).collect();
    assert_eq!(values[0], (Some("•••"), Some("Ann")));
    assert!(values.iter().all(|(email, _)| !email.unwrap_or_default().contains('@')));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_system_that_is_gone_is_told_and_strangers_see_nothing() {
    let world = World::new().await;
    let two = world.two_systems(CUSTOMERS, CUSTOMERS).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let id = two.left.to_string();
    let missing = w.schema_page(owner, plan, &id, "no_such_table", "").await.unwrap();
    assert!(missing.open.is_some(), "a file has one table, and that is open");
    let stranger = world.stranger().await;
    let hidden = w.schema_page(&stranger, plan, &id, "", "").await;
    assert!(matches!(hidden, Err(workbench::Error::NotFound("plan"))));
    let none = w.schema_page(owner, plan, "nonsense", "", "").await;
    assert!(matches!(none, Err(workbench::Error::NotFound("connection"))));
    std::fs::remove_dir_all(world.data.path().join("uploads")).unwrap();
    let gone = w.schema_page(owner, plan, &id, "", "").await.unwrap();
    assert!(gone.trouble.is_some() && gone.open.is_none(), "{gone:?}");
}

/// A SQLite file as an upload.
async fn sqlite(statements: &'static str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crm.sqlite");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    std::fs::read(&path).unwrap()
}

/// Records a field of a data point of its own, described by hand as given.
async fn field(world: &World, instance: ItemId, table: &str, column: &str, described: Value) -> ItemId {
    let point = world.add(Kind::DataPoint, json!({ "name": format!("{column} of {table}") })).await;
    let mut fields = json!({
        "data_point": point, "instance": instance, "object_name": table, "field_name": column,
        "metadata_source": "typed",
    });
    fields.as_object_mut().unwrap().extend(described.as_object().unwrap().clone());
    world.add(Kind::Occurrence, fields).await
}

/// A table of a connection as its page shows it.
async fn open(world: &World, connection: ConnectionId, table: &str) -> OpenTable {
    let page = world.workbench.schema_page(&world.owner, &world.plan, &connection.to_string(), table, "").await;
    page.unwrap().open.unwrap()
}

/// What is recorded and what the system says, in words, and whether that differs.
fn beside(open: &OpenTable) -> Vec<Option<(&str, &str, bool)>> {
    open.columns.iter().map(|column| column.beside.as_ref().map(words)).collect()
}

fn words(beside: &Beside) -> (&str, &str, bool) {
    (&beside.recorded, &beside.here, beside.differs)
}

/// What the page sends back of what it showed.
fn shown(open: &OpenTable) -> String {
    let columns = open.columns.iter().filter_map(|c| Some((&c.name, &c.beside.as_ref()?.shown)));
    serde_json::to_string(&columns.collect::<BTreeMap<_, _>>()).unwrap()
}

/// What the plan records of a field.
async fn recorded(world: &World, item: ItemId) -> Occurrence {
    let basis = world.workbench.basis(&world.owner, &world.plan).await.unwrap();
    basis.plan.get::<Occurrence>(item).unwrap().entity.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_differs_from_the_system_is_told_and_taken_over() {
    let world = World::new().await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let crm = world.add(Kind::Instance, json!({ "name": "CRM" })).await;
    let file = sqlite(
        "create table customer (id integer primary key, email varchar(30), name varchar(80) not null, tier text,
           shoe_size integer);
         create table visit (id integer primary key)",
    )
    .await;
    let connection = w.connect_upload(owner, plan, "crm", Some(crm), "test", "crm.sqlite", &file).await.unwrap();
    field(&world, crm, "customer", "id", json!({ "physical_type": "int", "mandatory": true, "unique": true })).await;
    let email = json!({ "physical_type": "VARCHAR", "max_length": 80, "mandatory": true });
    let email = field(&world, crm, "customer", "email", email).await;
    let name = json!({ "physical_type": "character varying(80)", "max_length": 80, "mandatory": true });
    field(&world, crm, "customer", "name", name).await;
    let tier = field(&world, crm, "customer", "tier", json!({})).await;
    let shoe = json!({ "physical_type": "varchar", "max_length": 10, "codes": ["38", "44"] });
    let shoe = field(&world, crm, "customer", "shoe_size", shoe).await;

    let before = open(&world, connection, "customer").await;
    let expected = [
        None,
        Some(("VARCHAR(80), mandatory", "varchar(30)", true)),
        None,
        Some(("", "TEXT", false)),
        Some(("varchar(10)", "INTEGER", true)),
    ];
    assert_eq!(beside(&before), expected);
    assert_eq!(before.columns[3].beside.as_ref().unwrap().missing, ["physical type"]);

    let id = connection.to_string();
    let take = async |column: &str, shown: &str| w.take_over_columns(owner, plan, &id, "customer", column, shown).await;
    let showed = shown(&before);
    assert!(matches!(take("e-mail", &showed).await, Err(Error::NotFound("column"))));
    assert!(matches!(take("email", "nonsense").await, Err(Error::Conflict(_))));
    assert_eq!(take("", "{}").await.unwrap(), 0, "what nobody was shown is not taken over");
    assert_eq!(take("email", &showed).await.unwrap(), 1);
    let taken = recorded(&world, email).await;
    assert_eq!((&*taken.physical_type, taken.max_length, taken.mandatory), ("varchar(30)", Some(30), false));
    assert_eq!(taken.metadata_source, Some(MetadataSource::Introspected));
    let history = w.item(owner, plan, &email.to_string()).await.unwrap().history;
    assert_eq!(history.len(), 2, "it was added and changed");

    // Somebody else was faster: nothing of the table is taken over, and what stands there is told.
    let patch = Patch { field: "max_length".into(), before: json!(10), after: json!(12) };
    w.edit(owner, plan, vec![Change::Set { item: shoe, patches: vec![patch] }]).await.unwrap();
    let error = take("", &showed).await.unwrap_err();
    let told = matches!(&error, Error::Conflict(words) if words.contains("length of") && words.contains("“12”"));
    assert!(told, "{error}");
    assert!(recorded(&world, tier).await.physical_type.is_empty());

    assert_eq!(take("", &shown(&open(&world, connection, "customer").await)).await.unwrap(), 2);
    assert_eq!(&*recorded(&world, tier).await.physical_type, "TEXT");
    let taken = recorded(&world, shoe).await;
    assert_eq!((&*taken.physical_type, taken.max_length, taken.codes.len()), ("INTEGER", None, 2));
    let after = open(&world, connection, "customer").await;
    assert_eq!((beside(&after), take("", &shown(&after)).await.unwrap()), (vec![None; 5], 0));
    let stranger = world.stranger().await;
    let hidden = w.take_over_columns(&stranger, plan, &id, "customer", "", "{}").await;
    assert!(matches!(hidden, Err(Error::NotFound("plan"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_without_types_contradicts_nobody() {
    let world = World::new().await;
    let crm = world.add(Kind::Instance, json!({ "name": "CRM" })).await;
    let connection = world.upload("customer", Some(crm), CUSTOMERS).await;
    field(&world, crm, "customer", "email", json!({ "physical_type": "varchar", "max_length": 80 })).await;
    let shown = open(&world, connection, "").await;
    assert!(shown.columns[1].bound.is_some());
    assert!(beside(&shown).iter().all(Option::is_none), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn types_of_postgres_are_compared_by_what_they_mean() {
    let server = server();
    let name = format!("plumbline_schema_{}", std::process::id());
    let mut admin = PgConnection::connect(&server.url()).await.unwrap();
    let statements = format!(
        "create schema {name}; create schema {name}_old; create table {name}_old.customer (email text);
         create table {name}.customer (id int primary key, email varchar(30), price numeric(10,2), seen timestamp,
           tier varchar(10) not null)"
    );
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut admin).await.unwrap();
    let target = format!("{}:{}", server.host, server.port);
    let world = World::with(|settings| settings.allowed_targets = vec![target]).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let erp = world.add(Kind::Instance, json!({ "name": "ERP" })).await;
    let instance = erp.to_string();
    let form = DatabaseForm { instance: &instance, ..server.form() };
    let connection = w.connect_database(owner, plan, form).await.unwrap();
    let table = format!("{name}.customer");
    let mut fields = BTreeMap::new();
    for (column, described) in [
        ("id", json!({ "physical_type": "INT", "mandatory": true, "unique": true })),
        ("email", json!({ "physical_type": "varchar", "max_length": 80, "mandatory": true })),
        ("price", json!({ "physical_type": "decimal( 10, 2 )" })),
        ("seen", json!({ "physical_type": "timestamp" })),
        ("tier", json!({ "physical_type": "VARCHAR(10)", "max_length": 10 })),
    ] {
        fields.insert(column, field(&world, erp, &table, column, described).await);
    }
    let before = open(&world, connection, &table).await;
    let expected = [
        None,
        Some(("varchar(80), mandatory", "character varying(30)", true)),
        None,
        None,
        Some(("VARCHAR(10)", "character varying(10), mandatory", true)),
    ];
    assert_eq!(beside(&before), expected);
    let take = w.take_over_columns(owner, plan, &connection.to_string(), &table, "", &shown(&before)).await;
    assert_eq!(take.unwrap(), 2);
    let email = recorded(&world, fields["email"]).await;
    assert_eq!((&*email.physical_type, email.max_length), ("character varying(30)", Some(30)));
    let tier = recorded(&world, fields["tier"]).await;
    assert_eq!((&*tier.physical_type, tier.mandatory), ("VARCHAR(10)", true), "only what differs is set");
    let other = open(&world, connection, &format!("{name}_old.customer")).await;
    assert!(other.columns[0].bound.is_none(), "a table of the same name in another schema is another");
    let drop = format!("drop schema {name} cascade; drop schema {name}_old cascade");
    sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut admin).await.unwrap();
}
