//! Makes the demo through the use cases a person would use, in the order people would: people, systems,
//! the plan, checks that really run, decisions that rest on them, comments.

use crate::{
    Error, KEY, SEED,
    ids::Ids,
    people::{People, owner},
    plan::{
        Build, change, data, flows, processes,
        sync::{self, Connections, Runs},
        workspace,
    },
    systems::{
        files::{self, failed},
        records::{Dirt, World},
    },
};
use domain::{Date, ItemId, RunId, RunState};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use workbench::{Caller, NewConnection, Place, Workbench};

/// Creates the demo plan with its test systems where it is missing. Returns the owner's address.
///
/// # Errors
/// When the workbench or the disk refuses something.
pub async fn ensure(workbench: &Workbench) -> Result<String, Error> {
    create(workbench, SEED).await
}

/// The same from a seed of the caller's choice; the day is that of the workbench's clock. An attempt that
/// was cut short is completed: a file beside the test systems says on which day it began and whether it ended.
///
/// # Errors
/// As for [`ensure`].
pub async fn create(workbench: &Workbench, seed: u64) -> Result<String, Error> {
    let folder = workbench.settings().data_dir.join("demo");
    let begun = progress(&folder).filter(|(_, complete)| !complete).map(|(day, _)| day);
    let there = match workbench.plan_head(&Caller::Operator, KEY).await {
        // Complete, or a plan of people who happened to choose the same name.
        Ok(_) if begun.is_none() => return Ok(owner()),
        Ok(_) => true,
        Err(workbench::Error::NotFound(_)) => false,
        Err(other) => return Err(other.into()),
    };
    let today = begun.unwrap_or_else(|| today(workbench));
    mark(&folder, BEGUN, today)?;
    let people = People::ensure(workbench).await?;
    let (ana, rui) = (people.caller("Ana Novak")?, people.caller("Rui Barros")?);
    let days = (today - Date::constant(1970, 1, 1)).get_days();
    let mut b = Build::new(Ids::new(seed, u64::try_from(days).unwrap_or(0)), today);

    workspace::fill(&mut b);
    once(workbench.edit_workspace(&ana, b.take()?).await)?;
    let world = World::new(seed);
    files::write(&world, &folder).await?;
    files::write_erp(&world, &folder, Dirt::BEFORE).await?;
    let key = if there { KEY.to_owned() } else { workbench.create_plan(&ana, "Four marketing clouds").await? };
    people.take_part(workbench, &key).await?;
    let at = connect(workbench, &ana, &key, &b, &folder).await?;
    fill(workbench, &people, &key, &mut b, &at).await?;

    see_through(workbench, &rui, &key).await?;
    let earlier = workbench.sync_page(&rui, &key).await?.checks;
    let measure = async |check: &str, again: bool| -> Result<RunId, Error> {
        let item = b.item(check)?;
        let last = earlier.iter().find(|row| row.id == item).and_then(|row| row.last.as_ref());
        match last.filter(|run| run.state == RunState::Done && !again) {
            Some(run) => Ok(run.id),
            None => Ok(workbench.start_check(&rui, &key, &item.to_string()).await?.run),
        }
    };
    measure("check.customer", false).await?;
    workbench.work_off().await?;
    // Finance cleans a little; the second run shows it.
    files::write_erp(&world, &folder, Dirt::NOW).await?;
    let erp = read(&folder.join(files::ERP))?;
    workbench.replace_file(&ana, &key, &at.erp.to_string(), files::ERP, &erp).await?;
    let runs = Runs {
        loyalty: measure("check.loyalty", false).await?,
        orders: measure("check.order", false).await?,
        products: measure("check.product", false).await?,
    };
    measure("check.customer", true).await?;
    workbench.work_off().await?;

    sync::decisions(&mut b, &runs);
    once(workbench.edit(&ana, &key, b.take()?).await)?;
    let hash = workbench.trial_page(&rui, &key).await?.hash;
    sync::trial(&mut b, &runs, &hash);
    once(workbench.edit(&rui, &key, b.take()?).await)?;
    talk(workbench, &people, &key, &b).await?;
    mark(&folder, COMPLETE, today)?;
    Ok(owner())
}

