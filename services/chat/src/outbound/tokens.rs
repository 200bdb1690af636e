//! Access tokens and tickets: EdDSA-signed JWTs that gateways verify with the published keys.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use secrecy::SecretString;
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::signing_key::SigningKey;
use crate::{
    application::ports::{AccessToken, Ticket, Tokens},
    domain::{FamilyId, UserId},
};

/// The audience of access tokens.
const ACCESS_AUDIENCE: &str = "chappe";
/// The audience of tickets: one can never pass for the other.
const TICKET_AUDIENCE: &str = "chappe-ws";
/// A ticket is used at once; this is for slow networks.
const TICKET_LIFETIME: Duration = Duration::from_secs(30);

/// Signs tokens in the name of one issuer.
pub struct SignedTokens {
    issuer: String,
    access_lifetime: Duration,
    header: Header,
    key: EncodingKey,
    jwks: String,
}

#[derive(Serialize)]
struct AccessClaims<'a> {
    iss: &'a str,
    aud: &'static str,
    sub: Uuid,
    sid: Uuid,
    jti: Uuid,
    iat: i64,
    exp: i64,
}

#[derive(Serialize)]
struct TicketClaims<'a> {
    iss: &'a str,
    aud: &'static str,
    sub: Uuid,
    jti: Uuid,
    iat: i64,
    exp: i64,
    /// When the session that asked for the ticket ends, Unix seconds.
    sexp: i64,
}

impl SignedTokens {
    /// Tokens of `issuer`, signed with `key`; access tokens live for `access_lifetime`.
    pub fn new(issuer: String, access_lifetime: Duration, key: &SigningKey) -> Self {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(key.id());
        Self {
            issuer,
            access_lifetime,
            header,
            key: key.encoding_key(),
            jwks: key.jwks(),
        }
    }

    fn sign(&self, claims: &impl Serialize) -> SecretString {
        encode(&self.header, claims, &self.key)
            .expect("plain claims and an Ed25519 key sign")
            .into()
    }
}

impl Tokens for SignedTokens {
    fn access_token(
        &self,
        user: UserId,
        family: FamilyId,
        now: OffsetDateTime,
        id: Uuid,
    ) -> AccessToken {
        let token = self.sign(&AccessClaims {
            iss: &self.issuer,
            aud: ACCESS_AUDIENCE,
            sub: user.uuid(),
            sid: family.uuid(),
            jti: id,
            iat: now.unix_timestamp(),
            exp: (now + self.access_lifetime).unix_timestamp(),
        });
        AccessToken {
            token,
            expires_in: self.access_lifetime,
        }
    }

    fn ticket(
        &self,
        user: UserId,
        session_expires_at: i64,
        now: OffsetDateTime,
        id: Uuid,
    ) -> Ticket {
        let ticket = self.sign(&TicketClaims {
            iss: &self.issuer,
            aud: TICKET_AUDIENCE,
            sub: user.uuid(),
            jti: id,
            iat: now.unix_timestamp(),
            exp: (now + TICKET_LIFETIME).unix_timestamp(),
            sexp: session_expires_at,
        });
        Ticket {
            ticket,
            expires_in: TICKET_LIFETIME,
        }
    }

    fn jwks(&self) -> String {
        self.jwks.clone()
    }

