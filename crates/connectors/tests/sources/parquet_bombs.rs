//! Parquet files that are small on disk and large in memory: what is refused, how many rows are read at once, and that
//! ordinary files are read as ever.

use std::{
    fs::File,
    sync::{Arc, atomic::AtomicBool},
};

use arrow::{
    array::{
        ArrayRef, AsArray, BinaryArray, DictionaryArray, Float64Array, Int64Array, LargeStringArray, RecordBatch,
        StringArray,
    },
    buffer::BooleanBuffer,
    datatypes::Int32Type,
};
use connectors::{ConnectorError, ErrorKind, Limits, ReadError, Source, catalogue, read, read_rows, sample};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, Encoding, GzipLevel, ZstdLevel},
    file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion},
};
use tempfile::TempDir;

use crate::{broken_files::MEMORY, reading::rows_of};

/// What a batch may take; the same as in the connector.
const BATCH_BYTES: usize = 64 << 20;

/// A file in a folder of its own, holding the same rows so many times.
struct Written {
    _dir: TempDir,
    source: Source,
    bytes: u64,
}

fn write(columns: Vec<(String, ArrayRef)>, times: usize, properties: WriterPropertiesBuilder) -> Written {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.parquet");
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let file = File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties.build())).unwrap();
    for _ in 0..times {
        writer.write(&batch).unwrap();
    }
    writer.close().unwrap();
    let bytes = std::fs::metadata(&path).unwrap().len();
    Written { _dir: dir, source: Source::Parquet { path: path.into() }, bytes }
}

fn column(array: impl arrow::array::Array + 'static) -> Vec<(String, ArrayRef)> {
    vec![("a".to_owned(), Arc::new(array) as ArrayRef)]
}

fn zstd() -> WriterPropertiesBuilder {
    WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()))
}

/// Values stay in the dictionary however long they are.
fn dictionary() -> WriterPropertiesBuilder {
    zstd().set_dictionary_page_size_limit(1 << 30)
}

/// Rows and bytes of text of each batch.
async fn sizes(source: &Source) -> Result<Vec<(usize, usize)>, ConnectorError> {
    let mut sizes = Vec::new();
    let mut keep = |batch: RecordBatch| {
        let text = |column: &ArrayRef| column.as_string::<i32>().values().len();
        sizes.push((batch.num_rows(), batch.columns().iter().map(text).sum()));
        Ok(())
    };
    match read(source, &Limits::default(), &mut keep, &Arc::new(AtomicBool::new(false))).await {
        Ok(_) => Ok(sizes),
        Err(ReadError::Source(error)) => Err(error),
        Err(ReadError::Sink(error)) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_value_of_a_dictionary_is_not_copied_into_gigabytes() {
    let _alone = MEMORY.lock().await;
    let value = "x".repeat(3 << 20);
    let values = || std::iter::repeat_n(value.as_str(), 40);
    for (kind, columns) in [
        ("text", column(StringArray::from_iter_values(values()))),
        ("large text", column(LargeStringArray::from_iter_values(values()))),
        ("a dictionary", column(values().collect::<DictionaryArray<Int32Type>>())),
        ("bytes", column(BinaryArray::from_iter_values(values()))),
    ] {
        let written = write(columns, 1, dictionary());
        assert!(written.bytes < 100_000, "{kind}: {} bytes", written.bytes);
        let sizes = sizes(&written.source).await.unwrap();
        assert_eq!(sizes.iter().map(|(rows, _)| rows).sum::<usize>(), 40, "{kind}");
        // Two digits stand for each byte.
        let most = if kind == "bytes" { 2 * BATCH_BYTES } else { BATCH_BYTES };
        assert!(sizes.iter().all(|(_, bytes)| *bytes <= most), "{kind}: {sizes:?}");
        assert!(sizes.len() > 1, "{kind}: {sizes:?}");

        // Some of its rows, read once more.
        let mut picked = Vec::new();
        let mut keep = |batch: RecordBatch| {
            picked.push(batch.num_rows());
            Ok(())
        };
        let mask = BooleanBuffer::collect_bool(40, |row| row % 8 == 7);
        read_rows(&written.source, &mask, &Limits::default(), &mut keep, &Arc::default()).await.unwrap();
        assert_eq!(picked.iter().sum::<usize>(), 5, "{kind}");
    }
}

#[tokio::test]
async fn the_first_rows_are_bounded_like_all_of_them() {
    let _alone = MEMORY.lock().await;
    let value = "x".repeat(6 << 20);
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(std::iter::repeat_n(value.as_str(), 10)));
    let columns = ["a", "b", "c"].map(|name| (name.to_owned(), Arc::clone(&texts)));
    let written = write(columns.to_vec(), 1, dictionary());
    let error = sample(&written.source, 10, &Limits::default()).await.unwrap_err();
    assert!(error.message.contains("its first rows hold more than"), "{error}");
    assert_eq!(sample(&written.source, 2, &Limits::default()).await.unwrap().batch.num_rows(), 2);
}

#[tokio::test]
async fn pages_that_unpack_to_more_than_there_should_be_at_once_are_refused() {
    let _alone = MEMORY.lock().await;
    let zeros: ArrayRef = Arc::new(Int64Array::from_value(0, 1 << 19));
    let properties = || {
        // One page of 4 MB for each column.
        let pages = zstd().set_data_page_row_count_limit(1 << 30).set_data_page_size_limit(4 << 20);
        pages.set_dictionary_enabled(false)
    };
    let columns = |n: usize| (0..n).map(|n| (format!("c{n}"), Arc::clone(&zeros))).collect::<Vec<_>>();
    let bomb = write(columns(80), 1, properties());
    assert!(bomb.bytes < 500_000, "{} bytes", bomb.bytes);
    for error in [
        sizes(&bomb.source).await.unwrap_err(),
        sample(&bomb.source, 1, &Limits::default()).await.map(drop).unwrap_err(),
    ] {
        assert_eq!(error.kind, ErrorKind::Limit);
        assert!(error.message.contains("its columns unpack to more than"), "{error}");
    }
    // Nothing is unpacked to say which columns there are.
    assert_eq!(catalogue(&bomb.source, &Limits::default()).await.unwrap()[0].columns.len(), 80);
    let few = write(columns(3), 1, properties());
    assert_eq!(sizes(&few.source).await.unwrap(), vec![(8192, 3 * 8192); 64]);
}

#[tokio::test]
async fn a_value_that_repeats_the_one_before_counts_in_full() {
    let _alone = MEMORY.lock().await;
    let same = "x".repeat(1 << 20);
    let values = (0..10).map(|n| format!("{same}{n}"));
    let values = StringArray::from_iter_values(values);
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        let properties = zstd().set_writer_version(version).set_dictionary_enabled(false);
        let properties = properties.set_encoding(Encoding::DELTA_BYTE_ARRAY);
        let written = write(column(values.clone()), 10, properties);
        let sizes = sizes(&written.source).await.unwrap();
        assert_eq!(sizes.iter().map(|(rows, _)| rows).sum::<usize>(), 100, "{version:?}");
        assert!(sizes.iter().all(|(_, bytes)| *bytes <= BATCH_BYTES), "{version:?}: {sizes:?}");
    }
}

