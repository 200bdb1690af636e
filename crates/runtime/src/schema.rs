//! The schema of a service's database: who brings it up to date, what is told about it, and waiting until
//! it is there. How it is done is the service's business.

use std::{fmt, io, path::PathBuf, time::Duration};

use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::{Shutdown, health::Component};

/// How often a process that waits looks.
const LOOK: Duration = Duration::from_secs(1);
/// How long it waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Kubernetes keeps 4096 bytes of a termination message, and what is cut is no JSON any more.
const LONGEST_REASON: usize = 1000;

/// Who brings the schema up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Migrations {
    /// This process, when it starts
    Apply,
    /// The command `migrate`, which this process waits for
    Await,
}

/// What a migration did: the numbers of the newest migration in the database before and after it; 0 is
/// none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Before.
    pub from: i64,
    /// After.
    pub to: i64,
}

impl fmt::Display for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        if from == to {
            return write!(f, "the schema is up to date, at migration {to}");
        }
        write!(f, "the schema was at migration {from} and is at {to} now")
    }
}

/// Where the outcome of a migration is written for other programs to read.
#[derive(Clone, Debug, clap::Args)]
pub struct Report {
    /// Write the outcome to this file, such as Kubernetes' termination log: {"from":0,"to":1}, the
    /// numbers of the newest migration before and after, or {"error":"…"}
    #[arg(long, env = "CHAPPE_MIGRATION_REPORT", value_name = "FILE")]
    report: Option<PathBuf>,
}

impl Report {
    /// Writes it, where a file was named.
    pub fn write(&self, outcome: &Result<Migration, impl fmt::Display>) -> io::Result<()> {
        let Some(path) = &self.report else {
            return Ok(());
        };
        let report = match outcome {
            Ok(Migration { from, to }) => json!({"from": from, "to": to}),
            // With its causes, as `anyhow` shows them.
            Err(error) => json!({"error": cut(format!("{error:#}"))}),
        };
        std::fs::write(path, format!("{report}\n"))
    }
}

fn cut(mut reason: String) -> String {
    reason.truncate(reason.floor_char_boundary(LONGEST_REASON));
    reason
}

/// Waits until the database has the migration `wanted`, and says meanwhile that it isn't there. Answers
/// false when the process is told to stop before.
pub async fn wait_for<E: fmt::Display>(
    wanted: i64,
    mut newest: impl AsyncFnMut() -> Result<i64, E>,
    component: &Component,
    shutdown: &Shutdown,
) -> bool {
    loop {
        let answer = tokio::select! {
            () = shutdown.soft() => return false,
            answer = timeout(PATIENCE, newest()) => answer,
        };
        let state = match answer {
            Ok(Ok(found)) if found >= wanted => return true,
            Ok(Ok(found)) => format!("the database is at {found}"),
            Ok(Err(error)) => format!("the database does not tell where it is: {error:#}"),
            Err(_) => "the database does not answer".to_owned(),
        };
        component.not_ready(format!("waits for migration {wanted}, {state}"));
        tokio::select! {
            () = shutdown.soft() => return false,
            () = sleep(LOOK) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Health;

    fn reports(outcome: &Result<Migration, String>) -> String {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report");
        let report = Report {
            report: Some(path.clone()),
        };
        report.write(outcome).unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_report_is_json_whatever_is_told() {
        let done = Ok(Migration { from: 0, to: 2 });
        assert_eq!(reports(&done), "{\"from\":0,\"to\":2}\n");
        let refused = Err("it said \"no\"".to_owned());
        assert_eq!(reports(&refused), "{\"error\":\"it said \\\"no\\\"\"}\n");
        let long = reports(&Err("é".repeat(5000)));
        assert!(long.len() < 1100 && long.ends_with("é\"}\n"), "{long}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_waits_for_its_migration_and_says_so() {
        let health = Health::new();
        let component = health.component("schema");
        let mut answers = vec![Ok(2), Ok(1), Err("connection refused"), Ok(0)];
        let mut reasons = Vec::new();
        let newest = async || {
            reasons.extend(health.reasons().into_iter().map(|(_, reason)| reason));
            answers.pop().expect("it stops at the one it waits for")
        };
        let there = wait_for(2, newest, &component, &Shutdown::new(LOOK)).await;
        assert!(there);
        assert_eq!(
            reasons,
            [
                "starting",
                "waits for migration 2, the database is at 0",
                "waits for migration 2, the database does not tell where it is: connection refused",
                "waits for migration 2, the database is at 1",
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_that_waits_stops_when_it_is_told_to() {
        let component = Health::new().component("schema");
        let shutdown = Shutdown::new(LOOK);
        let silent = async || std::future::pending::<Result<i64, String>>().await;
        let stopping = async {
            sleep(Duration::from_mins(1)).await;
            shutdown.trigger();
        };
        let waiting = wait_for(1, silent, &component, &shutdown);
        let (there, ()) = tokio::join!(waiting, stopping);
        assert!(!there);
    }
}
