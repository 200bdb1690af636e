//! What holds for the file by which the operator tells the bot which bots there are.

/// The most bots. Each that works somewhere reads all events.
pub const MOST_BOTS: usize = 200;
