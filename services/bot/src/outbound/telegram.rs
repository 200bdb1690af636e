//! The Telegram Bot API over HTTP.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use teloxide_core::{
    ApiError, Bot, RequestError,
    payloads::{GetUpdatesSetters, SendMessageSetters},
    requests::{Request, Requester},
    types::{
        AllowedUpdate, Chat, ChatId as TelegramChat, LinkPreviewOptions, Update as TelegramUpdate,
        UpdateKind,
    },
};
use time::OffsetDateTime;
use tracing::Instrument;
use url::Url;

use crate::{
    application::{
        error::TelegramError,
        ports::{Identity, Telegram, Telegrams},
    },
    domain::{
        bot::Token,
        bridge::ChatId,
        heard::{Message, Sender, Update},
    },
};

/// The Bot API at one address.
#[derive(Debug, Clone)]
pub struct BotApis {
    /// Where it is, if it isn't Telegram's own.
    pub api_url: Option<Url>,
}

impl Telegrams for BotApis {
    fn of(&self, token: &Token) -> Arc<dyn Telegram> {
        Arc::new(BotApi::new(token, self.api_url.clone()))
    }
}

/// <https://core.telegram.org/bots/api>, by way of teloxide.
#[derive(Clone)]
pub struct BotApi {
    bot: Bot,
}

impl BotApi {
    /// A bot with this token; `api_url` replaces Telegram's own address.
    pub fn new(token: &Token, api_url: Option<Url>) -> Self {
        let bot = Bot::new(token.expose());
        Self {
            bot: match api_url {
                Some(url) => bot.set_api_url(url),
                None => bot,
            },
        }
    }

    /// What may be done next. Whatever is on the way to Telegram may show the address that it was asked
    /// for, and the token is in it.
    fn sort(&self, error: &RequestError) -> TelegramError {
        let cleaned = |text: String| text.replace(self.bot.token(), "<token>");
        match sort(error) {
            TelegramError::NotDone(text) => TelegramError::NotDone(cleaned(text)),
            TelegramError::Uncertain(text) => TelegramError::Uncertain(cleaned(text)),
            TelegramError::Closed(text) => TelegramError::Closed(cleaned(text)),
            TelegramError::Refused(text) => TelegramError::Refused(cleaned(text)),
            error @ (TelegramError::RetryAfter(_) | TelegramError::BadToken(_)) => error,
        }
    }
}

#[async_trait]
impl Telegram for BotApi {
    async fn identify(&self) -> Result<Identity, TelegramError> {
        let me = self
            .bot
            .get_me()
            .send()
            .await
            .map_err(|error| self.sort(&error))?;
        let id = i64::try_from(me.id.0)
            .map_err(|_| TelegramError::Refused("an impossible bot id".to_owned()))?;
        Ok(Identity {
            id,
            username: me.user.username,
        })
    }

    async fn updates(&self, from: i64, wait: Duration) -> Result<Vec<Update>, TelegramError> {
        let offset = i32::try_from(from)
            .map_err(|_| TelegramError::Refused(format!("{from} is no update id")))?;
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
        let updates = self
            .bot
            .get_updates()
            .offset(offset)
            .timeout(seconds)
            .allowed_updates([AllowedUpdate::Message, AllowedUpdate::ChannelPost])
            .send()
            .await
            .map_err(|error| self.sort(&error))?;
        Ok(updates.into_iter().map(update).collect())
    }

    async fn send(&self, chat: ChatId, text: &str) -> Result<i64, TelegramError> {
        let span = tracing::info_span!(
            "POST sendMessage",
            otel.kind = "client",
            http.request.method = "POST",
            url.template = "/bot{token}/sendMessage",
            chappe.telegram.chat.id = chat.0,
        );
        let no_preview = LinkPreviewOptions {
            is_disabled: true,
            url: None,
            prefer_small_media: false,
            prefer_large_media: false,
            show_above_text: false,
        };
        let sent = self
            .bot
            .send_message(TelegramChat(chat.0), text)
            .link_preview_options(no_preview)
            .send()
            .instrument(span)
            .await
            .map_err(|error| self.sort(&error))?;
        Ok(i64::from(sent.id.0))
    }
}

