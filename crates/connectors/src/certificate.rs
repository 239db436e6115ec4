//! Certificates of authorities that a connection trusts. What a person pastes is checked here, in words, before it is
//! kept; and only the certificates in it are kept, so that nothing that stood beside them is.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use tokio_rustls::rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Most bytes of a text with certificates.
const LARGEST: usize = 64_000;

/// Certificates of one or more authorities, as PEM. They are no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RootCertificate(String);

impl RootCertificate {
    /// Takes certificates from a text, of which at least one has to be there and all have to be good. `now` is the
    /// moment at hand as `2027-03-14T15:09:26Z`. A reason why not is read after the name of a field, and repeats
    /// nothing of the text.
    pub fn parse(text: &str, now: &str) -> Result<Self, String> {
        if text.to_ascii_uppercase().contains("PRIVATE KEY") {
            return Err("holds a private key, which nobody but the server may have; nothing of it was kept. \
                        Paste the authority's certificate alone: from BEGIN CERTIFICATE to END CERTIFICATE"
                .into());
        }
        if text.len() > LARGEST {
            let most = LARGEST / 1000;
            return Err(format!(
                "is larger than {most} kB; paste the certificates of the system's own authority alone"
            ));
        }
        let (mut kept, mut roots) = (String::new(), RootCertStore::empty());
        for (certificate, number) in CertificateDer::pem_slice_iter(text.as_bytes()).zip(1_u32..) {
            let damaged =
                || format!("is damaged in certificate {number}; copy it again, from BEGIN to END CERTIFICATE");
            let certificate = certificate.map_err(|_| damaged())?;
            let until = until(&certificate).ok_or_else(damaged)?;
            roots.add(certificate.clone()).map_err(|_| damaged())?;
            if until.as_str() < now {
                let day = until.split('T').next().unwrap_or_default();
                return Err(format!("has expired: certificate {number} was good until {day}; paste the newer one"));
            }
            kept.push_str(&pem(&certificate));
        }
        if kept.is_empty() {
            return Err("is not PEM: it has no line -----BEGIN CERTIFICATE-----; \
                        another form is turned into PEM by: openssl x509 -inform der -in FILE"
                .into());
        }
        Ok(Self(kept))
    }

    /// The certificates as PEM.
    pub fn pem(&self) -> &str {
        &self.0
    }

    /// Adds them to those that are trusted.
    pub(crate) fn add_to(&self, roots: &mut RootCertStore) -> Result<(), String> {
        for certificate in CertificateDer::pem_slice_iter(self.0.as_bytes()) {
            let certificate = certificate.map_err(|_| "a trusted certificate is damaged")?;
            roots.add(certificate).map_err(|error| format!("a trusted certificate cannot be used: {error}"))?;
        }
        Ok(())
    }
}

/// One certificate, in lines of 64 signs.
fn pem(certificate: &[u8]) -> String {
    const WIDTH: usize = 64;
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for (at, sign) in STANDARD.encode(certificate).chars().enumerate() {
        if at > 0 && at % WIDTH == 0 {
            text.push('\n');
        }
        text.push(sign);
    }
    text.push_str("\n-----END CERTIFICATE-----\n");
    text
}

/// Until when a certificate (RFC 5280) is good, as `2027-03-14T15:09:26Z`. The library that checks certificates does
/// not tell it.
fn until(certificate: &[u8]) -> Option<String> {
    const VERSION: u8 = 0xa0;
    const UTC_TIME: u8 = 0x17;
    const GENERALIZED_TIME: u8 = 0x18;
    let signed = element(certificate)?;
    let mut rest = element(signed.value)?.value;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.rest;
    }
    // Number, algorithm and issuer stand before it.
    for _ in 0..3 {
        rest = element(rest)?.rest;
    }
    let from = element(element(rest)?.value)?;
    let until = element(from.rest)?;
    let digits = std::str::from_utf8(until.value).ok()?.strip_suffix('Z')?;
    let digits = match until.tag {
        UTC_TIME if digits < "50" => format!("20{digits}"),
        UTC_TIME => format!("19{digits}"),
        GENERALIZED_TIME => digits.to_owned(),
        _ => return None,
    };
    if digits.len() != 14 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| &digits[from..to];
    let (day, time) = ([part(0, 4), part(4, 6), part(6, 8)], [part(8, 10), part(10, 12), part(12, 14)]);
    Some(format!("{}T{}Z", day.join("-"), time.join(":")))
}

