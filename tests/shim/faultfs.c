/* faultfs: makes file operations fail below a program, to see whether it loses anything.
 *
 *   cc -shared -fPIC -O2 -o libfaultfs.so faultfs.c -ldl -pthread
 *   LD_PRELOAD=./libfaultfs.so ERGON_FAULT_EVERY=7 ERGON_FAULT_PATH=demo.ergon ergon run …
 *
 * ERGON_FAULT_EVERY=k      each k-th operation that matches fails; unset or 0: none does
 * ERGON_FAULT_OPS=LIST     which count: write,fsync,rename,truncate (default: all four)
 * ERGON_FAULT_ERRNO=NAME   ENOSPC (default), EIO, EDQUOT or EROFS
 * ERGON_FAULT_PATH=TEXT    only files whose path contains TEXT (default: every regular file)
 * ERGON_FAULT_AFTER=n      the first n matching operations are let through and not counted
 * ERGON_FAULT_LIMIT=n      at most n failures in a process (1 with EVERY=k: exactly the k-th fails)
 * ERGON_FAULT_SEED=s       not each k-th, but each with probability 1/k, drawn from s and the operation's number; for
 *                          programs that try again: a regular beat can hit the same step of each try for ever
 * ERGON_FAULT_TORN=1       a write that fails leaves its first half in the file, as a torn page does
 * ERGON_FAULT_LOG=FILE     appends a line for each failure: number, operation, path; and one at the start of a
 *                          process, so that a test can tell "nothing failed" from "the shim wasn't loaded"
 *
 * Every process counts for itself; children inherit the shim. What goes through mmap (SQLite's -shm file) can't be
 * seen from here, nor what a statically linked program does. A failing fsync has not synced; a failing rename has not
 * renamed. Linux and glibc (or another libc with versioned or plain dlsym(RTLD_NEXT)).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OP_WRITE = 1, OP_FSYNC = 2, OP_RENAME = 4, OP_TRUNCATE = 8 };

static struct {
    unsigned long every, after, limit, seed;
    unsigned ops;
    int error, seeded, torn;
    char path[PATH_MAX], log[PATH_MAX];
} config;

static atomic_ulong matched, failed;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static unsigned long number(const char *name, unsigned long otherwise) {
    const char *text = getenv(name);
    return text && *text ? strtoul(text, NULL, 10) : otherwise;
}

static unsigned operations(const char *list) {
    if (!list || !*list) return OP_WRITE | OP_FSYNC | OP_RENAME | OP_TRUNCATE;
    return (strstr(list, "write") ? OP_WRITE : 0) | (strstr(list, "fsync") ? OP_FSYNC : 0) |
           (strstr(list, "rename") ? OP_RENAME : 0) | (strstr(list, "truncate") ? OP_TRUNCATE : 0);
}

static int error_named(const char *name) {
    if (name && !strcmp(name, "EIO")) return EIO;
    if (name && !strcmp(name, "EDQUOT")) return EDQUOT;
    if (name && !strcmp(name, "EROFS")) return EROFS;
    return ENOSPC;
}

/* By system call: our own wrappers must not see it. */
static void note(const char *line, int length) {
    if (!*config.log || length <= 0) return;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, config.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) return;
    syscall(SYS_write, fd, line, (size_t)length);
    syscall(SYS_close, fd);
}

static void configure(void) {
    /* Copied: a program may change its environment while other threads write files. */
    const char *path = getenv("ERGON_FAULT_PATH"), *log = getenv("ERGON_FAULT_LOG"), *seed = getenv("ERGON_FAULT_SEED");
    snprintf(config.path, sizeof config.path, "%s", path ? path : "");
    snprintf(config.log, sizeof config.log, "%s", log ? log : "");
    config.every = number("ERGON_FAULT_EVERY", 0);
    config.after = number("ERGON_FAULT_AFTER", 0);
    config.limit = number("ERGON_FAULT_LIMIT", ULONG_MAX);
    config.seed = number("ERGON_FAULT_SEED", 0);
    config.seeded = seed && *seed;
    config.torn = number("ERGON_FAULT_TORN", 0) != 0;
    config.ops = operations(getenv("ERGON_FAULT_OPS"));
    config.error = error_named(getenv("ERGON_FAULT_ERRNO"));
    char line[128];
    note(line, snprintf(line, sizeof line, "start pid=%d every=%lu\n", (int)getpid(), config.every));
}