    fn issuer(&self) -> &str {
        &self.issuer
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{
        DecodingKey, Validation, decode, decode_header, errors::ErrorKind, jwk::JwkSet,
    };
    use secrecy::ExposeSecret;
    use serde_json::Value;

    use super::*;

    const ISSUER: &str = "https://chappe.example";
    const USER: UserId = UserId::new(Uuid::from_u128(1));
    const FAMILY: FamilyId = FamilyId::new(Uuid::from_u128(2));
    const ID: Uuid = Uuid::from_u128(3);

    fn tokens() -> SignedTokens {
        let lifetime = Duration::from_mins(15);
        SignedTokens::new(ISSUER.to_owned(), lifetime, &SigningKey::generate())
    }

    /// The verifier reads the machine's clock itself.
    #[expect(
        clippy::disallowed_methods,
        reason = "jsonwebtoken compares with the real time"
    )]
    fn now() -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    /// What a gateway does with a token and the published keys.
    fn verify(token: &SecretString, jwks: &str, audience: &str) -> Result<Value, ErrorKind> {
        let token = token.expose_secret();
        let keys: JwkSet = serde_json::from_str(jwks).unwrap();
        let kid = decode_header(token).unwrap().kid.unwrap();
        let key = keys.find(&kid).unwrap_or(&keys.keys[0]);
        let mut expected = Validation::new(Algorithm::EdDSA);
        expected.set_audience(&[audience]);
        expected.set_issuer(&[ISSUER]);
        expected.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        expected.leeway = 0;
        decode(token, &DecodingKey::from_jwk(key).unwrap(), &expected)
            .map(|token| token.claims)
            .map_err(jsonwebtoken::errors::Error::into_kind)
    }

    #[test]
    fn an_access_token_is_verified_with_the_published_key() {
        let tokens = tokens();
        let now = now();
        let access = tokens.access_token(USER, FAMILY, now, ID);
        let claims = verify(&access.token, &tokens.jwks(), "chappe").unwrap();
        assert_eq!(claims["sub"], USER.to_string());
        assert_eq!(claims["sid"], FAMILY.to_string());
        assert_eq!(claims["jti"], ID.to_string());
        assert_eq!(claims["iat"], now.unix_timestamp());
        assert_eq!(claims["exp"], now.unix_timestamp() + 900);
        assert_eq!(access.expires_in, Duration::from_mins(15));
    }

    #[test]
    fn a_token_is_not_printed() {
        let tokens = tokens();
        let access = tokens.access_token(USER, FAMILY, now(), ID);
        let ticket = tokens.ticket(USER, 0, now(), ID);
        assert!(!format!("{access:?}").contains(access.token.expose_secret()));
        assert!(!format!("{ticket:?}").contains(ticket.ticket.expose_secret()));
    }

    #[test]
    fn a_ticket_carries_the_end_of_its_session() {
        let tokens = tokens();
        let now = now();
        let ticket = tokens.ticket(USER, now.unix_timestamp() + 77, now, ID);
        let claims = verify(&ticket.ticket, &tokens.jwks(), "chappe-ws").unwrap();
        assert_eq!(claims["sub"], USER.to_string());
        assert_eq!(claims["jti"], ID.to_string());
        assert_eq!(claims["sexp"], now.unix_timestamp() + 77);
        assert_eq!(claims["exp"], now.unix_timestamp() + 30);
    }

    #[test]
    fn a_ticket_is_no_access_token_and_the_other_way_round() {
        let tokens = tokens();
        let ticket = tokens.ticket(USER, 0, now(), ID).ticket;
        let access = tokens.access_token(USER, FAMILY, now(), ID).token;
        for (token, audience) in [(ticket, "chappe"), (access, "chappe-ws")] {
            let refused = verify(&token, &tokens.jwks(), audience).unwrap_err();
            assert_eq!(refused, ErrorKind::InvalidAudience);
        }
    }

    #[test]
    fn a_token_of_another_key_is_refused() {
        let token = tokens().access_token(USER, FAMILY, now(), ID).token;
        let refused = verify(&token, &tokens().jwks(), "chappe").unwrap_err();
        assert_eq!(refused, ErrorKind::InvalidSignature);
    }

    #[test]
    fn an_expired_token_is_refused() {
        let tokens = tokens();
        let long_ago = now() - Duration::from_secs(902);
        let token = tokens.access_token(USER, FAMILY, long_ago, ID).token;
        let refused = verify(&token, &tokens.jwks(), "chappe").unwrap_err();
        assert_eq!(refused, ErrorKind::ExpiredSignature);
    }

    #[test]
    fn replicas_with_one_key_accept_each_others_tokens() {
        let key = SigningKey::generate();
        let replica = || SignedTokens::new(ISSUER.to_owned(), Duration::from_mins(1), &key);
        let token = replica().access_token(USER, FAMILY, now(), ID).token;
        assert!(verify(&token, &replica().jwks(), "chappe").is_ok());
    }
}
