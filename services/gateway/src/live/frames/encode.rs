//! Frames as bytes. A frame of the server has no mask (RFC 6455, 5.1), so one encoding, header
//! included, serves every connection that gets it.

use bytes::{Buf, Bytes};
use serde::Serialize;

use super::CloseCode;

const FINAL_TEXT: u8 = 0x81;
const FINAL_CLOSE: u8 = 0x88;

/// Room before the payload for the header that most frames need.
const USUAL_HEADER: usize = 4;

/// A text frame with this JSON.
pub(crate) fn text(frame: &impl Serialize) -> Bytes {
    let mut bytes = Vec::with_capacity(512);
    bytes.extend_from_slice(&[0; USUAL_HEADER]);
    serde_json::to_writer(&mut bytes, frame).expect("frames have text keys and can't fail");
    let length = bytes.len() - USUAL_HEADER;
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if short < 126 => {
            bytes[2..4].copy_from_slice(&[FINAL_TEXT, short]);
            let mut frame = Bytes::from(bytes);
            frame.advance(2);
            frame
        }
        (_, Ok(usual)) => {
            bytes[..2].copy_from_slice(&[FINAL_TEXT, 126]);
            bytes[2..4].copy_from_slice(&usual.to_be_bytes());
            Bytes::from(bytes)
        }
        _ => {
            let mut header = vec![FINAL_TEXT, 127];
            header.extend_from_slice(&(length as u64).to_be_bytes());
            bytes.splice(..USUAL_HEADER, header);
            Bytes::from(bytes)
        }
    }
}

/// A close frame with its code and reason.
pub(crate) fn close(code: CloseCode) -> Bytes {
    let reason = code.reason().as_bytes();
    let length = u8::try_from(reason.len() + 2).expect("reasons are short");
    let mut bytes = vec![FINAL_CLOSE, length];
    bytes.extend_from_slice(&code.number().to_be_bytes());
    bytes.extend_from_slice(reason);
    Bytes::from(bytes)
}

#[cfg(test)]
mod tests {
    use tungstenite::protocol::{Role, WebSocketContext};
    use tungstenite::{Message, Utf8Bytes};

    use super::*;

    fn decoded(frame: &Bytes) -> Message {
        let mut wire = std::io::Cursor::new(frame.to_vec());
        WebSocketContext::new(Role::Client, None)
            .read(&mut wire)
            .unwrap()
    }

    #[test]
    fn a_frame_of_any_length_is_read_as_it_was_written() {
        for length in [
            0, 1, 122, 123, 124, 125, 126, 65_532, 65_533, 65_534, 200_000,
        ] {
            let payload = "x".repeat(length);
            let json = serde_json::to_string(&payload).unwrap();
            let expected = Message::Text(Utf8Bytes::from(json));
            assert_eq!(decoded(&text(&payload)), expected, "{length}");
        }
    }

    #[test]
    fn a_close_frame_has_its_number_and_reason() {
        let Message::Close(Some(frame)) = decoded(&close(CloseCode::SlowReader)) else {
            panic!("not a close frame");
        };
        assert_eq!(u16::from(frame.code), 4503);
        assert_eq!(frame.reason.as_str(), "resume");
    }
}
