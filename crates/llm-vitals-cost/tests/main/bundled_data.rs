//! The bundled list is that of the crate it comes from.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::{Map, Value};

const PROVIDER: [&str; 3] = ["id", "fallback_model_providers", "models"];
const MODEL: [&str; 4] = ["id", "match", "prices", "price_variants"];

#[test]
fn the_bundled_list_is_that_of_the_release() {
    let source: Value = serde_json::from_slice(&fs::read(source()).unwrap()).unwrap();
    let expected = write(&source);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/genai-prices.json");
    if env::var_os("LLM_VITALS_UPDATE_PRICES").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let bundled = fs::read_to_string(&path).unwrap();
    assert!(
        bundled == expected,
        "see data/README.md for how to update {}",
        path.display()
    );
}

/// The list in the source of the crate, wherever cargo keeps that.
fn source() -> PathBuf {
    let metadata = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "metadata",
            "--offline",
            "--format-version",
            "1",
            "--manifest-path",
        ])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .unwrap();
    assert!(
        metadata.status.success(),
        "{}",
        String::from_utf8_lossy(&metadata.stderr)
    );
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages
        .iter()
        .find(|package| package["name"] == "genai-prices");
    let manifest = package.unwrap()["manifest_path"].as_str().unwrap();
    Path::new(manifest)
        .with_file_name("data")
        .join("prices.json")
}

/// One line for each model.
fn write(list: &Value) -> String {
    let providers = list.as_array().unwrap().iter().map(|provider| {
        let mut fields = keep(provider, &PROVIDER);
        let models = fields.remove("models").unwrap();
        let models = models.as_array().unwrap().iter();
        let lines: Vec<_> = models
            .map(|model| Value::from(keep(model, &MODEL)).to_string())
            .collect();
        let head = Value::from(fields).to_string();
        let head = head.strip_suffix('}').unwrap();
        format!("{head},\"models\":[\n{}\n]}}", lines.join(",\n"))
    });
    format!("[{}]\n", providers.collect::<Vec<_>>().join(",\n"))
}

fn keep(object: &Value, fields: &[&str]) -> Map<String, Value> {
    let kept = fields
        .iter()
        .filter_map(|field| Some(((*field).to_owned(), object.get(field)?.clone())));
    kept.filter(|(_, value)| !value.is_null()).collect()
}
