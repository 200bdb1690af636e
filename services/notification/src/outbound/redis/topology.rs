//! One Redis, one behind sentinels, or a cluster: told apart by the URL's scheme.

use std::fmt;
use std::str::FromStr;

use redis::cluster::ClusterClient;
use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{Client, ConnectionAddr, IntoConnectionInfo, TlsMode};
use tokio::sync::Mutex;

use super::connection::Source;

/// Where Redis is. Its text may have a password in it and is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Topology {
    kind: Kind,
    tls: bool,
    /// `user:password@`, as in the URL, or nothing.
    login: String,
    /// `host:port` of the servers, of some of the cluster's, or of the sentinels.
    nodes: Vec<String>,
    /// What follows the nodes: a database number, or the service's name with the sentinels.
    path: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Single,
    Cluster,
    Sentinel,
}

/// A text does not say where Redis is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0}; write redis://host:6379/0, redis+cluster://host:6379,host:6379 or \
     redis+sentinel://host:26379,host:26379/service/0 (rediss… with TLS)"
)]
pub struct BadTopology(String);

impl FromStr for Topology {
    type Err = BadTopology;

    fn from_str(url: &str) -> Result<Self, BadTopology> {
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| BadTopology("the scheme is missing".into()))?;
        let (tls, kind) = match scheme {
            "redis" => (false, Kind::Single),
            "rediss" => (true, Kind::Single),
            "redis+cluster" => (false, Kind::Cluster),
            "rediss+cluster" => (true, Kind::Cluster),
            "redis+sentinel" => (false, Kind::Sentinel),
            "rediss+sentinel" => (true, Kind::Sentinel),
            _ => return Err(BadTopology("the scheme is unknown".into())),
        };
        let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, nodes) = match place.rsplit_once('@') {
            Some((login, nodes)) => (format!("{login}@"), nodes),
            None => (String::new(), place),
        };
        let nodes: Vec<_> = nodes.split(',').map(str::to_owned).collect();
        if nodes.iter().any(String::is_empty) {
            return Err(BadTopology("a host is missing".into()));
        }
        if kind == Kind::Single && nodes.len() > 1 {
            return Err(BadTopology("a single Redis has one host".into()));
        }
        let topology = Self {
            kind,
            tls,
            login,
            nodes,
            path: path.to_owned(),
        };
        topology.source()?;
        Ok(topology)
    }
}

/// Shows no password.
impl fmt::Debug for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.nodes).finish()
    }
}

impl Topology {
    /// How connections are made. Connects to nothing yet.
    pub(super) fn source(&self) -> Result<Source, BadTopology> {
        let wrong = |error: redis::RedisError| BadTopology(error.to_string());
        let scheme = if self.tls { "rediss" } else { "redis" };
        let node = |node: &str| format!("{scheme}://{}{node}", self.login);
        match self.kind {
            Kind::Single => {
                let url = format!("{}/{}", node(&self.nodes[0]), self.path);
                Client::open(url).map(Source::Single).map_err(wrong)
            }
            Kind::Cluster => {
                let nodes = self.nodes.iter().map(|name| node(name));
                ClusterClient::new(nodes)
                    .map(Source::Cluster)
                    .map_err(wrong)
            }
            Kind::Sentinel => self.sentinel(scheme).map_err(wrong),
        }
    }

    fn sentinel(&self, scheme: &str) -> redis::RedisResult<Source> {
        let (service, database) = self.path.split_once('/').unwrap_or((&self.path, "0"));
        let database = database.parse().map_err(|_| {
            let kind = redis::ErrorKind::InvalidClientConfig;
            redis::RedisError::from((kind, "the database is not a number"))
        })?;
        let sentinels: Vec<ConnectionAddr> = self
            .nodes
            .iter()
            .map(|name| {
                let info = format!("{scheme}://{name}").into_connection_info()?;
                Ok(info.addr().clone())
            })
            .collect::<redis::RedisResult<_>>()?;
        let master = SentinelServerType::Master;
        let mut builder = SentinelClientBuilder::new(sentinels, service, master)?
            .set_client_to_redis_db(database);
        if self.tls {
            builder = builder.set_client_to_redis_tls_mode(TlsMode::Secure);
        }
        // The login is that of Redis: read by way of a URL, which may have it percent-encoded.
        let login = format!("{scheme}://{}localhost", self.login).into_connection_info()?;
        if let Some(username) = login.redis_settings().username() {
            builder = builder.set_client_to_redis_username(username);
        }
        if let Some(password) = login.redis_settings().password() {
            builder = builder.set_client_to_redis_password(password);
        }
        Ok(Source::Sentinel(Mutex::new(builder.build()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_picks_the_topology() {
        for url in [
            "redis://127.0.0.1:6379",
            "redis://user:secret@redis:6379/3",
            "redis+cluster://a:6379,b:6379",
            "redis+sentinel://:secret@a:26379,b:26379/chappe/0",
        ] {
            assert!(url.parse::<Topology>().is_ok(), "{url}");
        }
        for url in [
            "",
            "redis",
            "http://redis:6379",
            "redis://",
            "redis://a:6379,b:6379",
            "redis+sentinel://a:26379/chappe/first",
        ] {
            assert!(url.parse::<Topology>().is_err(), "{url}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let topology: Topology = "redis://user:secret@redis:6379".parse().unwrap();
        assert_eq!(format!("{topology:?}"), r#"["redis:6379"]"#);
    }
}
