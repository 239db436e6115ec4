//! Every way to write a forbidden host, through each protocol's public interface, with listeners on this machine
//! that must not see a single connection.

use std::net::IpAddr;

use connectors::{
    ErrorKind, Limits, PostgresTarget, RestTarget, Source, TlsMode, catalogue,
    guard::{AllowList, Declared, Environment, GuardProof, KnownProduction, Refusal, Target, check_connection, judge},
    postgres::test_connection,
};

use crate::{
    reading::read_with,
    service::{Reply, SECRET, Service, declared, service},
};

/// Addresses of this machine, of nobody, of the link, the metadata services of clouds, and everybody, in every
/// notation; then IPv4 in IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo.
const SPECIAL: &str = "
    127.0.0.1 127.0.0.2 127.1.2.3 127.255.255.254 ::1 0:0:0:0:0:0:0:1 0000:0000:0000:0000:0000:0000:0000:0001
    ::0001 0::1 [::1] [0:0:0:0:0:0:0:1] ::0.0.0.1
    0.0.0.0 0.1.2.3 :: [::] 0:0:0:0:0:0:0:0 [0::0]
    169.254.169.254 169.254.0.1 169.254.169.253 169.254.170.2 fe80::1 febf::1 [fe80::a9fe:a9fe] 100.100.100.200
    168.63.129.16 fd00:ec2::254 [fd00:ec2::254] fd20:ce::254 fec0::1
    255.255.255.255 224.0.0.1 239.255.255.255 240.0.0.1 ff02::1 [ff02::1] ff01::1 ff0e::1
    ::ffff:127.0.0.1 [::ffff:127.0.0.1] ::ffff:7f00:1 [::ffff:7f00:0001] 0:0:0:0:0:ffff:127.0.0.1 ::FFFF:127.0.0.1
    ::ffff:169.254.169.254 [::ffff:a9fe:a9fe] ::ffff:0.0.0.0 ::ffff:0:127.0.0.1 ::ffff:0:7f00:1 ::127.0.0.1
    [::127.0.0.1] ::7f00:1 ::169.254.169.254 ::a9fe:a9fe 64:ff9b::127.0.0.1 64:ff9b::7f00:1 [64:ff9b::a9fe:a9fe]
    64:ff9b::10.0.0.1 64:ff9b:1::7f00:1 64:ff9b:1:fffe::a9fe:a9fe 2002:7f00:1:: 2002:7f00:0001::1
    [2002:a9fe:a9fe::] 2002:a00:1:: 2001::1 2001:0:4136:e378:8000:63bf:80ff:fffe [2001:0000:0:0::5601:5601]
";

