//! The distributed world: so many of each service on the test servers' Postgres, Redis and Kafka.

use std::net::SocketAddr;

use url::Url;

use super::{
    Cores, Place, World, free_addresses,
    server::{Server, Start},
};
use crate::load::deadline::within;
use crate::world::stack::{Leftovers, Stack};

/// Enough for one machine; between services of this world only.
const CREDENTIAL: &str = "0123456789abcdef-of-the-load-tool";

pub(super) async fn start(replicas: usize, cores: Cores) -> anyhow::Result<World> {
    let mut stack = Stack::from_environment()?;
    // The last one of Redis's databases.
    let mut redis = Url::parse(&stack.redis)?;
    redis.set_path("15");
    stack.redis = redis.into();
    let database = within("the servers are empty", async {
        stack.forget().await?;
        stack.fresh_database().await
    })
    .await??;

    let addresses = free_addresses(7 * replicas)?;
    let mut addresses = addresses.chunks(replicas);
    let mut next = || addresses.next().expect("seven chunks");
    let (chats, routers, edges, gateways) = (next(), next(), next(), next());
    let (chat_admins, router_admins, gateway_admins) = (next(), next(), next());

    let mut servers = Vec::new();
    for (number, listen) in chats.iter().enumerate() {
        let settings = vec![
            ("LISTEN", listen.to_string()),
            ("DATABASE_URL", database.clone()),
            ("BUS_URL", format!("kafka:{}", stack.kafka)),
            ("INTERNAL_CREDENTIAL", CREDENTIAL.into()),
            ("ACCESS_TOKEN_SECONDS", "86400".into()),
        ];
        servers.push(server(
            "chat",
            number,
            settings,
            chat_admins[number],
            Cores::Shared,
        )?);
        if number == 0 {
            // The first one makes the tables and the keys.
            servers[0].ready().await?;
        }
    }
    for (number, listen) in routers.iter().enumerate() {
        let settings = vec![
            ("LISTEN", listen.to_string()),
            ("REGISTRY_URL", stack.redis.clone()),
            ("BUS_URL", format!("kafka:{}", stack.kafka)),
            ("GATEWAY_URL", urls(edges)),
            ("INTERNAL_CREDENTIAL", CREDENTIAL.into()),
        ];
        servers.push(server(
            "notification",
            number,
            settings,
            router_admins[number],
            Cores::Shared,
        )?);
    }
    for (number, (listen, public)) in edges.iter().zip(gateways).enumerate() {
        let mut settings = without_limits();
        settings.extend([
            ("LISTEN", listen.to_string()),
            ("PUBLIC_LISTEN", public.to_string()),
            ("GATEWAY_ID", format!("gateway-{number}")),
            ("CHAT_URL", urls(chats)),
            ("NOTIFICATION_URL", urls(routers)),
            ("INTERNAL_CREDENTIAL", CREDENTIAL.into()),
        ]);
        let cores = if number == 0 { cores } else { Cores::Shared };
        servers.push(server(
            "gateway",
            number,
            settings,
            gateway_admins[number],
            cores,
        )?);
    }
    for server in &mut servers {
        server.ready().await?;
    }
    Ok(World {
        gateways: gateways.to_vec(),
        servers,
        running: Vec::new(),
        place: Some(Place::Servers(Leftovers { stack, database })),
    })
}

/// All of the tool's people come from one address, and some send as fast as they can.
pub(super) fn without_limits() -> Vec<(&'static str, String)> {
    [
        "ADDRESS_RATE",
        "SIGN_IN_RATE",
        "PERSON_RATE",
        "ADDRESS_CONNECTIONS",
        "PERSON_CONNECTIONS",
    ]
    .map(|name| (name, "0".to_owned()))
    .into()
}

fn server(
    program: &'static str,
    number: usize,
    settings: Vec<(&'static str, String)>,
    admin: SocketAddr,
    cores: Cores,
) -> anyhow::Result<Server> {
    Server::start(Start {
        program,
        name: format!("{program}-{number}"),
        settings,
        admin,
        cores,
    })
}

fn urls(addresses: &[SocketAddr]) -> String {
    let urls: Vec<String> = addresses
        .iter()
        .map(|address| format!("http://{address}"))
        .collect();
    urls.join(",")
}
