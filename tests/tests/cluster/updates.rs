//! New versions of everything, while people write.

use e2e::cluster::SERVICES;
use serde_json::json;

use crate::{Stage, figure};

pub(crate) async fn every_service_is_replaced_under_load_and_nothing_is_lost(stage: &Stage) {
    let installation = &stage.installation;
    let crowd = installation.crowd().await;
    for service in SERVICES {
        let before = installation.pods(service).await.unwrap();
        let updating = async {
            // Pods with another annotation are other pods, as with another image.
            let changes =
                json!({ service: { "podAnnotations": { "chappe.dev/test": "updated" } } });
            installation.upgrade(&stage.charts, &changes).await.unwrap();
            installation.whole(service, &before).await.unwrap();
        };
        let ((), outcome) = crowd.write_during(updating).await;
        figure(&format!("update of {service}"), &outcome);
        outcome.assert_whole();
    }
    installation.settled().await.unwrap();
}
