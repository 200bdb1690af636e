//! Events that wait for one subscriber's replay.

use std::collections::VecDeque;

use super::Passage;
use crate::domain::Seq;

/// Beyond it all are dropped: the replay then goes on from chat.
const MOST: usize = 128;

/// The newest events that a feed passed, in order and without a gap.
#[derive(Default)]
pub(super) struct Hold {
    passages: VecDeque<Passage>,
}

impl Hold {
    pub(super) fn push(&mut self, passage: Passage) {
        if self.passages.len() >= MOST {
            self.passages.clear();
        }
        self.passages.push_back(passage);
    }

    /// Whether every event from after `at` up to `passed` is here.
    pub(super) fn covers(&self, at: Seq, passed: Seq) -> bool {
        let first = self.passages.front().map(|first| first.seq);
        passed <= at || first.is_some_and(|first| first <= at.next())
    }

    pub(super) fn after(self, at: Seq) -> impl Iterator<Item = Passage> {
        let passages = self.passages.into_iter();
        passages.filter(move |passage| passage.seq > at)
    }
}
