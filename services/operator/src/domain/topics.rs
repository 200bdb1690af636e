//! What is done about topics: made, enlarged, or only told. Never removed, never made smaller.

use std::collections::BTreeMap;

use crate::resources::messenger::{TopicPolicy, Topics};

/// A topic as the brokers have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Existing {
    /// Its partitions.
    pub partitions: i32,
    /// Copies of the partition that has the fewest.
    pub replication: i32,
}

/// A change of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is made.
    Create {
        /// Its name.
        topic: String,
        /// Its partitions.
        partitions: i32,
        /// Copies of each.
        replication: i32,
    },
    /// It gets more partitions.
    Grow {
        /// Its name.
        topic: String,
        /// How many it then has.
        partitions: i32,
    },
}

/// What differs from what is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What the operator may do about it.
    pub changes: Vec<Change>,
    /// What it can't or may not do, for people: topic and what to do.
    pub problems: Vec<Problem>,
}

/// A difference that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In `CamelCase`, stable.
    pub reason: &'static str,
    /// What it means and what to do.
    pub message: String,
}

/// Compares the topics with what is wanted.
pub fn plan(wanted: &Topics, existing: &BTreeMap<String, Existing>) -> Plan {
    let mut plan = Plan::default();
    let replication = wanted.replication_factor;
    for (topic, &partitions) in &wanted.partitions {
        let managed = wanted.policy == TopicPolicy::Manage;
        match existing.get(topic) {
            None if managed => plan.changes.push(Change::Create {
                topic: topic.clone(),
                partitions,
                replication,
            }),
            None => plan.problem(
                "TopicMissing",
                format!("{topic} is missing: make it with {partitions} partitions and {replication} replicas"),
            ),
            Some(found) => {
                if found.partitions < partitions && managed {
                    plan.changes.push(Change::Grow {
                        topic: topic.clone(),
                        partitions,
                    });
                } else if found.partitions < partitions {
                    plan.problem(
                        "TooFewPartitions",
                        format!("{topic} has {} partitions: add some up to {partitions}", found.partitions),
                    );
                } else if found.partitions > partitions {
                    plan.problem(
                        "WouldShrink",
                        format!(
                            "{topic} has {} partitions, more than the wanted {partitions}: partitions can't \
                             become fewer, so set kafka.topics.partitions to what is there",
                            found.partitions
                        ),
                    );
                }
                if found.replication < replication {
                    plan.problem(
                        "TooFewReplicas",
                        format!(
                            "{topic} has {} replicas of a partition, fewer than the wanted {replication}: \
                             reassign its partitions, or lower kafka.topics.replicationFactor",
                            found.replication
                        ),
                    );
                }
            }
        }
    }
    plan
}

impl Plan {
    fn problem(&mut self, reason: &'static str, message: String) {
        self.problems.push(Problem { reason, message });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(policy: TopicPolicy) -> Topics {
        Topics {
            policy,
            replication_factor: 3,
            partitions: [("chat.events.v1".to_owned(), 8)].into(),
        }
    }

    fn existing(partitions: i32, replication: i32) -> BTreeMap<String, Existing> {
        let topic = Existing {
            partitions,
            replication,
        };
        [("chat.events.v1".to_owned(), topic)].into()
    }

    #[test]
    fn what_is_missing_is_made_and_what_is_small_grows() {
        let plan = plan(&wanted(TopicPolicy::Manage), &BTreeMap::new());
        let create = Change::Create {
            topic: "chat.events.v1".into(),
            partitions: 8,
            replication: 3,
        };
        assert_eq!(plan.changes, [create]);
        assert!(plan.problems.is_empty());

        let plan = super::plan(&wanted(TopicPolicy::Manage), &existing(4, 3));
        let grow = Change::Grow {
            topic: "chat.events.v1".into(),
            partitions: 8,
        };
        assert_eq!(plan.changes, [grow]);
    }

    #[test]
    fn nothing_shrinks_and_replicas_are_told() {
        let plan = plan(&wanted(TopicPolicy::Manage), &existing(12, 1));
        assert!(plan.changes.is_empty());
        let reasons: Vec<_> = plan.problems.iter().map(|problem| problem.reason).collect();
        assert_eq!(reasons, ["WouldShrink", "TooFewReplicas"]);
    }

    #[test]
    fn verifying_changes_nothing() {
        for (existing, reason) in [
            (BTreeMap::new(), "TopicMissing"),
            (existing(4, 3), "TooFewPartitions"),
        ] {
            let plan = plan(&wanted(TopicPolicy::Verify), &existing);
            assert!(plan.changes.is_empty());
            assert_eq!(plan.problems[0].reason, reason);
        }
    }

    #[test]
    fn what_is_as_wanted_is_left_alone() {
        let plan = plan(&wanted(TopicPolicy::Manage), &existing(8, 3));
        assert_eq!(plan, Plan::default());
    }
}
