//! The edge: REST, WebSockets, room feeds.
