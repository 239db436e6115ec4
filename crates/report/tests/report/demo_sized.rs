//! A signed plan as large as the demo: 40 points, 6 flows, 9 variants, filled in everywhere.

use crate::plans::{Builder, at, id, line, text};
use domain::{Entity, EvidenceFile, ItemId, entity::*};
use report::Bundle;

const SYSTEMS: [(&str, &str); 7] = [
    ("Marketing Cloud AU", "Marketing"),
    ("Marketing Cloud NZ", "Marketing"),
    ("Marketing Cloud Outlet", "Marketing"),
    ("Marketing Cloud Loyalty", "Marketing"),
    ("CRM", "CRM"),
    ("ERP", "ERP"),
    ("Web-shop export", "Shop"),
];
const TEAMS: [(&str, i64); 7] = [
    ("Call centre", 24),
    ("Marketing operations", 6),
    ("Outlet stores", 140),
    ("Loyalty desk", 5),
    ("Finance", 9),
    ("Web shop", 11),
    ("Data office", 3),
];
const POINTS: [(&str, &str, &str); 10] = [
    ("Customer number", "The number that follows a person through every system.", "C-10442"),
    ("E-mail", "Where letters to this person go; lower case, one per person.", "jo.hansen@fjord.example"),
    ("Full name", "Given name and family name as the person writes them.", "Jo Hansen"),
    ("Postcode", "Postal code of the delivery address, four digits, leading zeros kept.", "0800"),
    ("Date of birth", "Used for the age check at the outlet only.", "1984-02-29"),
    ("Loyalty tier", "Level in the loyalty programme, set once a night.", "gold"),
    ("Marketing consent", "Whether the person agreed to letters, and when.", "yes"),
    ("Phone", "Mobile number with country code.", "+61 491 570 006"),
    ("Preferred store", "Store the person chose at sign-up.", "S-014"),
    ("Last order", "Day of the newest order that was not sent back.", "2026-10-02"),
];
const OBJECTS: [&str; 4] = ["Customer", "Consent", "Order", "Store"];
const PROCESSES: [&str; 3] = ["Sign-up", "Consent change", "Order hand-over"];

/// The ids other items point to.
#[derive(Default)]
pub struct Ids {
    pub instances: Vec<ItemId>,
    pub teams: Vec<ItemId>,
    pub objects: Vec<ItemId>,
    pub points: Vec<ItemId>,
    pub occurrences: Vec<ItemId>,
    pub processes: Vec<ItemId>,
    pub flows: Vec<ItemId>,
    pub checks: Vec<ItemId>,
}

pub fn demo_sized() -> Bundle {
    let mut b = Builder::new("four-marketing-clouds");
    let mut ids = Ids::default();
    workspace(&mut b, &mut ids);
    data(&mut b, &mut ids);
    processes(&mut b, &mut ids);
    flows(&mut b, &mut ids);
    change(&mut b, &ids);
    sync(&mut b, &mut ids);
    let file = EvidenceFile {
        id: id("ffff", 1),
        name: "write-test.log".into(),
        size: 48_122,
        sha256: "5e".repeat(32),
        at: at("2026-11-21T14:00:00Z"),
        by_name: "Rui Barros".into(),
    };
    let mut bundle = b.bundle();
    bundle.evidence.files.push(file);
    crate::measured::measure(&mut bundle, &ids);
    bundle
}