/// Texts that some reader takes for such an address, and that are no plain host: short, decimal, octal and
/// hexadecimal; escaped; in other scripts; with zones and brackets; with users, ports and paths; with odd dots.
const DISGUISED: &str = "
    127.1 127.0.1 127.1. 0 0. 0.0 1 2130706433 2130706433. 4294967295 2852039166 02130706433 017700000001
    0177.0.0.1 0177.1 0177.0.0.01 127.0.0.01 127.000.000.001 00127.0.0.1 0x7f000001 0x7F000001 0X7f000001
    0x7f.0.0.1 0x7f.1 0x7f.0x0.0x0.0x1 127.0.0.0x1 127.0.0.0x01 127.0x1 0177.0x0.0.1 0xa9fea9fe 0xa9.0xfe.0xa9.0xfe
    169.254.43518 169.16689662 0251.0376.0251.0376 0xa9fe.0xa9fe 0x 0x.0x 127.0.0.0x 256.0.0.1 127.0.0.257
    127.0.0.1.1 127.0.0.1. 127.0.0.1.. 127..0.0.1 .127.0.0.1 383.0.0.1 7f000001.0x7f 127.0.0.-1 +127.0.0.1 -1
    2,130,706,433 0b1111111.0.0.1 0o177.0.0.1
    %31%32%37.0.0.1 127%2e0%2e0%2e1 127.0.0.%31 %6cocalhost localhos%74 %5b::1%5d %00 localhost%00.example
    127.0.0.1%20 127.0.0.1%0d%0a 127.0.0.1%2f %2531%2532%2537.0.0.1
    １２７.0.0.1 127．0．0．1 127。0。0。1 127｡0｡0｡1 ①②⑦.⓪.⓪.① ١٢٧.٠.٠.١ 𝟏𝟐𝟕.𝟎.𝟎.𝟏 ⅼocalhost ｌｏｃａｌｈｏｓｔ ⓛocalhost
    loc\u{ad}alhost local\u{200b}host \u{202e}tsohlacol lo\u{301}calhost localhoſt K8s.localhost\u{feff}
    fe80::1%eth0 [fe80::1%eth0] [fe80::1%25eth0] ::1%lo [::1%1] [127.0.0.1] [::1 ::1] [[::1]] [] [::1]x [localhost]
    [::ffff:127.0.0.1 [v1.127.0.0.1] 1::2::3 ::ffff:127.0.1 ::ffff:0x7f.0.0.1 12345::1 :::1 ::g
    good.example@127.0.0.1 127.0.0.1@good.example good.example:80@127.0.0.1 @127.0.0.1 127.0.0.1@ 127.0.0.1:80
    [::1]:80 127.0.0.1/ 127.0.0.1/good.example 127.0.0.1#good.example 127.0.0.1?good.example
    good.example#@127.0.0.1 good.example\\@127.0.0.1 127.0.0.1\\good.example 127.0.0.1;good.example
    good.example,127.0.0.1 127.0.0.1& http://127.0.0.1 //127.0.0.1 127.0.0.1: file:///etc/passwd
    /var/run/postgresql unix:/tmp/x 127.0.0.1|x * *.0.0.1 {127,128}.0.0.1 $HOME `x` <127.0.0.1> \"127.0.0.1\"
    '127.0.0.1'
    \u{a0}127.0.0.1 \u{2028}localhost
    . .. localhost.. .localhost local..host -localhost
";

/// The same with white space, controls, or nothing at all.
const SPACED: &[&str] = &[
    " 127.0.0.1",
    "127.0.0.1 ",
    "127.0.0.1\t",
    "127.0.0.1\n",
    "127.0.0.1\r\nHost: good.example",
    "127.0.\t0.1",
    "127.0.0.1\0",
    "127.0.0.1\0.good.example",
    "local\thost",
    "localhost\n",
    "127.0.0.1\u{b}",
    "good.example 127.0.0.1",
    "\u{7f}",
    "",
];

/// Names that lead to such addresses, now or after the next lookup.
const NAMES: &str = "
    localhost LOCALHOST LocalHost localhost. LOCALHOST. localhost.localdomain ip6-localhost a.localhost
    localtest.me 127.0.0.1.nip.io a9fea9fe.rbndr.us metadata metadata.google.internal METADATA.google.internal.
    instance-data kubernetes.default.svc host.docker.internal 0x7f.example 127.0.0.1.example _gateway
    rebinding.example 1.example db_1.example
";

/// What names lead to in these tests.
const LED_TO: &str = "
    127.0.0.1 ::1 ::ffff:127.0.0.1 169.254.169.254 0.0.0.0 :: 64:ff9b::7f00:1 2002:7f00:1:: fe80::1 224.0.0.1
    255.255.255.255
";

/// Everything but what needs an entry of its own.
fn everything() -> AllowList {
    AllowList::parse(&[
        "http://0.0.0.0/0",
        "http://::/0",
        "*.example",
        "good.example",
        "localhost",
        "*.localhost",
        "*.me",
        "*.io",
    ])
    .unwrap()
}

fn postgres(host: &str, port: u16) -> PostgresTarget {
    PostgresTarget {
        host: host.into(),
        port,
        database: "crm".into(),
        user: "reader".into(),
        password: SECRET.into(),
        tls: TlsMode::Off,
        root_certificate: None,
        schema: "public".into(),
        table: "t".into(),
    }
}

fn declared_postgres(target: &PostgresTarget) -> Declared {
    let PostgresTarget { host, port, database, user, .. } = target.clone();
    Declared {
        name: "test copy".into(),
        environment: Environment::Test,
        target: Target::Postgres { host, port, database, user },
        known: KnownProduction::default(),
    }
}

/// Listeners for both families on one port, which count.
struct Canary {
    service: Service,
    six: Option<tokio::net::TcpListener>,
}

impl Canary {
    async fn listen() -> Self {
        let service = Service::start(|_, _| Reply::json("[{\"id\":1}]")).await;
        // A machine without IPv6 has nothing to reach there.
        let six = tokio::net::TcpListener::bind(("::1", service.port)).await.ok();
        Self { service, six }
    }

    async fn connections(&self) -> usize {
        let six = match &self.six {
            Some(six) => {
                usize::from(tokio::time::timeout(std::time::Duration::from_millis(50), six.accept()).await.is_ok())
            }
            None => 0,
        };
        self.service.connections() + six
    }

    /// Tries to connect with whatever the guard said, and tells what it said.
    async fn try_postgres(&self, host: &str, judged: Judged<'_>) -> Result<(), String> {
        let target = postgres(host, self.service.port);
        let guard = judged.ask(&declared_postgres(&target)).await.map_err(|refusal| signals(&refusal))?;
        let _ = test_connection(&target, &guard, &quick()).await;
        Ok(())
    }

    async fn try_rest(&self, scheme: &str, host: &str, judged: Judged<'_>) -> Result<(), String> {
        let service = service(&format!("{scheme}://{host}:{}", self.service.port), "/x");
        if let Err(error) = service.guard_target() {
            assert_eq!(error.kind, ErrorKind::Refused, "{host:?}: {error}");
            return Err("host-spelling".into());
        }
        let guard = judged.ask(&declared(&service)).await.map_err(|refusal| signals(&refusal))?;
        let source =
            Source::Rest { target: Box::new(RestTarget { service, secret: SECRET.into() }), guard: Box::new(guard) };
        let _ = catalogue(&source, &quick()).await;
        Ok(())
    }
}

/// Who answers what a name leads to.
#[derive(Clone, Copy)]
enum Judged<'a> {
    /// The system's resolver.
    Looked,
    /// The test.
    Told(&'a [IpAddr]),
}

impl Judged<'_> {
    async fn ask(self, declared: &Declared) -> Result<GuardProof, Refusal> {
        match self {
            Self::Looked => check_connection(declared, &everything()).await,
            Self::Told(addresses) => judge(declared, &everything(), addresses),
        }
    }
}

