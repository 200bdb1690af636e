//! Lists.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer, ser::SerializeSeq};
use utoipa::ToSchema;

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The entries of this page.
    pub items: Vec<T>,
    /// Opaque: give it as `cursor` to get the following page. Null at the end.
    #[schema(required = true)]
    pub next: Option<String>,
}

/// A list that is always empty in this version of the protocol; later versions fill it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToSchema)]
#[schema(value_type = Vec<Object>, max_items = 0)]
pub struct EmptyList(());

impl Serialize for EmptyList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_seq(Some(0))?.end()
    }
}

impl JsonSchema for EmptyList {
    fn schema_name() -> Cow<'static, str> {
        "EmptyList".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": { "type": "object" },
            "maxItems": 0,
            "description": "Always empty in this version of the protocol; later versions fill it",
        })
    }
}
