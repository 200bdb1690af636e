//! Pods that end from one moment to the next, while people write.

use e2e::cluster::SERVICES;

use crate::{Stage, figure};

pub(crate) async fn every_service_is_killed_under_load_and_nothing_is_lost(stage: &Stage) {
    let installation = &stage.installation;
    let crowd = installation.crowd().await;
    for service in SERVICES {
        let killing = async {
            let victim = installation.pods(service).await.unwrap().swap_remove(0);
            installation.kubectl.kill(&victim).await.unwrap();
            installation.whole(service, &[victim]).await.unwrap();
        };
        let ((), outcome) = crowd.write_during(killing).await;
        figure(&format!("a killed {service}"), &outcome);
        outcome.assert_whole();
    }
    installation.settled().await.unwrap();
}
