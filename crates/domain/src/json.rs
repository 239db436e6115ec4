//! JSON that comes from outside, measured before it is built: seven bytes of text can become seven hundred of values.
//! One pass over the text adds up what its values would take and stops where that is too much.

use serde::{
    Deserializer,
    de::{DeserializeOwned, DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::fmt;

/// What a text of JSON may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonBounds {
    /// Most memory of its values, in units of 32 bytes: a number is one, a list with elements five and one for each,
    /// an object with members 21 and at least two for each.
    pub weight: u64,
    /// Most lists and objects inside one another.
    pub depth: u32,
}

/// Why a text of JSON was not read.
#[derive(Debug, thiserror::Error)]
pub enum JsonRefused {
    /// It holds more than the bounds allow.
    #[error("it holds too many values, or nests them too deeply")]
    TooMuch,
    /// It is no JSON, or other JSON than was asked for.
    #[error("{0}")]
    Broken(serde_json::Error),
}

impl JsonBounds {
    /// For what one form or one item holds: 16 MB, 16 levels.
    pub const ITEM: Self = Self { weight: 1 << 19, depth: 16 };

    /// For a whole plan, some 60 000 items: 256 MB, 64 levels.
    pub const PLAN: Self = Self { weight: 1 << 23, depth: 64 };

    /// For everything a document is drawn from, which is a plan with its findings and verdicts: 512 MB, 64 levels.
    pub const DOCUMENT: Self = Self { weight: 1 << 24, depth: 64 };

    /// Reads a text that keeps the bounds. Nothing of one that does not is built.
    ///
    /// # Errors
    /// When it holds too much, is no JSON, or does not fit the type.
    pub fn read<T: DeserializeOwned>(self, text: &[u8]) -> Result<T, JsonRefused> {
        self.weigh(text)?;
        serde_json::from_slice(text).map_err(JsonRefused::Broken)
    }

    /// What the values of a text weigh, see [`JsonBounds::weight`].
    ///
    /// # Errors
    /// When that is too much, or the text is no JSON.
    pub fn weigh(self, text: &[u8]) -> Result<u64, JsonRefused> {
        let mut scale = Scale { bounds: self, weight: 0, depth: 0, passed: false };
        let mut reader = serde_json::Deserializer::from_slice(text);
        let read = Weighed(&mut scale).deserialize(&mut reader).and_then(|()| reader.end());
        match read {
            Ok(()) => Ok(scale.weight),
            Err(_) if scale.passed => Err(JsonRefused::TooMuch),
            Err(error) => Err(JsonRefused::Broken(error)),
        }
    }
}

/// What was added up so far.
struct Scale {
    bounds: JsonBounds,
    weight: u64,
    depth: u32,
    /// Whether a bound was passed: the reader's own error says only that reading stopped.
    passed: bool,
}

impl Scale {
    fn add<E: Error>(&mut self, units: u64) -> Result<(), E> {
        self.weight += units;
        self.check(self.weight <= self.bounds.weight)
    }

    fn enter<E: Error>(&mut self) -> Result<(), E> {
        self.depth += 1;
        self.check(self.depth <= self.bounds.depth)
    }

    fn check<E: Error>(&mut self, holds: bool) -> Result<(), E> {
        self.passed |= !holds;
        if holds { Ok(()) } else { Err(E::custom(JsonRefused::TooMuch)) }
    }
}

/// A value that is weighed instead of built.
struct Weighed<'a>(&'a mut Scale);

