//! The shape of the repository, checked: which crate may import which, and what only one crate may touch.
//!
//! The rules are DESIGN's, written out in `ARCHITECTURE.md`. `cargo test` runs them (the tests below), and so does
//! `cargo xtask layers`.

mod exclusive;
mod graph;
mod lexer;
mod lint_lists;
mod source_rules;

use std::path::Path;

use anyhow::{Result, bail};

use crate::metadata::{self, Metadata};

pub(crate) fn run() -> Result<()> {
    let root = metadata::root()?;
    check(&root)?;
    println!("every import points down, and every crate keeps to its own");
    Ok(())
}

/// Fails with one line for each broken rule.
pub(crate) fn check(root: &Path) -> Result<()> {
    let workspace = Metadata::read(root)?;
    let mut broken = graph::wrong_edges(&workspace);
    broken.extend(exclusive::wrong_dependencies(&workspace));
    broken.extend(source_rules::broken(&workspace)?);
    broken.extend(lint_lists::broken(root)?);
    if broken.is_empty() {
        return Ok(());
    }
    bail!("{} of ARCHITECTURE.md's rules broken:\n  {}", broken.len(), broken.join("\n  "))
}

/// The name a rule knows a crate by: the folder it lies in.
fn short_name(package: &metadata::Package) -> &str {
    package.folder.file_name().and_then(|name| name.to_str()).unwrap_or(&package.name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_repository_keeps_to_its_layers() {
        let root = crate::metadata::root().unwrap();
        if let Err(error) = super::check(&root) {
            panic!("{error:#}");
        }
    }
}
