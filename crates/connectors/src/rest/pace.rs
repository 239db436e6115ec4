//! How fast a service wants to be asked: `Retry-After` and the headers of rate limits, in their common spellings.
//! Points in time are taken relative to the answer's own `Date`, so that nobody's clock has to be right.

use std::time::Duration;

use hyper::{HeaderMap, header};

/// A number from here on is a point in time, not a span.
const EPOCH: u64 = 1_000_000_000;
/// And from here on one in milliseconds.
const EPOCH_MILLIS: u64 = 1_000_000_000_000;

/// How long the service asks to wait.
pub(super) fn asked(headers: &HeaderMap) -> Option<Duration> {
    let text = text(headers, header::RETRY_AFTER.as_str())?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    Some(until.duration_since(now(headers)?).unwrap_or_default())
}

/// How long until the service takes requests again, where this was the last one it takes for now.
pub(super) fn spent(headers: &HeaderMap) -> Option<Duration> {
    const PREFIXES: [&str; 3] = ["ratelimit", "x-ratelimit", "x-rate-limit"];
    for prefix in PREFIXES {
        let number = |name: &str| text(headers, &format!("{prefix}-{name}"))?.parse::<u64>().ok();
        if number("remaining") == Some(0) {
            return span(headers, number("reset")?);
        }
    }
    // `"default";r=0;t=30` and, in earlier drafts, `limit=10, remaining=0, reset=30`.
    let parts = || text(headers, "ratelimit").into_iter().flat_map(|text| text.split([';', ',']));
    let number = |names: [&str; 2]| {
        let pairs = parts().filter_map(|part| part.trim().split_once('='));
        pairs.filter(|(name, _)| names.contains(name)).find_map(|(_, value)| value.parse::<u64>().ok())
    };
    if number(["r", "remaining"]) == Some(0) { span(headers, number(["t", "reset"])?) } else { None }
}

fn span(headers: &HeaderMap, reset: u64) -> Option<Duration> {
    if reset < EPOCH {
        return Some(Duration::from_secs(reset));
    }
    let now = now(headers)?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let until = if reset < EPOCH_MILLIS { Duration::from_secs(reset) } else { Duration::from_millis(reset) };
    Some(until.saturating_sub(now))
}

fn now(headers: &HeaderMap) -> Option<std::time::SystemTime> {
    httpdate::parse_http_date(text(headers, header::DATE.as_str())?).ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use hyper::{
        HeaderMap,
        header::{HeaderName, HeaderValue},
    };

    use super::{asked, spent};

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&str, &str)| {
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn spans_and_points_in_time_are_understood() {
        let date = ("Date", "Tue, 15 Nov 1994 08:12:31 GMT");
        for (pairs, expected) in [
            (vec![("Retry-After", "120")], Some(120)),
            (vec![("Retry-After", "Tue, 15 Nov 1994 08:13:01 GMT"), date], Some(30)),
            (vec![("Retry-After", "Tue, 15 Nov 1994 08:12:01 GMT"), date], Some(0)),
            (vec![("Retry-After", "Tue, 15 Nov 1994 08:13:01 GMT")], None),
            (vec![("Retry-After", "soon")], None),
            (vec![], None),
        ] {
            assert_eq!(asked(&headers(&pairs)), expected.map(Duration::from_secs), "{pairs:?}");
        }
    }

    #[test]
    fn a_spent_limit_is_noticed_in_each_spelling() {
        let date = ("Date", "Sun, 09 Sep 2001 01:46:41 GMT"); // 1 000 000 001 s
        for (pairs, expected) in [
            (vec![("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "7")], Some(7)),
            (vec![("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1000000031"), date], Some(30)),
            (vec![("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1000000041000"), date], Some(40)),
            (vec![("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1000000031")], None),
            (vec![("X-Rate-Limit-Remaining", "0"), ("X-Rate-Limit-Reset", "8")], Some(8)),
            (vec![("RateLimit-Remaining", "0"), ("RateLimit-Reset", "9")], Some(9)),
            (vec![("RateLimit", "\"default\";r=0;t=10")], Some(10)),
            (vec![("RateLimit", "limit=100, remaining=0, reset=11")], Some(11)),
            (vec![("RateLimit", "\"default\";r=5;t=10")], None),
            (vec![("X-RateLimit-Remaining", "1"), ("X-RateLimit-Reset", "7")], None),
            (vec![("X-RateLimit-Remaining", "0")], None),
            (vec![], None),
        ] {
            assert_eq!(spent(&headers(&pairs)), expected.map(Duration::from_secs), "{pairs:?}");
        }
    }
}
