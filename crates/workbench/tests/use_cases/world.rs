//! A world to test in: an installation in a temporary folder, its owner, one plan.

use domain::{Change, ConnectionId, Entity, ItemId, Kind, Patch, Submitted, Timestamp};
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, path::Path};
use tempfile::TempDir;
use uuid::Uuid;
use views::{history::ObjectHistory, sync::SideChoice};
use workbench::{Caller, Download, Settings, Visitor, Workbench};

/// A fixed day: tests do not depend on when they run.
pub fn clock() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap()
}

/// An installation with a plan.
pub struct World {
    pub workbench: Workbench,
    pub owner: Caller,
    pub plan: String,
    pub data: TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(adjust: impl FnOnce(&mut Settings)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut settings = Settings::for_data_dir(data.path().into(), clock);
        adjust(&mut settings);
        let workbench = Workbench::open(settings).await.unwrap();
        let token = workbench.set_up_link(&Caller::Operator).await.unwrap();
        let password = SecretString::from("a long enough sentence");
        let visitor = Visitor::default();
        let signed_in = workbench.set_up(&token, "Olga Owner", "olga@example.org", &password, &visitor).await.unwrap();
        let owner = workbench.recognise(&signed_in.token).await.unwrap();
        let plan = workbench.create_plan(&owner, "Loyalty move").await.unwrap();
        Self { workbench, owner, plan, data }
    }

    /// A person with an account and no part in the plan.
    pub async fn stranger(&self) -> Caller {
        let password = SecretString::from("a long enough sentence");
        let member = domain::WorkspaceRole::Member;
        let added = self.workbench.add_person(&self.owner, "Sam Stranger", "sam@example.org", member, &password).await;
        added.unwrap();
        let signed_in = self.workbench.sign_in("sam@example.org", &password, &Visitor::default()).await.unwrap();
        self.workbench.recognise(&signed_in.token).await.unwrap()
    }

    /// Adds an item to the plan or, where its kind belongs there, to the workspace.
    pub async fn add(&self, kind: Kind, fields: Value) -> ItemId {
        let item = ItemId(Uuid::now_v7());
        let fields: Map<String, Value> = fields.as_object().unwrap().clone();
        self.change(kind, Change::Add { item, kind, fields }).await;
        item
    }

    /// Fills a field of an item that nobody has filled.
    pub async fn set(&self, kind: Kind, item: ItemId, field: &str, after: Value) {
        let before = kind.blank().body()[field].clone();
        let patches = vec![Patch { field: field.into(), before, after }];
        self.change(kind, Change::Set { item, patches }).await;
    }

    /// Removes an item.
    pub async fn remove(&self, kind: Kind, item: ItemId) {
        self.change(kind, Change::Archive { item }).await;
    }

    async fn change(&self, kind: Kind, change: Change) {
        if kind.in_workspace() {
            self.workbench.edit_workspace(&self.owner, vec![change]).await.unwrap();
        } else {
            self.workbench.edit(&self.owner, &self.plan, vec![change]).await.unwrap();
        }
    }

    /// The only object that existing data is decided about.
    pub async fn only_history(&self) -> ObjectHistory {
        let page = self.workbench.history_page(&self.owner, &self.plan).await.unwrap();
        assert_eq!(page.objects.len(), 1);
        page.objects.into_iter().next().unwrap()
    }

    /// Uploads a CSV file and connects to it.
    pub async fn upload(&self, name: &str, instance: Option<ItemId>, text: &str) -> ConnectionId {
        let file = format!("{name}.csv");
        let bytes = text.as_bytes();
        let (owner, plan) = (&self.owner, &self.plan);
        self.workbench.connect_upload(owner, plan, name, instance, "test", &file, bytes).await.unwrap()
    }

    /// Starts a check and sees it through; returns its number.
    pub async fn run(&self, check: &str) -> i64 {
        let started = self.workbench.start_check(&self.owner, &self.plan, check).await.unwrap();
        self.workbench.work_off().await.unwrap();
        started.number
    }

