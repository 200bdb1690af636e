//! All that this process logs, at every level.

use std::{
    io,
    sync::{Mutex, Once, PoisonError},
    time::Duration,
};

use tracing_subscriber::filter::LevelFilter;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Lines;

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        lines.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Collects from now on.
pub(crate) fn collect() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(LevelFilter::TRACE)
            .with_writer(|| Lines)
            .init();
    });
}

/// The lines with this text.
pub(crate) fn lines_with(text: &str) -> Vec<String> {
    find(|line| line.contains(text))
}

/// Waits for such a line.
pub(crate) async fn until(what: &str, is_it: impl Fn(&str) -> bool) {
    let waiting = async {
        while find(&is_it).is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let done = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    assert!(done.is_ok(), "{what}: no such line");
}

fn find(is_it: impl Fn(&str) -> bool) -> Vec<String> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    let lines = String::from_utf8_lossy(&lines);
    let found = lines.lines().filter(|line| is_it(line));
    found.map(str::to_owned).collect()
}
