//! Comparing rooms with what is known elsewhere.

use super::{Application, Context, Error, Handle, Request};
use crate::domain::{Epoch, Head, Invalid, RoomId};

const MOST_ROOMS: usize = 1_000;

/// Where these rooms stand; those that never were are left out. A deleted room has a head: whoever
/// missed its last event sees that there is one. For other services only.
#[derive(Debug)]
pub struct GetHeads {
    /// At most 1,000.
    pub rooms: Vec<RoomId>,
}

/// Where rooms stand.
#[derive(Clone, Debug)]
pub struct Heads {
    /// The life of the database.
    pub epoch: Epoch,
    /// In no order.
    pub heads: Vec<(RoomId, Head)>,
}

impl Request for GetHeads {
    type Answer = Heads;
    const NAME: &'static str = "get_heads";
}

impl Handle<GetHeads> for Application {
    async fn handle(&self, _: &Context, request: &GetHeads) -> Result<Heads, Error> {
        if request.rooms.len() > MOST_ROOMS {
            let detail = format!("must name at most {MOST_ROOMS} rooms");
            return Err(Invalid::new("room_ids", "too_long", detail).into());
        }
        let heads = self.store.snapshot().await?.heads(&request.rooms).await?;
        Ok(Heads {
            epoch: self.store.epoch(),
            heads,
        })
    }
}
