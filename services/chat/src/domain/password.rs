//! Passwords that somebody may choose.

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

use super::{Invalid, Username};

const SHORTEST: usize = 8;
const LONGEST: usize = 256;

/// A password that is good enough to be chosen, in NFC.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

impl Password {
    /// At least 8 and at most 256 characters, and not the person's own username: else
    /// `weak_password`.
    pub fn choose(text: &SecretString, username: &Username) -> Result<Self, Invalid> {
        let weak = |detail: &str| Err(Invalid::new("password", "weak_password", detail));
        let characters = text.expose_secret().chars().count();
        if characters < SHORTEST {
            return weak("must have at least 8 characters");
        }
        if characters > LONGEST {
            return weak("must have at most 256 characters");
        }
        if text.expose_secret().to_lowercase() == username.as_str() {
            return weak("must not be the username");
        }
        Ok(Self(Self::normalize(text)))
    }

    /// What is hashed at registration and compared at log-in: the same password typed on another
    /// keyboard is the same password.
    pub fn normalize(text: &SecretString) -> SecretString {
        text.expose_secret()
            .nfc()
            .take(LONGEST * 4)
            .collect::<String>()
            .into()
    }

    /// The password in clear, to be hashed.
    pub fn secret(&self) -> &SecretString {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_ones_and_the_own_name_are_weak() {
        let name: Username = "annabella".parse().unwrap();
        for weak in ["", "1234567", "AnnaBella"] {
            let refused = Password::choose(&weak.into(), &name).unwrap_err();
            assert_eq!(refused.code, "weak_password");
        }
        assert!(Password::choose(&"correct horse".into(), &name).is_ok());
    }
}
