//! Reading back, from anywhere.

use super::{
    Application, Context, Error, Handle, Limit, Request, access::as_member, ports::Window,
};
use crate::domain::{Count, Head, Message, RoomId, Seq, UserId};

/// A stretch of a room's messages. Members read a room from its beginning, also what was written
/// before they joined.
#[derive(Debug)]
pub struct ReadHistory {
    /// Who asks.
    pub caller: UserId,
    /// Which room.
    pub room: RoomId,
    /// From where.
    pub anchor: Anchor,
    /// How many.
    pub limit: Limit,
}

/// Where a stretch of messages is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The newest, newest first.
    Newest,
    /// Before this message, newest first.
    Before(Count),
    /// After this message, oldest first.
    After(Count),
    /// With this message in the middle, oldest first.
    Around(Count),
}

/// A stretch of a room's messages.
#[derive(Clone, Debug)]
pub struct History {
    /// In the anchor's order.
    pub messages: Vec<Message>,
    /// Where the next stretch in the same direction begins; `None` at the end.
    pub next: Option<Count>,
    /// The room's seq of this moment.
    pub seq: Seq,
}

impl Request for ReadHistory {
    type Answer = History;
    const NAME: &'static str = "read_history";
}

impl Handle<ReadHistory> for Application {
    async fn handle(&self, _: &Context, request: &ReadHistory) -> Result<History, Error> {
        let mut snapshot = self.store.snapshot().await?;
        let (room, _) = as_member(&mut *snapshot, request.room, request.caller).await?;
        let window = window(request.anchor, room.head, request.limit);
        let wanted = request.limit.and_one();
        let mut messages = snapshot.history(room.id, window, wanted).await?;

        let more = messages.len() > request.limit.get() as usize;
        messages.truncate(request.limit.get() as usize);
        let next = messages.last().filter(|_| more).map(|message| message.n);
        Ok(History {
            messages,
            next,
            seq: room.head.seq,
        })
    }
}

fn window(anchor: Anchor, head: Head, limit: Limit) -> Window {
    match anchor {
        Anchor::Newest => Window::Before(head.n.next()),
        Anchor::Before(n) => Window::Before(n),
        Anchor::After(n) => Window::After(n),
        Anchor::Around(n) => {
            let limit = i64::from(limit.get());
            // Near the end of the room the page reaches further back instead of being short.
            let latest = (head.n.get() - limit).max(0);
            Window::After(Count::new((n.get() - 1 - limit / 2).min(latest)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_around_a_message_is_full_wherever_it_can_be() {
        let head = Head {
            seq: Seq::new(100),
            n: Count::new(100),
        };
        let limit = Limit::page(10).unwrap();
        let first = |n| match window(Anchor::Around(Count::new(n)), head, limit) {
            Window::After(n) => n.get() + 1,
            Window::Before(_) => unreachable!("a page around a message is read forward"),
        };
        assert_eq!(first(50), 45);
        assert_eq!(first(1), 1);
        assert_eq!(first(100), 91);
        assert_eq!(first(5_000), 91);
    }
}
