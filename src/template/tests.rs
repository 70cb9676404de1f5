//! What template authors are told, mistake by mistake, and what a render may and may not reach.

use super::*;

fn source(files: &[(&str, &str)]) -> TemplateSource {
    let files = files.iter().map(|(name, text)| TemplateFile {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    });
    TemplateSource {
        name: "letter".to_owned(),
        files: files.collect(),
    }
}

fn subject(text: &str) -> Vec<Line> {
    vec![Line {
        key: "subject",
        file: "tips.md".to_owned(),
        place: Some(Place::new(4, 10)),
        text: text.to_owned(),
    }]
}

fn check_compile(files: &[(&str, &str)], expected: &[&str]) {
    let found = Templates::compile(&source(files), subject("hi")).err().unwrap_or_default();
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{files:?}");
}

#[test]
fn a_broken_template_is_found_at_its_place() {
    check_compile(
        &[("letter.html", "<p>\n  {% if first_name %}\n hello")],
        &[
            "templates/letter.html:2:22: the template cannot be read: something that was opened is never closed\n  hint: every `{% if %}` needs its `{% endif %}`, every `{% for %}` its `{% endfor %}`, every `{{` its `}}`",
        ],
    );
    let found = Templates::compile(
        &source(&[("letter.html", "é\n{{ 1 + }}"), ("letter.txt", "{% iff x %}")]),
        subject("{{ x"),
    )
    .err()
    .unwrap_or_default();
    let places: Vec<String> = found
        .iter()
        .map(|finding| format!("{} {:?}", finding.file, finding.place.map(|place| place.line)))
        .collect();
    assert_eq!(
        places,
        [
            "templates/letter.html Some(2)",
            "templates/letter.txt Some(1)",
            "tips.md Some(4)"
        ]
    );
    assert!(
        found[2].text.starts_with("in `subject`: the template cannot be read"),
        "{}",
        found[2]
    );
}

#[test]
fn unknown_filters_and_missing_files_are_all_found_with_a_guess() {
    check_compile(
        &[
            ("letter.html", "{{ first_name | uper }}\n {% include \"fotter.html\" %}"),
            ("footer.html", ""),
        ],
        &[
            "templates/letter.html:1:17: there is no filter `uper`\n  hint: did you mean `upper`?",
            "templates/letter.html:2:13: there is no file `templates/fotter.html`\n  hint: did you mean `footer.html`?",
        ],
    );
    check_compile(
        &[("leter.html", "")],
        &["templates/letter.html: template `letter` has no file `letter.html`\n  hint: did you mean `leter.html`?"],
    );
    check_compile(
        &[
            ("letter.html", "{% include \"a.html\" %}"),
            ("a.html", "{% include \"letter.html\" %}"),
        ],
        &["templates/a.html: the file includes itself: a.html → letter.html → a.html"],
    );
}

fn check_names(files: &[(&str, &str)], line: &str, columns: &[&str], expected: &[&str]) {
    let columns = columns.iter().map(|column| (*column).to_owned()).collect();
    let templates = Templates::compile(&source(files), subject(line)).unwrap();
    let found: Vec<String> = templates.check_names(&columns).iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{files:?}");
}

#[test]
fn names_that_nobody_can_have_are_found_before_any_render() {
    check_names(
        &[
            ("letter.html", "<p>{{ first_name }}</p>\n{% include \"foot.html\" %}"),
            ("foot.html", "{{ first_nmae }} {{ first_nmae }}"),
            ("other.html", "{{ nope }}"),
        ],
        "{{ citty }}",
        &["city"],
        &[
            "templates/foot.html:1:4: no list has a column `first_nmae`, and no letter has a variable of that name\n  hint: did you mean `first_name`?",
            "tips.md:4:10: in `subject`: no list has a column `citty`, and no letter has a variable of that name\n  hint: did you mean `city`?",
        ],
    );
    check_names(
        &[(
            "letter.html",
            "{{ article.titel }}{% if article.author %}{{ article.author }}{% endif %}",
        )],
        "",
        &[],
        &["templates/letter.html:1:12: `article` has no `titel`\n  hint: did you mean `title`?"],
    );
}

