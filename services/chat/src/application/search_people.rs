//! Finding people to write to.

use super::{Application, Context, Error, Handle, Page, Paged, Request, page::searched};
use crate::domain::User;

/// People whose username or display name begins with the query, by username.
#[derive(Debug)]
pub struct SearchPeople {
    /// Capitals do not count; empty finds everybody.
    pub query: String,
    /// Which page.
    pub page: Page,
}

impl Request for SearchPeople {
    type Answer = Paged<User>;
    const NAME: &'static str = "search_people";
}

impl Handle<SearchPeople> for Application {
    async fn handle(&self, _: &Context, request: &SearchPeople) -> Result<Paged<User>, Error> {
        let Page { limit, cursor } = &request.page;
        let after = cursor.as_ref().map(super::Cursor::key);
        let prefix = searched(request.query.trim()).to_lowercase();
        let mut snapshot = self.store.snapshot().await?;
        let people = snapshot.search(&prefix, after, limit.and_one()).await?;
        Ok(Paged::cut(people, *limit, |user| {
            user.reference.username.clone()
        }))
    }
}
