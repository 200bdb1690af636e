//! What stands behind the ports.

pub mod passwords;
pub mod signing_key;
pub mod system_clock;
pub mod tokens;
