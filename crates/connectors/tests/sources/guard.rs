//! The guard: one test per sign of production, and every way to spell an address that is not allowed.

use std::{collections::BTreeSet, net::IpAddr, path::PathBuf};

use connectors::{
    PostgresTarget, RestTarget, Source, TlsMode,
    guard::{
        AllowList, Declared, Effect, Environment, GuardProof, KnownProduction, LookedUp, Refusal, SIGNALS, ServerFacts,
        Target, check_connection, check_server, explanation, judge,
    },
    rest::{ClientIdentity, RestAuth},
};

use crate::service::service;

fn declared() -> Declared {
    Declared {
        name: "CRM test copy".into(),
        environment: Environment::Test,
        target: postgres("crm-db.test.example", "crm", "reader"),
        known: KnownProduction::default(),
    }
}

fn postgres(host: &str, database: &str, user: &str) -> Target {
    Target::Postgres { host: host.into(), port: 5432, database: database.into(), user: user.into() }
}

fn mysql(host: &str, database: &str, user: &str) -> Target {
    Target::Mysql { host: host.into(), port: 5432, database: database.into(), user: user.into() }
}

fn allow() -> AllowList {
    AllowList::parse(&["10.1.0.0/16:5432", "[fd00:1::/32]:5432"]).unwrap()
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn signals(refusal: &Refusal) -> Vec<&str> {
    refusal.reasons.iter().map(|reason| reason.signal.as_str()).collect()
}

/// The one signal for which this is refused.
fn refused(declared: &Declared) -> String {
    let refusal = judge(declared, &allow(), &[address("10.1.2.3")]).unwrap_err();
    assert_eq!(refusal.reasons.len(), 1, "{refusal}");
    assert!(!refusal.to_string().is_empty() && !refusal.to_string().contains('\n'));
    refusal.reasons[0].signal.clone()
}

fn refused_server(facts: ServerFacts, known: KnownProduction) -> String {
    check_server(&facts, &known).unwrap_err().reasons[0].signal.clone()
}

#[test]
fn an_ordinary_test_system_is_accepted_with_proof() {
    let addresses = [address("10.1.2.3"), address("fd00:1::5")];
    let unknown = judge(&declared(), &allow(), &addresses).unwrap();
    assert!(!unknown.passed().contains(&"known-host"), "nobody recorded what is production");
    let mut declared = declared();
    declared.known.hosts = vec!["crm.example".into()];
    let proof = judge(&declared, &allow(), &addresses).unwrap();
    assert_eq!(proof.addresses(), [address("10.1.2.3"), address("fd00:1::5")]);
    for id in ["environment", "host-word", "known-host", "admin-user", "address-not-allowed"] {
        assert!(proof.passed().contains(&id), "{id}");
    }
}

#[test]
fn every_sign_of_production_is_refused() {
    let with = |change: fn(&mut Declared)| {
        let mut declared = declared();
        change(&mut declared);
        declared
    };
    let mut seen = BTreeSet::new();
    let mut check = |expected: &'static str, found: String| {
        assert_eq!(found, expected);
        seen.insert(expected);
    };
    check("environment", refused(&with(|d| d.environment = Environment::Production)));
    check("environment", refused(&with(|d| d.environment = Environment::Unknown)));
    check("name-word", refused(&with(|d| d.name = "CRM Production".into())));
    check("host-word", refused(&with(|d| d.target = postgres("crm-prod-01.example", "crm", "reader"))));
    check("database-word", refused(&with(|d| d.target = postgres("db.example", "crm_live", "reader"))));
    check("user-word", refused(&with(|d| d.target = postgres("db.example", "crm", "prod_reader"))));
    check("admin-user", refused(&with(|d| d.target = postgres("db.example", "crm", "postgres"))));
    check("admin-user", refused(&with(|d| d.target = postgres("db.example", "crm", "crm_admin"))));
    // The same for MySQL and MariaDB.
    check("host-word", refused(&with(|d| d.target = mysql("crm-prod-01.example", "crm", "reader"))));
    check("database-word", refused(&with(|d| d.target = mysql("db.example", "crm_live", "reader"))));
    for user in ["root", "mysql.sys", "mariadb.sys", "crm_dba"] {
        let declared = Declared { target: mysql("db.example", "crm", user), ..declared() };
        check("admin-user", refused(&declared));
    }
    check("known-host", refused(&with(|d| d.known.hosts = vec!["CRM-DB.test.example.".into()])));
    check("known-host", refused(&with(|d| d.known.hosts = vec!["::ffff:10.1.2.3".into()])));
    check("known-host", refused(&with(|d| d.known.hosts = vec!["https://crm-db.test.example:8443/x".into()])));
    let led = |to: &str| LookedUp { addresses: vec![(address(to), "crm.example".into())], unknown: Vec::new() };
    let known = KnownProduction { looked_up: Some(led("10.1.2.3")), ..KnownProduction::default() };
    check("known-host", refused(&Declared { known, ..declared() }));
    check("host-spelling", refused(&with(|d| d.target = postgres("0x0a010203", "crm", "reader"))));
    check("database-spelling", refused(&with(|d| d.target = postgres("db.example", "crm\0user\0other", "reader"))));
    check("user-spelling", refused(&with(|d| d.target = mysql("db.example", "crm", "reader\n"))));

    let judged = |host: &str, addresses: &[&str]| {
        let addresses: Vec<IpAddr> = addresses.iter().map(|text| address(text)).collect();
        let declared = Declared { target: postgres(host, "crm", "reader"), ..declared() };
        signals(&judge(&declared, &allow(), &addresses).unwrap_err()).join(",")
    };
    check("host-unknown", judged("nowhere.example", &[]));
    check("address-special", judged("localhost", &["127.0.0.1"]));
    check("address-not-allowed", judged("db.example", &["10.2.0.1"]));
    // One good address does not make up for a bad one.
    check("address-not-allowed", judged("db.example", &["10.1.0.1", "192.168.0.1"]));

    let plain =
        Target::Rest { https: false, host: "api.example".into(), port: 5432, path: "/v2".into(), user: String::new() };
    check("plain-http", refused(&Declared { target: plain, ..declared() }));

    let identified = ServerFacts { system_identifier: Some("7312".into()), ..ServerFacts::default() };
    for recorded in ["7312", " 7312 "] {
        let known = KnownProduction { system_identifiers: vec![recorded.into()], ..KnownProduction::default() };
        check("known-server", refused_server(identified.clone(), known));
    }
    let identified = ServerFacts { system_identifier: Some("0a1b-2c".into()), ..ServerFacts::default() };
    let known = KnownProduction { system_identifiers: vec!["0A1B-2C".into()], ..KnownProduction::default() };
    check("known-server", refused_server(identified, known));
    let cluster = ServerFacts { cluster_name: "15/crm-prod".into(), ..ServerFacts::default() };
    check("server-label", refused_server(cluster, KnownProduction::default()));
    let comment = ServerFacts { comment: "the production database".into(), ..ServerFacts::default() };
    check("server-label", refused_server(comment, KnownProduction::default()));

    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("live/customers.csv");
    std::fs::create_dir(dir.path().join("live")).unwrap();
    std::fs::write(&inside, "a\n").unwrap();
    let file = |path: PathBuf, allow: &AllowList| {
        let declared = Declared { target: Target::File { path }, ..declared() };
        signals(&judge(&declared, allow, &[]).unwrap_err()).join(",")
    };
    let folder = AllowList::default().with_folder(dir.path());
    check("path-word", file(inside.clone(), &folder));
    check("path-not-allowed", file("/etc/passwd".into(), &folder));
    check("path-not-allowed", file(dir.path().join("../../etc/passwd"), &folder));
    check("path-not-allowed", file(dir.path().join("no-such-file.csv"), &folder));

    let all: BTreeSet<&str> =
        SIGNALS.iter().filter(|signal| signal.effect == Effect::Refuse).map(|signal| signal.id).collect();
    assert_eq!(seen, all, "a test for each refusal");
}