__attribute__((constructor)) static void at_load(void) { pthread_once(&once, configure); }

/* SplitMix64's finaliser: one well-mixed number for each operation. */
static uint64_t mixed(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* Whether this operation on this path is one that fails. Leaves errno set when it is, as it was when it isn't. */
static int strikes(const char *name, const char *path) {
    if (*config.path && !strstr(path, config.path)) return 0;
    unsigned long n = atomic_fetch_add(&matched, 1) + 1;
    if (n <= config.after) return 0;
    n -= config.after;
    uint64_t draw = config.seeded ? mixed(config.seed * 0x100000001b3u + n) : n;
    if (draw % config.every != 0) return 0;
    if (atomic_fetch_add(&failed, 1) >= config.limit) return 0;
    char line[2 * PATH_MAX + 64];
    note(line, snprintf(line, sizeof line, "%lu %s %s\n", n, name, path));
    errno = config.error;
    return 1;
}

static int counts(unsigned op) {
    pthread_once(&once, configure);
    return config.every != 0 && (config.ops & op);
}

static int strikes_fd(unsigned op, const char *name, int fd) {
    if (!counts(op)) return 0;
    int before = errno;
    struct stat status;
    char link[64], path[PATH_MAX];
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        errno = before;
        return 0;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length < 0) return 0;
    path[length] = 0;
    return strikes(name, path);
}

/* A rename matches by either of its ends. */
static int strikes_rename(const char *from, const char *to) {
    if (!counts(OP_RENAME)) return 0;
    char both[2 * PATH_MAX + 8];
    snprintf(both, sizeof both, "%s -> %s", from ? from : "", to ? to : "");
    return strikes("rename", both);
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
    if (!real) { errno = ENOSYS; return -1; }

/* The failing half of a write: what a torn one leaves behind. errno stays the fault's. */
#define TORN(size, ...) \
    if (config.torn && (size) > 1) { int fault = errno; if (real(__VA_ARGS__) < 0) {} errno = fault; }

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write)
    if (!strikes_fd(OP_WRITE, "write", fd)) return real(fd, data, size);
    TORN(size, fd, data, size / 2)
    return -1;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL(pwrite)
    if (!strikes_fd(OP_WRITE, "pwrite", fd)) return real(fd, data, size, at);
    TORN(size, fd, data, size / 2, at)
    return -1;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL(pwrite64)
    if (!strikes_fd(OP_WRITE, "pwrite", fd)) return real(fd, data, size, at);
    TORN(size, fd, data, size / 2, at)
    return -1;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev)
    return strikes_fd(OP_WRITE, "writev", fd) ? -1 : real(fd, parts, count);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
    REAL(pwritev)
    return strikes_fd(OP_WRITE, "pwritev", fd) ? -1 : real(fd, parts, count, at);
}

int fsync(int fd) {
    REAL(fsync)
    return strikes_fd(OP_FSYNC, "fsync", fd) ? -1 : real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync)
    return strikes_fd(OP_FSYNC, "fdatasync", fd) ? -1 : real(fd);
}

int ftruncate(int fd, off_t size) {
    REAL(ftruncate)
    return strikes_fd(OP_TRUNCATE, "ftruncate", fd) ? -1 : real(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64)
    return strikes_fd(OP_TRUNCATE, "ftruncate", fd) ? -1 : real(fd, size);
}

int rename(const char *from, const char *to) {
    REAL(rename)
    return strikes_rename(from, to) ? -1 : real(from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    REAL(renameat)
    return strikes_rename(from, to) ? -1 : real(from_folder, from, to_folder, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    REAL(renameat2)
    return strikes_rename(from, to) ? -1 : real(from_folder, from, to_folder, to, flags);
}