fn workspace(b: &mut Builder, ids: &mut Ids) {
    for (name, category) in SYSTEMS {
        let system = b.add(Entity::System(System { name: line(name), category: line(category), ..System::default() }));
        let lies = name == "Marketing Cloud NZ";
        ids.instances.push(b.add(Entity::Instance(Instance {
            name: line(name),
            system: Some(system),
            purpose: text(&format!("Letters, segments and records of {category}")),
            business_owner: line("Mira Keller"),
            technical_owner: line("Rui Barros"),
            api: Some(ApiKind::Rest),
            sandbox: Some(Sandbox::Full),
            maturity: Some(3),
            docs_accuracy: Some(if lies { 2 } else { 4 }),
            docs_differences: if lies { vec![line("says 600 calls a minute, answers 429 after 120")] } else { vec![] },
            ..Instance::default()
        })));
    }
    for (name, size) in TEAMS {
        ids.teams.push(b.add(Entity::Team(Team {
            name: line(name),
            size: Some(size),
            lead: line("Tom Silva"),
            ..Team::default()
        })));
    }
    for (name, meaning) in [
        ("Data point", "One business fact about one business object, independent of any system."),
        ("Source of truth", "The copy of a data point that wins when copies differ."),
        ("System of record", "The system in which the records of an object are made and ended."),
        ("Synchronised", "Kept equal by a mechanism, not by people."),
    ] {
        b.add(Entity::Term(Term { name: line(name), definition: text(meaning), ..Term::default() }));
    }
    b.add(Entity::Charter(Charter {
        name: line("Four marketing clouds"),
        purpose: text("Harbour Outfitters writes to the same customers from four marketing clouds. A person who opts out in one is still written to by the other three.\n\nOne consent, one address and one loyalty tier per customer, in every cloud within a minute, so that nobody is written to who said no."),
        sponsor: line("Ines Castro"),
        lead: line("Ana Novak"),
        go_live: "2027-03-14".parse().ok(),
        benefit: text("Complaints about letters after an opt-out"),
        benefit_baseline: line("61 a month"),
        benefit_target: line("under 5 a month"),
        benefit_owner: line("Mira Keller"),
        change_level: Some(ChangeLevel::Standard),
        change_reason: text("Seven teams change how they work, none of them changes its task."),
        simpler_answer: text("Yes: one of the four clouds could be retired. Decided against until the lease ends in 2028."),
        simpler_by: line("Ana Novak"),
        ..Charter::default()
    }));
}

fn data(b: &mut Builder, ids: &mut Ids) {
    for name in OBJECTS {
        ids.objects.push(b.add(Entity::BusinessObject(BusinessObject {
            name: line(name),
            definition: text(&format!("What the business calls a {}; test records do not count.", name.to_lowercase())),
            owner: line("Mira Keller"),
            steward: line("Ana Novak"),
        })));
    }
    for (o, object) in ids.objects.clone().into_iter().enumerate() {
        for (p, (name, meaning, example)) in POINTS.iter().enumerate() {
            let name = if o == 0 { (*name).to_owned() } else { format!("{} {}", OBJECTS[o], name.to_lowercase()) };
            let point = b.add(Entity::DataPoint(DataPoint {
                name: line(&name),
                object: Some(object),
                definition: text(meaning),
                logical_type: Some(LogicalType::String),
                format: line(if p == 3 { "[0-9]{4}" } else { "" }),
                examples: vec![line(example)],
                critical: p == 0,
                classification: Some(if p == 4 { Classification::Restricted } else { Classification::Internal }),
                personal: matches!(p, 1 | 2 | 4 | 7),
                privacy_purpose: line("letters the person asked for"),
                retention: line("two years after the last order"),
                ..DataPoint::default()
            }));
            ids.points.push(point);
            for (i, (table, column)) in
                [(4, ("contact", "cust")), (5, ("debtor_master", "KUNNR_EXT")), (p % 4, ("subscriber", "attr"))]
            {
                let field = format!("{column}_{}", name.to_lowercase().replace([' ', '-'], "_"));
                ids.occurrences.push(b.add(Entity::Occurrence(Occurrence {
                    data_point: Some(point),
                    instance: Some(ids.instances[i]),
                    object_name: line(table),
                    field_name: line(&field),
                    physical_type: line("varchar"),
                    max_length: Some(if i == 5 { 30 } else { 80 }),
                    ..Occurrence::default()
                })));
            }
            let first = ids.occurrences[ids.occurrences.len() - 3];
            b.add(Entity::Truth(Truth {
                data_point: Some(point),
                occurrence: Some(first),
                state: Some(if p == 8 { TruthState::Proposed } else { TruthState::Agreed }),
                rationale: text("The call centre corrects it there while the customer is on the phone."),
                agreed_by: vec![line("Ana Novak"), line("Mira Keller")],
                agreed_on: "2026-10-12".parse().ok(),
                ..Truth::default()
            }));
        }
    }
    let contested = ids.points[1];
    b.add(Entity::Truth(Truth {
        data_point: Some(contested),
        occurrence: Some(ids.occurrences[5]),
        state: Some(TruthState::Disputed),
        ..Truth::default()
    }));
    b.add(Entity::Resolution(Resolution {
        data_point: Some(contested),
        kind: Some(ResolutionKind::Precedence),
        rationale: text("CRM was edited last in 388 of 412 cases."),
        precedence: vec![line("CRM, then Marketing Cloud"), line("newest edit breaks a tie")],
        decided_by: line("Mira Keller"),
        decided_on: "2026-11-02".parse().ok(),
    }));
    let au = b.add(Entity::Scope(Scope {
        name: line("AU"),
        object: Some(ids.objects[0]),
        predicate: text("country is AU"),
        expected_count: Some(3_120),
    }));
    for (n, object) in ids.objects.clone().into_iter().enumerate() {
        b.add(Entity::RecordRole(RecordRole {
            object: Some(object),
            instance: Some(ids.instances[4]),
            role: Some(Role::Record),
            ..RecordRole::default()
        }));
        b.add(Entity::RecordRole(RecordRole {
            object: Some(object),
            instance: Some(ids.instances[n % 4]),
            role: Some(Role::Copy),
            scope: Some(au),
            ..RecordRole::default()
        }));
    }
    b.add(Entity::Identifier(Identifier {
        name: line("Customer number"),
        object: Some(ids.objects[0]),
        kind: Some(IdentifierKind::Surrogate),
        parts: vec![ids.occurrences[0]],
        stored_in: vec![ids.instances[4], ids.instances[5]],
    }));
}

