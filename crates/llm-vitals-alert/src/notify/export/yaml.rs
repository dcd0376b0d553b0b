//! Writes YAML.

use std::fmt::Write as _;
use std::path::Path;

use super::ExportSecrets;
use crate::export::quoted;
use crate::notify::secret::Secret;

/// A text that grows.
pub(super) struct Writer {
    out: String,
    indent: usize,
    /// Whether the next field begins an item of a list.
    begins_item: bool,
    secrets: ExportSecrets,
}

impl Writer {
    pub(super) fn new(secrets: ExportSecrets) -> Self {
        Self {
            out: String::new(),
            indent: 0,
            begins_item: false,
            secrets,
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    pub(super) fn comment(&mut self, text: &str) {
        let _ = writeln!(self.out, "# {text}");
    }

    /// A field whose value needs no quotes; an empty one has its value below.
    pub(super) fn field(&mut self, name: &str, value: &str) {
        let mut indent = self.indent;
        let dash = if std::mem::take(&mut self.begins_item) {
            indent -= 2;
            "- "
        } else {
            ""
        };
        let blank = if value.is_empty() { "" } else { " " };
        let _ = writeln!(self.out, "{:indent$}{dash}{name}:{blank}{value}", "");
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.field(name, &quoted(text));
    }

    /// A text that may not be there.
    pub(super) fn optional(&mut self, name: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    pub(super) fn list(&mut self, name: &str, texts: impl IntoIterator<Item = String>) {
        let quoted: Vec<String> = texts.into_iter().map(|text| quoted(&text)).collect();
        self.field(name, &format!("[{}]", quoted.join(", ")));
    }

    /// Fields of the field before.
    pub(super) fn nested(&mut self, write: impl FnOnce(&mut Self)) {
        self.indent += 2;
        write(self);
        self.indent -= 2;
    }

    /// An item of the list that is the field before. It must write a field.
    pub(super) fn item(&mut self, write: impl FnOnce(&mut Self)) {
        self.indent += 4;
        self.begins_item = true;
        write(self);
        if std::mem::take(&mut self.begins_item) {
            let _ = writeln!(self.out, "{:indent$}- {{}}", "", indent = self.indent - 2);
        }
        self.indent -= 4;
    }

    pub(super) fn secret(&mut self, name: &str, secret: &Secret) {
        self.secret_or(name, secret, "<secret>");
    }

    pub(super) fn secret_url(&mut self, name: &str, secret: &Secret) {
        self.secret_or(name, secret, "https://secret.invalid/");
    }

    /// A secret that Alertmanager can read from a file.
    pub(super) fn secret_or_file(&mut self, name: &str, secret: &Secret) {
        match secret.file() {
            Some(path) => self.text(&format!("{name}_file"), &shown(path)),
            None => self.secret(name, secret),
        }
    }

    /// An address that Alertmanager can read from a file.
    pub(super) fn url_or_file(&mut self, name: &str, secret: &Secret) {
        match secret.file() {
            Some(path) => self.text(&format!("{name}_file"), &shown(path)),
            None => self.secret_url(name, secret),
        }
    }

    fn secret_or(&mut self, name: &str, secret: &Secret, placeholder: &str) {
        match self.secrets {
            ExportSecrets::Placeholders => self.text(name, placeholder),
            ExportSecrets::Shown => self.text(name, secret.expose()),
        }
    }
}

/// A path from the root: Alertmanager looks for secrets in the folder in which it was started.
pub(super) fn shown(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.display().to_string()
}
