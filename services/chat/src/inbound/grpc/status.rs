//! The one place where an application error becomes a gRPC status.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use crate::{
    application::{Error, Kind},
    domain::Invalid,
};

/// `domain` of the error infos: codes are those of the public protocol.
const DOMAIN: &str = "chappe";

/// Canonical code, the protocol's code as reason, the field at fault, and when to try again.
pub(super) fn status(error: &Error) -> Status {
    let mut details = ErrorDetails::with_error_info(error.code(), DOMAIN, HashMap::new());
    if let Error::Invalid(invalid) = error {
        let mut violation = FieldViolation::new(invalid.field, invalid.detail.clone());
        violation.reason = invalid.code.into();
        details.set_bad_request(vec![violation]);
    }
    if let Some(wait) = error.retry_after() {
        details.set_retry_info(Some(wait));
    }
    Status::with_error_details(code(error.kind()), message(error), details)
}

/// The status of a request that does not even become a command.
pub(super) fn invalid(invalid: Invalid) -> Status {
    status(&Error::Invalid(invalid))
}

const fn code(kind: Kind) -> Code {
    match kind {
        Kind::Invalid => Code::InvalidArgument,
        Kind::Unauthenticated => Code::Unauthenticated,
        Kind::Forbidden => Code::PermissionDenied,
        Kind::NotFound => Code::NotFound,
        Kind::Conflict => Code::FailedPrecondition,
        Kind::Taken => Code::AlreadyExists,
        Kind::TooMany => Code::ResourceExhausted,
        Kind::Unavailable => Code::Unavailable,
        Kind::Internal => Code::Internal,
    }
}

/// What a person may read. The inner life of the database is for the logs.
fn message(error: &Error) -> String {
    match (error, error.kind()) {
        (_, Kind::Internal) => "something went wrong inside; it is in the logs".to_owned(),
        (Error::Store(_), _) => "the database does not answer; try again in a moment".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        application::{Thing, ports::StoreError},
        domain::Refusal,
    };

    fn over_the_wire(error: &Error) -> Status {
        let response = status(error).into_http::<()>();
        Status::from_header_map(response.headers()).unwrap()
    }

    #[test]
    fn every_kind_has_its_code_and_the_protocols_reason() {
        for (error, code, reason) in [
            (Error::NotFound(Thing::Room), Code::NotFound, "not_found"),
            (
                Refusal::NotAMember.into(),
                Code::PermissionDenied,
                "not_a_member",
            ),
            (
                Refusal::LastOwner.into(),
                Code::FailedPrecondition,
                "last_owner",
            ),
            (
                Error::BadCredentials,
                Code::Unauthenticated,
                "bad_credentials",
            ),
            (
                Error::RefreshReused,
                Code::Unauthenticated,
                "refresh_reused",
            ),
            (Error::TitleTaken, Code::AlreadyExists, "title_taken"),
            (Error::IdTaken, Code::AlreadyExists, "id_taken"),
            (Error::Overloaded, Code::Unavailable, "overloaded"),
        ] {
            let status = over_the_wire(&error);
            assert_eq!(status.code(), code, "{error}");
            assert_eq!(runtime::grpc::reason(&status).as_deref(), Some(reason));
        }
    }

    #[test]
    fn a_bad_value_names_its_field_and_the_rule() {
        let refused = Invalid::new("title", "too_long", "must have at most 128 characters");
        let status = over_the_wire(&refused.into());
        assert_eq!(status.code(), Code::InvalidArgument);
        let violations = status.get_details_bad_request().unwrap().field_violations;
        assert_eq!(violations[0].field, "title");
        assert_eq!(violations[0].reason, "too_long");
        assert_eq!(
            violations[0].description,
            "must have at most 128 characters"
        );
    }

    #[test]
    fn a_failing_store_is_not_shown_but_may_be_tried_again() {
        let error = Error::Store(StoreError::Unavailable("password of db is hunter2".into()));
        let status = over_the_wire(&error);
        assert_eq!(status.code(), Code::Unavailable);
        assert!(!status.message().contains("hunter2"));
        let wait = status.get_details_retry_info().unwrap().retry_delay;
        assert_eq!(wait, Some(Duration::from_secs(1)));
    }
}
