//! Server functions of the verification page.

use kit::AppError;
use leptos::prelude::*;
use views::review::Verification;

/// What was found out about the file that came with this very request, with its name; nothing when
/// the page was opened without one.
#[server]
pub async fn load_verified() -> Result<Option<(String, Verification)>, AppError> {
    let found = use_context::<kit::server::Verified>();
    Ok(found.map(|verified| (verified.file_name, verified.said)))
}
