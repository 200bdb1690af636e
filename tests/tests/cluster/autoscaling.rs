//! Replicas that Kubernetes chooses by their load.

use std::time::Duration;

use e2e::cluster::Installation;
use e2e::eventually;
use serde_json::json;

use crate::{Stage, figure};

/// Metrics are read every 15 s, and looked at every 15 s.
const SOON: Duration = Duration::from_mins(2);
/// Each of 100 clients writes so often: more than one replica should do.
const BUSY: Duration = Duration::from_millis(330);
/// And so often where one replica is enough.
const QUIET: Duration = Duration::from_secs(10);

pub(crate) async fn notification_follows_its_load_and_nothing_is_lost(stage: &Stage) {
    let installation = &stage.installation;
    let upgrade = async |notification| {
        let changes = json!({ "notification": notification });
        installation.upgrade(&stage.charts, &changes).await.unwrap();
    };
    upgrade(json!({ "autoscaling": {
        "enabled": true,
        "minReplicas": 1,
        "maxReplicas": 3,
        "targetCPUUtilizationPercentage": 100,
        "behavior": {
            "scaleUp": { "stabilizationWindowSeconds": 0 },
            "scaleDown": { "stabilizationWindowSeconds": 0 },
        },
    }}))
    .await;
    are(installation, 1).await;

    let busy = installation.crowd().await.one_of_each().writing_every(BUSY);
    let ((), outcome) = busy.write_during(are(installation, 3)).await;
    figure("notification from 1 to 3 by its load", &outcome);
    outcome.assert_whole();

    let quiet = busy.writing_every(QUIET);
    let ((), outcome) = quiet.write_during(are(installation, 1)).await;
    figure("notification from 3 to 1", &outcome);
    outcome.assert_whole();

    upgrade(json!({ "autoscaling": { "enabled": false } })).await;
    installation.settled().await.unwrap();
}

async fn are(installation: &Installation, count: usize) {
    let what = format!("there are {count} replicas of notification");
    eventually(&what, SOON, async || {
        let pods = installation.pods("notification").await.ok()?;
        (pods.len() == count).then_some(())
    })
    .await;
    installation.whole("notification", &[]).await.unwrap();
}
