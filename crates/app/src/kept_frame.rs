//! The frame that was asked for last, kept while its data is what it was: choosing another metric in the window reads and
//! plans nothing again.

use ergon_store::{CampaignRecord, DataMark, Watch};
use tokio::sync::Mutex;

use crate::app::App;
use crate::error::AppError;
use crate::frame::Framed;

/// See the module. Nothing is kept for a host that asks once and ends.
#[derive(Default)]
pub(crate) struct KeptFrame(Mutex<Option<Kept>>);

struct Kept {
    /// Sees every commit, by this process or another.
    watch: Watch,
    /// As it was before the frame was read.
    mark: Option<DataMark>,
    /// An analysis was kept since, which is a commit and changes no data.
    analysed: bool,
    framed: Framed,
}

impl App {
    /// The frame of a campaign's plan in force.
    ///
    /// Invariant: a kept frame is given only if nothing was committed since before it was read, or if only an analysis can
    /// have been: then its mark must be what it was.
    pub(crate) async fn frame(&self, selector: &str) -> Result<Framed, AppError> {
        let record = self.find(selector).await?;
        if self.session.host.get().is_none() {
            return self.read_frame(&record).await;
        }
        // Those who ask at once wait for one reading.
        let mut place = self.session.kept_frame.0.lock().await;
        let previous = place.take();
        if let Some(mut kept) = previous {
            if kept.framed.row == record.id && self.holds(&mut kept, &record).await? {
                let framed = kept.framed.clone();
                *place = Some(kept);
                return Ok(framed);
            }
            kept.watch.close().await;
        }
        let store = self.store().await?;
        let watch = store.watch().await?;
        let mark = store.data_mark(record.id).await?;
        let framed = self.read_frame(&record).await?;
        *place = Some(Kept { watch, mark, analysed: false, framed: framed.clone() });
        Ok(framed)
    }

    async fn holds(&self, kept: &mut Kept, record: &CampaignRecord) -> Result<bool, AppError> {
        if !kept.watch.changed().await? {
            return Ok(true);
        }
        let analysed = std::mem::take(&mut kept.analysed);
        Ok(analysed && kept.mark.is_some() && self.store().await?.data_mark(record.id).await? == kept.mark)
    }

    /// Says that a commit to be seen next may be an analysis.
    pub(crate) async fn analysed(&self, campaign: i64) {
        if let Some(kept) = self.session.kept_frame.0.lock().await.as_mut()
            && kept.framed.row == campaign
        {
            kept.analysed = true;
        }
    }

    /// Lets go of the frame, and of the connection that watches over it.
    pub(crate) async fn forget_frame(&self) {
        if let Some(kept) = self.session.kept_frame.0.lock().await.take() {
            kept.watch.close().await;
        }
    }
}