/// Signs of a way to a server that was looked up as this address.
fn warned(target: Target, resolved: &str, source: impl FnOnce(Box<GuardProof>) -> Source) -> Vec<String> {
    let allow = AllowList::parse(&["http://10.1.0.0/16", "127.0.0.1"]).unwrap();
    let proof = judge(&Declared { target, ..declared() }, &allow, &[address(resolved)]).unwrap();
    source(Box::new(proof)).warnings().into_iter().map(|warning| warning.signal).collect()
}

fn over_tls(tls: TlsMode, resolved: &str) -> Vec<String> {
    let (host, database, user) = ("crm-db.test.example".to_owned(), "crm".to_owned(), "reader".to_owned());
    let target = PostgresTarget {
        host,
        port: 5432,
        database,
        user,
        password: "secret".into(),
        tls,
        root_certificate: None,
        schema: "public".into(),
        table: "t".into(),
    };
    warned(declared().target, resolved, |guard| Source::Postgres { target, guard })
}

#[test]
fn a_way_that_others_could_listen_or_answer_on_is_warned_of() {
    for (tls, expected) in [
        (TlsMode::Off, Some("not-encrypted")),
        (TlsMode::Require, Some("not-verified")),
        (TlsMode::VerifyCa, Some("name-not-verified")),
        (TlsMode::VerifyName, None),
    ] {
        assert_eq!(over_tls(tls, "10.1.2.3").first().map(String::as_str), expected, "{tls:?}");
        assert!(over_tls(tls, "127.0.0.1").is_empty(), "nobody is between a machine and itself");
    }
    assert_eq!(explanation("not-encrypted"), "the connection is not encrypted");
    assert_eq!(explanation("not-verified"), "the connection is encrypted but the server's identity is not verified");
    for (url, token, resolved, expected) in [
        ("https://api.test.example", None, "10.1.2.3", None),
        ("http://api.test.example", None, "10.1.2.3", Some("not-encrypted")),
        ("http://localhost", None, "127.0.0.1", None),
        ("https://api.test.example", Some("https://id.test.example/token"), "10.1.2.3", None),
        ("https://api.test.example", Some("http://id.test.example/token"), "10.1.2.3", Some("not-encrypted")),
        ("http://localhost", Some("http://id.test.example/token"), "127.0.0.1", Some("not-encrypted")),
        ("http://localhost", Some("http://127.0.0.1/token"), "127.0.0.1", None),
    ] {
        let mut service = service(url, "/v2");
        if let Some(token_url) = token {
            service.auth = RestAuth::ClientCredentials {
                token_url: token_url.into(),
                client_id: "reader".into(),
                scope: String::new(),
                credentials: ClientIdentity::Header,
            };
        }
        let found = warned(service.guard_target().unwrap(), resolved, |guard| {
            let target = Box::new(RestTarget { service, secret: "secret".into() });
            Source::Rest { target, guard }
        });
        assert_eq!(found.first().map(String::as_str), expected, "{url} {token:?}");
    }
}