/// One element of DER.
struct Element<'a> {
    tag: u8,
    value: &'a [u8],
    /// What follows it.
    rest: &'a [u8],
}

/// The element at the start.
fn element(der: &[u8]) -> Option<Element<'_>> {
    const LONG: u8 = 0x80;
    let (tag, der) = der.split_first()?;
    let (first, der) = der.split_first()?;
    let (length, der) = if *first < LONG {
        (usize::from(*first), der)
    } else {
        let bytes = usize::from(*first - LONG);
        let (length, der) = der.split_at_checked(bytes).filter(|_| (1..=3).contains(&bytes))?;
        (length.iter().fold(0, |all, byte| (all << 8) | usize::from(*byte)), der)
    };
    let (value, rest) = der.split_at_checked(length)?;
    Some(Element { tag: *tag, value, rest })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::RootCertificate;

    const NOW: &str = "2026-11-29T08:00:00Z";

    fn good_until(year: i32, month: u8, day: u8) -> String {
        let mut params = CertificateParams::new(["db.test.example".to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, month, day);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
    }

    #[test]
    fn certificates_are_taken_and_nothing_beside_them() {
        // Both ways in which a certificate may write its end.
        let (soon, late) = (good_until(2026, 12, 1), good_until(4096, 1, 1));
        let text = format!("Subject: our own authority\r\n{}\r\nnext:\n{late}  ", soon.replace('\n', "\r\n"));
        let kept = RootCertificate::parse(&text, NOW).unwrap();
        assert_eq!(kept.pem().matches("BEGIN CERTIFICATE").count(), 2);
        assert!(!kept.pem().contains("Subject") && !kept.pem().contains('\r'));
        assert_eq!(RootCertificate::parse(kept.pem(), NOW).unwrap(), kept);
        assert!(RootCertificate::parse(&soon, "2026-12-01T00:00:01Z").is_err());
        let mut roots = super::RootCertStore::empty();
        kept.add_to(&mut roots).unwrap();
        assert_eq!(roots.len(), 2);
    }

    #[test]
    fn what_is_no_certificate_is_refused_in_words() {
        let good = good_until(4096, 1, 1);
        let key = KeyPair::generate().unwrap().serialize_pem();
        let cut: String = good.lines().take(4).collect::<Vec<_>>().join("\n");
        let other = good.replace("BEGIN CERTIFICATE-----\nMII", "BEGIN CERTIFICATE-----\nMJJ");
        for (text, words) in [
            (key.clone(), "holds a private key"),
            (format!("{good}{key}"), "holds a private key"),
            (key.to_ascii_lowercase(), "holds a private key"),
            ("x".repeat(64_001), "is larger than 64 kB"),
            ("some words".to_owned(), "is not PEM"),
            (good.replace("CERTIFICATE", "PUBLIC KEY"), "is not PEM"),
            (cut, "is damaged"),
            (other, "is damaged"),
            (good.replace("MII", "!!!"), "is damaged"),
            (format!("{good}{}", good_until(2020, 1, 1)), "has expired: certificate 2 was good until 2020-01-01"),
            (good_until(1999, 12, 31), "has expired: certificate 1 was good until 1999-12-31"),
        ] {
            let reason = RootCertificate::parse(&text, NOW).unwrap_err();
            assert!(reason.starts_with(words), "{reason}");
            assert!(!text.lines().any(|line| line.len() > 60 && reason.contains(line)), "{reason}");
        }
    }
}