/// File that says how far the demo is: a word and the day it was begun.
const MARK: &str = "progress.txt";
const BEGUN: &str = "begun";
const COMPLETE: &str = "complete";

fn mark(folder: &Path, word: &str, day: Date) -> Result<(), Error> {
    let (path, draft) = (folder.join(MARK), folder.join("progress.new"));
    std::fs::create_dir_all(folder).map_err(|e| failed(folder, &e))?;
    std::fs::write(&draft, format!("{word} {day}\n")).map_err(|e| failed(&draft, &e))?;
    std::fs::rename(&draft, &path).map_err(|e| failed(&path, &e))
}

/// The day it was begun and whether it is complete; nothing where no demo was ever begun.
fn progress(folder: &Path) -> Option<(Date, bool)> {
    let text = std::fs::read_to_string(folder.join(MARK)).ok()?;
    let (word, day) = text.trim().split_once(' ')?;
    Some((day.parse().ok()?, word == COMPLETE))
}

/// What an attempt that was cut short has made already is as it should be: ids are the same every time.
fn once<T>(outcome: Result<T, workbench::Error>) -> Result<(), Error> {
    match outcome {
        Ok(_) | Err(workbench::Error::Conflict(_)) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|e| failed(path, &e))
}

/// Name of the connection, file, instance.
const SOURCES: [(&str, &str, &str); 5] = [
    ("CRM test", files::CRM, "crm"),
    ("ERP test", files::ERP, "erp"),
    ("Loyalty export", files::LOYALTY, "mcloy"),
    ("Web shop orders", files::ORDERS, "shop"),
    ("Web shop products", files::PRODUCTS, "shop"),
];

/// Connects the test systems by uploading their files, as a person would; those connected already stay.
async fn connect(
    workbench: &Workbench,
    ana: &Caller,
    key: &str,
    b: &Build,
    folder: &Path,
) -> Result<Connections, Error> {
    let known = workbench.connections(ana, key).await?;
    let mut ids = Vec::new();
    for (name, file, instance) in SOURCES {
        if let Some(there) = known.iter().find(|c| c.name == name) {
            ids.push(there.id);
            continue;
        }
        let upload = workbench.upload_source(ana, key, file, &read(&folder.join(file))?).await?;
        let new = NewConnection {
            name: name.into(),
            instance: Some(b.item(instance)?),
            environment: "test".into(),
            place: Place::file(upload)?,
            password: None,
        };
        ids.push(workbench.add_connection(ana, key, new).await?);
    }
    let id = |n: usize| ids.get(n).copied().ok_or_else(|| Error::Dangling(format!("connection {n}")));
    Ok(Connections { crm: id(0)?, erp: id(1)?, loyalty: id(2)?, orders: id(3)?, products: id(4)? })
}

/// Everything that is known before the first check, each part by who would write it.
async fn fill(workbench: &Workbench, people: &People, key: &str, b: &mut Build, at: &Connections) -> Result<(), Error> {
    let ana = people.caller("Ana Novak")?;
    let charter: Option<ItemId> = workbench.overview(&ana, key).await?.charter;
    b.know("charter", charter.ok_or_else(|| Error::Dangling("charter".into()))?);
    change::charter(b);
    data::fill(b);
    once(workbench.edit(&ana, key, b.take()?).await)?;
    let rui = people.caller("Rui Barros")?;
    flows::fill(b);
    once(workbench.edit(&rui, key, b.take()?).await)?;
    processes::fill(b);
    once(workbench.edit(&people.caller("Tom Silva")?, key, b.take()?).await)?;
    data::truths(b);
    once(workbench.edit(&ana, key, b.take()?).await)?;
    flows::lines(b);
    sync::checks(b, at);
    once(workbench.edit(&rui, key, b.take()?).await)?;
    change::fill(b);
    once(workbench.edit(&people.caller("Dana Whitlock")?, key, b.take()?).await)?;
    sync::claims(b);
    data::second_truth(b);
    once(workbench.edit(&people.caller("Mira Kern")?, key, b.take()?).await)?;
    Ok(())
}

