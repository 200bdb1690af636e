-- Offsets are given out across all partitions: they grow within each, and the number of a trimmed
-- record never comes back.
CREATE TABLE bus_topics (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    partitions INTEGER NOT NULL CHECK (partitions > 0)
) STRICT;

CREATE TABLE bus_records (
    "offset"  INTEGER PRIMARY KEY AUTOINCREMENT,
    topic_id  INTEGER NOT NULL REFERENCES bus_topics (id),
    partition INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    headers   TEXT    NOT NULL, -- [[name, value], …] as on a Kafka record
    value     BLOB    NOT NULL,
    taken_at  INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;

CREATE INDEX bus_records_by_partition ON bus_records (topic_id, partition, "offset");

-- What a group reads; a record is trimmed when all groups of its topic are past it.
CREATE TABLE bus_groups (
    name     TEXT    NOT NULL,
    topic_id INTEGER NOT NULL REFERENCES bus_topics (id),
    PRIMARY KEY (name, topic_id)
) STRICT, WITHOUT ROWID;

-- The last record of each partition that a group is done with.
CREATE TABLE bus_commits (
    group_name TEXT    NOT NULL,
    topic_id   INTEGER NOT NULL REFERENCES bus_topics (id),
    partition  INTEGER NOT NULL,
    "offset"   INTEGER NOT NULL,
    PRIMARY KEY (topic_id, partition, group_name)
) STRICT, WITHOUT ROWID;
