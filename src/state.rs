//! What request handlers are given: values made once at start, cheap to clone.

use crate::{
    config::Config,
    http::{origin::Origins, rate_limit::SignInLimits, streams::Streams},
};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::LocalPoolHandle};
use workbench::Workbench;

/// Threads that draw pages.
const DRAWERS: usize = 4;

/// State of the router.
#[derive(Clone)]
pub struct AppState {
    /// Every use case.
    pub workbench: Workbench,
    /// The configuration.
    pub config: Arc<Config>,
    /// Which hosts are us.
    pub origins: Arc<Origins>,
    /// Who may still try to sign in.
    pub sign_in_limits: Arc<SignInLimits>,
    /// Places for requests worked on at once.
    pub in_flight: Arc<Semaphore>,
    /// Places for event streams.
    pub streams: Streams,
    /// What draws pages.
    pub drawers: LocalPoolHandle,
    /// Cancelled when the server is to stop: ends event streams.
    pub stopping: CancellationToken,
    leptos: LeptosOptions,
}

impl AppState {
    /// State over an open workbench.
    #[must_use]
    pub fn new(workbench: Workbench, config: Config, stopping: CancellationToken) -> Self {
        let leptos = LeptosOptions::builder().output_name("plumbline").site_pkg_dir("pkg").build();
        Self {
            workbench,
            origins: Arc::new(Origins::new(&config)),
            sign_in_limits: Arc::new(SignInLimits::new(&config.sign_in)),
            in_flight: Arc::new(Semaphore::new(config.limits.in_flight)),
            streams: Streams::new(config.limits.streams, config.limits.streams_per_session),
            config: Arc::new(config),
            drawers: LocalPoolHandle::new(DRAWERS),
            stopping,
            leptos,
        }
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
