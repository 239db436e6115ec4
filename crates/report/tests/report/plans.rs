//! Plans to render: a builder, and a small one.

use domain::{
    DocumentId, Entity, Evidence, Item, ItemId, Line, Plan, PlanState, Text, Timestamp,
    entity::{
        BusinessObject, Charter, Communication, Conversion, DataPoint, Flow, Instance, LogicalType, MappingLine,
        NextStep, Occurrence, Process, RecordRole, Role, Stage, Step, StepKind, System, Team, Term, Truth, TruthState,
        Variant, VariantKind,
    },
};
use report::{Bundle, ReportState, RuleCard};
use rules::{Finding, Gate, GateState, Page, Reason, Severity, Sign, Target};
use std::{cell::Cell, collections::BTreeMap};

/// Puts items into a plan, with ids counted from one.
pub struct Builder {
    pub plan: Plan,
    next: Cell<u64>,
}

pub fn line(text: &str) -> Line {
    Line::new(text).unwrap()
}

pub fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

pub fn id<T: std::str::FromStr>(kind: &str, n: u64) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("0197{kind}-0000-7000-8000-{n:012x}").parse().unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Builder {
    pub fn new(key: &str) -> Self {
        let document = |n| domain::Document::new(id::<DocumentId>("dddd", n));
        let plan = Plan {
            key: key.into(),
            state: PlanState::Draft,
            version: 1,
            created_at: at("2026-09-01T08:00:00Z"),
            document: document(1),
            workspace: document(2),
        };
        Self { plan, next: Cell::new(1) }
    }

    pub fn add(&mut self, entity: Entity) -> ItemId {
        let item_id = id("eeee", self.count());
        let kind = entity.kind();
        let home = if kind.in_workspace() { &mut self.plan.workspace } else { &mut self.plan.document };
        let number = home.next_number(kind);
        let updated_at = at("2026-11-20T09:00:00Z");
        home.items.insert(
            item_id,
            Item { id: item_id, number, rev: 1, entity, archived_at: None, updated_by: None, updated_at },
        );
        item_id
    }

    pub fn part(&self) -> domain::PartId {
        id("cccc", self.count())
    }

    fn count(&self) -> u64 {
        self.next.replace(self.next.get() + 1)
    }

    pub fn bundle(self) -> Bundle {
        let canonical = serde_json::to_vec(&self.plan).unwrap();
        Bundle {
            plan: self.plan,
            canonical,
            root: "9f2c41d0".repeat(8),
            slices: BTreeMap::from([("data".into(), "11".repeat(32)), ("technical".into(), "22".repeat(32))]),
            previous_root: None,
            version: 1,
            round: 0,
            state: ReportState::Draft,
            as_of: "2026-11-23".parse().unwrap(),
            gates: Vec::new(),
            findings: Vec::new(),
            rules: Vec::new(),
            verdicts: Vec::new(),
            evidence: Evidence::default(),
            approvals: Vec::new(),
            signature: None,
            key_fingerprint: "SHA256:4f3a-90c1-77de-2b10".into(),
            public_key: None,
            root_signature: None,
            seal: None,
        }
    }
}

