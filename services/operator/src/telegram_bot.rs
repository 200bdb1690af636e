//! Configures the bots: the Secret with all of them, and what each is told about.
//!
//! ```text
//! TelegramBots + their Secrets ─▶ one Secret ─mounted─▶ bot's Pods ─ListBots─▶ status of each
//! ```
//!
//! The bot reads the file again when it changes, so no token and no bridge needs a restart; and it works on
//! while the operator is away. One is reconciled at a time, for all
//! of them share the Secret.

mod publish;
mod report;
mod tokens;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::api::ListParams;
use kube::core::PartialObjectMeta;
use kube::runtime::controller::{Action, Config, Controller};
use kube::runtime::finalizer::{self, finalizer};
use kube::runtime::reflector::{ObjectRef, Store};
use kube::runtime::watcher;
use kube::{Resource as _, ResourceExt as _};

use crate::context::Context;
use crate::domain::bots_file;
use crate::resources::condition::{self, Finding};
use crate::resources::messenger::{Bots, Messenger};
use crate::resources::telegram_bot::{FINALIZER, TelegramBot};
use crate::write;
use tokens::Tokens;

/// How often bots are asked how they are.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How often those are that were just configured.
const SETTLING: Duration = Duration::from_secs(2);
const AGAIN_AFTER: Duration = Duration::from_secs(5);
/// A bot that is removed has so long to let go; then its resource goes all the same.
const UNLINK_WITHIN: SignedDuration = SignedDuration::from_secs(60);
/// The least time between two looks at one bot, for each bot that there is. They are looked at one by one, and the
/// queue is not fair: with more looks due than there is time for, some bots would never have theirs.
const TURN: Duration = Duration::from_millis(50);

/// What all bots are worked on with.
struct Work {
    context: Arc<Context>,
    bots: Store<TelegramBot>,
    tokens: Tokens,
}

impl Work {
    /// Looks at a bot again after this time, or later where there are many.
    fn again(&self, after: Duration) -> Action {
        Action::requeue(pause(after, self.bots.len()))
    }
}

fn pause(wanted: Duration, bots: usize) -> Duration {
    wanted.max(TURN * u32::try_from(bots).unwrap_or(u32::MAX))
}

/// Runs the controller for as long as it is polled.
pub(crate) async fn run(context: &Arc<Context>) {
    let controller = Controller::new(context.api::<TelegramBot>(), watcher::Config::default());
    let bots = controller.store();
    let work = Work {
        context: context.clone(),
        bots: controller.store(),
        tokens: Tokens::default(),
    };
    let secrets = context.api::<PartialObjectMeta<Secret>>();
    controller
        .with_config(Config::default().concurrency(1))
        .watches(secrets, watcher::Config::default(), move |secret| {
            let name = secret.name_any();
            let all = bots.state();
            let concerned = all
                .iter()
                .filter(|bot| bot.spec.token_secret_ref.name == name);
            concerned
                .map(|bot| ObjectRef::from_obj(&**bot))
                .collect::<Vec<_>>()
        })
        .run(
            reconcile,
            |_, error, work| again(error, &work),
            Arc::new(work),
        )
        .for_each(|outcome| async move {
            if let Err(error) = outcome {
                tracing::debug!(%error, "a TelegramBot is not in line yet");
            }
        })
        .await;
}

/// Why a bot is not in line; it is tried again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Kube(#[from] kube::Error),
    #[error("it still works for {0}")]
    Linked(String),
}

fn again(error: &finalizer::Error<Error>, work: &Work) -> Action {
    work.again(match error {
        finalizer::Error::CleanupFailed(Error::Linked(_)) => SETTLING,
        _ => AGAIN_AFTER,
    })
}

async fn reconcile(
    bot: Arc<TelegramBot>,
    work: Arc<Work>,
) -> Result<Action, finalizer::Error<Error>> {
    let began = Instant::now();
    let context = &work.context;
    let api = context.api::<TelegramBot>();
    let outcome = finalizer(&api, FINALIZER, bot, async |event| match event {
        finalizer::Event::Apply(bot) => serve(&bot, &work).await,
        finalizer::Event::Cleanup(bot) => unlink(&bot, &work).await,
    })
    .await;
    let result = if outcome.is_ok() { "ok" } else { "error" };
    context
        .metrics
        .reconciled("TelegramBot", result, began.elapsed());
    outcome
}

