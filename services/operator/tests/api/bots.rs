//! Bots are configured by a Secret and told how they are.

use k8s_openapi::api::core::v1::Secret;
use kube::api::DeleteParams;
use operator::domain::bots_file::{FILE, fingerprint};
use operator::ports::{BotReport, BotState};
use operator::resources::TelegramBot;
use proto::bots_file::MOST_BOTS;
use serde_json::{Value, json};

use crate::world::World;

const ROOM: &str = "01936b2e-7c00-7000-8000-0000000000aa";

fn bot(name: &str) -> Value {
    json!({
        "apiVersion": "chappe.dev/v1alpha1",
        "kind": "TelegramBot",
        "metadata": { "name": name },
        "spec": {
            "tokenSecretRef": { "name": "telegram", "key": "token" },
            "bridges": [{ "chat": -1001, "room": ROOM }],
        },
    })
}

async fn bridged() -> World {
    let world = World::new().await;
    world.messenger(json!({})).await;
    world.create::<TelegramBot>(bot("support")).await.unwrap();
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

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: make test-cluster"]
async fn a_bot_beyond_the_limit_waits_for_a_place() {
    let world = World::new().await;
    world.messenger(json!({})).await;
    world.secret("telegram", "token", "1:one").await;
    let name = |number| format!("bot-{number:03}");
    for number in 0..=MOST_BOTS {
        let bot = bot(&name(number));
        world.create::<TelegramBot>(bot).await.unwrap();
    }
    let (first, last) = (name(0), name(MOST_BOTS));
    let are = async |from: &str, to: &str| {
        let file = file(&world).await?;
        let bots = file["bots"].as_array()?;
        let is = bots.first()?["name"] == from && bots.last()?["name"] == to;
        (is && bots.len() == MOST_BOTS).then_some(())
    };
    world
        .until("all the others are in the file", async || {
            are(&first, &name(MOST_BOTS - 1)).await
        })
        .await;
    world
        .until("the last one is told", async || {
            let (ready, reason, _) = world.bot_condition(&last, "Ready").await?;
            (ready == "False" && reason == "TooManyBots").then_some(())
        })
        .await;

    let api = world.api::<TelegramBot>();
    api.delete(&first, &DeleteParams::default()).await.unwrap();
    world
        .until("the last one has the place of the first", async || {
            are(&name(1), &last).await
        })
        .await;
    world.end().await;
}
