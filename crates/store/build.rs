//! A new migration file must rebuild the crate that embeds the folder; cargo does not see that by itself.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
