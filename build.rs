//! Lists the browser half (`target/site`) for embedding. A release server carries its files, those
//! compressed beforehand (`FILE.br`) beside the plain ones; a development server reads them from disk.

use std::{
    collections::BTreeMap,
    env, fs,
    hash::{DefaultHasher, Hasher},
    io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let site = Path::new("target/site");
    // So that the server compiles before the browser half was ever built.
    fs::create_dir_all(site)?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=target/site");
    let mut files = BTreeMap::new();
    if env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        list(&fs::canonicalize(site)?, "", &mut files)?;
    }
    let mut code = String::from("&[\n");
    for (address, path) in &files {
        if address.ends_with(".br") {
            continue;
        }
        let brotli = files.get(&format!("{address}.br")).map(|path| format!("include_bytes!({path:?})"));
        let brotli = brotli.map_or_else(|| "None".to_owned(), |bytes| format!("Some({bytes})"));
        let mut hash = DefaultHasher::new();
        hash.write(&fs::read(path)?);
        code += &format!(
            "Asset {{ address: {address:?}, etag: \"\\\"{:016x}\\\"\", bytes: include_bytes!({path:?}), brotli: {brotli} }},\n",
            hash.finish()
        );
    }
    code.push(']');
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(PathBuf::from(out).join("assets.rs"), code)
}

fn list(folder: &Path, address: &str, files: &mut BTreeMap<String, PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let address = format!("{address}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &address, files)?;
        } else {
            files.insert(address, entry.path());
        }
    }
    Ok(())
}
