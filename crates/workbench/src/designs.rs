//! Designing a check: which sides, which key, which columns hold the same data point. What is known of
//! occurrences and identifiers, values that both sides share, and equal names become proposals; a person saves them
//! or not.

mod expected;
mod preview;

use crate::{
    Access, Caller, Error, Workbench, checks::tolerance_and_codes, items::ref_options, plans, profiling::Glanced,
};
use domain::{
    ConnectionId, ItemId, Kind, PlanRole, Submitted,
    entity::{BusinessObject, Check, DataPoint, Identifier, Occurrence},
};
use reconcile::{plain_name, profile::PairSuggestion};
use std::sync::Arc;
use views::{
    items::{EditOutcome, RefOption},
    sync::{CheckDesign, DesignPair, DesignSide, SideChoice},
};

/// Most pairs that are proposed: more are not read.
const PROPOSED: usize = 60;
/// Endings of column names that mostly tell records apart.
const KEY_NAMES: [&str; 8] = ["id", "no", "nr", "number", "key", "code", "icao", "ean"];

impl Workbench {
    /// What the page needs to design a check: an existing one, named by id or short key, or a new one.
    ///
    /// # Errors
    /// When the caller may not see the plan or there is no such check.
    pub async fn design_check(
        &self,
        caller: &Caller,
        key: &str,
        check: Option<&str>,
        choice: &SideChoice,
    ) -> Result<CheckDesign, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let row = match check {
            Some(reference) => {
                let item = access.find(reference).ok_or(Error::NotFound("check"))?;
                Some(access.plan.get::<Check>(item.id).ok_or(Error::NotFound("check"))?)
            }
            None => None,
        };
        let saved = row.map(|r| r.entity.clone()).unwrap_or_default();
        let left =
            self.side(caller, &access, (saved.left, &saved.left_table), (&choice.left, &choice.left_table)).await;
        let right =
            self.side(caller, &access, (saved.right, &saved.right_table), (&choice.right, &choice.right_table)).await;
        // Another connection stands for another installation, unless a person says so again.
        let kept = |side: &DesignSide, connection: Option<ConnectionId>, instance: Option<ItemId>| match instance {
            Some(named) if side.connection == connection => Some(named),
            _ => side.instance,
        };
        let (left_instance, right_instance) =
            (kept(&left, saved.left, saved.left_instance), kept(&right, saved.right, saved.right_instance));
        let (left, mut right) =
            (DesignSide { instance: left_instance, ..left }, DesignSide { instance: right_instance, ..right });
        if left.connection.is_some() && (left.connection, &left.table) == (right.connection, &right.table) {
            right.trouble.get_or_insert_with(|| {
                "this is the table of the left side; compared with itself everything is equal".to_owned()
            });
        }
        let same_sides = (saved.left, saved.right) == (left.connection, right.connection)
            && *saved.left_table == *left.table
            && *saved.right_table == *right.table;
        let mut design = CheckDesign {
            head: plans::head(&access),
            check: row.map(|r| r.id()),
            key: row.map(|r| r.key()).unwrap_or_default(),
            name: saved.name.to_string(),
            object: saved.object,
            objects: ref_options(&access, Kind::BusinessObject),
            connections: connections(&access),
            points: ref_options(&access, Kind::DataPoint),
            instances: ref_options(&access, Kind::Instance),
            keys: saved_keys(&saved),
            pairs: saved_pairs(&saved),
            expect: expected::saved(&saved),
            quantity: [saved.left_min, saved.left_max, saved.right_min, saved.right_max],
            preview: None,
            before: row.map(|r| r.item.entity.body().to_string()).unwrap_or_default(),
            schedule: saved.schedule.to_string(),
            scheduled: match row {
                Some(row) => self.schedule_states(&access).await?.remove(&row.id()),
                None => None,
            },
            now: self.now(),
            runs: row.map(|r| runs(&access, r.id())).unwrap_or_default(),
            may_edit: access.may_edit(),
            left,
            right,
        };
        let columns_known = !design.left.columns.is_empty() && !design.right.columns.is_empty();
        if columns_known {
            // Reading takes much room; a page that is only drawn need not have it on its stack.
            let seen = Box::pin(self.seen(&access, &design)).await;
            if !same_sides || row.is_none() {
                propose(&access, &mut design, seen.as_deref());
                design.expect = expected::proposed(&access, &design);
            }
            if let Some(seen) = seen {
                design.preview = self.preview(seen, &design.keys, &design.pairs).await?;
            }
        }
        Ok(design)
    }

    /// What the first rows of both sides say; nothing where they cannot be read, which the check itself will tell.
    async fn seen(&self, access: &Access, design: &CheckDesign) -> Option<Arc<Glanced>> {
        let (left, right) = (&design.left, &design.right);
        let sides = ((left.connection?, left.table.as_str()), (right.connection?, right.table.as_str()));
        self.glanced(access.plan.document.id, sides.0, sides.1).await
    }

    /// Saves a check as designed. `check` is empty for a new one; `before` is the body the form showed.
    /// Returns its short key.
    ///
    /// # Errors
    /// When a value cannot be kept, somebody else changed the same field, or the caller may not edit.
    pub async fn save_check(
        &self,
        caller: &Caller,
        key: &str,
        check: &str,
        before: &str,
        form: Submitted,
    ) -> Result<String, Error> {
        self.access(caller, key, PlanRole::Editor).await?;
        let mut form = form;
        for rows in form.parts.values_mut() {
            // A proposal of which both columns were taken away is one that was declined.
            let text = |row: &std::collections::BTreeMap<String, String>, name: &str| {
                row.get(name).is_some_and(|t| !t.trim().is_empty())
            };
            rows.retain(|_, row| text(row, "left") || text(row, "right"));
        }
        for row in form.parts.get("compare").into_iter().flat_map(|rows| rows.values()) {
            let text = |name: &str| row.get(name).map(String::as_str).unwrap_or_default();
            let columns = format!("{} = {}", text("left"), text("right"));
            tolerance_and_codes(&columns, text("tolerance"), text("codes"))?;
        }
        expected::readable(&form)?;
        if form.parts.get("key").is_none_or(|rows| rows.is_empty()) {
            return Err(Error::invalid(
                "key",
                "is needed: choose at least one pair of columns that tells records apart",
            ));
        }
        let outcome = if check.is_empty() {
            self.add_item(caller, Some(key), Kind::Check, form).await?
        } else {
            self.change_item(caller, Some(key), check, Kind::Check, before, form).await?
        };
        match outcome {
            EditOutcome::Saved { key, .. } => Ok(key),
            EditOutcome::Conflict { fields } => {
                let names: Vec<_> = fields.iter().map(|f| format!("{} (by {})", f.label, f.by)).collect();
                Err(Error::Conflict(format!(
                    "somebody else changed {} meanwhile; nothing was saved: load the page again",
                    names.join(", ")
                )))
            }
        }
    }

    async fn side(
        &self,
        caller: &Caller,
        access: &Access,
        saved: (Option<ConnectionId>, &str),
        chosen: (&str, &str),
    ) -> DesignSide {
        let connection = chosen.0.parse::<ConnectionId>().ok().or(saved.0);
        let Some(id) = connection else { return DesignSide::default() };
        let known = access.evidence.connections.iter().find(|c| c.id == id);
        let mut side = DesignSide {
            connection: known.map(|c| c.id),
            instance: known.and_then(|c| c.instance),
            table: if chosen.1.is_empty() && saved.0 == connection { saved.1.to_owned() } else { chosen.1.to_owned() },
            ..DesignSide::default()
        };
        if known.is_none() {
            side.trouble = Some("this connection was removed; choose another".into());
            return side;
        }
        if !access.may_edit() {
            return side;
        }
        match self.tables(caller, &access.plan.key, id).await {
            Ok(tables) => side.tables = tables,
            Err(error) => side.trouble = Some(error.to_string()),
        }
        if let [only] = side.tables.as_slice() {
            side.table = only.name.clone();
        }
        let found = side.tables.iter().find(|t| t.name == side.table);
        side.columns = found.map(|t| t.columns.iter().map(|(name, _)| name.clone()).collect()).unwrap_or_default();
        if found.is_none() && side.trouble.is_none() {
            // A table of the connection chosen before is nothing to speak of; one that was saved is.
            if !side.table.is_empty() && side.table == saved.1 {
                side.trouble = Some(format!("there is no table “{}” any more; choose another", side.table));
            }
            side.table = String::new();
        }
        side
    }
}

