//! Why a value was refused.

/// A value from outside that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {detail}")]
pub struct Invalid {
    /// Name of the field as the public protocol spells it.
    pub field: &'static str,
    /// Stable name of the broken rule, such as `too_long`.
    pub code: &'static str,
    /// The rule in words, to be read after the field's name.
    pub detail: String,
}

impl Invalid {
    /// Tells which rule the value of `field` breaks.
    pub fn new(field: &'static str, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            field,
            code,
            detail: detail.into(),
        }
    }

    /// The same refusal under another field's name.
    #[must_use]
    pub fn of(mut self, field: &'static str) -> Self {
        self.field = field;
        self
    }
}
