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
const CHAT: ChatId = ChatId(-5);
const LATER: Duration = Duration::from_mins(1);

fn room() -> RoomId {
    RoomId(Uuid::from_u128(1))
}

fn bridge() -> Bridge {
    Bridge {
        chat: CHAT,
        room: room(),
    }
}

fn at(seq: i64) -> Position {
    Position {
        epoch: "e".to_owned(),
        seq,
    }
}

fn heard(message: i64) -> Heard {
    Heard {
        update: 1000 + message,
        message: Message {
            chat: CHAT,
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
        chat: CHAT,
        message,
    }
}

pub(crate) async fn what_is_kept_is_due_in_its_order_until_it_arrived(ledger: &dyn Ledger) {
    assert_eq!(ledger.next_update(BOT).await.unwrap(), None);
    ledger
        .keep(BOT, &[heard(1), heard(2)], Some(1003), NOW)
        .await
        .unwrap();
    assert_eq!(ledger.next_update(BOT).await.unwrap(), Some(1003));
    ledger.keep(BOT, &[], None, NOW).await.unwrap();
    assert_eq!(ledger.next_update(BOT).await.unwrap(), None);

    let due = ledger.due(&[CHAT], NOW, LATER, 3, 10).await.unwrap();
    assert_eq!(due, [heard(1), heard(2)]);
    assert!(
        ledger
            .due(&[CHAT], NOW, LATER, 3, 10)
            .await
            .unwrap()
            .is_empty()
    );

    ledger
        .arrived(source(1), Uuid::from_u128(11))
        .await
        .unwrap();
    assert_eq!(
        ledger
            .due(&[CHAT], NOW + LATER, LATER, 3, 10)
            .await
            .unwrap(),
        [heard(2)]
    );
}

pub(crate) async fn an_update_that_is_told_again_is_kept_once(ledger: &dyn Ledger) {
    ledger
        .keep(BOT, &[heard(1)], Some(1002), NOW)
        .await
        .unwrap();
    ledger
        .keep(BOT, &[heard(1)], Some(1002), NOW)
        .await
        .unwrap();
    assert_eq!(
        ledger.due(&[CHAT], NOW, LATER, 3, 10).await.unwrap().len(),
        1
    );

    ledger
        .arrived(source(1), Uuid::from_u128(11))
        .await
        .unwrap();
    ledger
        .keep(BOT, &[heard(1)], Some(1002), NOW)
        .await
        .unwrap();
    assert!(
        ledger
            .due(&[CHAT], NOW + LATER, LATER, 3, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn attempts_end_but_failed_ones_do_not_count(ledger: &dyn Ledger) {
    ledger
        .keep(BOT, &[heard(1)], Some(1002), NOW)
        .await
        .unwrap();
    for _ in 0..5 {
        assert_eq!(
            ledger.due(&[CHAT], NOW, LATER, 2, 10).await.unwrap().len(),
            1
        );
        ledger.not_handed_on(&[source(1)]).await.unwrap();
    }
    let mut now = NOW;
    for _ in 0..2 {
        assert_eq!(
            ledger.due(&[CHAT], now, LATER, 2, 10).await.unwrap().len(),
            1
        );
        now += LATER;
    }
    assert!(
        ledger
            .due(&[CHAT], now, LATER, 2, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn each_bot_hands_on_what_was_heard_in_its_own_chats(ledger: &dyn Ledger) {
    let mut elsewhere = heard(1);
    elsewhere.message.chat = ChatId(-6);
    ledger.keep(BOT, &[heard(1)], None, NOW).await.unwrap();
    let other = std::slice::from_ref(&elsewhere);
    ledger.keep(8, other, None, NOW).await.unwrap();
    let due = async |chats: &[ChatId]| ledger.due(chats, NOW, LATER, 3, 10).await.unwrap();
    assert!(due(&[]).await.is_empty());
    assert_eq!(due(&[CHAT]).await, [heard(1)]);
    assert_eq!(due(&[CHAT, ChatId(-6)]).await, [elsewhere]);
}

pub(crate) async fn one_at_a_time_works_for_a_bot(ledger: &dyn Ledger) {
    ledger.healthy().await.unwrap();
    let leads = ledger.lead(BOT).await.unwrap();
    let _of_another = ledger.lead(8).await.unwrap();
    let waits = tokio::time::timeout(Duration::from_millis(100), ledger.lead(BOT)).await;
    assert!(waits.is_err(), "two work for one bot");
    drop(leads);
    let next = tokio::time::timeout(Duration::from_secs(20), ledger.lead(BOT)).await;
    assert!(next.is_ok_and(|lead| lead.is_ok()), "nobody works");
}

pub(crate) async fn an_intent_without_a_result_is_uncertain(ledger: &dyn Ledger) {
    let (chat, message) = (CHAT, Uuid::from_u128(12));
    let intend = async |part| {
        ledger
            .intend(bridge(), &at(3), message, part)
            .await
            .unwrap()
    };
    assert_eq!(intend(0).await, Intent::New);
    assert_eq!(intend(0).await, Intent::Uncertain);
    ledger.withdraw(chat, message, 0).await.unwrap();
    assert_eq!(intend(0).await, Intent::New);
    ledger.told(chat, message, 0, Some(77)).await.unwrap();
    assert_eq!(intend(0).await, Intent::Told);
    assert_eq!(intend(1).await, Intent::New);
}

pub(crate) async fn what_another_leader_has_told_is_not_told_again(ledger: &dyn Ledger) {
    let message = Uuid::from_u128(12);
    ledger
        .advance(bridge(), &at(3), Some(message))
        .await
        .unwrap();
    let intend = async |at: Position| ledger.intend(bridge(), &at, message, 0).await.unwrap();
    assert_eq!(intend(at(3)).await, Intent::Told);
    assert_eq!(intend(at(4)).await, Intent::New);
}

pub(crate) async fn a_position_moves_on(ledger: &dyn Ledger) {
    assert_eq!(ledger.position(bridge()).await.unwrap(), None);
    for seq in [1, 2] {
        ledger.advance(bridge(), &at(seq), None).await.unwrap();
        assert_eq!(ledger.position(bridge()).await.unwrap(), Some(at(seq)));
    }
    // A former leader is late.
    ledger.advance(bridge(), &at(1), None).await.unwrap();
    assert_eq!(ledger.position(bridge()).await.unwrap(), Some(at(2)));
    let another_life = Position {
        epoch: "f".to_owned(),
        seq: 1,
    };
    ledger.advance(bridge(), &another_life, None).await.unwrap();
    assert_eq!(ledger.position(bridge()).await.unwrap(), Some(another_life));
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
            each_bot_hands_on_what_was_heard_in_its_own_chats,
            one_at_a_time_works_for_a_bot,
            an_intent_without_a_result_is_uncertain,
            what_another_leader_has_told_is_not_told_again,
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
