//! Server functions of the comparison.

use kit::AppError;
use leptos::prelude::*;
use views::review::ComparePage;

/// Two versions side by side, one page of what differs.
#[server]
pub async fn load_compare(
    key: String,
    from: String,
    to: String,
    slice: String,
    offset: u64,
) -> Result<ComparePage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.compare(&caller, &key, (&from, &to), &slice, offset).await?)
}
