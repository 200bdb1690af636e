//! One server process.

use std::{
    ffi::OsString,
    fs::File,
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep};

use super::Cores;
use crate::load::{http::Http, process::Process};

const START_WAIT: Duration = Duration::from_mins(1);
const STOP_WAIT: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(20);

/// A process that ends with this value.
pub(super) struct Server {
    pub(super) process: Process,
    child: Child,
    admin: SocketAddr,
    log: PathBuf,
}

/// How a server is started.
pub(super) struct Start<'a> {
    pub(super) program: &'a str,
    /// Unique in this world.
    pub(super) name: String,
    /// Environment variables without their prefix `CHAPPE_`.
    pub(super) settings: Vec<(&'static str, String)>,
    pub(super) admin: SocketAddr,
    pub(super) cores: Cores,
}

impl Server {
    /// Starts it; its log goes to `target/load`.
    pub(super) fn start(start: Start<'_>) -> anyhow::Result<Self> {
        let program = program(start.program)?;
        let folder = program.with_file_name("../load");
        std::fs::create_dir_all(&folder)?;
        let log = folder.join(format!("{}.log", start.name));
        let mut command = match start.cores {
            Cores::Shared => Command::new(&program),
            Cores::GatewayAlone => {
                let mut command = Command::new("taskset");
                command.args([OsString::from("-c"), "0".into(), program.clone().into()]);
                command
            }
        };
        // Settings of the tests' own servers would be refused as unknown ones.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CHAPPE_") {
                command.env_remove(name);
            }
        }
        for (name, value) in &start.settings {
            command.env(format!("CHAPPE_{name}"), value);
        }
        let child = command
            .env("CHAPPE_ADMIN_LISTEN", start.admin.to_string())
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?)
            .spawn()
            .with_context(|| format!("{} can't be started", program.display()))?;
        Ok(Self {
            process: Process {
                name: start.name,
                pid: child.id(),
            },
            child,
            admin: start.admin,
            log,
        })
    }

    /// Waits until it says that it is ready.
    pub(super) async fn ready(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + START_WAIT;
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "{} ended ({status}); its log is {}",
                    self.process.name,
                    self.log.display()
                );
            }
            if self.says_ready().await.unwrap_or(false) {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!(
                    "{} is not ready after {START_WAIT:?}; its log is {}",
                    self.process.name,
                    self.log.display()
                );
            }
            sleep(POLL).await;
        }
    }

    async fn says_ready(&self) -> anyhow::Result<bool> {
        let mut http = Http::connect(self.admin).await?;
        let (status, _) = http.ask("GET", "/readyz", None, "").await?;
        Ok(status == 200)
    }

    /// Asks it to stop.
    pub(super) fn terminate(&self) {
        if let Some(pid) = i32::try_from(self.process.pid).ok().and_then(Pid::from_raw) {
            // It may have ended by itself.
            let _ = kill_process(pid, Signal::TERM);
        }
    }

    /// Waits until it has stopped; not for ever.
    pub(super) async fn ended(&mut self) {
        let deadline = Instant::now() + STOP_WAIT;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            sleep(POLL).await;
        }
        eprintln!("load: {} did not stop and is killed", self.process.name);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Server programs are beside this one.
fn program(name: &str) -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(name);
    if !program.exists() {
        bail!(
            "there is no {}: build it with `cargo build --release -p {name}`",
            program.display()
        );
    }
    Ok(program)
}
