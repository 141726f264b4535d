//! Telling whether what analyses see of a campaign is still what it was, without reading it again.

use crate::error::StoreError;
use crate::open::Store;
use crate::raw::Bind;

/// Where a campaign's data stands: its revision, the state of its runs, and the newest of everything that can change what
/// an analysis sees. Two equal marks, and no engine in between: the same data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataMark(String);

const MARK: &str = "SELECT \
    (SELECT count(*) FROM lease WHERE campaign_id = ?1), \
    (SELECT max(id) FROM revision WHERE campaign_id = ?1) || ' ' || \
    coalesce((SELECT max(id) FROM attempt), 0) || ' ' || \
    (SELECT count(*) FROM attempt WHERE state = 'running') || ' ' || \
    coalesce((SELECT max(id) FROM energy_window), 0) || ' ' || \
    (SELECT count(*) || ' ' || count(lifted_us) FROM exclusion WHERE campaign_id = ?1) || ' ' || \
    coalesce((SELECT group_concat(state || in_plan || ' ' || n) FROM \
        (SELECT state, in_plan, count(*) AS n FROM run WHERE campaign_id = ?1 GROUP BY 1, 2 ORDER BY 1, 2)), '')";

impl Store {
    /// Where a campaign's data stands; `None` while an engine holds it and may change it at any time.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn data_mark(&self, campaign: i64) -> Result<Option<DataMark>, StoreError> {
        self.read_snapshot(|raw| {
            let mut s = raw.statement(MARK)?;
            s.bind_all(&[Bind::Int(campaign)])?;
            Ok((s.step()? && s.int(0) == 0).then(|| DataMark(s.text(1))))
        })
        .await
    }
}
