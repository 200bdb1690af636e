//! Who is connected where, and the routing of events to them.