    /// Two instances, an object with three points, each on both sides, and a connection for each side.
    pub async fn two_systems(&self, left: &str, right: &str) -> TwoSystems {
        let crm = self.add(Kind::Instance, json!({ "name": "CRM" })).await;
        let erp = self.add(Kind::Instance, json!({ "name": "ERP" })).await;
        let customer = self.add(Kind::BusinessObject, json!({ "name": "Customer" })).await;
        let mut points = BTreeMap::new();
        let mut occurrences = BTreeMap::new();
        for column in ["email", "name", "tier"] {
            let point = self.add(Kind::DataPoint, json!({ "name": column, "object": customer })).await;
            points.insert(column, point);
            for (instance, table) in [(crm, "customer"), (erp, "debtor")] {
                let fields =
                    json!({ "data_point": point, "instance": instance, "object_name": table, "field_name": column });
                occurrences.insert((column, instance), self.add(Kind::Occurrence, fields).await);
            }
        }
        let left = self.upload("crm", Some(crm), left).await;
        let right = self.upload("erp", Some(erp), right).await;
        TwoSystems { crm, erp, customer, points, occurrences, left, right }
    }

    /// Designs a check of the two systems as the page proposes it, with `trim` on the name; returns its key.
    pub async fn designed(&self, two: &TwoSystems) -> String {
        let design = self.workbench.design_check(&self.owner, &self.plan, None, &two.choice()).await.unwrap();
        let mut form = Submitted::default();
        let id = |id: Option<ItemId>| id.map(|i| i.to_string()).unwrap_or_default();
        for (name, value) in [
            ("name", design.name.clone()),
            ("object", id(design.object)),
            ("left", two.left.to_string()),
            ("left_table", design.left.table.clone()),
            ("left_instance", id(design.left.instance)),
            ("right", two.right.to_string()),
            ("right_table", design.right.table.clone()),
            ("right_instance", id(design.right.instance)),
        ] {
            form.texts.insert(name.into(), value);
        }
        let columns = |pair: &views::sync::DesignPair| {
            BTreeMap::from([("left".to_owned(), pair.left.clone()), ("right".to_owned(), pair.right.clone())])
        };
        for pair in &design.keys {
            form.parts.entry("key".into()).or_default().insert(pair.id.clone(), columns(pair));
        }
        for pair in &design.pairs {
            let mut row = columns(pair);
            row.insert("data_point".into(), id(pair.data_point));
            if pair.left == "name" {
                row.insert("trim".into(), "true".into());
            }
            form.parts.entry("compare".into()).or_default().insert(pair.id.clone(), row);
        }
        self.workbench.save_check(&self.owner, &self.plan, "", "", form).await.unwrap()
    }

    /// Everything below the data folder as bytes.
    pub fn bytes(&self) -> Vec<(String, Vec<u8>)> {
        let mut all = Vec::new();
        collect(self.data.path(), &mut all);
        all
    }
}

fn collect(folder: &Path, all: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, all);
        } else {
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

/// What [`World::two_systems`] made.
pub struct TwoSystems {
    pub crm: ItemId,
    pub erp: ItemId,
    pub customer: ItemId,
    pub points: BTreeMap<&'static str, ItemId>,
    pub occurrences: BTreeMap<(&'static str, ItemId), ItemId>,
    pub left: ConnectionId,
    pub right: ConnectionId,
}

impl TwoSystems {
    /// Both connections, chosen for the two sides of a check.
    pub fn choice(&self) -> SideChoice {
        SideChoice { left: self.left.to_string(), right: self.right.to_string(), ..SideChoice::default() }
    }
}

/// What somebody downloads, as text.
pub async fn text_of(mut file: Download) -> String {
    let mut bytes = file.first.to_vec();
    while let Some(piece) = file.rest.recv().await {
        bytes.extend(piece.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

/// Text fields of a form.
pub fn form(texts: &[(&str, &str)]) -> Submitted {
    let texts = texts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Submitted { texts, ..Submitted::default() }
}

/// Names of the fields an error is about; nothing for other errors.
pub fn fields(error: &workbench::Error) -> Vec<String> {
    match error {
        workbench::Error::Invalid(problems) => problems.iter().map(|p| p.field.clone()).collect(),
        _ => Vec::new(),
    }
}

/// The body of an item as a form shows it.
pub fn body(entity: &Entity) -> String {
    entity.body().to_string()
}
