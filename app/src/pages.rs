//! The pages, one module per noun: `<noun>.rs`, and `<noun>/{api,…}.rs` where it has more than one
//! part. Server functions are in `api`, next to the page that uses them.

mod account;
mod change;
mod checks;
mod compare;
mod connections;
mod crosswalk;
mod data;
mod export;
mod findings;
mod history;
mod home;
mod items;
mod not_found;
mod overview;
mod pairs;
mod plans;
mod process;
mod records;
mod review;
mod rules;
mod runs;
mod set_up;
mod sign_in;
mod sync;
mod trial;
mod verify;
mod versions;

pub use account::AccountPage;
pub use change::{ChangePage, RisksPage};
pub use checks::CheckPage;
pub use compare::ComparePage;
pub use connections::ConnectionsPage;
pub use crosswalk::CrosswalkPage;
pub use data::{DataPage, PointCards, SystemsPage, TruthPage};
pub use export::ExportPage;
pub use findings::FindingsPage;
pub use history::HistoryPage;
pub use home::HomePage;
pub use items::{ItemPage, ItemsPage, NewItemPage};
pub use not_found::NotFoundPage;
pub use overview::OverviewPage;
pub use pairs::{FindPairs, PairsPage};
pub use plans::PlansPage;
pub use process::{FlowsPage, ProcessPage, ProcessesPage};
pub use records::{RecordsPage, SearchPage};
pub use review::ReviewPage;
#[cfg(feature = "ssr")]
pub use rules::{LoadRule, LoadRules};
pub use rules::{RulePage, RulesPage};
pub use runs::{DifferencesPage, RecordPage, RunPage};
pub use set_up::SetUpPage;
pub use sign_in::{ChoosePage, OncePage, SignInPage};
pub use sync::{StartCheck, SyncPage};
pub use trial::TrialPage;
#[cfg(feature = "ssr")]
pub use verify::LoadVerified;
pub use verify::VerifyPage;
pub use versions::VersionsPage;
