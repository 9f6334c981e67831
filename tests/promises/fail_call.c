/* Loaded before libc (LD_PRELOAD): makes one call that a program makes fail, or do half of its work.
 *
 *   PITH_FAIL_CALL   which: open openat read pread write fsync fstat lstat stat lseek fchmod fchown
 *                    futimens rename renameat2 close unlink malloc
 *   PITH_FAIL_AT     the how-many-th of these calls, from 1
 *   PITH_FAIL_WITH   the errno to fail with; 0: read or write at most one byte
 *   PITH_FAIL_MARK   a file that is made when it happens, so that the test knows
 *
 * Only calls that the program itself and its libraries make through the dynamic linker are seen, not
 * those inside libc; malloc is seen everywhere.  A close that fails has closed, as on Linux. */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wpedantic" /* functions as data: what dlsym is for */

static const char *fail_call, *fail_mark;
static unsigned long fail_at;
static int fail_with, is_ready;
static atomic_ulong n_calls;

__attribute__((constructor)) static void read_environment(void)
{
    const char *at = getenv("PITH_FAIL_AT"), *with = getenv("PITH_FAIL_WITH");

    fail_call = getenv("PITH_FAIL_CALL");
    fail_mark = getenv("PITH_FAIL_MARK");
    fail_at = at ? strtoul(at, NULL, 10) : 0;
    fail_with = with ? atoi(with) : 0;
    is_ready = fail_call && fail_mark;
}

/* Whether this call is the one. */
static int is_due(const char *name)
{
    long descriptor;

    if (!is_ready || strcmp(name, fail_call) != 0 || atomic_fetch_add(&n_calls, 1) + 1 != fail_at)
        return 0;
    descriptor = syscall(SYS_openat, AT_FDCWD, fail_mark, O_WRONLY | O_CREAT, 0600);
    syscall(SYS_close, descriptor);
    errno = fail_with;
    return 1;
}

#define NEXT(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

/* A call with a fixed list of arguments that returns -1 on failure; `symbol` is what libc calls it. */
#define FAILING(symbol, name, parameters, arguments) \
    int symbol parameters;                           \
    int symbol parameters                            \
    {                                                \
        int(*next) parameters;                       \
                                                     \
        if (is_due(#name))                           \
            return -1;                               \
        *(void **)&next = dlsym(RTLD_NEXT, #symbol); \
        return next arguments;                       \
    }

FAILING(fsync, fsync, (int descriptor), (descriptor))
FAILING(fchmod, fchmod, (int descriptor, mode_t mode), (descriptor, mode))
FAILING(fchown, fchown, (int descriptor, uid_t user, gid_t group), (descriptor, user, group))
FAILING(futimens, futimens, (int descriptor, const struct timespec times[2]), (descriptor, times))
FAILING(rename, rename, (const char *from, const char *to), (from, to))
FAILING(renameat2, renameat2,
        (int from_folder, const char *from, int to_folder, const char *to, unsigned flags),
        (from_folder, from, to_folder, to, flags))
FAILING(unlink, unlink, (const char *path), (path))
FAILING(fstat, fstat, (int descriptor, struct stat *status), (descriptor, status))
FAILING(fstat64, fstat, (int descriptor, struct stat64 *status), (descriptor, status))
FAILING(lstat, lstat, (const char *path, struct stat *status), (path, status))
FAILING(lstat64, lstat, (const char *path, struct stat64 *status), (path, status))
FAILING(stat, stat, (const char *path, struct stat *status), (path, status))
FAILING(stat64, stat, (const char *path, struct stat64 *status), (path, status))

int close(int descriptor)
{
    if (is_due("close")) {
        syscall(SYS_close, descriptor);
        errno = fail_with;
        return -1;
    }
    return NEXT(close)(descriptor);
}

off_t lseek(int descriptor, off_t offset, int from)
{
    return is_due("lseek") ? -1 : NEXT(lseek)(descriptor, offset, from);
}

off64_t lseek64(int descriptor, off64_t offset, int from)
{
    return is_due("lseek") ? -1 : NEXT(lseek64)(descriptor, offset, from);
}

/* The length for a call that is to be short; 0: it fails. */
static size_t short_len(size_t len)
{
    return fail_with == 0 && len > 1 ? 1 : fail_with == 0 ? len : 0;
}

ssize_t read(int descriptor, void *buffer, size_t len)
{
    if (is_due("read") && !(len = short_len(len)))
        return -1;
    return NEXT(read)(descriptor, buffer, len);
}

ssize_t write(int descriptor, const void *data, size_t len)
{
    if (is_due("write") && !(len = short_len(len)))
        return -1;
    return NEXT(write)(descriptor, data, len);
}

ssize_t pread(int descriptor, void *buffer, size_t len, off_t offset)
{
    if (is_due("pread") && !(len = short_len(len)))
        return -1;
    return NEXT(pread)(descriptor, buffer, len, offset);
}

ssize_t pread64(int descriptor, void *buffer, size_t len, off64_t offset)
{
    if (is_due("pread") && !(len = short_len(len)))
        return -1;
    return NEXT(pread64)(descriptor, buffer, len, offset);
}

static mode_t mode_argument(int flags, va_list arguments)
{
    return flags & O_CREAT ? (mode_t)va_arg(arguments, unsigned) : 0;
}

#define OPENING(symbol, name, before, parameters)        \
    int symbol parameters                                \
    {                                                    \
        va_list arguments;                               \
        mode_t mode;                                     \
                                                         \
        va_start(arguments, flags);                      \
        mode = mode_argument(flags, arguments);          \
        va_end(arguments);                               \
        return is_due(#name) ? -1 : NEXT(symbol) before; \
    }

OPENING(open, open, (path, flags, mode), (const char *path, int flags, ...))
OPENING(open64, open, (path, flags, mode), (const char *path, int flags, ...))
OPENING(openat, openat, (folder, path, flags, mode), (int folder, const char *path, int flags, ...))
OPENING(openat64, openat, (folder, path, flags, mode),
        (int folder, const char *path, int flags, ...))

/* dlsym may allocate, so these go to glibc's own names. */
extern void *__libc_malloc(size_t len);
extern void *__libc_calloc(size_t n, size_t len);
extern void *__libc_realloc(void *memory, size_t len);
extern void *__libc_memalign(size_t alignment, size_t len);

void *malloc(size_t len)
{
    return is_due("malloc") ? NULL : __libc_malloc(len);
}

void *calloc(size_t n, size_t len)
{
    return is_due("malloc") ? NULL : __libc_calloc(n, len);
}

void *realloc(void *memory, size_t len)
{
    return is_due("malloc") ? NULL : __libc_realloc(memory, len);
}

int posix_memalign(void **memory, size_t alignment, size_t len)
{
    if (is_due("malloc"))
        return ENOMEM;
    *memory = __libc_memalign(alignment, len);
    return *memory ? 0 : ENOMEM;
}
