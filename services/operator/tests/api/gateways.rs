//! Gateways come at once and leave one by one.

use k8s_openapi::api::apps::v1::Deployment;
use serde_json::json;

use crate::world::World;

async fn wanted(world: &World) -> i32 {
    let gateway = world.api::<Deployment>().get("gateway").await.unwrap();
    gateway.spec.unwrap().replicas.unwrap()
}

/// Waits until so many are wanted.
async fn falls_to(world: &World, count: i32) {
    world
        .until(&format!("{count} are wanted"), async || {
            (wanted(world).await == count).then_some(())
        })
        .await;
}

fn load(world: &World, pods: &[String], connections: &[u32]) {
    world.fakes.set(|state| {
        for (pod, connections) in pods.iter().zip(connections) {
            state.connections.insert(pod.clone(), *connections);
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn gateways_come_at_once_and_the_emptiest_leaves_first() {
    let world = World::new().await;
    world.messenger(json!({})).await;
    let two = world.counted(2).await;
    load(&world, &two, &[300, 100]);
    let four = world.counted(4).await;

    // Less is left for two, and the fourth has the fewest.
    load(&world, &four, &[60, 50, 40, 1]);
    world
        .until("two are enough", async || {
            let there = world.gateways().await.len();
            (there == 2 && wanted(&world).await == 2).then_some(())
        })
        .await;

    let left = world.fakes.get(|state| state.drained.clone());
    assert_eq!(left, [four[3].clone(), four[2].clone()]);
    world.reason("Draining", "Idle").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn an_operator_that_is_killed_in_a_drain_is_followed_by_one_that_ends_it() {
    let mut world = World::new().await;
    world
        .messenger(json!({ "gateway": { "scaling": { "min": 1 } } }))
        .await;
    let two = world.counted(2).await;
    world.fakes.set(|state| state.stubborn = true);
    load(&world, &two, &[50, 5]);
    world.reason("Draining", "GatewayLeaving").await;
    world.kill().await;
    assert_eq!(wanted(&world).await, 2);

    world.fakes.set(|state| state.stubborn = false);
    world.start();

    falls_to(&world, 1).await;
    assert_eq!(
        world.fakes.get(|state| state.drained.clone()),
        [two[1].clone()]
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn with_a_registry_that_forgot_or_is_away_nobody_leaves() {
    let world = World::new().await;
    world.messenger(json!({})).await;
    let two = world.counted(2).await;
    load(&world, &two, &[300, 0]);
    let three = world.counted(3).await;

    world.fakes.set(|state| state.stale = true);
    load(&world, &three, &[0, 0, 0]);
    world.reason("ScalingActive", "RegistryStale").await;
    world.fakes.set(|state| state.away = true);
    world.reason("ScalingActive", "RegistryUnavailable").await;
    assert_eq!(wanted(&world).await, 3);
    assert!(world.fakes.get(|state| state.drained.is_empty()));

    world
        .fakes
        .set(|state| (state.stale, state.away) = (false, false));
    falls_to(&world, 2).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn whoever_writes_the_scale_decides_in_mode_external() {
    let world = World::new().await;
    let external = json!({ "gateway": { "replicas": 3, "scaling": { "mode": "External" } } });
    world.messenger(external).await;
    world.counted(3).await;

    let fewer = json!({ "spec": { "gateway": { "replicas": 2 } } });
    world
        .change::<operator::resources::Messenger>("chappe", fewer)
        .await;
    falls_to(&world, 2).await;
    assert_eq!(world.fakes.get(|state| state.drained.len()), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn a_registry_that_goes_away_in_a_drain_brings_nobody_new() {
    let world = World::new().await;
    world
        .messenger(json!({ "gateway": { "scaling": { "min": 1 } } }))
        .await;
    let two = world.counted(2).await;
    world.fakes.set(|state| state.stubborn = true);
    load(&world, &two, &[50, 5]);
    world.reason("Draining", "GatewayLeaving").await;
    world.fakes.set(|state| state.away = true);
    world.reason("ScalingActive", "RegistryUnavailable").await;

    // The drain's deadline passes as well.
    let less = json!({ "spec": { "gateway": { "drain": { "timeoutSeconds": 5 } } } });
    world
        .change::<operator::resources::Messenger>("chappe", less)
        .await;
    world.reason("Draining", "GatewayLeaving").await;
    assert_eq!(wanted(&world).await, 2);

    world
        .fakes
        .set(|state| (state.away, state.stubborn) = (false, false));
    falls_to(&world, 1).await;
    world.end().await;
}
