//! What the bot service tells, as conditions and status.

use std::collections::BTreeSet;

use kube::ResourceExt as _;
use proto::bots_file::MOST_BOTS;

use crate::ports::{BotReport, BotState, Bulletin, Unavailable};
use crate::resources::condition::Finding;
use crate::resources::telegram_bot::{BridgeStatus, TelegramBot, TelegramBotStatus};

/// The bot is not in the file, which is full.
pub(super) fn no_place() -> Finding {
    let message = format!(
        "{MOST_BOTS} bots are the most of a Messenger, and so many are older: remove one of them, or bridge \
         these chats with one of them"
    );
    Finding::no("Ready", "TooManyBots", message)
}

/// Reads the report about this bot, of the token with this version.
pub(super) fn read(
    bot: &TelegramBot,
    token_version: &str,
    told: Result<Bulletin, Unavailable>,
    status: &mut TelegramBotStatus,
) -> Vec<Finding> {
    let name = bot.name_any();
    let report = match told {
        Err(away) => {
            return vec![Finding::unknown(
                "Ready",
                "BotUnavailable",
                away.to_string(),
            )];
        }
        Ok(bulletin) => bulletin
            .reports
            .into_iter()
            .find(|report| report.name == name),
    };
    let bridges = |report: &BotReport| -> BTreeSet<(i64, String)> {
        let told = report.bridges.iter();
        told.map(|(chat, room, _)| (*chat, room.clone())).collect()
    };
    let wanted: BTreeSet<_> = bot
        .spec
        .bridges
        .iter()
        .map(|bridge| (bridge.chat, bridge.room.clone()))
        .collect();
    let up_to_date =
        |report: &BotReport| report.token_version == token_version && bridges(report) == wanted;
    let Some(report) = report.filter(up_to_date) else {
        let message = "the bot has not read its configuration yet";
        return vec![Finding::no("Ready", "Configuring", message)];
    };

    status.bot_id = report.bot_id.or(status.bot_id);
    status.username = report.username.or(status.username.take());
    status.token_version = Some(report.token_version);
    status.last_error.clone_from(&report.last_error);
    let works = report.state == BotState::Bridging;
    let bridges = report.bridges.into_iter();
    status.bridges = bridges
        .map(|(chat, room, problem)| BridgeStatus {
            chat,
            room,
            ready: works && problem.is_none(),
            message: problem,
        })
        .collect();

    let why = report.last_error.unwrap_or_default();
    match report.state {
        BotState::Refused => vec![
            Finding::no(
                "Ready",
                "TokenRefused",
                format!("Telegram refuses the token ({why}): correct it in its Secret"),
            ),
            Finding::no("TokenValid", "TokenRefused", "Telegram refuses the token"),
        ],
        BotState::Failing => vec![Finding::no(
            "Ready",
            "Failing",
            format!("it is tried again: {why}"),
        )],
        BotState::Starting | BotState::Standby => {
            vec![Finding::no(
                "Ready",
                "Starting",
                "no replica works for it yet",
            )]
        }
        BotState::Bridging => vec![
            bridging(status),
            Finding::yes("TokenValid", "TokenAccepted", "Telegram knows the bot"),
        ],
    }
}

fn bridging(status: &TelegramBotStatus) -> Finding {
    let broken: Vec<_> = status
        .bridges
        .iter()
        .filter_map(|bridge| Some(format!("{}: {}", bridge.chat, bridge.message.as_ref()?)))
        .collect();
    if broken.is_empty() {
        return Finding::yes("Ready", "Bridging", "messages pass in both directions");
    }
    Finding::no("Ready", "BridgeBroken", broken.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::telegram_bot_spec;

    const ROOM: &str = "01936b2e-7c00-7000-8000-0000000000aa";

    fn bot() -> TelegramBot {
        TelegramBot::new("support", telegram_bot_spec())
    }

    fn told(state: BotState, problem: Option<&str>) -> Bulletin {
        let report = BotReport {
            name: "support".into(),
            token_version: "0a".into(),
            state,
            bot_id: Some(7),
            username: Some("support_bot".into()),
            last_error: None,
            bridges: vec![(-1001, ROOM.into(), problem.map(str::to_owned))],
        };
        Bulletin {
            reports: vec![report],
            complete: true,
        }
    }

    fn ready(told: Result<Bulletin, Unavailable>, version: &str) -> (Option<bool>, &'static str) {
        let mut status = TelegramBotStatus::default();
        let findings = read(&bot(), version, told, &mut status);
        let ready = findings
            .iter()
            .find(|finding| finding.kind == "Ready")
            .unwrap();
        (ready.holds, ready.reason)
    }

    #[test]
    fn a_bot_is_ready_when_it_works_with_the_token_that_is_wanted() {
        assert_eq!(
            ready(Ok(told(BotState::Bridging, None)), "0a"),
            (Some(true), "Bridging")
        );
        assert_eq!(
            ready(Ok(told(BotState::Bridging, None)), "0b"),
            (Some(false), "Configuring")
        );
        assert_eq!(
            ready(Ok(Bulletin::default()), "0a"),
            (Some(false), "Configuring")
        );
    }

    #[test]
    fn a_bot_without_a_place_is_told_of_the_limit_and_the_ways_out() {
        let told = no_place();
        assert_eq!((told.kind, told.holds), ("Ready", Some(false)));
        assert_eq!(told.reason, "TooManyBots");
        let message = told.message;
        assert!(message.starts_with("200 bots are the most"), "{message}");
        assert!(message.contains("remove one of them"), "{message}");
    }

    #[test]
    fn what_is_wrong_is_told_with_what_to_do() {
        assert_eq!(
            ready(Ok(told(BotState::Refused, None)), "0a").1,
            "TokenRefused"
        );
        assert_eq!(
            ready(Ok(told(BotState::Bridging, Some("no such room"))), "0a").1,
            "BridgeBroken"
        );
        let away = Err(Unavailable {
            who: "bot".into(),
            reason: "away".into(),
        });
        assert_eq!(ready(away, "0a"), (None, "BotUnavailable"));
    }
}
