//! From pieces to a tree.

use std::collections::BTreeMap;

use super::ast::Node;
use super::lexer::{Piece, Token, TokenKind, pieces};
use super::object::Language;
use super::{Template, TemplateError};

mod pipeline;

/// How deep actions and parentheses may be nested.
const DEEPEST: usize = 50;

/// Reads a template. The names of the templates that it calls and does not define are in [`Template::called`].
pub(super) fn parse(text: &str, language: &'static Language) -> Result<Template, TemplateError> {
    if text.len() > language.most_bytes {
        let message = format!(
            "the template is longer than {} KiB",
            language.most_bytes >> 10
        );
        return Err(TemplateError::new(message, 0));
    }
    let mut parser = Parser {
        pieces: pieces(text)?.into_iter(),
        language,
        variables: language
            .variables
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        defined: BTreeMap::new(),
        called: Vec::new(),
        mentions_value: false,
        depth: 0,
        ranges: 0,
    };
    let (nodes, end) = parser.block()?;
    if let Some(end) = end {
        return Err(TemplateError::new(
            format!("unexpected {{{{{}}}}}", end.name),
            end.at,
        ));
    }
    let defined = &parser.defined;
    parser
        .called
        .retain(|(name, _)| !defined.contains_key(name));
    Ok(Template {
        nodes,
        called: parser.called,
        defined: parser.defined,
        mentions_value: parser.mentions_value,
    })
}

struct Parser {
    language: &'static Language,
    pieces: std::vec::IntoIter<Piece>,
    /// Those that can be seen here.
    variables: Vec<String>,
    defined: BTreeMap<String, Vec<Node>>,
    called: Vec<(String, usize)>,
    mentions_value: bool,
    depth: usize,
    ranges: usize,
}

/// `end` or `else`, with what stands behind it.
struct End {
    name: String,
    rest: Vec<Token>,
    at: usize,
}

impl Parser {
    fn block(&mut self) -> Result<(Vec<Node>, Option<End>), TemplateError> {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.next() {
            let (tokens, at) = match piece {
                Piece::Text(text) => {
                    nodes.push(Node::Text(text));
                    continue;
                }
                Piece::Action(tokens, at) => (tokens, at),
            };
            let Some(first) = tokens.first() else {
                return Err(TemplateError::new("an action without a value", at));
            };
            let keyword = match &first.kind {
                TokenKind::Name(name) => name.clone(),
                _ => String::new(),
            };
            let rest = || tokens[1..].to_vec();
            match &*keyword {
                "end" | "else" => {
                    return Ok((
                        nodes,
                        Some(End {
                            name: keyword,
                            rest: rest(),
                            at,
                        }),
                    ));
                }
                "if" => nodes.push(self.branches(rest(), at, false)?),
                "with" => nodes.push(self.branches(rest(), at, true)?),
                "range" => nodes.push(self.range(&rest(), at)?),
                "define" => self.define(&rest(), at)?,
                "template" => nodes.push(self.template(&rest(), at)?),
                "break" | "continue" if tokens.len() == 1 => {
                    if self.ranges == 0 {
                        return Err(TemplateError::new(
                            format!("{{{{{keyword}}}}} outside of a range"),
                            at,
                        ));
                    }
                    nodes.push(if keyword == "break" {
                        Node::Break
                    } else {
                        Node::Continue
                    });
                }
                "block" if self.language.has_methods => nodes.push(self.inline(&rest(), at)?),
                "block" => {
                    return Err(TemplateError::new(
                        "\"block\" is not supported: use define and template",
                        at,
                    ));
                }
                _ => nodes.push(Node::Action(self.pipeline(&tokens, at, false)?)),
            }
        }
        Ok((nodes, None))
    }

    fn nested<T>(
        &mut self,
        at: usize,
        parse: impl FnOnce(&mut Self) -> Result<T, TemplateError>,
    ) -> Result<T, TemplateError> {
        if self.depth >= DEEPEST {
            return Err(TemplateError::new(
                format!("nested more than {DEEPEST} levels deep"),
                at,
            ));
        }
        self.depth += 1;
        let seen = self.variables.len();
        let result = parse(self);
        self.variables.truncate(seen);
        self.depth -= 1;
        result
    }