#[test]
fn warnings_do_not_refuse() {
    let facts = ServerFacts { in_recovery: true, superuser: true, can_write: true, ..ServerFacts::default() };
    let warnings = check_server(&facts, &KnownProduction::default()).unwrap();
    let mut seen: BTreeSet<String> = warnings.into_iter().map(|warning| warning.signal).collect();
    for tls in [TlsMode::Off, TlsMode::Require, TlsMode::VerifyCa] {
        seen.extend(over_tls(tls, "10.1.2.3"));
    }
    // Servers are recorded, and this one does not say which it is; a host is recorded, and nobody knows where it is.
    let known = KnownProduction { system_identifiers: vec!["7312".into()], ..KnownProduction::default() };
    let unidentified = check_server(&ServerFacts::default(), &known).unwrap();
    assert_eq!(unidentified.len(), 1);
    seen.extend(unidentified.into_iter().map(|warning| warning.signal));
    let unknown = LookedUp { addresses: Vec::new(), unknown: vec!["crm.example".into()] };
    let known = KnownProduction { looked_up: Some(unknown), hosts: vec!["crm.example".into()], ..known };
    let proof = judge(&Declared { known, ..declared() }, &allow(), &[address("10.1.2.3")]).unwrap();
    assert!(proof.warnings()[0].text.contains("`crm.example`") && !proof.passed().contains(&"known-host"));
    seen.extend(proof.warnings().iter().map(|warning| warning.signal.clone()));
    let all: BTreeSet<&str> =
        SIGNALS.iter().filter(|signal| signal.effect == Effect::Warn).map(|signal| signal.id).collect();
    assert_eq!(seen.iter().map(String::as_str).collect::<BTreeSet<_>>(), all);
    assert_eq!(check_server(&ServerFacts::default(), &KnownProduction::default()).unwrap(), []);
    assert!(SIGNALS.iter().all(|signal| explanation(signal.id) == signal.explanation));
}

