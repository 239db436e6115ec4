//! Sources that change, grow or hold what was not expected: each has its own words, and only what cannot be compared
//! ends a run. Faults within one file are tested where files are read, in `connectors`.

use super::world::{TwoSystems, World};
use domain::{Run, RunState};
use rules::Verdict;
use std::path::PathBuf;
use tempfile::TempDir;

const ROWS: &str = "id,email,name,tier\n1,a@x.example,Ann,10\n2,b@x.example,Bob,20\n3,c@x.example,Cleo,30\n";

/// A check of two files in a folder of the server, which a test may change between runs.
struct Watched {
    world: World,
    check: String,
    folder: TempDir,
}

impl Watched {
    async fn new(max_rows: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir: PathBuf = folder.path().canonicalize().unwrap();
        let world = World::with(|settings| {
            settings.source_dirs = vec![dir.clone()];
            settings.max_rows = max_rows;
        })
        .await;
        let two = world.two_systems(ROWS, ROWS).await;
        let mut ids = Vec::new();
        for (name, instance) in [("left", two.crm), ("right", two.erp)] {
            let path = dir.join(format!("{name}.csv"));
            std::fs::write(&path, ROWS).unwrap();
            let (owner, plan, path) = (&world.owner, &world.plan, path.to_str().unwrap());
            let named = format!("{name} file");
            ids.push(
                world.workbench.connect_file(owner, plan, &named, &instance.to_string(), "test", path).await.unwrap(),
            );
        }
        let check = world.designed(&TwoSystems { left: ids[0], right: ids[1], ..two }).await;
        Self { world, check, folder }
    }

    fn write(&self, side: &str, text: &str) {
        std::fs::write(self.folder.path().join(format!("{side}.csv")), text).unwrap();
    }

    async fn run(&self) -> Run {
        let number = self.world.run(&self.check).await;
        self.world.workbench.run_page(&self.world.owner, &self.world.plan, number).await.unwrap().run
    }

    /// The message of a run that must fail.
    async fn failure(&self) -> String {
        let run = self.run().await;
        assert_eq!((run.state, run.totals), (RunState::Failed, None), "{:?}", run.message);
        run.message.unwrap()
    }