fn quick() -> Limits {
    let time = std::time::Duration::from_millis(500);
    Limits { wall: time, connect: time, ..Limits::default() }
}

fn signals(refusal: &Refusal) -> String {
    refusal.reasons.iter().map(|reason| reason.signal.as_str()).collect::<Vec<_>>().join(",")
}

#[tokio::test]
async fn no_spelling_of_a_forbidden_address_reaches_this_machine() {
    let canary = Canary::listen().await;
    let spellings =
        SPECIAL.split_ascii_whitespace().count() + DISGUISED.split_ascii_whitespace().count() + SPACED.len();
    assert!(spellings >= 200, "{spellings}");
    for host in SPECIAL.split_ascii_whitespace() {
        let special = Err("address-special".to_owned());
        assert_eq!(canary.try_postgres(host, Judged::Looked).await, special, "postgres {host}");
        let bracketed =
            if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
        for scheme in ["http", "https", "HTTP"] {
            let said = canary.try_rest(scheme, &bracketed, Judged::Looked).await;
            let expected = said.as_ref().is_err_and(|said| said.starts_with("address-special"));
            assert!(expected, "{scheme} {host}: {said:?}");
        }
    }
    for host in DISGUISED.split_ascii_whitespace().chain(SPACED.iter().copied()) {
        // Whatever a resolver might make of it: an address that is allowed, or this machine.
        for address in ["10.1.2.3", "127.0.0.1"] {
            let told = [address.parse().unwrap()];
            let spelling = Err("host-spelling".to_owned());
            assert_eq!(canary.try_postgres(host, Judged::Told(&told)).await, spelling, "postgres {host:?}");
            for scheme in ["http", "https"] {
                // Behind a slash begins the path: the host is another one, and is only led to this machine.
                let own = address == "127.0.0.1";
                if !host.contains('/') {
                    assert_eq!(canary.try_rest(scheme, host, Judged::Told(&told)).await, spelling, "{scheme} {host:?}");
                } else if own {
                    let said = canary.try_rest(scheme, host, Judged::Told(&told)).await;
                    assert!(said.is_err(), "{scheme} {host:?}");
                }
            }
        }
        assert!(canary.try_postgres(host, Judged::Looked).await.is_err(), "postgres {host:?}");
    }
    assert_eq!(canary.connections().await, 0);
}

