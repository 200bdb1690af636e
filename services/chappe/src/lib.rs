//! All services in one process on one SQLite file.