    /// What a run that must end well notes about each side.
    async fn notes(&self) -> [Vec<String>; 2] {
        let run = self.run().await;
        assert_eq!(run.state, RunState::Done, "{:?}", run.message);
        let mut sources = run.totals.unwrap().sources.into_iter().map(|source| source.notes);
        [sources.next().unwrap(), sources.next().unwrap()]
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn columns_that_change_between_runs_are_told() {
    let watched = Watched::new(1_000).await;
    let none = || [Vec::<String>::new(), Vec::new()];
    assert_eq!(watched.notes().await, none());

    // What is not compared may change: the run goes on and says so.
    watched.write(
        "right",
        &ROWS.replace("id,", "id,note,").replace(",a@", ",x,a@").replace(",b@", ",y,b@").replace(",c@", ",z,c@"),
    );
    let expected = "its columns have changed since run 1: new: `note`";
    assert_eq!(watched.notes().await, [vec![], vec![expected.to_owned()]]);
    watched.write("right", ROWS);
    let expected = "its columns have changed since run 2: gone: `note`";
    assert_eq!(watched.notes().await, [vec![], vec![expected.to_owned()]]);
    assert_eq!(watched.notes().await, none());

    // A column that is compared is gone.
    watched.write("right", &ROWS.replace("tier", "level"));
    assert_eq!(
        watched.failure().await,
        "check: the right side has no column `tier`, which is compared; it has `id`, `email`, `name`, `level`; \
         run 4 still had it: bring it back or change the check"
    );
    // A column of the key is gone.
    watched.write("right", ROWS);
    watched.write("left", &ROWS.replace("id,", "number,"));
    assert_eq!(
        watched.failure().await,
        "check: the left side has no column `id`, which tells the records apart; \
         it has `number`, `email`, `name`, `tier`; run 4 still had it: bring it back or change the check"
    );
    watched.write("left", ROWS);
    assert_eq!(watched.notes().await, none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_column_of_another_type_on_one_side_does_not_end_the_run() {
    let watched = Watched::new(1_000).await;
    watched.write("right", &ROWS.replace("20", "n/a").replace("30", "30.0"));
    let clash = "numbers on the other side and not only numbers here, so compared as text: `tier`";
    let run = watched.run().await;
    let totals = run.totals.unwrap();
    assert_eq!(totals.sources[1].notes, [clash]);
    let tier = totals.fields.iter().find(|field| field.left == "tier").unwrap();
    assert_eq!((tier.equal, tier.different), (1, 2), "30 and 30.0 differ as texts");
    watched.write("right", &ROWS.replace("30", "30.0"));
    let turned = "its columns have changed since run 1: numbers now: `tier`";
    assert_eq!(watched.notes().await, [vec![], vec![turned.to_owned()]]);
    watched.write("left", &ROWS.replace("10", "ten"));
    let turned = "its columns have changed since run 2: not only numbers any more: `tier`";
    assert_eq!(watched.notes().await, [vec![turned.to_owned(), clash.to_owned()], vec![]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sides_without_rows_are_never_in_sync() {
    let watched = Watched::new(1_000).await;
    for side in ["left", "right"] {
        watched.write(side, "id,email,name,tier\n");
    }
    let run = watched.run().await;
    assert_eq!(run.state, RunState::Done, "{:?}", run.message);
    let totals = run.totals.unwrap();
    assert_eq!((totals.left.rows, totals.right.rows, totals.in_sync), (0, 0, 0));
    let (world, number) = (&watched.world, run.number);
    let page = world.workbench.run_page(&world.owner, &world.plan, number).await.unwrap();
    assert_eq!(page.points.len(), 3);
    for point in page.points {
        assert_eq!(point.verdict, Verdict::Unknown, "{}", point.why);
        assert!(point.why.starts_with("no record could be compared"), "{}", point.why);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_side_over_the_limit_of_rows_ends_the_run_in_words() {
    let watched = Watched::new(3).await;
    assert_eq!(watched.notes().await, [Vec::<String>::new(), Vec::new()], "as many as allowed are read");
    watched.write("right", &format!("{ROWS}4,d@x.example,Dan,40\n"));
    assert_eq!(watched.failure().await, "right.csv: it has more than 3 rows; raise the row limit or take a part of it");
    std::fs::remove_file(watched.folder.path().join("right.csv")).unwrap();
    let gone = "the connection “right file” is refused: the file is in none of the allowed folders, or it does not exist; \
                upload it or ask the operator to allow its folder";
    assert_eq!(watched.failure().await, gone);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_thousand_columns_are_read_and_compared() {
    let world = World::new().await;
    let names: Vec<String> = (1..2_000).map(|n| format!("column_{n}")).collect();
    let row = |id: u32, mark: &str| {
        let values: Vec<String> = (1..2_000).map(|n| format!("{mark}{}", id * n)).collect();
        format!("{id},{}\n", values.join(","))
    };
    let table = |mark: &str| {
        let rows: String = (1..=30).map(|id| row(id, if id == 7 { mark } else { "" })).collect();
        format!("id,{}\n{rows}", names.join(","))
    };
    let two = world.two_systems(&table(""), &table("x")).await;
    let check = world.designed(&two).await;
    let number = world.run(&check).await;
    let run = world.workbench.run_page(&world.owner, &world.plan, number).await.unwrap().run;
    assert_eq!(run.state, RunState::Done, "{:?}", run.message);
    let totals = run.totals.unwrap();
    assert_eq!((totals.left.rows, totals.records.matched, totals.in_sync), (30, 30, 29));
    assert_eq!(totals.fields.len(), 60, "as many pairs as are proposed");
    assert!(totals.fields.iter().all(|field| (field.equal, field.different) == (29, 1)), "{:?}", totals.fields.first());
}