fn processes(b: &mut Builder, ids: &mut Ids) {
    for (number, name) in PROCESSES.iter().enumerate() {
        let process = b.add(Entity::Process(Process {
            name: line(name),
            owner: line("Tom Silva"),
            purpose: text("From the wish of a customer to every system that must know."),
            frequency: line("40 a day"),
            customer_touchpoint: line("letters stop, or come"),
        }));
        ids.processes.push(process);
        let people = [("Lea Brandt", true), ("Sam Okoro", true), ("Tom Silva", false)];
        let participants = people.map(|(name, works)| Participant {
            id: b.part(),
            name: line(name),
            team: None,
            does_the_work: works,
            attested: works,
        });
        b.add(Entity::Walkthrough(Walkthrough {
            process: Some(process),
            held_on: "2026-11-09".parse().ok(),
            facilitator: line("Ana Novak"),
            mode: Some(WalkMode::Live),
            participants: participants.into(),
            cases: vec![
                WalkCase { id: b.part(), label: line("opt-out by phone"), exception: false },
                WalkCase { id: b.part(), label: line("two customers, one address"), exception: true },
            ],
            notes: text("The sheet on the shared drive is opened by five people at once."),
        }));
        b.add(Entity::Discrepancy(Discrepancy {
            process: Some(process),
            step_key: line("note-in-sheet"),
            name: line("Nobody told us about the sheet; it carries every opt-out for up to a week"),
            resolution: Some(DiscrepancyResolution::PracticeChanged),
            decided_by: line("Tom Silva"),
        }));
        for kind in [VariantKind::AsTold, VariantKind::AsObserved, VariantKind::ToBe] {
            variant(b, ids, process, kind, number);
        }
    }
}