impl<'de> DeserializeSeed<'de> for Weighed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Weighed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.add(1)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.0.add(1)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.0.add(1)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.0.add(1)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.0.add(1)
    }

    /// The bytes of a text are bounded by those it is read from; here it is what is around them.
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.add(if text.is_empty() { 1 } else { 2 })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        const FIRST_ROOM: u64 = 4;
        let scale = self.0;
        scale.enter::<A::Error>()?;
        scale.add::<A::Error>(1)?;
        let mut elements = 0_u64;
        while list.next_element_seed(Weighed(&mut *scale))?.is_some() {
            elements += 1;
            // Lists grow by doubling.
            scale.add::<A::Error>(if elements == 1 { FIRST_ROOM } else { 1 })?;
        }
        scale.depth -= 1;
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        // A node of the map takes 640 bytes and has room for eleven members; later ones are half full.
        const NODE: u64 = 20;
        const ROOM: u64 = 11;
        let scale = self.0;
        scale.enter::<A::Error>()?;
        scale.add::<A::Error>(1)?;
        let mut members = 0_u64;
        while object.next_key::<IgnoredAny>()?.is_some() {
            members += 1;
            let room = match members {
                1 => NODE,
                2..=ROOM => 0,
                _ => 4,
            };
            // One is for the name.
            scale.add::<A::Error>(room + 1)?;
            object.next_value_seed(Weighed(&mut *scale))?;
        }
        scale.depth -= 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_takes_more_memory_weighs_more() {
        for (text, weight) in [
            ("7", 1),
            ("null", 1),
            (r#""""#, 1),
            (r#""text""#, 2),
            ("[]", 1),
            ("{}", 1),
            ("[1]", 6),
            ("[1,2.5,true]", 10),
            (r#"{"":0}"#, 23),
            (r#"{"a":1,"b":"x"}"#, 26),
            (r#"[{"":0},{"":0}]"#, 52),
        ] {
            assert_eq!(JsonBounds::ITEM.weigh(text.as_bytes()).unwrap(), weight, "{text}");
        }
        let many = format!("{{{}}}", (0..12).map(|n| format!("\"{n}\":0")).collect::<Vec<_>>().join(","));
        assert_eq!(JsonBounds::ITEM.weigh(many.as_bytes()).unwrap(), 1 + 20 + 12 * 2 + 4);
    }

    #[test]
    fn a_bomb_is_refused_and_what_a_plan_holds_is_not() {
        let objects = |n: usize| format!("[{}]", vec![r#"{"":0}"#; n].join(","));
        let read = |bounds: JsonBounds, text: &str| bounds.read::<Value>(text.as_bytes());
        assert!(matches!(read(JsonBounds::PLAN, &objects(400_000)), Err(JsonRefused::TooMuch)));
        assert!(matches!(read(JsonBounds::ITEM, &objects(25_000)), Err(JsonRefused::TooMuch)));
        assert_eq!(read(JsonBounds::ITEM, &objects(2)).unwrap(), json!([{ "": 0 }, { "": 0 }]));
        let item = json!({ "id": "i", "kind": "risk", "number": 1, "fields": { "process": {
            "name": "n", "owner": "o", "description": "d", "tags": ["a", "b"], "due": "2027-01-01", "open": true,
        } } });
        let plan = json!({ "items": vec![item; 30_000] }).to_string();
        assert!(JsonBounds::PLAN.weigh(plan.as_bytes()).is_ok());
        // A long text weighs what its bytes weigh.
        let long = json!({ "text": "x".repeat(1 << 20) }).to_string();
        assert!(JsonBounds::ITEM.weigh(long.as_bytes()).unwrap() < 30);
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        let weigh = |text: &str| JsonBounds::ITEM.weigh(text.as_bytes());
        assert!(weigh(&nested(16)).is_ok());
        assert!(matches!(weigh(&nested(17)), Err(JsonRefused::TooMuch)));
        assert!(matches!(weigh(&"[".repeat(1_000_000)), Err(JsonRefused::TooMuch)));
        // Side by side is not inside one another.
        assert!(weigh(&format!("[{}]", vec![nested(15); 100].join(","))).is_ok());
    }

    #[test]
    fn what_is_no_json_is_told_apart() {
        for text in ["", "{", "[1,]", "nul", "1 2", r#"{"a"}"#, r#"{1:2}"#] {
            assert!(matches!(JsonBounds::ITEM.weigh(text.as_bytes()), Err(JsonRefused::Broken(_))), "{text}");
        }
        assert!(matches!(JsonBounds::ITEM.read::<u8>(b"\"x\""), Err(JsonRefused::Broken(_))));
    }
}
