//! Comparing people's rooms with what is known elsewhere.

use super::{Application, Context, Error, Handle, Request, ports::PersonMemberships};
use crate::domain::{Epoch, Invalid, UserId};

const MOST_PEOPLE: usize = 200;

/// The rooms of these people; those who do not exist are left out. For other services only.
#[derive(Debug)]
pub struct GetMemberships {
    /// At most 200.
    pub users: Vec<UserId>,
}

/// The rooms of people.
#[derive(Clone, Debug)]
pub struct Memberships {
    /// The life of the database.
    pub epoch: Epoch,
    /// In no order.
    pub people: Vec<PersonMemberships>,
}

impl Request for GetMemberships {
    type Answer = Memberships;
    const NAME: &'static str = "get_memberships";
}

impl Handle<GetMemberships> for Application {
    async fn handle(&self, _: &Context, request: &GetMemberships) -> Result<Memberships, Error> {
        if request.users.len() > MOST_PEOPLE {
            let detail = format!("must name at most {MOST_PEOPLE} people");
            return Err(Invalid::new("user_ids", "too_long", detail).into());
        }
        let people = self
            .store
            .snapshot()
            .await?
            .memberships(&request.users)
            .await?;
        Ok(Memberships {
            epoch: self.store.epoch(),
            people,
        })
    }
}