fn variant(b: &mut Builder, ids: &Ids, process: ItemId, kind: VariantKind, number: usize) {
    let variant = b.add(Entity::Variant(Variant {
        process: Some(process),
        kind: Some(kind),
        source: line("walk-through of 9 November"),
        agreed_by: line("Tom Silva"),
        agreed_on: "2026-11-12".parse().ok(),
    }));
    // name, key, team, minutes, workaround; a longer process shows the cut of a wide picture.
    let mut steps: Vec<(&str, &str, Option<usize>, i64, bool)> = vec![
        ("Asks to opt out", "ask", None, 1, false),
        ("Looks up customer", "look-up", Some(0), 2, false),
        ("Notes it in a sheet", "note-in-sheet", Some(0), 1, true),
        ("Copies the sheet into every marketing cloud", "copy-sheet", Some(1), 25, false),
        ("Unsubscribes in four clouds", "unsubscribe", Some(1), 9, false),
        ("Updates debtor", "debtor", Some(4), 3, false),
    ];
    match kind {
        VariantKind::AsTold => {
            steps.remove(2);
        }
        VariantKind::ToBe => {
            steps.remove(2);
            steps[2] = ("Sends consent to every cloud", "copy-sheet", None, 0, false);
        }
        VariantKind::AsObserved => {}
    }
    if number == 2 {
        steps.extend([
            ("Checks the credit limit", "credit", Some(4), 4, false),
            ("Asks for a second signature", "second", Some(4), 6, false),
            ("Books the order", "book", Some(4), 2, false),
            ("Packs the parcel", "pack", Some(2), 12, false),
            ("Hands it to the carrier", "carrier", Some(2), 3, false),
        ]);
    }
    let mut following: Option<ItemId> = None;
    let mut third: Option<ItemId> = None;
    for (at, (name, key, team, minutes, workaround)) in steps.iter().enumerate().rev() {
        let mut next: Vec<NextStep> =
            following.map(|to| NextStep { id: b.part(), to: Some(to), condition: line("") }).into_iter().collect();
        if at == 1 && third.is_some() {
            next.push(NextStep { id: b.part(), to: third, condition: line("known customer") });
        }
        let automated = *minutes == 0;
        let step = b.add(Entity::Step(Step {
            name: line(name),
            variant: Some(variant),
            step_key: line(key),
            position: Some(at as i64),
            team: team.map(|t| ids.teams[t]),
            actor: line(if team.is_some() {
                ""
            } else if automated {
                "Integration"
            } else {
                "Customer"
            }),
            kind: Some(if automated {
                StepKind::Automated
            } else if at == 1 {
                StepKind::Decision
            } else {
                StepKind::User
            }),
            systems: vec![ids.instances[4 + at % 2]],
            reads: vec![ids.points[1]],
            writes: if at > 2 { vec![ids.points[6]] } else { vec![] },
            minutes: Some(*minutes),
            per_week: Some(200),
            workaround: *workaround,
            reason: line(if *workaround { "the clouds are locked for the call centre" } else { "" }),
            fate: workaround.then_some(Fate::Removed),
            replacement: line(if *workaround { "flow F2" } else { "" }),
            next,
            ..Step::default()
        }));
        if at == 4 {
            third = Some(step);
        }
        following = Some(step);
    }
}

fn flows(b: &mut Builder, ids: &mut Ids) {
    let ends = [(4, 0), (4, 1), (4, 2), (4, 3), (6, 4), (4, 5)];
    for (n, (from, to)) in ends.into_iter().enumerate() {
        let flow = b.add(Entity::Flow(Flow {
            name: line(&format!("{} to {}", SYSTEMS[from].0, SYSTEMS[to].0)),
            origin: Some(ids.instances[from]),
            destination: Some(ids.instances[to]),
            processes: vec![ids.processes[n % 3]],
            direction: Some(Direction::OneWay),
            trigger: Some(Trigger::Event),
            timing: Some(Timing::Near),
            write_mode: Some(WriteMode::Upsert),
            weekly_volume: Some(5_200),
            peak_per_minute: Some(120),
            error_policy: text("Three tries within an hour, then the exception queue."),
            triage_owner: line("Data office"),
            fallback: text("Opt-outs are taken by phone and noted in the CRM; letters are held."),
            monitor: line("no record for 30 minutes on a working day"),
            monitor_owner: line("Rui Barros"),
            protection: line("TLS 1.3, service account, rotated each quarter"),
            ..Flow::default()
        }));
        ids.flows.push(flow);
        for (p, point) in POINTS.iter().enumerate().take(8) {
            let at = p * 3;
            b.add(Entity::MappingLine(MappingLine {
                flow: Some(flow),
                target: Some(ids.occurrences[at + 1]),
                sources: vec![ids.occurrences[at]],
                conversion: Some(if p == 2 { Conversion::Concat } else { Conversion::Normalise }),
                logic: text(if p == 2 { "given_name + ' ' + family_name" } else { "trim, lower case" }),
                null_rule: Some(NullRule::Reject),
                overflow: (p == 2).then_some(Overflow::Truncate),
                examples: vec![MappingExample {
                    id: b.part(),
                    input: line(point.2),
                    expect: line(&point.2.to_lowercase()),
                }],
                ..MappingLine::default()
            }));
        }
    }
}

