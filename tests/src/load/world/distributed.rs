//! The distributed world: so many of each service on the test servers' Postgres, Redis and Kafka.

use std::net::SocketAddr;

use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use url::Url;

use super::{
    Cores, Place, World, free_addresses,
    server::{Server, Start},
};
use crate::load::{clock, deadline::within};

/// Enough for one machine; between services of this world only.
const CREDENTIAL: &str = "0123456789abcdef-of-the-load-tool";

/// A database of its own, and one of Redis's that is emptied before.
pub(super) struct Databases {
    server: Url,
    name: String,
}

pub(super) async fn start(replicas: usize, cores: Cores) -> anyhow::Result<World> {
    let kafka = variable("CHAPPE_TEST_KAFKA_BROKERS")?;
    let databases = Databases::make().await?;
    let registry = empty_registry().await?;

    let addresses = free_addresses(7 * replicas)?;
    let mut addresses = addresses.chunks(replicas);
    let mut next = || addresses.next().expect("seven chunks");
    let (chats, routers, edges, gateways) = (next(), next(), next(), next());
    let (chat_admins, router_admins, gateway_admins) = (next(), next(), next());

    let mut servers = Vec::new();
    for (number, listen) in chats.iter().enumerate() {
        let settings = vec![
            ("LISTEN", listen.to_string()),
            ("DATABASE_URL", databases.url()),
            ("BUS_URL", format!("kafka:{kafka}")),
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
            ("REGISTRY_URL", registry.clone()),
            ("BUS_URL", format!("kafka:{kafka}")),
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
        place: Some(Place::Database(databases)),
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

impl Databases {
    async fn make() -> anyhow::Result<Self> {
        let server = Url::parse(&variable("CHAPPE_TEST_POSTGRES_URL")?)?;
        let databases = Self {
            server,
            name: format!("load_{}", clock::message_id().simple()),
        };
        databases.execute("CREATE DATABASE").await?;
        Ok(databases)
    }

    fn url(&self) -> String {
        let mut url = self.server.clone();
        url.set_path(&self.name);
        url.into()
    }

    async fn execute(&self, what: &str) -> anyhow::Result<()> {
        let executing = async {
            let mut connection = PgConnection::connect(self.server.as_str()).await?;
            // The name is hexadecimal digits of our own.
            let statement = AssertSqlSafe(format!("{what} {}", self.name));
            sqlx::query(statement).execute(&mut connection).await?;
            Ok(connection.close().await?)
        };
        within("Postgres answers", executing).await?
    }

    pub(super) async fn remove(self) {
        if let Err(error) = self.execute("DROP DATABASE").await {
            eprintln!("load: database {} stays: {error}", self.name);
        }
    }
}

/// The last one of Redis's databases, without the entries of worlds before.
async fn empty_registry() -> anyhow::Result<String> {
    let mut url = Url::parse(&variable("CHAPPE_TEST_REDIS_URL")?)?;
    url.set_path("15");
    let client = redis::Client::open(url.as_str())?;
    let emptying = async {
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("FLUSHDB").exec_async(&mut connection).await
    };
    within("Redis answers", emptying).await??;
    Ok(url.into())
}

fn variable(name: &str) -> anyhow::Result<String> {
    std::env::var(name).with_context(|| {
        format!("{name} is missing: run this in `scripts/stack run`, or give --world embedded")
    })
}
