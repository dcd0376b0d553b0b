//! The text of `/metrics`, rendered once for all who ask at the same time.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use tokio::sync::Mutex;
use tokio::task::JoinError;

/// Renders one at a time.
///
/// Whoever asks while a render goes on waits for the next one, since the one under way may lack what happened before the
/// question. All who wait share the next one.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// How many renders have begun.
    begun: AtomicU64,
    last: Mutex<Option<Rendered>>,
}

#[derive(Clone, Debug)]
struct Rendered {
    number: u64,
    accept: Option<String>,
    kind: &'static str,
    text: Bytes,
}

impl Page {
    /// The content type and the text for a client that accepts `accept`.
    pub(crate) async fn get(
        &self,
        accept: Option<&str>,
        render: impl FnOnce(Option<&str>) -> (&'static str, String) + Send + 'static,
    ) -> Result<(&'static str, Bytes), JoinError> {
        // Other values make no difference, so that those who send them share a text.
        let accept = accept.filter(|accept| accept.contains("openmetrics"));
        let before = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if let Some(last) = &*last
            && last.number > before
            && last.accept.as_deref() == accept
        {
            return Ok((last.kind, last.text.clone()));
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let accept = accept.map(ToOwned::to_owned);
        let asked = accept.clone();
        // Thousands of series take milliseconds, in which a stream would stand still.
        let (kind, text) = tokio::task::spawn_blocking(move || render(asked.as_deref())).await?;
        let text = Bytes::from(text);
        *last = Some(Rendered {
            number,
            accept,
            kind,
            text: text.clone(),
        });
        Ok((kind, text))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn those_who_wait_share_the_next_render() {
        let page = Arc::new(Page::default());
        let renders = Arc::new(AtomicUsize::new(0));
        let (go, wait) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let page = Arc::clone(&page);
            async move {
                let render = move |_: Option<&str>| {
                    wait.recv().unwrap();
                    ("text/plain", "first".to_owned())
                };
                page.get(None, render).await.unwrap().1
            }
        });
        while page.begun.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        let others: Vec<_> = (0..10)
            .map(|_| {
                let (page, renders) = (Arc::clone(&page), Arc::clone(&renders));
                tokio::spawn(async move {
                    let render = move |_: Option<&str>| {
                        let number = renders.fetch_add(1, Ordering::SeqCst);
                        ("text/plain", format!("next {number}"))
                    };
                    page.get(Some("text/plain"), render).await.unwrap().1
                })
            })
            .collect();
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        go.send(()).unwrap();
        assert_eq!(first.await.unwrap(), "first");
        let mut texts = Vec::new();
        for other in others {
            texts.push(other.await.unwrap());
        }
        assert!(texts.iter().all(|text| text == "next 0"), "{texts:?}");
        assert!(texts.iter().all(|text| text.as_ptr() == texts[0].as_ptr()));
        assert_eq!(renders.load(Ordering::SeqCst), 1);
    }
}
