//! Notification as a whole: with fake gateways, the embedded event log, and a registry that comes and
//! goes.

mod attach;
mod edge;
mod fickle;
mod router;
mod watched;
mod world;
