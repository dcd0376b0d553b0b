//! Comparisons of Go's templates. A float and an integer are different things to them.

use std::cmp::Ordering;

use super::value::Value;

pub(super) fn compare(name: &str, arguments: &[Value]) -> Result<bool, String> {
    let [first, rest @ ..] = arguments else {
        return Err("two values are needed".to_owned());
    };
    match (name, rest) {
        ("eq", [_, ..]) => {
            for other in rest {
                if equal(first, other)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        ("ne", [second]) => Ok(!equal(first, second)?),
        (_, [second]) => {
            let order = order(first, second)?;
            Ok(match name {
                "lt" => order == Some(Ordering::Less),
                "le" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
                "gt" => order == Some(Ordering::Greater),
                _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            })
        }
        _ => Err("two values are needed".to_owned()),
    }
}

fn equal(a: &Value, b: &Value) -> Result<bool, String> {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Ok(a == b),
        (Value::Nil, other) | (other, Value::Nil) => Ok(matches!(other, Value::Nil)),
        _ => Ok(order(a, b)? == Some(Ordering::Equal)),
    }
}

fn order(a: &Value, b: &Value) -> Result<Option<Ordering>, String> {
    Ok(match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        _ => {
            let hint = match (a, b) {
                (Value::Float(_), Value::Int(_)) | (Value::Int(_), Value::Float(_)) => {
                    ": write the number with a point, such as 5.0"
                }
                _ => "",
            };
            return Err(format!(
                "a {} cannot be compared with a {}{hint}",
                a.type_name(),
                b.type_name()
            ));
        }
    })
}
