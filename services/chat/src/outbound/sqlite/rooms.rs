//! Questions and changes of `rooms`.

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Unit, json, only, row::millis, store_error};
use crate::{
    application::ports::{
        ChangeRooms, DirectPair, FindRooms, PersonMemberships, RoomView, StoreError,
    },
    domain::{Head, Room, RoomDescription, RoomId, Topic, UserId},
    outbound::{codes, prefix_range, rows, rows::Columns},
};

/// The columns of a room.
macro_rules! room {
    () => {
        "r.id AS room_id, r.kind AS room_kind, r.visibility, r.title, r.topic,
         r.created_at AS room_created_at, r.last_seq, r.last_n, r.member_count"
    };
}

/// A room as `$1` sees it. The last message is the one whose `n` is the room's count, so it costs one
/// index look-up; it is shown to members only.
macro_rules! view {
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            room!(),
            ", my.role, my.read_n, my.muted,
             m.id AS message_id, m.room_id AS message_room_id, m.seq, m.n, m.body, m.reply_to,
             m.created_at AS message_created_at, m.source_network, m.source_chat, m.source_message,
             s.id AS sender_id, s.username, s.display_name, s.kind AS user_kind,
             p.id AS peer_id, p.username AS peer_username, p.display_name AS peer_display_name,
             p.kind AS peer_kind
             FROM ",
            $from,
            " LEFT JOIN messages m
                ON my.user_id IS NOT NULL AND m.room_id = r.id AND m.n = r.last_n
              LEFT JOIN users s ON s.id = m.sender_id
              LEFT JOIN users p
                ON p.id = CASE $1 WHEN r.direct_first THEN r.direct_second
                                  WHEN r.direct_second THEN r.direct_first END ",
            $rest
        )
    };
}

#[async_trait]
impl FindRooms for Unit {
    /// Index: the room's key.
    async fn room(&mut self, id: RoomId) -> Result<Option<Room>, StoreError> {
        let row = sqlx::query(concat!(
            "SELECT ",
            room!(),
            " FROM rooms r WHERE r.id = $1 AND r.deleted_at IS NULL"
        ))
        .bind(id.uuid())
        .fetch_optional(self.connection())
        .await
        .map_err(store_error)?;
        only(row.as_ref(), rows::room)
    }

    /// Indexes: the room's key, the members' key, `messages_by_room`.
    async fn room_view(
        &mut self,
        id: RoomId,
        viewer: UserId,
    ) -> Result<Option<RoomView>, StoreError> {
        let row = sqlx::query(view!(
            "rooms r LEFT JOIN members my ON my.room_id = r.id AND my.user_id = $1",
            "WHERE r.id = $2 AND r.deleted_at IS NULL"
        ))
        .bind(viewer.uuid())
        .bind(id.uuid())
        .fetch_optional(self.connection())
        .await
        .map_err(store_error)?;
        only(row.as_ref(), rows::room_view)
    }

