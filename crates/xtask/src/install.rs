//! What the tasks need on the machine: found by trying it, installed where that is allowed, else named exactly.
//!
//! Allowed means: Debian or a relative of it, and root or a `sudo` that asks for no password. `ERGON_NO_INSTALL=1`
//! says no whatever the machine would allow.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command;

/// A program or library, how to see that it is there, and the Debian packages that bring it.
pub(crate) struct Need {
    what: &'static str,
    why: &'static str,
    is_there: fn() -> bool,
    packages: &'static [&'static str],
}

const C_COMPILER: Need = Need {
    what: "a C compiler with the C library's headers",
    why: "SQLite, which is C, is compiled into Ergon",
    is_there: c_compiles,
    packages: &["gcc", "libc6-dev"],
};

const PYTHON: Need = Need {
    what: "python3 (3.8 or newer, standard library only)",
    why: "the worked example trains a model in Python, and tests compare with Python's sqlite3",
    is_there: || {
        let check = "import sqlite3, sys; sys.exit(sys.version_info < (3, 8))";
        command::succeeds(Command::new("python3").args(["-c", check]))
    },
    packages: &["python3"],
};

const GIT: Need = Need {
    what: "git",
    why: "runs record the git state of the program they ran; the tests make repositories for that",
    is_there: || command::succeeds(Command::new("git").arg("--version")),
    packages: &["git"],
};

const LATEX: Need = Need {
    what: "pdflatex with booktabs, siunitx, multirow and threeparttable",
    why: "the tables that Ergon writes are compiled to see that they do",
    is_there: || {
        let styles = ["booktabs.sty", "siunitx.sty", "multirow.sty", "threeparttable.sty"];
        command::succeeds(Command::new("pdflatex").arg("--version"))
            && styles.iter().all(|style| command::succeeds(Command::new("kpsewhich").arg(style)))
    },
    packages: &["texlive-latex-recommended", "texlive-latex-extra", "texlive-science"],
};

const WEBKIT: Need = Need {
    what: "WebKitGTK 4.1 with its headers",
    why: "Ergon's window is compiled against it",
    is_there: || command::succeeds(Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1"])),
    packages: &["libwebkit2gtk-4.1-dev", "pkg-config"],
};

const WINDOW_DRIVER: Need = Need {
    what: "WebKitWebDriver, Xvfb and a session bus",
    why: "the tests drive Ergon's real window on a screen of their own",
    is_there: || {
        command::succeeds(Command::new("WebKitWebDriver").arg("--help"))
            && command::succeeds(Command::new("xvfb-run").arg("--help"))
            && command::succeeds(Command::new("dbus-run-session").arg("--version"))
    },
    packages: &["webkit2gtk-driver", "xvfb", "xauth", "dbus"],
};

const DEBOOTSTRAP: Need = Need {
    what: "debootstrap",
    why: "the package is tried in a fresh Debian",
    is_there: || command::succeeds(Command::new("debootstrap").arg("--version")),
    packages: &["debootstrap"],
};

const LLAMA: Need = Need {
    what: "cmake, a C++ compiler and libclang",
    why: "the worker for GGUF files compiles llama.cpp, and reads its headers",
    is_there: || {
        command::succeeds(Command::new("cmake").arg("--version"))
            && command::succeeds(Command::new("c++").arg("--version"))
            && libclang_is_there()
    },
    packages: &["cmake", "g++", "libclang-dev"],
};

const KEYCHAIN: Need = Need {
    what: "gnome-keyring and a session bus",
    why: "keys of model providers are kept in a keychain, and read back",
    is_there: || {
        command::succeeds(Command::new("gnome-keyring-daemon").arg("--version"))
            && command::succeeds(Command::new("dbus-run-session").arg("--version"))
    },
    packages: &["gnome-keyring", "dbus"],
};

const VENV: Need = Need {
    what: "python3 with venv and pip",
    why: "the engines that Ergon is compared with are Python packages",
    is_there: || command::succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"])),
    packages: &["python3", "python3-venv"],
};

const NODE: Need = Need {
    what: "node with npm",
    why: "the window's page is written in TypeScript and Svelte",
    is_there: || {
        command::succeeds(Command::new("node").arg("--version"))
            && command::succeeds(Command::new("npm").arg("--version"))
    },
    packages: &["nodejs", "npm"],
};

pub(crate) const FOR_DEMO: &[Need] = &[C_COMPILER, PYTHON];
pub(crate) const FOR_TESTS: &[Need] = &[C_COMPILER, PYTHON, GIT, WEBKIT, NODE];
pub(crate) const FOR_WINDOW: &[Need] = &[C_COMPILER, WEBKIT, WINDOW_DRIVER, NODE];
pub(crate) const FOR_FRESH_ROOT: &[Need] = &[DEBOOTSTRAP];
pub(crate) const FOR_ENGINES: &[Need] = &[VENV];
pub(crate) const FOR_KEYCHAIN: &[Need] = &[KEYCHAIN];
pub(crate) const FOR_LLAMA: &[Need] = &[LLAMA, VENV];
pub(crate) const FOR_LATEX: &[Need] = &[LATEX];

/// Sees to it that everything is there. The error says what isn't, why it is needed and which command brings it.
pub(crate) fn ensure(needs: &[Need]) -> Result<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        println!("missing: {} — {}", need.what, need.why);
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    let by_hand = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    let as_root = match may_install() {
        Ok(as_root) => as_root,
        Err(why) => bail!("not installed by this task, because {why}; on Debian or Ubuntu: sudo {by_hand}"),
    };
    apt(&as_root, &packages).with_context(|| format!("the installation failed; by hand: sudo {by_hand}"))?;
    if let Some(need) = self::missing(needs).first() {
        bail!("`{by_hand}` went through, but {} is still not found; look at PATH", need.what);
    }
    Ok(())
}

