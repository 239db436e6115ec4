//! From one page to the next. A service that leads in circles is noticed; one that never ends is stopped by the
//! limits.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::{Paging, address::Address, spool::Seen};

/// Knows how to ask for the next page.
pub(super) struct Pager {
    paging: Paging,
    base: Address,
    /// Position or number of the page that was asked for last.
    at: u64,
    /// Hashes of the addresses asked for.
    asked: HashSet<[u8; 32]>,
    /// What the last page held.
    last: Option<[u8; 32]>,
}

impl Paging {
    /// The path to what leads to the next page, where it stands in the answer.
    pub(super) fn path(&self) -> Option<&str> {
        match self {
            Self::NextUrl { url } => Some(url),
            Self::Cursor { cursor, .. } => Some(cursor),
            _ => None,
        }
    }
}

impl Pager {
    /// Also gives the address of the first page.
    pub(super) fn new(paging: &Paging, base: Address) -> (Self, Address) {
        let at = if let Paging::Page { first, .. } = paging { u64::from(*first) } else { 0 };
        let mut pager = Self { paging: paging.clone(), base, at, asked: HashSet::new(), last: None };
        let start = pager.numbered().unwrap_or_else(|| pager.base.clone());
        pager.asked.insert(hash(&start));
        (pager, start)
    }

    /// The address of the page that follows one; `None` after the last.
    pub(super) fn next(&mut self, from: &Address, links: &[String], seen: Seen) -> Result<Option<Address>, String> {
        let follow = |reference: &str| {
            from.follow(reference)
                .map(Some)
                .map_err(|reason| format!("its link to the next page is not followed: {reason}"))
        };
        let next = match &self.paging {
            Paging::None => None,
            Paging::LinkHeader => next_link(links).map(follow).transpose()?.flatten(),
            Paging::NextUrl { .. } => seen.next.as_deref().map(follow).transpose()?.flatten(),
            Paging::Cursor { parameter, .. } => {
                seen.next.as_deref().map(|cursor| self.base.clone().with_only(parameter, Some(cursor)))
            }
            Paging::Offset { .. } | Paging::Page { .. } if seen.records == 0 => None,
            Paging::Offset { .. } | Paging::Page { .. } => {
                if self.last == Some(seen.digest) {
                    return Err(
                        "it holds the same records as the page before; does the service know the parameter?".into()
                    );
                }
                self.last = Some(seen.digest);
                self.at += if let Paging::Page { .. } = self.paging { 1 } else { seen.records };
                self.numbered()
            }
        };
        if next.as_ref().is_some_and(|next| !self.asked.insert(hash(next))) {
            return Err("it leads back to a page that was already read".into());
        }
        Ok(next)
    }

    /// What a reader should know after the last page.
    pub(super) fn note(&self, links: &[String]) -> Option<String> {
        let more = self.paging == Paging::None && next_link(links).is_some();
        more.then(|| "the service offers more pages in its header Link; only the first was read".into())
    }

    fn numbered(&self) -> Option<Address> {
        match &self.paging {
            Paging::Offset { offset, limit, size } => {
                let sized = self.base.clone().with_only(limit, Some(&size.to_string()));
                Some(sized.with_only(offset, Some(&self.at.to_string())))
            }
            Paging::Page { page, .. } => Some(self.base.clone().with_only(page, Some(&self.at.to_string()))),
            _ => None,
        }
    }
}

fn hash(address: &Address) -> [u8; 32] {
    Sha256::digest(address.whole()).into()
}

/// The target of the link whose relation is `next` (RFC 8288).
fn next_link(links: &[String]) -> Option<&str> {
    for header in links {
        let mut rest = header.as_str();
        while let Some((_, from)) = rest.split_once('<') {
            let (target, others) = from.split_once('>')?;
            let parameters = &others[..end_of_link(others)];
            rest = &others[parameters.len()..];
            let is_next = parameters.split(';').filter_map(|part| part.split_once('=')).any(|(name, value)| {
                let relations = value.trim().trim_matches('"');
                name.trim().eq_ignore_ascii_case("rel")
                    && relations.split_ascii_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"))
            });
            if is_next {
                return Some(target);
            }
        }
    }
    None
}

/// Where the parameters of a link end: at a comma outside of quotes.
fn end_of_link(text: &str) -> usize {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::next_link;

    #[test]
    fn the_next_link_is_found() {
        for (header, expected) in [
            ("<https://a.example/?page=2>; rel=\"next\"", Some("https://a.example/?page=2")),
            ("</first>; rel=first, </x?a=1,2>; title=\"a, b\"; REL=\"last next\"", Some("/x?a=1,2")),
            ("<a>;rel=next", Some("a")),
            ("<a>; rel=\"prev\"", None),
            ("<a>; title=\"rel=next\"", None),
            ("<a>; rel=\"nextone\"", None),
            ("<a", None),
            ("", None),
        ] {
            assert_eq!(next_link(&[header.to_owned()]), expected, "{header}");
        }
        assert_eq!(next_link(&["<a>; rel=prev".into(), "<b>; rel=next".into()]), Some("b"));
    }
}
