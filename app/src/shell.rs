//! The HTML document around the app, server side only. Scripts carry the answer's nonce, which is
//! also put into its content security policy here.

use crate::{App, server};
use axum::http::header;
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

/// Loads the browser half. Written here and not taken from the framework, whose version names the
/// files after how the framework itself was compiled, and preloads modules without the nonce.
const START: &str = "import('/pkg/plumbline.js').then(m => m.default({ module_or_path: '/pkg/plumbline.wasm' }).then(() => m.hydrate()))";

/// The whole document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let nonce = use_nonce();
    let policy = server::content_security_policy(nonce.as_deref());
    server::set_header(header::CONTENT_SECURITY_POLICY, &policy);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=server::theme()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href="/pkg/plumbline.css"/>
                <link rel="preload" href="/fonts/inter-latin.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="modulepreload" href="/pkg/plumbline.js" nonce=nonce.clone()/>
                <link rel="preload" href="/pkg/plumbline.wasm" r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <AutoReload options=options/>
                <script type="module" nonce=nonce>{START}</script>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
