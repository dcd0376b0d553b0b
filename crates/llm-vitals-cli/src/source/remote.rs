//! A server with the query API of Prometheus.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::failure::Failure;
use crate::output::printable;
use crate::time::{milliseconds, now_ms};

use super::answer::{Answer, Labels, Question};
use super::http::{Client, base, encode};

/// Such a server.
pub(crate) struct Remote {
    client: Client,
    base: String,
}

impl Remote {
    /// The server at `url`, if it has that API; a URL that ends in `/metrics` is taken at its word.
    pub(crate) fn find(client: &Client, url: &str) -> Result<Option<Self>, Failure> {
        let base = base(url);
        if base.ends_with("/metrics") {
            return Ok(None);
        }
        let response = client.get(&format!("{base}/api/v1/query?query=1"))?;
        let answers = serde_json::from_slice::<Value>(&response.body);
        let is_api =
            response.status == 200 && answers.is_ok_and(|answer| answer["status"] == "success");
        Ok(is_api
            .then_some(())
            .map(|()| Client::new())
            .transpose()?
            .map(|client| Self { client, base }))
    }

    /// The names of all metrics.
    pub(crate) fn metric_names(&self) -> Result<Vec<String>, Failure> {
        let data = self.get("label/__name__/values")?;
        let names = data.as_array().into_iter().flatten();
        Ok(names.filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// The types of metrics by their families, as far as the server knows them.
    pub(crate) fn types(&self) -> Result<BTreeMap<String, String>, Failure> {
        let data = self.get("metadata")?;
        let families = data.as_object().into_iter().flatten();
        let types = families.filter_map(|(name, about)| {
            Some((name.clone(), about[0]["type"].as_str()?.to_owned()))
        });
        Ok(types.collect())
    }

    /// The data of an answer; nothing if the server does not have that part of the API.
    fn get(&self, path: &str) -> Result<Value, Failure> {
        let response = self.client.get(&format!("{}/api/v1/{path}", self.base))?;
        let mut answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        Ok(answer.get_mut("data").map(Value::take).unwrap_or_default())
    }

    pub(crate) fn ask(&self, question: &Question) -> Result<Answer, Failure> {
        let query = encode(question.expr.text());
        let at = question.at.unwrap_or_else(now_ms);
        let seconds = |ms: i64| ms as f64 / 1000.0;
        let url = match question.range {
            None => format!(
                "{}/api/v1/query?query={query}&time={}",
                self.base,
                seconds(at)
            ),
            Some((range, step)) => format!(
                "{}/api/v1/query_range?query={query}&start={}&end={}&step={}",
                self.base,
                seconds(at.saturating_sub(milliseconds(range))),
                seconds(at),
                step.as_secs_f64()
            ),
        };
        let response = self.client.get(&url)?;
        let answer: Value = serde_json::from_slice(&response.body).map_err(|_| {
            Failure::Other(format!(
                "{} answers with status {} and without JSON",
                self.base, response.status
            ))
        })?;
        if answer["status"] != "success" {
            let error = answer["error"]
                .as_str()
                .unwrap_or("an error without a text");
            return Err(Failure::Other(format!(
                "{} says: {}",
                self.base,
                printable(error)
            )));
        }
        read(&answer["data"]).ok_or_else(|| {
            Failure::Other(format!(
                "{} answers with a result of no known form",
                self.base
            ))
        })
    }
}

fn read(data: &Value) -> Option<Answer> {
    let result = &data["result"];
    Some(match data["resultType"].as_str()? {
        "scalar" => Answer::Scalar(point(result)?.1),
        "string" => Answer::Text(result[1].as_str()?.to_owned()),
        "vector" => {
            let series = result
                .as_array()?
                .iter()
                .map(|one| Some((labels(&one["metric"])?, point(&one["value"])?.1)));
            Answer::Vector(series.collect::<Option<_>>()?)
        }
        "matrix" => {
            let series = result.as_array()?.iter().map(|one| {
                let points = one["values"].as_array()?.iter().map(point);
                Some((labels(&one["metric"])?, points.collect::<Option<_>>()?))
            });
            Answer::Matrix(series.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

fn labels(metric: &Value) -> Option<Labels> {
    let labels = metric
        .as_object()?
        .iter()
        .map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    let mut labels: Labels = labels.collect::<Option<_>>()?;
    labels.sort();
    Some(labels)
}

fn point(pair: &Value) -> Option<(i64, f64)> {
    let time = pair[0].as_f64()? * 1000.0;
    Some((time.round() as i64, pair[1].as_str()?.parse().ok()?))
}
