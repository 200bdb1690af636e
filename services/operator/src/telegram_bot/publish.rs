//! The Secret with all bots of an installation.

use std::collections::BTreeSet;
use std::sync::Arc;

use k8s_openapi::ByteString;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Pod, Secret};
use kube::api::{ListParams, ObjectMeta, Patch, PatchParams};
use kube::{Resource as _, ResourceExt as _};
use proto::bots_file::MOST_BOTS;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::Work;
use crate::context::Context;
use crate::domain::bots_file::{self, Bot, FILE, Wanted};
use crate::pods;
use crate::resources::MANAGER;
use crate::resources::messenger::{Bots, Messenger};
use crate::resources::telegram_bot::TelegramBot;
use crate::write::{self, unless_gone};

/// The kubelet looks after a Pod's volumes when the Pod changes, and else once in a minute or so.
const REVISION: &str = "chappe.dev/bots-revision";

/// Brings the Secrets of all installations in line: a bot may have moved from one to another. Answers the
/// names of those that had no place.
pub(super) async fn publish(
    work: &Work,
    messengers: &[Messenger],
) -> kube::Result<BTreeSet<String>> {
    let mut all = work.bots.state();
    all.retain(|bot| bot.meta().deletion_timestamp.is_none());
    let tokens = all.iter().map(|bot| &bot.spec.token_secret_ref);
    work.tokens.keep(&tokens.collect());
    let mut beyond = BTreeSet::new();
    for messenger in messengers.iter().filter(|messenger| !messenger.spec.paused) {
        if let Some(bots) = &messenger.spec.bots {
            let alone = messengers.len() == 1;
            let wanted = wanted(&all, &messenger.name_any(), alone);
            beyond.extend(publish_one(work, messenger, bots, wanted).await?);
        }
    }
    Ok(beyond)
}

/// Writes the Secret if it differs, and has the bot's Pods see it soon.
async fn publish_one(
    work: &Work,
    messenger: &Messenger,
    bots: &Bots,
    wanted: Vec<Wanted>,
) -> kube::Result<BTreeSet<String>> {
    let context = &work.context;
    let places = bots_file::places(wanted, MOST_BOTS);
    let contents = bots_file::contents(&with_tokens(work, places.taken).await?);
    let api = context.api::<Secret>();
    let before = api.get_opt(&bots.secret_name).await?;
    let before = before.and_then(|secret| secret.data?.remove(FILE));
    if before.is_none_or(|before| before.0 != contents.expose_secret().as_bytes()) {
        let secret = secret(messenger, &bots.secret_name, &contents);
        write::apply(&api, &bots.secret_name, &secret).await?;
        context.metrics.did("bots");
    }
    nudge(context, messenger, &bots_file::fingerprint(&contents)).await?;
    Ok(places.beyond)
}

/// The bots of the installation with this name. Those that name none are meant for the only one.
fn wanted(all: &[Arc<TelegramBot>], messenger: &str, alone: bool) -> Vec<Wanted> {
    let ours = all.iter().filter(|bot| match &bot.spec.messenger_name {
        Some(named) => named == messenger,
        None => alone,
    });
    let wanted = ours.map(|bot| Wanted {
        name: bot.name_any(),
        created: bot.creation_timestamp().map(|time| time.0),
        spec: bot.spec.clone(),
    });
    wanted.collect()
}

/// Those whose token is there. The others keep their places for it.
async fn with_tokens(work: &Work, wanted: Vec<Wanted>) -> kube::Result<Vec<Bot>> {
    let mut configured = Vec::new();
    for Wanted { name, spec, .. } in wanted {
        if let Ok(token) = work
            .tokens
            .known(&work.context, &spec.token_secret_ref)
            .await?
        {
            configured.push(Bot { name, spec, token });
        }
    }
    Ok(configured)
}

fn secret(messenger: &Messenger, name: &str, contents: &SecretString) -> Secret {
    let labels = [
        ("app.kubernetes.io/instance", messenger.name_any()),
        ("app.kubernetes.io/component", "bot".into()),
        ("app.kubernetes.io/part-of", "chappe".into()),
        ("app.kubernetes.io/managed-by", MANAGER.into()),
    ];
    Secret {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            labels: Some(labels.map(|(key, value)| (key.to_owned(), value)).into()),
            owner_references: messenger.controller_owner_ref(&()).map(|owner| vec![owner]),
            ..ObjectMeta::default()
        },
        data: Some([(FILE.to_owned(), ByteString(contents.expose_secret().into()))].into()),
        ..Secret::default()
    }
}

/// Marks the bot's Pods with the file's revision.
async fn nudge(context: &Context, messenger: &Messenger, revision: &str) -> kube::Result<()> {
    let Some(bot) = &messenger.spec.components.bot else {
        return Ok(());
    };
    let deployment = context
        .api::<Deployment>()
        .get_opt(&bot.deployment_name)
        .await?;
    let Some(selector) = deployment.as_ref().and_then(pods::selector) else {
        return Ok(());
    };
    let api = context.api::<Pod>();
    for pod in api
        .list(&ListParams::default().labels_from(&selector))
        .await?
    {
        if pod
            .annotations()
            .get(REVISION)
            .is_some_and(|seen| seen == revision)
        {
            continue;
        }
        let marked = json!({ "metadata": { "annotations": { REVISION: revision } } });
        let name = pod.name_any();
        let merge = Patch::Merge(&marked);
        unless_gone(api.patch(&name, &PatchParams::default(), &merge).await)?;
    }
    Ok(())
}
