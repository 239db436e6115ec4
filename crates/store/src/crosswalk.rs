//! The crosswalk: which records of two systems are the same under another key, and which are not. The trail says who
//! decided and for which run; the keys themselves stand here alone, so that they can be taken away.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, Place},
    pool::{Tx, all, one, run},
};
use domain::{DocumentId, ItemId, PairDecision, PairId, PairSource, RunId, Timestamp, UserId};
use uuid::Uuid;

/// Most decisions one list holds.
const LIST: i64 = 100_000;
/// Above every decision: a list that begins behind it begins at the newest.
const TOP: (Timestamp, PairId) = (Timestamp::MAX, PairId(Uuid::max()));

/// Which decisions. Everything left out matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PairFilter {
    /// Of this check.
    pub check: Option<ItemId>,
    /// Proposed for this run.
    pub run: Option<RunId>,
    /// Decided by this person.
    pub by: Option<UserId>,
    /// From this source.
    pub source: Option<PairSource>,
    /// Only the same, or only not the same.
    pub same: Option<bool>,
    /// With this text in a key, whatever the case of its Latin letters.
    pub text: Option<String>,
}

impl PairFilter {
    /// The text as a pattern.
    fn pattern(&self) -> Option<String> {
        let text = self.text.as_deref().filter(|text| !text.is_empty())?;
        let mut pattern = String::from("%");
        for c in text.to_ascii_lowercase().chars() {
            if matches!(c, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push('%');
        Some(pattern)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    check_id: Uuid,
    left_key: String,
    right_key: String,
    same: bool,
    score: i64,
    source: String,
    run_id: Uuid,
    run_number: i64,
    decided_by: Uuid,
    by_name: String,
    decided_at: At,
}

impl Row {
    fn read(self) -> Result<PairDecision> {
        let place = Place { table: "crosswalk", row: &self.id };
        Ok(PairDecision {
            source: place.code("source", &self.source)?,
            id: PairId(self.id),
            check: ItemId(self.check_id),
            left: self.left_key,
            right: self.right_key,
            same: self.same,
            score: self.score,
            run: RunId(self.run_id),
            run_number: self.run_number,
            by: UserId(self.decided_by),
            by_name: self.by_name,
            at: self.decided_at.0,
        })
    }
}

impl Store {
    /// Keeps a decision about two records; it takes the place of an earlier one about the same two. Names and numbers
    /// in it are not stored from there.
    ///
    /// # Errors
    /// `Conflict` on `crosswalk_document_id_check_id_left_key` or `…_right_key` when one of the two has another
    /// partner.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn decide_pair(&self, document: DocumentId, decision: &PairDecision, entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let sql = "delete from crosswalk
where document_id = $1 and check_id = $2 and left_key = $3 and right_key = $4";
        run!(tx, "crosswalk", sql, document.0, decision.check.0, &decision.left, &decision.right)?;
        insert(&mut tx, document, decision, Taken::Refuse).await?;
        tx.commit().await
    }

    /// Keeps decisions about pairs that nothing was decided about, and whose records have no other partner. Returns
    /// how many that were.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn decide_pairs(
        &self,
        document: DocumentId,
        decisions: &[PairDecision],
        entry: AuditEntry,
    ) -> Result<u64> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let mut kept = 0;
        for decision in decisions {
            kept += insert(&mut tx, document, decision, Taken::PassOver).await?;
        }
        tx.commit().await?;
        Ok(kept)
    }