/// How long the runs of an attempt that was cut short are waited for: twice as long as a worker that died keeps
/// its run, since two starts may have died with one.
const TAKEN_OVER: Duration = Duration::from_mins(1);

/// Runs what is queued to its end. A run that an attempt which was cut short had begun is still that attempt's:
/// it can be taken over as soon as nothing has been heard of its worker for a while.
async fn see_through(workbench: &Workbench, rui: &Caller, key: &str) -> Result<(), Error> {
    let under_way = async || -> Result<bool, Error> {
        let checks = workbench.sync_page(rui, key).await?.checks;
        Ok(checks.iter().filter_map(|row| row.last.as_ref()).any(|run| !run.state.ended()))
    };
    workbench.work_off().await?;
    if !under_way().await? {
        return Ok(());
    }
    tracing::info!("the demo was cut short during a check, which is taken over within a minute");
    let begun = Instant::now();
    while begun.elapsed() < TAKEN_OVER && under_way().await? {
        tokio::time::sleep(Duration::from_millis(500)).await;
        workbench.work_off().await?;
    }
    Ok(())
}

/// What people said to each other, and one finding they accept.
async fn talk(workbench: &Workbench, people: &People, key: &str, b: &Build) -> Result<(), Error> {
    let said = async |who: &str, about: &str, field: &str, thread: &str, body: &str| -> Result<String, Error> {
        let item = if about.is_empty() { String::new() } else { b.item(about)?.to_string() };
        Ok(workbench.comment(&people.caller(who)?, key, &item, field, thread, body).await?.to_string())
    };
    let email = "p.customer.email";
    let ana = people.caller("Ana Novak")?;
    if !workbench.item(&ana, key, &b.item(email)?.to_string()).await?.threads.is_empty() {
        return waive(workbench, &ana, key, b).await;
    }
    let thread = said(
        "Mira Kern",
        email,
        "",
        "",
        "The loyalty desk corrects typing errors in Marketing Cloud, nobody tells the CRM.",
    )
    .await?;
    said("Rui Barros", email, "", &thread, "In the test data 412 addresses of CRM and ERP differ, 388 of them only in case. Before we choose, let us see the other 24.").await?;
    let thread = said(
        "Tom Silva",
        "walk.order",
        "mode",
        "",
        "This was a call, not a walk-through. When can we stand beside finance while they load the file?",
    )
    .await?;
    said("Ana Novak", "walk.order", "mode", &thread, "I ask Leila for a morning next week.").await?;
    said(
        "Kofi Mensah",
        "decision.consent",
        "rationale",
        "",
        "Accepting is fine as long as the clouds keep the proof of every opt-in.",
    )
    .await?;
    let done = said("Dana Whitlock", "message.6", "date", "", "Is one hour enough for the exception queue?").await?;
    said("Rui Barros", "message.6", "date", &done, "With the rehearsal afterwards, yes.").await?;
    workbench.resolve_thread(&people.caller("Dana Whitlock")?, key, &done, true).await?;

    waive(workbench, &ana, key, b).await
}

/// One finding that is accepted for a while.
async fn waive(workbench: &Workbench, ana: &Caller, key: &str, b: &Build) -> Result<(), Error> {
    let outlet = b.item("mcout")?;
    let page = workbench.findings(ana, key).await?;
    let wanted = page.findings.iter().map(|(finding, _)| finding);
    let mut wanted = wanted.filter(|f| f.rule == "SYS-001" && f.subject == Some(outlet) && f.waived.is_none());
    if let Some(finding) = wanted.next() {
        let reason = "The post is being filled; Rui Barros stands in until then.";
        workbench.waive(ana, key, &finding.rule, &finding.fingerprint, reason, "").await?;
    }
    Ok(())
}

/// The day of making, in UTC.
fn today(workbench: &Workbench) -> Date {
    (workbench.settings().clock)().to_zoned(jiff::tz::TimeZone::UTC).date()
}
