//! The adapters of the application's ports.

mod edge;
mod gateway_names;
mod memory;
mod redis;
mod system_clock;

pub use self::redis::{BadTopology, RedisRegistry, Topology};
pub use edge::EdgeDialer;
pub use gateway_names::{BadGatewayNames, GatewayNames};
pub use memory::MemoryRegistry;
pub use system_clock::SystemClock;
