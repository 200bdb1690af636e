//! `chappe.bot.v1.BridgeService`.

use proto::bot::{
    self as v1, BotState, ListBotsRequest, ListBotsResponse, bridge_service_server::BridgeService,
};
use tonic::{Request, Response, Status};

use crate::application::status::{Board, Report, State};

/// Tells how the bots of this process are doing.
pub struct BridgeServer {
    /// The bots.
    pub board: Board,
}

#[tonic::async_trait]
impl BridgeService for BridgeServer {
    async fn list_bots(
        &self,
        _: Request<ListBotsRequest>,
    ) -> Result<Response<ListBotsResponse>, Status> {
        let bots = self.board.reports().into_iter().map(bot).collect();
        Ok(Response::new(ListBotsResponse { bots }))
    }
}

fn bot(report: Report) -> v1::Bot {
    let state = match report.state {
        State::Starting => BotState::Starting,
        State::Standby => BotState::Standby,
        State::Bridging => BotState::Bridging,
        State::Refused => BotState::Refused,
        State::Failing => BotState::Failing,
    };
    let bridges = report.bridges.into_iter();
    v1::Bot {
        name: report.name.to_string(),
        token_version: report.token_version,
        state: state.into(),
        bot_id: report.identity.as_ref().map(|bot| bot.id),
        username: report.identity.and_then(|bot| bot.username),
        last_error: report.last_error,
        bridges: bridges
            .map(|(bridge, problem)| v1::Bridge {
                chat: bridge.chat.0,
                room_id: bridge.room.to_string(),
                problem,
            })
            .collect(),
    }
}
