//! Which Pods are a Deployment's.

use k8s_openapi::api::apps::v1::Deployment;
use kube::core::Selector;

/// By which labels its Pods are found. `None` where that is not said: nothing would select all Pods.
pub(crate) fn selector(deployment: &Deployment) -> Option<Selector> {
    let said = deployment.spec.as_ref()?.selector.clone();
    let selector = Selector::try_from(said).ok()?;
    (!selector.selects_all()).then_some(selector)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found_by(said: &serde_json::Value) -> Option<String> {
        let deployment = json!({ "spec": { "selector": said, "template": {} } });
        let deployment = serde_json::from_value(deployment).unwrap();
        Some(selector(&deployment)?.to_string())
    }

    #[test]
    fn pods_are_found_by_all_that_the_deployment_says() {
        let labels = json!({ "app": "chappe", "part": "bot" });
        assert_eq!(
            found_by(&json!({ "matchLabels": labels })).unwrap(),
            "app=chappe,part=bot"
        );
        let expression = json!([{ "key": "canary", "operator": "DoesNotExist" }]);
        let said = json!({ "matchLabels": { "app": "chappe" }, "matchExpressions": expression });
        assert_eq!(found_by(&said).unwrap(), "app=chappe,!canary");
    }

    #[test]
    fn a_selector_that_says_nothing_finds_nobody() {
        assert_eq!(found_by(&json!({})), None);
        assert_eq!(found_by(&json!({ "matchLabels": {} })), None);
        assert_eq!(selector(&Deployment::default()), None);
    }
}