/// Sorts an error by what may be done next. Texts of network errors are left out: they can hold the
/// address, and the address holds the token.
fn sort(error: &RequestError) -> TelegramError {
    match error {
        RequestError::RetryAfter(wait) => TelegramError::RetryAfter(wait.duration()),
        RequestError::MigrateToChatId(chat) => {
            TelegramError::Closed(format!("the chat is now {chat}: change the bridge"))
        }
        RequestError::Api(ApiError::TerminatedByOtherGetUpdates) => {
            TelegramError::NotDone("another process listens for this bot".to_owned())
        }
        RequestError::Api(ApiError::InvalidToken) => {
            TelegramError::BadToken("it knows no bot with it".to_owned())
        }
        RequestError::Api(error) if is_closed(error) => TelegramError::Closed(error.to_string()),
        RequestError::Api(ApiError::Unknown(text)) if is_servers_fault(text) => {
            TelegramError::NotDone(text.clone())
        }
        RequestError::Api(error) => TelegramError::Refused(error.to_string()),
        RequestError::Network(error) if error.is_connect() => {
            TelegramError::NotDone("cannot connect".to_owned())
        }
        RequestError::Network(_) => TelegramError::Uncertain("the connection broke".to_owned()),
        RequestError::InvalidJson { .. } => {
            TelegramError::Uncertain("the answer is no JSON".to_owned())
        }
        RequestError::Io(error) => TelegramError::NotDone(error.kind().to_string()),
    }
}

/// Whether it is about the chat, whatever is sent there.
fn is_closed(error: &ApiError) -> bool {
    match error {
        ApiError::BotBlocked
        | ApiError::BotKicked
        | ApiError::BotKickedFromChannel
        | ApiError::BotKickedFromSupergroup
        | ApiError::CantInitiateConversation
        | ApiError::CantTalkWithBots
        | ApiError::ChatNotFound
        | ApiError::NotEnoughRightsToPostMessages
        | ApiError::UserDeactivated => true,
        ApiError::Unknown(text) => {
            text.starts_with("Forbidden")
                || text.starts_with("Bad Request: not enough rights to send")
        }
        _ => false,
    }
}

/// Descriptions that the Bot API gives with a 5xx status, where a request had no effect.
fn is_servers_fault(description: &str) -> bool {
    [
        "Internal Server Error",
        "Bad Gateway",
        "Service Unavailable",
        "Gateway Timeout",
    ]
    .iter()
    .any(|fault| description.starts_with(fault))
}

fn update(update: TelegramUpdate) -> Update {
    Update {
        id: i64::from(update.id.0),
        message: match update.kind {
            UpdateKind::Message(message) | UpdateKind::ChannelPost(message) => heard(&message),
            _ => None,
        },
    }
}

fn heard(message: &teloxide_core::types::Message) -> Option<Message> {
    let text = message.text()?;
    let sender = if let Some(chat) = message.sender_chat.as_ref() {
        as_sender(chat)
    } else if let Some(user) = message.from.as_ref() {
        Sender {
            id: i64::try_from(user.id.0).ok()?,
            name: user.full_name(),
            handle: user.username.clone(),
        }
    } else {
        as_sender(&message.chat)
    };
    Some(Message {
        chat: ChatId(message.chat.id.0),
        id: i64::from(message.id.0),
        sender,
        text: text.replace('\0', ""),
        sent_at: OffsetDateTime::from_unix_timestamp(message.date.timestamp()).ok()?,
    })
}

/// An anonymous admin or a channel writes as the chat itself.
fn as_sender(chat: &Chat) -> Sender {
    Sender {
        id: chat.id.0,
        name: chat.title().unwrap_or("Telegram").to_owned(),
        handle: chat.username().map(str::to_owned),
    }
}