/// Configures the bot and tells how it is.
async fn serve(bot: &TelegramBot, work: &Work) -> Result<Action, Error> {
    let context = &work.context;
    let before = bot.status.clone().unwrap_or_default();
    let mut status = before.clone();
    status.observed_generation = bot.metadata.generation;
    let messengers = messengers(context).await?;
    let token = work
        .tokens
        .look(context, &bot.spec.token_secret_ref)
        .await?;
    let beyond = publish::publish(work, &messengers).await?;
    let (findings, look_in) = match installation(bot, &messengers) {
        Err(missing) => (vec![missing], LOOK_EVERY),
        Ok(_) if beyond.contains(&bot.name_any()) => (vec![report::no_place()], LOOK_EVERY),
        Ok(bots) => match token {
            Err(missing) => {
                let ready = Finding::no("Ready", "SecretMissing", missing.clone());
                let valid = Finding::unknown("TokenValid", "SecretMissing", missing);
                (vec![ready, valid], LOOK_EVERY)
            }
            Ok(token) => {
                let version = bots_file::fingerprint(&token);
                let told = context.neighbours.bots.list(&bots.url).await;
                let findings = report::read(bot, &version, told, &mut status);
                let settled = findings
                    .iter()
                    .any(|f| f.kind == "Ready" && f.holds == Some(true));
                (findings, if settled { LOOK_EVERY } else { SETTLING })
            }
        },
    };
    status.conditions = condition::merge(
        &before.conditions,
        &findings,
        bot.metadata.generation,
        Timestamp::now(),
    );
    let api = context.api::<TelegramBot>();
    write::status(&api, &bot.name_any(), &before, &status).await?;
    Ok(work.again(look_in))
}

/// Takes the bot out and waits until it has let go; not for ever, whatever stands in the way.
async fn unlink(bot: &TelegramBot, work: &Work) -> Result<Action, Error> {
    let name = bot.name_any();
    let linked = is_linked(&name, work).await.unwrap_or_else(|error| {
        tracing::warn!(bot = name, %error, "it is not known whether the bot has let go");
        true
    });
    let since = bot.metadata.deletion_timestamp.as_ref();
    let waited = since.map_or(UNLINK_WITHIN, |since| {
        Timestamp::now().duration_since(since.0)
    });
    if linked && waited < UNLINK_WITHIN {
        return Err(Error::Linked(name));
    }
    if linked {
        tracing::warn!(
            bot = name,
            "the bot did not let go in time; its resource goes all the same"
        );
    }
    Ok(Action::await_change())
}

/// Whether any installation may still work for the bot, which is in none of their files any more.
async fn is_linked(name: &str, work: &Work) -> kube::Result<bool> {
    let context = &work.context;
    let messengers = messengers(context).await?;
    publish::publish(work, &messengers).await?;
    for bots in messengers
        .iter()
        .filter_map(|messenger| messenger.spec.bots.as_ref())
    {
        let known = match context.neighbours.bots.list(&bots.url).await {
            Ok(bulletin) => {
                !bulletin.complete || bulletin.reports.iter().any(|report| report.name == name)
            }
            // Whoever is away may still work for it.
            Err(_) => true,
        };
        if known {
            return Ok(true);
        }
    }
    Ok(false)
}

/// All installations of the namespace that are to stay.
async fn messengers(context: &Context) -> kube::Result<Vec<Messenger>> {
    let all = context
        .api::<Messenger>()
        .list(&ListParams::default())
        .await?;
    let mut messengers = all.items;
    messengers.retain(|messenger| messenger.meta().deletion_timestamp.is_none());
    Ok(messengers)
}

/// Where the bot's installation configures bots, if there is one that does.
fn installation(bot: &TelegramBot, messengers: &[Messenger]) -> Result<Bots, Finding> {
    let no = |reason, message: String| Err(Finding::no("Ready", reason, message));
    let named = bot.spec.messenger_name.as_deref();
    let mut fitting = messengers
        .iter()
        .filter(|messenger| named.is_none_or(|name| messenger.name_any() == name));
    let messenger = match (fitting.next(), fitting.next()) {
        (Some(messenger), None) => messenger,
        (None, _) => {
            let named = named.map_or_else(String::new, |name| format!(" {name}"));
            let message = format!("there is no Messenger{named} in this namespace");
            return no("NoMessenger", message);
        }
        (Some(_), Some(_)) => {
            let message =
                "there are several Messengers in this namespace: name one in spec.messengerName";
            return no("NoMessenger", message.to_owned());
        }
    };
    if messenger.spec.paused {
        let message = format!("the Messenger {} is paused", messenger.name_any());
        return no("Paused", message);
    }
    match messenger.spec.bots.clone() {
        Some(bots) => Ok(bots),
        None => no(
            "BotsOff",
            format!(
                "the Messenger {} has no spec.bots: install the bot's chart",
                messenger.name_any()
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_bots_are_looked_at_less_often_so_that_each_has_its_turn() {
        assert_eq!(pause(SETTLING, 1), SETTLING);
        assert_eq!(pause(SETTLING, 200), Duration::from_secs(10));
        assert_eq!(pause(LOOK_EVERY, 200), LOOK_EVERY);
    }
}
