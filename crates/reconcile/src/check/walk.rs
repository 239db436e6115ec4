//! The walk over two sorted sides: every key classified, every field of every matched record judged.

use std::cmp::Ordering;

use super::{Outcome, Phase, Reporter, feed::Feed};
use crate::{
    cause::refine,
    differences::{Class, DifferencesWriter, Entry},
    error::EngineError,
    groups::{Group, Groups},
    judge::{FieldJudge, Judged, Verdict},
    report::{RecordCounts, Report, SideCounts},
    sorted::SortedSide,
    spec::Side,
};

/// The walk over both sides and everything it counts.
pub(super) struct Walk {
    pub(super) left: Groups<Feed>,
    pub(super) right: Groups<Feed>,
    pub(super) left_side: SortedSide,
    pub(super) right_side: SortedSide,
    /// Rows that are in no group because they were settled before, on the left and on the right.
    pub(super) settled: [SideCounts; 2],
    /// Keys, those settled before included.
    pub(super) records: RecordCounts,
    pub(super) judges: Vec<FieldJudge>,
    pub(super) writer: Option<DifferencesWriter>,
    pub(super) reporter: Reporter,
    /// The key of the record at hand, as text; a field to spare the allocation.
    pub(super) key: Vec<String>,
    pub(super) in_sync: u64,
}

impl Walk {
    pub(super) fn run(mut self) -> Result<Outcome, EngineError> {
        const REPORT_EVERY: u64 = 16_384;
        let (mut left, mut right) = (self.left.next_group()?, self.right.next_group()?);
        let mut reported = 0;
        loop {
            let rows = self.left.counts.rows + self.right.counts.rows;
            if rows >= reported + REPORT_EVERY {
                reported = rows;
                self.reporter.stop_if_cancelled()?;
                self.reporter.report(Phase::Comparing, rows);
            }
            let order = match (&left, &right) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(l), Some(r)) => l.cmp_key(&self.left_side.key, r, &self.right_side.key),
            };
            let l = if order.is_le() { left.take() } else { None };
            let r = if order.is_ge() { right.take() } else { None };
            if order.is_le() {
                left = self.left.next_group()?;
            }
            if order.is_ge() {
                right = self.right.next_group()?;
            }
            self.classify(l.as_ref(), r.as_ref())?;
        }
        self.reporter.report(Phase::Comparing, self.reporter.total);
        self.finish()
    }

    fn classify(&mut self, left: Option<&Group>, right: Option<&Group>) -> Result<(), EngineError> {
        self.key.clear();
        let rows = |group: Option<&Group>| group.map_or(0, |group| group.rows);
        let (left_rows, right_rows) = (rows(left), rows(right));
        let class = match (left, right) {
            (Some(left), Some(right)) if left_rows == 1 && right_rows == 1 => {
                self.records.matched += 1;
                return self.judge(left, right);
            }
            (Some(_), Some(_)) => {
                self.records.ambiguous += 1;
                Class::Ambiguous
            }
            (Some(_), None) => {
                self.records.only_left += 1;
                Class::OnlyLeft
            }
            (None, _) => {
                self.records.only_right += 1;
                Class::OnlyRight
            }
        };
        let duplicates = [(left_rows, Class::DuplicateLeft), (right_rows, Class::DuplicateRight)];
        let duplicates = duplicates.into_iter().filter(|(rows, _)| *rows > 1).map(|(_, class)| class);
        for class in std::iter::once(class).chain(duplicates) {
            self.keep(left, right, Entry::record(class, left_rows, right_rows))?;
        }
        Ok(())
    }

    fn judge(&mut self, left: &Group, right: &Group) -> Result<(), EngineError> {
        let (lefts, rights) = (&self.left_side.compare, &self.right_side.compare);
        let mut fields: Vec<Judged<'_>> = (self.judges.iter().zip(lefts).zip(rights))
            .map(|((judge, l), r)| judge.judge(left.value(*l), right.value(*r)))
            .collect();
        refine(&mut fields);
        for (judge, judged) in self.judges.iter_mut().zip(&fields) {
            judge.count(judged);
        }
        self.in_sync += u64::from(fields.iter().all(|judged| judged.verdict != Verdict::Different));
        for (field, Judged { left: left_value, right: right_value, verdict, cause }) in fields.into_iter().enumerate() {
            let class = match verdict {
                Verdict::Equal => continue,
                Verdict::EqualByRule => Class::EqualByRule,
                Verdict::Different => Class::Different,
            };
            let entry = Entry { class, field: Some(field), left: left_value, right: right_value, cause, rows: (1, 1) };
            self.keep(Some(left), Some(right), entry)?;
        }
        Ok(())
    }

    fn keep(&mut self, left: Option<&Group>, right: Option<&Group>, entry: Entry) -> Result<(), EngineError> {
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        if self.key.is_empty() {
            let (group, key) = match (left, right) {
                (Some(group), _) => (group, &self.left_side.key),
                (None, Some(group)) => (group, &self.right_side.key),
                (None, None) => return Ok(()),
            };
            self.key.extend(key.iter().map(|part| group.value(*part).unwrap_or_default().to_owned()));
        }
        writer.write(&self.key, &entry)
    }

    fn finish(self) -> Result<Outcome, EngineError> {
        // A stream that broke off without a word looks like one that ended.
        all_rows(Side::Left, self.left.counts.rows, self.left_side.rows)?;
        all_rows(Side::Right, self.right.counts.rows, self.right_side.rows)?;
        let (mut counts, mut fields, mut codes) = (Vec::new(), Vec::new(), Vec::new());
        for (count, detail, list) in self.judges.into_iter().map(FieldJudge::finish) {
            counts.push(count);
            fields.push(detail);
            codes.push(list);
        }
        let [mut left, mut right] = self.settled;
        left.add(&self.left.counts);
        right.add(&self.right.counts);
        let report = Report::new(left, right, self.records, counts)?;
        let (mut kept, mut total, mut sha256) = (0, 0, None);
        if let Some(writer) = self.writer {
            (kept, total) = (writer.kept(), writer.total());
            sha256 = Some(writer.finish(&codes)?);
        }
        Ok(Outcome {
            report,
            fields,
            in_sync: self.in_sync,
            differences_sha256: sha256,
            differences_kept: kept,
            differences_total: total,
        })
    }
}

fn all_rows(side: Side, compared: u64, staged: u64) -> Result<(), EngineError> {
    if compared == staged {
        return Ok(());
    }
    Err(EngineError::Internal(format!("{compared} of the {staged} rows of the {side} side were compared")))
}

#[cfg(test)]
mod tests {
    use super::all_rows;
    use crate::spec::Side;

    #[test]
    fn a_truncated_side_is_no_result() {
        assert!(all_rows(Side::Left, 7, 7).is_ok());
        let error = all_rows(Side::Right, 3, 7).map_err(|error| error.to_string());
        assert!(error.is_err_and(|words| words.contains("3 of the 7 rows of the right side")));
    }
}