#[tokio::test]
async fn no_control_character_smuggles_another_parameter_past_the_guard() {
    let canary = Canary::listen().await;
    let port = canary.service.port;
    let allow = AllowList::parse(&[format!("127.0.0.1:{port}")]).unwrap();
    for (host, database, user, signal) in [
        ("127.0.0.1\0", "crm", "reader", "host-spelling"),
        ("127.0.0.1", "crm\0user\0postgres", "reader", "database-spelling"),
        ("127.0.0.1", "crm\0", "reader", "database-spelling"),
        ("127.0.0.1", "\u{7f}crm", "reader", "database-spelling"),
        ("127.0.0.1", "crm", "reader\0database\0other", "user-spelling"),
        ("127.0.0.1", "crm", "reader\r\n", "user-spelling"),
        ("127.0.0.1", "crm", "\u{85}reader", "user-spelling"),
    ] {
        let (host_name, name, role) = (host.to_owned(), database.to_owned(), user.to_owned());
        for target in [
            Target::Postgres { host: host_name.clone(), port, database: name.clone(), user: role.clone() },
            Target::Mysql { host: host_name, port, database: name, user: role },
        ] {
            let known = KnownProduction::default();
            let declared = Declared { name: "test copy".into(), environment: Environment::Test, target, known };
            let refusal = check_connection(&declared, &allow).await.unwrap_err();
            assert_eq!(signals(&refusal), signal, "{host:?} {database:?} {user:?}");
            assert!(!refusal.to_string().contains(char::is_control), "{refusal}");
        }
    }
    let mut rest = service(&canary.service.url(), "/x");
    rest.auth = connectors::rest::RestAuth::Basic { user: "reader\0other".into() };
    assert_eq!(signals(&check_connection(&declared(&rest), &allow).await.unwrap_err()), "user-spelling");
    assert_eq!(canary.connections().await, 0);
}

#[tokio::test]
async fn no_name_that_leads_to_a_forbidden_address_reaches_this_machine() {
    let canary = Canary::listen().await;
    for name in NAMES.split_ascii_whitespace() {
        for led_to in LED_TO.split_ascii_whitespace() {
            // Alone, and hidden behind an address that is allowed.
            let (bad, good): (IpAddr, IpAddr) = (led_to.parse().unwrap(), "10.1.2.3".parse().unwrap());
            for told in [&[bad][..], &[good, bad], &[bad, good]] {
                let said = canary.try_postgres(name, Judged::Told(told)).await;
                assert_eq!(said, Err("address-special".into()), "postgres {name} {told:?}");
                let said = canary.try_rest("https", name, Judged::Told(told)).await;
                assert!(said.is_err_and(|said| said.contains("address-special")), "https {name} {told:?}");
            }
        }
        assert!(canary.try_postgres(name, Judged::Told(&[])).await.is_err(), "{name} leads nowhere");
    }
    // What this machine's own resolver says.
    for name in ["localhost", "LOCALHOST", "localhost."] {
        assert!(canary.try_postgres(name, Judged::Looked).await.is_err(), "{name}");
        assert!(canary.try_rest("http", name, Judged::Looked).await.is_err(), "{name}");
    }
    assert_eq!(canary.connections().await, 0);
}

#[tokio::test]
async fn private_networks_are_reached_only_where_the_operator_allows_them() {
    let canary = Canary::listen().await;
    let allow = AllowList::parse(&["10.1.0.0/16"]).unwrap();
    let private = [
        "10.0.0.1",
        "10.2.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.254",
        "192.168.0.1",
        "192.168.255.254",
        "100.64.0.1",
        "198.18.0.1",
        "fc00::1",
        "fd00::1",
        "fdff:ffff::1",
        "::ffff:10.2.0.1",
        "[::ffff:c0a8:1]",
        "::ffff:192.168.0.1",
    ];
    for host in private {
        let target = postgres(host, canary.service.port);
        let refusal = check_connection(&declared_postgres(&target), &allow).await.unwrap_err();
        assert_eq!(signals(&refusal), "address-not-allowed", "{host}");
        let bracketed =
            if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
        let rest = service(&format!("https://{bracketed}"), "/x");
        let refusal = check_connection(&declared(&rest), &allow).await.unwrap_err();
        assert_eq!(signals(&refusal), "address-not-allowed", "{host}");
    }
    for host in ["10.1.0.1", "::ffff:10.1.0.1"] {
        assert!(check_connection(&declared_postgres(&postgres(host, 5432)), &allow).await.is_ok(), "{host}");
    }
    assert_eq!(canary.connections().await, 0);
}

#[tokio::test]
async fn an_entry_with_exactly_this_address_opens_it_and_the_canary_sings() {
    let canary = Canary::listen().await;
    let rest = service(&canary.service.url(), "/x");
    let entry = format!("127.0.0.1:{}", canary.service.port);
    let source = crate::service::source(rest.clone(), &[entry.as_str()]).await.unwrap();
    assert_eq!(read_with(&source, &Limits::default()).await.unwrap().rows, [[Some("1".to_owned())]]);
    assert_eq!(canary.connections().await, 1);
    // A database is dialled, too, and finds that this is none.
    let target = postgres("127.0.0.1", canary.service.port);
    let allow = AllowList::parse(&[entry]).unwrap();
    let guard = check_connection(&declared_postgres(&target), &allow).await.unwrap();
    assert!(test_connection(&target, &guard, &quick()).await.is_err());
    assert_eq!(canary.connections().await, 2);

    let other = format!("127.0.0.1:{}", canary.service.port.wrapping_add(1).max(1));
    assert!(crate::service::source(rest, &[other.as_str()]).await.is_err(), "another port is another service");
}

