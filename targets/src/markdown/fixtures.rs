//! The events that a rule's author wrote, with what the rule says of them.

use super::escape::{Markdown, code, fenced, inline};
use serde::Serialize;
use verdict_compiler::rule::{Expected, Fixture};
use verdict_event::Event;

#[derive(Serialize)]
pub(super) struct ShownFixtures {
    heading: &'static str,
    fixtures: Vec<ShownFixture>,
}

#[derive(Serialize)]
pub(super) struct ShownFixture {
    name: Markdown,
    expected: Option<Markdown>,
    events: Vec<Markdown>,
}

/// An event, readable.
pub(super) fn json(event: &Event) -> Markdown {
    let text = serde_json::to_string_pretty(&event.root().to_json());
    fenced("json", &text.unwrap_or_else(|_| event.to_json_line()))
}

/// Those that match, then those that do not.
pub(super) fn fixtures(fixtures: &[Fixture]) -> Vec<ShownFixtures> {
    let matching = |fixture: &&Fixture| match &fixture.expected {
        Expected::Match(matches) => *matches,
        Expected::Groups(groups) => !groups.is_empty(),
    };
    let (yes, no): (Vec<&Fixture>, Vec<&Fixture>) = fixtures.iter().partition(matching);
    [("Matches", yes), ("Does not match", no)]
        .into_iter()
        .filter(|(_, fixtures)| !fixtures.is_empty())
        .map(|(heading, fixtures)| ShownFixtures {
            heading,
            fixtures: fixtures.into_iter().map(fixture).collect(),
        })
        .collect()
}

fn fixture(fixture: &Fixture) -> ShownFixture {
    let groups = match &fixture.expected {
        Expected::Match(_) => None,
        Expected::Groups(groups) => Some(serde_json::json!(groups).to_string()),
    };
    let expected = groups.map(|groups| {
        Markdown::whole(format!(
            "Matches, as indices of the events: {}",
            code(&groups).as_str()
        ))
    });
    ShownFixture {
        name: inline(&fixture.name.value),
        expected,
        events: fixture
            .events
            .iter()
            .map(|event| json(&event.value))
            .collect(),
    }
}
