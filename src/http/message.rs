//! Answers of the layers themselves, where no page of the app is drawn: a few words in a bare document.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};

/// A short document in words. `words` may hold anything.
#[must_use]
pub fn message(status: StatusCode, title: &str, words: &str) -> Response<Body> {
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} · Plumbline</title><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"/pkg/plumbline.css\"></head>\
         <body><main class=\"sign-in\"><div class=\"sign-in-mark\"><h1>{title}</h1><p>{words}</p></div>\
         <p><a class=\"link\" href=\"/plans\">All plans</a></p></main></body></html>",
        title = escape(title),
        words = escape(words),
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(escape("<script>\"&'</script>"), "&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;");
    }
}