#[test]
fn names_a_template_makes_or_guards_itself_are_its_own_affair() {
    let text = "{% set x = 1 %}{{ x }}{% for day in [1, 2] %}{{ day }}{{ loop.index }}{% endfor %}{{ greeting }}{{ city | upper }}";
    check_names(&[("letter.html", text)], "{{ article.title }}", &["city"], &[]);
    check_names(
        &[("letter.html", "{{ nickname | default(value=\"friend\") }}")],
        "",
        &[],
        &[
            "templates/letter.html:1:4: warning: no list has a column `nickname`, and no letter has a variable of that name\n  hint: known here: `first_name`, `last_name`, `name`, `email`, `greeting`, `article`, `clinic`, `campaign`, `look`, `words`, `unsubscribe`",
        ],
    );
}

fn check_render(text: &str, expected: Result<&str, (&str, bool)>) {
    let mut templates = Templates::compile(&source(&[("letter.html", text)]), subject("")).unwrap();
    let article = context::ArticleWords {
        title: "Calm & <well>".to_owned(),
        preheader: String::new(),
        author: None,
        language: "en".to_owned(),
        html: "<p>a</p>".to_owned(),
        text: "a".to_owned(),
        sections: String::new(),
        contents: None,
    };
    templates.promise(vec![("article", article.variable())]);
    let mut context = tera::Context::new();
    context.insert("first_name", "<b>&");
    context.insert("joined", "soon");
    let found = templates
        .render("letter.html", &context)
        .map_err(|fault| (fault.finding.to_string(), fault.personal));
    assert_eq!(
        found,
        expected
            .map(str::to_owned)
            .map_err(|(text, personal)| (text.to_owned(), personal)),
        "{text}"
    );
}

#[test]
fn html_is_escaped_and_the_articles_own_html_is_not() {
    check_render(
        "{{ first_name }} {{ article.title }} {{ article.html }}",
        Ok("&lt;b&gt;&amp; Calm &amp; &lt;well&gt; <p>a</p>"),
    );
}

#[test]
fn a_missing_value_is_an_error_that_says_whose_fault_it_is() {
    check_render(
        "<p>\n {{ city }}",
        Err((
            "templates/letter.html:2:5: `city` has no value\n  hint: fill in the column `city`, or write `{{ city | default(value=\"…\") }}` in the template",
            true,
        )),
    );
    check_render(
        "{{ article.author }}",
        Err((
            "templates/letter.html:1:12: `author` has no value here\n  hint: ask first, with `{% if article.author %}…{% endif %}`",
            false,
        )),
    );
    check_render(
        "{{ joined | date }}",
        Err((
            "templates/letter.html:1:13: `joined`: `soon` is no date such as `2026-12-31`",
            true,
        )),
    );
    check_render(
        "{{ article.title | date }}",
        Err((
            "templates/letter.html:1:20: `article.title`: `Calm & <well>` is no date such as `2026-12-31`",
            false,
        )),
    );
}

#[test]
fn templates_reach_nothing_outside() {
    for text in [
        "{{ get_env(name=\"HOME\") }}",
        "{{ now() }}",
        "{{ load_data(path=\"x\") }}",
        "{{ get_random(end=3) }}",
        "{{ x | json_encode }}",
    ] {
        assert!(
            Templates::compile(&source(&[("letter.html", text)]), Vec::new()).is_err(),
            "{text}"
        );
    }
}

