//! The file of all bots, which somebody else writes: it is looked at for as long as the process lives.

mod format;

use std::{io, path::PathBuf, time::Duration};

use sha2::{Digest as _, Sha256};
use tokio::{fs::File, io::AsyncReadExt as _, sync::watch};

use crate::domain::bot::Bot;
pub use format::Refusal;

/// Kubernetes changes a mounted Secret by moving a link, so contents are compared: of the file itself
/// there are no events.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// The largest file.
pub const LARGEST: u64 = 1024 * 1024;

/// The bots that are configured: one by the settings, and those in the file.
pub struct BotsFile {
    own: Option<Bot>,
    path: Option<PathBuf>,
    seen: Option<Seen>,
}

/// What was found the last time.
#[derive(PartialEq, Eq)]
enum Seen {
    Missing,
    Contents([u8; 32]),
    Unreadable(io::ErrorKind),
}

impl BotsFile {
    /// The file at `path`, and beside it the bot `own`.
    pub fn new(own: Option<Bot>, path: Option<PathBuf>) -> Self {
        let seen = None;
        Self { own, path, seen }
    }

    /// Tells which bots are wanted, and again whenever that changes, until it is dropped.
    pub async fn run(mut self, wanted: watch::Sender<Vec<Bot>>) {
        wanted.send_replace(self.own.iter().cloned().collect());
        let Some(path) = self.path.clone() else {
            return wanted.closed().await;
        };
        let path = path.display();
        loop {
            match self.look().await {
                None => {}
                Some(Ok(bots)) => {
                    tracing::info!(%path, bots = bots.len(), "the bots are read");
                    wanted.send_replace(bots);
                }
                Some(Err(refusal)) => {
                    tracing::warn!(%path, reason = %refusal, "the file of bots is refused; nothing changes");
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// The bots that are wanted, or why the file is refused; `None` while it is as it was. No file is a
    /// file without bots.
    pub async fn look(&mut self) -> Option<Result<Vec<Bot>, Refusal>> {
        let path = self.path.as_ref()?;
        let (seen, bots) = match contents(path).await {
            Ok(contents) => {
                let seen = Seen::Contents(Sha256::digest(&contents).into());
                (seen, format::read(&contents))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                (Seen::Missing, Ok(Vec::new()))
            }
            Err(error) => {
                let seen = Seen::Unreadable(error.kind());
                (seen, Err(Refusal::Unreadable(error.to_string())))
            }
        };
        if self.seen.as_ref() == Some(&seen) {
            return None;
        }
        self.seen = Some(seen);
        Some(bots.and_then(|bots| self.with_own(bots)))
    }

    fn with_own(&self, bots: Vec<Bot>) -> Result<Vec<Bot>, Refusal> {
        if let Some(own) = &self.own
            && bots.iter().any(|bot| bot.name == own.name)
        {
            return Err(Refusal::OwnName(own.name.clone()));
        }
        Ok(self.own.iter().cloned().chain(bots).collect())
    }
}

/// At most one byte more than is allowed.
async fn contents(path: &PathBuf) -> io::Result<Vec<u8>> {
    let mut contents = Vec::new();
    let file = File::open(path).await?;
    file.take(LARGEST + 1).read_to_end(&mut contents).await?;
    Ok(contents)
}
