//! Resources as people write them.

use kube::CustomResourceExt as _;
use serde_json::json;

use crate::resources::messenger::{Messenger, MessengerSpec};
use crate::resources::telegram_bot::TelegramBotSpec;

/// The least that a Messenger says.
pub(crate) fn messenger() -> Messenger {
    let mut messenger: Messenger = serde_json::from_value(json!({
        "apiVersion": Messenger::api_resource().api_version,
        "kind": "Messenger",
        "metadata": { "name": "chappe", "namespace": "chat", "uid": "1", "generation": 1 },
        "spec": {
            "version": "1.4.0",
            "components": {
                "gateway": { "deploymentName": "chappe-gateway" },
                "chat": { "deploymentName": "chappe-chat" },
                "notification": { "deploymentName": "chappe-notification" },
            },
            "database": { "secretRef": { "name": "database", "key": "url" } },
            "migration": { "image": "chappe/chat:1.4.0" },
            "kafka": { "bootstrapServers": "kafka:9092" },
            "registry": { "notificationUrl": "http://chappe-notification:7002" },
        },
    }))
    .expect("a Messenger");
    messenger.metadata.creation_timestamp = None;
    messenger
}

pub(crate) fn messenger_spec() -> MessengerSpec {
    messenger().spec
}

pub(crate) fn telegram_bot_spec() -> TelegramBotSpec {
    serde_json::from_value(json!({
        "tokenSecretRef": { "name": "telegram", "key": "token" },
        "bridges": [{ "chat": -1001, "room": "01936b2e-7c00-7000-8000-0000000000aa" }],
    }))
    .expect("a TelegramBot's spec")
}
