//! What became of the last thing done on an item's page: saved, undone, values to choose from, or words.

use super::{
    api::{ChangeItem, Comment, RemoveItem, SettleField, UndoChange},
    conflict,
};
use domain::Kind;
use kit::{
    AppError,
    talk::{SettleThread, WriteComment},
    ui::{Notice, Tone},
};
use leptos::prelude::*;
use views::items::{ConflictField, EditOutcome};

/// What can be done on the page.
#[derive(Clone, Copy)]
pub struct Actions {
    /// Saves the form.
    pub change: ServerAction<ChangeItem>,
    /// Settles one field that two people changed.
    pub settle: ServerAction<SettleField>,
    /// Removes the item.
    pub remove: ServerAction<RemoveItem>,
    /// Undoes a line of the history.
    pub undo: ServerAction<UndoChange>,
    /// Begins a thread.
    pub comment: ServerAction<Comment>,
    /// Answers in a thread.
    pub answer: ServerAction<WriteComment>,
    /// Settles a thread or opens it again.
    pub resolve: ServerAction<SettleThread>,
}

/// How often each action was answered.
type Versions = [usize; 7];

impl Actions {
    /// Nothing done yet.
    pub fn new() -> Self {
        Self {
            change: ServerAction::new(),
            settle: ServerAction::new(),
            remove: ServerAction::new(),
            undo: ServerAction::new(),
            comment: ServerAction::new(),
            answer: ServerAction::new(),
            resolve: ServerAction::new(),
        }
    }

    /// Grows with every answer. Tracked: the item is loaded again.
    pub fn versions(self) -> Versions {
        [
            self.change.version().get(),
            self.settle.version().get(),
            self.remove.version().get(),
            self.undo.version().get(),
            self.comment.version().get(),
            self.answer.version().get(),
            self.resolve.version().get(),
        ]
    }

    /// What went wrong with each, in the order of [`Actions::versions`].
    fn errors(self) -> [Option<AppError>; 7] {
        [
            self.change.value().get().and_then(Result::err),
            self.settle.value().get().and_then(Result::err),
            self.remove.value().get().and_then(Result::err),
            self.undo.value().get().and_then(Result::err),
            self.comment.value().get().and_then(Result::err),
            self.answer.value().get().and_then(Result::err),
            self.resolve.value().get().and_then(Result::err),
        ]
    }

    /// Place of the action that was answered last, if any was since the page was opened.
    fn last(self) -> RwSignal<Option<usize>> {
        let last = RwSignal::new(None);
        Effect::new(move |before: Option<Versions>| {
            let now = self.versions();
            if let Some(at) = before.and_then(|before| (0..now.len()).find(|at| before[*at] != now[*at])) {
                last.set(Some(at));
            }
            now
        });
        last
    }

    /// The fields that two people changed, until each is settled.
    fn open_conflicts(self) -> RwSignal<Vec<ConflictField>> {
        let open = RwSignal::new(Vec::new());
        let settling = StoredValue::new(String::new());
        Effect::new(move || {
            if let Some(field) = self.settle.input().with(|input| input.as_ref().map(|i| i.field.clone())) {
                settling.set_value(field);
            }
        });
        Effect::new(move || {
            if let Some(Ok(outcome)) = self.change.value().get() {
                open.update(|open| meet(open, None, outcome));
            }
        });
        Effect::new(move || {
            if let Some(Ok(outcome)) = self.settle.value().get() {
                open.update(|open| meet(open, Some(settling.get_value()), outcome));
            }
        });
        open
    }
}

/// Takes the settled field away and what moved on once more in, in place of what was known about it.
fn meet(open: &mut Vec<ConflictField>, settled: Option<String>, outcome: EditOutcome) {
    let fresh = match outcome {
        EditOutcome::Conflict { fields } => fields,
        EditOutcome::Saved { .. } => Vec::new(),
    };
    open.retain(|old| Some(&old.field) != settled.as_ref() && fresh.iter().all(|new| new.field != old.field));
    open.extend(fresh);
}

/// The words and the cards above the page.
#[component]
pub fn Outcome(
    /// Plan whose item it is; empty for the workspace.
    plan: String,
    /// Id or key of the item.
    item: String,
    /// Its kind.
    kind: Option<Kind>,
    /// What was done.
    actions: Actions,
) -> impl IntoView {
    let last = actions.last();
    let open = actions.open_conflicts();
    let cards = move || conflict::cards(&plan, &item, open.get(), actions.settle);
    let said = move || {
        let errors = actions.errors();
        match last.get() {
            // A page drawn anew after a form without scripts was refused.
            None => errors.into_iter().flatten().next().map(|error| refused(error, kind)),
            Some(at) => match errors.into_iter().nth(at).flatten() {
                Some(error) => Some(refused(error, kind)),
                None => done(at, conflicting(actions, at)),
            },
        }
    };
    view! { <div aria-live="polite">{said}{cards}</div> }
}

/// Whether the answer was a conflict instead of a change.
fn conflicting(actions: Actions, at: usize) -> bool {
    let answer = match at {
        0 => actions.change.value().get(),
        1 => actions.settle.value().get(),
        _ => None,
    };
    matches!(answer, Some(Ok(EditOutcome::Conflict { .. })))
}

fn done(at: usize, conflicting: bool) -> Option<AnyView> {
    let words = match at {
        0 | 1 if conflicting => {
            return Some(
                view! { <Notice tone=Tone::Warn>"Choose which value to keep. Nothing was saved yet."</Notice> }
                    .into_any(),
            );
        }
        0 | 1 => "Saved",
        3 => "Undone",
        _ => return None,
    };
    Some(view! { <p class="saved" role="status">{words}</p> }.into_any())
}

fn refused(error: AppError, kind: Option<Kind>) -> AnyView {
    let fields = kind.map(Kind::fields).unwrap_or_default();
    let shown: Vec<_> = fields.iter().map(|f| f.name).chain(["body"]).collect();
    match error.remainder(&shown) {
        Some(words) => view! { <Notice tone=Tone::Bad>{words}</Notice> }.into_any(),
        None => view! { <Notice tone=Tone::Bad>"Nothing was saved yet: see the marked fields."</Notice> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{ItemId, Timestamp};

    fn field(name: &str, theirs: &str) -> ConflictField {
        ConflictField {
            field: name.into(),
            label: name.into(),
            theirs: theirs.into(),
            theirs_value: theirs.into(),
            mine: "mine".into(),
            mine_value: "mine".into(),
            by: "Ann".into(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn names(open: &[ConflictField]) -> Vec<(&str, &str)> {
        open.iter().map(|f| (f.field.as_str(), f.theirs.as_str())).collect()
    }

    #[test]
    fn settling_one_field_keeps_the_other_open() {
        let saved = || EditOutcome::Saved { item: ItemId(uuid::Uuid::nil()), key: "D1".into(), rev: 2 };
        let mut open = Vec::new();
        meet(&mut open, None, EditOutcome::Conflict { fields: vec![field("name", "a"), field("format", "b")] });
        meet(&mut open, Some("name".into()), saved());
        assert_eq!(names(&open), [("format", "b")]);
        meet(&mut open, Some("format".into()), EditOutcome::Conflict { fields: vec![field("format", "c")] });
        assert_eq!(names(&open), [("format", "c")], "what moved on once more is asked again");
        meet(&mut open, Some("format".into()), saved());
        assert!(open.is_empty());
    }
}
