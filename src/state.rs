//! What request handlers are given: values made once at start, cheap to clone.

use crate::{
    config::Config,
    http::{origin::Origins, places::Places, rate_limit::SignInLimits},
};
use axum::extract::FromRef;
use domain::SessionId;
use leptos::config::LeptosOptions;
use std::{net::IpAddr, sync::Arc};
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
    /// Places for requests worked on at once, by network.
    pub in_flight: Places<IpAddr>,
    /// Places for event streams, by session.
    pub streams: Places<SessionId>,
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
            in_flight: Places::new(config.limits.in_flight, config.limits.connections_per_address),
            streams: Places::new(config.limits.streams, config.limits.streams_per_session),
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
