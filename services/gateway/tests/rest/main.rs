//! The REST side as clients meet it, over TCP, with a chat that answers what the test tells it to.

// What fails in a test's helper fails the test.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod bad_input;
mod connections;
mod documents;
mod fake_chat;
mod json;
mod refusals;
mod requests;
mod tokens;
mod web;
mod world;
