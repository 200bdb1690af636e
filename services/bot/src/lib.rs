//! Telegram: both directions of every bridge.
