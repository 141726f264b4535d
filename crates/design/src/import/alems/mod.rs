//! Files of A-LEMS: command lines of its experiments, its task list, and plans of containers.

pub(super) mod command;
pub(super) mod plan;
pub(super) mod tasks;
mod words;