#[test]
fn a_template_that_never_ends_is_stopped_at_its_line() {
    let limit = |place: &str, what: &str| {
        format!(
            "templates/letter.html:{place}: the template does too much here: {what}\n  hint: {}",
            limits::HINT
        )
    };
    let turned = "its loops have turned 10000 times";
    for (text, place, expected) in [
        (
            "<p>\n{% for a in range(end=1000) %}{% for b in range(end=1000) %}{% endfor %}{% endfor %}",
            "2:31",
            turned,
        ),
        (
            "{% for a in range(end=1001) %}{% endfor %}",
            "1:13",
            "`range` counts 1000 at most",
        ),
        (
            "{% set_global x = \"ab\" %}\n{% for a in range(end=40) %}{% set_global x = x ~ x %}{% endfor %}",
            "2:29",
            "`x` has grown too large",
        ),
        (
            "{% set a = [\"x\"] %}\n{% if article.title %}\n{% set a = [a,a,a,a] %}{% set a = [a,a,a,a] %}{% set a = [a,a,a,a] %}{% set a = [a,a,a,a] %}\n{% set a = [a,a,a,a] %}{% set a = [a,a,a,a] %} {% set a = [a,a,a,a] %}{{ a }}{% endif %}",
            "4:48",
            "`a` has grown too large",
        ),
        (
            "{% set a = {\"b\": range(end=1000)} %}{% set a = {\"b\": a, \"c\": [a, a, a, a, a]} %}\n{% set a = [a, {\"b\": a}] %}",
            "2:1",
            "`a` has grown too large",
        ),
        (
            "{% set a = range(end=999) %}{% for x in range(end=999) %}{% for y in range(end=9) %}\n{% set b = a %}{% endfor %}{% endfor %}",
            "2:1",
            "it sets long lists again and again",
        ),
        (
            "{% for a in range(end=900) -%}\n  {{ article.title | indent(width=1000, first=true) }}{{ article.title | indent(width=1000, first=true) }}{{ article.title | indent(width=1000, first=true) }}{% endfor %}",
            "1:1",
            "it makes more than 2 MB",
        ),
        (
            "{% set a = article.title | replace(from=\"\", to=article.title) %}{% set b = a | replace(from=\"\", to=a) %}\n{{ b | replace(from=\"\", to=b) }}",
            "2:8",
            "`replace` makes more than a letter holds",
        ),
    ] {
        let expected = limit(place, expected);
        check_render(text, Err((&expected, false)));
    }
}

#[test]
fn a_value_of_values_hangs_no_filter_and_no_comparison() {
    let grown = |name: &str| {
        format!(
            "{{% set {name} = [\"x\"] %}}{}",
            format!("{{% set {name} = [{name},{name},{name},{name}] %}}").repeat(9)
        )
    };
    for use_ in [
        "{{ a }}",
        "{{ a | str | length }}",
        "{{ a | join(sep=\"-\") }}",
        "{{ a | unique | length }}",
        "{% if a == b %}y{% endif %}",
    ] {
        let text = format!("{}{}{use_}", grown("a"), grown("b"));
        let templates = Templates::compile(&source(&[("letter.html", &text)]), subject("")).unwrap();
        let fault = templates.render("letter.html", &tera::Context::new()).unwrap_err();
        assert!(fault.finding.text.contains("`a` has grown too large"), "{}", fault.finding);
    }
}

#[test]
fn what_a_sound_template_prints_is_not_changed_by_the_counting() {
    check_render(
        "a {% for x in range(start=2, end=7, step_by=2) -%}  {{ x }} {%- set y = x %} {% endfor -%}  b{% set z %}c{% endset %} {{ z }}",
        Ok("a 2 4 6 b c"),
    );
    check_render(
        "{{ range(start=5, end=0, step_by=-2) | join(sep=\",\") }}|{{ range(end=3, step_by=-1) | length }}",
        Ok("5,3,1|0"),
    );
    check_render(
        "{{ \"a-b\" | replace(from=\"-\", to=\"<\") }}{{ article.html | replace(from=\"a\", to=\"<\") }}",
        Ok("a&lt;b<p>&lt;</p>"),
    );
}

#[test]
fn files_that_include_one_another_too_deep_are_found() {
    let files: Vec<(String, String)> = (0..12)
        .map(|at| (format!("p{at}.html"), format!("\n{{% include \"p{}.html\" %}}", at + 1)))
        .chain([
            ("p12.html".to_owned(), String::new()),
            ("letter.html".to_owned(), "{% include \"p0.html\" %}".to_owned()),
        ])
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    check_compile(
        &files,
        &["templates/p7.html:2:1: files include one another more than 8 deep\n  hint: put what they share into one file"],
    );
    let many = "{% include \"p.html\" %}".repeat(501);
    check_compile(
        &[("letter.html", &many), ("p.html", "")],
        &[
            "templates/letter.html:1:11001: files include one another more than 500 times\n  hint: put what they share into one file",
        ],
    );
}
