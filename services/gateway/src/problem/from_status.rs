//! The one place where gRPC statuses become problems.

use http::StatusCode;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::{FieldError, Problem};

impl From<Status> for Problem {
    /// A status with a reason is an answer for the caller; one without tells of our own inside, and
    /// is logged instead of shown.
    fn from(status: Status) -> Self {
        let reason = runtime::grpc::reason(&status);
        let wait = status
            .get_details_retry_info()
            .and_then(|retry| retry.retry_delay);
        let mut problem = match (http_status(status.code()), reason) {
            (Some(http), Some(reason)) if reason != "bad_internal_credential" => {
                Problem::new(http, reason, status.message().to_owned())
            }
            _ => hidden(&status),
        };
        problem.retry_after = wait.or(problem.retry_after);
        problem.errors = field_errors(&status);
        problem
    }
}

/// The HTTP status of an answer that is meant for the caller; `None` for what goes wrong inside.
fn http_status(code: Code) -> Option<StatusCode> {
    Some(match code {
        Code::InvalidArgument | Code::OutOfRange => StatusCode::UNPROCESSABLE_ENTITY,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::FailedPrecondition | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::Unimplemented
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss => return None,
    })
}

/// The details have addresses and reasons that are nobody else's business.
fn hidden(status: &Status) -> Problem {
    let (code, detail) = (status.code(), status.message());
    match code {
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::ResourceExhausted => {
            tracing::warn!(?code, detail, "a service could not answer");
            Problem::unavailable()
        }
        _ => {
            tracing::error!(?code, detail, "a service failed");
            Problem::internal()
        }
    }
}

fn field_errors(status: &Status) -> Vec<FieldError> {
    let violations = status
        .get_details_bad_request()
        .map(|request| request.field_violations)
        .unwrap_or_default();
    violations
        .into_iter()
        .map(|violation| {
            let code = Some(violation.reason).filter(|reason| !reason.is_empty());
            FieldError::new(
                violation.field,
                code.unwrap_or_else(|| "invalid".to_owned()),
                violation.description,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use runtime::grpc::status;
    use tonic_types::{ErrorDetails, FieldViolation};

    use super::*;

    #[test]
    fn an_answer_for_the_caller_keeps_its_code() {
        for (code, http) in [
            (Code::InvalidArgument, 422),
            (Code::Unauthenticated, 401),
            (Code::PermissionDenied, 403),
            (Code::NotFound, 404),
            (Code::AlreadyExists, 409),
            (Code::FailedPrecondition, 409),
            (Code::ResourceExhausted, 429),
        ] {
            let problem = Problem::from(status(code, "some_code", "do something else"));
            assert_eq!(problem.status.as_u16(), http, "{code:?}");
            assert_eq!(problem.code, "some_code");
            assert_eq!(problem.detail, "do something else");
        }
    }

    #[test]
    fn what_goes_wrong_inside_is_not_shown() {
        for (inside, http, code) in [
            (Status::internal("table message is broken"), 500, "internal"),
            (Status::unauthenticated("from a stranger"), 500, "internal"),
            (
                status(Code::Unauthenticated, "bad_internal_credential", "secret"),
                500,
                "internal",
            ),
            (
                status(Code::Unavailable, "unavailable", "10.0.0.7 refused"),
                503,
                "unavailable",
            ),
            (
                status(Code::DeadlineExceeded, "timeout", "http://chat:7001"),
                503,
                "unavailable",
            ),
        ] {
            let message = inside.message().to_owned();
            let problem = Problem::from(inside);
            assert_eq!(problem.status.as_u16(), http, "{message}");
            assert_eq!(problem.code, code);
            assert!(!problem.detail.contains(&message));
        }
    }

    #[test]
    fn wrong_fields_and_waiting_times_are_passed_on() {
        let mut details =
            ErrorDetails::with_error_info("invalid", "chappe", std::collections::HashMap::new());
        details.set_bad_request(vec![FieldViolation {
            field: "title".to_owned(),
            description: "must not be empty".to_owned(),
            reason: "empty".to_owned(),
            localized_message: None,
        }]);
        details.set_retry_info(Some(Duration::from_secs(7)));
        let problem = Problem::from(Status::with_error_details(
            Code::InvalidArgument,
            "title must not be empty",
            details,
        ));
        assert_eq!(
            problem.errors,
            [FieldError::new("title", "empty", "must not be empty")]
        );
        assert_eq!(problem.retry_after, Some(Duration::from_secs(7)));
    }
}
