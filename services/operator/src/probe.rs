//! Asks addresses until they answer well: what `helm test` runs, in an image without a shell.

use std::time::Duration;

use anyhow::bail;
use tokio::time::{Instant, sleep};
use url::Url;

const EACH_WITHIN: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_secs(1);

/// Asks each until it answers with success; fails when one has not by then.
pub(crate) async fn run(urls: &[Url], patience: Duration) -> anyhow::Result<()> {
    let client = reqwest::Client::builder().timeout(EACH_WITHIN).build()?;
    let deadline = Instant::now() + patience;
    for url in urls {
        loop {
            let answer = match client.get(url.clone()).send().await {
                Ok(answer) if answer.status().is_success() => break,
                Ok(answer) => answer.status().to_string(),
                Err(error) => error.to_string(),
            };
            if Instant::now() >= deadline {
                bail!("{url} does not answer well: {answer}");
            }
            sleep(PAUSE).await;
        }
        println!("ok  {url}");
    }
    Ok(())
}
