//! The custom resources: what people declare, and what the operator tells them.

pub mod condition;
pub mod messenger;
pub mod telegram_bot;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt as _;
use kube::core::ObjectMeta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use messenger::Messenger;
pub use telegram_bot::TelegramBot;

/// How the operator calls itself where it writes: server-side apply, events, `managed-by`.
pub const MANAGER: &str = "chappe-operator";

/// A value in a Secret of the same namespace.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct SecretKeyRef {
    /// Name of the Secret.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Key in its data.
    #[schemars(length(min = 1, max = 253))]
    pub key: String,
}

/// All definitions, as they are applied and as the chart ships them.
pub fn definitions() -> [CustomResourceDefinition; 2] {
    [Messenger::crd(), TelegramBot::crd()].map(|mut definition| {
        // Helm must not take them away with the release: the resources would go with them.
        definition.metadata = ObjectMeta {
            labels: Some([("app.kubernetes.io/part-of".into(), "chappe".into())].into()),
            ..definition.metadata
        };
        definition
    })
}
