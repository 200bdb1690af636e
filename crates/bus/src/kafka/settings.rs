//! How the brokers are reached.

use std::path::PathBuf;

use rdkafka::ClientConfig;
use secrecy::{ExposeSecret, SecretString};

use crate::BusError;

/// How the brokers are reached, and what new topics are like.
#[derive(Clone, Debug)]
pub struct KafkaSettings {
    /// Brokers to ask first: `host:port`, separated by commas.
    pub brokers: String,
    /// How this client is called in the brokers' logs and metrics.
    pub client_id: String,
    /// Copies of each partition of topics that are made.
    pub replication: u16,
    /// Encryption and identity.
    pub security: Security,
}

impl KafkaSettings {
    /// Settings without encryption and identity, for one broker.
    pub fn new(brokers: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            brokers: brokers.into(),
            client_id: client_id.into(),
            replication: 1,
            security: Security::default(),
        }
    }
}

/// Encryption and identity.
#[derive(Clone, Debug, Default)]
pub struct Security {
    /// Speak TLS.
    pub tls: Option<Tls>,
    /// Say who we are with a password.
    pub sasl: Option<Sasl>,
}

/// TLS; unless something is given, the system's authorities are trusted and no certificate is shown.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// Authorities to trust.
    pub authorities: Option<Authorities>,
    /// Who we are.
    pub identity: Option<Identity>,
}

/// Certificates of authorities (PEM).
#[derive(Clone, Debug)]
pub enum Authorities {
    /// In a file.
    File(PathBuf),
    /// Here.
    Pem(String),
}

/// A certificate of ours and its key (PEM).
#[derive(Clone, Debug)]
pub enum Identity {
    /// In files.
    Files {
        /// The certificate.
        certificate: PathBuf,
        /// Its key.
        key: PathBuf,
    },
    /// Here.
    Pem {
        /// The certificate.
        certificate: String,
        /// Its key.
        key: SecretString,
    },
}

/// A name and a password.
#[derive(Clone, Debug)]
pub struct Sasl {
    /// How the password is proved.
    pub mechanism: SaslMechanism,
    /// The name.
    pub username: String,
    /// The password.
    pub password: SecretString,
}

/// How a password is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaslMechanism {
    /// In clear text: only over TLS.
    Plain,
    /// SCRAM-SHA-256.
    ScramSha256,
    /// SCRAM-SHA-512.
    ScramSha512,
}

impl KafkaSettings {
    /// What producers, consumers and administration have in common.
    pub(super) fn client(&self) -> Result<ClientConfig, BusError> {
        if self.brokers.trim().is_empty() {
            return Err(BusError::Settings("no Kafka brokers are named".into()));
        }
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", &self.client_id)
            // A broker that comes back is found within half a second, and not ten.
            .set("reconnect.backoff.ms", "50")
            .set("reconnect.backoff.max.ms", "500")
            .set("socket.timeout.ms", "10000")
            .set("socket.keepalive.enable", "true")
            .set("log.connection.close", "false");
        self.security.apply(&mut config);
        Ok(config)
    }
}

impl Security {
    fn apply(&self, config: &mut ClientConfig) {
        let protocol = match (&self.tls, &self.sasl) {
            (None, None) => "plaintext",
            (Some(_), None) => "ssl",
            (None, Some(_)) => "sasl_plaintext",
            (Some(_), Some(_)) => "sasl_ssl",
        };
        config.set("security.protocol", protocol);
        if let Some(tls) = &self.tls {
            tls.apply(config);
        }
        if let Some(sasl) = &self.sasl {
            config
                .set("sasl.mechanism", sasl.mechanism.name())
                .set("sasl.username", &sasl.username)
                .set("sasl.password", sasl.password.expose_secret());
        }
    }
}

impl Tls {
    fn apply(&self, config: &mut ClientConfig) {
        match &self.authorities {
            None => {}
            Some(Authorities::File(path)) => {
                config.set("ssl.ca.location", path.to_string_lossy());
            }
            Some(Authorities::Pem(pem)) => {
                config.set("ssl.ca.pem", pem);
            }
        }
        match &self.identity {
            None => {}
            Some(Identity::Files { certificate, key }) => {
                config
                    .set("ssl.certificate.location", certificate.to_string_lossy())
                    .set("ssl.key.location", key.to_string_lossy());
            }
            Some(Identity::Pem { certificate, key }) => {
                config
                    .set("ssl.certificate.pem", certificate)
                    .set("ssl.key.pem", key.expose_secret());
            }
        }
    }
}

impl SaslMechanism {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(tls: bool, sasl: bool) -> KafkaSettings {
        let mut settings = KafkaSettings::new("broker:9092", "test");
        settings.security = Security {
            tls: tls.then(Tls::default),
            sasl: sasl.then(|| Sasl {
                mechanism: SaslMechanism::ScramSha512,
                username: "chappe".into(),
                password: "secret".into(),
            }),
        };
        settings
    }

    #[test]
    fn the_protocol_follows_from_encryption_and_identity() {
        for (tls, sasl, protocol) in [
            (false, false, "plaintext"),
            (true, false, "ssl"),
            (false, true, "sasl_plaintext"),
            (true, true, "sasl_ssl"),
        ] {
            let config = settings(tls, sasl).client().expect("brokers are named");
            assert_eq!(config.get("security.protocol"), Some(protocol));
        }
    }

    #[test]
    fn no_brokers_is_a_wrong_setting() {
        let error = KafkaSettings::new(" ", "test").client().err();
        assert!(matches!(error, Some(BusError::Settings(_))));
    }

    #[test]
    fn the_password_is_not_in_what_is_logged() {
        let logged = format!("{:?}", settings(true, true));
        assert!(!logged.contains("secret\""), "{logged}");
    }
}
