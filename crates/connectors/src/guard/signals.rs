//! What makes a connection look like production, each sign with an id that tests, evidence and help refer to.

use serde::Serialize;

/// A sign the guard looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Signal {
    /// Stable name.
    pub id: &'static str,
    /// What happens when it is seen.
    pub effect: Effect,
    /// What it is, for people.
    pub explanation: &'static str,
}

/// What a sign leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// The connection is refused.
    Refuse,
    /// The connection is made and the sign is shown.
    Warn,
}

/// Every sign there is.
pub const SIGNALS: [Signal; 26] = [
    refuse("environment", "the environment is not declared as a test or development environment"),
    refuse("name-word", "the system or its instance is named like production"),
    refuse("host-word", "the host name holds a word such as prod or live"),
    refuse("database-word", "the database name holds a word such as prod or live"),
    refuse("path-word", "the path of file or service holds a word such as prod or live"),
    refuse("user-word", "the user name holds a word such as prod or live"),
    refuse("admin-user", "the user is named like an administrator; a check needs a user who can only read"),
    refuse("known-host", "the host is recorded as production for some system"),
    refuse("known-server", "the server identifies itself as one recorded as production"),
    refuse("server-label", "the server's own name or the database's comment says production"),
    refuse("host-spelling", "the host is not written as a plain name or address"),
    refuse("database-spelling", "the name of the database holds a control character"),
    refuse("user-spelling", "the user name holds a control character"),
    refuse("host-unknown", "the host name leads to no address"),
    refuse("address-special", "the address is loopback, link-local, a metadata service or otherwise special"),
    refuse("address-not-allowed", "the address is not in the operator's list of allowed networks"),
    refuse("plain-http", "the service is asked without encryption where the operator does not allow it"),
    refuse("path-not-allowed", "the file is in none of the folders the operator allows"),
    warn("standby", "the server is a standby of another one; is that one production?"),
    warn("superuser", "the role is a superuser or may read files of the server"),
    warn("can-write", "the role may write to tables; reading needs no such right"),
    warn("known-host-unresolved", "a host recorded as production was not found, so that its addresses are not known"),
    warn(
        "server-unidentified",
        "the server does not say which one it is, so it cannot be told from those of production",
    ),
    warn("not-encrypted", "the connection is not encrypted"),
    warn("not-verified", "the connection is encrypted but the server's identity is not verified"),
    warn("name-not-verified", "the connection is encrypted, but any trusted certificate is taken for the server's"),
];

const fn refuse(id: &'static str, explanation: &'static str) -> Signal {
    Signal { id, effect: Effect::Refuse, explanation }
}

const fn warn(id: &'static str, explanation: &'static str) -> Signal {
    Signal { id, effect: Effect::Warn, explanation }
}

const PRODUCTION_WORDS: [&str; 9] =
    ["prod", "production", "productive", "produktion", "produktiv", "prd", "live", "master", "golive"];
/// `preprod`, `pre-prod`, `non_production` are not production.
const DENIALS: [&str; 5] = ["pre", "non", "not", "no", "nicht"];
const ADMIN_WORDS: [&str; 9] =
    ["admin", "administrator", "root", "superuser", "sysadmin", "dba", "postgres", "sa", "sys"];

/// The first word in the text that says production. A word ends at anything but a letter or digit, and
/// where a capital follows a small letter; digits around it do not count (`prod01`).
pub(super) fn production_word(text: &str) -> Option<String> {
    word_among(text, &[])
}

/// The same for names of connections and files, in which master data is not the master of replicas.
pub(super) fn name_word(text: &str) -> Option<String> {
    word_among(text, &["master"])
}

fn word_among(text: &str, harmless: &[&str]) -> Option<String> {
    let mut words = words(text);
    words.retain(|word| !harmless.contains(&word.as_str()));
    let says_production = |word: &str| {
        PRODUCTION_WORDS.contains(&word)
            || ["prod", "prd"]
                .iter()
                .filter_map(|end| word.strip_suffix(end))
                .any(|start| !start.is_empty() && !DENIALS.contains(&start))
    };
    words.iter().enumerate().find_map(|(at, word)| {
        let denied = at > 0 && DENIALS.contains(&words[at - 1].as_str());
        (says_production(word) && !denied).then(|| word.clone())
    })
}

/// The first word that names an administrator.
pub(super) fn admin_word(text: &str) -> Option<String> {
    words(text).into_iter().find(|word| ADMIN_WORDS.contains(&word.as_str()))
}

fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for c in text.chars() {
        let cut = !c.is_alphanumeric() || (c.is_uppercase() && after_small);
        if cut {
            words.push(String::new());
        }
        after_small = c.is_lowercase();
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    let bare = |word: String| word.trim_matches(|c: char| c.is_ascii_digit()).to_owned();
    words.into_iter().map(bare).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{admin_word, name_word, production_word};

    #[test]
    fn production_is_recognised_as_a_word() {
        for text in [
            "prod",
            "PROD",
            "crm-prod",
            "crm_prod_01",
            "prod01.example.org",
            "crmProd",
            "CrmPROD2",
            "db.live.example",
            "master",
            "PRD",
            "crmprod",
            "Produktion",
            "live",
            "golive",
            "non_test_prod",
        ] {
            assert!(production_word(text).is_some(), "{text}");
        }
        for text in [
            "",
            "test",
            "preprod",
            "pre-prod",
            "PreProd",
            "nonprod",
            "non-production",
            "products",
            "product_db",
            "delivery",
            "livestock",
            "alive",
            "mastering",
            "reproduce",
            "no-prod",
            "crm-test-01",
        ] {
            assert_eq!(production_word(text), None, "{text}");
        }
    }

    #[test]
    fn master_data_is_no_master() {
        assert_eq!(name_word("customer_master.csv"), None);
        assert_eq!(name_word("master_prod.csv").as_deref(), Some("prod"));
        assert_eq!(production_word("master-1.example").as_deref(), Some("master"));
    }

    #[test]
    fn administrators_are_recognised_as_a_word() {
        for text in ["postgres", "root", "app_admin", "DBA", "sa", "dbAdmin", "mysql.sys", "mariadb.sys"] {
            assert!(admin_word(text).is_some(), "{text}");
        }
        for text in ["reader", "plumbline_reader", "sales", "badminton", "rooted"] {
            assert_eq!(admin_word(text), None, "{text}");
        }
    }
}
