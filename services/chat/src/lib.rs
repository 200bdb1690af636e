//! The truth: people, rooms, messages, sequences, the outbox.

pub mod application;
pub mod domain;
