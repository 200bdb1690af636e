//! `chappe.bot.v1.BridgeService`, of every replica: one of them works for a bot, the others stand by.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use async_trait::async_trait;
use proto::bot::bridge_service_client::BridgeServiceClient;
use proto::bot::{Bot, BotState as Told, ListBotsRequest};
use runtime::grpc::Network;
use tokio::net::lookup_host;

use super::{answer, client};
use crate::ports::{BotReport, BotState, Bots, Unavailable};

/// Replicas that are asked at most.
const REPLICAS: usize = 16;

/// The replicas of the bot service.
pub struct GrpcBots(pub Network);

#[async_trait]
impl Bots for GrpcBots {
    async fn list(&self, url: &str) -> Result<Vec<BotReport>, Unavailable> {
        let unavailable = |reason: String| Unavailable {
            who: url.to_owned(),
            reason,
        };
        let host = url.trim_start_matches("http://").trim_end_matches('/');
        let replicas = lookup_host(host)
            .await
            .map_err(|error| unavailable(error.to_string()))?;

        let mut reports = BTreeMap::<String, BotReport>::new();
        let mut reached = Err(unavailable("no replica is ready".to_owned()));
        for replica in replicas.take(REPLICAS) {
            let address = format!("http://{replica}");
            let mut bots = BridgeServiceClient::new(client(&self.0, &address)?);
            match answer(&address, bots.list_bots(ListBotsRequest {})).await {
                Ok(list) => {
                    reached = Ok(());
                    list.bots.into_iter().map(report).for_each(|report| {
                        keep_the_better(&mut reports, report);
                    });
                }
                Err(away) if reached.is_err() => reached = Err(away),
                Err(_) => {}
            }
        }
        reached.map(|()| reports.into_values().collect())
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
