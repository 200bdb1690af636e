//! Which field is wrong, and how.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

/// One wrong field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({ "field": "title", "code": "too_long", "detail": "must have at most 128 characters" }))]
pub struct FieldError {
    /// Where, such as `title` or `member_ids[3]`.
    pub field: Cow<'static, str>,
    /// Stable name of the broken rule.
    pub code: Cow<'static, str>,
    /// The rule in words.
    pub detail: Cow<'static, str>,
}

impl FieldError {
    /// The `field` breaks the rule named `code`.
    pub fn new(
        field: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            field: field.into(),
            code: code.into(),
            detail: detail.into(),
        }
    }
}
