//! What the benchmark is asked to do; everything has a default.

pub(crate) struct Options {
    pub(crate) people: usize,
    pub(crate) connections: usize,
    pub(crate) rounds: usize,
    pub(crate) delay_ms: u64,
    /// The size of smtp-source's letter, in bytes.
    pub(crate) length: usize,
    only: Option<String>,
}

impl Options {
    pub(crate) fn of(arguments: impl Iterator<Item = String>) -> Self {
        let mut options = Self {
            people: 1000,
            connections: 10,
            rounds: 5,
            delay_ms: 30,
            length: 8192,
            only: None,
        };
        // Cargo adds `--bench`.
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        while let Some(name) = arguments.next() {
            let value = arguments.next().unwrap_or_else(|| panic!("{name} wants a value"));
            let number = || value.parse::<usize>().unwrap_or_else(|_| panic!("{name} wants a number"));
            match name.as_str() {
                "--people" => options.people = number(),
                "--connections" => options.connections = number(),
                "--rounds" => options.rounds = number().max(1),
                "--delay" => options.delay_ms = number() as u64,
                "--length" => options.length = number(),
                "--only" => options.only = Some(value),
                _ => panic!("{name} is no option: --people, --connections, --rounds, --delay, --length, --only WORDS"),
            }
        }
        options
    }

    /// Whether this sender is to be measured.
    pub(crate) fn is_wanted(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }
}
