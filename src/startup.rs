//! From configuration to a running server, and to its end.

use crate::{config::Config, http::listen, router::router, state::AppState, worker};
use domain::Timestamp;
use secrecy::ExposeSecret;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use workbench::{Caller, Workbench};

/// How often what is no longer needed is forgotten.
const SWEEP: Duration = Duration::from_secs(60);
/// Minutes between two looks for rows of old runs.
const ROWS_EVERY: u64 = 60;

/// The present instant. The only clock of the program.
#[expect(clippy::disallowed_methods, reason = "the one place where the clock is read; all else gets it handed in")]
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Serves until told to stop.
///
/// # Errors
/// In one line, when the data folder, the database or the address cannot be used.
pub async fn serve(mut config: Config, demo: bool) -> Result<(), String> {
    keep_memory_private();
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|e| format!("cannot listen on {}: {e}; choose another address with --listen", config.listen))?;
    // The port that was free, where any would do: the guard of connections has to know where we are ourselves.
    config.listen = listener.local_addr().map_err(|e| format!("cannot listen: {e}"))?;
    let workbench = Workbench::open(config.settings(now)).await.map_err(|e| e.for_operator())?;
    let stopping = CancellationToken::new();
    let state = AppState::new(workbench.clone(), config.clone(), stopping.clone());
    greet(&workbench, &config, demo).await?;
    tokio::spawn(stop_on_signal(stopping.clone()));
    let sweeper = tokio::spawn(sweep(state.clone(), stopping.clone()));
    let name = format!("{}:{}", std::process::id(), uuid::Uuid::new_v4().simple());
    let worker = tokio::spawn(worker::work(workbench, name, stopping.clone()));
    listen::serve(listener, router(state), &config, stopping).await;
    let _ = tokio::join!(sweeper, worker);
    Ok(())
}

/// Keys and passwords are in memory: no core dump is written of it, and no other program of the same user reads it.
fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "core dumps cannot be switched off; a crash may write secrets to disk");
    }
}

/// Says where the server is and how to get in. Printed, not logged: the links are secrets, and people
/// wait for them.
async fn greet(workbench: &Workbench, config: &Config, demo: bool) -> Result<(), String> {
    let base = config.public_origin().map_or_else(|| format!("http://{}", config.listen), str::to_owned);
    if !config.secure_cookies() {
        tracing::info!("listening on this machine only and without TLS: the session cookie is not marked Secure");
    }
    if config.proxy_unnamed() {
        tracing::warn!(
            "public_url is https and trusted_proxies is empty: everybody seems to come from the proxy's address, and \
             limits on signing in and on connections hold for all together; name that address in trusted_proxies"
        );
    }
    println!("Plumbline is running at {base}");
    println!("Data: {}", config.data.display());
    if demo {
        let email = demo::ensure(workbench).await.map_err(|e| e.to_string())?;
        let token = workbench.sign_in_link(&Caller::Operator, &email).await.map_err(|e| e.for_operator())?;
        println!("Sign in as the demo owner (once): {base}/sign-in/once/{}", token.expose_secret());
    } else if workbench.is_empty().await.map_err(|e| e.to_string())? {
        let token = workbench.set_up_link(&Caller::Operator).await.map_err(|e| e.for_operator())?;
        println!("Create the owner (once): {base}/set-up/{}", token.expose_secret());
    }
    Ok(())
}

async fn sweep(state: AppState, stopping: CancellationToken) {
    for minute in 0_u64.. {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(SWEEP) => {}
        }
        state.sign_in_limits.forget_old();
        if let Err(error) = state.workbench.forget_ended(&Caller::Operator).await {
            tracing::warn!(cause = error.for_operator(), "ended sessions could not be removed");
        }
        if !minute.is_multiple_of(ROWS_EVERY) {
            continue;
        }
        // What is cut short when the server stops is completed by the next look.
        let removed = tokio::select! {
            () = stopping.cancelled() => return,
            removed = state.workbench.remove_old_rows(&Caller::Operator) => removed,
        };
        if let Err(error) = state.workbench.remove_unused_uploads(&Caller::Operator).await {
            tracing::warn!(cause = error.for_operator(), "unused uploads could not be removed");
        }
        match removed {
            Ok(0) => {}
            Ok(runs) => tracing::info!(runs, "rows of old runs were removed"),
            Err(error) => tracing::warn!(cause = error.for_operator(), "rows of old runs could not be removed"),
        }
    }
}

async fn stop_on_signal(stopping: CancellationToken) {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let ended = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let ended = std::future::pending::<()>();
    tokio::select! {
        _ = interrupted => {}
        () = ended => {}
    }
    tracing::info!("stopping");
    stopping.cancel();
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    #[test]
    fn core_dumps_are_switched_off() {
        super::keep_memory_private();
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
    }
}
