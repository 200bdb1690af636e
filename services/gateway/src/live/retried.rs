//! Calls that may be repeated, while a replica that died is replaced.

use std::time::Duration;

use tokio::time::sleep;
use tonic::{Code, Status};

const TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// Repeats a call whose repetition is harmless as long as nobody answers it.
pub(crate) async fn retried<T, F>(mut call: impl FnMut() -> F) -> Result<T, Status>
where
    F: Future<Output = Result<T, Status>>,
{
    let mut tries = 1;
    loop {
        match call().await {
            Err(status) if status.code() == Code::Unavailable && tries < TRIES => {
                sleep(FIRST_PAUSE * 2_u32.pow(tries)).await;
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}
