//! Programs that the tests run, each with a deadline.

use std::ffi::OsStr;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

/// Runs a program with this input and answers what it printed. The error is what it complained of.
pub(super) async fn run(
    program: &str,
    arguments: &[impl AsRef<OsStr>],
    input: &str,
    within: Duration,
) -> Result<String> {
    let shown = || {
        let arguments = arguments
            .iter()
            .map(|argument| argument.as_ref().to_string_lossy());
        format!("{program} {}", arguments.collect::<Vec<_>>().join(" "))
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{program} can't be started"))?;
    let mut stdin = child.stdin.take().context("the input is piped")?;
    let talk = async {
        // A program that does not read its input says why at its end.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        child.wait_with_output().await
    };
    let output = timeout(within, talk)
        .await
        .with_context(|| format!("not done within {within:?}: {}", shown()))??;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("{}: {}", shown(), complaint.trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}