/// Two systems, one object, two points, one flow, one process with two steps.
pub fn small() -> Bundle {
    let mut b = Builder::new("newsletter");
    let crm_system = b.add(Entity::System(System { name: line("CRM"), category: line("CRM"), ..System::default() }));
    let crm = b.add(Entity::Instance(Instance {
        name: line("CRM"),
        system: Some(crm_system),
        business_owner: line("Ana Novak"),
        maturity: Some(4),
        ..Instance::default()
    }));
    let mail = b.add(Entity::Instance(Instance { name: line("Mailer"), ..Instance::default() }));
    let team = b.add(Entity::Team(Team { name: line("Call centre"), size: Some(12), ..Team::default() }));
    b.add(Entity::Term(Term {
        name: line("Subscriber"),
        definition: text("A person with consent."),
        ..Term::default()
    }));
    b.add(Entity::Charter(Charter {
        name: line("Newsletter"),
        purpose: text("Write only to those who agreed.\n\nOne list instead of two."),
        sponsor: line("Ines Castro"),
        go_live: "2027-03-14".parse().ok(),
        ..Charter::default()
    }));
    let object = b.add(Entity::BusinessObject(BusinessObject {
        name: line("Customer"),
        definition: text("Someone who bought once."),
        owner: line("Ana Novak"),
        ..BusinessObject::default()
    }));
    let point = b.add(Entity::DataPoint(DataPoint {
        name: line("E-mail"),
        object: Some(object),
        definition: text("Where letters go."),
        logical_type: Some(LogicalType::String),
        examples: vec![line("jo@fjord.example")],
        personal: true,
        ..DataPoint::default()
    }));
    let consent =
        b.add(Entity::DataPoint(DataPoint { name: line("Consent"), object: Some(object), ..DataPoint::default() }));
    let place = |instance, field: &str, point| {
        Entity::Occurrence(Occurrence {
            data_point: Some(point),
            instance: Some(instance),
            object_name: line("customer"),
            field_name: line(field),
            physical_type: line("varchar"),
            max_length: Some(80),
            ..Occurrence::default()
        })
    };
    let from = b.add(place(crm, "email_address", point));
    let to = b.add(place(mail, "mail", point));
    b.add(place(crm, "consent", consent));
    b.add(Entity::Truth(Truth {
        data_point: Some(point),
        occurrence: Some(from),
        state: Some(TruthState::Agreed),
        rationale: text("The call centre keeps it current."),
        agreed_by: vec![line("Ana Novak")],
        ..Truth::default()
    }));
    b.add(Entity::RecordRole(RecordRole {
        object: Some(object),
        instance: Some(crm),
        role: Some(Role::Record),
        ..RecordRole::default()
    }));
    let flow = b.add(Entity::Flow(Flow {
        name: line("Addresses"),
        origin: Some(crm),
        destination: Some(mail),
        weekly_volume: Some(5200),
        ..Flow::default()
    }));
    b.add(Entity::MappingLine(MappingLine {
        flow: Some(flow),
        target: Some(to),
        sources: vec![from],
        conversion: Some(Conversion::Normalise),
        logic: text("lower case | trim"),
        ..MappingLine::default()
    }));
    let process = b.add(Entity::Process(Process { name: line("Sign-up"), ..Process::default() }));
    let variant = b.add(Entity::Variant(Variant {
        process: Some(process),
        kind: Some(VariantKind::AsTold),
        ..Variant::default()
    }));
    let step = |name: &str, next| Step {
        name: line(name),
        variant: Some(variant),
        team: Some(team),
        kind: Some(StepKind::User),
        systems: vec![crm],
        minutes: Some(3),
        per_week: Some(40),
        next,
        ..Step::default()
    };
    let second = b.add(Entity::Step(Step { position: Some(2), ..step("Ask for consent", Vec::new()) }));
    let part = b.part();
    let way = NextStep { id: part, to: Some(second), condition: line("if \"new\"") };
    b.add(Entity::Step(Step { position: Some(1), ..step("Look up customer", vec![way]) }));
    b.add(Entity::Communication(Communication {
        name: line("One list"),
        audience: vec![team],
        stage: Some(Stage::Awareness),
        message: text("From March there is one list."),
        date: "2027-02-01".parse().ok(),
        ..Communication::default()
    }));
    let mut bundle = b.bundle();
    bundle.gates = vec![Gate {
        number: 1,
        name: "Data".into(),
        state: GateState::Blocked,
        errors: 1,
        warnings: 0,
        reasons: vec![Reason {
            sign: Sign::Bad,
            text: "Consent has no truth".into(),
            target: Target::Page(Page::Truth),
        }],
    }];
    bundle.findings = vec![finding("SOT-001", Severity::Error, 1, "Customer · Consent has no source of truth")];
    bundle.rules = vec![RuleCard {
        id: "SOT-001".into(),
        title: "Every data point has a source of truth".into(),
        why: "Where copies differ, one must win.".into(),
    }];
    bundle
}

pub fn finding(rule: &str, severity: Severity, gate: u8, message: &str) -> Finding {
    Finding {
        rule: rule.into(),
        severity,
        subject: None,
        key: "D2".into(),
        field: None,
        message: message.into(),
        gate,
        fingerprint: "ab12cd34ab12cd34".into(),
        locked: false,
        waived: None,
        fix: None,
    }
}
