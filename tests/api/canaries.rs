//! Secrets go in and do not come out: every kind of secret is given to the real program as a value that nothing else
//! holds, everything is used and made to fail, and then nothing that came out or was kept holds one of them, in any
//! spelling. Needs a real PostgreSQL and a real MariaDB.

mod outside;
mod search;

use self::{
    outside::{Liar, Service, rogue_postgres},
    search::{Found, Secret},
};
use super::{
    addresses::addresses,
    server::{encode, function},
};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const PLAN: &str = "four-marketing-clouds";
const OWNER: &str = "ana.novak@harbour-outfitters.example";

/// The program on a port of its own, with everything it says at its most talkative.
struct Program {
    folder: TempDir,
    child: Child,
    address: String,
    cookie: String,
    /// Everything that came out, by where.
    out: Vec<(String, Vec<u8>)>,
}

/// What came back.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Program {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let to = |name: &str| Stdio::from(File::create(folder.path().join(name)).unwrap());
        let child = command(folder.path())
            .args(["serve", "--demo", "--listen", "127.0.0.1:0"])
            .stdout(to("stdout"))
            .stderr(to("stderr"))
            .spawn()
            .unwrap();
        let mut program = Self { folder, child, address: String::new(), cookie: String::new(), out: Vec::new() };
        let until = Instant::now() + Duration::from_secs(120);
        while !program.stdout().contains("(once): ") {
            assert!(Instant::now() < until, "it does not start: {}", program.stdout());
            std::thread::sleep(Duration::from_millis(50));
        }
        let stdout = program.stdout();
        let line = stdout.lines().find_map(|line| line.strip_prefix("Plumbline is running at http://")).unwrap();
        program.address = line.to_owned();
        program
    }

    fn stdout(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("stdout")).unwrap()
    }

    /// Sends a request and keeps what comes back for the search, head and body.
    fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let (address, cookie) = (&self.address, &self.cookie);
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nReferer: http://{address}/plans\r\n\
             Sec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        )
        .unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let body = if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
            unchunked(&bytes[end + 4..])
        } else {
            bytes[end + 4..].to_vec()
        };
        let place = format!("{method} {}", path.split('?').next().unwrap());
        self.out.push((format!("the head of {place}"), head.clone().into_bytes()));
        self.out.push((format!("the body of {place}"), body.clone()));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: String::from_utf8_lossy(&body).into_owned() }
    }

    fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "Accept: text/html,*/*;q=0.8\r\n", "")
    }

    fn form(&mut self, path: &str, fields: &[(&str, &str)], accept: &str) -> Answer {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let headers = format!("Accept: {accept}\r\nContent-Type: application/x-www-form-urlencoded\r\n");
        self.send("POST", path, &headers, &body.join("&"))
    }

    /// A server function as the browser half calls it, and once more as a form does.
    fn call(&mut self, name: &str, fields: &[(&str, &str)]) -> Answer {
        self.form(function(name), fields, "application/json")
    }

    /// Another command on the same data; keeps what it says, and returns it.
    fn run(&mut self, arguments: &[&str]) -> String {
        let output = command(self.folder.path()).args(arguments).output().unwrap();
        let place = format!("plumbline {}", arguments[0]);
        self.out.push((format!("the output of {place}"), output.stdout.clone()));
        self.out.push((format!("the log of {place}"), output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Ends the program as the system does, and adds everything it leaves behind.
    fn end(mut self) -> Vec<(String, Vec<u8>)> {
        // First what is on the disk while it runs, with the log of changes of the database; then once more.
        self.keep_files("while it runs");
        let stopped = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(stopped.success() && self.child.wait().unwrap().success());
        self.keep_files("afterwards");
        std::mem::take(&mut self.out)
    }

    fn keep_files(&mut self, when: &str) {
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(bytes) = std::fs::read(&path) {
                    let name = path.strip_prefix(self.folder.path()).unwrap().display().to_string();
                    self.out.push((format!("the file {name} {when}"), bytes));
                }
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plumbline"));
    command
        .current_dir(folder)
        .env("PLUMBLINE_DATA", folder.join("data"))
        .env("PLUMBLINE_LOG", "trace")
        .env("RUST_LOG", "trace")
        .env("PLUMBLINE_ALLOWED_TARGETS", "127.0.0.1")
        .env_remove("PLUMBLINE_DATABASE_URL");
    command
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        whole.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
    }
    whole
}

/// What is behind the last slash of the first address in a text.
fn token_in(text: &str, before: &str) -> String {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

#[expect(clippy::disallowed_methods, reason = "the test runner names the servers this way")]
fn database(variable: &str, script: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set; run this with {script}"))
}

/// Host, port and database of a URL.
fn place(url: &str) -> (String, String, String) {
    let (_, rest) = url.rsplit_once('@').unwrap();
    let (address, database) = rest.split_once('/').unwrap();
    let (host, port) = address.rsplit_once(':').unwrap();
    (host.to_owned(), port.to_owned(), database.split('?').next().unwrap().to_owned())
}

#[test]
fn no_secret_comes_out_again_with_postgres_and_mariadb() {
    let postgres = database("PLUMBLINE_TEST_POSTGRES_URL", "scripts/with-postgres");
    let mariadb = database("PLUMBLINE_TEST_MARIADB_URL", "scripts/with-mariadb");
    let mut secrets: BTreeMap<&str, Secret> = BTreeMap::new();
    for what in [
        "the PostgreSQL password",
        "a wrong PostgreSQL password",
        "the MariaDB password",
        "a wrong MariaDB password",
        "a password for a server that lies",
        "a password for nobody",
        "the basic password",
        "the bearer token",
        "the key in a header",
        "the key in a parameter",
        "the client secret",
        "the access token",
        "a private key for a certificate",
        "another bearer token",
        "a person's password",
        "a person's next password",
        "a wrong password of a person",
    ] {
        secrets.insert(what, Secret::random(what));
    }
    let of = |what: &str| secrets[what].text.clone();
    let reader = outside::readers(&postgres, &mariadb, &of("the PostgreSQL password"), &of("the MariaDB password"));
    let service = Service::start(of("the access token"));
    let rogue = rogue_postgres();

    // A person: links, passwords, a session.
    let mut program = Program::start();
    let first_link = token_in(&program.stdout(), "/sign-in/once/");
    assert!(program.get(&format!("/sign-in/once/{first_link}")).body.contains(&first_link), "the page of the link");
    // Used by somebody else's browser, before a password ends it.
    let entered = program.form("/sign-in/once", &[("token", &first_link)], "text/html");
    assert_eq!(entered.status, 303, "{}", entered.head);
    let choose = token_in(&program.run(&["user", "link", "--password", OWNER]), "/sign-in/choose/");
    program.get(&format!("/sign-in/choose/{choose}"));
    let fields: &[(&str, &str)] = &[("token", choose.as_str()), ("password", &of("a person's password"))];
    let entered = program.form("/sign-in/choose", fields, "text/html");
    assert_eq!(entered.status, 303, "{}", entered.head);
    let first_session = token_in(&entered.head, "plumbline=");
    let mut session = first_session.clone();
    program.cookie = format!("plumbline={session}");
    for (old, new) in [
        ("a wrong password of a person", "a person's next password"),
        ("a person's password", "a person's next password"),
    ] {
        let answer = program.call("change_password", &[("old", &of(old)), ("new", &of(new))]);
        if answer.head.contains("plumbline=") {
            session = token_in(&answer.head, "plumbline=");
        }
    }
    assert_ne!(session, first_session, "another password, another session");
    program.cookie = format!("plumbline={session}");
    let wrong = of("a wrong password of a person");
    program.form("/sign-in", &[("email", OWNER), ("password", &wrong), ("next", "")], "text/html");
    let people = program.run(&["user", "link", "tom.silva@harbour-outfitters.example"]);
    let unused_link = token_in(&people, "/sign-in/once/");
    assert!(program.get("/account").body.contains(OWNER), "the session is good");

    // Connections that are made, and some that are not.
    let connect = |program: &mut Program,
                   name: &str,
                   kind: &str,
                   (host, port, database): &(String, String, String),
                   password: &str| {
        let fields: &[(&str, &str)] = &[
            ("plan", PLAN),
            ("to[name]", name),
            ("to[instance]", ""),
            ("to[environment]", "test"),
            ("to[kind]", kind),
            ("to[host]", host),
            ("to[port]", port),
            ("to[database]", database),
            ("to[user]", &reader),
            ("to[password]", password),
            ("to[tls]", "off"),
        ];
        program.form(function("connect_database"), fields, "text/html");
        program.call("connect_database", fields)
    };
    let at_postgres = place(&postgres);
    let (host, port, _) = place(&mariadb);
    let at_mariadb = (host, port, reader.clone());
    connect(&mut program, "Canary PostgreSQL", "postgres", &at_postgres, &of("the PostgreSQL password"));
    connect(&mut program, "Canary MariaDB", "mysql", &at_mariadb, &of("the MariaDB password"));
    let lying = ("127.0.0.1".to_owned(), rogue.to_string(), "crm".to_owned());
    let nobody = ("127.0.0.1".to_owned(), "1".to_owned(), "crm".to_owned());
    for (kind, at, password) in [
        ("postgres", &at_postgres, "a wrong PostgreSQL password"),
        ("mysql", &at_mariadb, "a wrong MariaDB password"),
        ("postgres", &lying, "a password for a server that lies"),
        ("postgres", &nobody, "a password for nobody"),
        ("mysql", &nobody, "a password for nobody"),
    ] {
        let answer = connect(&mut program, "Never", kind, at, &of(password));
        assert!(answer.status >= 400, "{kind} {at:?}: {}", answer.body);
    }
    let ask = |program: &mut Program, name: &str, auth: &str, identity: &str, secret: &str| {
        let (url, token_url) = (service.url("/records"), service.url("/token"));
        let fields: &[(&str, &str)] = &[
            ("plan", PLAN),
            ("to[name]", name),
            ("to[instance]", ""),
            ("to[environment]", "test"),
            ("to[url]", &url),
            ("to[records]", ""),
            ("to[auth]", auth),
            ("to[identity]", identity),
            ("to[token_url]", &token_url),
            ("to[secret]", secret),
            ("to[paging]", "none"),
            ("to[page_parameter]", ""),
            ("to[page_path]", ""),
            ("to[limit_parameter]", ""),
            ("to[page_size]", ""),
        ];
        program.form(function("connect_service"), fields, "text/html");
        program.call("connect_service", fields)
    };
    let services = [
        ("basic", "reader", "the basic password"),
        ("bearer", "", "the bearer token"),
        ("key_header", "X-Api-Key", "the key in a header"),
        ("key_parameter", "key", "the key in a parameter"),
        ("client_credentials", "reader", "the client secret"),
    ];
    for (auth, identity, what) in services {
        ask(&mut program, &format!("Canary {auth}"), auth, identity, &of(what));
    }
    // Somebody pastes the wrong file where a certificate belongs.
    let key =
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", of("a private key for a certificate"));
    let fields: &[(&str, &str)] = &[
        ("plan", PLAN),
        ("to[name]", "Never"),
        ("to[instance]", ""),
        ("to[environment]", "test"),
        ("to[kind]", "postgres"),
        ("to[host]", "127.0.0.1"),
        ("to[port]", "1"),
        ("to[database]", "crm"),
        ("to[user]", "reader"),
        ("to[password]", ""),
        ("to[tls]", "verify_name"),
        ("to[certificate]", &key),
    ];
    program.form(function("connect_database"), fields, "text/html");
    let refused = program.call("connect_database", fields);
    assert!(refused.status >= 400 && refused.body.contains("holds a private key"), "{}", refused.body);
    let listed = program.call("load_connections", &[("key", PLAN)]).body;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let mut connections = BTreeMap::new();
    outside::named(&listed, &mut connections);
    connections.retain(|name, _| name.starts_with("Canary "));
    assert_eq!(connections.len(), 7, "{connections:?} in {listed}");

    // The same connections while the service repeats everything it is told, in each way it has.
    let design = |program: &mut Program, id: &str| {
        let fields: &[(&str, &str)] = &[
            ("key", PLAN),
            ("check", ""),
            ("choice[left]", id),
            ("choice[left_table]", ""),
            ("choice[right]", id),
            ("choice[right_table]", ""),
        ];
        program.call("load_design", fields);
        program.get(&format!("/p/{PLAN}/checks/new?left={id}&right={id}"));
    };
    for lie in Liar::ALL {
        service.lies(*lie);
        for (name, id) in &connections {
            program.call("test_connection", &[("plan", PLAN), ("connection", id)]);
            if !name.contains("SQL") && !name.contains("MariaDB") {
                design(&mut program, id);
            }
        }
    }
    for (auth, identity, what) in services {
        ask(&mut program, "Never", auth, identity, &of(what));
    }
    let run = |program: &mut Program, name: &str, id: &str| {
        let mut fields: Vec<(&str, &str)> = vec![
            ("plan", PLAN),
            ("check", ""),
            ("before", ""),
            ("then", "run"),
            ("texts[name]", name),
            ("texts[left]", id),
            ("texts[right]", id),
            ("texts[left_table]", ""),
            ("texts[right_table]", ""),
        ];
        for (at, column) in [("key", "id"), ("compare", "name")] {
            let names: [&'static str; 2] = if at == "key" {
                ["parts[key][new1][left]", "parts[key][new1][right]"]
            } else {
                ["parts[compare][new1][left]", "parts[compare][new1][right]"]
            };
            fields.extend(names.map(|name| (name, column)));
        }
        let saved = program.call("save_check", &fields);
        token_in(&saved.head, "/runs/").parse::<i64>().unwrap()
    };
    service.lies(Liar::Twice);
    // Two runs fail in the worker, whose message is kept; one ends well.
    let (bearer, key) = (connections["Canary bearer"].clone(), connections["Canary key_parameter"].clone());
    let failing = [run(&mut program, "Lied to", &bearer), run(&mut program, "Lied to again", &key)];
    let fields: &[(&str, &str)] =
        &[("plan", PLAN), ("connection", bearer.as_str()), ("password", &of("another bearer token"))];
    program.call("change_secret", fields);
    let ended = |program: &mut Program, number: &str| {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let page = program.call("load_run", &[("key", PLAN), ("number", number)]).body;
            let known: serde_json::Value = serde_json::from_str(&page).unwrap();
            let state = known["run"]["state"].as_str().unwrap().to_owned();
            if ["failed", "done", "cancelled"].contains(&state.as_str()) {
                break state;
            }
            assert!(Instant::now() < until, "run {number} does not end: {page}");
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    for number in failing {
        assert_eq!(ended(&mut program, &number.to_string()), "failed");
    }
    service.tells_the_truth();
    let good = run(&mut program, "Told the truth", &key);
    assert_eq!(ended(&mut program, &good.to_string()), "done");
    program.call("test_connection", &[("plan", PLAN), ("connection", &bearer)]);

    // Every page, every export, the trail, and the commands of the operator.
    for path in addresses(PLAN, &[]) {
        program.get(&path);
    }
    for number in [failing[0], failing[1], good] {
        program.get(&format!("/p/{PLAN}/runs/{number}"));
    }
    for format in ["md", "pdf", "json"] {
        let answer = program.get(&format!("/p/{PLAN}/download/draft/{format}"));
        assert_eq!(answer.status, 200, "{format}: {}", answer.head);
        program.run(&[
            "export",
            "--plan",
            &format!("{PLAN}@draft"),
            "--format",
            format,
            "--output",
            &format!("plan.{format}"),
        ]);
    }
    outside::pdf_text(&mut program.out, &program.folder.path().join("plan.pdf"));
    program.run(&["backup", "copy.sqlite"]);
    for arguments in [&["plans"][..], &["user", "list"], &["lint", "--plan", PLAN], &["verify"], &["migrate"]] {
        program.run(arguments);
    }
    program.form("/sign-out", &[], "text/html");
    let key = |name: &str| std::fs::read(program.folder.path().join("data").join(name)).unwrap();
    let (master, signing) = (key("master.key"), key("signing.key"));
    let log = std::fs::metadata(program.folder.path().join("stderr")).unwrap().len();
    assert!(log > 100_000, "the log says little: {log} bytes");
    let out = program.end();

    // What was really used was really there to be found.
    for (_, _, what) in services {
        assert!(service.heard(&secrets[what]), "{what} was never sent");
    }
    let mut all: Vec<Secret> = secrets.into_values().collect();
    for (what, token) in [
        ("the first session", &first_session),
        ("the session", &session),
        ("a used link", &first_link),
        ("an unused link", &unused_link),
        ("a link to choose", &choose),
    ] {
        all.push(Secret::known(what, token));
    }
    all.push(Secret::key("the master key", &master));
    all.push(Secret::key("the signing key", &signing));
    let mut found = Found::default();
    for (place, bytes) in &out {
        found.look(&all, place, bytes);
    }
    // Where they belong: a cookie to its owner, links where they are asked for and on their own pages, the key in its file.
    found.forget("the first session", &["the head of POST /sign-in/choose"]);
    found.forget("the session", &[&format!("the head of POST {}", function("change_password"))]);
    found.forget("a used link", &["the file stdout", "the body of GET /sign-in/once/"]);
    found.forget("an unused link", &["the output of plumbline user"]);
    found.forget("a link to choose", &["the output of plumbline user", "the body of GET /sign-in/choose/"]);
    found.forget("the master key", &["the file data/master.key"]);
    found.forget("the signing key", &["the file data/signing.key"]);
    assert!(found.is_empty(), "{found}");
}