fn connections(access: &Access) -> Vec<RefOption> {
    let known = access.evidence.connections.iter();
    known.map(|c| RefOption { id: c.id.to_string(), title: format!("{} ({})", c.name, c.address) }).collect()
}

fn runs(access: &Access, check: ItemId) -> Vec<domain::Run> {
    let mut runs: Vec<_> = access.evidence.runs.iter().filter(|r| r.check == check).cloned().collect();
    runs.sort_by_key(|r| std::cmp::Reverse(r.number));
    runs.truncate(20);
    runs
}

fn saved_keys(check: &Check) -> Vec<DesignPair> {
    let keys = check.key.iter();
    keys.map(|k| DesignPair {
        id: k.id.to_string(),
        left: k.left.to_string(),
        right: k.right.to_string(),
        ..DesignPair::default()
    })
    .collect()
}

fn saved_pairs(check: &Check) -> Vec<DesignPair> {
    let pairs = check.compare.iter();
    pairs
        .map(|p| DesignPair {
            id: p.id.to_string(),
            data_point: p.data_point,
            left: p.left.to_string(),
            right: p.right.to_string(),
            rules: p.rules().map(|rule| rule.field.to_owned()).collect(),
            tolerance: p.tolerance.to_string(),
            codes: p.codes.to_string(),
            agreed: p.agreed(),
            because: String::new(),
        })
        .collect()
}

