//! The coordinator: which member of a group reads which partition.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::store::{Place, Topic};

/// Names one consumer within the process.
pub(super) type MemberId = u64;

/// All groups of the log.
#[derive(Debug, Default)]
pub(super) struct Groups {
    next_member: MemberId,
    groups: HashMap<String, Group>,
}

#[derive(Debug, Default)]
struct Group {
    /// Members in the order in which they joined, with the topics they read.
    members: BTreeMap<MemberId, BTreeSet<String>>,
}

impl Groups {
    pub(super) fn join(&mut self, group: &str, topics: BTreeSet<String>) -> MemberId {
        self.next_member += 1;
        let group = self.groups.entry(group.to_owned()).or_default();
        group.members.insert(self.next_member, topics);
        self.next_member
    }

    pub(super) fn leave(&mut self, group: &str, member: MemberId) {
        let Some(found) = self.groups.get_mut(group) else {
            return;
        };
        found.members.remove(&member);
        if found.members.is_empty() {
            self.groups.remove(group);
        }
    }

    /// The partitions of these topics that are this member's: the members that read a topic take
    /// its partitions in turn.
    pub(super) fn assignment<'a>(
        &self,
        group: &str,
        member: MemberId,
        topics: impl Iterator<Item = &'a Topic>,
    ) -> BTreeSet<Place> {
        let mut places = BTreeSet::new();
        let Some(group) = self.groups.get(group) else {
            return places;
        };
        for topic in topics {
            let readers: Vec<MemberId> = group
                .members
                .iter()
                .filter(|(_, topics)| topics.contains(&topic.name))
                .map(|(member, _)| *member)
                .collect();
            places.extend(
                (0..topic.partitions)
                    .zip(readers.iter().cycle())
                    .filter(|(_, reader)| **reader == member)
                    .map(|(partition, _)| Place {
                        topic: topic.id,
                        partition,
                    }),
            );
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(partitions: i32) -> Topic {
        Topic {
            id: 1,
            name: "topic".into(),
            partitions,
        }
    }

    fn join(groups: &mut Groups) -> MemberId {
        groups.join("group", BTreeSet::from(["topic".to_owned()]))
    }

    fn shares(groups: &Groups, members: &[MemberId], partitions: i32) -> Vec<usize> {
        let topic = topic(partitions);
        let mut seen = BTreeSet::new();
        let shares = members
            .iter()
            .map(|member| {
                let share = groups.assignment("group", *member, [&topic].into_iter());
                let size = share.len();
                seen.extend(share);
                size
            })
            .collect();
        assert_eq!(seen.len(), usize::try_from(partitions).expect("positive"));
        shares
    }

    #[test]
    fn members_share_the_partitions_evenly_and_wholly() {
        let mut groups = Groups::default();
        let members: Vec<_> = (0..3).map(|_| join(&mut groups)).collect();
        assert_eq!(shares(&groups, &members, 8), [3, 3, 2]);
    }

    #[test]
    fn who_leaves_hands_over_all_partitions() {
        let mut groups = Groups::default();
        let (first, second) = (join(&mut groups), join(&mut groups));
        groups.leave("group", first);
        assert_eq!(shares(&groups, &[first, second], 8), [0, 8]);
    }

    #[test]
    fn more_members_than_partitions_leave_some_idle() {
        let mut groups = Groups::default();
        let members: Vec<_> = (0..3).map(|_| join(&mut groups)).collect();
        assert_eq!(shares(&groups, &members, 2), [1, 1, 0]);
    }
}
