//! The events of everything that can stand in front of a function, read by one type.
//!
//! The shapes are told apart by fields that only one of them has.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A request as an event: payload 2.0 of HTTP APIs and function URLs, payload 1.0 of REST and HTTP APIs, or that of
/// an application load balancer. An event of another kind does not parse.
#[derive(Debug, Clone)]
pub struct HttpEvent {
    pub(super) fields: Fields,
    dialect: Dialect,
}

/// Whose language the reply must speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Payload 2.0.
    Second,
    /// Payload 1.0.
    First,
    /// A load balancer, whose target group may have repeated headers switched on.
    LoadBalancer {
        /// Whether it has.
        repeats_headers: bool,
    },
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fields {
    /// `2.0` or `1.0`; REST APIs and load balancers say nothing.
    pub(super) version: Option<String>,
    pub(super) http_method: Option<String>,
    pub(super) path: Option<String>,
    pub(super) raw_path: Option<String>,
    pub(super) raw_query_string: Option<String>,
    pub(super) resource: Option<String>,
    pub(super) path_parameters: Option<BTreeMap<String, String>>,
    pub(super) query_string_parameters: Option<BTreeMap<String, String>>,
    pub(super) multi_value_query_string_parameters: Option<BTreeMap<String, Vec<String>>>,
    pub(super) headers: Option<BTreeMap<String, String>>,
    pub(super) multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    pub(super) cookies: Option<Vec<String>>,
    pub(super) request_context: Context,
    pub(super) body: Option<String>,
    pub(super) is_base64_encoded: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Context {
    pub(super) stage: Option<String>,
    pub(super) domain_name: Option<String>,
    pub(super) http: Option<SecondContext>,
    pub(super) identity: Option<Identity>,
    elb: Option<serde::de::IgnoredAny>,
}

/// What payload 2.0 tells of the request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SecondContext {
    pub(super) method: String,
    pub(super) source_ip: Option<String>,
}

/// What payload 1.0 tells of the caller.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity {
    pub(super) source_ip: Option<String>,
}

impl HttpEvent {
    pub(super) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(super) fn method(&self) -> &str {
        let second = self.fields.request_context.http.as_ref().map(|http| http.method.as_str());
        second.or(self.fields.http_method.as_deref()).unwrap_or_default()
    }

    /// The caller's address, where the platform tells it; a load balancer does not.
    pub(super) fn source_ip(&self) -> Option<&str> {
        let context = &self.fields.request_context;
        let second = context.http.as_ref().and_then(|http| http.source_ip.as_deref());
        second.or_else(|| context.identity.as_ref()?.source_ip.as_deref())
    }
}

impl<'de> Deserialize<'de> for HttpEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        let dialect = if fields.request_context.http.is_some() {
            Dialect::Second
        } else if fields.http_method.is_none() {
            return Err(D::Error::custom(
                "neither an event of API Gateway, a load balancer nor a function URL",
            ));
        } else if fields.request_context.elb.is_some() {
            Dialect::LoadBalancer { repeats_headers: fields.multi_value_headers.is_some() }
        } else {
            Dialect::First
        };
        Ok(Self { fields, dialect })
    }
}