/// The column that an occurrence speaks of, if it is one of this side.
fn column_of(side: &DesignSide, occurrence: &Occurrence) -> Option<String> {
    let here = occurrence.instance.is_some() && occurrence.instance == side.instance;
    let table = plain_name(&occurrence.object_name);
    // A file has one table, whatever it is called in the system it was exported from.
    let same_table = side.tables.len() == 1 || side.table.split('.').any(|part| plain_name(part) == table);
    let wanted = plain_name(&occurrence.field_name);
    if here && same_table { side.columns.iter().find(|c| plain_name(c) == wanted).cloned() } else { None }
}

/// Adds proposals for key and pairs to a design.
fn propose(access: &Access, design: &mut CheckDesign, seen: Option<&Glanced>) {
    let places: Vec<(ItemId, Option<String>, Option<String>)> = access
        .plan
        .each::<DataPoint>()
        .filter(|p| !p.out_of_scope)
        .map(|point| {
            let column = |side: &DesignSide| {
                let mut here = access.plan.each::<Occurrence>().filter(|o| o.data_point == Some(point.id()));
                here.find_map(|o| column_of(side, o.entity))
            };
            (point.id(), column(&design.left), column(&design.right))
        })
        .collect();
    let belong = belonging(design, seen);
    design.keys.clear();
    if let Some((columns, because)) = key(access, design, seen, &belong) {
        for (n, (left, right)) in columns.into_iter().enumerate() {
            let id = format!("new{n:03}");
            design.keys.push(DesignPair { id, left, right, because: because.clone(), ..DesignPair::default() });
        }
    }
    let is_key = |l: &str, r: &str| design.keys.iter().any(|k| k.left == l && k.right == r);
    let mut pairs: Vec<DesignPair> = Vec::new();
    for (point, left, right) in &places {
        if let (Some(left), Some(right)) = (left, right)
            && !is_key(left, right)
        {
            let because = "both are occurrences of this data point".to_owned();
            pairs.push(DesignPair {
                data_point: Some(*point),
                left: left.clone(),
                right: right.clone(),
                because,
                ..DesignPair::default()
            });
        }
    }
    for (left, right, because) in belong {
        if is_key(&left, &right) || pairs.iter().any(|p| p.left == left || p.right == right) {
            continue;
        }
        let one_side = places.iter().find(|(_, l, r)| l.as_ref() == Some(&left) || r.as_ref() == Some(&right));
        let named =
            || access.plan.each::<DataPoint>().find(|p| plain_name(&p.name) == plain_name(&left)).map(|p| p.id());
        let data_point = one_side.map(|(point, ..)| *point).or_else(named);
        pairs.push(DesignPair { data_point, left, right, because, ..DesignPair::default() });
    }
    pairs.truncate(PROPOSED);
    for (n, pair) in pairs.iter_mut().enumerate() {
        pair.id = format!("new{n:03}");
    }
    let object = |pair: &DesignPair| access.plan.find::<DataPoint>(pair.data_point)?.object;
    design.object = design.object.or_else(|| pairs.iter().find_map(object));
    if design.name.is_empty() {
        let title = |side: &DesignSide| match (side.instance, side.connection) {
            (Some(instance), _) => access.plan.title(instance),
            (None, connection) => {
                let known = access.evidence.connections.iter().find(|c| Some(c.id) == connection);
                known.map(|c| c.name.clone()).unwrap_or_default()
            }
        };
        let about =
            access.plan.find::<BusinessObject>(design.object).map(|o| format!("{}: ", o.name)).unwrap_or_default();
        design.name = format!("{about}{} ↔ {}", title(&design.left), title(&design.right));
    }
    design.pairs = pairs;
}

