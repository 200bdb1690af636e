//! What runs: the Deployments that the charts made.

use k8s_openapi::api::apps::v1::{Deployment, DeploymentStatus};

use crate::context::Context;
use crate::resources::messenger::{
    Component, ComponentStatus, Components, Messenger, MessengerStatus,
};

/// A Deployment as it is.
pub(super) struct Observed {
    pub(super) name: &'static str,
    pub(super) deployment_name: String,
    /// `None` where there is none.
    pub(super) deployment: Option<Deployment>,
}

/// All components with their names.
pub(super) fn all(components: &Components) -> impl Iterator<Item = (&'static str, &Component)> {
    [
        ("gateway", Some(&components.gateway)),
        ("chat", Some(&components.chat)),
        ("notification", Some(&components.notification)),
        ("bot", components.bot.as_ref()),
    ]
    .into_iter()
    .filter_map(|(name, component)| Some((name, component?)))
}

/// Reads all Deployments into the status.
pub(super) async fn look(
    messenger: &Messenger,
    context: &Context,
    status: &mut MessengerStatus,
) -> kube::Result<Vec<Observed>> {
    let api = context.api::<Deployment>();
    let mut observed = Vec::new();
    for (name, component) in all(&messenger.spec.components) {
        let deployment = api.get_opt(&component.deployment_name).await?;
        observed.push(Observed {
            name,
            deployment_name: component.deployment_name.clone(),
            deployment,
        });
    }
    status.components = observed.iter().map(component_status).collect();
    Ok(observed)
}

fn component_status(observed: &Observed) -> ComponentStatus {
    let image = observed.deployment.as_ref().and_then(|deployment| {
        let containers = &deployment.spec.as_ref()?.template.spec.as_ref()?.containers;
        containers.first()?.image.clone()
    });
    ComponentStatus {
        name: observed.name.to_owned(),
        image,
        replicas: observed.replicas(),
        ready: observed.status(|status| status.ready_replicas),
        updated: observed.status(|status| status.updated_replicas),
    }
}

impl Observed {
    /// Pods that are to be there.
    pub(super) fn replicas(&self) -> i32 {
        let spec = self.deployment.as_ref().and_then(|d| d.spec.as_ref());
        spec.map_or(0, |spec| spec.replicas.unwrap_or(1))
    }

    fn status(&self, read: impl Fn(&DeploymentStatus) -> Option<i32>) -> i32 {
        let status = self.deployment.as_ref().and_then(|d| d.status.as_ref());
        status.and_then(read).unwrap_or(0)
    }

    /// There are exactly the Pods that are to be there, all of the newest template.
    pub(super) fn is_settled(&self) -> bool {
        let Some(deployment) = &self.deployment else {
            return false;
        };
        let seen = deployment
            .status
            .as_ref()
            .and_then(|s| s.observed_generation);
        seen >= deployment.metadata.generation
            && self.status(|status| status.replicas) == self.replicas()
            && self.status(|status| status.updated_replicas) == self.replicas()
    }

    /// The newest template runs everywhere and answers.
    pub(super) fn is_rolled_out(&self) -> bool {
        self.is_settled() && self.status(|status| status.ready_replicas) >= self.replicas()
    }

    /// Somebody answers. (Kubernetes' own `Available` asks for all: with `maxUnavailable: 0` it is false
    /// whenever one Pod starts or drains.)
    pub(super) fn is_available(&self) -> bool {
        self.status(|status| status.available_replicas) > 0
    }

    /// Why the newest template does not come up, if that was given up.
    pub(super) fn stuck(&self) -> Option<String> {
        (self.condition("Progressing") == Some("False"))
            .then(|| format!("the rollout of {} does not get on", self.deployment_name))
    }

    fn condition(&self, kind: &str) -> Option<&str> {
        let conditions = self
            .deployment
            .as_ref()?
            .status
            .as_ref()?
            .conditions
            .as_ref()?;
        let found = conditions
            .iter()
            .find(|condition| condition.type_ == kind)?;
        Some(found.status.as_str())
    }
}
