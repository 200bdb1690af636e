//! How far somebody has read.

use super::{
    Application, Context, Error, Handle, Request, access::as_member, ports::Changes,
    room_change::personal,
};
use crate::domain::{Count, PersonalBody, RECEIPT_MEMBERS, RoomId, UserId};

/// Moves the caller's read position forward, at most to the head.
#[derive(Debug)]
pub struct MarkRead {
    /// Who has read.
    pub caller: UserId,
    /// Which room.
    pub room: RoomId,
    /// Up to which message.
    pub n: Count,
}

impl Request for MarkRead {
    /// Where the position is now.
    type Answer = Count;
    const NAME: &'static str = "mark_read";
}

impl Handle<MarkRead> for Application {
    async fn handle(&self, context: &Context, request: &MarkRead) -> Result<Count, Error> {
        // Clients repeat themselves: most of it is settled without writing.
        let mut snapshot = self.store.snapshot().await?;
        let (room, my) = as_member(&mut *snapshot, request.room, request.caller).await?;
        drop(snapshot);
        let read_n = room.head.clamp_read(my.read_n, request.n);
        if read_n == my.read_n {
            return Ok(read_n);
        }

        let mut transaction = self.store.begin().await?;
        if transaction
            .move_read(room.id, request.caller, read_n)
            .await?
        {
            let receipt = room.member_count <= RECEIPT_MEMBERS;
            let moved = PersonalBody::ReadMoved {
                room: room.id,
                read_n,
                receipt,
            };
            let personal = vec![personal(context, request.caller, moved)];
            transaction
                .record(&Changes {
                    personal,
                    ..Changes::default()
                })
                .await?;
            transaction.commit().await?;
        }
        Ok(read_n)
    }
}
