//! Bots that are declared.

use std::time::Duration;

use e2e::cluster::Installation;
use e2e::telegram::TOKEN;
use e2e::{Device, eventually};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Stage;

/// The one bot.
pub(crate) const BOT: &str = "support";
const TELEGRAM_BOT: &str = "telegrambot/support";
/// The Telegram chat that is bridged.
const CHAT: i64 = -1_001_789_000_001;
const SOON: Duration = Duration::from_mins(1);

/// Declares the bot with this room, and waits until it bridges.
pub(crate) async fn bridge(installation: &Installation, room: Uuid) {
    installation.telegram.give_out(TOKEN);
    set_token(installation, TOKEN).await;
    let kubectl = &installation.kubectl;
    kubectl.apply(&bot(room)).await.unwrap();
    let bridging = ("True", "Bridging");
    kubectl
        .turns(TELEGRAM_BOT, "Ready", bridging, SOON)
        .await
        .unwrap();
}

fn bot(room: Uuid) -> Value {
    json!({
        "apiVersion": "chappe.dev/v1alpha1",
        "kind": "TelegramBot",
        "metadata": { "name": BOT },
        "spec": {
            "tokenSecretRef": { "name": "telegram-token", "key": "token" },
            "bridges": [{ "chat": CHAT, "room": room }],
        },
    })
}

async fn set_token(installation: &Installation, token: &str) {
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": "telegram-token" },
        "stringData": { "token": token },
    });
    installation.kubectl.apply(&secret).await.unwrap();
}

/// A text goes each way.
async fn is_crossed_by(installation: &Installation, device: &Device, room: Uuid, text: &str) {
    let heard = format!("{text}: heard");
    installation.telegram.write(CHAT, 4711, "Ada", &heard);
    device
        .sees(&heard, SOON, |seen| {
            seen.bodies(room).contains(&heard.as_str())
        })
        .await;
    let told = format!("{text}: told");
    device.send(room, &told).await.unwrap();
    eventually(&told, SOON, async || {
        let sent = installation.telegram.sent();
        sent.iter()
            .any(|sent| sent.chat == CHAT && sent.text.contains(&told))
            .then_some(())
    })
    .await;
}

pub(crate) async fn a_telegram_bot_bridges_a_room_both_ways_until_it_is_deleted(stage: &Stage) {
    let installation = &stage.installation;
    let kubectl = &installation.kubectl;
    let owner = installation.person("owner").await;
    let room = installation.room(std::slice::from_ref(&owner)).await;
    let device = installation.device(&owner).await;

    bridge(installation, room).await;
    let declared = kubectl.get(TELEGRAM_BOT).await.unwrap();
    assert_eq!(declared["status"]["username"], "chappe_bot");
    assert_eq!(declared["status"]["bridges"][0]["ready"], true);
    is_crossed_by(installation, &device, room, "bridged").await;

    // It goes when the bot has let go, and not because nobody answered in time.
    kubectl.delete(TELEGRAM_BOT, SOON / 2).await.unwrap();
    installation
        .telegram
        .write(CHAT, 4711, "Ada", "is anybody there?");
    device.send(room, "not for Telegram").await.unwrap();

    // Another bot proves that what was said meanwhile was nobody's.
    let elsewhere = installation.room(std::slice::from_ref(&owner)).await;
    bridge(installation, elsewhere).await;
    is_crossed_by(installation, &device, elsewhere, "elsewhere").await;
    let sent = installation.telegram.sent();
    assert!(
        !sent
            .iter()
            .any(|sent| sent.text.contains("not for Telegram")),
        "{sent:?}"
    );
    device.look(|seen| assert!(!seen.bodies(room).contains(&"is anybody there?")));
    device.assert_faultless();
    kubectl.delete(TELEGRAM_BOT, SOON / 2).await.unwrap();
}

pub(crate) async fn a_token_changes_without_a_restart(stage: &Stage) {
    let installation = &stage.installation;
    let kubectl = &installation.kubectl;
    let owner = installation.person("owner").await;
    let room = installation.room(std::slice::from_ref(&owner)).await;
    let device = installation.device(&owner).await;
    bridge(installation, room).await;
    let before = kubectl
        .list("pods", "app.kubernetes.io/name=bot")
        .await
        .unwrap();

    set_token(installation, "123456:a-wrong-token").await;
    let refused = ("False", "TokenRefused");
    kubectl
        .turns(TELEGRAM_BOT, "TokenValid", refused, SOON)
        .await
        .unwrap();

    installation.telegram.give_out("123456:another-token");
    set_token(installation, "123456:another-token").await;
    let accepted = ("True", "TokenAccepted");
    kubectl
        .turns(TELEGRAM_BOT, "TokenValid", accepted, SOON)
        .await
        .unwrap();
    is_crossed_by(installation, &device, room, "another token").await;

    let after = kubectl
        .list("pods", "app.kubernetes.io/name=bot")
        .await
        .unwrap();
    let lives = |pods: &[Value]| -> Vec<_> {
        pods.iter()
            .map(|pod| {
                (
                    pod["metadata"]["uid"].clone(),
                    pod["status"]["containerStatuses"][0]["restartCount"].clone(),
                )
            })
            .collect()
    };
    assert_eq!(lives(&before), lives(&after), "a bot was started again");
    kubectl.delete(TELEGRAM_BOT, SOON / 2).await.unwrap();
}
