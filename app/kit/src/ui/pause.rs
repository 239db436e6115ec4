//! A form that is looked at while it is filled in: once nothing changes any more, and only for the newest state.

use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Event, FormData, HtmlFormElement};

/// Which change of a form was the last.
#[derive(Clone, Copy)]
pub struct Pause(StoredValue<u64>);

impl Pause {
    /// Nothing has changed yet.
    #[expect(clippy::new_without_default, reason = "it belongs to the view that makes it")]
    pub fn new() -> Self {
        Self(StoredValue::new(0))
    }

    /// Calls `look` with what the form says, and with the number of this change, once nothing was changed for `quiet`.
    /// `event` is one that the form itself listens to.
    pub fn after<F>(self, quiet: Duration, event: &Event, look: impl FnOnce(FormData, u64) -> F + 'static)
    where
        F: Future<Output = ()> + 'static,
    {
        let target = event.current_target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = target else { return };
        self.0.update_value(|turn| *turn += 1);
        let turn = self.0.get_value();
        let begin = move || {
            if self.is_latest(turn)
                && let Ok(form) = FormData::new_with_form(&form)
            {
                spawn_local(look(form, turn));
            }
        };
        set_timeout(begin, quiet);
    }

    /// Whether nothing changed since this change, and the form is still there.
    pub fn is_latest(self, turn: u64) -> bool {
        self.0.try_get_value() == Some(turn)
    }
}
