//! What a Messenger is told, and what is left alone.

use std::time::{Duration, Instant};

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::Job;
use kube::ResourceExt as _;
use kube::api::ListParams;
use operator::domain::topics::Existing;
use operator::resources::Messenger;
use serde_json::json;

use crate::world::{World, messenger};

async fn jobs(world: &World) -> Vec<Job> {
    world
        .api::<Job>()
        .list(&ListParams::default())
        .await
        .unwrap()
        .items
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn nothing_is_written_while_nothing_changes() {
    let world = World::new().await;
    world.messenger(json!({})).await;
    world.counted(2).await;
    world.reason("Ready", "Serving").await;
    world.reason("Progressing", "Settled").await;

    // Until two looks in a row had nothing to write.
    let look = Duration::from_secs(6);
    let mut writes = world.writes();
    world
        .until("all is told", async || {
            tokio::time::sleep(look).await;
            let before = std::mem::replace(&mut writes, world.writes());
            (before == writes).then_some(())
        })
        .await;
    tokio::time::sleep(look).await;
    assert_eq!(world.writes(), writes);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn a_change_is_followed_at_once() {
    let world = World::new().await;
    world.messenger(json!({})).await;
    world.counted(2).await;
    world.reason("Ready", "Serving").await;

    let began = Instant::now();
    let more = json!({ "spec": { "gateway": { "scaling": { "min": 3 } } } });
    world.change::<Messenger>("chappe", more).await;
    world
        .until("three are wanted", async || {
            let gateway = world.api::<Deployment>().get("gateway").await.unwrap();
            (gateway.spec.unwrap().replicas == Some(3)).then_some(())
        })
        .await;
    println!(
        "a changed Messenger was followed after {:?}",
        began.elapsed()
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn a_paused_messenger_is_only_looked_at() {
    let world = World::new().await;
    let paused = json!({ "paused": true, "gateway": { "scaling": { "min": 4 } } });
    world.messenger(paused).await;
    world.reason("Progressing", "Paused").await;
    let gateway = world.api::<Deployment>().get("gateway").await.unwrap();
    assert_eq!(gateway.spec.unwrap().replicas, Some(2));
    assert!(jobs(&world).await.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn a_migration_waits_for_its_secret_and_its_approval_and_fails_with_a_reason() {
    let world = World::new().await;
    world.messenger(json!({})).await;
    let how = world.reason("SchemaMigrated", "AwaitsApproval").await;
    assert!(how.contains("chappe.dev/approve-migration=1.4.0"), "{how}");

    let approved =
        json!({ "metadata": { "annotations": { "chappe.dev/approve-migration": "1.4.0" } } });
    world.change::<Messenger>("chappe", approved).await;
    let what = world.reason("SchemaMigrated", "SecretMissing").await;
    assert!(what.contains("there is no Secret database"), "{what}");
    world.reason("Degraded", "SecretMissing").await;

    world
        .secret("database", "url", "postgres://nobody@nowhere/none")
        .await;
    world.reason("SchemaMigrated", "Migrating").await;
    let job = jobs(&world).await.pop().unwrap();
    assert_eq!(job.owner_references()[0].kind, "Messenger");

    // The image does nothing, for ever: its time ends.
    let why = world.reason("SchemaMigrated", "MigrationFailed").await;
    assert!(why.contains("remove the Job"), "{why}");
    world.reason("Degraded", "MigrationFailed").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn topics_are_made_and_what_they_lack_is_told() {
    let world = World::new().await;
    let small = Existing {
        partitions: 4,
        replication: 1,
    };
    world.fakes.set(|state| {
        state.topics.insert("chat.events.v1".into(), small);
    });
    let kafka = json!({ "kafka": { "topics": { "replicationFactor": 3 } } });
    world.messenger(kafka).await;

    let what = world.reason("TopicsReady", "TooFewReplicas").await;
    assert!(what.contains("chat.events.v1 has 1 replicas"), "{what}");
    let topics = world.fakes.get(|state| state.topics.clone());
    assert_eq!(topics["chat.events.v1"].partitions, 8);
    assert_eq!(topics["telegram.messages.v1"].replication, 3);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn of_two_messengers_for_the_same_gateways_the_younger_does_nothing() {
    let world = World::new().await;
    world.messenger(json!({})).await;
    world.counted(2).await;
    world.reason("Ready", "Serving").await;

    let rival = messenger("rival", json!({ "gateway": { "scaling": { "min": 5 } } }));
    world.create::<Messenger>(rival).await.unwrap();
    let what = world
        .until("the rival is told", async || {
            let (_, reason, message) = world.condition("rival", "Degraded").await?;
            (reason == "Conflict").then_some(message)
        })
        .await;
    assert!(what.contains("the Messenger chappe"), "{what}");
    assert_eq!(world.gateways().await.len(), 2);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn a_missing_deployment_is_told_and_holds_up_nothing_else() {
    let world = World::new().await;
    let bot = json!({ "components": { "bot": { "deploymentName": "bot" } }, "gateway": { "scaling": { "min": 3 } } });
    world.messenger(bot).await;
    let what = world.reason("Degraded", "ComponentMissing").await;
    assert!(what.contains("there is no Deployment bot"), "{what}");
    world.counted(3).await;
    world.end().await;
}
