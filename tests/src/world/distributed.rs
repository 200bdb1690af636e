//! Two gateways, two notifications, two chats and a bot on the servers of the stack.

use std::net::SocketAddr;
use std::sync::atomic::AtomicU32;

use anyhow::Result;

use super::stack::Stack;
use super::{
    Kind, Neighbours, Process, STARTING, World, bridged, common, flags, free_addresses, kafka,
    open_bridge, public,
};
use crate::Api;

const CREDENTIAL: &str = "services-of-one-test";

/// Names of Chappe's consumer groups.
const GROUPS: [&str; 3] = ["notification-router", "chat-telegram", "bot-bridge"];

pub(super) async fn start(neighbours: Neighbours) -> Result<World> {
    let stack = Stack::from_environment()?;
    stack.start_all().await?;
    let database = stack.fresh_database().await?;
    stack.flush_redis().await?;
    kafka::forget(&stack.kafka, &GROUPS).await?;

    let chats = free_addresses::<2>()?;
    let notifications = free_addresses::<2>()?;
    let edges = free_addresses::<2>()?;
    let gateways = free_addresses::<2>()?;
    let admins = free_addresses::<7>()?;
    let bus = format!("kafka:{}", stack.kafka);
    let (chat_url, notification_url, gateway_url) =
        (urls(&chats), urls(&notifications), urls(&edges));

    let service = |admin: SocketAddr, own: &[(&str, &str)]| {
        let mut arguments = common(&neighbours, admin);
        arguments.extend(flags(&[("--internal-credential", CREDENTIAL)]));
        arguments.extend(flags(own));
        arguments
    };
    let mut processes = Vec::new();
    for (index, address) in chats.iter().enumerate() {
        let own = service(
            admins[index],
            &[
                ("--listen", &address.to_string()),
                ("--database-url", &database),
                ("--bus-url", &bus),
            ],
        );
        processes.push(("chat", index, own, admins[index]));
    }
    for (index, address) in notifications.iter().enumerate() {
        let own = service(
            admins[2 + index],
            &[
                ("--listen", &address.to_string()),
                ("--registry-url", &stack.redis),
                ("--bus-url", &bus),
                ("--gateway-url", &gateway_url),
            ],
        );
        processes.push(("notification", index, own, admins[2 + index]));
    }
    for (index, address) in edges.iter().enumerate() {
        let mut own = service(
            admins[4 + index],
            &[
                ("--listen", &address.to_string()),
                ("--gateway-id", &format!("gateway-{}", index + 1)),
                ("--chat-url", &chat_url),
                ("--notification-url", &notification_url),
            ],
        );
        own.extend(public(gateways[index]));
        processes.push(("gateway", index, own, admins[4 + index]));
    }
    let mut started = Vec::new();
    for (binary, index, arguments, admin) in processes {
        let name = format!("{binary}-{}", index + 1);
        started.push(Process::start(name, binary, arguments, admin, &neighbours.logs).await?);
    }
    for process in &started {
        process.ready(STARTING).await?;
    }

    let api = Api::new(
        gateways
            .iter()
            .map(|address| format!("http://{address}"))
            .collect(),
    );
    let bridge = open_bridge(&api).await?;
    let mut arguments = service(
        admins[6],
        &[
            ("--database-url", &database),
            ("--bus-url", &bus),
            ("--chat-url", &chat_url),
        ],
    );
    arguments.extend(bridged(&neighbours, bridge.room));
    let bot = Process::start(
        "bot".to_owned(),
        "bot",
        arguments,
        admins[6],
        &neighbours.logs,
    )
    .await?;
    bot.ready(STARTING).await?;
    started.push(bot);

    Ok(World {
        kind: Kind::Distributed,
        api,
        telegram: neighbours.telegram,
        collector: neighbours.collector,
        bridge,
        processes: started,
        gateways: gateways.to_vec(),
        names: AtomicU32::new(1),
        _data: neighbours.data,
    })
}

fn urls(addresses: &[SocketAddr]) -> String {
    let urls: Vec<_> = addresses
        .iter()
        .map(|address| format!("http://{address}"))
        .collect();
    urls.join(",")
}
