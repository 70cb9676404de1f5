//! The `tidings` program: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    tidings::cli::main(std::env::args_os())
}
