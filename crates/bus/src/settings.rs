//! The settings by which a service finds its event log.

use std::{path::PathBuf, str::FromStr, sync::Arc};

use clap::{Args, ValueEnum};
use secrecy::SecretString;

use crate::{
    Authorities, Bus, BusError, Identity, KafkaSettings, Sasl, SaslMechanism, Security, Tls, kafka,
};

/// Where the event log is, and how it is reached. The embedded log has no settings: it lives in the
/// file that the single binary has already.
#[derive(Clone, Debug, Args)]
#[group(skip)]
pub struct Settings {
    /// The event log: `kafka:host:port,host:port`.
    #[arg(long, env = "CHAPPE_BUS_URL")]
    pub bus_url: BusUrl,

    /// Copies of each partition of topics that are made.
    #[arg(long, env = "CHAPPE_KAFKA_REPLICATION", default_value = "1",
          value_parser = clap::value_parser!(u16).range(1..=7))]
    pub kafka_replication: u16,

    /// Speak TLS to the brokers.
    #[arg(long, env = "CHAPPE_KAFKA_TLS")]
    pub kafka_tls: bool,

    /// File of the authorities (PEM) to trust instead of the system's.
    #[arg(long, env = "CHAPPE_KAFKA_CA", requires = "kafka_tls")]
    pub kafka_ca: Option<PathBuf>,

    /// File of our certificate (PEM).
    #[arg(long, env = "CHAPPE_KAFKA_CERTIFICATE", requires_all = ["kafka_tls", "kafka_key"])]
    pub kafka_certificate: Option<PathBuf>,

    /// File of the certificate's key (PEM).
    #[arg(long, env = "CHAPPE_KAFKA_KEY", requires = "kafka_certificate")]
    pub kafka_key: Option<PathBuf>,

    /// How the password is proved.
    #[arg(
        long,
        env = "CHAPPE_KAFKA_SASL_MECHANISM",
        default_value = "scram-sha-512"
    )]
    pub kafka_sasl_mechanism: Mechanism,

    /// The name to log in with.
    #[arg(long, env = "CHAPPE_KAFKA_USERNAME", requires = "kafka_password")]
    pub kafka_username: Option<String>,

    /// The password to log in with.
    #[arg(
        long,
        env = "CHAPPE_KAFKA_PASSWORD",
        hide_env_values = true,
        requires = "kafka_username"
    )]
    pub kafka_password: Option<SecretString>,
}

/// Kafka's bootstrap servers, written `kafka:host:port,host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusUrl {
    /// `host:port`, separated by commas.
    pub brokers: String,
}

/// How a password is proved.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "kebab-case")]
pub enum Mechanism {
    /// In clear text: only over TLS.
    Plain,
    /// SCRAM-SHA-256.
    #[value(name = "scram-sha-256")]
    ScramSha256,
    /// SCRAM-SHA-512.
    #[value(name = "scram-sha-512")]
    ScramSha512,
}

impl FromStr for BusUrl {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        match url.strip_prefix("kafka:") {
            Some(brokers) if !brokers.is_empty() => Ok(Self {
                brokers: brokers.trim_start_matches("//").to_owned(),
            }),
            _ => Err("must be kafka:host:port, several separated by commas"),
        }
    }
}

impl Settings {
    /// Connects when it is first used; `client_id` is how the brokers call this service.
    pub fn open(self, client_id: &str) -> Result<Arc<dyn Bus>, BusError> {
        let tls = self.kafka_tls.then(|| Tls {
            authorities: self.kafka_ca.map(Authorities::File),
            identity: self
                .kafka_certificate
                .zip(self.kafka_key)
                .map(|(certificate, key)| Identity::Files { certificate, key }),
        });
        let mechanism = self.kafka_sasl_mechanism.into();
        let sasl = self
            .kafka_username
            .zip(self.kafka_password)
            .map(|(username, password)| Sasl {
                mechanism,
                username,
                password,
            });
        let mut settings = KafkaSettings::new(self.bus_url.brokers, client_id);
        settings.replication = self.kafka_replication;
        settings.security = Security { tls, sasl };
        kafka(settings)
    }
}

impl From<Mechanism> for SaslMechanism {
    fn from(mechanism: Mechanism) -> Self {
        match mechanism {
            Mechanism::Plain => Self::Plain,
            Mechanism::ScramSha256 => Self::ScramSha256,
            Mechanism::ScramSha512 => Self::ScramSha512,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_url_names_brokers() {
        let url: BusUrl = "kafka:a:9092,b:9092".parse().expect("a valid address");
        assert_eq!(url.brokers, "a:9092,b:9092");
        assert_eq!(
            "kafka://a:9092".parse(),
            Ok(BusUrl {
                brokers: "a:9092".to_owned()
            })
        );
        assert!("kafka:".parse::<BusUrl>().is_err());
        assert!("a:9092".parse::<BusUrl>().is_err());
    }
}
