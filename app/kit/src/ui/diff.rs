//! Two values side by side with the differing characters marked. Text nodes only, so a value can never become markup.

use std::iter::once;

use leptos::prelude::*;

/// Which of the two values is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffSide {
    /// The first.
    Left,
    /// The second.
    Right,
}

/// A stretch of text, the same on both sides or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The characters.
    pub text: String,
    /// Whether they differ from the other side.
    pub differs: bool,
}

/// One of two values, with what differs from the other one marked.
#[component]
pub fn Diff(
    /// The first value; `None` where the record has none.
    left: Option<String>,
    /// The second value.
    right: Option<String>,
    /// Which one to draw.
    side: DiffSide,
) -> impl IntoView {
    let shown = if side == DiffSide::Left { &left } else { &right };
    match shown.as_deref() {
        None => view! { <span class="diff gone">"no value"</span> }.into_any(),
        Some("") => view! { <span class="diff gone">"empty"</span> }.into_any(),
        // Where the other side has nothing there are no characters to compare with.
        Some(text)
            if left.as_deref().unwrap_or_default().is_empty() || right.as_deref().unwrap_or_default().is_empty() =>
        {
            view! { <span class="diff">{text.to_owned()}</span> }.into_any()
        }
        Some(_) => {
            let (runs_left, runs_right) =
                diff_runs(left.as_deref().unwrap_or_default(), right.as_deref().unwrap_or_default());
            let runs = if side == DiffSide::Left { runs_left } else { runs_right };
            let runs = runs
                .into_iter()
                .map(|run| {
                    if run.differs {
                        view! { <mark>{visible(&run.text)}</mark> }.into_any()
                    } else {
                        run.text.into_any()
                    }
                })
                .collect_view();
            view! { <span class="diff">{runs}</span> }.into_any()
        }
    }
}

/// Longest pair compared letter by letter; beyond it only the common beginning and end are left unmarked.
const LETTERS: usize = 200;

/// Cuts both values into runs that are the same or differ, by the longest common subsequence of characters.
#[must_use]
pub fn diff_runs(left: &str, right: &str) -> (Vec<Run>, Vec<Run>) {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let head = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let rest = left.len().min(right.len()) - head;
    let tail = left.iter().rev().zip(right.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let mut same = (vec![true; left.len()], vec![true; right.len()]);
    let (from, to_left, to_right) = (head, left.len() - tail, right.len() - tail);
    same.0[from..to_left].fill(false);
    same.1[from..to_right].fill(false);
    if (to_left - from).max(to_right - from) <= LETTERS {
        mark_common(
            &left[from..to_left],
            &right[from..to_right],
            &mut same.0[from..to_left],
            &mut same.1[from..to_right],
        );
    }
    (runs(&left, &same.0), runs(&right, &same.1))
}

fn mark_common(left: &[char], right: &[char], same_left: &mut [bool], same_right: &mut [bool]) {
    let width = right.len() + 1;
    let mut longest = vec![0_u16; (left.len() + 1) * width];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            longest[i * width + j] = if left[i] == right[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let common = usize::from(longest[0]);
    // Two words that share a few scattered letters are easier to read as wholly different.
    if common * 2 < left.len().max(right.len()) {
        return;
    }
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if left[i] == right[j] {
            same_left[i] = true;
            same_right[j] = true;
            i += 1;
            j += 1;
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
}

fn runs(letters: &[char], same: &[bool]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (letter, same) in letters.iter().zip(same) {
        match runs.last_mut() {
            Some(run) if run.differs != *same => run.text.push(*letter),
            _ => runs.push(Run { text: once(*letter).collect(), differs: !same }),
        }
    }
    runs
}

/// White space that differs is shown as a sign, or the mark would be an empty box. A single blank within
/// words that differ as a whole stays a blank.
fn visible(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let word = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|letter| !letter.is_whitespace());
    let within = |at: usize| word(at.checked_sub(1)) && word(Some(at + 1));
    let sign = |(at, letter): (usize, &char)| match letter {
        ' ' if within(at) => ' ',
        ' ' | '\u{a0}' => '·',
        '\t' => '→',
        '\n' | '\r' => '↵',
        letter => *letter,
    };
    letters.iter().enumerate().map(sign).collect()
}
