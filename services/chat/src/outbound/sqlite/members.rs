//! Questions and changes of `members`.

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Unit, json, only, row::millis, store_error};
use crate::{
    application::ports::{ChangeMembers, FindMembers, Newcomer, StoreError},
    domain::{Count, Member, Membership, MembershipVersion, MessageId, Role, RoomId, UserId},
    outbound::{codes, rows, rows::Columns},
};

#[async_trait]
impl FindMembers for Unit {
    /// Index: the members' key.
    async fn membership(
        &mut self,
        room: RoomId,
        user: UserId,
    ) -> Result<Option<Membership>, StoreError> {
        let row = sqlx::query(
            "SELECT role, read_n, muted FROM members WHERE room_id = $1 AND user_id = $2",
        )
        .bind(room.uuid())
        .bind(user.uuid())
        .fetch_optional(self.connection())
        .await
        .map_err(store_error)?;
        only(row.as_ref(), rows::membership)
    }

    /// Index: the members' key.
    async fn members(
        &mut self,
        room: RoomId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Member>, StoreError> {
        let found = sqlx::query(
            "SELECT m.user_id, m.role, m.read_n, m.muted, m.joined_at,
                    u.username, u.display_name, u.kind AS user_kind
             FROM members m
             JOIN users u ON u.id = m.user_id
             WHERE m.room_id = $1 AND m.user_id > $2
             ORDER BY m.user_id
             LIMIT $3",
        )
        .bind(room.uuid())
        .bind(after.map_or(Uuid::nil(), UserId::uuid))
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&found, rows::member)
    }

    /// Index: the members' key.
    async fn owners(&mut self, room: RoomId) -> Result<i64, StoreError> {
        let row =
            sqlx::query("SELECT count(*) AS owners FROM members WHERE room_id = $1 AND role = $2")
                .bind(room.uuid())
                .bind(codes::role_code(Role::Owner))
                .fetch_one(self.connection())
                .await
                .map_err(store_error)?;
        row.int("owners")
    }

    /// Indexes: the message's key, the members' key.
    async fn read_by(&mut self, message: MessageId) -> Result<i64, StoreError> {
        let row = sqlx::query(
            "SELECT count(*) AS readers
             FROM messages g
             JOIN members m ON m.room_id = g.room_id AND m.user_id <> g.sender_id
             WHERE g.id = $1 AND m.read_n >= g.n",
        )
        .bind(message.uuid())
        .fetch_one(self.connection())
        .await
        .map_err(store_error)?;
        row.int("readers")
    }
}

#[async_trait]
impl ChangeMembers for Unit {
    async fn add_members(
        &mut self,
        room: RoomId,
        newcomers: &[Newcomer],
        read_n: Count,
        now: OffsetDateTime,
    ) -> Result<Vec<(UserId, MembershipVersion)>, StoreError> {
        let users: Vec<_> = newcomers
            .iter()
            .map(|newcomer| newcomer.user.uuid())
            .collect();
        let table = json::table(newcomers.iter().map(|newcomer| {
            [
                json::id(newcomer.user.uuid()),
                codes::role_code(newcomer.role).into(),
            ]
        }));
        sqlx::query(
            "INSERT INTO members (room_id, user_id, role, read_n, joined_at, joined_seq)
             SELECT $1, unhex(value ->> 0), value ->> 1, $3, $4,
                    (SELECT last_seq FROM rooms WHERE id = $1)
             FROM json_each($2)",
        )
        .bind(room.uuid())
        .bind(table)
        .bind(read_n.get())
        .bind(millis(now))
        .execute(self.connection())
        .await
        .map_err(store_error)?;
        self.count_members(room, newcomers.len().cast_signed())
            .await?;
        self.raise_versions(&users).await
    }

    async fn remove_member(
        &mut self,
        room: RoomId,
        user: UserId,
    ) -> Result<MembershipVersion, StoreError> {
        sqlx::query("DELETE FROM members WHERE room_id = $1 AND user_id = $2")
            .bind(room.uuid())
            .bind(user.uuid())
            .execute(self.connection())
            .await
            .map_err(store_error)?;
        self.count_members(room, -1).await?;
        let versions = self.raise_versions(&[user.uuid()]).await?;
        let missing = || StoreError::Broken(format!("there is no person {user}").into());
        versions
            .first()
            .map(|(_, version)| *version)
            .ok_or_else(missing)
    }

    async fn remove_all_members(
        &mut self,
        room: RoomId,
    ) -> Result<Vec<(UserId, MembershipVersion)>, StoreError> {
        let gone = sqlx::query("DELETE FROM members WHERE room_id = $1 RETURNING user_id")
            .bind(room.uuid())
            .fetch_all(self.connection())
            .await
            .map_err(store_error)?;
        let users = rows::all(&gone, |row| row.uuid("user_id"))?;
        self.count_members(room, -users.len().cast_signed()).await?;
        self.raise_versions(&users).await
    }

    async fn set_role(&mut self, room: RoomId, user: UserId, role: Role) -> Result<(), StoreError> {
        sqlx::query("UPDATE members SET role = $3 WHERE room_id = $1 AND user_id = $2")
            .bind(room.uuid())
            .bind(user.uuid())
            .bind(codes::role_code(role))
            .execute(self.connection())
            .await
            .map_err(store_error)?;
        Ok(())
    }

    async fn move_read(
        &mut self,
        room: RoomId,
        user: UserId,
        read_n: Count,
    ) -> Result<bool, StoreError> {
        let moved = sqlx::query(
            "UPDATE members SET read_n = $3
             WHERE room_id = $1 AND user_id = $2 AND read_n < $3",
        )
        .bind(room.uuid())
        .bind(user.uuid())
        .bind(read_n.get())
        .execute(self.connection())
        .await
        .map_err(store_error)?;
        Ok(moved.rows_affected() > 0)
    }
}

impl Unit {
    async fn count_members(&mut self, room: RoomId, joined: isize) -> Result<(), StoreError> {
        sqlx::query("UPDATE rooms SET member_count = member_count + $2 WHERE id = $1")
            .bind(room.uuid())
            .bind(joined as i64)
            .execute(self.connection())
            .await
            .map_err(store_error)?;
        Ok(())
    }

    async fn raise_versions(
        &mut self,
        users: &[Uuid],
    ) -> Result<Vec<(UserId, MembershipVersion)>, StoreError> {
        let raised = sqlx::query(
            "UPDATE users SET membership_version = membership_version + 1
             WHERE id IN (SELECT unhex(value) FROM json_each($1))
             RETURNING id, membership_version",
        )
        .bind(json::ids(users.iter().copied()))
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&raised, |row| {
            let version = MembershipVersion::new(row.int("membership_version")?);
            Ok((UserId::new(row.uuid("id")?), version))
        })
    }
}
