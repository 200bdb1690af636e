//! What was sent and what arrived: losses, doubles, latencies.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use memchr::memmem;

use super::{clock, frame};

/// Begins the body of a message; its number follows.
const MARK: &[u8] = b"\"body\":\"#";

/// One message.
#[derive(Clone, Copy, Debug, Default)]
struct Message {
    /// When it was due, in nanoseconds.
    scheduled: u64,
    acknowledged: Option<u64>,
    first: u64,
    last: u64,
    deliveries: u32,
    expected: u32,
}

/// Everything that was seen, of all clients.
#[derive(Default)]
pub(super) struct Ledger {
    messages: Vec<Message>,
    /// Messages before this one are no longer measured.
    measured_from: usize,
    /// Where the number was in the last frame: it is there again, nearly always.
    hint: usize,
    pub(super) deliveries: u64,
    pub(super) duplicates: u64,
    pub(super) gaps: u64,
    pub(super) bytes: u64,
    pub(super) welcomed: usize,
    pub(super) closed: usize,
    /// Close codes and errors by code.
    pub(super) troubles: BTreeMap<String, u64>,
}

/// Latencies in microseconds.
pub(super) struct Latencies {
    pub(super) first: Histogram<u64>,
    pub(super) last: Histogram<u64>,
    /// From the acknowledgement to the last delivery.
    pub(super) accepted_to_last: Histogram<u64>,
}

impl Ledger {
    /// Notes a message that is due and how many will get it; answers its number.
    pub(super) fn schedule(&mut self, scheduled: u64, expected: usize) -> usize {
        self.messages.push(Message {
            scheduled,
            expected: u32::try_from(expected).unwrap_or(u32::MAX),
            first: u64::MAX,
            ..Message::default()
        });
        self.messages.len() - 1
    }

    pub(super) fn acknowledged(&mut self, number: u64) {
        if let Some(message) = self.message(number) {
            message.acknowledged = Some(clock::now());
        }
    }

    /// Notes a message in an event that is new to its client.
    pub(super) fn delivered(&mut self, event: &[u8], now: u64) {
        let Some(number) = self.find_number(event) else {
            return;
        };
        self.deliveries += 1;
        if let Some(message) = self.message(number) {
            message.deliveries += 1;
            message.first = message.first.min(now);
            message.last = message.last.max(now);
        }
    }

    fn message(&mut self, number: u64) -> Option<&mut Message> {
        self.messages.get_mut(usize::try_from(number).ok()?)
    }

    fn find_number(&mut self, event: &[u8]) -> Option<u64> {
        let there = event.get(self.hint..)?.starts_with(MARK);
        if !there {
            self.hint = memmem::find(event, MARK)?;
        }
        frame::number(&event[self.hint + MARK.len()..])
    }

    pub(super) fn trouble(&mut self, what: String) {
        *self.troubles.entry(what).or_default() += 1;
    }

    /// Whether every acknowledged message reached everybody.
    pub(super) fn is_complete(&self) -> bool {
        self.missing() == 0 && self.unacknowledged() == 0
    }

    /// Deliveries of acknowledged messages that did not come.
    pub(super) fn missing(&self) -> u64 {
        let missing =
            |message: &Message| u64::from(message.expected.saturating_sub(message.deliveries));
        let acknowledged = |message: &&Message| message.acknowledged.is_some();
        self.messages.iter().filter(acknowledged).map(missing).sum()
    }

    /// Messages without an acknowledgement.
    pub(super) fn unacknowledged(&self) -> usize {
        let unacknowledged = |message: &&Message| message.acknowledged.is_none();
        self.messages.iter().filter(unacknowledged).count()
    }

    /// Measures from the next message on.
    pub(super) fn begin(&mut self) {
        self.measured_from = self.messages.len();
        self.deliveries = 0;
        self.bytes = 0;
    }

    /// Of the messages since the beginning which reached everybody.
    pub(super) fn latencies(&self) -> Latencies {
        let empty = || Histogram::new(3).expect("three digits are allowed");
        let mut latencies = Latencies {
            first: empty(),
            last: empty(),
            accepted_to_last: empty(),
        };
        for message in &self.messages[self.measured_from..] {
            if message.deliveries == 0 || message.deliveries < message.expected {
                continue;
            }
            let since = |start: u64, end: u64| end.saturating_sub(start) / 1000;
            latencies.first += since(message.scheduled, message.first);
            latencies.last += since(message.scheduled, message.last);
            if let Some(acknowledged) = message.acknowledged {
                latencies.accepted_to_last += since(acknowledged, message.last);
            }
        }
        latencies
    }
}
