/* Loaded into a program before the C library: its disk takes as long as TIDINGS_BENCH_COMMIT_US says, and keeps nothing for good.
   For the benchmark alone: what 0 saves is what durability costs; other values show what a faster or a slower disk would do. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

static int commit(void) {
    static _Thread_local int is_exact;
    const char *words = getenv("TIDINGS_BENCH_COMMIT_US");
    long microseconds = words ? atol(words) : 0;
    if (microseconds <= 0) return 0;
    if (!is_exact) { prctl(PR_SET_TIMERSLACK, 1UL); is_exact = 1; }
    struct timespec rest = { microseconds / 1000000, microseconds % 1000000 * 1000 };
    while (nanosleep(&rest, &rest) != 0) {}
    return 0;
}

int fsync(int file) { (void)file; return commit(); }
int fdatasync(int file) { (void)file; return commit(); }
