//! Two gateways, two notifications, two chats and a bot on the servers of the stack.

use std::net::SocketAddr;
use std::sync::atomic::AtomicU32;

use anyhow::Result;

use super::stack::{Leftovers, Stack};
use super::{
    Kind, Neighbours, Process, STARTING, World, bridged, common, flags, free_addresses,
    open_bridge, public,
};
use crate::Api;

const CREDENTIAL: &str = "services-of-one-test";

/// Where everything is. Only the addresses are chosen here.
struct Plan {
    database: String,
    registry: String,
    bus: String,
    chats: [SocketAddr; 2],
    notifications: [SocketAddr; 2],
    edges: [SocketAddr; 2],
    gateways: [SocketAddr; 2],
}

pub(super) async fn start(neighbours: Neighbours) -> Result<World> {
    let stack = Stack::from_environment()?;
    stack.start_all().await?;
    stack.forget().await?;
    let plan = Plan {
        database: stack.fresh_database().await?,
        bus: format!("kafka:{}", stack.kafka),
        registry: stack.redis.clone(),
        chats: free_addresses()?,
        notifications: free_addresses()?,
        edges: free_addresses()?,
        gateways: free_addresses()?,
    };

    let mut processes = Vec::new();
    for replica in 0..2 {
        for (service, own) in [
            (
                "chat",
                [plan.chat(replica), neighbours.chat.clone()].concat(),
            ),
            ("notification", plan.notification(replica)),
            ("gateway", plan.gateway(replica)),
        ] {
            let name = format!("{service}-{}", replica + 1);
            processes.push(start_service(name, service, own, &neighbours).await?);
        }
    }
    for process in &processes {
        process.ready(STARTING).await?;
    }

    let bases = plan
        .gateways
        .iter()
        .map(|address| format!("http://{address}"));
    let api = Api::new(bases.collect());
    let bridge = open_bridge(&api).await?;
    let mut own = plan.bot();
    own.extend(bridged(&neighbours, bridge.room));
    let bot = start_service("bot".to_owned(), "bot", own, &neighbours).await?;
    bot.ready(STARTING).await?;
    processes.push(bot);

    Ok(World {
        kind: Kind::Distributed,
        api,
        telegram: neighbours.telegram,
        collector: neighbours.collector,
        bridge,
        processes,
        gateways: plan.gateways.to_vec(),
        names: AtomicU32::new(1),
        leftovers: Some(Leftovers {
            stack,
            database: plan.database,
        }),
        _data: neighbours.data,
    })
}

impl Plan {
    fn chat(&self, replica: usize) -> Vec<String> {
        flags(&[
            ("--listen", &self.chats[replica].to_string()),
            ("--database-url", &self.database),
            ("--bus-url", &self.bus),
        ])
    }

    fn notification(&self, replica: usize) -> Vec<String> {
        flags(&[
            ("--listen", &self.notifications[replica].to_string()),
            ("--registry-url", &self.registry),
            ("--bus-url", &self.bus),
            ("--gateway-url", &urls(&self.edges)),
        ])
    }

    fn gateway(&self, replica: usize) -> Vec<String> {
        let mut own = flags(&[
            ("--listen", &self.edges[replica].to_string()),
            ("--gateway-id", &format!("gateway-{}", replica + 1)),
            ("--chat-url", &urls(&self.chats)),
            ("--notification-url", &urls(&self.notifications)),
        ]);
        own.extend(public(self.gateways[replica]));
        own
    }

    fn bot(&self) -> Vec<String> {
        flags(&[
            ("--listen", "127.0.0.1:0"),
            ("--database-url", &self.database),
            ("--bus-url", &self.bus),
            ("--chat-url", &urls(&self.chats)),
        ])
    }
}

async fn start_service(
    name: String,
    binary: &str,
    own: Vec<String>,
    neighbours: &Neighbours,
) -> Result<Process> {
    let [admin] = free_addresses()?;
    let mut arguments = common(neighbours, admin);
    arguments.extend(flags(&[("--internal-credential", CREDENTIAL)]));
    arguments.extend(own);
    Process::start(name, binary, arguments, admin, &neighbours.logs).await
}

fn urls(addresses: &[SocketAddr]) -> String {
    let urls: Vec<_> = addresses
        .iter()
        .map(|address| format!("http://{address}"))
        .collect();
    urls.join(",")
}
