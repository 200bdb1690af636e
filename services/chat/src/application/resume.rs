//! What a connection needs to go live.

use std::collections::{HashMap, HashSet};

use super::{Application, Context, Error, Handle, Request, Thing, ports::Missing};
use crate::domain::{Count, Epoch, Head, MembershipVersion, RoomEvent, RoomId, Seq, UserId};

/// Missing events of a room beyond which it is fetched anew instead.
const MOST_PER_ROOM: i64 = 500;
/// Missing events of all rooms together; further rooms are fetched anew.
const MOST: i64 = 10_000;
/// Bytes of all missing events together; rooms that don't fit are fetched anew. Many come back at once,
/// and what all of them missed is in memory at the same time.
const MOST_BYTES: u64 = 4 * 1024 * 1024;
/// No event is larger: a message's body has at most 16 KiB.
const LARGEST_EVENT: u64 = 20 * 1024;

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
        let mut rooms: Vec<_> = person
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
        // They are weighed only where they may be too much.
        if total.cast_unsigned() * LARGEST_EVENT > MOST_BYTES {
            let sizes = snapshot.sizes(&missing).await?;
            let too_much = keep_what_fits(&mut missing, &sizes);
            for room in rooms
                .iter_mut()
                .filter(|room| too_much.contains(&room.room))
            {
                room.catch_up = CatchUp::Resync;
            }
        }
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

/// Takes the stretches out that do not fit behind those before them; answers their rooms.
fn keep_what_fits(missing: &mut Vec<Missing>, sizes: &[u64]) -> HashSet<RoomId> {
    let mut left = MOST_BYTES;
    let mut sizes = sizes.iter();
    let mut too_much = HashSet::new();
    missing.retain(|stretch| {
        let size = sizes.next().copied().unwrap_or(u64::MAX);
        if let Some(rest) = left.checked_sub(size) {
            left = rest;
            true
        } else {
            too_much.insert(stretch.room);
            false
        }
    });
    too_much
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_room_that_does_not_fit_keeps_no_other_away() {
        let room = |number| RoomId::new(Uuid::from_u128(number));
        let stretch = |number| Missing {
            room: room(number),
            after: Seq::ZERO,
            up_to: Seq::new(9),
        };
        let mut missing = vec![stretch(1), stretch(2), stretch(3)];
        let sizes = [MOST_BYTES - 10, 11, 10];
        assert_eq!(
            keep_what_fits(&mut missing, &sizes),
            HashSet::from([room(2)])
        );
        let kept: Vec<_> = missing.iter().map(|stretch| stretch.room).collect();
        assert_eq!(kept, [room(1), room(3)]);
    }

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
