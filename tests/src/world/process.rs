//! One process of a world: started, killed, paused, and started again as it was.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};

/// How long a process that was told to end may take.
const ENDING: Duration = Duration::from_secs(40);

/// A process of Chappe.
#[derive(Debug)]
pub struct Process {
    /// The service's name and, where there are several, a number: `chat-1`.
    pub name: String,
    program: PathBuf,
    arguments: Vec<String>,
    admin: SocketAddr,
    log: PathBuf,
    child: Mutex<Option<Child>>,
}

impl Process {
    /// Starts one of the project's binaries. It ends with the thread that calls this, whatever happens.
    pub async fn start(
        name: String,
        binary: &str,
        arguments: Vec<String>,
        admin: SocketAddr,
        logs: &Path,
    ) -> Result<Self> {
        let process = Self {
            log: logs.join(format!("{name}.log")),
            program: binary_named(binary)?,
            name,
            arguments,
            admin,
            child: Mutex::new(None),
        };
        let _ = std::fs::remove_file(&process.log);
        process.start_again().await?;
        Ok(process)
    }

    /// Starts it as it was started first, where it does not run.
    pub async fn start_again(&self) -> Result<()> {
        let mut child = self.child.lock().await;
        ensure!(child.is_none(), "{} runs already", self.name);
        *child = Some(
            self.command()?
                .args(&self.arguments)
                .spawn()
                .with_context(|| format!("starting {}", self.name))?,
        );
        Ok(())
    }

    /// Has its binary carry out a command, which needs one of the settings that the process has.
    pub async fn carry_out(&self, command: &str, setting: &str) -> Result<()> {
        let place = self.arguments.iter().position(|flag| flag == setting);
        let place = place.with_context(|| format!("{} has no {setting}", self.name))?;
        let mut child = self.command()?;
        child.arg(command).args(&self.arguments[place..=place + 1]);
        let status = timeout(ENDING, child.status()).await??;
        ensure!(
            status.success(),
            "{command} failed; its log is {}",
            self.log.display()
        );
        Ok(())
    }

    fn command(&self) -> Result<Command> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL"])
            .arg(&self.program)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true);
        // The services refuse settings that they do not know, and the tests have some of their own.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CHAPPE_")) {
            command.env_remove(name);
        }
        Ok(command)
    }

    /// Waits until it says that it is ready.
    pub async fn ready(&self, within: Duration) -> Result<()> {
        let deadline = Instant::now() + within;
        let url = format!("http://{}/readyz", self.admin);
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(2))
            .build()?;
        loop {
            let answer = http.get(&url).send().await;
            if answer
                .as_ref()
                .is_ok_and(|answer| answer.status().is_success())
            {
                return Ok(());
            }
            if let Some(status) = self.ended().await? {
                bail!(
                    "{} ended with {status}; its log is {}",
                    self.name,
                    self.log.display()
                );
            }
            if Instant::now() > deadline {
                let state = match answer {
                    Ok(answer) => answer.text().await.unwrap_or_default(),
                    Err(error) => error.to_string(),
                };
                bail!(
                    "{} is not ready after {within:?} ({state}); its log is {}",
                    self.name,
                    self.log.display()
                );
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    async fn ended(&self) -> Result<Option<String>> {
        match &mut *self.child.lock().await {
            Some(child) => Ok(child.try_wait()?.map(|status| status.to_string())),
            None => Ok(Some("the test's own kill".to_owned())),
        }
    }

    /// SIGKILL.
    pub async fn kill(&self) {
        if let Some(mut child) = self.child.lock().await.take() {
            // It may have ended by itself.
            let _ = child.kill().await;
        }
    }

    /// SIGTERM, and waits for the end; whether it ended well.
    pub async fn stop(&self) -> Result<bool> {
        let Some(mut child) = self.child.lock().await.take() else {
            return Ok(true);
        };
        signal(&child, Signal::TERM)?;
        let status = timeout(ENDING, child.wait())
            .await
            .with_context(|| format!("{} did not end within {ENDING:?}", self.name))??;
        Ok(status.success())
    }

    /// SIGSTOP: it keeps its sockets and does nothing.
    pub async fn pause(&self) -> Result<()> {
        self.signal(Signal::STOP).await
    }

    /// SIGCONT.
    pub async fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT).await
    }

    async fn signal(&self, name: Signal) -> Result<()> {
        let child = self.child.lock().await;
        signal(child.as_ref().context("it does not run")?, name)
    }
}

fn signal(child: &Child, name: Signal) -> Result<()> {
    let pid = child.id().context("it has ended")?;
    let pid = Pid::from_raw(pid.try_into()?).context("no pid")?;
    Ok(kill_process(pid, name)?)
}

/// Where the test's own executable was built, and so the others.
pub(super) fn binaries() -> Result<PathBuf> {
    let mut folder = std::env::current_exe()?;
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    Ok(folder)
}

/// The target folder.
pub(super) fn target() -> Result<PathBuf> {
    let mut folder = binaries()?;
    folder.pop();
    Ok(folder)
}

fn binary_named(name: &str) -> Result<PathBuf> {
    let path = binaries()?.join(name);
    ensure!(
        path.exists(),
        "{} is missing: `cargo build --workspace --bins` (with --release for release tests) makes it",
        path.display()
    );
    Ok(path)
}