#[test]
fn all_reasons_are_told_at_once() {
    let declared = Declared {
        environment: Environment::Production,
        target: postgres("prod.example", "live", "root"),
        ..declared()
    };
    let refusal = judge(&declared, &allow(), &[address("8.8.8.8")]).unwrap_err();
    let expected = ["environment", "host-word", "database-word", "admin-user", "address-not-allowed"];
    assert_eq!(signals(&refusal), expected);
}

#[test]
fn a_folder_named_live_by_the_operator_is_no_sign_and_links_do_not_lead_out() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("production");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("customers.csv"), "a\n").unwrap();
    let allow = AllowList::default().with_folder(&folder);
    let judged = |path: PathBuf| judge(&Declared { target: Target::File { path }, ..declared() }, &allow, &[]);
    let proof = judged(folder.join("customers.csv")).unwrap();
    assert_eq!(proof.file(), Some(folder.canonicalize().unwrap().join("customers.csv").as_path()));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", folder.join("link.csv")).unwrap();
        assert_eq!(signals(&judged(folder.join("link.csv")).unwrap_err()), ["path-not-allowed"]);
    }
}

#[test]
fn odd_spellings_of_hosts_are_refused() {
    for host in [
        "",
        ".",
        "..",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "2130706433",
        "127.0.0.1.",
        "1.2.3.4.5",
        "017700000001",
        "[127.0.0.1]",
        "[::1",
        "::1]",
        "[::1%eth0]",
        "fe80::1%1",
        "user@10.1.2.3",
        "10.1.2.3#x",
        "10.1.2.3/x",
        "10.1.2.3\\x",
        "10.1.2.3:5432",
        "10.1.2.3\r\n",
        " 10.1.2.3",
        "10.1.2.3 ",
        "１０.1.2.3",
        "１２７.0.0.1",
        "①②⑦.0.0.1",
        "loc\u{ad}alhost",
        "ex\0ample",
        "a..b",
        "-a.example",
        "/var/run/postgresql",
        "postgres://10.1.2.3",
        "db.example,10.1.2.3",
        "10.1.2.3?x",
        "db.example;x",
        "db.0x1f",
        "db.123",
        "dß.example",
        "*",
        "%31%30.1.2.3",
    ] {
        let declared = Declared { target: postgres(host, "crm", "reader"), ..declared() };
        let refusal = judge(&declared, &allow(), &[address("10.1.2.3")]).unwrap_err();
        assert_eq!(signals(&refusal), ["host-spelling"], "{host:?}");
    }
    let long = format!("{}.example", "a.".repeat(130));
    let declared = Declared { target: postgres(&long, "crm", "reader"), ..declared() };
    assert!(judge(&declared, &allow(), &[address("10.1.2.3")]).is_err());
}

#[test]
fn special_addresses_need_an_entry_of_their_own() {
    let everything = AllowList::parse(&["0.0.0.0/0", "::/0", "*.example", "db.example"]).unwrap();
    let judged = |allow: &AllowList, resolved: &str| {
        let declared = Declared { target: postgres("db.example", "crm", "reader"), ..declared() };
        judge(&declared, allow, &[address(resolved)]).map_err(|refusal| signals(&refusal).join(","))
    };
    for special in [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "169.254.0.1",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "100.100.100.200",
        "168.63.129.16",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a01:203",
        "2002:7f00:1::",
        "2001::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "fd00:ec2::254",
        "fd20:ce::254",
    ] {
        assert_eq!(judged(&everything, special).unwrap_err(), "address-special", "{special}");
        let own_entry = AllowList::parse(&[address(special).to_canonical().to_string()]).unwrap();
        assert!(judged(&own_entry, special).is_ok(), "{special} with an entry of its own");
    }
    for ordinary in ["10.0.0.1", "192.168.1.1", "172.16.0.1", "8.8.8.8", "fd00:1::5", "2a00::1", "::ffff:10.1.2.3"] {
        assert!(judged(&everything, ordinary).is_ok(), "{ordinary}");
        assert_eq!(judged(&AllowList::default(), ordinary).unwrap_err(), "address-not-allowed", "empty means nothing");
    }
}

