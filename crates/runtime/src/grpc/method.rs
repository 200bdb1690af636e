//! What is known of a method before it is called: its name, and whether it streams.

use std::{collections::HashMap, sync::LazyLock};

use prost::Message;
use prost_types::FileDescriptorSet;

/// One method of one service.
#[derive(Debug)]
pub(super) struct Method {
    /// Fully qualified, such as `chappe.chat.v1.ChatService/SendMessage`.
    pub(super) name: String,
    pub(super) shape: Shape,
}

/// How a call goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One request, one response: has a deadline.
    Unary,
    /// One request, a finite stream.
    Responses,
    /// The caller streams, perhaps for as long as both live: no span and no duration.
    Conversation,
}

static METHODS: LazyLock<HashMap<String, Method>> = LazyLock::new(|| {
    [
        proto::FILE_DESCRIPTOR_SET,
        tonic_health::pb::FILE_DESCRIPTOR_SET,
    ]
    .into_iter()
    .map(|bytes| FileDescriptorSet::decode(bytes).expect("generated descriptors decode"))
    .flat_map(methods)
    .collect()
});

static OTHER: LazyLock<Method> = LazyLock::new(|| Method {
    name: "_OTHER".to_owned(),
    shape: Shape::Conversation,
});

impl Method {
    /// The method of a request's path; a path that no descriptor has is `_OTHER`, so that callers can't
    /// make up metric names.
    pub(super) fn of(path: &str) -> &'static Self {
        METHODS.get(path.trim_start_matches('/')).unwrap_or(&OTHER)
    }
}

fn methods(set: FileDescriptorSet) -> Vec<(String, Method)> {
    let mut methods = Vec::new();
    for file in set.file {
        for service in &file.service {
            for method in &service.method {
                let name = format!("{}.{}/{}", file.package(), service.name(), method.name());
                let shape = match (method.client_streaming(), method.server_streaming()) {
                    (true, _) => Shape::Conversation,
                    (false, true) => Shape::Responses,
                    (false, false) => Shape::Unary,
                };
                methods.push((name.clone(), Method { name, shape }));
            }
        }
    }
    methods
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_read_from_the_descriptors() {
        let shape = |path| Method::of(path).shape;
        assert_eq!(
            shape("/chappe.chat.v1.ChatService/SendMessage"),
            Shape::Unary
        );
        assert_eq!(
            shape("/chappe.chat.v1.ChatService/Resume"),
            Shape::Responses
        );
        assert_eq!(
            shape("/chappe.gateway.v1.EdgeService/Deliver"),
            Shape::Conversation
        );
        assert_eq!(Method::of("/made.up/Name").name, "_OTHER");
    }
}
