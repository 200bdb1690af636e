//! What one client has seen of its rooms, checked as it comes: every event once and in order.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

/// One client's view of its rooms over all its connections.
#[derive(Debug, Default)]
pub struct History {
    epoch: Option<String>,
    rooms: HashMap<Uuid, Room>,
    personal: Vec<Value>,
    receipts: Vec<Value>,
    missing: Vec<Missing>,
    violations: Vec<String>,
}

/// Events that `welcome` did not bring: the room is to be fetched anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Of which room.
    pub room: Uuid,
    /// The last position that is known.
    pub after: i64,
    /// Live events go on from here.
    pub to: i64,
}

#[derive(Debug, Default)]
struct Room {
    seq: i64,
    events: Vec<Value>,
    /// No longer a member: nothing may follow.
    left: bool,
}

impl History {
    /// The fields of a `hello` with what is known.
    pub fn hello(&self) -> Value {
        let rooms: HashMap<_, _> = self
            .rooms
            .iter()
            .filter(|(_, room)| !room.left)
            .map(|(id, room)| (id.to_string(), room.seq))
            .collect();
        json!({ "epoch": self.epoch, "rooms": rooms })
    }

    /// Takes in a frame of the server.
    pub fn take(&mut self, frame: &Value) {
        match frame["t"].as_str() {
            Some("welcome") => self.welcome(frame),
            Some("event") => self.event(frame),
            Some("personal") => self.personal(frame),
            Some("receipt") => self.receipts.push(frame.clone()),
            _ => {}
        }
    }

    fn welcome(&mut self, frame: &Value) {
        let epoch = frame["epoch"].as_str().map(str::to_owned);
        if self.epoch.is_some() && self.epoch != epoch {
            self.violations.push("the epoch changed".to_owned());
        }
        self.epoch = epoch;
        for (id, state) in frame["rooms"].as_object().into_iter().flatten() {
            let (Ok(id), Some(seq)) = (id.parse(), state["seq"].as_i64()) else {
                self.violations
                    .push(format!("an unreadable room in {frame}"));
                continue;
            };
            let known = self.rooms.entry(id).or_default();
            known.left = false;
            if state["resync"] == true {
                self.missing.push(Missing {
                    room: id,
                    after: known.seq,
                    to: seq,
                });
            } else if state["replay"] != true {
                known.seq = seq;
            }
        }
        for id in frame["gone"].as_array().into_iter().flatten() {
            if let Some(room) = room_id(id).and_then(|id| self.rooms.get_mut(&id)) {
                room.left = true;
            }
        }
    }

    fn event(&mut self, event: &Value) {
        let (Some(id), Some(seq)) = (room_id(&event["room"]), event["seq"].as_i64()) else {
            self.violations.push(format!("an unreadable event {event}"));
            return;
        };
        let Some(room) = self.rooms.get_mut(&id) else {
            self.violations
                .push(format!("an event of a foreign room: {event}"));
            return;
        };
        if room.left {
            self.violations
                .push(format!("an event after the removal: {event}"));
        } else if seq != room.seq + 1 {
            self.violations
                .push(format!("{} came after seq {}: {event}", seq, room.seq));
        }
        room.seq = room.seq.max(seq);
        room.events.push(event.clone());
    }

    fn personal(&mut self, frame: &Value) {
        match frame["type"].as_str() {
            Some("room.added") => {
                if let Some(id) = room_id(&frame["room"]["id"]) {
                    let room = self.rooms.entry(id).or_default();
                    room.left = false;
                    room.seq = frame["room"]["head"]["seq"].as_i64().unwrap_or_default();
                }
            }
            Some("room.removed") => {
                if let Some(room) = room_id(&frame["room"]).and_then(|id| self.rooms.get_mut(&id)) {
                    room.left = true;
                }
            }
            _ => {}
        }
        self.personal.push(frame.clone());
    }

    /// The last position of a room; zero for an unknown one.
    pub fn seq(&self, room: Uuid) -> i64 {
        self.rooms.get(&room).map_or(0, |room| room.seq)
    }

    /// Whether the room is known and not left.
    pub fn is_in(&self, room: Uuid) -> bool {
        self.rooms.get(&room).is_some_and(|room| !room.left)
    }

    /// The events seen of a room.
    pub fn events(&self, room: Uuid) -> &[Value] {
        self.rooms.get(&room).map_or(&[], |room| &room.events)
    }

    /// The ids of the messages seen of a room.
    pub fn message_ids(&self, room: Uuid) -> Vec<Uuid> {
        let messages = self
            .events(room)
            .iter()
            .filter(|event| event["type"] == "message.created");
        messages
            .filter_map(|event| room_id(&event["data"]["id"]))
            .collect()
    }

    /// Texts of the messages seen of a room.
    pub fn bodies(&self, room: Uuid) -> Vec<&str> {
        let messages = self
            .events(room)
            .iter()
            .filter(|event| event["type"] == "message.created");
        messages
            .filter_map(|event| event["data"]["body"].as_str())
            .collect()
    }

    /// The personal frames.
    pub fn personal_frames(&self) -> &[Value] {
        &self.personal
    }

    /// The receipts.
    pub fn receipts(&self) -> &[Value] {
        &self.receipts
    }

    /// What has to be fetched now, before the next frame is taken in.
    pub fn missing(&mut self) -> Vec<Missing> {
        std::mem::take(&mut self.missing)
    }

    /// Takes in the events that were missing, as they were fetched.
    pub fn fetched(&mut self, missing: Missing, events: &[Value]) {
        for event in events {
            if event["seq"].as_i64() <= Some(missing.to) {
                self.event(event);
            }
        }
        if self.seq(missing.room) != missing.to {
            self.violations
                .push(format!("a fetch that ends before {missing:?}"));
        }
    }

    /// Keeps the positions, and forgets the events that led to them.
    pub fn forget_events(&mut self) {
        for room in self.rooms.values_mut() {
            room.events.clear();
        }
    }

    /// What must not happen, and did.
    pub fn violations(&self) -> &[String] {
        &self.violations
    }
}

fn room_id(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}
