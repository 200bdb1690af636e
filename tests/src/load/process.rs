//! Server processes: their memory and their CPU time, as Linux tells.

use std::{fs, time::Duration};

use anyhow::{Context as _, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the tool asks for, and what it needs for 10,000 connections; the servers inherit the limit.
const OPEN_FILES: u64 = 65_536;
const NEEDED: u64 = 12_000;

/// The kernel counts CPU time in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// A server process.
#[derive(Clone, Debug)]
pub(super) struct Process {
    pub(super) name: String,
    pub(super) pid: u32,
}

impl Process {
    /// User and system time so far.
    pub(super) fn cpu(&self) -> anyhow::Result<Duration> {
        let path = format!("/proc/{}/stat", self.pid);
        let stat = fs::read_to_string(&path)
            .with_context(|| format!("{} is gone: no {path}", self.name))?;
        // The name in parentheses may contain anything; user and system time are fields 14 and 15.
        let fields = stat.rsplit(") ").next().unwrap_or_default();
        let mut times = fields.split(' ').skip(11).map(str::parse::<u32>);
        match (times.next(), times.next()) {
            (Some(Ok(user)), Some(Ok(system))) => Ok(TICK * (user + system)),
            _ => bail!("{path} can't be understood"),
        }
    }

    /// Resident memory in KB.
    pub(super) fn resident_kb(&self) -> anyhow::Result<f64> {
        let path = format!("/proc/{}/smaps_rollup", self.pid);
        let rollup = fs::read_to_string(&path)
            .with_context(|| format!("{} is gone: no {path}", self.name))?;
        let line = rollup.lines().find(|line| line.starts_with("Rss:"));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
            .with_context(|| format!("{path} has no Rss"))
    }
}

/// Raises the limit of open files for this process and those that it starts.
pub(super) fn raise_open_files() -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= OPEN_FILES) {
        return Ok(());
    }
    // Root may raise the upper limit; others go as far as that allows.
    let wanted = Rlimit {
        current: Some(OPEN_FILES),
        maximum: limit.maximum.map(|maximum| maximum.max(OPEN_FILES)),
    };
    if setrlimit(Resource::Nofile, wanted).is_ok() {
        return Ok(());
    }
    let most = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, most)?;
    if let Some(maximum) = limit.maximum
        && maximum < NEEDED
    {
        eprintln!(
            "load: only {maximum} files may be open at a time, too few for 10,000 connections; \
             `ulimit -Hn {OPEN_FILES}` as root raises that"
        );
    }
    Ok(())
}
