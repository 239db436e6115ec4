//! A staged file as a stream of batches in key order: DataFusion scans, sorts and spills.
//!
//! The plan is built by hand from four nodes (scan, sort, merge; no SQL, no optimiser, no closures), so it
//! can be sent elsewhere as it is. A sort is used and not a hash join because that join cannot spill.

use std::{path::Path, sync::Arc};

use arrow::compute::SortOptions;
use datafusion_common::config::ConfigOptions;
use datafusion_datasource::{PartitionedFile, file_scan_config::FileScanConfigBuilder, source::DataSourceExec};
use datafusion_datasource_parquet::{ParquetRowSelection, source::ParquetSource};
use datafusion_execution::{
    SendableRecordBatchStream, TaskContext,
    config::SessionConfig,
    disk_manager::{DiskManagerBuilder, DiskManagerMode},
    memory_pool::FairSpillPool,
    object_store::ObjectStoreUrl,
    runtime_env::RuntimeEnvBuilder,
};
use datafusion_physical_expr::{LexOrdering, PhysicalSortExpr, expressions::Column};
use datafusion_physical_plan::{
    ExecutionPlan, execute_stream,
    sorts::{sort::SortExec, sort_preserving_merge::SortPreservingMergeExec},
};
use object_store::{ObjectStoreExt, local::LocalFileSystem, path::Path as ObjectPath};
use parquet::arrow::arrow_reader::RowSelection;

use crate::{
    error::EngineError,
    settle::Rest,
    spec::{Side, Spec},
    staging::Staged,
};

/// Rows per batch.
const BATCH_ROWS: usize = 8192;

/// One side, ready to be read in key order.
pub(crate) struct SortedSide {
    plan: Arc<dyn ExecutionPlan>,
    scan: Arc<dyn ExecutionPlan>,
    /// Positions of the key parts in the batches.
    pub(crate) key: Vec<usize>,
    /// Positions of the compared columns in the batches, one per pair.
    pub(crate) compare: Vec<usize>,
    /// Rows that are read.
    pub(crate) rows: u64,
}

/// Memory pool, spill directory and threads shared by both sides.
pub(crate) fn context(memory_bytes: usize, temp_dir: &Path, threads: usize) -> Result<Arc<TaskContext>, EngineError> {
    let config = SessionConfig::new().with_batch_size(BATCH_ROWS).with_target_partitions(threads.max(1));
    let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![temp_dir.to_owned()]));
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(memory_bytes)))
        .with_disk_manager_builder(disk)
        .build_arc()?;
    Ok(Arc::new(TaskContext::default().with_session_config(config).with_runtime(runtime)))
}

impl SortedSide {
    /// Plans the scan of the columns and rows needed (each column once, however often it is used) and the sort by
    /// key.
    pub(crate) async fn plan(
        side: Side,
        staged: &Staged,
        spec: &Spec,
        rest: &Rest,
        options: &ConfigOptions,
    ) -> Result<Self, EngineError> {
        let mut columns: Vec<usize> = Vec::new();
        let mut place = |name: &String| -> Result<usize, EngineError> {
            let column = staged.column(side, name)?;
            Ok(columns.iter().position(|known| *known == column).unwrap_or_else(|| {
                columns.push(column);
                columns.len() - 1
            }))
        };
        let key = spec.key_columns(side).iter().map(&mut place).collect::<Result<Vec<_>, _>>()?;
        let compare = spec.compare_columns(side).iter().map(&mut place).collect::<Result<Vec<_>, _>>()?;

        let rows = rest.rows;
        // A side of which only the rest was staged is read as a whole.
        let selection = (rows < staged.rows).then(|| RowSelection::from(rest.mask.clone()));
        let scan = scan(staged, columns, selection, options).await?;
        let schema = scan.schema();
        let order = key.iter().map(|part| PhysicalSortExpr {
            expr: Arc::new(Column::new(schema.field(*part).name(), *part)),
            options: SortOptions { descending: false, nulls_first: true },
        });
        let order =
            LexOrdering::new(order).ok_or_else(|| EngineError::BadSpec("name at least one key column".into()))?;
        let sort = SortExec::new(order.clone(), Arc::clone(&scan)).with_preserve_partitioning(true);
        let plan: Arc<dyn ExecutionPlan> = Arc::new(SortPreservingMergeExec::new(order, Arc::new(sort)));
        Ok(Self { plan, scan, key, compare, rows })
    }

    pub(crate) fn stream(&self, context: &Arc<TaskContext>) -> Result<SendableRecordBatchStream, EngineError> {
        Ok(execute_stream(Arc::clone(&self.plan), Arc::clone(context))?)
    }

    /// The scan's own node, for counting the rows read while the sort is still silent.
    pub(crate) fn scan(&self) -> Arc<dyn ExecutionPlan> {
        Arc::clone(&self.scan)
    }
}

async fn scan(
    staged: &Staged,
    columns: Vec<usize>,
    selection: Option<RowSelection>,
    options: &ConfigOptions,
) -> Result<Arc<dyn ExecutionPlan>, EngineError> {
    let failed = |reason: String| EngineError::storage("read", &staged.path, reason);
    let path = std::path::absolute(&staged.path).map_err(|error| failed(error.to_string()))?;
    let location = ObjectPath::from_absolute_path(path).map_err(|error| failed(error.to_string()))?;
    let meta = LocalFileSystem::new().head(&location).await.map_err(|error| failed(error.to_string()))?;
    let mut file = PartitionedFile::new_from_meta(meta);
    if let Some(selection) = selection {
        file = file.with_extension(ParquetRowSelection::new(selection));
    }
    let source = Arc::new(ParquetSource::new(staged.schema()));
    let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), source)
        .with_file(file)
        .with_projection_indices(Some(columns))?
        .build();
    let scan = DataSourceExec::from_data_source(config);
    let partitions = options.execution.target_partitions;
    let split = scan.repartitioned(partitions, options)?;
    Ok(split.unwrap_or(scan))
}
