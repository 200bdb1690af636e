//! What every ledger keeps.

use std::time::Duration;

use bot::{
    application::ports::{Intent, Ledger},
    domain::{
        bridge::{Bridge, ChatId, RoomId},
        event::{Position, TelegramSource},
        heard::{Heard, Message, Sender},
    },
};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
const BOT: i64 = 7;
const LATER: Duration = Duration::from_mins(1);

fn room() -> RoomId {
    RoomId(Uuid::from_u128(1))
}

fn heard(message: i64) -> Heard {
    Heard {
        update: 1000 + message,
        message: Message {
            chat: ChatId(-5),
            id: message,
            sender: Sender {
                id: 9,
                name: "Ada".to_owned(),
                handle: None,
            },
            text: format!("message {message}"),
            sent_at: NOW,
        },
        room: room(),
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
    }
}

fn source(message: i64) -> TelegramSource {
    TelegramSource {
        chat: ChatId(-5),
        message,
    }
}

pub(crate) async fn what_is_kept_is_due_in_its_order_until_it_arrived(ledger: &dyn Ledger) {
    assert_eq!(ledger.next_update(BOT).await.unwrap(), None);
    ledger
        .keep(BOT, &[heard(1), heard(2)], 1003, NOW)
        .await
        .unwrap();
    assert_eq!(ledger.next_update(BOT).await.unwrap(), Some(1003));

    let due = ledger.due(NOW, LATER, 3, 10).await.unwrap();
    assert_eq!(due, [heard(1), heard(2)]);
    assert!(ledger.due(NOW, LATER, 3, 10).await.unwrap().is_empty());

    ledger
        .arrived(source(1), Uuid::from_u128(11))
        .await
        .unwrap();
    assert_eq!(
        ledger.due(NOW + LATER, LATER, 3, 10).await.unwrap(),
        [heard(2)]
    );
}

pub(crate) async fn an_update_that_is_told_again_is_kept_once(ledger: &dyn Ledger) {
    ledger.keep(BOT, &[heard(1)], 1002, NOW).await.unwrap();
    ledger.keep(BOT, &[heard(1)], 1002, NOW).await.unwrap();
    assert_eq!(ledger.due(NOW, LATER, 3, 10).await.unwrap().len(), 1);

    ledger
        .arrived(source(1), Uuid::from_u128(11))
        .await
        .unwrap();
    ledger.keep(BOT, &[heard(1)], 1002, NOW).await.unwrap();
    assert!(
        ledger
            .due(NOW + LATER, LATER, 3, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn attempts_end_but_failed_ones_do_not_count(ledger: &dyn Ledger) {
    ledger.keep(BOT, &[heard(1)], 1002, NOW).await.unwrap();
    for _ in 0..5 {
        assert_eq!(ledger.due(NOW, LATER, 2, 10).await.unwrap().len(), 1);
        ledger.not_handed_on(&[source(1)]).await.unwrap();
    }
    let mut now = NOW;
    for _ in 0..2 {
        assert_eq!(ledger.due(now, LATER, 2, 10).await.unwrap().len(), 1);
        now += LATER;
    }
    assert!(ledger.due(now, LATER, 2, 10).await.unwrap().is_empty());
}

pub(crate) async fn an_intent_without_a_result_is_uncertain(ledger: &dyn Ledger) {
    let (chat, message) = (ChatId(-5), Uuid::from_u128(12));
    assert_eq!(ledger.intend(chat, message, 0).await.unwrap(), Intent::New);
    assert_eq!(
        ledger.intend(chat, message, 0).await.unwrap(),
        Intent::Uncertain
    );
    ledger.withdraw(chat, message, 0).await.unwrap();
    assert_eq!(ledger.intend(chat, message, 0).await.unwrap(), Intent::New);
    ledger.told(chat, message, 0, Some(77)).await.unwrap();
    assert_eq!(ledger.intend(chat, message, 0).await.unwrap(), Intent::Told);
    assert_eq!(ledger.intend(chat, message, 1).await.unwrap(), Intent::New);
}

pub(crate) async fn a_position_moves_on(ledger: &dyn Ledger) {
    let bridge = Bridge {
        chat: ChatId(-5),
        room: room(),
    };
    assert_eq!(ledger.position(bridge).await.unwrap(), None);
    for seq in [1, 2] {
        let position = Position {
            epoch: "e".to_owned(),
            seq,
        };
        ledger.advance(bridge, &position, None).await.unwrap();
        assert_eq!(ledger.position(bridge).await.unwrap(), Some(position));
    }
}

/// One test per sentence, on the ledger that `$ledger` opens.
#[macro_export]
macro_rules! ledger_contract {
    ($ledger:expr) => {
        ledger_contract!(
            $ledger,
            what_is_kept_is_due_in_its_order_until_it_arrived,
            an_update_that_is_told_again_is_kept_once,
            attempts_end_but_failed_ones_do_not_count,
            an_intent_without_a_result_is_uncertain,
            a_position_moves_on
        );
    };
    ($ledger:expr, $($sentence:ident),*) => {
        $(#[tokio::test]
        async fn $sentence() {
            let ledger = $ledger.await;
            contract::$sentence(&ledger).await;
        })*
    };
}