/// Left and right column, and why they belong together.
type Belonging = (String, String, String);

/// Columns that seem to hold the same: of the same name, or with values in common.
fn belonging(design: &CheckDesign, seen: Option<&Glanced>) -> Vec<Belonging> {
    let same_name = |l: &String| {
        let same = design.right.columns.iter().find(|r| plain_name(r) == plain_name(l))?;
        Some((l.clone(), same.clone(), "same name".to_owned()))
    };
    let Some(seen) = seen.filter(|seen| !seen.pairs.is_empty()) else {
        return design.left.columns.iter().filter_map(same_name).collect();
    };
    let because = |pair: &PairSuggestion| match (pair.same_name, pair.found > 0.0) {
        (true, false) => "same name".to_owned(),
        (true, true) => format!("same name, {} of the values seen are on both sides", share(pair.found)),
        (false, _) => format!("{} of the values seen are on both sides", share(pair.found)),
    };
    seen.pairs.iter().map(|pair| (pair.left.clone(), pair.right.clone(), because(pair))).collect()
}

/// A share as people read it; what is not all is never said to be.
fn share(share: f64) -> String {
    format!("{} %", (share * 100.0).floor())
}

/// The columns that most likely tell records apart: an identifier stored on both sides, else those whose values do on
/// both sides and are found on both, else equal names that sound like one, else the first that belong together.
fn key(
    access: &Access,
    design: &CheckDesign,
    seen: Option<&Glanced>,
    belong: &[Belonging],
) -> Option<(Vec<(String, String)>, String)> {
    for identifier in access.plan.each::<Identifier>() {
        let parts: Vec<&Occurrence> =
            identifier.parts.iter().filter_map(|id| access.plan.get::<Occurrence>(*id).map(|r| r.entity)).collect();
        let left = parts.iter().find_map(|o| column_of(&design.left, o));
        let right = parts.iter().find_map(|o| column_of(&design.right, o));
        if let (Some(left), Some(right)) = (left, right) {
            return Some((vec![(left, right)], format!("the identifier {}", identifier.name)));
        }
    }
    if let Some(best) = seen.and_then(|seen| seen.keys.first()) {
        let (apart, found) = (share(best.unique.0.min(best.unique.1)), share(best.found));
        return Some((
            best.columns.clone(),
            format!("{apart} of the values seen occur once, {found} are on both sides"),
        ));
    }
    let sounds = |name: &str| KEY_NAMES.iter().any(|end| plain_name(name).ends_with(end));
    let (left, right, because) = belong.iter().find(|(l, ..)| sounds(l)).or_else(|| belong.first())?;
    Some((vec![(left.clone(), right.clone())], because.clone()))
}
