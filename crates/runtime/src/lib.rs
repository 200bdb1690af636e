//! What every service stands on: configuration, telemetry, admin server, shutdown, gRPC transport.
