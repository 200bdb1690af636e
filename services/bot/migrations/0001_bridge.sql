-- One schema for Postgres and SQLite: ids are UUID text, times are Unix milliseconds.

-- How far Telegram's updates of a bot are safe here; getUpdates confirms everything before it.
CREATE TABLE bot_polling (
    bot_id      bigint NOT NULL PRIMARY KEY,
    next_update bigint NOT NULL
);

-- What was heard in Telegram and is not yet known to be in its room.
CREATE TABLE bot_heard (
    chat_id       bigint  NOT NULL,
    message_id    bigint  NOT NULL,
    update_id     bigint  NOT NULL,
    room_id       text    NOT NULL,
    sender_id     bigint  NOT NULL,
    sender_name   text    NOT NULL,
    sender_handle text,
    body          text    NOT NULL,
    sent_at       bigint  NOT NULL,
    traceparent   text,
    attempts      integer NOT NULL DEFAULT 0,
    next_attempt  bigint  NOT NULL,
    PRIMARY KEY (chat_id, message_id)
);
CREATE INDEX bot_heard_due ON bot_heard (next_attempt, update_id);

-- Which Telegram message a message of a room is, in both directions.
CREATE TABLE bot_message_map (
    chat_id             bigint NOT NULL,
    telegram_message_id bigint NOT NULL,
    message_id          text   NOT NULL,
    PRIMARY KEY (chat_id, telegram_message_id)
);
CREATE INDEX bot_message_map_message ON bot_message_map (message_id);

-- How far a room has been told to its Telegram chat.
CREATE TABLE bot_position (
    chat_id bigint NOT NULL,
    room_id text   NOT NULL,
    epoch   text   NOT NULL,
    seq     bigint NOT NULL,
    PRIMARY KEY (chat_id, room_id)
);

-- One row before each sendMessage; a row without `told` that is found again is an uncertain send.
CREATE TABLE bot_intent (
    chat_id    bigint  NOT NULL,
    message_id text    NOT NULL,
    part       integer NOT NULL,
    told       integer NOT NULL DEFAULT 0,
    PRIMARY KEY (chat_id, message_id, part)
);
