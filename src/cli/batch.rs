//! Batch: how the kernel schedules the threads of a run.
//!
//! Several threads share one run's work (composing, the journal, the conversations), and each letter goes from one to the next. Linux
//! lets a thread that wakes up push aside the one at work, usually another of ours that had just begun; as a batch, whoever is at work
//! finishes first. On two cores letters then leave faster where several are in flight (P8 in docs/performance.md has the figures), and the
//! machine's other programs, which are not pushed aside by a batch, notice less of it (sched(7)).
//!
//! Promises: touches nothing but the usual niceness and policy, so what `nice` or `chrt` made of it stays, and a kernel that refuses
//! keeps its own way.

/// Makes a batch of this thread, and of all that it will start.
pub(super) fn begin() {
    #[cfg(target_os = "linux")]
    linux::begin();
}

#[cfg(target_os = "linux")]
mod linux {
    use thread_priority::{
        NormalThreadSchedulePolicy, ThreadPriority, ThreadPriorityOsValue, ThreadSchedulePolicy, set_thread_priority_and_policy,
        thread_native_id, thread_schedule_policy,
    };

    const USUAL: ThreadSchedulePolicy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Other);
    const BATCH: ThreadSchedulePolicy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Batch);

    pub(super) fn begin() {
        // The library sets the niceness too, so only where it is the usual one.
        let is_as_usual = thread_schedule_policy().is_ok_and(|policy| policy == USUAL) && niceness() == Some(0);
        if is_as_usual {
            let usual = ThreadPriority::Os(ThreadPriorityOsValue::default());
            // Slower, and no worse.
            let _refused = set_thread_priority_and_policy(thread_native_id(), usual, BATCH);
        }
    }

    /// The 19th field of proc_pid_stat(5); the second is a name in brackets that may hold anything.
    fn niceness() -> Option<i8> {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").ok()?;
        let (_, behind_the_name) = stat.rsplit_once(')')?;
        behind_the_name.split_whitespace().nth(16)?.parse().ok()
    }
}
