//! `/p/:key/connections`: the test systems that checks read, and connecting to one: a file that is
//! uploaded, a file on the server, a PostgreSQL database. A password goes in and is never shown.

mod api;
mod change;
mod schema;
mod service;

pub use schema::SchemaPage;

use api::{ConnectDatabase, ConnectFile, ConnectService, RemoveConnection, load_connections};
use change::ChangeActions;
use kit::{
    AppError,
    error::field_error,
    layout::PlanPage,
    ui::{
        Button, ButtonLink, ButtonLook, Card, Choice, ConfirmForm, Empty, Field, Fold, Icon, Loaded, Notice, PageHead,
        PageTitle, Select, Tag, TextArea, TextInput, Time, Tone, described_by,
    },
};
use leptos::{form::ActionForm, prelude::*, server::ServerActionError};
use server_fn::error::ServerFnUrlError;
use views::{
    files::{FILE_KINDS, FileKind, all_endings},
    sync::{ConnectionRow, ConnectionsPage as Page},
};

/// Under this name the upload route sends back what was wrong, in the address as forms without scripts do.
const UPLOAD: &str = "connections/upload";

/// Fields of the form of a database that say themselves what is wrong with them.
const DATABASE_FIELDS: [&str; 11] =
    ["name", "instance", "environment", "kind", "host", "port", "database", "user", "password", "tls", "certificate"];

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Actions {
    file: ServerAction<ConnectFile>,
    database: ServerAction<ConnectDatabase>,
    service: ServerAction<ConnectService>,
    remove: ServerAction<RemoveConnection>,
    change: ChangeActions,
    /// What was wrong with the last upload.
    upload: Signal<Option<Result<(), AppError>>>,
}

/// The page.
#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let page = PlanPage::here();
    let actions = Actions {
        file: ServerAction::new(),
        database: ServerAction::new(),
        service: ServerAction::new(),
        remove: ServerAction::new(),
        change: ChangeActions::new(),
        upload: upload_error(UPLOAD),
    };
    let connections = Resource::new(
        move || {
            let versions =
                [actions.file.version().get(), actions.database.version().get(), actions.service.version().get()];
            let versions = (versions, actions.remove.version().get());
            (page.key(), page.changes(), versions, actions.change.versions())
        },
        |(key, ..)| load_connections(key),
    );
    view! { <Loaded resource=connections render=Callback::new(move |page: Page| content(page, actions))/> }.into_any()
}

/// What a plain upload route sent back in the address, as if an action had said it.
pub fn upload_error(path: &str) -> Signal<Option<Result<(), AppError>>> {
    let sent = use_context::<ServerActionError>().filter(|e| e.path() == path);
    let error = sent.map(|e| Err(ServerFnUrlError::<AppError>::decode_err(e.err())));
    Signal::stored(error)
}

fn content(page: Page, actions: Actions) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let many = match page.connections.len() {
        1 => "1 connection".to_owned(),
        n => format!("{n} connections"),
    };
    let meta = view! { <span>{many}</span><span>"Test environments alone; every session only reads"</span> }.into_any();
    let back = view! { <ButtonLink href=format!("{root}/sync") label="Back to the dashboard"/> }.into_any();
    let list = if page.connections.is_empty() {
        view! {
            <Empty
                title="No test system connected"
                text="Whether data is synchronised is measured, not asked. Connect the test environments of both sides, or load an export of each; production is refused."
                icon="server"
            />
        }
        .into_any()
    } else {
        let plan = page.head.key.clone();
        let rows = page.connections.iter().map(|row| connection(&plan, row, page.may_connect, actions)).collect_view();
        view! { <div class="connections">{rows}</div> }.into_any()
    };
    let forms = if page.may_connect {
        forms(&page, actions)
    } else {
        view! {
            <Notice tone=Tone::Info title="You can read here, not connect">
                "Connecting a system needs the role editor in a plan. An owner of the plan can give it to you."
            </Notice>
        }
        .into_any()
    };
    let removed = move || {
        let error = actions.remove.value().get().and_then(Result::err).or_else(|| actions.change.error())?;
        Some(view! { <Notice tone=Tone::Bad title="Not changed">{error.message}</Notice> })
    };
    view! {
        <PageTitle text="Connections"/>
        <PageHead title="Connections" meta=meta actions=back/>
        <div aria-live="polite">{removed}</div>
        {list}
        {forms}
    }
    .into_any()
}

