//! The REST side as clients meet it, over TCP, with a chat that answers what the test tells it to.

mod bad_input;
mod connections;
mod documents;
mod fake_chat;
mod json;
mod refusals;
mod requests;
mod tokens;
mod world;