#[tokio::test]
async fn without_encryption_only_what_the_operator_says() {
    let judged = |entry: &str, url: &str, resolved: &str| {
        let allow = AllowList::parse(&[entry]).unwrap();
        judge(&declared(&service(url, "/x")), &allow, &[resolved.parse().unwrap()]).map_err(|refusal| signals(&refusal))
    };
    for (entry, url, resolved) in [
        ("10.1.0.0/16", "https://10.1.2.3", "10.1.2.3"),
        ("http://10.1.0.0/16", "https://10.1.2.3", "10.1.2.3"),
        ("http://10.1.0.0/16", "http://10.1.2.3", "10.1.2.3"),
        ("http://10.1.2.3:8080", "http://10.1.2.3:8080", "10.1.2.3"),
        ("http://api.test.example", "http://api.test.example", "10.1.2.3"),
        ("http://*.test.example:80", "http://api.test.example", "10.1.2.3"),
        ("http://[fd00:1::/32]:80", "http://[fd00:1::5]", "fd00:1::5"),
        ("127.0.0.1", "http://127.0.0.1:9", "127.0.0.1"),
        ("::1", "http://[::1]:9", "::1"),
    ] {
        assert!(judged(entry, url, resolved).is_ok(), "{entry} {url}");
    }
    for (entry, url, resolved) in
        [("10.1.0.0/16", "http://10.1.2.3", "10.1.2.3"), ("api.test.example", "http://api.test.example", "10.1.2.3")]
    {
        assert_eq!(judged(entry, url, resolved).unwrap_err(), "plain-http", "{entry} {url}");
    }
    assert_eq!(
        judged("http://10.1.2.3:8080", "http://10.1.2.3", "10.1.2.3").unwrap_err(),
        "address-not-allowed,plain-http"
    );
    assert!(AllowList::parse(&["https://10.1.2.3"]).is_err());
}

#[tokio::test]
async fn production_is_recognised_in_what_a_service_is_called() {
    let judged = |url: &str, path: &str, user: &str| {
        let mut service = service(url, path);
        service.auth = connectors::rest::RestAuth::Basic { user: user.into() };
        let mut declared = declared(&service);
        declared.known.hosts = vec!["crm.example".into()];
        let allow = AllowList::parse(&["*.example", "crm.example"]).unwrap();
        judge(&declared, &allow, &["10.1.2.3".parse().unwrap()]).map_err(|refusal| signals(&refusal))
    };
    let proof = judged("https://api.example", "/v2/products/customer_master", "reader").unwrap();
    for id in ["host-word", "path-word", "user-word", "admin-user", "known-host", "host-spelling", "plain-http"] {
        assert!(proof.passed().contains(&id), "{id}");
    }
    for (url, path, user, signal) in [
        ("https://api-prod.example", "/v2", "reader", "host-word"),
        ("https://api.live.example", "/v2", "reader", "host-word"),
        ("https://api.example", "/prod/v2", "reader", "path-word"),
        ("https://api.example/production", "/v2", "reader", "path-word"),
        ("https://api.example", "/v2", "prod_reader", "user-word"),
        ("https://api.example", "/v2", "admin", "admin-user"),
        ("https://CRM.example.", "/v2", "reader", "known-host"),
    ] {
        assert_eq!(judged(url, path, user).unwrap_err(), signal, "{url}{path} {user}");
    }
}

#[tokio::test]
async fn a_proof_for_one_service_opens_no_other() {
    let canary = Canary::listen().await;
    let accepted = canary.service.source(|_| {}).await;
    let Source::Rest { target, guard } = accepted else { unreachable!() };
    for change in [
        (|service: &mut connectors::RestService| service.path = "/other".into()) as fn(&mut connectors::RestService),
        |service| service.base_url = "http://127.0.0.1:1".into(),
        |service| service.auth = connectors::rest::RestAuth::Basic { user: "other".into() },
    ] {
        let mut target = target.clone();
        change(&mut target.service);
        let error = catalogue(&Source::Rest { target, guard: guard.clone() }, &quick()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused, "{error}");
    }
    assert_eq!(canary.connections().await, 0);
}
