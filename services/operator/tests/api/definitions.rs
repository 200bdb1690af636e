//! What the API server refuses, by the definitions' own rules.

use operator::resources::{Messenger, TelegramBot};
use serde_json::{Value, json};

use crate::world::{World, messenger};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn resources_that_make_no_sense_are_refused_with_the_reason() {
    let world = World::new().await;
    for (change, reason) in [
        (
            json!({ "gateway": { "scaling": { "min": 5, "max": 2 } } }),
            "min must not be greater than max",
        ),
        (
            json!({ "gateway": { "replicas": 3 } }),
            "the operator chooses the number of gateways",
        ),
        (
            json!({ "gateway": { "drain": { "minSeconds": 60, "timeoutSeconds": 30 } } }),
            "minSeconds must not be greater",
        ),
        (
            json!({ "kafka": { "topics": { "partitions": { "other": 3 } } } }),
            "topics are chat.events.v1",
        ),
        (json!({ "version": "" }), "spec.version"),
    ] {
        let refused = world.create::<Messenger>(messenger("bad", change)).await;
        let message = refused.expect_err(reason).to_string();
        assert!(message.contains(reason), "{message}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn what_can_not_be_changed_is_refused_with_the_reason() {
    let world = World::new().await;
    let api = world.api::<Messenger>();
    world
        .create::<Messenger>(messenger("chappe", json!({ "paused": true })))
        .await
        .unwrap();
    for (change, reason) in [
        (
            json!({ "database": { "secretRef": { "name": "other" } } }),
            "the database can't be changed",
        ),
        (
            json!({ "kafka": { "topics": { "partitions": { "chat.events.v1": 4 } } } }),
            "partitions can't become fewer",
        ),
        (
            json!({ "kafka": { "topics": { "partitions": { "chat.events.v1": null } } } }),
            "partitions can't become fewer",
        ),
    ] {
        let patch = kube::api::Patch::Merge(json!({ "spec": change }));
        let refused = api
            .patch("chappe", &kube::api::PatchParams::default(), &patch)
            .await;
        let message = refused.expect_err(reason).to_string();
        assert!(message.contains(reason), "{message}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn bots_that_make_no_sense_are_refused_with_the_reason() {
    let world = World::new().await;
    let room = "01936b2e-7c00-7000-8000-0000000000aa";
    let bot = |bridges: Value| {
        json!({
            "apiVersion": "chappe.dev/v1alpha1",
            "kind": "TelegramBot",
            "metadata": { "name": "support" },
            "spec": { "tokenSecretRef": { "name": "telegram", "key": "token" }, "bridges": bridges },
        })
    };
    for (bridges, reason) in [
        (
            json!([{ "chat": 1, "room": room }, { "chat": 2, "room": room }]),
            "a room can be bridged with one chat",
        ),
        (
            json!([{ "chat": 1, "room": room }, { "chat": 1, "room": "01936b2e-7c00-7000-8000-0000000000ab" }]),
            "Duplicate value",
        ),
        (
            json!([{ "chat": 1, "room": "general" }]),
            "spec.bridges[0].room",
        ),
    ] {
        let refused = world.create::<TelegramBot>(bot(bridges)).await;
        let message = refused.expect_err(reason).to_string();
        assert!(message.contains(reason), "{message}");
    }
    world.end().await;
}