#[tokio::test]
async fn long_values_that_are_allowed_are_read() {
    let _alone = MEMORY.lock().await;
    // Nothing in it is there twice in a row.
    let mut state = 1_u32;
    let mut noise = |bytes: usize| -> String {
        let mut letter = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + u8::try_from(state >> 28).unwrap())
        };
        (0..bytes).map(|_| letter()).collect()
    };
    let texts: Vec<String> = (0..10).map(|_| noise(7 << 20)).collect();
    for properties in [zstd(), dictionary(), zstd().set_writer_version(WriterVersion::PARQUET_2_0)] {
        let written = write(column(StringArray::from_iter_values(&texts)), 1, properties);
        let mut at = 0;
        let mut same = |batch: RecordBatch| {
            let column = batch.column(0).as_string::<i32>();
            assert!(column.values().len() <= BATCH_BYTES + (16 << 20), "{} bytes at once", column.values().len());
            for text in column {
                assert!(text == Some(texts[at].as_str()), "value {at} is another one");
                at += 1;
            }
            Ok(())
        };
        read(&written.source, &Limits::default(), &mut same, &Arc::default()).await.unwrap();
        assert_eq!(at, 10);
    }
    // One over the limit is told with its column, however it is written.
    let texts = StringArray::from(vec!["y".repeat(9 << 20)]);
    for properties in [dictionary(), zstd().set_dictionary_enabled(false)] {
        let error = sizes(&write(column(texts.clone()), 1, properties).source).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Limit);
        assert!(error.message.contains("a value of column `a` is larger than"), "{error}");
    }
}

