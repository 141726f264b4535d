//! One call.

use ergon_domain::RunError;

use crate::workflow::account::Phase;
use crate::workflow::desk::{Desk, Question};
use crate::workflow::prompt::{answer_form, answer_schema, opening, read_answer, to_answer};

/// The answer by one call, where it can be read; for a simulated model `easier_by` so much.
pub(super) async fn answer(desk: &mut Desk<'_>, easier_by: f64) -> Result<Option<String>, RunError> {
    let _span = desk.phase(Phase::Answering);
    let item = desk.item;
    desk.ask_answer(Question {
        phase: Phase::Answering,
        wanted: "answer",
        messages: opening(answer_form(item), item.prompt.as_str()),
        schema: answer_schema(),
        aside: to_answer(item, easier_by),
        reader: &read_answer,
    })
    .await
}
