//! `chappe.bot.v1.BridgeService`, of every replica: one of them works for a bot, the others stand by.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use async_trait::async_trait;
use futures::future::join_all;
use proto::bot::bridge_service_client::BridgeServiceClient;
use proto::bot::{Bot, BotState as Told, ListBotsRequest};
use runtime::grpc::Network;
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::{ANSWER_WITHIN, answer, client};
use crate::ports::{BotReport, BotState, Bots, Bulletin, Unavailable};

/// Replicas that are asked at most.
const REPLICAS: usize = 16;

/// The replicas of the bot service.
pub struct GrpcBots(pub Network);

#[async_trait]
impl Bots for GrpcBots {
    async fn list(&self, url: &str) -> Result<Bulletin, Unavailable> {
        let unavailable = |reason: String| Unavailable {
            who: url.to_owned(),
            reason,
        };
        let host = url.trim_start_matches("http://").trim_end_matches('/');
        let found = timeout(ANSWER_WITHIN, lookup_host(host)).await;
        let replicas = found
            .map_err(|_| unavailable("its name does not resolve in time".to_owned()))?
            .map_err(|error| unavailable(error.to_string()))?;
        let asked = replicas
            .take(REPLICAS)
            .map(|replica| self.ask(format!("http://{replica}")));

        let mut reports = BTreeMap::<String, BotReport>::new();
        let mut complete = true;
        let mut reached = Err(unavailable("no replica is ready".to_owned()));
        for answer in join_all(asked).await {
            match answer {
                Ok(bots) => {
                    reached = Ok(());
                    for bot in bots {
                        keep_the_better(&mut reports, report(bot));
                    }
                }
                Err(away) => {
                    complete = false;
                    reached = reached.or(Err(away));
                }
            }
        }
        reached.map(|()| Bulletin {
            reports: reports.into_values().collect(),
            complete,
        })
    }
}

impl GrpcBots {
    async fn ask(&self, address: String) -> Result<Vec<Bot>, Unavailable> {
        let mut bots = BridgeServiceClient::new(client(&self.0, &address)?);
        let list = answer(&address, bots.list_bots(ListBotsRequest {})).await?;
        Ok(list.bots)
    }
}

fn keep_the_better(reports: &mut BTreeMap<String, BotReport>, report: BotReport) {
    match reports.entry(report.name.clone()) {
        Entry::Vacant(place) => {
            place.insert(report);
        }
        Entry::Occupied(mut known) if known.get().state < report.state => {
            known.insert(report);
        }
        Entry::Occupied(_) => {}
    }
}

fn report(bot: Bot) -> BotReport {
    let state = match bot.state() {
        Told::Bridging => BotState::Bridging,
        Told::Refused => BotState::Refused,
        Told::Failing => BotState::Failing,
        Told::Standby => BotState::Standby,
        Told::Starting | Told::Unspecified => BotState::Starting,
    };
    let bridges = bot.bridges.into_iter();
    BotReport {
        name: bot.name,
        token_version: bot.token_version,
        state,
        bot_id: bot.bot_id,
        username: bot.username,
        last_error: bot.last_error,
        bridges: bridges
            .map(|bridge| (bridge.chat, bridge.room_id, bridge.problem))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_replica_that_works_for_a_bot_is_believed() {
        let told = |state: Told, error: Option<&str>| {
            report(Bot {
                name: "support".into(),
                state: state.into(),
                last_error: error.map(str::to_owned),
                ..Bot::default()
            })
        };
        let mut reports = BTreeMap::new();
        keep_the_better(&mut reports, told(Told::Standby, None));
        keep_the_better(&mut reports, told(Told::Bridging, Some("slow")));
        keep_the_better(&mut reports, told(Told::Starting, None));
        assert_eq!(reports["support"].state, BotState::Bridging);
        assert_eq!(reports["support"].last_error.as_deref(), Some("slow"));
    }
}