#[tokio::test]
async fn ordinary_files_are_read_in_whole_batches_however_they_are_written() {
    let rows = 20_000;
    let number = |n: i64| (n % 7 != 0).then_some(n * 1_000_003 % 65_537);
    let columns: Vec<(String, ArrayRef)> = vec![
        ("id".to_owned(), Arc::new(Int64Array::from_iter_values(0..rows)) as ArrayRef),
        ("number".to_owned(), Arc::new((0..rows).map(number).collect::<Int64Array>())),
        ("real".to_owned(), Arc::new((0..rows).map(|n| number(n).map(|n| n as f64 / 8.0)).collect::<Float64Array>())),
        ("text".to_owned(), Arc::new((0..rows).map(|n| number(n).map(|n| format!("t{n}"))).collect::<StringArray>())),
        ("few".to_owned(), Arc::new((0..rows).map(|n| Some(format!("f{}", n % 9))).collect::<LargeStringArray>())),
        ("none".to_owned(), Arc::new((0..rows).map(|_| None::<&str>).collect::<StringArray>())),
    ];
    let expected = |n: i64| {
        let number = number(n);
        [
            Some(n.to_string()),
            number.map(|n| n.to_string()),
            number.map(|n| (n as f64 / 8.0).to_string()),
            number.map(|n| format!("t{n}")),
            Some(format!("f{}", n % 9)),
            None,
        ]
    };
    let packings = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ];
    let ways = |properties: WriterPropertiesBuilder| {
        let texts = |properties: WriterPropertiesBuilder, encoding| {
            let properties = properties.set_dictionary_enabled(false);
            ["text", "few", "none"]
                .into_iter()
                .fold(properties, |properties, name| properties.set_column_encoding(name.into(), encoding))
        };
        [
            properties.clone(),
            properties.clone().set_writer_version(WriterVersion::PARQUET_2_0).set_dictionary_enabled(false),
            properties.clone().set_write_page_header_statistics(true),
            properties.clone().set_max_row_group_row_count(Some(3000)),
            texts(properties.clone(), Encoding::DELTA_LENGTH_BYTE_ARRAY),
            texts(properties, Encoding::DELTA_BYTE_ARRAY),
        ]
    };
    for packing in packings {
        for (way, properties) in ways(WriterProperties::builder().set_compression(packing)).into_iter().enumerate() {
            let written = write(columns.clone(), 1, properties);
            let (mut at, mut batches) = (0, Vec::new());
            let mut same = |batch: RecordBatch| {
                batches.push(batch.num_rows());
                for row in rows_of(&batch) {
                    assert_eq!(row, expected(at), "{packing:?}, way {way}, row {at}");
                    at += 1;
                }
                Ok(())
            };
            read(&written.source, &Limits::default(), &mut same, &Arc::default()).await.unwrap();
            assert_eq!(batches, [8192, 8192, 3616], "{packing:?}, way {way}");
            assert_eq!(sample(&written.source, 7, &Limits::default()).await.unwrap().batch.num_rows(), 7);
        }
    }
}

#[tokio::test]
async fn two_thousand_columns_are_read() {
    let column = |n: i64| {
        let values: ArrayRef = match n % 3 {
            0 => Arc::new(Int64Array::from_iter_values((0..300).map(|row| row * n))),
            1 => Arc::new(Float64Array::from_iter_values((0..300).map(|row| row as f64 / 4.0))),
            _ => Arc::new(StringArray::from_iter_values((0..300).map(|row| format!("{row} of {n}")))),
        };
        (format!("c{n}"), values)
    };
    let written = write((0..2000).map(column).collect(), 1, zstd());
    let sizes = sizes(&written.source).await.unwrap();
    assert_eq!(sizes.iter().map(|(rows, _)| rows).sum::<usize>(), 300);
    assert_eq!(catalogue(&written.source, &Limits::default()).await.unwrap()[0].columns.len(), 2000);
}

#[tokio::test]
async fn headers_that_lie_are_refused_and_end_nothing_else() {
    let values = StringArray::from_iter_values((0..1000).map(|n| format!("value {n}")));
    let written = write(column(values), 1, zstd());
    let path = written.source.file().unwrap().to_owned();
    let good = std::fs::read(&path).unwrap();
    let footer = good.len() - 8 - u32::from_le_bytes(good[good.len() - 8..good.len() - 4].try_into().unwrap()) as usize;
    let reads = async |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        sizes(&Source::Parquet { path: path.clone().into() }).await
    };
    assert!(reads(&good).await.is_ok());
    // Whatever byte of a page is another: it is read, or refused in words.
    for at in (4..footer).step_by(61).chain(4..60) {
        let mut changed = good.clone();
        changed[at] ^= 0x55;
        if let Err(error) = reads(&changed).await {
            assert!(matches!(error.kind, ErrorKind::BadData | ErrorKind::Limit), "byte {at}: {error}");
            assert_eq!(error.to_string().lines().count(), 1, "byte {at}: {error}");
        }
    }
    // A footer that is larger than any.
    let mut large = good[..4].to_vec();
    large.resize(13 << 20, 0);
    large.extend((12_u32 << 20).to_le_bytes());
    large.extend(b"PAR1");
    let error = reads(&large).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit);
    assert!(error.message.contains("its list of columns and parts has"), "{error}");
}
