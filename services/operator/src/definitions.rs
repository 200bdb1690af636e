//! The definitions of the custom resources. Helm installs them and never upgrades them, so the operator
//! brings them up to date when it begins to lead.

use std::time::Duration;

use anyhow::Context as _;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Patch, PatchParams};
use kube::runtime::wait::{await_condition, conditions};
use kube::{Api, Client, ResourceExt as _};

use crate::resources::{MANAGER, definitions};

/// A definition is served after so long.
const ESTABLISHED_WITHIN: Duration = Duration::from_secs(30);

/// Applies all definitions and waits until they are served.
pub async fn apply(client: &Client) -> anyhow::Result<()> {
    let api = Api::<CustomResourceDefinition>::all(client.clone());
    for definition in definitions() {
        let name = definition.name_any();
        let params = PatchParams::apply(MANAGER).force();
        api.patch(&name, &params, &Patch::Apply(&definition))
            .await
            .with_context(|| format!("the definition {name} can't be applied"))?;
        let served = await_condition(api.clone(), &name, conditions::is_crd_established());
        tokio::time::timeout(ESTABLISHED_WITHIN, served)
            .await
            .with_context(|| format!("the definition {name} is not served"))??;
    }
    Ok(())
}

/// All definitions as they lie in the chart: a file each, by name and contents.
pub fn files() -> anyhow::Result<Vec<(String, String)>> {
    let files = definitions().into_iter().map(|definition| {
        let name = format!("{}.yaml", definition.spec.names.plural);
        Ok((name, serde_saphyr::to_string(&definition)?))
    });
    files.collect()
}
