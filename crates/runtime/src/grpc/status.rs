//! Errors on the wire: a canonical code, and the protocol's stable `code` as `google.rpc.ErrorInfo`.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

const DOMAIN: &str = "chappe";

/// A status with the protocol's code, such as `title_taken`, as its reason.
pub fn status(code: Code, reason: &str, detail: impl Into<String>) -> Status {
    let details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    Status::with_error_details(code, detail, details)
}

/// The protocol's code of a status that was made by [`status`].
pub fn reason(status: &Status) -> Option<String> {
    let info = status.get_details_error_info()?;
    (info.domain == DOMAIN).then_some(info.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_comes_back_from_the_wire() {
        let made = status(Code::AlreadyExists, "title_taken", "choose another title");
        let answer = made.into_http::<()>();
        let read = Status::from_header_map(answer.headers()).unwrap();
        assert_eq!(read.code(), Code::AlreadyExists);
        assert_eq!(read.message(), "choose another title");
        assert_eq!(reason(&read).as_deref(), Some("title_taken"));
    }

    #[test]
    fn a_foreign_status_has_no_reason() {
        assert_eq!(reason(&Status::internal("broken")), None);
    }
}
