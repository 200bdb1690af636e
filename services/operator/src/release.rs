//! Lets go of what only the operator could: run when the operator is uninstalled, or the finalizers of
//! `TelegramBot`s would keep them, and with them the namespace, for ever. While an operator is at work it would
//! put them back.

use anyhow::Context as _;
use kube::api::{ListParams, Patch, PatchParams};
use kube::{Api, Client, ResourceExt as _};
use serde_json::json;

use crate::resources::TelegramBot;
use crate::resources::telegram_bot::FINALIZER;

/// Takes our finalizer off all bots of the namespace. The bots themselves stay.
pub(crate) async fn run(namespace: &str) -> anyhow::Result<()> {
    let client = Client::try_default().await?;
    let api = Api::<TelegramBot>::namespaced(client, namespace);
    for bot in api.list(&ListParams::default()).await? {
        let name = bot.name_any();
        let others: Vec<_> = bot
            .finalizers()
            .iter()
            .filter(|held| *held != FINALIZER)
            .collect();
        if others.len() == bot.finalizers().len() {
            continue;
        }
        let patch = json!({ "metadata": {
            "finalizers": others,
            // Somebody else's change meanwhile makes this fail instead of being undone.
            "resourceVersion": bot.resource_version(),
        }});
        api.patch(&name, &PatchParams::default(), &Patch::Merge(&patch))
            .await
            .with_context(|| format!("the finalizer of {name} can't be taken off"))?;
        println!("released  {name}");
    }
    Ok(())
}