    /// Takes a decision back.
    ///
    /// # Errors
    /// `NotFound` when there is no such decision in this plan.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn forget_pair(&self, document: DocumentId, id: PairId, entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let sql = "delete from crosswalk where document_id = $1 and id = $2";
        if run!(tx, "crosswalk", sql, document.0, id.0)? == 0 {
            return Err(StoreError::NotFound("decision"));
        }
        tx.commit().await
    }

    /// The decisions that match, newest first, from `offset` on, at most `limit` (100 000).
    ///
    /// # Errors
    /// When the database fails or a row is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_pairs(
        &self,
        document: DocumentId,
        filter: &PairFilter,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<PairDecision>> {
        self.pairs_below(document, filter, TOP, limit, offset).await
    }

    /// The decisions that match and stand behind `last` in the same order, at most `limit` (100 000). Whoever reads on
    /// from the last one read misses none and has none twice, whatever is decided meanwhile.
    ///
    /// # Errors
    /// When the database fails or a row is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_pairs_after(
        &self,
        document: DocumentId,
        filter: &PairFilter,
        last: Option<(Timestamp, PairId)>,
        limit: i64,
    ) -> Result<Vec<PairDecision>> {
        self.pairs_below(document, filter, last.unwrap_or(TOP), limit, 0).await
    }

    async fn pairs_below(
        &self,
        document: DocumentId,
        filter: &PairFilter,
        (at, id): (Timestamp, PairId),
        limit: i64,
        offset: i64,
    ) -> Result<Vec<PairDecision>> {
        let mut conn = self.conn().await?;
        let rows = all!(
            conn,
            "crosswalk",
            Row,
            include_str!("sql/list_pairs.sql"),
            document.0,
            filter.check.map(|check| check.0),
            filter.run.map(|run| run.0),
            filter.by.map(|by| by.0),
            filter.source.map(PairSource::code),
            filter.same,
            filter.pattern(),
            At(at),
            id.0,
            limit.clamp(0, LIST),
            offset.max(0),
        )?;
        rows.into_iter().map(Row::read).collect()
    }

    /// How many decisions match.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn count_pairs(&self, document: DocumentId, filter: &PairFilter) -> Result<u64> {
        let mut conn = self.conn().await?;
        let (count,) = one!(
            conn,
            "crosswalk",
            (i64,),
            include_str!("sql/count_pairs.sql"),
            document.0,
            filter.check.map(|check| check.0),
            filter.run.map(|run| run.0),
            filter.by.map(|by| by.0),
            filter.source.map(PairSource::code),
            filter.same,
            filter.pattern(),
        )?;
        Place { table: "crosswalk", row: &document.0 }.unsigned("count", count)
    }

    /// The runs that decisions were made for, each with its check.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_pair_runs(&self, document: DocumentId, check: Option<ItemId>) -> Result<Vec<(ItemId, RunId)>> {
        let mut conn = self.conn().await?;
        let sql = "select distinct check_id, run_id
from crosswalk
where document_id = $1 and ($2 is null or check_id = $2)";
        let rows = all!(conn, "crosswalk", (Uuid, Uuid), sql, document.0, check.map(|check| check.0))?;
        Ok(rows.into_iter().map(|(check, run)| (ItemId(check), RunId(run))).collect())
    }

    /// The keys of every decision of a check, with whether the two are the same; at most `limit`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_pair_keys(
        &self,
        document: DocumentId,
        check: ItemId,
        limit: i64,
    ) -> Result<Vec<(String, String, bool)>> {
        let mut conn = self.conn().await?;
        let sql = "select left_key, right_key, same
from crosswalk
where document_id = $1 and check_id = $2
order by decided_at, id
limit $3";
        all!(conn, "crosswalk", (String, String, bool), sql, document.0, check.0, limit)
    }
}

/// What to do where a pair is decided or a record has another partner.
#[derive(Clone, Copy)]
enum Taken {
    Refuse,
    PassOver,
}

async fn insert(tx: &mut Tx, document: DocumentId, decision: &PairDecision, taken: Taken) -> Result<u64> {
    const REFUSE: &str = "insert into crosswalk
    (id, document_id, check_id, left_key, right_key, same, score, source, run_id, decided_by, decided_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    const PASS_OVER: &str = "insert into crosswalk
    (id, document_id, check_id, left_key, right_key, same, score, source, run_id, decided_by, decided_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict do nothing";
    let sql = match taken {
        Taken::Refuse => REFUSE,
        Taken::PassOver => PASS_OVER,
    };
    run!(
        tx,
        "crosswalk",
        sql,
        decision.id.0,
        document.0,
        decision.check.0,
        &decision.left,
        &decision.right,
        decision.same,
        decision.score,
        decision.source.code(),
        decision.run.0,
        decision.by.0,
        At(decision.at),
    )
}