fn change(b: &mut Builder, ids: &Ids) {
    for (n, team) in ids.teams.iter().enumerate() {
        b.add(Entity::Impact(Impact {
            team: Some(*team),
            process: Some(ids.processes[n % 3]),
            dimension: Some(Dimension::Process),
            starts: text("Looks in one place only."),
            stops: text("Keeps the sheet."),
            project_rating: Some(2),
            team_rating: Some(3),
            rated_by: line("Lea Brandt"),
        }));
    }
    let stages = [Stage::Awareness, Stage::Desire, Stage::Knowledge, Stage::Ability, Stage::Reinforcement];
    for n in 0..14 {
        b.add(Entity::Communication(Communication {
            name: line(&format!("Message {}: one consent for all", n + 1)),
            audience: ids.teams.iter().enumerate().filter(|(t, _)| *t != 2 && t % 3 == n % 3).map(|(_, id)| *id).collect(),
            stage: Some(stages[n % 5]),
            message: text("From 14 March an opt-out counts everywhere within a minute. The sheet is closed on that day; what stands in it is moved by us."),
            benefit: text("No more Friday copying."),
            sender: line("Ines Castro"),
            channel: line("team meeting"),
            date: format!("2027-0{}-{:02}", 1 + n / 8, 3 + n).parse().ok(),
            owner: line("Ana Novak"),
            feedback: line("data-office@harbour.example"),
            status: Some(if n < 3 { CommunicationStatus::Sent } else { CommunicationStatus::Planned }),
        }));
    }
    for n in 0..10 {
        b.add(Entity::Risk(Risk {
            name: line(
                ["A cloud refuses a burst of opt-outs", "Names longer than 30 characters are cut in ERP"][n % 2],
            ),
            cause: text("The real limit is 120 calls a minute, not 600."),
            effect: text("letters go out to people who said no"),
            probability: Some(1 + (n as i64 % 5)),
            impact: Some(4),
            owner: line("Rui Barros"),
            strategy: Some(RiskStrategy::Reduce),
            actions: vec![RiskAction {
                id: b.part(),
                what: line("Queue with a limit of 100 a minute"),
                owner: line("Rui Barros"),
                due: "2027-01-20".parse().ok(),
                done: n % 2 == 0,
            }],
            residual_probability: Some(1),
            residual_impact: Some(3),
            state: Some(RiskState::Mitigating),
        }));
    }
    b.add(Entity::Effect(Effect {
        name: line("The loyalty report counts fewer people"),
        data_point: Some(ids.points[5]),
        instance: Some(ids.instances[3]),
        team: Some(ids.teams[3]),
        certainty: Some(Certainty::Known),
        checked_by: line("Ana Novak"),
    }));
    b.add(Entity::Opportunity(Opportunity {
        name: line("Retire the outlet cloud"),
        benefit: text("One licence less in 2028."),
        strategy: Some(OpportunityStrategy::Exploit),
        owner: line("Ines Castro"),
    }));
}

