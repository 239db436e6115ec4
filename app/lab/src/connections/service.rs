//! The form of a REST service: where its list is, who asks, and how it is asked for the next page.

use super::{Actions, certificate_field, common, is_wrong, rest};
use kit::{
    error::field_error,
    ui::{Button, ButtonLook, Choice, Fold, Select, TextInput},
};
use leptos::{form::ActionForm, prelude::*};
use views::sync::ConnectionsPage as Page;

/// Fields that say themselves what is wrong with them.
const FIELDS: [&str; 19] = [
    "name",
    "instance",
    "environment",
    "url",
    "host",
    "path",
    "user",
    "records",
    "auth",
    "identity",
    "token_url",
    "page_parameter",
    "page_path",
    "limit_parameter",
    "page_size",
    "first_page",
    "scope",
    "credentials",
    "certificate",
];

/// Those among them that are folded away: about pages, and what is seldom needed.
const PAGES: [&str; 5] = ["page_parameter", "page_path", "limit_parameter", "page_size", "first_page"];
const SELDOM: [&str; 3] = ["scope", "credentials", "certificate"];

/// Ways to say who asks.
const AUTH: [(&str, &str); 6] = [
    ("none", "Nobody: it answers everybody"),
    ("basic", "User and password"),
    ("bearer", "A token"),
    ("key_header", "A key in a header"),
    ("key_parameter", "A key in a parameter"),
    ("client_credentials", "OAuth 2 client credentials"),
];

/// Ways to ask for the next page.
const PAGING: [(&str, &str); 6] = [
    ("none", "There is one page"),
    ("link_header", "Link header"),
    ("next_url", "Next address in the answer"),
    ("offset", "Position and number of records"),
    ("page", "Number of the page"),
    ("cursor", "Mark in the answer"),
];

/// Where client credentials are written.
const CREDENTIALS: [(&str, &str); 2] = [("header", "In the header"), ("body", "In the body")];

fn choices(options: &[(&str, &str)]) -> Vec<Choice> {
    options.iter().map(|(value, label)| Choice { value: (*value).into(), label: (*label).into() }).collect()
}

/// The form.
pub(super) fn form(page: &Page, actions: Actions) -> AnyView {
    let said = Signal::derive(move || actions.service.value().get());
    let common = common(page, "service", "to", said);
    let plan = page.head.key.clone();
    let allowed = format!("Allowed by the operator: {}", page.networks.join(", "));
    // What the guard says of host and path is about the address here.
    let address =
        Signal::derive(move || ["url", "host", "path"].into_iter().find_map(|name| field_error(said, name).get()));
    let identity =
        Signal::derive(move || ["identity", "user"].into_iter().find_map(|name| field_error(said, name).get()));
    view! {
        <ActionForm action=actions.service attr:class="form">
            {rest(said, &FIELDS)}
            <input type="hidden" name="plan" value=plan/>
            {common}
            <TextInput name="to[url]" id="service-url" label="Address of the list" required=true mono=true error=address help=allowed
                placeholder="https://api.test.example/v2/customers" autocomplete="off"/>
            <TextInput name="to[records]" id="service-records" label="Where the records are" mono=true error=field_error(said, "records")
                placeholder="$.data.items" help="JSONPath; empty where the answer is the list itself." autocomplete="off"/>
            <Select name="to[auth]" id="service-auth" label="It wants to know who asks" choices=choices(&AUTH) value="none" required=true
                error=field_error(said, "auth")/>
            <div class="form-row">
                <TextInput name="to[identity]" id="service-identity" label="User, header, parameter or client" error=identity autocomplete="off"/>
                <TextInput name="to[secret]" id="service-secret" label="Password, token, key or secret" kind="password"
                    help="Kept encrypted, never shown again." autocomplete="new-password"/>
            </div>
            <TextInput name="to[token_url]" id="service-token" label="Address that gives tokens" mono=true error=field_error(said, "token_url")
                help="For client credentials alone." autocomplete="off"/>
            <Select name="to[paging]" id="service-paging" label="The next page" choices=choices(&PAGING) value="none" required=true
                error=field_error(said, "paging")/>
            <Fold title="How pages are asked for" note="names, sizes, numbers" id="service-pages" open=is_wrong(said, &PAGES)>
                <div class="card-body">
                    <div class="form-row">
                        <TextInput name="to[page_parameter]" id="service-parameter" label="Parameter of position, number or mark" mono=true
                            error=field_error(said, "page_parameter") autocomplete="off"/>
                        <TextInput name="to[page_path]" id="service-path" label="Where the next address or mark is" mono=true
                            error=field_error(said, "page_path") placeholder="$.next" autocomplete="off"/>
                    </div>
                    <div class="form-row">
                        <TextInput name="to[limit_parameter]" id="service-limit" label="Parameter of the number of records" mono=true
                            error=field_error(said, "limit_parameter") autocomplete="off"/>
                        <TextInput name="to[page_size]" id="service-size" label="Records at once" kind="number" error=field_error(said, "page_size") autocomplete="off"/>
                    </div>
                    <TextInput name="to[first_page]" id="service-first" label="Number of the first page" kind="number" error=field_error(said, "first_page")
                        help="Empty for 1." autocomplete="off"/>
                </div>
            </Fold>
            <Fold title="Seldom needed" note="OAuth scope, certificate of its own authority" id="service-seldom" open=is_wrong(said, &SELDOM)>
                <div class="card-body">
                    <div class="form-row">
                        <TextInput name="to[scope]" id="service-scope" label="OAuth scope" mono=true error=field_error(said, "scope")
                            help="For client credentials alone; empty for what the server takes by itself." autocomplete="off"/>
                        <Select name="to[credentials]" id="service-credentials" label="Client id and secret are sent" choices=choices(&CREDENTIALS)
                            value="header" required=true error=field_error(said, "credentials") help="For client credentials alone."/>
                    </div>
                    {certificate_field("service", said)}
                </div>
            </Fold>
            <div class="form-actions"><Button label="Test and connect" look=ButtonLook::Primary disabled=actions.service.pending()/></div>
        </ActionForm>
    }
    .into_any()
}