#[test]
fn the_server_itself_needs_an_entry_with_its_very_port() {
    let judged = |listens: &str, entry: &str, resolved: &str| {
        let allow = AllowList::parse(&[entry]).unwrap().with_own([listens.parse().unwrap()]);
        let declared = Declared { target: postgres("db.example", "crm", "reader"), ..declared() };
        judge(&declared, &allow, &[address(resolved)]).map_err(|refusal| signals(&refusal).join(","))
    };
    for (listens, entry, resolved) in [
        ("10.0.0.1:5432", "10.0.0.0/8", "10.0.0.1"),
        ("10.0.0.1:5432", "10.0.0.1", "10.0.0.1"),
        ("10.0.0.1:5432", "10.0.0.1:5000-6000", "10.0.0.1"),
        ("10.0.0.1:5432", "db.example:5432", "10.0.0.1"),
        ("10.0.0.1:5432", "10.0.0.0/8:5432", "::ffff:10.0.0.1"),
        ("[::ffff:10.0.0.1]:5432", "10.0.0.1", "10.0.0.1"),
        ("127.0.0.1:5432", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1:5432", "http://127.0.0.1", "127.0.0.1"),
        ("[::1]:5432", "::1", "::1"),
        // All addresses of the machine.
        ("0.0.0.0:5432", "127.0.0.1", "127.0.0.1"),
        ("0.0.0.0:5432", "127.8.8.8", "127.8.8.8"),
        ("0.0.0.0:5432", "::1", "::1"),
        ("[::]:5432", "127.0.0.1", "127.0.0.1"),
        ("[::]:5432", "::1", "::1"),
        // No address is this machine, too.
        ("127.0.0.1:5432", "0.0.0.0", "0.0.0.0"),
        ("[::1]:5432", "::", "::"),
        ("0.0.0.0:5432", "0.0.0.0", "0.0.0.0"),
    ] {
        assert_eq!(judged(listens, entry, resolved).unwrap_err(), "address-special", "{listens} {entry} {resolved}");
    }
    for (listens, entry, resolved) in [
        ("10.0.0.1:5432", "10.0.0.1:5432", "10.0.0.1"),
        ("10.0.0.1:5432", "10.0.0.0/8", "10.0.0.2"),
        ("10.0.0.1:3000", "10.0.0.1", "10.0.0.1"),
        ("127.0.0.1:5432", "127.0.0.1:5432", "127.0.0.1"),
        ("127.0.0.1:3000", "127.0.0.1", "127.0.0.1"),
        ("0.0.0.0:5432", "[::1]:5432", "::1"),
        ("0.0.0.0:3000", "127.0.0.1", "127.0.0.1"),
        // Nobody's machine.
        ("0.0.0.0:5432", "192.0.2.0/24", "192.0.2.7"),
        ("[::]:5432", "2001:db8::/32", "2001:db8::7"),
    ] {
        assert!(judged(listens, entry, resolved).is_ok(), "{listens} {entry} {resolved}");
    }
    // An address of a network card, where there is one: choosing the way somewhere sends nothing.
    let way = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    let chosen = way.connect("192.0.2.7:9").and_then(|()| way.local_addr());
    if let Some(card) = chosen.ok().map(|own| own.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified()) {
        for listens in ["0.0.0.0:5432", "[::]:5432"] {
            assert_eq!(judged(listens, "0.0.0.0/0", &card.to_string()).unwrap_err(), "address-special", "{card}");
            assert!(judged(listens, &format!("{card}:5432"), &card.to_string()).is_ok(), "{card}");
        }
    }
}

#[test]
fn entries_say_who_and_which_ports() {
    let admits = |entry: &str, host: &str, resolved: &str| {
        let allow = AllowList::parse(&[entry]).unwrap();
        let declared = Declared { target: postgres(host, "crm", "reader"), ..declared() };
        judge(&declared, &allow, &[address(resolved)]).is_ok()
    };
    for (entry, host, resolved) in [
        ("10.1.2.3", "10.1.2.3", "10.1.2.3"),
        ("10.0.0.0/8:5000-6000", "db.example", "10.200.0.1"),
        ("db.example:5432", "DB.example.", "203.0.113.9"),
        ("*.test.example", "a.b.test.example", "203.0.113.9"),
        ("[2a00::/16]:5432", "[2a00::1]", "2a00::1"),
        ("2a00::1", "2a00::1", "2a00::1"),
        ("127.0.0.1:5432", "localhost", "127.0.0.1"),
    ] {
        assert!(admits(entry, host, resolved), "{entry} {host} {resolved}");
    }
    for (entry, host, resolved) in [
        ("10.1.2.3:5433", "10.1.2.3", "10.1.2.3"),
        ("10.1.2.0/24", "db.example", "10.1.3.1"),
        ("db.example", "evil-db.example", "203.0.113.9"),
        ("*.test.example", "test.example", "203.0.113.9"),
        ("*.test.example", "eviltest.example", "203.0.113.9"),
        ("10.0.0.0/8", "db.example", "2a00::1"),
        ("localhost", "localhost", "127.0.0.1"),
    ] {
        assert!(!admits(entry, host, resolved), "{entry} {host} {resolved}");
    }
    for wrong in [
        "",
        "10.0.0.0/33",
        "10.0.0.0/x",
        "10.0.0.1:x",
        "10.0.0.1:70000",
        "[::1",
        "[::1]x",
        "*",
        "*.",
        "a b",
        "300.1.1.1",
    ] {
        assert!(AllowList::parse(&[wrong]).unwrap_err().starts_with("allowed network `"), "{wrong}");
    }
}

#[tokio::test]
async fn names_are_looked_up_once_and_every_answer_is_checked() {
    let allow = AllowList::parse(&["127.0.0.1", "::1"]).unwrap();
    for target in [postgres("localhost", "crm", "reader"), mysql("localhost", "crm", "reader")] {
        let declared = Declared { target, ..declared() };
        let proof = check_connection(&declared, &allow).await.unwrap();
        assert!(!proof.addresses().is_empty() && proof.addresses().iter().all(IpAddr::is_loopback));
        let refusal = check_connection(&declared, &AllowList::default()).await.unwrap_err();
        assert_eq!(signals(&refusal), ["address-special"]);
    }
}

#[tokio::test]
async fn production_is_refused_by_any_name_or_address_it_has() {
    let allow = AllowList::parse(&["127.0.0.1", "::1"]).unwrap();
    let known = |host: &str| KnownProduction { hosts: vec![host.into()], ..KnownProduction::default() };
    for (recorded, asked) in [
        ("localhost", "127.0.0.1"),
        ("127.0.0.1", "localhost"),
        ("LOCALHOST.", "localhost"),
        ("localhost:5432", "127.0.0.1"),
    ] {
        for target in [postgres(asked, "crm", "reader"), mysql(asked, "crm", "reader")] {
            let declared = Declared { target, known: known(recorded), ..declared() };
            let refusal = check_connection(&declared, &allow).await.unwrap_err();
            assert_eq!(signals(&refusal), ["known-host"], "{recorded} {asked}");
        }
    }
    let declared = Declared { target: postgres("127.0.0.1", "crm", "reader"), known: known("localhost"), ..declared() };
    let refusal = check_connection(&declared, &allow).await.unwrap_err();
    assert!(refusal.to_string().contains("an address of `localhost`"), "{refusal}");
}

#[tokio::test]
async fn what_cannot_be_looked_up_is_told_and_ends_in_time() {
    let allow = AllowList::parse(&["127.0.0.1"]).unwrap();
    let mut hosts: Vec<String> = (0..600).map(|n| format!("crm-{n}.invalid")).collect();
    hosts.push("the CRM of marketing".into());
    let declared = Declared {
        target: postgres("127.0.0.1", "crm", "reader"),
        known: KnownProduction { hosts, ..KnownProduction::default() },
        ..declared()
    };
    let started = std::time::Instant::now();
    let proof = check_connection(&declared, &allow).await.unwrap();
    assert!(started.elapsed() < std::time::Duration::from_secs(5), "{:?}", started.elapsed());
    let [warning] = proof.warnings() else { panic!("{:?}", proof.warnings()) };
    assert_eq!(warning.signal, "known-host-unresolved");
    assert!(warning.text.contains("`the CRM of marketing`") && warning.text.contains("581 more"), "{}", warning.text);
    assert!(!proof.passed().contains(&"known-host"));
    // A file is on no host.
    let file = tempfile::NamedTempFile::new().unwrap();
    let folder = AllowList::default().with_folder(file.path().parent().unwrap());
    let declared = Declared { target: Target::File { path: file.path().into() }, ..declared };
    assert!(check_connection(&declared, &folder).await.unwrap().warnings().is_empty());
}
