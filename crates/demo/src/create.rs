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
use domain::{Date, ItemId, RunId};
use std::path::{Path, PathBuf};
use workbench::{Caller, NewConnection, Place, Workbench};

/// Creates the demo plan with its test systems where it is missing. Returns the owner's address.
///
/// # Errors
/// When the workbench or the disk refuses something.
pub async fn ensure(workbench: &Workbench) -> Result<String, Error> {
    create(workbench, SEED).await
}

/// The same from a seed of the caller's choice; the day is that of the workbench's clock.
///
/// # Errors
/// As for [`ensure`].
pub async fn create(workbench: &Workbench, seed: u64) -> Result<String, Error> {
    match workbench.plan_head(&Caller::Operator, KEY).await {
        Ok(_) => return Ok(owner()),
        Err(workbench::Error::NotFound(_)) => {}
        Err(other) => return Err(other.into()),
    }
    let people = People::ensure(workbench).await?;
    let (ana, rui) = (people.caller("Ana Novak")?, people.caller("Rui Barros")?);
    let today = today(workbench);
    let days = (today - Date::constant(1970, 1, 1)).get_days();
    let mut b = Build::new(Ids::new(seed, u64::try_from(days).unwrap_or(0)), today);

    workspace::fill(&mut b);
    match workbench.edit_workspace(&ana, b.take()?).await {
        // An attempt that was cut short has made them already.
        Ok(_) | Err(workbench::Error::Conflict(_)) => {}
        Err(other) => return Err(other.into()),
    }

    let world = World::new(seed);
    let folder = workbench.settings().data_dir.join("demo");
    files::write(&world, &folder).await?;
    files::write_erp(&world, &folder, Dirt::BEFORE).await?;
    let key = workbench.create_plan(&ana, "Four marketing clouds").await?;
    people.take_part(workbench, &key).await?;
    let (at, erp) = connect(workbench, &ana, &key, &b, &folder).await?;
    fill(workbench, &people, &key, &mut b, &at).await?;

    let start = async |check: &str| -> Result<RunId, Error> {
        let check = b.item(check)?.to_string();
        Ok(workbench.start_check(&rui, &key, &check).await?.run)
    };
    start("check.customer").await?;
    workbench.work_off().await?;
    // Finance cleans a little; the second run shows it.
    files::write_erp(&world, &folder, Dirt::NOW).await?;
    std::fs::copy(folder.join(files::ERP), &erp).map_err(|e| failed(&erp, &e))?;
    let runs = Runs {
        loyalty: start("check.loyalty").await?,
        orders: start("check.order").await?,
        products: start("check.product").await?,
    };
    start("check.customer").await?;
    workbench.work_off().await?;

    sync::decisions(&mut b, &runs);
    workbench.edit(&ana, &key, b.take()?).await?;
    let hash = workbench.trial_page(&rui, &key).await?.hash;
    sync::trial(&mut b, &runs, &hash);
    workbench.edit(&rui, &key, b.take()?).await?;
    talk(workbench, &people, &key, &b).await?;
    Ok(owner())
}

/// Name of the connection, file, instance.
const SOURCES: [(&str, &str, &str); 5] = [
    ("CRM test", files::CRM, "crm"),
    ("ERP test", files::ERP, "erp"),
    ("Loyalty export", files::LOYALTY, "mcloy"),
    ("Web shop orders", files::ORDERS, "shop"),
    ("Web shop products", files::PRODUCTS, "shop"),
];

/// Connects the test systems by uploading their files, as a person would. Returns also where the upload
/// of the ERP is kept.
async fn connect(
    workbench: &Workbench,
    ana: &Caller,
    key: &str,
    b: &Build,
    folder: &Path,
) -> Result<(Connections, PathBuf), Error> {
    let known = workbench.connections(ana, key).await?;
    let (mut ids, mut erp) = (Vec::new(), PathBuf::new());
    for (name, file, instance) in SOURCES {
        if let Some(old) = known.iter().find(|c| c.name == name) {
            // Left by an attempt that was cut short.
            workbench.remove_connection(ana, key, old.id).await?;
        }
        let path = folder.join(file);
        let bytes = std::fs::read(&path).map_err(|e| failed(&path, &e))?;
        let upload = workbench.upload_source(ana, key, file, &bytes).await?;
        if file == files::ERP {
            erp.clone_from(&upload);
        }
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
    Ok((Connections { crm: id(0)?, erp: id(1)?, loyalty: id(2)?, orders: id(3)?, products: id(4)? }, erp))
}

/// Everything that is known before the first check, each part by who would write it.
async fn fill(workbench: &Workbench, people: &People, key: &str, b: &mut Build, at: &Connections) -> Result<(), Error> {
    let ana = people.caller("Ana Novak")?;
    let charter: Option<ItemId> = workbench.overview(&ana, key).await?.charter;
    b.know("charter", charter.ok_or_else(|| Error::Dangling("charter".into()))?);
    change::charter(b);
    data::fill(b);
    workbench.edit(&ana, key, b.take()?).await?;
    let rui = people.caller("Rui Barros")?;
    flows::fill(b);
    workbench.edit(&rui, key, b.take()?).await?;
    processes::fill(b);
    workbench.edit(&people.caller("Tom Silva")?, key, b.take()?).await?;
    data::truths(b);
    workbench.edit(&ana, key, b.take()?).await?;
    flows::lines(b);
    sync::checks(b, at);
    workbench.edit(&rui, key, b.take()?).await?;
    change::fill(b);
    workbench.edit(&people.caller("Dana Whitlock")?, key, b.take()?).await?;
    sync::claims(b);
    data::second_truth(b);
    workbench.edit(&people.caller("Mira Kern")?, key, b.take()?).await?;
    Ok(())
}

/// What people said to each other, and one finding they accept.
async fn talk(workbench: &Workbench, people: &People, key: &str, b: &Build) -> Result<(), Error> {
    let said = async |who: &str, about: &str, field: &str, thread: &str, body: &str| -> Result<String, Error> {
        let item = if about.is_empty() { String::new() } else { b.item(about)?.to_string() };
        Ok(workbench.comment(&people.caller(who)?, key, &item, field, thread, body).await?.to_string())
    };
    let email = "p.customer.email";
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

    let ana = people.caller("Ana Novak")?;
    let outlet = b.item("mcout")?;
    let page = workbench.findings(&ana, key).await?;
    if let Some((finding, _)) = page.findings.iter().find(|(f, _)| f.rule == "SYS-001" && f.subject == Some(outlet)) {
        let reason = "The post is being filled; Rui Barros stands in until then.";
        workbench.waive(&ana, key, &finding.rule, &finding.fingerprint, reason, "").await?;
    }
    Ok(())
}

/// The day of making, in UTC.
fn today(workbench: &Workbench) -> Date {
    (workbench.settings().clock)().to_zoned(jiff::tz::TimeZone::UTC).date()
}
