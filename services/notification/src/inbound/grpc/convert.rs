//! From the wire's types to the domain's and back, and from refusals to statuses.

use std::fmt::Display;

use proto::notification::{Beat, Hello, Interest, RegisteredGateway};
use runtime::grpc::status;
use tonic::{Code, Status};

use crate::application::Error;
use crate::domain::{BadTopic, Change, Gateway, Incarnation, Lease, Report, Topic};

pub(super) fn gateway(hello: &Hello) -> Result<Gateway, Status> {
    Ok(Gateway {
        incarnation: Incarnation {
            id: hello.gateway_id.parse().map_err(invalid)?,
            epoch: hello.boot_epoch.into(),
        },
        address: hello.address.parse().map_err(invalid)?,
    })
}

pub(super) fn change(interest: &Interest) -> Result<Change, Status> {
    let topics = |texts: &[String]| -> Result<Vec<Topic>, BadTopic> {
        texts.iter().map(|text| text.parse()).collect()
    };
    Ok(Change {
        reset: interest.reset,
        remove: topics(&interest.remove).map_err(invalid)?,
        add: topics(&interest.add).map_err(invalid)?,
    })
}

pub(super) fn report(beat: &Beat) -> Report {
    Report {
        connections: beat.connections,
        topics: beat.topics,
        digest: beat.digest.into(),
        draining: beat.draining,
    }
}

pub(super) fn registered(lease: &Lease) -> RegisteredGateway {
    RegisteredGateway {
        gateway_id: lease.gateway.incarnation.id.to_string(),
        address: lease.gateway.address.to_string(),
        connections: lease.connections,
    }
}

pub(super) fn invalid(reason: impl Display) -> Status {
    status(Code::InvalidArgument, "bad_request", reason.to_string())
}

pub(super) fn refusal(error: &Error) -> Status {
    let (code, reason) = match error {
        Error::Superseded => (Code::FailedPrecondition, "superseded"),
        Error::StaleOperation => (Code::FailedPrecondition, "stale_operation"),
        Error::TooManyTickets => (Code::ResourceExhausted, "too_many_tickets"),
    };
    status(code, reason, error.to_string())
}
