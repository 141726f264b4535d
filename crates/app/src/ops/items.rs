//! `items`: what the tasks of the workload `workflow` ask, item by item.

use ergon_workloads::workflow::bank::TASKS;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// Which task.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct ItemsRequest {
    /// The task; left out: the tasks without their items.
    pub task: Option<String>,
}

/// A task and its items.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct TaskInfo {
    /// Name in a spec.
    pub task: String,
    /// What it asks.
    pub doc: String,
    /// How many items it has.
    pub count: u32,
    /// The items, where this task was asked for.
    pub items: Vec<TaskItemInfo>,
}

/// An item.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct TaskItemInfo {
    /// Number, as the parameter `item` takes it.
    pub number: u32,
    /// Its name.
    pub id: String,
    /// What is asked.
    pub prompt: String,
    /// What is right.
    pub answer: Option<String>,
    /// Steps by tools that lead to it.
    pub steps: Vec<String>,
}

/// The tasks.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ItemsReply {
    /// Tasks, in the order of the manifest.
    pub tasks: Vec<TaskInfo>,
}

/// The tasks that come with Ergon, or one with its items.
///
/// # Errors
/// No such task.
pub async fn items(_app: &App, request: ItemsRequest) -> Result<ItemsReply, AppError> {
    if let Some(name) = &request.task
        && !TASKS.iter().any(|task| task.name == name)
    {
        return Err(super::table::unknown("task", name, &TASKS.map(|task| task.name)));
    }
    let wanted = |name: &str| request.task.as_deref().is_none_or(|task| task == name);
    let tasks = TASKS.iter().filter(|task| wanted(task.name)).map(|task| {
        let items = task.items();
        let count = items.len() as u32;
        let info = |(number, item): (u32, ergon_workloads::workflow::item::TaskItem)| TaskItemInfo {
            number,
            id: item.id,
            prompt: item.prompt,
            answer: item.gold.as_ref().map(|gold| gold.stated()),
            steps: item.route.iter().map(|step| format!("{}: {}", step.tool, step.input)).collect(),
        };
        let items = if request.task.is_some() { (1..).zip(items).map(info).collect() } else { Vec::new() };
        TaskInfo { task: task.name.to_owned(), doc: task.doc.to_owned(), count, items }
    });
    Ok(ItemsReply { tasks: tasks.collect() })
}
