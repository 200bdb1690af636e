//! Conditions, as Kubernetes' API conventions have them: one per aspect, each with a reason for
//! programs and a message for people.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use k8s_openapi::jiff::Timestamp;

/// What is to be said about one aspect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The aspect, such as `Ready`.
    pub kind: &'static str,
    /// Whether it holds; `None` where that can't be told.
    pub holds: Option<bool>,
    /// In `CamelCase`, stable.
    pub reason: &'static str,
    /// What it means and what to do.
    pub message: String,
}

impl Finding {
    /// The aspect holds.
    pub fn yes(kind: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(kind, Some(true), reason, message)
    }

    /// It does not.
    pub fn no(kind: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(kind, Some(false), reason, message)
    }

    /// It can't be told.
    pub fn unknown(kind: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(kind, None, reason, message)
    }

    fn new(
        kind: &'static str,
        holds: Option<bool>,
        reason: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            holds,
            reason,
            message: message.into(),
        }
    }
}

/// The new conditions: the findings, each with the time since when it holds or does not. Conditions that
/// nothing is said about are kept.
pub fn merge(
    before: &[Condition],
    findings: &[Finding],
    generation: Option<i64>,
    now: Timestamp,
) -> Vec<Condition> {
    let mut conditions = before.to_vec();
    for finding in findings {
        let status = match finding.holds {
            Some(true) => "True",
            Some(false) => "False",
            None => "Unknown",
        };
        let old = conditions.iter_mut().find(|c| c.type_ == finding.kind);
        let since = match &old {
            Some(old) if old.status == status => old.last_transition_time.clone(),
            _ => Time(now),
        };
        let new = Condition {
            type_: finding.kind.to_owned(),
            status: status.to_owned(),
            reason: finding.reason.to_owned(),
            message: finding.message.clone(),
            observed_generation: generation,
            last_transition_time: since,
        };
        match old {
            Some(old) => *old = new,
            None => conditions.push(new),
        }
    }
    conditions
}

/// Whether the condition is there and true.
pub fn holds(conditions: &[Condition], kind: &str) -> bool {
    conditions
        .iter()
        .any(|condition| condition.type_ == kind && condition.status == "True")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_time_of_a_condition_is_that_of_its_last_turn() {
        let one = merge(
            &[],
            &[Finding::no("Ready", "Starting", "a")],
            Some(1),
            at(1),
        );
        let two = merge(
            &one,
            &[Finding::no("Ready", "Waiting", "b")],
            Some(2),
            at(2),
        );
        assert_eq!(two[0].last_transition_time, Time(at(1)));
        assert_eq!(two[0].reason, "Waiting");
        assert_eq!(two[0].observed_generation, Some(2));
        let three = merge(
            &two,
            &[Finding::yes("Ready", "Serving", "")],
            Some(2),
            at(3),
        );
        assert_eq!(three[0].last_transition_time, Time(at(3)));
        assert!(holds(&three, "Ready"));
    }

    #[test]
    fn what_is_not_spoken_of_stays() {
        let one = merge(&[], &[Finding::yes("Ready", "Serving", "")], None, at(1));
        let two = merge(&one, &[Finding::yes("Draining", "Idle", "")], None, at(2));
        assert_eq!(two.len(), 2);
        assert_eq!(two[0], one[0]);
    }
}
