//! The truth: people, rooms, messages, sequences, the outbox.
