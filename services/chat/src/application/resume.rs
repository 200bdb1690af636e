//! What a connection needs to go live.

use std::collections::HashMap;

use super::{Application, Context, Error, Handle, Request, Thing, ports::Missing};
use crate::domain::{Count, Epoch, Head, MembershipVersion, RoomEvent, RoomId, Seq, UserId};

/// Missing events of a room beyond which it is fetched anew instead.
const MOST_PER_ROOM: i64 = 500;
/// Missing events of all rooms together; further rooms are fetched anew.
const MOST: i64 = 10_000;

/// Memberships, heads and missing events of one moment.
#[derive(Debug)]
pub struct Resume {
    /// Who comes back.
    pub caller: UserId,
    /// The life of the database that the positions are of; `None` takes them as of this one.
    pub epoch: Option<Epoch>,
    /// The last seq that the client has of each room.
    pub positions: HashMap<RoomId, Seq>,
}

/// A moment, as a connection needs it.
#[derive(Clone, Debug)]
pub struct Resumed {
    /// The life of the database.
    pub epoch: Epoch,
    /// Rises with every join and leave of the person.
    pub membership_version: MembershipVersion,
    /// All rooms of the person.
    pub rooms: Vec<ResumedRoom>,
    /// Rooms that were named and the person is not in.
    pub gone: Vec<RoomId>,
    /// Of the rooms with `replay`: room by room, each in order up to its head.
    pub events: Vec<RoomEvent>,
}

/// A room of somebody who comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResumedRoom {
    /// Which.
    pub room: RoomId,
    /// Where it stands.
    pub head: Head,
    /// How far the person has read.
    pub read_n: Count,
    /// What the client is to do.
    pub catch_up: CatchUp,
}

/// How a client gets from its position to the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUp {
    /// It is there, or begins there.
    Nothing,
    /// The missing events follow.
    Replay,
    /// It fetches the room anew: too much is missing, its position is not of this room's life, or it is
    /// of an earlier membership.
    Resync,
}

impl Request for Resume {
    type Answer = Resumed;
    const NAME: &'static str = "resume";
}

impl Handle<Resume> for Application {
    async fn handle(&self, _: &Context, request: &Resume) -> Result<Resumed, Error> {
        let epoch = self.store.epoch();
        let same_life = request.epoch.is_none_or(|known| known == epoch);
        let mut snapshot = self.store.snapshot().await?;
        let person = snapshot.memberships(&[request.caller]).await?.pop();
        let person = person.ok_or(Error::NotFound(Thing::User))?;

        let mut gone: HashMap<_, _> = request.positions.clone();
        let mut missing = Vec::new();
        let mut total = 0;
        let rooms = person
            .rooms
            .into_iter()
            .map(|membership| {
                let (room, head) = (membership.room, membership.head);
                let catch_up = match gone.remove(&room) {
                    None => CatchUp::Nothing,
                    Some(_) if !same_life => CatchUp::Resync,
                    // It was removed meanwhile: what happened then is not replayed.
                    Some(after) if after < membership.joined => CatchUp::Resync,
                    Some(after) => catch_up(after, head.seq, MOST - total),
                };
                if catch_up == CatchUp::Replay {
                    let after = request.positions[&room];
                    total += head.seq.since(after);
                    missing.push(Missing {
                        room,
                        after,
                        up_to: head.seq,
                    });
                }
                ResumedRoom {
                    room,
                    head,
                    read_n: membership.read_n,
                    catch_up,
                }
            })
            .collect();
        let events = match missing.as_slice() {
            [] => Vec::new(),
            missing => snapshot.missing(missing).await?,
        };

        let membership_version = person.version;
        let gone = gone.into_keys().collect();
        Ok(Resumed {
            epoch,
            membership_version,
            rooms,
            gone,
            events,
        })
    }
}

fn catch_up(after: Seq, head: Seq, left: i64) -> CatchUp {
    let missing = head.since(after);
    if after > head || missing > MOST_PER_ROOM.min(left) {
        CatchUp::Resync
    } else if missing > 0 {
        CatchUp::Replay
    } else {
        CatchUp::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_caps_or_the_head_a_room_is_fetched_anew() {
        let catch_up = |after, head, left| catch_up(Seq::new(after), Seq::new(head), left);
        assert_eq!(catch_up(7, 7, MOST), CatchUp::Nothing);
        assert_eq!(catch_up(0, 500, MOST), CatchUp::Replay);
        assert_eq!(catch_up(0, 501, MOST), CatchUp::Resync);
        assert_eq!(catch_up(8, 7, MOST), CatchUp::Resync);
        assert_eq!(catch_up(0, 10, 9), CatchUp::Resync);
    }
}
