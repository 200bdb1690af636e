//! The values of the tests' installations.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use url::Url;

use super::Settings;
use super::installation::DATABASE_SECRET;

/// What differs from the defaults, and why.
pub(super) fn of(settings: &Settings, telegram: SocketAddr) -> Result<Value> {
    let stack = &settings.stack;
    let kafka_port: u16 = stack
        .kafka
        .rsplit(':')
        .next()
        .and_then(|port| port.parse().ok())
        .context("Kafka's port")?;
    // One node runs all of it twice during an update: it must not be full by what is only asked for.
    let resources = json!({ "requests": { "cpu": "10m", "memory": "32Mi" } });
    Ok(json!({
        "global": {
            "image": {
                "registry": settings.images,
                "tag": settings.tag,
            },
            "database": { "existingSecret": DATABASE_SECRET },
            "redis": { "url": stack.redis },
            "kafka": { "bootstrapServers": stack.kafka },
            "networkPolicy": {
                "database": { "ports": [port(&stack.postgres)?] },
                "redis": { "ports": [port(&stack.redis)?] },
                "kafka": { "ports": [kafka_port] },
            },
            "telemetry": { "logFormat": "text" },
        },
        "gateway": {
            "service": { "type": "NodePort" },
            // Everybody comes from one address here.
            "limits": {
                "connectionsPerAddress": 0,
                "connectionsPerPerson": 0,
                "requestsPerAddress": 0,
                "requestsPerPerson": 0,
                "signInsPerAddress": 0,
            },
            "heartbeatSeconds": 4,
            // 250 people are gone in less than three seconds, so that the next one may go soon.
            "drain": { "minSeconds": 1, "timeoutSeconds": 20, "closesPerSecond": 100, "reconnectJitterSeconds": 1 },
            "minReadySeconds": 5,
            "preStopSeconds": 2,
            "resources": resources,
        },
        "chat": {
            // Nobody has to sign in again during the tests.
            "accessTokenSeconds": 7200,
            "minReadySeconds": 2,
            "preStopSeconds": 2,
            "resources": resources,
        },
        "notification": {
            "minReadySeconds": 3,
            "preStopSeconds": 2,
            // Its autoscaler measures it by what it asks for.
            "resources": { "requests": { "cpu": "30m", "memory": "32Mi" } },
        },
        "bot": {
            "telegramApiUrl": format!("http://{telegram}"),
            "networkPolicy": { "telegram": { "ports": [telegram.port()], "to": [] } },
            "minReadySeconds": 1,
            "resources": resources,
        },
        "operator": { "resources": resources },
    }))
}

fn port(url: &str) -> Result<u16> {
    Url::parse(url)?
        .port()
        .with_context(|| format!("no port in {url}"))
}

/// Lays changes over values, as `helm --set` does.
pub(super) fn overlay(values: &mut Value, changes: &Value) {
    match (values, changes) {
        (Value::Object(values), Value::Object(changes)) => {
            for (key, change) in changes {
                overlay(values.entry(key).or_insert(Value::Null), change);
            }
        }
        (value, change) => value.clone_from(change),
    }
}
