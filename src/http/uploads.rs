//! Files that come in: plain forms and not server functions, so that they work without scripts and have
//! a bound of their own. Who may not upload is told so before the file is read. What was wrong with the
//! form goes back to its page as forms without scripts send it, so that it stands beside its field; all
//! else is said on a bare page.

use super::{download::refused, drawing, message::message};
use crate::state::AppState;
use app::{AppError, encoded, server::Verified};
use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Multipart, Path, Request, State, multipart::MultipartError},
    http::{Method, StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use leptos::{config::LeptosOptions, prelude::provide_context, server_fn::error::ServerFnUrlError};
use std::collections::BTreeMap;
use workbench::{Caller, Error};

/// Largest file somebody may have verified, with room for the form around it.
pub const VERIFY_MAX: usize = workbench::EXPORT_MAX + 16 * 1024;
/// Largest file kept as evidence, likewise.
pub const PROOF_MAX: usize = workbench::EVIDENCE_MAX + 16 * 1024;
const TOO_LARGE: &str =
    "The file is too large. Take a part of it, or let the operator put it into a folder of the server.";
/// Fields of a form, the file among them.
const FIELDS_MAX: usize = 20;

/// `POST /p/{plan}/connections/upload`: fields `file`, `name`, `instance`, `environment` for a new
/// connection; fields `file`, `connection` for a newer file of one there is.
pub async fn connection(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(key): Path<String>,
    form: Multipart,
) -> Response {
    let page = format!("/p/{key}/connections");
    if let Err(error) = state.workbench.may_upload_source(&caller, &key).await {
        return refused(&error, &page);
    }
    let upload = match Upload::read(form).await {
        Ok(upload) => upload,
        Err(response) => return *response,
    };
    let replaced = upload.text("connection");
    if !replaced.is_empty() {
        let kept = state.workbench.replace_file(&caller, &key, replaced, &upload.file_name, &upload.bytes).await;
        return kept.map_or_else(
            |error| back(error, &page, "", "connections/upload"),
            |()| Redirect::to(&page).into_response(),
        );
    }
    let instance = upload.text("instance").parse().ok();
    let kept = state
        .workbench
        .connect_upload(
            &caller,
            &key,
            upload.text("name"),
            instance,
            upload.text("environment"),
            &upload.file_name,
            &upload.bytes,
        )
        .await;
    kept.map_or_else(|error| back(error, &page, "", "connections/upload"), |_| Redirect::to(&page).into_response())
}

/// `POST /p/{plan}/trial/upload`: fields `file`, `question`, `note`.
pub async fn proof(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(key): Path<String>,
    form: Multipart,
) -> Response {
    let page = format!("/p/{key}/trial");
    if let Err(error) = state.workbench.may_attach(&caller, &key).await {
        return refused(&error, &page);
    }
    let upload = match Upload::read(form).await {
        Ok(upload) => upload,
        Err(response) => return *response,
    };
    let question = upload.text("question");
    let kept = state
        .workbench
        .attach_proof(&caller, &key, question, &upload.file_name, &upload.bytes, upload.text("note"))
        .await;
    let open = format!("?open={}", encoded(question));
    kept.map_or_else(
        |error| back(error, &page, &open, "trial/upload"),
        |()| Redirect::to(&format!("{page}{open}")).into_response(),
    )
}

/// `POST /verify`: field `file`. Changes nothing, so the page is drawn as the answer: with what was
/// found out in context, for its server function to pick up.
pub async fn verify(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    parts: Parts,
    form: Multipart,
) -> Response {
    let upload = match Upload::read(form).await {
        Ok(upload) => upload,
        Err(response) => return *response,
    };
    let said = match state.workbench.verify(&caller, upload.bytes.to_vec(), None).await {
        Ok(said) => said,
        Err(error) => return refused(&error, "/verify"),
    };
    let workbench = state.workbench.clone();
    let options = <LeptosOptions as axum::extract::FromRef<AppState>>::from_ref(&state);
    let context = move || {
        provide_context(workbench.clone());
        provide_context(Verified { file_name: upload.file_name.clone(), said: said.clone() });
    };
    let draw = leptos_axum::render_app_async_with_context(context, move || app::shell(options.clone()));
    let mut page = Request::from_parts(parts, Body::empty());
    *page.method_mut() = Method::GET;
    drawing::alone(&state.drawers, draw(page)).await
}

/// Back to the page of the form with what was wrong; `form` is the name the page knows it by.
fn back(error: Error, page: &str, query: &str, form: &str) -> Response {
    if !matches!(error, Error::Invalid(_) | Error::Unavailable(_) | Error::Conflict(_)) {
        return refused(&error, page);
    }
    // The host is not ours and is taken away again: an address needs one to be put together.
    let base = format!("http://host{page}{query}");
    match ServerFnUrlError::new(form, AppError::from(error)).to_url(&base) {
        Ok(url) => Redirect::to(&format!("{}?{}", url.path(), url.query().unwrap_or_default())).into_response(),
        Err(_) => message(StatusCode::BAD_REQUEST, "Not uploaded", "The address of the form is not one of ours."),
    }
}

/// A form with one file.
struct Upload {
    fields: BTreeMap<String, String>,
    file_name: String,
    bytes: Bytes,
}

impl Upload {
    async fn read(mut form: Multipart) -> Result<Self, Box<Response>> {
        let mut upload = Self { fields: BTreeMap::new(), file_name: String::new(), bytes: Bytes::new() };
        let mut count = 0;
        while let Some(field) = form.next_field().await.map_err(|e| broken(&e))? {
            count += 1;
            if count > FIELDS_MAX {
                return Err(Box::new(message(StatusCode::BAD_REQUEST, "Too much", "The form has too many fields.")));
            }
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                upload.file_name = field.file_name().unwrap_or_default().to_owned();
                upload.bytes = field.bytes().await.map_err(|e| broken(&e))?;
            } else {
                upload.fields.insert(name, field.text().await.map_err(|e| broken(&e))?);
            }
        }
        Ok(upload)
    }

    fn text(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// A layer refuses a body by the length it says it has, without words of its own.
pub async fn say_too_large(response: Response) -> Response {
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => message(StatusCode::PAYLOAD_TOO_LARGE, "Not uploaded", TOO_LARGE),
        _ => response,
    }
}

fn broken(error: &MultipartError) -> Box<Response> {
    let words = match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => TOO_LARGE,
        _ => "The upload did not arrive in one piece. Try again.",
    };
    Box::new(message(error.status(), "Not uploaded", words))
}
