//! Rows as domain values, the same for both databases: each says only how it reads a column.

use std::collections::HashMap;

use secrecy::SecretString;
use time::OffsetDateTime;
use uuid::Uuid;

use super::codes;
use crate::{
    application::ports::{
        Credentials, Exchange, MembershipHead, OutboxPlace, OutboxRow, PersonMemberships, Poster,
        RefreshToken, RoomView, Shard, StoreError,
    },
    domain::{
        Body, Count, DisplayName, FamilyId, Head, Member, Membership, MembershipVersion, Message,
        MessageId, MessageSource, Room, RoomDescription, RoomId, Seq, Title, Topic, User, UserId,
        UserRef, Username,
    },
};

/// What was read, or why the row is not what it should be.
pub(super) type Read<T> = Result<T, StoreError>;

/// A row of either database. Each method reads the column of this name; the `maybe_` ones answer
/// `None` for NULL.
pub(super) trait Columns {
    fn maybe_uuid(&self, column: &str) -> Read<Option<Uuid>>;
    fn maybe_int(&self, column: &str) -> Read<Option<i64>>;
    fn maybe_code(&self, column: &str) -> Read<Option<i16>>;
    fn maybe_text(&self, column: &str) -> Read<Option<String>>;
    fn flag(&self, column: &str) -> Read<bool>;
    fn maybe_time(&self, column: &str) -> Read<Option<OffsetDateTime>>;
    fn bytes(&self, column: &str) -> Read<Vec<u8>>;

    fn uuid(&self, column: &str) -> Read<Uuid> {
        there(column, self.maybe_uuid(column)?)
    }
    fn int(&self, column: &str) -> Read<i64> {
        there(column, self.maybe_int(column)?)
    }
    fn code(&self, column: &str) -> Read<i16> {
        there(column, self.maybe_code(column)?)
    }
    fn text(&self, column: &str) -> Read<String> {
        there(column, self.maybe_text(column)?)
    }
    fn time(&self, column: &str) -> Read<OffsetDateTime> {
        there(column, self.maybe_time(column)?)
    }
}

fn there<T>(column: &str, value: Option<T>) -> Read<T> {
    value.ok_or_else(|| StoreError::Broken(format!("column {column} is null").into()))
}

/// Columns `id, username, display_name, user_kind, created_at`.
pub(super) fn user(row: &impl Columns) -> Read<User> {
    Ok(User {
        reference: user_ref(row, "id", "username", "display_name", "user_kind")?,
        created_at: row.time("created_at")?,
    })
}

/// The same, and `password_hash`.
pub(super) fn credentials(row: &impl Columns) -> Read<Credentials> {
    Ok(Credentials {
        user: user(row)?,
        password_hash: row.maybe_text("password_hash")?,
    })
}

/// A person under the names of these columns.
pub(super) fn user_ref(
    row: &impl Columns,
    id: &str,
    username: &str,
    display_name: &str,
    kind: &str,
) -> Read<UserRef> {
    Ok(UserRef {
        id: UserId::new(row.uuid(id)?),
        username: Username::stored(row.text(username)?),
        display_name: DisplayName::stored(row.text(display_name)?),
        kind: codes::user_kind(row.code(kind)?)?,
    })
}

/// Columns of `refresh_tokens` and `session_families` as the adapters name them.
pub(super) fn refresh_token(row: &impl Columns) -> Read<RefreshToken> {
    Ok(RefreshToken {
        family: FamilyId::new(row.uuid("family_id")?),
        user: UserId::new(row.uuid("user_id")?),
        expires_at: row.time("expires_at")?,
        exchange: match (row.flag("used")?, row.maybe_time("used_at")?) {
            (false, _) => Exchange::None,
            (true, Some(at)) if !row.flag("outlived")? => Exchange::LastAt(at),
            (true, _) => Exchange::Outlived,
        },
        revoked: row.flag("revoked")?,
    })
}

/// Columns of `rooms`.
pub(super) fn room(row: &impl Columns) -> Read<Room> {
    Ok(Room {
        id: RoomId::new(row.uuid("room_id")?),
        description: RoomDescription {
            title: Title::stored(row.text("title")?),
            topic: row.maybe_text("topic")?.map(Topic::stored),
            kind: codes::room_kind(row.code("room_kind")?)?,
            visibility: codes::visibility(row.code("visibility")?)?,
        },
        created_at: row.time("room_created_at")?,
        head: head(row)?,
        member_count: row.int("member_count")?,
    })
}

/// Columns `last_seq, last_n`.
pub(super) fn head(row: &impl Columns) -> Read<Head> {
    Ok(Head {
        seq: Seq::new(row.int("last_seq")?),
        n: Count::new(row.int("last_n")?),
    })
}

/// Columns `room_id, last_seq, last_n`.
pub(super) fn room_head(row: &impl Columns) -> Read<(RoomId, Head)> {
    Ok((RoomId::new(row.uuid("room_id")?), head(row)?))
}

