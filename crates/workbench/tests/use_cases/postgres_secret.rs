//! A password goes in and is nowhere to be found afterwards: not in what pages are told, not in any
//! file of the installation. On a real PostgreSQL, which `scripts/with-postgres` starts.

use super::world::{World, fields};
use views::sync::SideChoice;
use workbench::DatabaseForm;

/// The server, and who may read there.
pub struct Server {
    user: String,
    password: String,
    pub host: String,
    pub port: String,
    database: String,
}

impl Server {
    /// Its address, for who makes tables there.
    pub fn url(&self) -> String {
        let Self { user, password, host, port, database } = self;
        format!("postgres://{user}:{password}@{host}:{port}/{database}")
    }

    /// Its form, filled in.
    pub fn form(&self) -> DatabaseForm<'_> {
        DatabaseForm {
            kind: "postgres",
            name: "ERP test",
            instance: "",
            environment: "test",
            host: &self.host,
            port: &self.port,
            database: &self.database,
            user: &self.user,
            password: &self.password,
            tls: "off",
            certificate: "",
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the test runner names the server this way")]
pub fn server() -> Server {
    let url = std::env::var("PLUMBLINE_TEST_POSTGRES_URL");
    let url =
        url.unwrap_or_else(|_| panic!("PLUMBLINE_TEST_POSTGRES_URL is not set; run this with scripts/with-postgres"));
    let rest = url.split_once("://").unwrap().1;
    let (who, place) = rest.rsplit_once('@').unwrap();
    let (user, password) = who.split_once(':').unwrap();
    let (address, database) = place.split_once('/').unwrap();
    let (host, port) = address.rsplit_once(':').unwrap_or((address, "5432"));
    let database = database.split('?').next().unwrap_or_default();
    let text = str::to_owned;
    Server { user: text(user), password: text(password), host: text(host), port: text(port), database: text(database) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_password_is_nowhere_to_be_found() {
    let server = server();
    assert!(server.password.len() > 8, "a short password could be found by chance");
    let target = format!("{}:{}", server.host, server.port);
    let world = World::with(|settings| settings.allowed_targets = vec![target]).await;
    let form = server.form();
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let wrong = DatabaseForm { password: "wrong-canary-7319", ..form };
    let error = w.connect_database(owner, plan, wrong).await.unwrap_err();
    assert!(fields(&error).is_empty() && !error.to_string().contains("canary"), "{error}");
    let id = w.connect_database(owner, plan, form).await.unwrap();
    w.tables(owner, plan, id).await.unwrap();
    let choice = SideChoice { left: id.to_string(), ..SideChoice::default() };
    let shown = [
        serde_json::to_string(&w.connections(owner, plan).await.unwrap()).unwrap(),
        serde_json::to_string(&w.connections_page(owner, plan).await.unwrap()).unwrap(),
        serde_json::to_string(&w.sync_page(owner, plan).await.unwrap()).unwrap(),
        serde_json::to_string(&w.design_check(owner, plan, None, &choice).await.unwrap()).unwrap(),
        serde_json::to_string(&w.overview(owner, plan).await.unwrap()).unwrap(),
    ];
    assert!(shown[0].contains("\"has_secret\":true"), "{}", shown[0]);
    assert!(shown.iter().all(|json| !json.contains(&server.password)));
    let files = world.bytes();
    assert!(files.iter().any(|(path, _)| path.ends_with("plumbline.sqlite")));
    for (path, bytes) in files {
        for secret in [server.password.as_bytes(), b"wrong-canary-7319"] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret), "the password is in {path}");
        }
    }
}
