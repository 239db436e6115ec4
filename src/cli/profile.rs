//! `plumbline profile`: what a dataset looks like, and which columns of two datasets belong together.

use super::{Outcome, Print, Refused, print, print_json};
use clap::Args;
use workbench::{ColumnProfile, Profile, Profiled};

/// Look at a file, or at two side by side.
#[derive(Args)]
pub(super) struct ProfileArgs {
    /// File, or FILE#TABLE or FILE#SHEET where it has several.
    source: String,
    /// Another file: propose keys and pairs of columns for a check of the two.
    #[arg(long, value_name = "SOURCE")]
    against: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Print,
}

impl ProfileArgs {
    pub(super) async fn run(self) -> Result<Outcome, Refused> {
        let seen = workbench::profile_files(&self.source, self.against.as_deref()).await?;
        match self.format {
            Print::Json => print_json(&seen)?,
            Print::Text => print(&in_words(&self.source, self.against.as_deref(), &seen))?,
        }
        Ok(Outcome::Good)
    }
}

fn in_words(left: &str, right: Option<&str>, seen: &Profiled) -> String {
    let mut text = table(left, &seen.left);
    if let (Some(name), Some(right)) = (right, &seen.right) {
        text += &format!("\n{}", table(name, right));
    }
    text += "\nkeys\n";
    for key in &seen.keys {
        let columns: Vec<String> = key.columns.iter().map(|(l, r)| pair(l, r)).collect();
        text += &format!("  {}", columns.join(", "));
        if seen.right.is_some() {
            text += &format!(": {} of the values are on both sides", percent(key.found));
        }
        text += "\n";
    }
    if seen.keys.is_empty() {
        text += "  no columns tell records apart; without a key, link the records\n";
    }
    if seen.right.is_some() {
        text += "\npairs\n";
    }
    for found in &seen.pairs {
        let why = if found.same_name { "the same name" } else { "shared values" };
        text += &format!(
            "  {}: {why}, {} of the values are on both sides\n",
            pair(&found.left, &found.right),
            percent(found.found)
        );
    }
    text
}

fn table(name: &str, profile: &Profile) -> String {
    let mut text = format!("{name}: {} rows, {} columns\n", profile.rows, profile.columns.len());
    let width = profile.columns.iter().map(|column| column.name.chars().count()).max().unwrap_or_default().min(40);
    for column in &profile.columns {
        text += &format!("  {:width$}  {}\n", column.name, line(profile, column));
    }
    text
}

fn line(profile: &Profile, column: &ColumnProfile) -> String {
    let kind = column.kind.label();
    let mut said = vec![match column.of_another_kind {
        0 => kind.to_owned(),
        other => format!("{kind} ({other} are not)"),
    }];
    let about = if column.variety.counted { "" } else { "about " };
    said.push(format!("{about}{} different", column.variety.distinct));
    if profile.rows > 0 && column.variety.unique >= 1.0 && column.variety.distinct > 1 {
        said.push("each once".into());
    }
    for (count, word) in
        [(column.nulls, "NULL"), (column.blanks, "blank"), (column.padded, "with white space at an end")]
    {
        if count > 0 {
            said.push(format!("{count} {word}"));
        }
    }
    if column.longest > 0 {
        said.push(match column.shortest == column.longest {
            true => format!("{} characters", column.longest),
            false => format!("{}–{} characters", column.shortest, column.longest),
        });
    }
    let patterns: Vec<String> =
        column.patterns.iter().take(3).map(|shape| format!("{} ({})", shape.pattern, shape.count)).collect();
    if !patterns.is_empty() {
        said.push(patterns.join(" · "));
    }
    said.join(", ")
}

fn pair(left: &str, right: &str) -> String {
    if left == right { left.to_owned() } else { format!("{left} = {right}") }
}

/// Rounded down, so that not quite all is never 100.
fn percent(share: f64) -> String {
    format!("{} %", (share * 100.0).floor())
}
