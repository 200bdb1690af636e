//! Bots are configured by a Secret and told how they are.

use k8s_openapi::api::core::v1::Secret;
use kube::api::DeleteParams;
use operator::domain::bots_file::{FILE, fingerprint};
use operator::ports::{BotReport, BotState};
use operator::resources::TelegramBot;
use serde_json::{Value, json};

use crate::world::World;

const ROOM: &str = "01936b2e-7c00-7000-8000-0000000000aa";

async fn bridged() -> World {
    let world = World::new().await;
    world.messenger(json!({})).await;
    let bot = json!({
        "apiVersion": "chappe.dev/v1alpha1",
        "kind": "TelegramBot",
        "metadata": { "name": "support" },
        "spec": {
            "tokenSecretRef": { "name": "telegram", "key": "token" },
            "bridges": [{ "chat": -1001, "room": ROOM }],
        },
    });
    world.create::<TelegramBot>(bot).await.unwrap();
    world
}

async fn file(world: &World) -> Option<Value> {
    let secret = world.api::<Secret>().get_opt("bots").await.unwrap()?;
    serde_json::from_slice(&secret.data?.get(FILE)?.0).ok()
}

async fn token(world: &World, token: &str) {
    world
        .until("the bot has its token", async || {
            let file = file(world).await?;
            (file["bots"][0]["token"] == token).then_some(())
        })
        .await;
}

async fn reason(world: &World, kind: &str, reason: &str) {
    world
        .until(reason, async || {
            let (_, is, _) = world.bot_condition("support", kind).await?;
            (is == reason).then_some(())
        })
        .await;
}

fn report(token: &str, state: BotState) -> BotReport {
    BotReport {
        name: "support".into(),
        token_version: fingerprint(&token.to_owned().into()),
        state,
        bot_id: Some(7),
        username: Some("support_bot".into()),
        last_error: None,
        bridges: vec![(-1001, ROOM.into(), None)],
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn a_bot_gets_its_token_and_a_new_one_when_its_secret_changes() {
    let world = bridged().await;
    reason(&world, "Ready", "SecretMissing").await;

    world.secret("telegram", "token", "1:one").await;
    token(&world, "1:one").await;
    reason(&world, "Ready", "Configuring").await;
    world
        .fakes
        .set(|state| state.bots = vec![report("1:one", BotState::Bridging)]);
    reason(&world, "Ready", "Bridging").await;

    world.secret("telegram", "token", "1:two").await;
    token(&world, "1:two").await;
    reason(&world, "Ready", "Configuring").await;
    world
        .fakes
        .set(|state| state.bots = vec![report("1:two", BotState::Refused)]);
    reason(&world, "TokenValid", "TokenRefused").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn a_bot_that_is_removed_is_unlinked_first() {
    let world = bridged().await;
    world.secret("telegram", "token", "1:one").await;
    token(&world, "1:one").await;
    world
        .fakes
        .set(|state| state.bots = vec![report("1:one", BotState::Bridging)]);
    reason(&world, "Ready", "Bridging").await;

    let api = world.api::<TelegramBot>();
    api.delete("support", &DeleteParams::default())
        .await
        .unwrap();
    world
        .until("it is out of the file", async || {
            let file = file(&world).await?;
            file["bots"].as_array()?.is_empty().then_some(())
        })
        .await;
    assert!(
        api.get_opt("support").await.unwrap().is_some(),
        "it still works"
    );

    world.fakes.set(|state| state.bots.clear());
    world
        .until("it is gone", async || {
            api.get_opt("support")
                .await
                .unwrap()
                .is_none()
                .then_some(())
        })
        .await;
    world.end().await;
}
