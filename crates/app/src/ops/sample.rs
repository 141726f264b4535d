//! `sample`: the campaign a newcomer finds. Its results come with the program, computed when it was built; a fresh copy
//! runs here.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::ops::spec::renamed;
use crate::ops::{RunRequest, start};
use crate::spec_source::LoadedSpec;

/// The campaign that the sample store holds.
const SPEC: &str = include_str!("../../../../configs/consensus-quick.yaml");

/// Which sample.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct SampleRequest {
    /// A copy of its own that is run now, instead of the one that came with the program.
    pub fresh: bool,
}

/// The sample.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct SampleReply {
    /// Campaign id.
    pub campaign: String,
    /// Whether it has results already or was started now; `false`: it is only registered.
    pub with_results: bool,
}

/// Finds the sample campaign, registering it where it is not there; or starts a fresh copy.
///
/// # Errors
/// The store can't be written.
pub async fn sample(app: &App, request: SampleRequest) -> Result<SampleReply, AppError> {
    let base = app.base_folder(None).await?;
    let original = LoadedSpec::from_bytes(SPEC.as_bytes(), "the sample", &base, &[], &[])?;
    let id = original.campaign.id.clone();
    let store = app.store().await?;
    if !request.fresh {
        return match store.campaign(&id).await {
            Ok(record) => {
                let states = store.run_states(record.id).await?;
                let with_results = states.values().any(|(state, ..)| *state == ergon_domain::RunState::Succeeded);
                Ok(SampleReply { campaign: id, with_results })
            }
            Err(_) => {
                app.register(&original, None).await?;
                Ok(SampleReply { campaign: id, with_results: false })
            }
        };
    }
    let mut number = 1;
    let copy = loop {
        let name = format!("{id}-copy-{number}");
        if store.campaign(&name).await.is_err() {
            break name;
        }
        number += 1;
    };
    let text = renamed(SPEC, &copy)?;
    let loaded = LoadedSpec::from_bytes(text.as_bytes(), "the sample", &base, &[], &[])?;
    app.register(&loaded, None).await?;
    start(app, RunRequest { target: copy.clone(), ..RunRequest::default() }).await?;
    Ok(SampleReply { campaign: copy, with_results: true })
}