fn missing(needs: &[Need]) -> Vec<&Need> {
    needs.iter().filter(|need| !(need.is_there)()).collect()
}

/// Whether this task may install anything at all.
pub(crate) fn is_allowed() -> bool {
    std::env::var_os("ERGON_NO_INSTALL").is_none_or(|value| value.is_empty() || value == "0")
}

/// The words to put before `apt-get`, or why it may not be called.
fn may_install() -> Result<Vec<&'static str>, &'static str> {
    if !is_allowed() {
        return Err("ERGON_NO_INSTALL is set");
    }
    if !command::succeeds(Command::new("apt-get").arg("--version")) {
        return Err("this system has no apt-get");
    }
    if command::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0") {
        return Ok(vec![]);
    }
    if command::succeeds(Command::new("sudo").args(["-n", "true"])) {
        return Ok(vec!["sudo", "-n"]);
    }
    Err("that takes root, and sudo asks for a password here")
}

/// Installs Debian packages. With an archive folder of its own: images for containers empty the usual one after every
/// dpkg run, which breaks an apt-get that runs at the same time.
fn apt(as_root: &[&str], packages: &[&str]) -> Result<()> {
    let archives = archives_folder();
    std::fs::create_dir_all(archives.join("partial")).with_context(|| format!("can't make {}", archives.display()))?;
    let apt_get = |arguments: &[&str]| {
        let mut words = as_root.to_vec();
        words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=600"]);
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg("-o").arg(format!("Dir::Cache::archives={}", archives.display()));
        command.args(arguments);
        println!("$ {}", command::shown(&command));
        command::run(&mut command)
    };
    apt_get(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    let installed = apt_get(&arguments);
    // Hundreds of megabytes for LaTeX. Where sudo made them root's they stay for the system to clean up.
    let _ = std::fs::remove_dir_all(&archives);
    installed
}

fn archives_folder() -> PathBuf {
    std::env::temp_dir().join(format!("ergon-xtask-debs-{}", std::process::id()))
}

/// Where `bindgen` looks for it.
fn libclang_is_there() -> bool {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path().join("lib"));
    let named = std::env::var_os("LIBCLANG_PATH").map(PathBuf::from);
    folders.chain(named).filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten().any(|file| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libclang.so") || name.starts_with("libclang-") && name.contains(".so")
    })
}

fn c_compiles() -> bool {
    let child = Command::new("cc")
        .args(["-x", "c", "-fsyntax-only", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    let written = match child.stdin.take() {
        Some(mut input) => input.write_all(b"#include <stdio.h>\nint main(void) { return 0; }\n").is_ok(),
        None => false,
    };
    child.wait().is_ok_and(|status| status.success()) && written
}

/// The cargo tools that come with the toolchain.
pub(crate) fn ensure_toolchain() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !command::succeeds(command::cargo().args([subcommand, "--version"])) {
            bail!("`cargo {subcommand}` is missing: rustup component add {component}");
        }
    }
    Ok(())
}

const CARGO_DENY: &str = "0.20.2";

/// cargo-deny, compiled once into cargo's own folder. Without its default features: those are for fetching the
/// advisory database, which we don't ask for. Unoptimised: that takes 1.6 minutes of one core to compile instead of 4,
/// and a check then takes 2.6 s instead of 0.9 s.
pub(crate) fn ensure_cargo_deny() -> Result<()> {
    if command::succeeds(command::cargo().args(["deny", "--version"])) {
        return Ok(());
    }
    let mut install = command::cargo();
    install.args(["install", "cargo-deny", "--locked", "--debug", "--no-default-features", "--version", CARGO_DENY]);
    // Its object files are of no use to anything else, and a target folder of ours must not grow by them.
    install.env_remove("CARGO_TARGET_DIR");
    println!("cargo-deny is missing; compiling it takes minutes, once:\n$ {}", command::shown(&install));
    command::run(&mut install).context("cargo-deny can't be installed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_missing() {
        const THERE: Need = Need { what: "a thing", why: "a reason", is_there: || true, packages: &["thing"] };
        const ABSENT: Need = Need { what: "no thing", why: "a reason", is_there: || false, packages: &["no-thing"] };
        let needs = [THERE, ABSENT];
        let missing: Vec<&str> = missing(&needs).iter().map(|need| need.what).collect();
        assert_eq!(missing, ["no thing"]);
        assert!(ensure(&[THERE]).is_ok());
    }
}
