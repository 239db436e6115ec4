//! People: the first owner, signing in and out, sessions, adding others.

use crate::{Caller, Error, Workbench, keys};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{SessionId, User, UserId, WorkspaceRole};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use store::{AuditEntry, LinkPurpose, OneTimeLink, Session, StoreError};
use uuid::Uuid;
use views::people::{Account, SessionRow};

/// Longest a session lives.
const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(12);
/// A session that is not used for so long ends.
const IDLE_LIFE: SignedDuration = SignedDuration::from_hours(2);
/// How often the time of last use is written.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// How long a one-time link works.
const LINK_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// Shortest password accepted.
const PASSWORD_MIN: usize = 10;
/// Longest password accepted: hashing more would only cost time.
const PASSWORD_MAX: usize = 200;

/// Where a request comes from, for the list of sessions.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// Network address.
    pub address: String,
    /// What the browser calls itself.
    pub browser: String,
}

/// A new session: the token goes into the cookie and is stored nowhere else.
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// Value of the cookie.
    pub token: SecretString,
}

impl Workbench {
    /// Whether nobody can sign in yet.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn is_empty(&self) -> Result<bool, Error> {
        Ok(!self.store().has_users().await?)
    }

    /// Makes the one-time token of the set-up page. For the operator, who prints it on the console.
    ///
    /// # Errors
    /// When somebody is there already.
    pub async fn set_up_link(&self, caller: &Caller) -> Result<SecretString, Error> {
        self.owner(caller)?;
        if !self.is_empty().await? {
            return Err(Error::Conflict("this installation has an owner already; sign in instead".into()));
        }
        self.one_time(LinkPurpose::SetUp, None).await
    }

    /// Makes a one-time sign-in token for a person. For the operator.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn sign_in_link(&self, caller: &Caller, email: &str) -> Result<SecretString, Error> {
        self.owner(caller)?;
        let found = self.store().user_by_email(email).await?.ok_or(Error::NotFound("person"))?;
        self.one_time(LinkPurpose::SignIn, Some(found.user.id)).await
    }

    async fn one_time(&self, purpose: LinkPurpose, user: Option<UserId>) -> Result<SecretString, Error> {
        let token = new_token()?;
        let now = self.now();
        let link = OneTimeLink { purpose, user, created_at: now, expires_at: now + LINK_LIFE };
        self.store().insert_link(&link, &hash_of(&token)).await?;
        Ok(token)
    }

    /// Creates the owner with the one-time token of the console, and signs them in.
    ///
    /// # Errors
    /// When the token was used or is wrong, or a value cannot be kept.
    pub async fn set_up(
        &self,
        token: &SecretString,
        name: &str,
        email: &str,
        password: &SecretString,
        visitor: &Visitor,
    ) -> Result<SignedIn, Error> {
        let user = self.new_user(name, email, WorkspaceRole::Owner)?;
        let hash = self.hash(password).await?;
        let audit = AuditEntry::new(Some(user.id), "set up", self.now());
        self.store().redeem_set_up(&hash_of(token), &user, &hash, self.now(), audit).await.map_err(spent)?;
        self.open_session(user, visitor).await
    }

    /// Signs in with e-mail and password. Unknown people and wrong passwords take the same time and
    /// get the same answer.
    ///
    /// # Errors
    /// When e-mail and password do not fit together.
    pub async fn sign_in(&self, email: &str, password: &SecretString, visitor: &Visitor) -> Result<SignedIn, Error> {
        let refused = || Error::invalid("password", "e-mail and password do not fit together");
        let found = self.store().user_by_email(email.trim()).await?;
        let hash = found.as_ref().and_then(|f| f.password_hash.as_deref()).unwrap_or(NOBODY);
        let fits = self.fits(password, hash).await?;
        match found {
            Some(found) if fits && found.user.disabled_at.is_none() => self.open_session(found.user, visitor).await,
            _ => Err(refused()),
        }
    }

    /// Signs in with a one-time link of the console.
    ///
    /// # Errors
    /// When the link was used, is wrong or too old.
    pub async fn sign_in_once(&self, token: &SecretString, visitor: &Visitor) -> Result<SignedIn, Error> {
        let user = self.store().redeem_sign_in(&hash_of(token), self.now()).await.map_err(spent)?;
        let user = self.store().load_user(user).await?.user;
        self.open_session(user, visitor).await
    }

    async fn open_session(&self, user: User, visitor: &Visitor) -> Result<SignedIn, Error> {
        let token = new_token()?;
        let now = self.now();
        let session = Session {
            id: SessionId(Uuid::now_v7()),
            user: user.id,
            created_at: now,
            last_seen_at: now,
            expires_at: now + SESSION_LIFE,
            reauth_at: now,
            ip: shorten(&visitor.address, 60),
            user_agent: shorten(&visitor.browser, 160),
        };
        self.store().insert_session(&session, &hash_of(&token)).await?;
        Ok(SignedIn { user, token })
    }

    /// Who a cookie belongs to; anonymous when it is unknown, ended or too old.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn recognise(&self, token: &SecretString) -> Result<Caller, Error> {
        let now = self.now();
        let Some((session, user)) = self.store().session_by_token(&hash_of(token), now).await? else {
            return Ok(Caller::Anonymous);
        };
        if user.disabled_at.is_some() || session.last_seen_at + IDLE_LIFE < now {
            return Ok(Caller::Anonymous);
        }
        if session.last_seen_at + TOUCH_EVERY < now {
            self.store().touch_session(session.id, now).await?;
        }
        Ok(Caller::Person { user, session: session.id })
    }

    /// Ends the caller's session.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), Error> {
        self.person(caller)?;
        if let Caller::Person { session, user } = caller {
            self.store().delete_session(user.id, *session).await?;
        }
        Ok(())
    }

    /// The caller's sessions, and everybody for owners.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub async fn account(&self, caller: &Caller) -> Result<Account, Error> {
        self.person(caller)?;
        let Caller::Person { user, session } = caller else { return Err(Error::SignedOut) };
        let sessions = self.store().list_sessions(user.id, self.now()).await?;
        let people = if self.owner(caller).is_ok() { self.store().list_users().await? } else { Vec::new() };
        Ok(Account {
            me: user.clone(),
            sessions: sessions
                .into_iter()
                .map(|s| SessionRow {
                    current: s.id == *session,
                    id: s.id,
                    browser: s.user_agent,
                    address: s.ip,
                    created_at: s.created_at,
                    last_seen_at: s.last_seen_at,
                })
                .collect(),
            people,
            key_fingerprint: self.keys().fingerprint(),
        })
    }

    /// Ends one of the caller's own sessions.
    ///
    /// # Errors
    /// When it is not theirs.
    pub async fn end_session(&self, caller: &Caller, id: SessionId) -> Result<(), Error> {
        self.person(caller)?;
        let user = caller.user_id().ok_or(Error::SignedOut)?;
        if self.store().delete_session(user, id).await? { Ok(()) } else { Err(Error::NotFound("session")) }
    }

    /// Changes the caller's password and ends their other sessions.
    ///
    /// # Errors
    /// When the old password is wrong or the new one too short.
    pub async fn change_password(&self, caller: &Caller, old: &SecretString, new: &SecretString) -> Result<(), Error> {
        self.person(caller)?;
        let Caller::Person { user, session } = caller else { return Err(Error::SignedOut) };
        let found = self.store().load_user(user.id).await?;
        if !self.fits(old, found.password_hash.as_deref().unwrap_or(NOBODY)).await? {
            return Err(Error::invalid("old", "is not your present password"));
        }
        let hash = self.hash(new).await.map_err(|e| renamed(e, "new"))?;
        let audit = self.audit(caller, "changed the password", None, serde_json::Value::Null);
        Ok(self.store().set_password(user.id, &hash, Some(*session), audit).await?)
    }

    /// Adds a person who signs in with a password.
    ///
    /// # Errors
    /// When the caller is no owner, the address is taken, or a value cannot be kept.
    pub async fn add_person(
        &self,
        caller: &Caller,
        name: &str,
        email: &str,
        role: WorkspaceRole,
        password: &SecretString,
    ) -> Result<User, Error> {
        self.owner(caller)?;
        let user = self.new_user(name, email, role)?;
        let hash = self.hash(password).await?;
        let audit = self.audit(caller, "added a person", None, serde_json::json!({ "name": user.name }));
        match self.store().insert_user(&user, Some(&hash), audit).await {
            Err(StoreError::Conflict { .. }) => {
                Err(Error::invalid("email", format!("{} has an account already", user.email)))
            }
            other => Ok(other.map(|()| user)?),
        }
    }

    /// Lets a person sign in no more; their sessions end at once.
    ///
    /// # Errors
    /// When the caller is no owner or names themselves.
    pub async fn disable_person(&self, caller: &Caller, id: UserId) -> Result<(), Error> {
        self.owner(caller)?;
        if caller.user_id() == Some(id) {
            return Err(Error::Conflict("you cannot disable yourself; ask another owner".into()));
        }
        let audit = self.audit(caller, "disabled a person", None, serde_json::json!({ "person": id }));
        Ok(self.store().set_user_disabled(id, Some(self.now()), audit).await?)
    }

    /// Everybody, for the operator and owners.
    ///
    /// # Errors
    /// When the caller is no owner.
    pub async fn list_people(&self, caller: &Caller) -> Result<Vec<User>, Error> {
        self.owner(caller)?;
        Ok(self.store().list_users().await?)
    }

    fn new_user(&self, name: &str, email: &str, role: WorkspaceRole) -> Result<User, Error> {
        let name = domain::Line::new(name).map_err(|e| Error::invalid("name", e))?;
        if name.is_empty() {
            return Err(Error::invalid("name", "is needed"));
        }
        let email = domain::Line::new(email).map_err(|e| Error::invalid("email", e))?;
        let well_formed = email.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && host.contains('.') && !email.contains(char::is_whitespace)
        });
        if !well_formed {
            return Err(Error::invalid("email", "must look like name@example.org"));
        }
        Ok(User {
            id: UserId(Uuid::now_v7()),
            name: name.to_string(),
            email: email.to_string(),
            role,
            created_at: self.now(),
            disabled_at: None,
        })
    }

    async fn hash(&self, password: &SecretString) -> Result<String, Error> {
        let length = password.expose_secret().chars().count();
        if length < PASSWORD_MIN {
            return Err(Error::invalid("password", format!("needs at least {PASSWORD_MIN} characters")));
        }
        if length > PASSWORD_MAX {
            return Err(Error::invalid("password", format!("has {length} characters; at most {PASSWORD_MAX} fit")));
        }
        let password = password.clone();
        self.hashing(move || {
            Argon2::default()
                .hash_password(password.expose_secret().as_bytes())
                .map(|hash| hash.to_string())
                .map_err(|e| Error::internal("a password could not be hashed", &e))
        })
        .await
    }

    async fn fits(&self, password: &SecretString, hash: &str) -> Result<bool, Error> {
        let (password, hash) = (password.clone(), hash.to_owned());
        self.hashing(move || {
            let hash = PasswordHash::new(&hash).map_err(|e| Error::internal("a stored password hash is broken", &e))?;
            Ok(Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok())
        })
        .await
    }

    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let _place = self.0.hashing.acquire().await.map_err(|e| Error::internal("hashing", &e))?;
        tokio::task::spawn_blocking(work).await.map_err(|e| Error::internal("hashing", &e))?
    }
}

/// Compared with when nobody has the address, so that the answer takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn new_token() -> Result<SecretString, Error> {
    let bytes: [u8; 32] = keys::random()?;
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
}

fn hash_of(token: &SecretString) -> [u8; 32] {
    Sha256::digest(token.expose_secret().as_bytes()).into()
}

fn spent(error: StoreError) -> Error {
    match error {
        StoreError::NotFound(_) => {
            Error::Conflict("this link was used already or is too old; ask the operator for a new one".into())
        }
        StoreError::Conflict { .. } => {
            Error::Conflict("this installation has an owner already; sign in instead".into())
        }
        other => other.into(),
    }
}

fn shorten(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect()
}

fn renamed(error: Error, field: &str) -> Error {
    match error {
        Error::Invalid(mut problems) => {
            for problem in &mut problems {
                field.clone_into(&mut problem.field);
            }
            Error::Invalid(problems)
        }
        other => other,
    }
}