/// Columns `room_id, last_seq, last_n, read_n`.
fn membership_head(row: &impl Columns) -> Read<MembershipHead> {
    let (room, head) = room_head(row)?;
    Ok(MembershipHead {
        room,
        head,
        read_n: Count::new(row.int("read_n")?),
        joined: Seq::new(row.int("joined_seq")?),
    })
}

/// Columns `id, membership_version` of people, and those of [`membership_head`] with `user_id`.
pub(super) fn person_memberships<R: Columns>(
    people: &[R],
    memberships: &[R],
) -> Read<Vec<PersonMemberships>> {
    let mut rooms: HashMap<_, Vec<_>> = HashMap::new();
    for row in memberships {
        rooms
            .entry(row.uuid("user_id")?)
            .or_default()
            .push(membership_head(row)?);
    }
    all(people, |row| {
        let id = row.uuid("id")?;
        Ok(PersonMemberships {
            user: UserId::new(id),
            version: MembershipVersion::new(row.int("membership_version")?),
            rooms: rooms.get(&id).cloned().unwrap_or_default(),
        })
    })
}

/// Columns `role, read_n, muted`.
pub(super) fn membership(row: &impl Columns) -> Read<Membership> {
    Ok(Membership {
        role: codes::role(row.code("role")?)?,
        read_n: Count::new(row.int("read_n")?),
        muted: row.flag("muted")?,
    })
}

/// A room, and where they are not null: membership, last message, and the peer's columns.
pub(super) fn room_view(row: &impl Columns) -> Read<RoomView> {
    let my = row.maybe_code("role")?.is_some();
    let written = row.maybe_uuid("message_id")?.is_some();
    let peer = row.maybe_uuid("peer_id")?.is_some();
    Ok(RoomView {
        room: room(row)?,
        my: my.then(|| membership(row)).transpose()?,
        last_message: written.then(|| message(row)).transpose()?,
        peer: peer
            .then(|| {
                user_ref(
                    row,
                    "peer_id",
                    "peer_username",
                    "peer_display_name",
                    "peer_kind",
                )
            })
            .transpose()?,
    })
}

/// Columns of `members` and of the person.
pub(super) fn member(row: &impl Columns) -> Read<Member> {
    Ok(Member {
        user: user_ref(row, "user_id", "username", "display_name", "user_kind")?,
        membership: membership(row)?,
        joined_at: row.time("joined_at")?,
    })
}

/// Columns of `messages` and of the sender.
pub(super) fn message(row: &impl Columns) -> Read<Message> {
    let source = match row.maybe_text("source_network")? {
        None => None,
        Some(network) => Some(MessageSource {
            network,
            chat: row.text("source_chat")?,
            message_id: row.text("source_message")?,
        }),
    };
    Ok(Message {
        id: MessageId::new(row.uuid("message_id")?),
        room: RoomId::new(row.uuid("message_room_id")?),
        seq: Seq::new(row.int("seq")?),
        n: Count::new(row.int("n")?),
        sender: user_ref(row, "sender_id", "username", "display_name", "user_kind")?,
        body: Body::stored(row.text("body")?),
        reply_to: row.maybe_uuid("reply_to")?.map(MessageId::new),
        created_at: row.time("message_created_at")?,
        source,
    })
}

/// A person's columns, `room_id`, and `role` where they are in it.
pub(super) fn poster(row: &impl Columns) -> Read<Poster> {
    Ok(Poster {
        user: user_ref(row, "user_id", "username", "display_name", "user_kind")?,
        room: RoomId::new(row.uuid("room_id")?),
        role: row.maybe_code("role")?.map(codes::role).transpose()?,
    })
}

/// Column `signing_key`.
pub(super) fn signing_key(row: &impl Columns) -> Read<SecretString> {
    row.text("signing_key").map(Into::into)
}

/// All rows as values.
pub(super) fn all<R, T>(rows: &[R], read: impl Fn(&R) -> Read<T>) -> Read<Vec<T>> {
    rows.iter().map(read).collect()
}

/// Columns of `outbox`.
pub(super) fn outbox_row(row: &impl Columns) -> Read<OutboxRow> {
    let number = row.code("shard")?;
    let shard = u16::try_from(number).ok().and_then(Shard::numbered);
    let shard =
        shard.ok_or_else(|| StoreError::Broken(format!("there is no shard {number}").into()))?;
    Ok(OutboxRow {
        place: OutboxPlace {
            shard,
            position: row.int("position")?,
        },
        key: row.uuid("key")?,
        event_id: row.uuid("event_id")?,
        event_type: row.text("event_type")?,
        payload: row.bytes("payload")?.into(),
        traceparent: row.maybe_text("traceparent")?,
        at: row.time("happened_at")?,
    })
}