/// What an adapter reads, in words.
pub(super) fn adapter_words(adapter: &str) -> &'static str {
    match FileKind::of_adapter(adapter) {
        Some(kind) => kind.label,
        None if adapter == "mysql" => "MySQL or MariaDB",
        None if adapter == "rest" => "REST service",
        None => "PostgreSQL",
    }
}

fn connection(plan: &str, row: &ConnectionRow, may_connect: bool, actions: Actions) -> AnyView {
    let c = &row.connection;
    let kind = adapter_words(&c.adapter);
    let instance = row.instance.clone().map_or_else(
        || view! { <span class="muted">"no instance: verdicts cannot name it"</span> }.into_any(),
        |name| name.into_any(),
    );
    let secret = FileKind::of_adapter(&c.adapter).is_none().then(|| {
        let word = if c.has_secret { "set" } else { "none" };
        let label = if c.adapter == "rest" { "Secret" } else { "Password" };
        view! { <dt>{label}</dt><dd><Icon name="key"/>" "{word}</dd> }
    });
    let encryption = row.encryption.clone().map(|words| {
        let own = if row.certificate.is_empty() { "" } else { ", by an authority of its own" };
        view! { <dt>"Encryption"</dt><dd>{words}{own}</dd> }
    });
    let is_database = matches!(c.adapter.as_str(), "postgres" | "mysql");
    let server = (is_database && c.verified_at.is_some()).then(|| {
        let id = match row.server_id.clone() {
            Some(id) => view! { <span class="mono">{id}</span> }.into_any(),
            None => view! { <span class="muted">"not known: test it again; some servers do not tell it to every user"</span> }.into_any(),
        };
        view! { <dt>"Server id"</dt><dd>{id}</dd> }
    });
    let seen = c.verified_at.map(|at| view! { <dt>"Answered"</dt><dd><Time iso=at.to_string()/></dd> });
    let used = match row.checks {
        0 => "no check of this plan".to_owned(),
        1 => "1 check of this plan".to_owned(),
        n => format!("{n} checks of this plan"),
    };
    let signs = c.guard.iter().map(|sign| view! { <li>{sign.clone()}</li> }).collect_view();
    let proof = (!c.guard.is_empty()).then(|| {
        view! {
            <details class="guard">
                <summary><Icon name="shield-check" class="good"/>{format!("{} signs of production looked for when it was tested, none found", c.guard.len())}</summary>
                <ul>{signs}</ul>
            </details>
        }
    });
    let refused = c.refused.clone().map(|why| view! { <Notice tone=Tone::Bad title="Refused">{why}</Notice> });
    let warnings = c
        .warnings
        .iter()
        .map(|text| view! { <li><Tag label="look" tone=Tone::Warn/>" "{text.clone()}</li> })
        .collect_view();
    let warnings = (!c.warnings.is_empty()).then(|| view! { <ul class="warnings">{warnings}</ul> });
    let remove = may_connect.then(|| {
        let consequence = match row.checks {
            0 => "Its password is forgotten. Runs that used it stay.".to_owned(),
            _ => format!("{used} cannot run any more. Its password is forgotten; runs that used it stay."),
        };
        let (plan, id) = (plan.to_owned(), c.id.to_string());
        view! {
            <ConfirmForm label="Remove" consequence=consequence small=true>
                <ActionForm action=actions.remove>
                    <input type="hidden" name="plan" value=plan/>
                    <input type="hidden" name="connection" value=id/>
                    <Button label="Remove it" look=ButtonLook::Danger small=true/>
                </ActionForm>
            </ConfirmForm>
        }
        .into_any()
    });
    let address = c.address.clone();
    let tables = may_connect.then(|| {
        let href = format!("/p/{plan}/connections/{}", c.id);
        view! { <dt>"Holds"</dt><dd><a class="link" href=href>"its tables and columns"</a></dd> }
    });
    let change = may_connect.then(|| change::forms(plan, row, actions.change));
    view! {
        <Card title=c.name.clone() note=kind id=format!("c-{}", c.id) end=remove.unwrap_or_else(|| ().into_any())>
            <div class="card-body">
                <dl class="facts">
                    <dt>"Where"</dt><dd class="mono">{address}</dd>
                    <dt>"Test environment of"</dt><dd>{instance}</dd>
                    {encryption}
                    {server}
                    {secret}
                    {seen}
                    <dt>"Used by"</dt><dd>{used.clone()}</dd>
                    {tables}
                </dl>
                {refused}
                {warnings}
                {proof}
                {change}
            </div>
        </Card>
    }
    .into_any()
}

