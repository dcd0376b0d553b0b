//! JSON objects that lose nothing: named fields beside everything else that was sent.

/// Defines a struct that is read from and written to a JSON object.
///
/// - `required` fields must be there;
/// - `optional` fields are `Option`s: `None` is not written, and an explicit `null` is kept in `extra`, so that it
///   comes out again;
/// - `hidden` fields travel with the struct and are no part of the JSON;
/// - every other field is kept in `extra`, in the order in which it came.
macro_rules! json_object {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            required { $($(#[$rmeta:meta])* $req:ident $(as $rkey:literal)? : $rty:ty),* $(,)? }
            optional { $($(#[$ometa:meta])* $opt:ident $(as $okey:literal)? : $oty:ty),* $(,)? }
            $(hidden { $($(#[$hmeta:meta])* $hid:ident : $hty:ty),* $(,)? })?
        }
    ) => {
        $(#[$meta])*
        #[non_exhaustive]
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $($(#[$rmeta])* pub $req: $rty,)*
            $($(#[$ometa])* pub $opt: Option<$oty>,)*
            /// Every other field, as it was sent.
            pub extra: serde_json::Map<String, serde_json::Value>,
            $($($(#[$hmeta])* pub $hid: $hty,)*)?
        }

        impl $name {
            #[allow(clippy::too_many_arguments, reason = "one argument for each required field")]
            pub(crate) fn from_required($($req: $rty),*) -> Self {
                Self {
                    $($req,)*
                    $($opt: None,)*
                    extra: serde_json::Map::new(),
                    $($($hid: Default::default(),)*)?
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[allow(unused_imports, reason = "an object may have no field of its own")]
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $(map.serialize_entry($crate::json::key!($req $($rkey)?), &self.$req)?;)*
                $(if let Some(value) = &self.$opt {
                    map.serialize_entry($crate::json::key!($opt $($okey)?), value)?;
                })*
                for (key, value) in &self.extra {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Object;
                impl<'de> serde::de::Visitor<'de> for Object {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("an object (", stringify!($name), ")"))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<$name, A::Error> {
                        $(let mut $req: Option<$rty> = None;)*
                        $(let mut $opt: Option<$oty> = None;)*
                        let mut extra = serde_json::Map::new();
                        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                            match key.as_ref() {
                                $($crate::json::key!($req $($rkey)?) => $req = Some(map.next_value()?),)*
                                $($crate::json::key!($opt $($okey)?) => match map.next_value()? {
                                    Some(value) => $opt = Some(value),
                                    None => {
                                        extra.insert(key.into_owned(), serde_json::Value::Null);
                                    }
                                },)*
                                _ => {
                                    extra.insert(key.into_owned(), map.next_value()?);
                                }
                            }
                        }
                        Ok($name {
                            $($req: $req.ok_or_else(|| {
                                serde::de::Error::missing_field($crate::json::key!($req $($rkey)?))
                            })?,)*
                            $($opt,)*
                            extra,
                            $($($hid: Default::default(),)*)?
                        })
                    }
                }
                deserializer.deserialize_map(Object)
            }
        }
    };
}

/// The name of a field in JSON: its own, or the one given after `as`.
macro_rules! key {
    ($name:ident) => {
        stringify!($name)
    };
    ($name:ident $key:literal) => {
        $key
    };
}

pub(crate) use {json_object, key};
