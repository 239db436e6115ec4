//! Invented people and places. Addresses are under example domains only.

use crate::ids::Chance;

#[rustfmt::skip]
const FIRST: [&str; 48] = [
    "Ada", "Amir", "Anneke", "Bastian", "Beatriz", "Callum", "Chiara", "Daria", "Declan", "Eilidh", "Emeka", "Farah", "Finn",
    "Greta", "Hamish", "Hana", "Ilse", "Ivo", "Jarrah", "Jo", "Kaia", "Keoni", "Lachlan", "Leilani", "Li", "Lucinda", "Mahalia",
    "Marek", "Mele", "Nikau", "Niamh", "Olive", "Oskar", "Priya", "Quentin", "Rangi", "Rosalind", "Sione", "Siobhan", "Talia",
    "Tane", "Ulla", "Viktor", "Wiremu", "Xanthe", "Yara", "Zara", "Zoltan",
];
#[rustfmt::skip]
const LAST: [&str; 48] = [
    "Abbott", "Aroha", "Barlow", "Brisk", "Carver", "Cooper", "Dunmore", "Eastgate", "Farrow", "Fenwick", "Gale", "Harland",
    "Hobbs", "Ingleby", "Jansen", "Keane", "Kowhai", "Lark", "Lindqvist", "Marsden", "Mercer", "Nair", "Novotny", "Oakes",
    "Parata", "Penrose", "Quill", "Ramsay", "Rata", "Sandover", "Sato", "Tamihana", "Tate", "Underhill", "Vance", "Vella",
    "Waititi", "Wren", "Yates", "Zeller", "Ashdown", "Birch", "Clover", "Dray", "Elms", "Frost", "Grange", "Hollis",
];
#[rustfmt::skip]
const LONG: [&str; 16] = [
    "Featherstonehaugh", "Papadimitriou", "Abernethy-Whitmore", "Villanueva-Castellanos", "Chattopadhyay", "Wojciechowska",
    "Ravindranathan", "Hetherington-Smythe", "Konstantinopoulos", "Te Whare-Rangihuna", "Schwarzenbacher", "Balasubramaniam",
    "Montgomery-Cholmondeley", "Oyelaran-Adeyemi", "Vanderstraeten", "Throckmorton-Sykes",
];
#[rustfmt::skip]
const DOMAINS: [&str; 8] = [
    "fjord.example", "oak.example", "north.example", "correo.example", "harbour.example", "tide.example.net", "wattle.example.org",
    "kauri.example.com",
];

/// Postcode, city; the first ones begin with a zero.
#[rustfmt::skip]
pub(super) const AU_ZERO: [(&str, &str); 5] =
    [("0800", "Darwin"), ("0810", "Casuarina"), ("0820", "Bagot"), ("0850", "Katherine"), ("0870", "Alice Springs")];
#[rustfmt::skip]
pub(super) const AU: [(&str, &str); 10] = [
    ("2000", "Sydney"), ("2010", "Surry Hills"), ("3000", "Melbourne"), ("3121", "Richmond"), ("4000", "Brisbane"), ("5000", "Adelaide"),
    ("6000", "Perth"), ("6160", "Fremantle"), ("7000", "Hobart"), ("2600", "Canberra"),
];
#[rustfmt::skip]
pub(super) const NZ: [(&str, &str); 6] =
    [("1010", "Auckland"), ("6011", "Wellington"), ("8011", "Christchurch"), ("9016", "Dunedin"), ("3204", "Hamilton"), ("7010", "Nelson")];

/// A name of at most 30 characters.
pub(super) fn short(chance: &mut Chance) -> String {
    format!("{} {}", chance.pick(&FIRST), chance.pick(&LAST))
}

/// A name of 31 to 80 characters, which the ERP cuts off.
pub(super) fn long(chance: &mut Chance) -> String {
    let mut name = format!("{} {}", chance.pick(&FIRST), chance.pick(&LONG));
    while name.chars().count() <= 30 {
        let more = if name.len() < 24 { chance.pick(&LONG) } else { chance.pick(&FIRST) };
        name = match name.split_once(' ') {
            Some((first, rest)) => format!("{first} {more} {rest}"),
            None => format!("{name} {more}"),
        };
    }
    name
}

/// An address nobody else has: `n` is the number of the customer.
pub(super) fn email(chance: &mut Chance, name: &str, n: usize) -> String {
    let plain: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '.' }).take(24).collect();
    format!("{}.{n}@{}", plain.trim_matches('.').replace("..", "."), chance.pick(&DOMAINS))
}

#[cfg(test)]
mod tests {
    use super::{Chance, long, short};

    #[test]
    fn names_are_as_long_as_they_are_meant_to_be() {
        let mut chance = Chance::new(1, "names");
        for _ in 0..2000 {
            assert!(short(&mut chance).chars().count() <= 30);
            let name = long(&mut chance);
            assert!((31..=80).contains(&name.chars().count()), "{name}");
            assert_eq!(name.trim(), name);
        }
    }
}
