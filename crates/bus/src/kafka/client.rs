//! What every Kafka client reports, in our own logs.

use rdkafka::{
    ClientContext, Statistics,
    config::RDKafkaLogLevel,
    error::{KafkaError, RDKafkaErrorCode},
};

/// Reports of producers and of administration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reports;

impl ClientContext for Reports {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn stats(&self, _: Statistics) {}

    fn error(&self, error: KafkaError, reason: &str) {
        report(&error, reason);
    }
}

pub(super) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical => {
            tracing::error!(facility, "kafka: {message}");
        }
        // One line for each attempt to reach a broker: `report` tells once when none is left.
        RDKafkaLogLevel::Error if facility == "FAIL" => {
            tracing::debug!(facility, "kafka: {message}");
        }
        RDKafkaLogLevel::Error | RDKafkaLogLevel::Warning => {
            tracing::warn!(facility, "kafka: {message}");
        }
        _ => tracing::debug!(facility, "kafka: {message}"),
    }
}

pub(super) fn report(error: &KafkaError, reason: &str) {
    // Each attempt to reach a broker ends in one of these.
    let is_attempt = matches!(
        error.rdkafka_error_code(),
        Some(RDKafkaErrorCode::BrokerTransportFailure | RDKafkaErrorCode::Resolve)
    );
    if is_attempt {
        tracing::debug!("kafka: {error}: {reason}");
    } else {
        tracing::warn!("kafka: {error}: {reason}");
    }
}

/// Whether the brokers refuse us for what we are or ask; trying again will not help.
pub(super) fn is_refusal(error: &KafkaError) -> bool {
    use RDKafkaErrorCode as Code;
    matches!(
        error.rdkafka_error_code(),
        Some(
            Code::Authentication
                | Code::TopicAuthorizationFailed
                | Code::GroupAuthorizationFailed
                | Code::ClusterAuthorizationFailed
                | Code::MessageSizeTooLarge
                | Code::InvalidTopic
                | Code::InvalidPartitions
                | Code::InvalidReplicationFactor
                | Code::PolicyViolation
                | Code::InvalidRecord
                | Code::SaslAuthenticationFailed
                | Code::UnsupportedSASLMechanism
        )
    )
}
