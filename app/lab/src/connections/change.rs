//! Changing a connection on its card: tested again, renamed, a newer file, another password, other certificates. Plain
//! forms in a fold, so that they work without scripts.

use super::{
    UPLOAD,
    api::{ChangeCertificate, ChangeSecret, RenameConnection, TestConnection},
};
use kit::{
    AppError,
    ui::{Button, TextArea, TextInput},
};
use leptos::{form::ActionForm, prelude::*};
use views::{files::FileKind, sync::ConnectionRow};

/// What can be done with a connection.
#[derive(Clone, Copy)]
pub(super) struct ChangeActions {
    rename: ServerAction<RenameConnection>,
    secret: ServerAction<ChangeSecret>,
    certificate: ServerAction<ChangeCertificate>,
    test: ServerAction<TestConnection>,
}

impl ChangeActions {
    pub(super) fn new() -> Self {
        Self {
            rename: ServerAction::new(),
            secret: ServerAction::new(),
            certificate: ServerAction::new(),
            test: ServerAction::new(),
        }
    }

    /// Grow with everything that was done. Tracked.
    pub(super) fn versions(self) -> [usize; 4] {
        let (rename, secret) = (self.rename.version().get(), self.secret.version().get());
        [rename, secret, self.certificate.version().get(), self.test.version().get()]
    }

    /// What was wrong with the last that failed. Tracked.
    pub(super) fn error(self) -> Option<AppError> {
        let rename = self.rename.value().get().and_then(Result::err);
        let secret = self.secret.value().get().and_then(Result::err);
        let certificate = self.certificate.value().get().and_then(Result::err);
        rename.or(secret).or(certificate).or_else(|| self.test.value().get().and_then(Result::err))
    }
}

/// The forms of one connection.
pub(super) fn forms(plan: &str, row: &ConnectionRow, actions: ChangeActions) -> AnyView {
    let connection = &row.connection;
    let id = connection.id.to_string();
    let hidden = || {
        view! {
            <input type="hidden" name="plan" value=plan.to_owned()/>
            <input type="hidden" name="connection" value=id.clone()/>
        }
        .into_any()
    };
    let own = if let Some(kind) = FileKind::of_adapter(&connection.adapter) {
        view! {
            <form class="form" method="post" action=format!("/p/{plan}/{UPLOAD}") enctype="multipart/form-data">
                {hidden()}
                <div class="field">
                    <label class="field-label" for=format!("file-{id}")>"Newer file"</label>
                    <input class="input" type="file" id=format!("file-{id}") name="file" required accept=kind.accept()/>
                </div>
                <div class="form-actions"><Button label="Take this file from now on" icon="upload" small=true/></div>
            </form>
        }
        .into_any()
    } else {
        let (with_secret, secret) = (hidden(), format!("secret-{id}"));
        // Where none is looked at, one would be refused.
        let certificate = row.checks_certificates.then(|| certificate_form(hidden(), &id, row, actions));
        view! {
            <ActionForm action=actions.secret attr:class="form">
                {with_secret}
                <TextInput name="password" id=secret label="New password" kind="password"
                    help="Tried at once and kept when the database takes it." autocomplete="new-password"/>
                <div class="form-actions"><Button label="Change the password" small=true/></div>
            </ActionForm>
            {certificate}
        }
        .into_any()
    };
    let (test, rename) = (hidden(), hidden());
    let (field, name) = (format!("name-{id}"), connection.name.clone());
    view! {
        <details class="change">
            <summary>"Change or test"</summary>
            <ActionForm action=actions.test attr:class="form">
                {test}
                <div class="form-actions"><Button label="Test again" small=true disabled=actions.test.pending()/></div>
            </ActionForm>
            <ActionForm action=actions.rename attr:class="form">
                {rename}
                <TextInput name="name" id=field label="Name" value=name required=true autocomplete="off"/>
                <div class="form-actions"><Button label="Rename" small=true/></div>
            </ActionForm>
            {own}
        </details>
    }
    .into_any()
}

fn certificate_form(hidden: AnyView, id: &str, row: &ConnectionRow, actions: ChangeActions) -> AnyView {
    let (field, present) = (format!("certificate-{id}"), row.certificate.clone());
    view! {
        <ActionForm action=actions.certificate attr:class="form">
            {hidden}
            <TextArea name="certificate" id=field label="Certificate of its own authority" value=present
                help="PEM. Tried at once and kept when the system is reached with it; empty for the authorities this server knows."/>
            <div class="form-actions"><Button label="Change the certificate" small=true/></div>
        </ActionForm>
    }
    .into_any()
}
