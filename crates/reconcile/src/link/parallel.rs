//! Work in pieces that do not depend on the number of threads, so that neither does what comes out.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
};

use crate::error::EngineError;

/// Calls `work` for each piece on up to `threads` threads; the answers are in the order of the pieces. The first
/// error ends it.
pub(super) fn in_parallel<T: Send>(
    threads: usize,
    pieces: usize,
    work: impl Fn(usize) -> Result<T, EngineError> + Sync,
) -> Result<Vec<T>, EngineError> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let done: Mutex<Vec<(usize, Result<T, EngineError>)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, pieces.max(1)) {
            scope.spawn(|| {
                loop {
                    let piece = next.fetch_add(1, Relaxed);
                    if piece >= pieces || failed.load(Relaxed) {
                        return;
                    }
                    let answer = work(piece);
                    if answer.is_err() {
                        failed.store(true, Relaxed);
                    }
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((piece, answer));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(piece, _)| *piece);
    done.into_iter().map(|(_, answer)| answer).collect()
}
