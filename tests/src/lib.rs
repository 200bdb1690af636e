//! Worlds, scenarios and the load tool.
