//! Writes the records as files: two SQLite databases and three CSV files. The SQL here is that of the
//! demo's test systems, not of our own data.

use super::records::{Article, Dirt, Order, World};
use crate::Error;
use serde_json::{Value, json};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{fmt::Display, path::Path};

/// Name of each file.
pub(crate) const CRM: &str = "crm.sqlite";
pub(crate) const ERP: &str = "erp.sqlite";
pub(crate) const LOYALTY: &str = "loyalty.csv";
pub(crate) const ORDERS: &str = "webshop-orders.csv";
pub(crate) const PRODUCTS: &str = "webshop-products.csv";

/// A table with the statement that makes it and the one that fills it from a JSON list of rows.
struct Table {
    create: &'static str,
    insert: &'static str,
    rows: Vec<Value>,
}

/// Writes every file but the ERP's.
pub(crate) async fn write(world: &World, folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|e| failed(folder, &e))?;
    database(&folder.join(CRM), crm(world)).await?;
    let head = ["loyalty_id", "customer_no", "mail", "tier", "points", "joined"];
    sheet(&folder.join(LOYALTY), &head, world.members())?;
    let head = [
        "order_no",
        "ordered_on",
        "customer_no",
        "email",
        "phone",
        "total",
        "currency",
        "status",
        "postcode",
        "pieces",
        "payment",
        "note",
    ];
    let rows = world.orders.iter().map(|o| {
        let customer = &world.customers[o.customer];
        [
            o.no.clone(),
            o.date.clone(),
            customer.no.clone(),
            customer.email.clone(),
            customer.phone.clone(),
            money(o.cents),
            o.currency.into(),
            o.status.clone(),
            o.postcode.clone(),
            o.pieces.to_string(),
            o.payment.into(),
            String::new(),
        ]
    });
    sheet(&folder.join(ORDERS), &head, rows)?;
    let head = ["sku", "title", "price", "colour", "size", "barcode", "label", "stock"];
    let rows = world.articles.iter().enumerate().map(|(n, a)| {
        // Two prices were changed in the shop by hand.
        let cents = if n == 41 || n == 300 { a.cents - 500 } else { a.cents };
        let stock = a.stock.saturating_sub(n % 2);
        [
            a.sku.clone(),
            a.title.clone(),
            money(cents),
            a.colour.into(),
            a.size.into(),
            a.barcode.clone(),
            a.label.into(),
            stock.to_string(),
        ]
    });
    sheet(&folder.join(PRODUCTS), &head, rows)
}

/// Writes the ERP with as much dirt as is asked for.
pub(crate) async fn write_erp(world: &World, folder: &Path, dirt: Dirt) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|e| failed(folder, &e))?;
    database(&folder.join(ERP), erp(world, dirt)).await
}

fn crm(world: &World) -> [Table; 2] {
    let customers = world.customers.iter().map(|c| {
        let country = if c.brand == "NZ" { "NZ" } else { "AU" };
        json!([
            c.no,
            c.name,
            c.email,
            c.phone,
            c.born,
            c.city,
            c.postcode,
            country,
            c.brand,
            c.tier,
            c.points,
            c.since,
            c.loyalty_no
        ])
    });
    let consents = world.customers.iter().enumerate().map(|(n, c)| {
        let via = ["till", "web", "call"][n % 3];
        let reason = if n % 5 == 0 { "too many mails" } else { "" };
        json!([c.no, c.brand, n % 5 != 0, n % 9 == 0, format!("{}T04:15:00Z", c.since), via, reason])
    });
    [
        Table {
            create: "create table customer (no text not null, name text not null, email text, phone text, born text, city text, postcode text,
                     country text, brand text, tier text, points integer, member_since text, loyalty_no text)",
            insert: "insert into customer select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                     value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12 from json_each($1)",
            rows: customers.collect(),
        },
        Table {
            create: "create table consent (customer_no text not null, brand text, email_ok integer, sms_ok integer, given_at text, via text, reason text)",
            insert: "insert into consent select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
                     from json_each($1)",
            rows: consents.collect(),
        },
    ]
}

fn erp(world: &World, dirt: Dirt) -> [Table; 3] {
    let debtors = world.debtors(dirt);
    let debtors = debtors.iter().map(|d| json!([d.customer_no, d.name, d.mail, d.zip, d.born, d.tier, d.terms]));
    let order = |o: &Order| {
        let no = &world.customers[o.customer].no;
        json!([o.no, o.date, no, o.cents as f64 / 100.0, o.currency, o.status, o.postcode, o.pieces, o.payment])
    };
    let item =
        |a: &Article| json!([a.sku, a.title, a.cents as f64 / 100.0, a.colour, a.size, a.barcode, a.label, a.stock]);
    [
        Table {
            create: "create table debtor (customer_no text not null, name text not null check (length(name) <= 30), mail text, zip text, born text, tier text, terms text)",
            insert: "insert into debtor select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
                     from json_each($1)",
            rows: debtors.collect(),
        },
        Table {
            create: "create table sales_order (order_no text not null, order_date text not null, customer_no text, total real not null, currency text,
                     status text, ship_zip text, pieces integer, payment text)",
            insert: "insert into sales_order select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                     value ->> 7, value ->> 8 from json_each($1)",
            rows: world.sales_orders().iter().map(order).collect(),
        },
        Table {
            create: "create table item (sku text not null, title text, price real, colour text, size text, barcode text, label text, stock integer)",
            insert: "insert into item select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
                     from json_each($1)",
            rows: world.articles.iter().map(item).collect(),
        },
    ]
}

async fn database(path: &Path, tables: impl IntoIterator<Item = Table>) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(failed(path, &e)),
        _ => {}
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // A file that is thrown away when anything fails needs no journal.
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off);
    let fault = |e: sqlx::Error| failed(path, &e);
    let mut connection: SqliteConnection = options.connect().await.map_err(fault)?;
    for table in tables {
        sqlx::query(table.create).execute(&mut connection).await.map_err(fault)?;
        let rows = Value::Array(table.rows).to_string();
        sqlx::query(table.insert).bind(rows).execute(&mut connection).await.map_err(fault)?;
    }
    connection.close().await.map_err(fault)
}

fn sheet<const N: usize>(
    path: &Path,
    head: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<(), Error> {
    let fault = |e: csv::Error| failed(path, &e);
    let mut writer = csv::Writer::from_path(path).map_err(fault)?;
    writer.write_record(head).map_err(fault)?;
    for row in rows {
        writer.write_record(&row).map_err(fault)?;
    }
    writer.flush().map_err(|e| failed(path, &e))
}

fn money(cents: usize) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

pub(crate) fn failed(path: &Path, error: &dyn Display) -> Error {
    Error::Write(path.display().to_string(), error.to_string())
}
