//! What the components write on the server: above all that nothing a user typed can become markup.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use futures::StreamExt;
use leptos::prelude::*;

use super::*;

const NASTY: &str = "</textarea></title></mark><script>alert(1)</script>\" onfocus=\"alert(2)";

fn html<V: IntoView>(draw: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    owner.with(|| draw().into_view().to_html())
}

fn is_inert(html: &str) {
    assert!(!html.contains("<script"), "{html}");
    assert!(!html.contains("\" onfocus"), "{html}");
}

#[test]
fn a_text_area_keeps_hostile_text_as_text() {
    let html = html(|| view! { <TextArea name="note" label="Note" value=NASTY/> });
    is_inert(&html.replace("\" onfocus=\"alert(2)</textarea>", "</textarea>"));
    assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
    assert!(
        html.contains("&lt;/textarea&gt;&lt;/title&gt;&lt;/mark&gt;&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{html}"
    );
}

#[test]
fn a_text_area_keeps_its_first_line_break_and_its_entities() {
    let html = html(|| view! { <TextArea name="note" label="Note" value="\n&lt;b>"/> });
    assert!(html.contains(">\n\n&amp;lt;b&gt;</textarea>"), "{html}");
}

#[test]
fn a_page_title_is_escaped_on_the_server_only() {
    let (server, output) = leptos_meta::ServerMetaContext::new();
    let owner = Owner::new();
    owner.with(|| {
        provide_context(server);
        leptos_meta::provide_meta_context();
        let _rendered = view! { <PageTitle text=NASTY.to_owned()/> }.into_view().to_html();
    });
    let page = injected(output);
    is_inert(&page.replace(NASTY.split("</script>").last().unwrap(), ""));
    assert!(page.contains("<title>&lt;/textarea&gt;&lt;/title&gt;"), "{page}");
    assert!(page.contains(" · Plumbline</title>"), "{page}");
}

/// What the framework makes of an empty document with the title injected.
fn injected(output: leptos_meta::ServerMetaContextOutput) -> String {
    let empty = "<html><head><!--HEAD--></head><body></body></html>".to_owned();
    // Another test may have set the same executor before; that is all an error here can mean.
    any_spawner::Executor::init_tokio().ok();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let document = futures::stream::iter([empty]);
        output.inject_meta_context(document).await.collect::<Vec<String>>().await.concat()
    })
}

#[test]
fn a_difference_is_marked_and_never_markup() {
    let html = html(|| {
        view! { <Diff left=Some("<b>jo.hannsen</b>".to_owned()) right=Some("<b>jo.hansen</b>".to_owned()) side=DiffSide::Left/> }
    });
    assert_eq!(html.matches("<mark>n<").count(), 1, "{html}");
    assert!(html.contains("&lt;b&gt;") && !html.contains("<b>"), "{html}");
    let html =
        self::html(|| view! { <Diff left=Some(NASTY.to_owned()) right=Some("x".to_owned()) side=DiffSide::Left/> });
    is_inert(&html.replace("\" onfocus=\"alert(2)", ""));
}

#[test]
fn a_blank_that_differs_is_seen() {
    let blank =
        html(|| view! { <Diff left=Some("12 00".to_owned()) right=Some("1200".to_owned()) side=DiffSide::Left/> });
    assert!(blank.contains("<mark>·"), "{blank}");
    let words = html(
        || view! { <Diff left=Some("Ana Novak".to_owned()) right=Some("Rui Barros".to_owned()) side=DiffSide::Left/> },
    );
    assert!(words.contains("<mark>Ana Novak"), "{words}");
}

#[test]
fn empty_and_absent_values_are_told_apart() {
    let absent = html(|| view! { <Diff left=None right=Some(String::new()) side=DiffSide::Left/> });
    let empty = html(|| view! { <Diff left=None right=Some(String::new()) side=DiffSide::Right/> });
    assert!(absent.contains("no value") && empty.contains(">empty<"), "{absent} {empty}");
    let alone = html(|| view! { <Diff left=Some("kept whole".to_owned()) right=None side=DiffSide::Left/> });
    assert!(alone.contains("kept whole") && !alone.contains("<mark"), "{alone}");
}

#[test]
fn runs_put_together_give_the_values_back() {
    for (left, right) in [
        ("", ""),
        ("a", ""),
        ("same", "same"),
        ("dana@oak.example", "d.ruiz@oak.example"),
        ("M.Silva@correo.example", "m.silva@corr"),
        ("aab", "ab"),
        ("0800", "800"),
        ("Zoë", "Zoe\u{308}"),
    ] {
        let (runs_left, runs_right) = diff_runs(left, right);
        let text = |runs: &[Run]| runs.iter().map(|run| run.text.as_str()).collect::<String>();
        let common =
            |runs: &[Run]| runs.iter().filter(|run| !run.differs).map(|run| run.text.as_str()).collect::<String>();
        assert_eq!(text(&runs_left), left);
        assert_eq!(text(&runs_right), right);
        assert_eq!(common(&runs_left), common(&runs_right), "{left} {right}");
        assert_eq!(left == right, !runs_left.iter().chain(&runs_right).any(|run| run.differs), "{left} {right}");
    }
}

