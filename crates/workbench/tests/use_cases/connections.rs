//! A connection is changed in place: its checks stay, and the guard looks again every time.

use super::world::{World, fields};
use domain::{ConnectionView, PlanRole, RunState};
use workbench::{DatabaseForm, Error};

const OLD: &str = "id,email,name,tier\n1,a@x.example,Ann,gold\n";
const NEW: &str = "id,email,name,tier\n1,a@x.example,Ann,gold\n2,b@x.example,Bob,gold\n";

async fn only(world: &World, name: &str) -> ConnectionView {
    let all = world.workbench.connections(&world.owner, &world.plan).await.unwrap();
    all.into_iter().find(|c| c.name == name).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_newer_file_takes_the_place_of_the_old_one() {
    let world = World::new().await;
    let two = world.two_systems(OLD, OLD).await;
    let check = world.designed(&two).await;
    world.run(&check).await;
    let (w, owner, plan, id) = (&world.workbench, &world.owner, world.plan.as_str(), two.right.to_string());
    w.replace_file(owner, plan, &id, "erp-june.csv", NEW.as_bytes()).await.unwrap();
    assert_eq!(only(&world, "erp").await.address, "erp-june.csv");
    let number = world.run(&check).await;
    let run = w.run_page(owner, plan, number).await.unwrap().run;
    assert_eq!((run.state, run.totals.unwrap().right.rows), (RunState::Done, 2));
    assert_eq!(uploads(&world), 2, "the old file is gone");
    for (file, bytes) in [("erp.sqlite", NEW.as_bytes()), ("erp.csv", b"".as_slice()), ("erp-prod.csv", NEW.as_bytes())]
    {
        let refused = w.replace_file(owner, plan, &id, file, bytes).await.unwrap_err();
        assert_eq!(fields(&refused), ["file"], "{file}: {refused}");
    }
    assert_eq!(uploads(&world), 2, "what is refused is not kept");
    assert_eq!(only(&world, "erp").await.address, "erp-june.csv");
    assert!(matches!(w.change_secret(owner, plan, &id, &"x".into()).await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn a_name_is_changed_and_judged() {
    let world = World::new().await;
    let id = world.upload("crm", None, OLD).await.to_string();
    world.upload("erp", None, OLD).await;
    let rename = async |name: &str| world.workbench.rename_connection(&world.owner, &world.plan, &id, name).await;
    for wrong in ["", "ERP", "CRM prod"] {
        assert_eq!(fields(&rename(wrong).await.unwrap_err()), ["name"], "{wrong}");
    }
    rename("customer_master").await.unwrap();
    assert_eq!(only(&world, "customer_master").await.id.to_string(), id);
    let stranger = world.stranger().await;
    let hidden = world.workbench.rename_connection(&stranger, &world.plan, &id, "x").await.unwrap_err();
    assert!(matches!(hidden, Error::NotFound("plan")), "{hidden}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refusal_is_kept_with_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("crm.csv");
    std::fs::write(&file, OLD).unwrap();
    let dir = folder.path().to_owned();
    let world = World::with(|settings| settings.source_dirs = vec![dir]).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let id = w.connect_file(owner, plan, "crm", "", "test", file.to_str().unwrap()).await.unwrap();
    std::fs::remove_file(&file).unwrap();
    let error = w.tables(owner, plan, id).await.unwrap_err();
    assert!(matches!(error, Error::Conflict(ref words) if words.contains("is refused")), "{error}");
    assert!(only(&world, "crm").await.refused.unwrap().contains("allowed folders"));
    std::fs::write(&file, OLD).unwrap();
    w.test_again(owner, plan, &id.to_string()).await.unwrap();
    assert_eq!(only(&world, "crm").await.refused, None);
    std::fs::remove_file(&file).unwrap();
    w.test_again(owner, plan, &id.to_string()).await.unwrap();
    assert!(only(&world, "crm").await.refused.is_some());
}

fn uploads(world: &World) -> usize {
    std::fs::read_dir(world.data.path().join("uploads")).unwrap().count()
}

#[tokio::test]
async fn a_removed_connection_takes_its_file_with_it() {
    let world = World::new().await;
    let (gone, kept) = (world.upload("crm", None, OLD).await, world.upload("erp", None, OLD).await);
    assert_eq!(uploads(&world), 2);
    world.workbench.remove_connection(&world.owner, &world.plan, gone).await.unwrap();
    assert_eq!(uploads(&world), 1);
    assert_eq!(world.workbench.tables(&world.owner, &world.plan, kept).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_uploads_of_a_plan_have_so_much_room_and_no_more() {
    let world = World::with(|settings| settings.plan_upload_bytes = (OLD.len() + NEW.len()) as u64).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let crm = world.upload("crm", None, OLD).await.to_string();
    let erp = world.upload("erp", None, OLD).await;
    let third = async |plan: &str| w.connect_upload(owner, plan, "pim", None, "test", "p.csv", OLD.as_bytes()).await;
    let refused = third(plan).await.unwrap_err();
    assert!(fields(&refused) == ["file"] && refused.to_string().contains("no room"), "{refused}");
    assert_eq!(uploads(&world), 2, "what is refused is not kept");
    // The file that goes makes room for the one that comes.
    w.replace_file(owner, plan, &crm, "crm.csv", NEW.as_bytes()).await.unwrap();
    let refused = w.replace_file(owner, plan, &erp.to_string(), "erp.csv", NEW.as_bytes()).await.unwrap_err();
    assert_eq!(fields(&refused), ["file"]);
    let other = w.create_plan(owner, "Another").await.unwrap();
    third(other.as_str()).await.unwrap();
    w.remove_connection(owner, plan, erp).await.unwrap();
    third(plan).await.unwrap();
}

#[tokio::test]
async fn connections_to_other_machines_are_not_tested_without_end() {
    let world = World::new().await;
    let (w, plan) = (&world.workbench, world.plan.as_str());
    let form = DatabaseForm {
        kind: "postgres",
        name: "crm",
        instance: "",
        environment: "test",
        host: "10.9.9.9",
        port: "5432",
        database: "crm",
        certificate: "",
        user: "reader",
        password: "",
        tls: "off",
    };
    for _ in 0..120 {
        assert_eq!(fields(&w.connect_database(&world.owner, plan, form).await.unwrap_err()), ["host"]);
    }
    assert!(matches!(w.connect_database(&world.owner, plan, form).await, Err(Error::TooMany)));
    // Somebody else has tries of their own, and files lead nowhere else.
    let editor = world.join("Edda", PlanRole::Editor).await;
    assert_eq!(fields(&w.connect_database(&editor, plan, form).await.unwrap_err()), ["host"]);
    world.upload("erp", None, OLD).await;
}
