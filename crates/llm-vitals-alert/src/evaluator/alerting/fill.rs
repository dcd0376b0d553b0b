//! The labels and annotations of an alert.

use std::collections::BTreeMap;
use std::sync::Arc;

use llm_vitals_promql::{Expr, Labels, LabelsBuilder};

use crate::alert::{Alert, label_map};
use crate::template::{Template, TemplateData, TemplateSample};

use super::super::Counts;
use super::super::outcome::vector;
use super::Alerting;

impl Alerting<'_> {
    /// The alert of a series of the result, as if it were new.
    pub(super) fn alert(&self, source: &Labels, value: f64, counts: &mut Counts) -> Alert {
        let map =
            if self.rule.label_templates.is_empty() && self.rule.annotation_templates.is_empty() {
                BTreeMap::new()
            } else {
                label_map(source)
            };
        let query = |text: &str| self.query(text);
        let data = TemplateData {
            labels: &map,
            external_labels: &self.settings.external_labels,
            external_url: &self.settings.external_url,
            value,
            query: &query,
        };
        let mut expand = |template: &Template| {
            template.expand(&data).unwrap_or_else(|error| {
                counts.template_failures += 1;
                format!("<error expanding template: {error}>")
            })
        };
        let mut builder = LabelsBuilder::from_labels(source);
        builder.remove("__name__");
        for (name, template) in &self.rule.label_templates {
            builder.set(name, &expand(template));
        }
        builder.set("alertname", &self.rule.name);
        let mut alert = Alert::new(builder.build(), source.without_name(), value, self.at);
        let annotations = self.rule.annotation_templates.iter();
        alert.annotations = annotations
            .map(|(name, template)| (name.clone(), expand(template)))
            .collect();
        alert
    }

    fn query(&self, text: &str) -> Result<Vec<TemplateSample>, String> {
        let expr =
            Expr::parse(text, self.rule.expr.dialect()).map_err(|error| error.to_string())?;
        let series = vector(&self.settings.engine, self.store, &expr, self.query_time())?;
        let sample = |(labels, value): (Labels, f64)| TemplateSample {
            labels: Arc::new(label_map(&labels)),
            value,
        };
        Ok(series.into_iter().map(sample).collect())
    }
}
