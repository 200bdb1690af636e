-- The same tables as on Postgres; ids are BLOBs of 16 bytes, times INTEGERs of Unix milliseconds.

CREATE TABLE life (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    epoch         BLOB    NOT NULL,
    oldest_binary INTEGER NOT NULL,
    signing_key   TEXT
) STRICT;
INSERT INTO life (one, epoch, oldest_binary) VALUES (1, randomblob(16), 1);

CREATE TABLE users (
    id                 BLOB    PRIMARY KEY,
    username           TEXT    NOT NULL UNIQUE,
    display_name       TEXT    NOT NULL,
    name_key           TEXT    NOT NULL,
    kind               INTEGER NOT NULL,
    password_hash      TEXT,
    membership_version INTEGER NOT NULL DEFAULT 0,
    created_at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX users_by_name ON users (name_key);

CREATE TABLE session_families (
    id         BLOB    PRIMARY KEY,
    user_id    BLOB    NOT NULL REFERENCES users,
    opened_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX session_families_by_user ON session_families (user_id, expires_at);

CREATE TABLE refresh_tokens (
    hash       BLOB    PRIMARY KEY,
    family_id  BLOB    NOT NULL REFERENCES session_families ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    used       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);

CREATE TABLE rooms (
    id            BLOB    PRIMARY KEY,
    kind          INTEGER NOT NULL,
    visibility    INTEGER NOT NULL,
    title         TEXT    NOT NULL,
    topic         TEXT,
    title_key     TEXT,
    direct_first  BLOB    REFERENCES users,
    direct_second BLOB    REFERENCES users,
    created_at    INTEGER NOT NULL,
    last_seq      INTEGER NOT NULL DEFAULT 0,
    last_n        INTEGER NOT NULL DEFAULT 0,
    member_count  INTEGER NOT NULL DEFAULT 0,
    deleted_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX rooms_by_title ON rooms (title_key) WHERE title_key IS NOT NULL;
CREATE UNIQUE INDEX rooms_by_pair ON rooms (direct_first, direct_second) WHERE direct_first IS NOT NULL;

CREATE TABLE members (
    room_id    BLOB    NOT NULL REFERENCES rooms,
    user_id    BLOB    NOT NULL REFERENCES users,
    role       INTEGER NOT NULL,
    read_n     INTEGER NOT NULL,
    muted      INTEGER NOT NULL DEFAULT 0,
    -- The room's last event before the join: older positions of the person are of an earlier membership.
    joined_seq INTEGER NOT NULL,
    joined_at  INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user_id, room_id);

CREATE TABLE messages (
    id             BLOB    NOT NULL PRIMARY KEY,
    room_id        BLOB    NOT NULL,
    n              INTEGER NOT NULL,
    seq            INTEGER NOT NULL,
    sender_id      BLOB    NOT NULL,
    body           TEXT    NOT NULL,
    reply_to       BLOB,
    created_at     INTEGER NOT NULL,
    source_network TEXT,
    source_chat    TEXT,
    source_message TEXT
) STRICT;
CREATE UNIQUE INDEX messages_by_room ON messages (room_id, n);

CREATE TABLE events (
    room_id BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    payload BLOB    NOT NULL,
    PRIMARY KEY (room_id, seq)
) STRICT, WITHOUT ROWID;

-- One process relays all shards, so the position alone is the order.
CREATE TABLE outbox (
    position    INTEGER PRIMARY KEY AUTOINCREMENT,
    shard       INTEGER NOT NULL,
    key         BLOB    NOT NULL,
    event_id    BLOB    NOT NULL,
    event_type  TEXT    NOT NULL,
    payload     BLOB    NOT NULL,
    traceparent TEXT,
    happened_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_by_shard ON outbox (shard, position);