    /// Indexes: `members_by_user`, the room's key, `messages_by_room`.
    async fn rooms_of(
        &mut self,
        viewer: UserId,
        after: Option<RoomId>,
        limit: u32,
    ) -> Result<Vec<RoomView>, StoreError> {
        let found = sqlx::query(view!(
            "members my JOIN rooms r ON r.id = my.room_id",
            "WHERE my.user_id = $1 AND my.room_id < $2
             ORDER BY my.room_id DESC
             LIMIT $3"
        ))
        .bind(viewer.uuid())
        .bind(after.map_or(Uuid::max(), RoomId::uuid))
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&found, rows::room_view)
    }

    /// Index: `rooms_by_title`.
    async fn public_rooms(
        &mut self,
        viewer: UserId,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RoomView>, StoreError> {
        let (from, to) = prefix_range(prefix);
        let found = sqlx::query(view!(
            "rooms r LEFT JOIN members my ON my.room_id = r.id AND my.user_id = $1",
            "WHERE r.title_key >= $2 AND r.title_key < $3 AND r.title_key > $4
             ORDER BY r.title_key
             LIMIT $5"
        ))
        .bind(viewer.uuid())
        .bind(from)
        .bind(to)
        .bind(after.unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&found, rows::room_view)
    }

    /// Index: `rooms_by_title`.
    async fn room_titled(&mut self, key: &str) -> Result<Option<RoomId>, StoreError> {
        let row = sqlx::query("SELECT id FROM rooms WHERE title_key = $1")
            .bind(key)
            .fetch_optional(self.connection())
            .await
            .map_err(store_error)?;
        only(row.as_ref(), |row| row.uuid("id").map(RoomId::new))
    }

    /// Index: `rooms_by_pair`.
    async fn direct_room(&mut self, pair: DirectPair) -> Result<Option<RoomId>, StoreError> {
        let row =
            sqlx::query("SELECT id FROM rooms WHERE direct_first = $1 AND direct_second = $2")
                .bind(pair.first.uuid())
                .bind(pair.second.uuid())
                .fetch_optional(self.connection())
                .await
                .map_err(store_error)?;
        only(row.as_ref(), |row| row.uuid("id").map(RoomId::new))
    }

    /// Index: the room's key.
    async fn head(&mut self, id: RoomId) -> Result<Option<Head>, StoreError> {
        let row = sqlx::query("SELECT last_seq, last_n FROM rooms WHERE id = $1")
            .bind(id.uuid())
            .fetch_optional(self.connection())
            .await
            .map_err(store_error)?;
        only(row.as_ref(), rows::head)
    }

    /// Index: the room's key.
    async fn heads(&mut self, ids: &[RoomId]) -> Result<Vec<(RoomId, Head)>, StoreError> {
        let ids = json::ids(ids.iter().map(|id| id.uuid()));
        let found = sqlx::query(
            "SELECT id AS room_id, last_seq, last_n
             FROM rooms
             WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        )
        .bind(ids)
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&found, rows::room_head)
    }

    /// Indexes: the users' key, `members_by_user`, the room's key.
    async fn memberships(
        &mut self,
        users: &[UserId],
    ) -> Result<Vec<PersonMemberships>, StoreError> {
        let ids = json::ids(users.iter().map(|id| id.uuid()));
        let people = sqlx::query("SELECT id, membership_version FROM users WHERE id IN (SELECT unhex(value) FROM json_each($1))")
            .bind(&ids)
            .fetch_all(self.connection())
            .await
            .map_err(store_error)?;
        let found = sqlx::query(
            "SELECT m.user_id, m.room_id, m.read_n, m.joined_seq, r.last_seq, r.last_n
             FROM members m
             JOIN rooms r ON r.id = m.room_id
             WHERE m.user_id IN (SELECT unhex(value) FROM json_each($1))
             ORDER BY m.user_id, m.room_id",
        )
        .bind(&ids)
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::person_memberships(&people, &found)
    }
}

#[async_trait]
impl ChangeRooms for Unit {
    /// Index: the room's key. The one writer is the lock.
    async fn lock_rooms(&mut self, ids: &[RoomId]) -> Result<Vec<Room>, StoreError> {
        let ids = json::ids(ids.iter().map(|id| id.uuid()));
        let found = sqlx::query(concat!(
            "SELECT ",
            room!(),
            " FROM rooms r
              WHERE r.id IN (SELECT unhex(value) FROM json_each($1)) AND r.deleted_at IS NULL
              ORDER BY r.id"
        ))
        .bind(ids)
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&found, rows::room)
    }

    async fn add_room(
        &mut self,
        room: &Room,
        direct: Option<DirectPair>,
    ) -> Result<(), StoreError> {
        let description = &room.description;
        sqlx::query(
            "INSERT INTO rooms (id, kind, visibility, title, topic, title_key,
                                direct_first, direct_second, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(room.id.uuid())
        .bind(codes::room_kind_code(description.kind))
        .bind(codes::visibility_code(description.visibility))
        .bind(description.title.as_str())
        .bind(description.topic.as_ref().map(Topic::as_str))
        .bind(description.unique_title())
        .bind(direct.map(|pair| pair.first.uuid()))
        .bind(direct.map(|pair| pair.second.uuid()))
        .bind(millis(room.created_at))
        .execute(self.connection())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn describe_room(
        &mut self,
        id: RoomId,
        description: &RoomDescription,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE rooms SET title = $2, topic = $3, title_key = $4 WHERE id = $1")
            .bind(id.uuid())
            .bind(description.title.as_str())
            .bind(description.topic.as_ref().map(Topic::as_str))
            .bind(description.unique_title())
            .execute(self.connection())
            .await
            .map_err(store_error)?;
        Ok(())
    }

    async fn delete_room(&mut self, id: RoomId, now: OffsetDateTime) -> Result<(), StoreError> {
        sqlx::query("UPDATE rooms SET deleted_at = $2, title_key = NULL WHERE id = $1")
            .bind(id.uuid())
            .bind(millis(now))
            .execute(self.connection())
            .await
            .map_err(store_error)?;
        Ok(())
    }
}