fn forms(page: &Page, actions: Actions) -> AnyView {
    let on_server = if page.folders.is_empty() {
        view! {
            <p class="muted">
                "The operator of this server has allowed no folder. One can be named as "<code>"source_dirs"</code>" in its configuration."
            </p>
        }
        .into_any()
    } else {
        server_form(page, actions)
    };
    let database = if page.networks.is_empty() {
        view! {
            <p class="muted">
                "The operator of this server has allowed no database and no service. Hosts or networks can be named as "<code>"allowed_targets"</code>" in its configuration."
            </p>
        }
        .into_any()
    } else {
        database_form(page, actions)
    };
    let service = (!page.networks.is_empty()).then(|| service::form(page, actions)).map(|form| {
        view! { <Card title="A REST service" note="read only, answers JSON" id="service"><div class="card-body">{form}</div></Card> }
    });
    let upload = upload_form(page, actions);
    view! {
        <h2 class="section-title">"Connect a system"</h2>
        <div class="connect">
            <Card title="Upload a file" note="CSV, Excel, JSON, Parquet or SQLite, up to 64 MB" id="upload"><div class="card-body">{upload}</div></Card>
            <Card title="A database" note="PostgreSQL, MySQL or MariaDB" id="database"><div class="card-body">{database}</div></Card>
            {service}
            <Card title="A file on the server" id="server"><div class="card-body">{on_server}</div></Card>
        </div>
    }
    .into_any()
}

fn instances(page: &Page) -> Vec<Choice> {
    page.instances.iter().map(|o| Choice { value: o.id.clone(), label: o.title.clone() }).collect()
}

fn environments() -> Vec<Choice> {
    [("test", "Test"), ("development", "Development"), ("production", "Production (will be refused)")]
        .into_iter()
        .map(|(value, label)| Choice { value: value.into(), label: label.into() })
        .collect()
}

type Said = Signal<Option<Result<(), AppError>>>;

/// Whether something is wrong with one of these fields, so that the fold around them is opened.
fn is_wrong(said: Said, fields: &[&str]) -> bool {
    let error = said.get_untracked().and_then(Result::err);
    error.is_some_and(|error| fields.iter().any(|name| error.field(name).is_some()))
}

/// Where a test system has a certificate that no well-known authority has issued.
fn certificate_field(prefix: &str, said: Said) -> AnyView {
    view! {
        <TextArea name="to[certificate]" id=format!("{prefix}-certificate") label="Certificate of its own authority"
            error=field_error(said, "certificate") placeholder="-----BEGIN CERTIFICATE-----"
            help="Where its own certificate comes from an authority that this server does not know: that authority's, as PEM, never a private key. It is no secret."/>
    }
    .into_any()
}

/// Name, instance and environment: the same in each form. `prefix` keeps ids apart, `group` is what the
/// names are inside of.
fn common(page: &Page, prefix: &str, group: &str, said: Said) -> AnyView {
    let name = |field: &str| if group.is_empty() { field.to_owned() } else { format!("{group}[{field}]") };
    view! {
        <TextInput name=name("name") id=format!("{prefix}-name") label="Name" required=group == "to" || prefix == "server"
            error=field_error(said, "name") help="What people call it, such as CRM test." autocomplete="off"/>
        <Select name=name("instance") id=format!("{prefix}-instance") label="Test environment of" choices=instances(page) none="—"
            error=field_error(said, "instance") help="The installation it stands for; verdicts are given by pairs of installations."/>
        <Select name=name("environment") id=format!("{prefix}-environment") label="It is" choices=environments() value="test" required=true
            error=field_error(said, "environment") help="Say what it is; what looks like production is refused with every reason."/>
    }
    .into_any()
}

/// What is wrong that stands beside no field.
fn rest(said: Said, fields: &'static [&'static str]) -> AnyView {
    let words = move || {
        let error = said.get().and_then(Result::err)?;
        let title = if error.fields.is_empty() { "It did not answer" } else { "Not connected" };
        let text = error.remainder(fields).unwrap_or_else(|| "See the marked fields.".to_owned());
        Some(view! { <Notice tone=Tone::Bad title=title>{text}</Notice> })
    };
    view! { <div aria-live="polite">{words}</div> }.into_any()
}

