//! What both controllers work with.

use std::collections::HashMap;

use k8s_openapi::api::core::v1::{ObjectReference, Secret};
use kube::runtime::events::{Event, EventType, Recorder, Reporter};
use kube::{Api, Client};
use parking_lot::Mutex;
use secrecy::SecretString;

use crate::Neighbours;
use crate::messenger::Memory;
use crate::metrics::Metrics;
use crate::ports::SecretValue;
use crate::resources::{MANAGER, SecretKeyRef};

/// Everything that reconciling needs.
pub struct Context {
    pub(crate) client: Client,
    pub(crate) namespace: String,
    pub(crate) neighbours: Neighbours,
    pub(crate) metrics: Metrics,
    /// By the Messenger's uid: what is not worth writing down. Losing it delays and breaks nothing.
    pub(crate) memories: Mutex<HashMap<String, Memory>>,
    recorder: Recorder,
}

impl Context {
    /// Puts it together.
    pub fn new(client: Client, namespace: String, neighbours: Neighbours) -> Self {
        let reporter = Reporter {
            controller: MANAGER.into(),
            instance: None,
        };
        Self {
            recorder: Recorder::new(client.clone(), reporter),
            client,
            namespace,
            neighbours,
            metrics: Metrics::new(),
            memories: Mutex::default(),
        }
    }

    pub(crate) fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// A value of a Secret; if it is missing, what to do about it.
    pub(crate) async fn secret(&self, reference: &SecretKeyRef) -> kube::Result<SecretValue> {
        let SecretKeyRef { name, key } = reference;
        let Some(secret) = self.api::<Secret>().get_opt(name).await? else {
            return Ok(Err(format!(
                "there is no Secret {name}: make it, with a key {key}"
            )));
        };
        let value = secret.data.and_then(|mut data| data.remove(key));
        let Some(value) = value else {
            return Ok(Err(format!("the Secret {name} has no key {key}: add it")));
        };
        let text =
            String::from_utf8(value.0).map(|text| SecretString::from(text.trim().to_owned()));
        Ok(text.map_err(|_| format!("{key} of the Secret {name} is no text: write it as UTF-8")))
    }

    /// Tells people what happened, beside the object that it happened to. An event that can't be written
    /// holds nothing up.
    pub(crate) async fn tell(
        &self,
        about: &ObjectReference,
        type_: EventType,
        reason: &str,
        action: &str,
        note: String,
    ) {
        let event = Event {
            type_,
            reason: reason.to_owned(),
            note: Some(note),
            action: action.to_owned(),
            secondary: None,
        };
        if let Err(error) = self.recorder.publish(&event, about).await {
            tracing::warn!(%error, reason, "an event could not be written");
        }
    }
}