#[test]
fn a_long_pair_is_cut_without_a_letter_by_letter_comparison() {
    let (left, right) = (format!("a{}z", "x".repeat(100_000)), format!("a{}z", "y".repeat(100_000)));
    let (runs_left, _) = diff_runs(&left, &right);
    assert_eq!(runs_left.len(), 3);
}

#[test]
fn help_and_error_are_tied_to_their_control() {
    let html = html(|| {
        view! { <TextInput name="key" label="Key" help="letters only" error=Some("is taken".to_owned()) required=true/> }
    });
    assert!(html.contains("aria-describedby=\"key-help key-error\""), "{html}");
    assert!(html.contains("id=\"key-help\"") && html.contains("id=\"key-error\""), "{html}");
    assert!(html.contains("aria-invalid=\"true\"") && html.contains("for=\"key\""), "{html}");
    let html = self::html(|| view! { <TextInput name="key" label="Key" value=NASTY/> });
    assert!(html.contains("(optional)") || html.contains(" optional"), "{html}");
    assert!(!html.contains("aria-describedby") && !html.contains("aria-invalid"), "{html}");
    is_inert(&html);
}

#[test]
fn the_chosen_value_is_chosen() {
    let choices = ["a", "b"].map(|value| Choice { value: value.to_owned(), label: value.to_uppercase() }).to_vec();
    let html = html(|| view! { <Select name="x" label="X" choices=choices value="b" none="choose"/> });
    assert!(html.contains("value=\"b\" selected"), "{html}");
    assert_eq!(html.matches("selected").count(), 1, "{html}");
}

#[test]
fn each_verdict_word_has_its_own_sign() {
    let words = ["in sync", "equal by rule", "coincident (manual)", "differs", "missing", "duplicate", "unknown"];
    let signs: std::collections::BTreeSet<&str> = words.iter().map(|word| tag::verdict_look(word).0).collect();
    assert_eq!(signs.len(), words.len());
    assert_eq!(tag::verdict_look("something new").1, Tone::Off);
}

#[test]
fn every_sign_named_in_a_page_is_in_the_sprite() {
    let sprite = include_str!("../../../../public/icons.svg");
    let mut named: Vec<String> = Vec::new();
    for source in sources(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))) {
        named.extend(icons_named(&std::fs::read_to_string(source).unwrap()));
    }
    for look in [GateLook::Pass, GateLook::Part, GateLook::Block, GateLook::Wait] {
        named.push(format!("g-{}", look.class()));
    }
    assert!(named.len() > 80, "{}", named.len());
    for name in named {
        assert!(sprite.contains(&format!("id=\"i-{name}\"")), "{name} is not in public/icons.svg");
    }
}

/// Every source file below a folder.
fn sources(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// Texts that can only be names of icons: those in an icon's place, and those that begin like a sign.
fn icons_named(source: &str) -> Vec<String> {
    let parts: Vec<&str> = source.split('"').collect();
    let letters = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let placed = |before: &str| ["icon=", "Icon name=", "Sign::Icon("].iter().any(|end| before.ends_with(end));
    let pairs = parts.windows(2).filter(|pair| letters(pair[1]));
    let names = pairs.filter(|pair| placed(pair[0]) || ["v-", "s-"].iter().any(|start| pair[1].starts_with(start)));
    names.map(|pair| pair[1].to_owned()).filter(|name| !["v-", "s-"].contains(&name.as_str())).collect()
}

#[test]
fn a_bar_adds_up_and_shows_small_parts() {
    let segment = |class, count| Segment { class, label: class.to_owned(), count };
    let segments = [segment("equal", 999_999), segment("differs", 1), segment("only-left", 0)];
    let widths = stack_bar::widths(&segments);
    assert_eq!(widths.iter().sum::<u64>(), 1000);
    assert!(widths[1] >= 9 && widths[2] == 0);
    assert_eq!(stack_bar::widths(&[segment("equal", 0)]), [0]);
    let html = html(|| view! { <StackBar segments=segments.to_vec()/> });
    assert!(!html.contains("style=") && html.contains("aria-label=\"999\u{202f}999 equal, 1 differs"), "{html}");
}

#[test]
fn times_and_numbers_read_the_same_everywhere() {
    assert_eq!(time::readable("2027-03-14", false), "14 Mar 2027");
    assert_eq!(time::readable("2026-11-23T10:32:05.123Z", false), "23 Nov 2026, 10:32");
    assert_eq!(time::readable("2026-11-23T10:32:05Z", true), "23 Nov 2026");
    assert_eq!(time::readable("soon", false), "soon");
    assert_eq!(time::readable("2026-13-01", false), "2026-13-01");
    assert_eq!(grouped(0), "0");
    assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
}

#[test]
fn initials_come_from_the_first_and_last_word() {
    assert_eq!(initials("Ana Maria Novak"), "AN");
    assert_eq!(initials("élodie"), "É");
    assert_eq!(initials("  "), "?");
}
