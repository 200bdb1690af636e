//! What may leave the outbox after a send.

use std::collections::BTreeSet;

use uuid::Uuid;

/// What one send achieved.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Rows that may be removed, by their index in the send.
    pub done: Vec<usize>,
    /// Keys with a row that was not acknowledged: it is first in line when they are sent again.
    pub stuck: BTreeSet<Uuid>,
}

/// Finds, key by key, the rows up to the first that was not acknowledged.
///
/// A row behind a failed one of its key stays even when it was acknowledged itself. Were it removed,
/// the failed one would be sent alone and arrive last, with nothing behind it to tell that the order
/// was broken; kept, it is sent once more, after it.
pub(super) fn acknowledged_prefixes(sent: impl IntoIterator<Item = (Uuid, bool)>) -> Progress {
    let mut progress = Progress::default();
    for (index, (key, acknowledged)) in sent.into_iter().enumerate() {
        if progress.stuck.contains(&key) {
            continue;
        }
        if acknowledged {
            progress.done.push(index);
        } else {
            progress.stuck.insert(key);
        }
    }
    progress
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const fn room(number: u8) -> Uuid {
        Uuid::from_u128(number as u128)
    }

    #[test]
    fn a_failed_row_holds_back_the_later_ones_of_its_key_only() {
        let (a, b) = (room(1), room(2));
        let progress = acknowledged_prefixes([(a, true), (a, false), (b, true), (a, true)]);
        assert_eq!(progress.done, [0, 2]);
        assert_eq!(progress.stuck, BTreeSet::from([a]));
    }

    proptest! {
        #[test]
        fn exactly_the_acknowledged_prefix_of_each_key_is_done(
            sent in prop::collection::vec((0..4_u8, any::<bool>()), 0..60)
        ) {
            let progress = acknowledged_prefixes(sent.iter().map(|(key, ok)| (room(*key), *ok)));
            for key in 0..4 {
                let of_key = || (0..sent.len()).filter(|i| sent[*i].0 == key);
                let prefix: Vec<usize> = of_key().take_while(|i| sent[*i].1).collect();
                let done = progress.done.iter().copied().filter(|i| sent[*i].0 == key);
                prop_assert_eq!(done.collect::<Vec<_>>(), prefix.clone());
                prop_assert_eq!(
                    progress.stuck.contains(&room(key)),
                    prefix.len() < of_key().count()
                );
            }
        }

        /// However sends fail, and wherever the relay is killed between a send and the removal, the
        /// first copies of a key's rows stand in the log in order and without a gap.
        #[test]
        fn repeated_sends_keep_order_and_lose_nothing(
            rows in prop::collection::vec(0..3_u8, 1..40),
            rounds in prop::collection::vec((prop::collection::vec(any::<bool>(), 40), any::<bool>()), 0..12),
        ) {
            let mut pending: Vec<usize> = (0..rows.len()).collect();
            let mut log: Vec<usize> = Vec::new();
            let last = (vec![true; rows.len()], false);
            for (luck, killed) in rounds.into_iter().chain([last]) {
                let mut failed = BTreeSet::new();
                let answers: Vec<bool> = pending
                    .iter()
                    .enumerate()
                    .map(|(i, row)| {
                        if !luck[i] {
                            failed.insert(rows[*row]);
                        }
                        !failed.contains(&rows[*row])
                    })
                    .collect();
                let sent: Vec<(usize, bool)> = pending.iter().copied().zip(answers).collect();
                log.extend(sent.iter().filter(|(_, ok)| *ok).map(|(row, _)| *row));
                if killed {
                    continue;
                }
                let progress =
                    acknowledged_prefixes(sent.iter().map(|(row, ok)| (room(rows[*row]), *ok)));
                let done: BTreeSet<usize> = progress.done.into_iter().map(|i| sent[i].0).collect();
                pending.retain(|row| !done.contains(row));
            }
            prop_assert!(pending.is_empty());

            let mut first_copies: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
            for row in log {
                let of_key = first_copies.entry(rows[row]).or_default();
                if !of_key.contains(&row) {
                    of_key.push(row);
                }
            }
            for (key, of_key) in first_copies {
                let all: Vec<usize> = (0..rows.len()).filter(|row| rows[*row] == key).collect();
                prop_assert_eq!(of_key, all);
            }
        }
    }
}