fn upload_form(page: &Page, actions: Actions) -> AnyView {
    let said = actions.upload;
    let error = field_error(said, "file");
    let help = "The first line of a CSV file or a sheet names the columns; delimiter and encoding are found out.";
    let accept = FILE_KINDS.iter().map(FileKind::accept).collect::<Vec<_>>().join(",");
    let described = described_by("upload-file", help, error);
    view! {
        <form class="form" method="post" action=format!("/p/{}/{UPLOAD}", page.head.key) enctype="multipart/form-data">
            {rest(said, &["name", "instance", "environment", "file"])}
            <Field id="upload-file" label="File" help=help error=error required=true>
                <input class="input" type="file" id="upload-file" name="file" required accept=accept
                    aria-describedby=described aria-invalid=move || error.with(Option::is_some).then_some("true")/>
            </Field>
            {common(page, "upload", "", said)}
            <div class="form-actions"><Button label="Upload and connect" look=ButtonLook::Primary icon="upload"/></div>
        </form>
    }
    .into_any()
}

fn server_form(page: &Page, actions: Actions) -> AnyView {
    let said = Signal::derive(move || actions.file.value().get());
    let common = common(page, "server", "", said);
    let plan = page.head.key.clone();
    let help = format!("A {} file in one of: {}", all_endings(), page.folders.join(", "));
    view! {
        <ActionForm action=actions.file attr:class="form">
            {rest(said, &["name", "instance", "environment", "path"])}
            <input type="hidden" name="plan" value=plan/>
            <TextInput name="path" id="server-path" label="Path" required=true mono=true error=field_error(said, "path") help=help autocomplete="off"/>
            {common}
            <div class="form-actions"><Button label="Connect" look=ButtonLook::Primary disabled=actions.file.pending()/></div>
        </ActionForm>
    }
    .into_any()
}

fn database_form(page: &Page, actions: Actions) -> AnyView {
    let said = Signal::derive(move || actions.database.value().get());
    let tls = [
        ("verify_name", "Encrypted, certificate and name checked"),
        ("verify_ca", "Encrypted, certificate checked"),
        ("require", "Encrypted, whoever answers"),
        ("off", "Not encrypted"),
    ];
    let tls = tls.into_iter().map(|(value, label)| Choice { value: value.into(), label: label.into() }).collect();
    let kinds = [("postgres", "PostgreSQL"), ("mysql", "MySQL or MariaDB")];
    let kinds = kinds.into_iter().map(|(value, label)| Choice { value: value.into(), label: label.into() }).collect();
    let common = common(page, "db", "to", said);
    let plan = page.head.key.clone();
    let allowed = format!("Allowed by the operator: {}", page.networks.join(", "));
    view! {
        <ActionForm action=actions.database attr:class="form">
            {rest(said, &DATABASE_FIELDS)}
            <input type="hidden" name="plan" value=plan/>
            {common}
            <Select name="to[kind]" id="db-kind" label="Database system" choices=kinds value="postgres" required=true error=field_error(said, "kind")/>
            <div class="form-row">
                <TextInput name="to[host]" id="db-host" label="Host" required=true error=field_error(said, "host") help=allowed autocomplete="off"/>
                <TextInput name="to[port]" id="db-port" label="Port" kind="number" error=field_error(said, "port")
                    help="Empty for the usual one: 5432 for PostgreSQL, 3306 for MySQL." autocomplete="off"/>
            </div>
            <div class="form-row">
                <TextInput name="to[database]" id="db-database" label="Database" required=true error=field_error(said, "database") autocomplete="off"/>
                <TextInput name="to[user]" id="db-user" label="User" required=true error=field_error(said, "user")
                    help="One that can only read." autocomplete="off"/>
            </div>
            <TextInput name="to[password]" id="db-password" label="Password" kind="password" error=field_error(said, "password")
                help="Kept encrypted, never shown again." autocomplete="new-password"/>
            <Select name="to[tls]" id="db-tls" label="Encryption" choices=tls value="verify_name" required=true error=field_error(said, "tls")/>
            <Fold title="Seldom needed" note="certificate of its own authority" id="db-seldom" open=is_wrong(said, &["certificate"])>
                <div class="card-body">{certificate_field("db", said)}</div>
            </Fold>
            <div class="form-actions"><Button label="Test and connect" look=ButtonLook::Primary disabled=actions.database.pending()/></div>
        </ActionForm>
    }
    .into_any()
}
