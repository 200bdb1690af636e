//! WebSocket frames and the few fields that the tool looks at, without parsing any JSON twice.

use memchr::memmem;

/// A frame of the server: unmasked, whole.
pub(super) struct Frame<'a> {
    pub(super) opcode: u8,
    pub(super) payload: &'a [u8],
}

pub(super) const TEXT: u8 = 0x1;
pub(super) const CLOSE: u8 = 0x8;
pub(super) const PING: u8 = 0x9;
const PONG: u8 = 0xA;
const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
/// Instead of a length: two bytes of length follow.
const SHORT: u8 = 0x7E;
/// Instead of a length: eight bytes of length follow.
const LONG: u8 = 0x7F;

/// Takes the first frame off the buffer; `None` while it is not whole.
pub(super) fn take<'a>(buffer: &mut &'a [u8]) -> Option<Frame<'a>> {
    let opcode = buffer.first()? & 0x0f;
    let (header, length) = match *buffer.get(1)? {
        SHORT => {
            let bytes = buffer.get(2..4)?.try_into().ok()?;
            (4, usize::from(u16::from_be_bytes(bytes)))
        }
        LONG => {
            let bytes = buffer.get(2..10)?.try_into().ok()?;
            (10, usize::try_from(u64::from_be_bytes(bytes)).ok()?)
        }
        length => (2, usize::from(length)),
    };
    let payload = buffer.get(header..header + length)?;
    *buffer = &buffer[header + length..];
    Some(Frame { opcode, payload })
}

/// A text frame of a client. Clients have to mask; with the key 0 the bytes stay as they are.
pub(super) fn text(payload: &str) -> Vec<u8> {
    client_frame(TEXT, payload.as_bytes())
}

/// The answer to a ping of the WebSocket protocol itself.
pub(super) fn pong(payload: &[u8]) -> Vec<u8> {
    client_frame(PONG, payload)
}

fn client_frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 14);
    frame.push(FINAL | opcode);
    let length = payload.len();
    if length < usize::from(SHORT) {
        frame.push(MASKED | u8::try_from(length).expect("below 126"));
    } else if let Ok(length) = u16::try_from(length) {
        frame.push(MASKED | SHORT);
        frame.extend(length.to_be_bytes());
    } else {
        frame.push(MASKED | LONG);
        frame.extend((length as u64).to_be_bytes());
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// Where an event belongs.
pub(super) struct EventHead<'a> {
    pub(super) room: &'a [u8],
    pub(super) seq: u64,
}

const ROOM: &[u8] = b"\"room\":\"";
const SEQ: &[u8] = b"\"seq\":";
const ID_LENGTH: usize = 36;

/// The room and seq of an `event`: the first of their names, as they come before `data`.
pub(super) fn event_head(payload: &[u8]) -> Option<EventHead<'_>> {
    let room = memmem::find(payload, ROOM)? + ROOM.len();
    Some(EventHead {
        room: payload.get(room..room + ID_LENGTH)?,
        seq: field(payload, SEQ)?,
    })
}

/// The first number after `name`, which may be in quotes.
pub(super) fn field(payload: &[u8], name: &[u8]) -> Option<u64> {
    let start = memmem::find(payload, name)? + name.len();
    let quoted = usize::from(payload.get(start) == Some(&b'"'));
    number(payload.get(start + quoted..)?)
}

/// The digits at the beginning.
pub(super) fn number(bytes: &[u8]) -> Option<u64> {
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let mut value = 0_u64;
    for digit in &bytes[..digits] {
        value = value
            .checked_mul(10)?
            .checked_add(u64::from(digit - b'0'))?;
    }
    (digits > 0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_taken_when_they_are_whole() {
        let long = vec![b'x'; 300];
        let mut bytes = vec![0x81, 2, b'{', b'}', 0x81, 126, 1, 44];
        bytes.extend(&long);
        let mut rest = bytes.as_slice();
        assert_eq!(take(&mut rest).expect("whole").payload, b"{}");
        let partial = &rest[..rest.len() - 1];
        assert!(take(&mut { partial }).is_none());
        assert_eq!(take(&mut rest).expect("whole").payload, long);
        assert!(rest.is_empty());
    }

    #[test]
    fn an_event_tells_its_room_and_seq() {
        let event = br#"{"t":"event","room":"01936b2e-7c00-7000-8000-0000000000aa","seq":17,"n":3,"data":{"seq":9}}"#;
        let head = event_head(event).expect("an event");
        assert_eq!(head.room, b"01936b2e-7c00-7000-8000-0000000000aa");
        assert_eq!(head.seq, 17);
    }

    #[test]
    fn a_number_may_be_in_quotes() {
        assert_eq!(field(br#"{"t":"ack","ref":"12"}"#, b"\"ref\":"), Some(12));
        assert_eq!(field(br#"{"t":"ack","ref":12}"#, b"\"ref\":"), Some(12));
        assert_eq!(field(br#"{"t":"ack","ref":null}"#, b"\"ref\":"), None);
    }
}
