//! Who signs proves at that moment who they are: a session alone may be a browser that somebody left open. Who has a
//! password gives it again, bounded like any other guess; who has none proves it by the one-time link that opened
//! the session, for a few minutes.

use crate::{Caller, Error, Workbench};
use domain::{SessionId, Timestamp, UserId};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use store::StoreError;
use views::review::Proof;

/// How long coming in by a one-time link proves who somebody is.
const LINK_PROVES: SignedDuration = SignedDuration::from_mins(5);

impl Workbench {
    /// What the caller has to do to prove who they are.
    pub(crate) async fn proof_asked(&self, caller: &Caller) -> Result<Proof, Error> {
        let Caller::Person { user, session } = caller else { return Ok(Proof::NewLink) };
        if self.store().load_user(user.id).await?.password_hash.is_some() {
            return Ok(Proof::Password);
        }
        Ok(self.came_in(user.id, *session).await?.map_or(Proof::NewLink, |_| Proof::Link))
    }

    /// Proves who the caller is; the password is asked of those who have one. Returns when it was proved.
    ///
    /// # Errors
    /// When the password is missing, wrong, or was too often; without one, when the session began too long ago.
    pub(crate) async fn prove(&self, caller: &Caller, password: &SecretString) -> Result<Timestamp, Error> {
        let Caller::Person { user, session } = caller else { return Err(Error::SignedOut) };
        let Some(hash) = self.store().load_user(user.id).await?.password_hash else {
            return self.prove_by_link(user.id, *session).await;
        };
        self.confirm_password(user.id, password, &hash, "password").await?;
        let now = self.now();
        match self.store().prove_session(*session, now).await {
            // Ended meanwhile, from another browser.
            Err(StoreError::NotFound(_)) => Err(Error::SignedOut),
            other => Ok(other.map(|()| now)?),
        }
    }

    /// Checks the password of somebody who is signed in. `field` is the one it was typed into.
    ///
    /// # Errors
    /// When it is missing or wrong, or was tried too often.
    pub(crate) async fn confirm_password(
        &self,
        user: UserId,
        password: &SecretString,
        hash: &str,
        field: &str,
    ) -> Result<(), Error> {
        if password.expose_secret().is_empty() {
            return Err(Error::invalid(field, "is needed"));
        }
        self.password_attempts().check(user, self.now())?;
        if !self.fits(password, hash).await? {
            return Err(Error::invalid(field, "is not your present password"));
        }
        self.password_attempts().forget(user);
        Ok(())
    }

    /// When somebody without a password came in by their one-time link.
    ///
    /// # Errors
    /// When that is too long ago to prove anything.
    pub(crate) async fn prove_by_link(&self, user: UserId, session: SessionId) -> Result<Timestamp, Error> {
        self.came_in(user, session).await?.ok_or_else(|| {
            Error::Conflict(
                "you have no password, and came in by a one-time link more than five minutes ago; ask the operator \
                 for a new link, sign in by it and try again"
                    .into(),
            )
        })
    }

    /// When a session was opened, as long as that proves who its person is.
    async fn came_in(&self, user: UserId, session: SessionId) -> Result<Option<Timestamp>, Error> {
        let now = self.now();
        let sessions = self.store().list_sessions(user, now).await?;
        let own = sessions.into_iter().find(|s| s.id == session);
        Ok(own.map(|s| s.reauth_at).filter(|at| *at + LINK_PROVES >= now))
    }
}
