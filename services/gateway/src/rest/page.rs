//! Pages of lists.

use http::StatusCode;
use proto::chat::Page;
use serde::Deserialize;
use tonic::Status;
use utoipa::{IntoParams, ToSchema};

use super::extract::bad_query;
use crate::problem::{FieldError, Problem};
use crate::wire::{List, Malformed};

/// How many entries a page has at most.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = i32, minimum = 1)]
pub(super) struct Limit(i32);

impl Limit {
    /// The number for chat, where 0 is the default.
    pub(super) fn up_to(limit: Option<Self>, most: i32) -> Result<i32, Problem> {
        match limit {
            None => Ok(0),
            Some(Self(limit)) if (1..=most).contains(&limit) => Ok(limit),
            Some(_) => {
                let detail = format!("must be from 1 to {most}");
                Err(bad_query(FieldError::new("limit", "out_of_range", detail)))
            }
        }
    }
}

/// Which page of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// Entries on the page: 1–200, by default 50.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200)]
    pub(super) limit: Option<Limit>,
    /// The `next` of the page before.
    pub(super) cursor: Option<String>,
}

/// Which page of a list that is searched.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// How the names begin.
    #[serde(default)]
    #[param(required = false)]
    pub(super) query: String,
    /// Entries on the page: 1–200, by default 50.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200)]
    pub(super) limit: Option<Limit>,
    /// The `next` of the page before.
    pub(super) cursor: Option<String>,
}

/// The page as chat wants it.
pub(super) fn page(limit: Option<Limit>, cursor: Option<String>) -> Result<Page, Problem> {
    Ok(Page {
        limit: Limit::up_to(limit, 200)?,
        cursor,
    })
}

/// What chat says of a page's parameters: they are no fields of a body.
pub(super) fn in_query(status: Status) -> Problem {
    let problem = Problem::from(status);
    if problem.status != StatusCode::UNPROCESSABLE_ENTITY {
        return problem;
    }
    Problem {
        status: StatusCode::BAD_REQUEST,
        code: "bad_query".into(),
        ..problem
    }
}

/// chat's entries as the public sees them.
pub(super) fn list<P, T>(entries: Vec<P>, next: Option<String>) -> Result<List<T>, Problem>
where
    T: TryFrom<P, Error = Malformed>,
{
    let items: Result<_, Malformed> = entries.into_iter().map(T::try_from).collect();
    Ok(List {
        items: items?,
        next,
    })
}
