//! One SQLite file, one writer, many readers.
