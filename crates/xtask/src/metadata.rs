//! What cargo says of this workspace.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use crate::command;

pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
}

pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) benches: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: DependencyKind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum DependencyKind {
    Normal,
    Build,
    Dev,
}

/// The repository's root: this crate lives two folders below it.
pub(crate) fn root() -> Result<PathBuf> {
    // Cargo sets the variable at run time too; the compiled-in path would be wrong once the folder has moved.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let here = manifest.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    here.ancestors().nth(2).map(Path::to_path_buf).ok_or_else(|| anyhow!("{} has no root above it", here.display()))
}

/// The folder of what is built.
pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

impl Metadata {
    /// Asks cargo; workspace members only, nothing is downloaded.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let json = command::output(
            command::cargo().args(["metadata", "--format-version", "1", "--no-deps"]).current_dir(root),
        )?;
        Self::parse(&json)
    }

    pub(crate) fn parse(json: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(json).context("cargo metadata is not JSON")?;
        let packages = array(&value, "packages")?.iter().map(package).collect::<Result<_>>()?;
        Ok(Self { packages })
    }
}

fn package(value: &Value) -> Result<Package> {
    let manifest = PathBuf::from(text(value, "manifest_path")?);
    let folder = manifest.parent().context("a manifest lies in no folder")?.to_path_buf();
    let dependencies = array(value, "dependencies")?.iter().map(dependency).collect::<Result<_>>()?;
    let mut benches = Vec::new();
    for target in array(value, "targets")? {
        if array(target, "kind")?.iter().any(|kind| kind == "bench") {
            benches.push(text(target, "name")?.to_owned());
        }
    }
    Ok(Package { name: text(value, "name")?.to_owned(), folder, dependencies, benches })
}

fn dependency(value: &Value) -> Result<Dependency> {
    let kind = match value.get("kind").and_then(Value::as_str) {
        None | Some("normal") => DependencyKind::Normal,
        Some("build") => DependencyKind::Build,
        Some("dev") => DependencyKind::Dev,
        Some(other) => return Err(anyhow!("cargo metadata has a dependency of kind `{other}`")),
    };
    Ok(Dependency { name: text(value, "name")?.to_owned(), kind })
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value.get(key).and_then(Value::as_str).ok_or_else(|| anyhow!("cargo metadata lacks `{key}`"))
}

fn array<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value.get(key).and_then(Value::as_array).ok_or_else(|| anyhow!("cargo metadata lacks `{key}`"))
}
