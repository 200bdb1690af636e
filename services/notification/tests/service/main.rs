//! Notification as a whole: with fake gateways, the embedded event log, and a registry that comes and
//! goes.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod attach;
mod edge;
mod fickle;
mod router;
mod watched;
mod world;
