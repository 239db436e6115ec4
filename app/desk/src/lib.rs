//! The pages of coming in, of how a plan stands, and of gate 5: findings, signatures and files. Server
//! functions are in `api`, next to the page that uses them.

// Leptos gives every view a type of its own; deep pages need room to spell it out.
#![recursion_limit = "512"]

mod account;
mod compare;
mod export;
mod findings;
mod home;
mod not_found;
mod overview;
mod plans;
mod review;
mod rules;
mod set_up;
mod sign_in;
mod verify;
mod versions;

pub use account::AccountPage;
pub use compare::ComparePage;
pub use export::ExportPage;
pub use findings::FindingsPage;
pub use home::HomePage;
pub use not_found::NotFoundPage;
pub use overview::OverviewPage;
pub use plans::PlansPage;
pub use review::ReviewPage;
#[cfg(feature = "ssr")]
pub use rules::{LoadRule, LoadRules};
pub use rules::{RulePage, RulesPage};
pub use set_up::SetUpPage;
pub use sign_in::{ChoosePage, OncePage, SignInPage};
#[cfg(feature = "ssr")]
pub use verify::LoadVerified;
pub use verify::VerifyPage;
pub use versions::VersionsPage;
