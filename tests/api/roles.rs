//! Who may do what: every server function and every plain address, as each kind of caller. A function
//! that is not in the table fails the test, so that none is added without saying who may call it.

use super::{
    addresses::addresses,
    functions::{call, paths},
    server::{Answer, Server, function, get, run},
};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{Kind, PlanRole, Slot};
use serde_json::json;
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use workbench::Caller;

/// Names of functions, what is sent, and who may: **a**nonymous, **s**tranger, **v**iewer, **r**eviewer,
/// **e**ditor, **o**wner of the workspace. The last rows change what the plan is; the order counts.
const TABLE: &[(&str, &str, &str)] = &[
    ("whoami load_rules load_verified", "", "asvreo"),
    ("load_rule", "id=DP-003", "asvreo"),
    ("list_plans load_account", "", "svreo"),
    ("create_plan", "title=%20", "svreo"),
    ("end_session", "id={id}", "svreo"),
    ("change_password", "old=wrong&new=a+new+long+sentence", "svreo"),
    ("add_person", "name=X&email=x@x.example&role=member&password=short", "o"),
    ("disable_person enable_person", "id={helper}", "o"),
    ("set_person_role", "id={helper}&role=member", "o"),
    (
        "load_plan_head load_overview load_change load_risks load_connections load_truth load_systems load_export \
         load_history load_processes load_flows load_records load_review load_sync load_trial load_versions",
        "key={plan}",
        "vreo",
    ),
    ("load_data", "key={plan}&filter=all&text=", "vreo"),
    ("load_point", "key={plan}&reference=D99&filter=all&text=", "vreo"),
    ("load_search", "key={plan}&text=x", "vreo"),
    ("load_process", "key={plan}&reference=P99", "vreo"),
    ("load_findings", "key={plan}&filter[gate]=0", "vreo"),
    ("load_compare", "key={plan}&from=&to=&slice=&offset=0", "vreo"),
    ("load_design", "key={plan}&check=&choice[left]=&choice[left_table]=&choice[right]=&choice[right_table]=", "vreo"),
    ("load_run", "key={plan}&number=999", "vreo"),
    ("load_other_rules", "key={plan}&number=999", "vreo"),
    ("load_differences", "key={plan}&number=999&filter[text]=&from=0", "vreo"),
    ("load_schema", "key={plan}&connection={id}&table=&object=", "vreo"),
    ("record_columns", "plan={plan}&connection={id}&table=x&instance=&columns[c0]=x&points[c0]=", "eo"),
    ("take_over_columns", "plan={plan}&connection={id}&table=x&column=x&shown=%7B%7D", "eo"),
    ("load_overwrite", "key={plan}&of=x&lost=true&from=0", "vreo"),
    ("load_record", "key={plan}&number=999&record=x", "vreo"),
    ("load_worklists", "key={plan}&filter[state]=&filter[owner]=", "vreo"),
    ("load_worklist", "key={plan}&number=999&from=0", "vreo"),
    ("load_new_worklists", "key={plan}&number=999", "vreo"),
    ("list_items", "plan={plan}&kind=risk&text=&offset=0", "vreo"),
    ("list_items", "kind=system&text=&offset=0", "svreo"),
    ("load_item", "plan={plan}&reference=N1", "vreo"),
    ("load_basis", "plan={plan}", "vreo"),
    ("load_item", "reference=S1", "svreo"),
    ("load_new_item", "plan={plan}&kind=risk", "vreo"),
    ("load_new_item", "kind=system", "svreo"),
    ("add_item", "plan={plan}&kind=risk&back=&texts[name]=x", "eo"),
    ("add_item", "plan=&kind=system&back=&texts[name]=x", "eo"),
    ("change_item", "plan={plan}&kind=risk&item={id}&before=%7B%7D&texts[name]=x", "eo"),
    ("change_item", "plan=&kind=system&item={id}&before=%7B%7D&texts[name]=x", "eo"),
    ("settle_field", "plan={plan}&item={id}&field=name&theirs=%22a%22&value=%22b%22", "eo"),
    ("settle_conflict", "plan={plan}&members={id}&kind=single&rationale=x&decided_by=x", "eo"),
    ("remove_item", "plan={plan}&kind=risk&item={id}", "eo"),
    ("remove_item", "plan=&kind=system&item={id}", "eo"),
    ("undo_change", "plan={plan}&seq=1", "eo"),
    ("save_check", "plan={plan}&check=&before=&texts[name]=x", "eo"),
    ("preview_check", "plan={plan}&texts[left]=x", "eo"),
    ("start_check", "plan={plan}&check=CK99", "eo"),
    ("cancel_run", "plan={plan}&number=999", "eo"),
    ("make_worklists", "plan={plan}&number=999&owner=&due=&note=&groups[0]=x", "eo"),
    ("assign_worklist", "plan={plan}&number=999&owner=x&due=&note=", "eo"),
    ("except_worklist", "plan={plan}&number=999&exception=x", "eo"),
    ("load_pairs", "key={plan}&number=999&show=unclear&at=0&only=false", "vreo"),
    ("load_crosswalk", "key={plan}&from=0", "vreo"),
    ("find_pairs stop_pairs undo_pair take_over_pairs", "plan={plan}&number=999", "eo"),
    ("decide_pair", "plan={plan}&number=999&place=0&left=%5B%22a%22%5D&right=%5B%22b%22%5D&verdict=same", "eo"),
    ("forget_pair", "plan={plan}&decision={id}&back=/p/{plan}/crosswalk", "eo"),
    ("connect_file", "plan={plan}&name=x&instance=&environment=test&path=/x.csv", "eo"),
    (
        "connect_database",
        "plan={plan}&to[name]=x&to[instance]=&to[environment]=test&to[kind]=postgres&to[host]=&to[port]=5432&to[database]=&to[user]=\
         &to[password]=&to[tls]=off&to[certificate]=",
        "eo",
    ),
    (
        "connect_service",
        "plan={plan}&to[name]=x&to[instance]=&to[environment]=test&to[url]=&to[records]=&to[auth]=none&to[identity]=\
         &to[token_url]=&to[scope]=&to[credentials]=header&to[secret]=&to[paging]=none&to[page_parameter]=&to[page_path]=\
         &to[limit_parameter]=&to[page_size]=&to[first_page]=&to[certificate]=",
        "eo",
    ),
    ("remove_connection", "plan={plan}&connection={id}", "eo"),
    ("rename_connection", "plan={plan}&connection={id}&name=x", "eo"),
    ("change_secret", "plan={plan}&connection={id}&password=x", "eo"),
    ("change_certificate", "plan={plan}&connection={id}&certificate=", "eo"),
    ("test_connection", "plan={plan}&connection={id}", "eo"),
    ("waive", "plan={plan}&rule=XX-999&fingerprint=x&reason=x&expires=", "reo"),
    ("unwaive", "plan={plan}&waiver={id}", "eo"),
    ("apply_fix", "plan={plan}&rule=XX-999&fingerprint=x", "eo"),
    ("decide_history", "plan={plan}&object=&decision=&before=&texts[choice]=", "eo"),
    ("own_obligations", "plan={plan}", "eo"),
    ("answer_question", "plan={plan}&question=format&answer=yes&note=&answered_by=x", "eo"),
    ("link_proof", "plan={plan}&question=format&kind=note&note=seen", "eo"),
    ("unlink_proof", "plan={plan}&question=format&answer={id}&proof={id}", "eo"),
    ("set_role", "plan={plan}&person={helper}&role=viewer", "eo"),
    ("assign_slot", "plan={plan}&slot=privacy", "eo"),
    ("comment", "plan={plan}&item=&field=&body=hello", "reo"),
    ("write_comment", "plan={plan}&thread=&body=hello", "reo"),
    ("settle_thread", "plan={plan}&thread={id}&resolved=true", "reo"),
    ("approve", "plan={plan}&slot=data_owner&hash=00&comment=", "reo"),
    ("sign_plan", "plan={plan}&root=00&password=wrong", "re"),
    ("withdraw", "plan={plan}&version=1&reason=x", "re"),
    ("revise", "plan={plan}", "eo"),
    ("request_review", "plan={plan}&message=", "eo"),
    ("close_review", "plan={plan}", "eo"),
];

