//! `TelegramBot`: a bot and the chats that it bridges.

#![expect(unreachable_pub, reason = "KubeSchema derives a copy of each type")]
#![expect(clippy::duplicated_attributes, reason = "a column each")]

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SecretKeyRef;

/// Keeps a bot's resource until the bot is unlinked.
pub const FINALIZER: &str = "chappe.dev/unlink";

/// A Telegram bot and the chats that it bridges with rooms.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[kube(
    group = "chappe.dev",
    version = "v1alpha1",
    kind = "TelegramBot",
    namespaced,
    cel,
    shortname = "tgbot",
    category = "chappe",
    status = "TelegramBotStatus",
    derive = "PartialEq",
    doc = "A Telegram bot and the Telegram chats that it bridges with rooms.",
    printcolumn(name = "Bot", type_ = "string", json_path = ".status.username"),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].status"
    ),
    printcolumn(
        name = "Reason",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].reason"
    ),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp"
    )
)]
#[serde(rename_all = "camelCase")]
pub struct TelegramBotSpec {
    /// The Messenger whose rooms are bridged; the only one of the namespace where none is named. At most
    /// 200 bots work for it, the oldest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub messenger_name: Option<String>,
    /// The bot's token, as `BotFather` gave it. Changing the Secret changes the token, without a restart.
    pub token_secret_ref: SecretKeyRef,
    /// How Telegram's updates are fetched.
    #[serde(default)]
    pub delivery: Delivery,
    /// The chats and their rooms. A chat meets one room, and a room one chat.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["chat"]))]
    #[x_kube(validation = ("self.all(one, self.exists_one(other, other.room == one.room))", "a room can be bridged with one chat of a bot"))]
    pub bridges: Vec<Bridge>,
}

/// How updates are fetched.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// The bot asks for them (`getUpdates`).
    #[default]
    Polling,
}

/// A chat and the room that it meets.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Bridge {
    /// Telegram's id of the chat; negative for groups.
    pub chat: i64,
    /// The room's id.
    #[schemars(
        length(min = 36, max = 36),
        regex(pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
    )]
    pub room: String,
}

/// How the bot is doing.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct TelegramBotStatus {
    /// The generation that this is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Telegram's id of the bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot_id: Option<i64>,
    /// Its name in Telegram, without the @.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Tells the token that is in use from others: the first 8 hexadecimal digits of its SHA-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_version: Option<String>,
    /// What went wrong last, if it has not gone well since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// The bridges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bridges: Vec<BridgeStatus>,
    /// `Ready`, `TokenValid`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// How a bridge is doing.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct BridgeStatus {
    /// Telegram's id of the chat.
    pub chat: i64,
    /// The room's id.
    pub room: String,
    /// Whether messages pass.
    pub ready: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

#[cfg(test)]
mod tests {
    use kube::CustomResourceExt as _;
    use proto::bots_file::MOST_BOTS;

    use super::*;

    #[test]
    fn the_definition_names_the_limit_that_the_bot_has() {
        let definition = serde_json::to_string(&TelegramBot::crd()).unwrap();
        assert!(definition.contains(&format!("{MOST_BOTS} bots")));
    }
}
