//! What can't be, or can't be done: refused, or told in a condition; the system serves on.

use std::time::Duration;

use e2e::cluster::{Installation, MESSENGER};
use serde_json::{Value, json};

use crate::Stage;

const SOON: Duration = Duration::from_mins(1);

pub(crate) async fn the_api_server_refuses_what_can_not_be(stage: &Stage) {
    let kubectl = &stage.installation.kubectl;
    let of_messenger = [
        (
            json!({ "gateway": { "scaling": { "min": 5, "max": 3 } } }),
            "min must not be greater than max",
        ),
        (
            json!({ "gateway": { "drain": { "minSeconds": 90 } } }),
            "minSeconds must not be greater than timeoutSeconds",
        ),
        (
            json!({ "gateway": { "replicas": 3 } }),
            "with scaling.mode Registry the operator chooses the number of gateways",
        ),
        (
            json!({ "kafka": { "topics": { "partitions": { "chat.events.v1": 4 } } } }),
            "partitions can't become fewer",
        ),
        (
            json!({ "kafka": { "topics": { "partitions": { "my.topic": 4 } } } }),
            "topics are chat.events.v1 and telegram.messages.v1",
        ),
        (
            json!({ "database": { "secretRef": { "name": "another" } } }),
            "the database can't be changed",
        ),
    ];
    for (spec, word) in of_messenger {
        let fields = json!({ "spec": spec });
        let refusal = kubectl.refusal_of_patch(MESSENGER, &fields).await.unwrap();
        assert!(refusal.contains(word), "{spec}: {refusal}");
    }

    let room = "01936b2e-7c00-7000-8000-0000000000aa";
    let of_bots = [
        (
            json!({ "delivery": "pigeon" }),
            r#"Unsupported value: "pigeon""#,
        ),
        (
            json!({ "bridges": [{ "chat": -1, "room": room }, { "chat": -2, "room": room }] }),
            "a room can be bridged with one chat of a bot",
        ),
        (
            json!({ "bridges": [{ "chat": -1, "room": room }, { "chat": -1, "room": room }] }),
            "Duplicate value",
        ),
        (
            json!({ "bridges": [{ "chat": -1, "room": "the lobby" }] }),
            "spec.bridges[0].room",
        ),
    ];
    for (mut spec, word) in of_bots {
        spec["tokenSecretRef"] = json!({ "name": "token", "key": "token" });
        let bot = json!({
            "apiVersion": "chappe.dev/v1alpha1",
            "kind": "TelegramBot",
            "metadata": { "name": "refused" },
            "spec": spec,
        });
        let refusal = kubectl.refusal_of(&bot).await.unwrap();
        assert!(refusal.contains(word), "{spec}: {refusal}");
    }
}

pub(crate) async fn the_younger_of_two_messengers_for_one_release_stands_back(stage: &Stage) {
    const RIVAL: &str = "messenger/rival";
    let kubectl = &stage.installation.kubectl;
    let older = kubectl.get(MESSENGER).await.unwrap();
    // It would have more gateways.
    let mut spec = older["spec"].clone();
    spec["gateway"]["scaling"]["min"] = 4.into();
    let rival = json!({
        "apiVersion": older["apiVersion"],
        "kind": "Messenger",
        "metadata": { "name": "rival" },
        "spec": spec,
    });

    kubectl.apply(&rival).await.unwrap();

    let conflict = ("True", "Conflict");
    let message = kubectl
        .turns(RIVAL, "Degraded", conflict, SOON)
        .await
        .unwrap();
    assert!(message.contains("chappe"), "{message}");
    let whole = kubectl
        .condition(MESSENGER, "Degraded")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(whole.status, "False", "{whole:?}");
    assert_eq!(stage.installation.pods("gateway").await.unwrap().len(), 2);
    kubectl.delete(RIVAL, SOON).await.unwrap();
    stage.installation.settled().await.unwrap();
}

pub(crate) async fn a_missing_secret_is_told_and_the_system_serves_on(stage: &Stage) {
    let nowhere = json!({ "name": "nowhere", "key": "value" });
    let sasl = json!({ "usernameSecretRef": nowhere, "passwordSecretRef": nowhere });
    let kafka = json!({ "sasl": sasl });
    let message = is_told(&stage.installation, &kafka, "SecretMissing").await;
    assert!(message.contains("there is no Secret nowhere"), "{message}");
    is_mended(&stage.installation, &json!({ "sasl": null })).await;
}

pub(crate) async fn too_few_brokers_are_told_and_the_system_serves_on(stage: &Stage) {
    let kafka = json!({ "topics": { "replicationFactor": 3 } });
    let message = is_told(&stage.installation, &kafka, "TooFewReplicas").await;
    assert!(message.contains("chat.events.v1"), "{message}");
    is_mended(
        &stage.installation,
        &json!({ "topics": { "replicationFactor": 1 } }),
    )
    .await;
}

/// With this about Kafka the topics are not ready for this reason; the message.
async fn is_told(installation: &Installation, kafka: &Value, reason: &str) -> String {
    let kubectl = &installation.kubectl;
    let fields = json!({ "spec": { "kafka": kafka } });
    kubectl.patch(MESSENGER, &fields).await.unwrap();
    let message = kubectl
        .turns(MESSENGER, "TopicsReady", ("False", reason), SOON)
        .await
        .unwrap();
    let ready = kubectl
        .condition(MESSENGER, "Ready")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ready.status, "True", "{ready:?}");
    installation.serves().await;
    message
}

async fn is_mended(installation: &Installation, kafka: &Value) {
    let kubectl = &installation.kubectl;
    let fields = json!({ "spec": { "kafka": kafka } });
    kubectl.patch(MESSENGER, &fields).await.unwrap();
    kubectl
        .turns(MESSENGER, "TopicsReady", ("True", "AsWanted"), SOON)
        .await
        .unwrap();
    installation.settled().await.unwrap();
}