const NAME: &str = "Walked through";
const WHO: [char; 6] = ['a', 's', 'v', 'r', 'e', 'o'];

/// A plan with somebody in each role.
struct Walk {
    plan: String,
    helper: String,
    cookies: [Option<String>; 6],
}

impl Walk {
    /// `label` keeps the addresses of two walks apart.
    async fn new(server: &Server, label: &str) -> Self {
        let operator = Caller::Operator;
        let plan = server.workbench.create_plan(&operator, NAME).await.unwrap();
        let mut cookies = [const { None }; 6];
        let mut signers = Vec::new();
        for (n, role) in
            [None, Some(PlanRole::Viewer), Some(PlanRole::Reviewer), Some(PlanRole::Editor)].into_iter().enumerate()
        {
            let email = format!("{label}{n}@example.org");
            let id = server.person(&email).await.id;
            if role.is_some() {
                server.workbench.set_member(&operator, &plan, id, role).await.unwrap();
            }
            if role >= Some(PlanRole::Reviewer) {
                signers.push(id);
            }
            cookies[n + 1] = Some(server.session(&email).await);
        }
        cookies[5] = Some(server.owner.clone());
        for slot in [Slot::Sponsor, Slot::DataOwner] {
            server.workbench.set_slot(&operator, &plan, slot, &signers).await.unwrap();
        }
        let helper = server.person(&format!("{label}-helper@example.org")).await.id.to_string();
        Self { plan, helper, cookies }
    }