fn sync(b: &mut Builder, ids: &mut Ids) {
    for n in 0..3 {
        let compare = (0..6)
            .map(|p| ComparedPair {
                id: b.part(),
                data_point: Some(ids.points[p]),
                left: line(POINTS[p].0),
                right: line(POINTS[p].0),
                trim: true,
                collapse: false,
                case_fold: p == 1,
                blank: false,
                unicode: false,
                accents: false,
                punctuation: false,
                zeros: false,
                number: false,
                date: false,
                tolerance: line(""),
                codes: text(""),
            })
            .collect();
        let key = vec![KeyPair { id: b.part(), left: line("customer_no"), right: line("KUNNR") }];
        ids.checks.push(b.add(Entity::Check(Check {
            name: line(&format!("Customer: CRM and {}", SYSTEMS[[5, 0, 3][n]].0)),
            object: Some(ids.objects[0]),
            left: Some(id("aaaa", 1)),
            left_table: line("contact"),
            left_instance: Some(ids.instances[4]),
            right: Some(id("aaaa", 2)),
            right_table: line("debtor_master"),
            right_instance: Some(ids.instances[[5, 0, 3][n]]),
            key,
            compare,
            // Of what the last check expects nothing was looked at.
            left_min: (n == 2).then_some(4_900),
            ..Check::default()
        })));
    }
    for (n, choice) in [HistoryChoice::Overwrite, HistoryChoice::CleanUp, HistoryChoice::Accept].into_iter().enumerate()
    {
        let options = vec![
            HistoryOption {
                id: b.part(),
                choice: Some(choice),
                pros: line("right from the first day"),
                cons: line("needs a backup that was tried"),
                effort_hours: Some(12),
            },
            HistoryOption {
                id: b.part(),
                choice: Some(HistoryChoice::Accept),
                pros: line("no work now"),
                cons: line("exceptions for months"),
                effort_hours: Some(0),
            },
        ];
        let decision = b.add(Entity::HistoryDecision(HistoryDecision {
            object: Some(ids.objects[n]),
            source: Some(ids.instances[4]),
            destination: Some(ids.instances[n]),
            choice: Some(choice),
            state: Some(if n == 2 { DecisionState::Proposed } else { DecisionState::Decided }),
            options,
            rationale: text(
                "The CRM is robust, its customer number is unique, and the clouds have nothing the CRM lacks.",
            ),
            process: Some(ids.processes[n]),
            run: Some(id("bbbb", 1)),
            decided_by: line("Mira Keller"),
            decided_on: "2026-11-16".parse().ok(),
            cutover: "2027-03-14".parse().ok(),
            ..HistoryDecision::default()
        }));
        b.add(Entity::Obligation(Obligation {
            name: line("Who looks at exceptions, and how fast"),
            origin: Some(decision),
            kind: Some(ObligationKind::ExceptionPlan),
            owner: line("Data office"),
            due: "2027-03-01".parse().ok(),
            content: text("Each morning, oldest first; older than two days goes to Mira."),
            state: Some(if n == 0 { ObligationState::Done } else { ObligationState::Open }),
        }));
    }
    for question in [TrialQuestion::Format, TrialQuestion::Code, TrialQuestion::Write, TrialQuestion::Apis] {
        let proofs = vec![
            Proof {
                id: b.part(),
                kind: Some(ProofKind::Run),
                run: Some(id("bbbb", 1)),
                file: None,
                note: text(""),
                slice_hash: line(&"22".repeat(32)),
            },
            Proof {
                id: b.part(),
                kind: Some(ProofKind::File),
                run: None,
                file: Some(id("ffff", 1)),
                note: text("120 writes, none refused"),
                slice_hash: line(&"33".repeat(32)),
            },
        ];
        b.add(Entity::TrialAnswer(TrialAnswer {
            question: Some(question),
            answer: Some(TrialVerdict::Yes),
            note: text("As expected, apart from the limit of calls."),
            answered_by: line("Rui Barros"),
            proofs,
        }));
    }
    b.add(Entity::DesignOption(DesignOption {
        name: line("One queue per cloud"),
        description: text("Each cloud at its own pace."),
        pros: text("a slow cloud holds up nobody"),
        cons: text("four queues to watch"),
        complexity: Some(14),
        chosen: true,
        reason: text("limits differ by a factor of five"),
    }));
    b.add(Entity::DesignOption(DesignOption {
        name: line("Nightly file"),
        description: text("One file a night for all."),
        pros: text("simple"),
        cons: text("a day late"),
        complexity: Some(6),
        chosen: false,
        reason: text("an opt-out must count at once"),
    }));
}
