//! People: the first owner, signing in and out, sessions, adding others.

use crate::{Caller, Error, Workbench, keys, turns::Work};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{SessionId, User, UserId, WorkspaceRole};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
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
        self.one_time(caller, LinkPurpose::SetUp, None).await
    }

    /// Makes a one-time sign-in token for a person. For the operator.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn sign_in_link(&self, caller: &Caller, email: &str) -> Result<SecretString, Error> {
        self.owner(caller)?;
        let found = self.store().user_by_email(email).await?.ok_or(Error::NotFound("person"))?;
        self.one_time(caller, LinkPurpose::SignIn, Some(&found.user)).await
    }

    /// Makes a one-time link by which a person chooses a password: their first, or another one. Whoever has it can act
    /// as that person, so that the trail keeps who made it, here and when it is used.
    ///
    /// # Errors
    /// When the caller is no owner, there is no such person, or they may not sign in.
    pub async fn invite_link(&self, caller: &Caller, id: UserId) -> Result<(User, SecretString), Error> {
        self.owner(caller)?;
        let user = self.enabled(id).await?;
        let token = self.one_time(caller, LinkPurpose::Invite, Some(&user)).await?;
        Ok((user, token))
    }

    async fn one_time(
        &self,
        caller: &Caller,
        purpose: LinkPurpose,
        user: Option<&User>,
    ) -> Result<SecretString, Error> {
        let token = new_token()?;
        let now = self.now();
        let (whose, made_by) = (user.map(|user| user.id), caller.user_id());
        let link = OneTimeLink { purpose, user: whose, made_by, created_at: now, expires_at: now + LINK_LIFE };
        let verb = match purpose {
            LinkPurpose::SetUp => "made a set-up link",
            LinkPurpose::SignIn => "made a sign-in link for",
            LinkPurpose::Invite => "made an invitation for",
        };
        let about = json!({ "person": whose, "name": user.map(|user| &user.name) });
        let audit = self.audit(caller, verb, None, about);
        self.store().insert_link(&link, &hash_of(&token), audit).await?;
        Ok(token)
    }

    /// The open link of this purpose that a token belongs to, and whose it is: somebody who may sign in.
    async fn link_of(&self, token: &SecretString, purpose: LinkPurpose) -> Result<(OneTimeLink, User), Error> {
        let found = self.store().peek_link(&hash_of(token), self.now()).await?;
        let found = found.filter(|link| link.purpose == purpose);
        let (link, id) =
            found.and_then(|link| link.user.map(|id| (link, id))).ok_or_else(|| spent(StoreError::NotFound("link")))?;
        Ok((link, self.enabled(id).await?))
    }

    /// What a person did by a link, with who had made it: the two need not be the same.
    async fn by_link(&self, verb: &str, user: &User, link: &OneTimeLink) -> Result<AuditEntry, Error> {
        let maker = match link.made_by {
            Some(id) => self.store().load_user(id).await?.user.name,
            None => "operator".into(),
        };
        let about = json!({ "link_made_by": { "person": link.made_by, "name": maker } });
        Ok(AuditEntry::new(Some(user.id), verb, self.now()).after(about))
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
    /// When the link was used, is wrong or too old, or the person may not sign in any more.
    pub async fn sign_in_once(&self, token: &SecretString, visitor: &Visitor) -> Result<SignedIn, Error> {
        let (link, user) = self.link_of(token, LinkPurpose::SignIn).await?;
        let audit = self.by_link("signed in by a link", &user, &link).await?;
        self.store().redeem_sign_in(&hash_of(token), self.now(), audit).await.map_err(spent)?;
        self.open_session(user, visitor).await
    }

    /// Gives the person of an invitation the password they chose, and signs them in. Their other sessions and open
    /// links end.
    ///
    /// # Errors
    /// When the link was used, is wrong or too old, or the password is too short.
    pub async fn choose_password(
        &self,
        token: &SecretString,
        password: &SecretString,
        visitor: &Visitor,
    ) -> Result<SignedIn, Error> {
        let (link, user) = self.link_of(token, LinkPurpose::Invite).await?;
        let hash = self.hash(password).await?;
        let audit = self.by_link("chose a password", &user, &link).await?;
        self.store().redeem_invite(&hash_of(token), &hash, self.now(), audit).await.map_err(spent)?;
        self.open_session(user, visitor).await
    }

    /// A person who may sign in.
    async fn enabled(&self, id: UserId) -> Result<User, Error> {
        let user = self.store().load_user(id).await?.user;
        if user.disabled_at.is_some() {
            return Err(Error::Conflict(format!("{} can no longer sign in; let them in again first", user.name)));
        }
        Ok(user)
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
            let audit = self.audit(caller, "signed out", None, json!({ "session": session }));
            self.store().delete_session(user.id, *session, audit).await?;
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
        let has_password = self.store().load_user(user.id).await?.password_hash.is_some();
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
            has_password,
            people,
            key_fingerprint: self.keys().public().fingerprint(),
        })
    }

    /// Ends one of the caller's own sessions.
    ///
    /// # Errors
    /// When it is not theirs.
    pub async fn end_session(&self, caller: &Caller, id: SessionId) -> Result<(), Error> {
        self.person(caller)?;
        let user = caller.user_id().ok_or(Error::SignedOut)?;
        let audit = self.audit(caller, "ended a session", None, json!({ "session": id }));
        if self.store().delete_session(user, id, audit).await? { Ok(()) } else { Err(Error::NotFound("session")) }
    }

    /// Changes the caller's password and ends their other sessions and their open links; this session gets another
    /// token for its cookie, which is returned. Who has no password yet sets the first, soon after they came in.
    ///
    /// # Errors
    /// When the old password is missing or wrong, or was too often, the new one is too short, or who has none came in
    /// too long ago.
    pub async fn change_password(
        &self,
        caller: &Caller,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<String, Error> {
        self.person(caller)?;
        let Caller::Person { user, session } = caller else { return Err(Error::SignedOut) };
        let found = self.store().load_user(user.id).await?;
        match &found.password_hash {
            Some(hash) => self.confirm_password(user.id, old, hash, "old").await?,
            // A browser left open must not be where somebody else chooses what its person signs with.
            None => {
                self.prove_by_link(user.id, *session).await?;
            }
        }
        let hash = self.hash(new).await.map_err(|e| renamed(e, "new"))?;
        let audit = self.audit(caller, "changed the password", None, serde_json::Value::Null);
        self.store().set_password(user.id, &hash, Some(*session), audit).await?;
        let token = new_token()?;
        self.store().rotate_session(*session, &hash_of(&token), self.now()).await?;
        Ok(token.expose_secret().to_owned())
    }

    /// Adds a person who signs in with a password. Without one they choose it themselves, by an invitation.
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
        let hash = if password.expose_secret().is_empty() { None } else { Some(self.hash(password).await?) };
        let audit = self.audit(caller, "added a person", None, json!({ "name": user.name }));
        match self.store().insert_user(&user, hash.as_deref(), audit).await {
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
        let audit = self.audit(caller, "disabled a person", None, json!({ "person": id }));
        Ok(self.store().set_user_disabled(id, Some(self.now()), audit).await?)
    }

    /// Lets a person in again.
    ///
    /// # Errors
    /// When the caller is no owner or there is no such person.
    pub async fn enable_person(&self, caller: &Caller, id: UserId) -> Result<(), Error> {
        self.owner(caller)?;
        let audit = self.audit(caller, "enabled a person", None, json!({ "person": id }));
        Ok(self.store().set_user_disabled(id, None, audit).await?)
    }

    /// Says what a person may do in the installation.
    ///
    /// # Errors
    /// When the caller is no owner, there is no such person, or nobody would be an owner any more.
    pub async fn set_person_role(&self, caller: &Caller, id: UserId, role: WorkspaceRole) -> Result<(), Error> {
        self.owner(caller)?;
        let detail = json!({ "person": id, "role": role.code() });
        let audit = self.audit(caller, "set a person's role", None, detail);
        Ok(self.store().set_user_role(id, role, audit).await?)
    }

    /// Removes sessions and links that have ended. For the server, now and then.
    ///
    /// # Errors
    /// When the caller is no owner or the store does not answer.
    pub async fn forget_ended(&self, caller: &Caller) -> Result<u64, Error> {
        self.owner(caller)?;
        let now = self.now();
        Ok(self.store().delete_expired(now, now - IDLE_LIFE).await?)
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

    /// Whether a password is the one behind a hash.
    pub(crate) async fn fits(&self, password: &SecretString, hash: &str) -> Result<bool, Error> {
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
        self.aside(Work::Hashing, work).await?
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