    fn cookie(&self, who: char) -> Option<&str> {
        self.cookies[WHO.iter().position(|w| *w == who).unwrap()].as_deref()
    }

    async fn call(&self, server: &Server, who: char, name: &str, body: &str, plan: &str) -> Answer {
        let body = body
            .replace("{plan}", plan)
            .replace("{id}", "00000000-0000-7000-8000-000000000000")
            .replace("{helper}", &self.helper);
        let mut request = call(function(name), "application/json", body);
        if let Some(cookie) = self.cookie(who) {
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        }
        server.send(request).await
    }
}

/// Whether somebody got past who they are; what they then asked for may still be nonsense.
fn through(answer: &Answer) -> bool {
    let unknown = answer.status == StatusCode::NOT_FOUND && answer.text.contains("no such plan");
    let refused = matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) || unknown;
    !refused && !answer.status.is_server_error()
}

#[test]
fn every_server_function_as_every_kind_of_caller() {
    let listed: BTreeSet<_> = TABLE.iter().flat_map(|(names, ..)| names.split_whitespace()).collect();
    let linked: BTreeSet<_> = paths().into_iter().filter_map(|path| path.rsplit('/').next()).collect();
    assert_eq!(listed, linked, "each function has a row in the table above, and no other has");
    run(|server| async move {
        let walk = Walk::new(server, "walk").await;
        let mut wrong = Vec::new();
        for (names, body, may) in TABLE {
            for (name, who) in names.split_whitespace().flat_map(|name| WHO.map(|who| (name, who))) {
                let answer = walk.call(server, who, name, body, &walk.plan).await;
                let expected = match who {
                    _ if may.contains(who) => None,
                    'a' => Some(StatusCode::UNAUTHORIZED),
                    's' if body.contains("{plan}") => Some(StatusCode::NOT_FOUND),
                    _ => Some(StatusCode::FORBIDDEN),
                };
                if expected.map_or(!through(&answer), |status| answer.status != status) {
                    wrong.push(format!("{name} as {who}: {} {}, expected {expected:?}", answer.status, answer.text));
                }
                if who == 's' && body.contains("{plan}") {
                    let nothing = walk.call(server, who, name, body, "there-is-none").await;
                    if (nothing.status, &nothing.text) != (answer.status, &answer.text) {
                        wrong.push(format!("{name} tells a stranger that there is a plan: {}", answer.text));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

#[test]
fn every_page_of_a_plan_as_every_kind_of_caller() {
    run(|server| async move {
        let walk = Walk::new(server, "pages").await;
        server.add(&walk.plan, Kind::Risk, json!({ "name": "A risk" })).await;
        let mut pages = addresses(&walk.plan, &[(Kind::Risk, "R1".into())]);
        pages.retain(|path| path.starts_with("/p/"));
        assert!(pages.len() > 20, "{pages:?}");
        for (path, who) in pages.iter().flat_map(|path| WHO.map(|who| (path, who))) {
            let page = server.page(path, walk.cookie(who)).await;
            match who {
                'a' => assert!(page.location().starts_with("/sign-in"), "{path}"),
                's' => assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}"),
                _ => assert!(through(&page), "{path} as {who}: {}", page.status),
            }
            assert_eq!(page.text.contains(NAME), !"as".contains(who), "{path} as {who}");
        }
    });
}

#[test]
fn every_download_of_a_plan_as_every_kind_of_caller() {
    run(|server| async move {
        let walk = Walk::new(server, "files").await;
        for (tail, seen) in [
            ("download/draft/md", StatusCode::OK),
            ("download/draft/json", StatusCode::OK),
            ("files/00000000-0000-7000-8000-000000000000", StatusCode::NOT_FOUND),
            ("runs/999/differences.csv", StatusCode::NOT_FOUND),
            ("worklists/999/records.csv", StatusCode::NOT_FOUND),
            ("worklists/999/records.xlsx", StatusCode::NOT_FOUND),
            ("crosswalk.csv", StatusCode::OK),
            ("crosswalk.xlsx", StatusCode::OK),
        ] {
            for who in WHO {
                let at = |plan: &str| get(&format!("/p/{plan}/{tail}"), walk.cookie(who));
                let answer = server.send(at(&walk.plan)).await;
                match who {
                    'a' => assert!(answer.location().starts_with("/sign-in"), "{tail}"),
                    's' => assert_eq!(server.send(at("there-is-none")).await.text, answer.text, "{tail}"),
                    _ => assert!(through(&answer) && answer.status == seen, "{tail} as {who}: {}", answer.text),
                }
            }
        }
        for who in WHO {
            let response = server.open(get(&format!("/events/{}", walk.plan), walk.cookie(who))).await;
            let expected = match who {
                'a' => StatusCode::SEE_OTHER,
                's' => StatusCode::NOT_FOUND,
                _ => StatusCode::OK,
            };
            assert_eq!(response.status(), expected, "events as {who}");
        }
    });
}

/// An upload whose body says whether anybody began to read it.
fn upload(path: &str, cookie: Option<&str>) -> (Request<Body>, Arc<AtomicBool>) {
    let read = Arc::new(AtomicBool::new(false));
    let seen = read.clone();
    let file = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.exe\"\r\n\r\nx\r\n--x--\r\n";
    let body = futures::stream::once(async move {
        seen.store(true, Ordering::SeqCst);
        Ok::<_, std::io::Error>(file)
    });
    let mut request = super::server::form(path, cookie, &[]);
    request.headers_mut().insert(header::CONTENT_TYPE, "multipart/form-data; boundary=x".parse().unwrap());
    *request.body_mut() = Body::from_stream(body);
    (request, read)
}

#[test]
fn nobody_uploads_who_may_not_and_their_file_is_not_even_read() {
    run(|server| async move {
        let walk = Walk::new(server, "uploads").await;
        let _places = super::uploads::PLACES.lock().await;
        for form in ["connections", "trial"] {
            for who in WHO {
                let (request, read) = upload(&format!("/p/{}/{form}/upload", walk.plan), walk.cookie(who));
                let answer = server.send(request).await;
                match who {
                    'a' => assert!(answer.location().starts_with("/sign-in"), "{form}"),
                    's' => {
                        let (request, _) = upload(&format!("/p/there-is-none/{form}/upload"), walk.cookie(who));
                        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{form}");
                        assert_eq!(server.send(request).await.text, answer.text, "{form}");
                    }
                    'v' | 'r' => assert_eq!(answer.status, StatusCode::FORBIDDEN, "{form} as {who}"),
                    _ => assert!(through(&answer), "{form} as {who}: {}", answer.text),
                }
                assert_eq!(read.load(Ordering::SeqCst), "eo".contains(who), "{form} as {who}");
            }
        }
    });
}
