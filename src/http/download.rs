//! `/p/{plan}/download/{version}/{format}`: an export as a file. A link and not a server function, so
//! that the browser keeps the file under its name.

use super::message::message;
use crate::state::AppState;
use app::server::sign_in_address;
use axum::{
    Extension,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use futures::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use views::{pairs::CrosswalkFilter, sync::DifferenceFilter};
use workbench::{Caller, Download, Error, ExportFormat};

const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Hands out an export. `version` is `newest`, `draft`, `v1`, `v2` …; `format` is `md`, `pdf`, `json`.
pub async fn export(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path((key, version, format)): Path<(String, String, String)>,
) -> Response {
    let Some(format) = ExportFormat::from_code(&format) else {
        return message(StatusCode::NOT_FOUND, "No such format", "A plan is exported as md, pdf or json.");
    };
    let version = Some(version.as_str()).filter(|version| *version != "newest");
    match state.workbench.export(&caller, &key, version, format).await {
        Ok(file) => attachment(&file.file_name, file.format.media_type(), file.bytes),
        Err(error) => refused(&error, &format!("/p/{key}/export")),
    }
}

/// `GET /p/{plan}/files/{file}`: a file kept as evidence.
pub async fn evidence(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path((key, file)): Path<(String, String)>,
) -> Response {
    match state.workbench.evidence_file(&caller, &key, &file).await {
        // Whatever it is: it is not shown, so its kind does not matter.
        Ok((file, bytes)) => attachment(&file.name, "application/octet-stream", bytes),
        Err(error) => refused(&error, &format!("/p/{key}/trial")),
    }
}

/// `GET /p/{plan}/runs/{number}/differences.csv`: the differences of a run, filtered as the page is.
pub async fn differences(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path((key, number)): Path<(String, i64)>,
    Query(filter): Query<DifferenceFilter>,
) -> Response {
    match state.workbench.differences_csv(&caller, &key, number, &filter).await {
        Ok(file) => csv(&format!("{key}-run-{number}.csv"), file),
        Err(error) => refused(&error, &format!("/p/{key}/sync")),
    }
}

/// `GET /p/{plan}/worklists/{number}/records.csv`: the records of a work-list.
pub async fn worklist_csv(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path((key, number)): Path<(String, i64)>,
) -> Response {
    match state.workbench.worklist_csv(&caller, &key, number).await {
        Ok(file) => csv(&format!("{key}-worklist-{number}.csv"), file),
        Err(error) => refused(&error, &format!("/p/{key}/worklists")),
    }
}

/// `GET /p/{plan}/worklists/{number}/records.xlsx`: the same as a workbook.
pub async fn worklist_xlsx(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path((key, number)): Path<(String, i64)>,
) -> Response {
    match state.workbench.worklist_xlsx(&caller, &key, number).await {
        Ok(bytes) => attachment(&format!("{key}-worklist-{number}.xlsx"), XLSX, bytes),
        Err(error) => refused(&error, &format!("/p/{key}/worklists")),
    }
}

fn csv(name: &str, file: Download) -> Response {
    let begin = futures::stream::once(std::future::ready(Ok(file.first)));
    let body = Body::from_stream(begin.chain(ReceiverStream::new(file.rest)));
    attachment(name, CSV, body)
}

/// `GET /p/{plan}/crosswalk.csv`: the crosswalk of a plan, filtered as the page is.
pub async fn crosswalk_csv(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(key): Path<String>,
    Query(filter): Query<CrosswalkFilter>,
) -> Response {
    match state.workbench.crosswalk_csv(&caller, &key, &filter).await {
        Ok(bytes) => attachment(&format!("{key}-crosswalk.csv"), CSV, bytes),
        Err(error) => refused(&error, &format!("/p/{key}/crosswalk")),
    }
}

/// `GET /p/{plan}/crosswalk.xlsx`: the same as a workbook.
pub async fn crosswalk_xlsx(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(key): Path<String>,
    Query(filter): Query<CrosswalkFilter>,
) -> Response {
    match state.workbench.crosswalk_xlsx(&caller, &key, &filter).await {
        Ok(bytes) => attachment(&format!("{key}-crosswalk.xlsx"), XLSX, bytes),
        Err(error) => refused(&error, &format!("/p/{key}/crosswalk")),
    }
}

/// A file to keep, never to be shown as a page of ours.
pub fn attachment(name: &str, media_type: &'static str, body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", plain(name))) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Says in words why there is no file; somebody signed out is led to sign in and to `page` afterwards.
pub fn refused(error: &Error, page: &str) -> Response {
    let status = match error {
        Error::SignedOut => return Redirect::to(&sign_in_address(Some(page))).into_response(),
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Denied(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Edited(_) | Error::Conflict(_) => StatusCode::CONFLICT,
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Error::Internal(cause) => {
            tracing::error!(%cause, "a download failed");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    message(status, "Not possible", &error.to_string())
}

/// Only letters, digits, dots and dashes: a name must not leave its quotes or its folder.
fn plain(name: &str) -> String {
    let harmless = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' }
    };
    name.chars().map(harmless).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_name_stays_a_name() {
        assert_eq!(plain("four-clouds-v2.pdf"), "four-clouds-v2.pdf");
        assert_eq!(plain("../\"x\r\ny;ü"), "..--x--y--");
    }
}
