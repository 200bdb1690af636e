-- One row: the life of this database, and who may work on it.
CREATE TABLE life (
    one            boolean PRIMARY KEY DEFAULT true CHECK (one),
    -- Made with the database, and made anew after a restore from a backup.
    epoch          uuid    NOT NULL DEFAULT gen_random_uuid(),
    -- The oldest binary (see SCHEMA in the adapter) that still works on this schema. A migration that
    -- takes away what older binaries need raises it.
    oldest_binary  integer NOT NULL,
    -- PKCS#8 PEM of the key that signs tokens, where none is configured.
    signing_key    text
);
INSERT INTO life (oldest_binary) VALUES (1);

CREATE TABLE users (
    id                 uuid        PRIMARY KEY,
    username           text        COLLATE "C" NOT NULL UNIQUE,
    display_name       text        NOT NULL,
    -- The display name in lower case, to find people by.
    name_key           text        COLLATE "C" NOT NULL,
    kind               smallint    NOT NULL,
    password_hash      text,
    membership_version bigint      NOT NULL DEFAULT 0,
    created_at         timestamptz NOT NULL
);
CREATE INDEX users_by_name ON users (name_key);

-- All refresh tokens that descend from one log-in.
CREATE TABLE session_families (
    id         uuid        PRIMARY KEY,
    user_id    uuid        NOT NULL REFERENCES users,
    opened_at  timestamptz NOT NULL,
    -- That of its newest token.
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX session_families_by_user ON session_families (user_id, expires_at);

CREATE TABLE refresh_tokens (
    -- SHA-256 of the token.
    hash       bytea       PRIMARY KEY,
    family_id  uuid        NOT NULL REFERENCES session_families ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used       boolean     NOT NULL DEFAULT false
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);

CREATE TABLE rooms (
    id            uuid        PRIMARY KEY,
    kind          smallint    NOT NULL,
    visibility    smallint    NOT NULL,
    title         text        NOT NULL,
    topic         text,
    -- Set in public rooms that exist.
    title_key     text        COLLATE "C",
    -- The two people of a direct room, the lesser id first.
    direct_first  uuid        REFERENCES users,
    direct_second uuid        REFERENCES users,
    created_at    timestamptz NOT NULL,
    last_seq      bigint      NOT NULL DEFAULT 0,
    last_n        bigint      NOT NULL DEFAULT 0,
    member_count  bigint      NOT NULL DEFAULT 0,
    deleted_at    timestamptz
    -- Every event updates the row: room for its next versions in the same page.
) WITH (fillfactor = 60);
CREATE UNIQUE INDEX rooms_by_title ON rooms (title_key) WHERE title_key IS NOT NULL;
CREATE UNIQUE INDEX rooms_by_pair ON rooms (direct_first, direct_second) WHERE direct_first IS NOT NULL;

CREATE TABLE members (
    room_id    uuid        NOT NULL REFERENCES rooms,
    user_id    uuid        NOT NULL REFERENCES users,
    role       smallint    NOT NULL,
    read_n     bigint      NOT NULL,
    muted      boolean     NOT NULL DEFAULT false,
    -- The room's last event before the join: older positions of the person are of an earlier membership.
    joined_seq bigint      NOT NULL,
    joined_at  timestamptz NOT NULL,
    PRIMARY KEY (room_id, user_id)
) WITH (fillfactor = 70);
CREATE INDEX members_by_user ON members (user_id, room_id);

-- Messages, events and the outbox have no foreign keys: they are written under the lock of their room,
-- after their people were looked up, and a check per row costs more than the row.
CREATE TABLE messages (
    id             uuid        PRIMARY KEY,
    room_id        uuid        NOT NULL,
    n              bigint      NOT NULL,
    seq            bigint      NOT NULL,
    sender_id      uuid        NOT NULL,
    body           text        NOT NULL,
    reply_to       uuid,
    created_at     timestamptz NOT NULL,
    source_network text,
    source_chat    text,
    source_message text
);
CREATE UNIQUE INDEX messages_by_room ON messages (room_id, n);

CREATE TABLE events (
    room_id uuid   NOT NULL,
    seq     bigint NOT NULL,
    -- chappe.event.v1.RoomEvent
    payload bytea  NOT NULL,
    PRIMARY KEY (room_id, seq)
);

-- Facts between commit and publication.
CREATE TABLE outbox (
    shard       smallint    NOT NULL,
    position    bigint      GENERATED ALWAYS AS IDENTITY,
    -- Room id or user id.
    key         uuid        NOT NULL,
    event_id    uuid        NOT NULL,
    event_type  text        NOT NULL,
    payload     bytea       NOT NULL,
    traceparent text,
    happened_at timestamptz NOT NULL,
    PRIMARY KEY (shard, position)
    -- It lives on being emptied: clean up early, however large it once was.
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000);
