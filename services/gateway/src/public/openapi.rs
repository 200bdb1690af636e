//! The API's documentation: `/openapi.json`, and `/docs` to read and try it. Everything that the page
//! needs is in the binary.

use axum::Router;
use utoipa::OpenApi;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Ref, RefOr, SecurityRequirement};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::problem::ProblemBody;
use crate::rest::Api;
use crate::wire::{Event, Member, Message, Room, User};

/// Where the page is.
pub(super) const PAGE: &str = "/docs";
const DOCUMENT: &str = "/openapi.json";
const BEARER: &str = "access_token";

/// What any call may answer besides its own answers.
const ALWAYS: [(&str, &str); 4] = [
    ("400", "`bad_id`, `bad_query`, `bad_json`"),
    (
        "429",
        "`too_many_requests`, `too_many_attempts`: wait as long as `Retry-After` says",
    ),
    (
        "500",
        "`internal`: a defect, found in the log under `x-request-id`",
    ),
    ("503", "`unavailable`: repeat it after `Retry-After`"),
];
/// What calls for signed-in people may answer besides.
const SIGNED_IN: [(&str, &str); 1] = [("401", "`not_authenticated`, `token_expired`, `bad_token`")];
/// What calls with a body may answer besides.
const WITH_BODY: [(&str, &str); 4] = [
    ("408", "`too_slow`: the body did not arrive in time"),
    ("413", "`too_large`: more than 128 KiB"),
    ("415", "`bad_content_type`: not `application/json`"),
    ("422", "`invalid`: `errors` names the fields"),
];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Chappe",
        description = "People, rooms and messages. Live events come over the WebSocket at `/api/v1/ws`.\n\n\
            Errors are `application/problem+json` with a stable `code`. Lists answer `{items, next}`: give `next` as \
            `cursor` to get the following page. Unknown fields of requests are ignored. Ids are UUIDs, times RFC 3339 \
            in UTC with milliseconds.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "auth", description = "Getting in and out"),
        (name = "people", description = "Who is there"),
        (name = "rooms", description = "Where people meet"),
        (name = "members", description = "Who is in a room, and what they may do"),
        (name = "messages", description = "What is said"),
    ),
    components(schemas(ProblemBody, Event, Member, Message, Room, User)),
)]
struct Base;

/// The OpenAPI document, as `/openapi.json` serves it.
pub fn document() -> utoipa::openapi::OpenApi {
    documented(crate::rest::routes()).into_openapi()
}

/// The calls with a complete document.
pub(super) fn documented(calls: OpenApiRouter<Api>) -> OpenApiRouter<Api> {
    let mut calls = OpenApiRouter::with_openapi(Base::openapi()).merge(calls);
    let document = calls.get_openapi_mut();
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = document.components.get_or_insert_default();
    components
        .security_schemes
        .insert(BEARER.to_owned(), scheme.into());
    for (name, schema) in &mut components.schemas {
        if let Some(entry) = name.strip_prefix("List_") {
            refer_to(entry, schema);
        }
    }
    document.security = Some(vec![SecurityRequirement::new(BEARER, [""; 0])]);
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        complete(operation);
    }
    calls
}

/// The pages to read it.
pub(super) fn pages(document: utoipa::openapi::OpenApi) -> Router {
    // The page's own default sends the document's address to another origin to be checked.
    let config = Config::new([DOCUMENT]).validator_url("none");
    SwaggerUi::new(PAGE)
        .url(DOCUMENT, document)
        .config(config)
        .into()
}

/// A list of a type is documented with all of the type's fields in it; the type has its own place.
fn refer_to(entry: &str, list: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::Object(list)) = list
        && let Some(RefOr::T(Schema::Array(items))) = list.properties.get_mut("items")
    {
        items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(entry).into()));
    }
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut path.get,
        &mut path.post,
        &mut path.put,
        &mut path.patch,
        &mut path.delete,
    ]
    .into_iter()
    .flatten()
}

/// Adds the refusals that are the same everywhere, and the form of all of them.
fn complete(operation: &mut Operation) {
    let mut shared: Vec<(&str, &str)> = ALWAYS.to_vec();
    if operation.security.is_none() {
        shared.extend(SIGNED_IN);
    }
    if operation.request_body.is_some() {
        shared.extend(WITH_BODY);
    }
    let responses = &mut operation.responses.responses;
    for (status, description) in shared {
        responses.entry(status.to_owned()).or_insert_with(|| {
            ResponseBuilder::new()
                .description(description)
                .build()
                .into()
        });
    }
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && status.as_str() >= "400"
        {
            *response = as_problem(&response.description);
        }
    }
}

fn as_problem(description: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new()
        .description(description)
        .content(
            "application/problem+json",
            ContentBuilder::new().schema(Some(schema)).build(),
        )
        .build()
}
