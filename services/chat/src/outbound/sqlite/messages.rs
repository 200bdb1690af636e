//! Questions of `messages`.

use async_trait::async_trait;

use super::{Unit, json, store_error};
use crate::{
    application::ports::{FindMessages, Poster, StoreError, Window},
    domain::{Message, MessageId, RoomId, UserId},
    outbound::rows,
};

macro_rules! messages {
    ($rest:literal) => {
        concat!(
            "SELECT m.id AS message_id, m.room_id AS message_room_id, m.seq, m.n, m.body,
                    m.reply_to, m.created_at AS message_created_at,
                    m.source_network, m.source_chat, m.source_message,
                    u.id AS sender_id, u.username, u.display_name, u.kind AS user_kind
             FROM messages m
             JOIN users u ON u.id = m.sender_id ",
            $rest
        )
    };
}

#[async_trait]
impl FindMessages for Unit {
    /// Index: the message's key.
    async fn messages(&mut self, ids: &[MessageId]) -> Result<Vec<Message>, StoreError> {
        let ids = json::ids(ids.iter().map(|id| id.uuid()));
        let found = sqlx::query(messages!(
            "WHERE m.id IN (SELECT unhex(value) FROM json_each($1))"
        ))
        .bind(ids)
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&found, rows::message)
    }

    /// Index: `messages_by_room`, in either direction.
    async fn history(
        &mut self,
        room: RoomId,
        window: Window,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let (sql, n) = match window {
            Window::Before(n) => (
                messages!("WHERE m.room_id = $1 AND m.n < $2 ORDER BY m.n DESC LIMIT $3"),
                n,
            ),
            Window::After(n) => (
                messages!("WHERE m.room_id = $1 AND m.n > $2 ORDER BY m.n LIMIT $3"),
                n,
            ),
        };
        let found = sqlx::query(sql)
            .bind(room.uuid())
            .bind(n.get())
            .bind(i64::from(limit))
            .fetch_all(self.connection())
            .await
            .map_err(store_error)?;
        rows::all(&found, rows::message)
    }

    /// Indexes: the users' key, the members' key.
    async fn posters(&mut self, wanted: &[(RoomId, UserId)]) -> Result<Vec<Poster>, StoreError> {
        let wanted = json::table(
            wanted
                .iter()
                .map(|(room, user)| [room.uuid(), user.uuid()].map(json::id)),
        );
        let found = sqlx::query(
            "SELECT w.room_id, u.id AS user_id, u.username, u.display_name, u.kind AS user_kind,
                    m.role
             FROM (SELECT unhex(value ->> 0) AS room_id, unhex(value ->> 1) AS user_id
                   FROM json_each($1)) w
             JOIN users u ON u.id = w.user_id
             LEFT JOIN members m ON m.room_id = w.room_id AND m.user_id = w.user_id",
        )
        .bind(wanted)
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&found, rows::poster)
    }
}
