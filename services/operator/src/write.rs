//! How the operator writes: server-side apply under one name, and nothing where nothing changed.

use std::fmt::Debug;

use kube::api::{Patch, PatchParams};
use kube::{Api, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::resources::MANAGER;

/// Applies what is ours of an object: all of it, or some fields of one that somebody else made.
pub(crate) async fn apply<K>(
    api: &Api<K>,
    name: &str,
    ours: &(impl Serialize + Debug),
) -> kube::Result<()>
where
    K: Resource + Clone + Debug + DeserializeOwned,
{
    let params = PatchParams::apply(MANAGER).force();
    api.patch(name, &params, &Patch::Apply(ours)).await?;
    Ok(())
}

/// Writes the status if it differs.
pub(crate) async fn status<K, S>(api: &Api<K>, name: &str, before: &S, now: &S) -> kube::Result<()>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
    S: Serialize + PartialEq,
{
    if before == now {
        return Ok(());
    }
    let fields = json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": { "name": name },
        "status": now,
    });
    let params = PatchParams::apply(MANAGER).force();
    api.patch_status(name, &params, &Patch::Apply(&fields))
        .await?;
    Ok(())
}

/// What has gone since it was seen needs nothing any more.
pub(crate) fn unless_gone<T>(outcome: kube::Result<T>) -> kube::Result<()> {
    match outcome {
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        other => other.map(drop),
    }
}
