//! Running other programs so that a failure says which command it was.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

/// The command as one could type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    // Where the toolchain keeps cargo is nothing one would type.
    let is_cargo = program.file_stem().is_some_and(|stem| stem == "cargo");
    let mut words = vec![if is_cargo { "cargo".to_owned() } else { program.display().to_string() }];
    words.extend(command.get_args().map(|word| {
        let word = word.to_string_lossy();
        if word.is_empty() || word.contains(|c: char| c.is_whitespace() || "'\"$`\\*?;&|<>(){}".contains(c)) {
            format!("'{}'", word.replace('\'', r"'\''"))
        } else {
            word.into_owned()
        }
    }));
    words.join(" ")
}

/// Runs it with our own output streams; anything but success is an error that names the command.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("can't start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs it and gives back what it printed; anything but success is an error with its last words.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    captured(command.stderr(Stdio::piped()))
}

/// The same, with its errors shown as they come.
pub(crate) fn output_beside_stderr(command: &mut Command) -> Result<String> {
    captured(command.stderr(Stdio::inherit()))
}

fn captured(command: &mut Command) -> Result<String> {
    let Output { status, stdout, stderr } =
        command.stdin(Stdio::null()).output().with_context(|| format!("can't start `{}`", shown(command)))?;
    if !status.success() {
        let last_words = format!("\n{}", String::from_utf8_lossy(&stderr));
        bail!("`{}` ended with {status}{}", shown(command), last_words.trim_end());
    }
    String::from_utf8(stdout).with_context(|| format!("`{}` printed something that is not UTF-8", shown(command)))
}

/// Whether it can be started and ends well; says nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The cargo that started us, so that `cargo +toolchain xtask` stays with its toolchain.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let mut command = Command::new("ergon");
        command.args(["run", "my spec.yaml", "it's", ""]);
        assert_eq!(shown(&command), r"ergon run 'my spec.yaml' 'it'\''s' ''");
        assert_eq!(shown(Command::new("/home/me/.rustup/bin/cargo").arg("test")), "cargo test");
    }

    #[test]
    fn a_failure_names_the_command_and_its_last_words() {
        let error = output(Command::new("sh").args(["-c", "echo no room >&2; exit 7"])).unwrap_err().to_string();
        assert!(error.contains("sh -c") && error.contains("exit status: 7") && error.contains("no room"), "{error}");
        let error = run(&mut Command::new("/nowhere/at-all")).unwrap_err().to_string();
        assert!(error.contains("/nowhere/at-all"), "{error}");
    }
}