    fn body(&mut self, at: usize) -> Result<(Vec<Node>, End), TemplateError> {
        let (nodes, end) = self.block()?;
        let end = end.ok_or_else(|| TemplateError::new("expected {{end}} for this", at))?;
        Ok((nodes, end))
    }

    /// `if` and `with`, each with `else if` and `else`.
    fn branches(
        &mut self,
        tokens: Vec<Token>,
        at: usize,
        is_with: bool,
    ) -> Result<Node, TemplateError> {
        self.nested(at, |parser| {
            let mut branches = Vec::new();
            let mut tokens = tokens;
            let otherwise = loop {
                let condition = parser.pipeline(&tokens, at, false)?;
                let (nodes, end) = parser.body(at)?;
                branches.push((condition, nodes));
                if end.name == "end" {
                    break Vec::new();
                }
                let keyword = if is_with { "with" } else { "if" };
                match end.rest.split_first() {
                    None => break parser.last_block(at)?,
                    Some((first, rest)) if first.kind == TokenKind::Name(keyword.to_owned()) => {
                        tokens = rest.to_vec();
                    }
                    Some((first, _)) => {
                        return Err(TemplateError::new(
                            format!("expected {keyword} or the end behind else"),
                            first.at,
                        ));
                    }
                }
            };
            Ok(if is_with {
                Node::With(branches, otherwise)
            } else {
                Node::If(branches, otherwise)
            })
        })
    }

    fn last_block(&mut self, at: usize) -> Result<Vec<Node>, TemplateError> {
        let (nodes, end) = self.body(at)?;
        if end.name != "end" {
            return Err(TemplateError::new("a second {{else}}", end.at));
        }
        Ok(nodes)
    }

    fn range(&mut self, tokens: &[Token], at: usize) -> Result<Node, TemplateError> {
        self.nested(at, |parser| {
            let over = parser.pipeline(tokens, at, true)?;
            parser.ranges += 1;
            let body = parser.body(at);
            parser.ranges -= 1;
            let (nodes, end) = body?;
            let otherwise = if end.name == "end" {
                Vec::new()
            } else {
                parser.last_block(at)?
            };
            Ok(Node::Range(over, nodes, otherwise))
        })
    }

    fn define(&mut self, tokens: &[Token], at: usize) -> Result<(), TemplateError> {
        let [
            Token {
                kind: TokenKind::Text(name),
                ..
            },
        ] = tokens
        else {
            return Err(TemplateError::new("expected define \"name\"", at));
        };
        if self.depth > 0 {
            return Err(TemplateError::new(
                "define stands inside of another action",
                at,
            ));
        }
        let outer = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
        let body = self.nested(at, |parser| parser.last_block(at));
        self.variables = outer;
        self.defined.insert(name.clone(), body?);
        Ok(())
    }

    /// `block "name" value`: a definition that is called where it stands.
    fn inline(&mut self, tokens: &[Token], at: usize) -> Result<Node, TemplateError> {
        let node = self.template(tokens, at)?;
        if let Node::Template(name, ..) = &node {
            let outer = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
            let body = self.nested(at, |parser| parser.last_block(at));
            self.variables = outer;
            self.defined.insert(name.clone(), body?);
        }
        Ok(node)
    }

    fn template(&mut self, tokens: &[Token], at: usize) -> Result<Node, TemplateError> {
        let Some((
            Token {
                kind: TokenKind::Text(name),
                ..
            },
            rest,
        )) = tokens.split_first()
        else {
            return Err(TemplateError::new("expected template \"name\"", at));
        };
        self.called.push((name.clone(), at));
        let argument = if rest.is_empty() {
            None
        } else {
            Some(self.pipeline(rest, at, false)?)
        };
        Ok(Node::Template(name.clone(), argument, at))
    }
}
