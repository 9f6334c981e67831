/* Atomic and sparse output; see output.h.  renameat2 is Linux's way to refuse an existing file and
 * rename in one step; elsewhere a look at the name just before has to do. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include "output.h"
#include "io.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HOLE_LEN = 4096, NAME_TRIES = 64 };

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Asks only somebody who can see the question and is not feeding us data. */
static bool user_agrees(const struct output *output, const struct source *source)
{
    char answer[16];
    int rest;
    bool is_yes;

    if (source->path == NULL || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO) ||
        message_verbosity() < 0)
        return false;
    message_transient("");
    fputs("pith: ", stderr);
    message_print_masked(stderr, output->path);
    fputs(": exists; overwrite (y/N)? ", stderr);
    if (fgets(answer, sizeof answer, stdin) == NULL)
        return false;
    is_yes = answer[0] == 'y' || answer[0] == 'Y';
    if (strchr(answer, '\n') == NULL)
        while ((rest = getchar()) != '\n' && rest != EOF)
            ;
    return is_yes;
}

/* The descriptor of the standard stream that this file is, -1 if it is none. */
static int standard_stream(const struct stat *file)
{
    static const int streams[] = {STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO};
    struct stat status;

    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
        if (fstat(streams[i], &status) == 0 && is_same_file(file, &status))
            return streams[i];
    return -1;
}

/* What stands under the final name decides whether we may write, and how. */
static enum code look_at_target(struct output *output, const struct source *source,
                                const struct stat *base, bool force)
{
    struct stat own, followed;
    bool is_link, leads_on;
    int stream;

    if (lstat(output->path, &own) != 0)
        return errno == ENOENT ? CODE_DONE : message_errno(output->path, NULL, errno);
    is_link = S_ISLNK(own.st_mode);
    leads_on = is_link && stat(output->path, &followed) == 0;
    if (is_same_file(leads_on ? &followed : &own, &source->status))
        return message_error(output->path, "is the input itself");
    if (base != NULL && is_same_file(leads_on ? &followed : &own, base))
        return message_error(output->path, "is the base: what is written needs it");
    if (S_ISDIR(own.st_mode) || (leads_on && S_ISDIR(followed.st_mode)))
        return message_error(output->path, "is a directory");
    if (!force && !S_ISREG(own.st_mode) && !is_link)
        return message_error(output->path, "is not a regular file: write to it with -f");
    if (!force && !user_agrees(output, source))
        return message_error(output->path, "exists: overwrite it with -f");
    output->may_replace = true;
    output->mode = own.st_mode & 0777;
    if (is_link)
        output->mode = leads_on ? followed.st_mode & 0777 : 0600;
    /* /dev/stdout and its like are links; replacing one by a file would break the system for all. */
    stream = leads_on ? standard_stream(&followed) : -1;
    if (stream == STDOUT_FILENO) {
        output->path = NULL;
        output->label = "(stdout)";
    } else if (stream >= 0 && S_ISREG(followed.st_mode)) {
        output->descriptor = fcntl(stream, F_DUPFD_CLOEXEC, 0);
        if (output->descriptor < 0)
            return message_errno(output->path, NULL, errno);
    } else if (leads_on ? !S_ISREG(followed.st_mode) : !S_ISREG(own.st_mode) && !is_link) {
        output->descriptor = open(output->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (output->descriptor < 0)
            return message_errno(output->path, NULL, errno);
    }
    return CODE_DONE;
}

static enum code open_stdout(struct output *output, const struct source *source, bool want_sparse)
{
    struct stat status;
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    off_t at;

    output->descriptor = STDOUT_FILENO;
    if (flags < 0 || fstat(STDOUT_FILENO, &status) != 0)
        return message_errno(output->label, NULL, errno);
    if (!S_ISREG(status.st_mode))
        return CODE_DONE;
    if (is_same_file(&status, &source->status))
        return message_error(source->label, "is the output as well");
    /* A hole over old bytes would show them, and O_APPEND ignores where we seek to. */
    at = lseek(STDOUT_FILENO, 0, SEEK_CUR);
    output->is_sparse = want_sparse && !(flags & O_APPEND) && at >= 0 && at >= status.st_size;
    return CODE_DONE;
}

static uint64_t next_random(uint64_t previous)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    previous ^= (uint64_t)now.tv_nsec << 20 ^ (uint64_t)now.tv_sec ^ (uint64_t)getpid() << 44;
    return previous * 0x9e3779b97f4a7c15u + 1;
}

static enum code open_temporary(struct output *output)
{
    const char *slash = strrchr(output->path, '/');
    int directory_len = slash == NULL ? 0 : (int)(slash - output->path + 1);
    size_t cap = (size_t)directory_len + 64;
    uint64_t random = 0;
    int error;

    output->temporary = malloc(cap);
    if (output->temporary == NULL)
        return message_errno(output->path, NULL, ENOMEM);
    for (unsigned i = 0; i < NAME_TRIES; i++) {
        random = next_random(random);
        snprintf(output->temporary, cap, "%.*s.pith-%ld-%08" PRIx64 ".tmp", directory_len,
                 output->path, (long)getpid(), random >> 32);
        if (!signals_guard(output->temporary)) {
            errno = ENAMETOOLONG;
            break;
        }
        output->descriptor =
            open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (output->descriptor >= 0)
            return CODE_DONE;
        if (errno != EEXIST)
            break;
    }
    error = errno;
    signals_release();
    free(output->temporary);
    output->temporary = NULL;
    return message_errno(output->path, "cannot write a new file in its directory", error);
}

enum code output_open(struct output *output, const char *path, const struct source *source,
                      const struct settings *settings, bool want_sparse)
{
    mode_t mask = umask(0);
    enum code code = CODE_DONE;

    umask(mask);
    *output = (struct output){.path = path,
                              .label = path == NULL ? "(stdout)" : path,
                              .descriptor = -1,
                              .may_replace = settings->force,
                              .mode = 0666 & ~mask};
    if (path != NULL)
        code = look_at_target(output, source, settings->base_file, settings->force);
    if (code != CODE_DONE || output->descriptor >= 0)
        return code;
    if (output->path == NULL)
        return open_stdout(output, source, want_sparse);
    output->is_sparse = want_sparse;
    return open_temporary(output);
}

static bool is_zero(const char *data, size_t len)
{
    return data[0] == 0 && memcmp(data, data + 1, len - 1) == 0;
}

/* Bytes up to the next multiple of HOLE_LEN in the output, or up to len. */
static size_t block_at(uint64_t position, size_t len)
{
    size_t block = HOLE_LEN - (size_t)(position % HOLE_LEN);

    return block < len ? block : len;
}

static bool skip_hole(struct output *output, uint64_t len)
{
    if (len > 0 && lseek(output->descriptor, (off_t)len, SEEK_CUR) < 0)
        return false;
    output->hole_len -= len;
    return true;
}

static bool write_sparsely(struct output *output, const char *data, size_t len)
{
    while (len > 0) {
        size_t run = 0, block = block_at(output->len, len);

        if (is_zero(data, block)) {
            output->hole_len += block;
            run = block;
        } else {
            do {
                run += block;
                block = block_at(output->len + run, len - run);
            } while (run < len && !is_zero(data + run, block));
            if (!skip_hole(output, output->hole_len) || !io_write(output->descriptor, data, run))
                return false;
        }
        output->len += run;
        data += run;
        len -= run;
    }
    return true;
}

static enum code write_failed(const struct output *output)
{
    if (errno == EPIPE)
        signals_die_of_pipe();
    return message_errno(output->label, "cannot write", errno);
}

enum code output_write(struct output *output, const void *data, size_t len)
{
    if (output->is_sparse)
        return write_sparsely(output, data, len) ? CODE_DONE : write_failed(output);
    if (!io_write(output->descriptor, data, len))
        return write_failed(output);
    output->len += len;
    return CODE_DONE;
}

enum code output_skip(struct output *output, uint64_t len)
{
    static const char zeros[1 << 14];
    enum code code = CODE_DONE;

    if (output->is_sparse) {
        output->hole_len += len;
        output->len += len;
        return CODE_DONE;
    }
    while (len > 0 && code == CODE_DONE) {
        size_t n = len < sizeof zeros ? (size_t)len : sizeof zeros;

        code = output_write(output, zeros, n);
        len -= n;
    }
    return code;
}

/* A hole at the end needs its last byte written for the file to have its length. */
static enum code end_hole(struct output *output)
{
    if (output->hole_len == 0)
        return CODE_DONE;
    if (!skip_hole(output, output->hole_len - 1) || !io_write(output->descriptor, "", 1))
        return write_failed(output);
    output->hole_len = 0;
    return CODE_DONE;
}

/* Only root can give files away; whoever cannot must not open the file to another group instead. */
static enum code copy_metadata(const struct output *output, const struct source *source)
{
    struct timespec times[2] = {source->status.st_atim, source->status.st_mtim};
    mode_t mode = source->status.st_mode & 0777;
    bool has_source = source->path != NULL && S_ISREG(source->status.st_mode);

    if (!has_source)
        mode = output->mode;
    if (has_source && fchown(output->descriptor, (uid_t)-1, source->status.st_gid) != 0)
        mode &= (mode_t)(0707 | (mode & 07) << 3);
    if (has_source && geteuid() == 0 &&
        fchown(output->descriptor, source->status.st_uid, (gid_t)-1) != 0)
        mode &= 0700; /* no owners on this file system: then it is nobody else's */
    if (fchmod(output->descriptor, mode) != 0)
        return message_errno(output->path, "cannot set its permissions", errno);
    if (has_source && futimens(output->descriptor, times) != 0)
        return message_errno(output->path, "cannot set its times", errno);
    return CODE_DONE;
}

static bool give_name(const struct output *output)
{
    struct stat status;

    if (output->may_replace)
        return rename(output->temporary, output->path) == 0;
#ifdef RENAME_NOREPLACE
    if (renameat2(AT_FDCWD, output->temporary, AT_FDCWD, output->path, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
#endif
    if (lstat(output->path, &status) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(output->temporary, output->path) == 0;
}

/* Makes the new name itself durable.  Some file systems cannot: then it is as durable as they go. */
static void sync_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash == NULL ? strdup(".") : strdup(path);
    int descriptor;

    if (directory == NULL)
        return;
    if (slash != NULL)
        directory[slash == path ? 1 : slash - path] = '\0';
    descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
    free(directory);
}

enum code output_commit(struct output *output, const struct source *source, bool is_durable)
{
    enum code code = end_hole(output);
    int descriptor = output->descriptor;

    if (code != CODE_DONE || output->path == NULL)
        return code;
    if (output->temporary != NULL)
        code = copy_metadata(output, source);
    if (code == CODE_DONE && output->temporary != NULL && is_durable && fsync(descriptor) != 0)
        code = message_errno(output->path, "cannot bring it to the disk", errno);
    output->descriptor = -1;
    if (close(descriptor) != 0 && code == CODE_DONE)
        code = message_errno(output->path, "cannot write", errno);
    if (code != CODE_DONE || output->temporary == NULL)
        return code;
    if (!give_name(output))
        return message_errno(output->path, "cannot give the new file its name", errno);
    signals_release();
    free(output->temporary);
    output->temporary = NULL;
    if (is_durable)
        sync_directory(output->path);
    return CODE_DONE;
}

void output_discard(struct output *output)
{
    if (output->descriptor >= 0 && output->path == NULL)
        end_hole(output); /* what has left is right, so let all of it arrive */
    if (output->descriptor >= 0 && output->path != NULL)
        close(output->descriptor);
    output->descriptor = -1;
    if (output->temporary != NULL) {
        unlink(output->temporary);
        signals_release();
        free(output->temporary);
        output->temporary = NULL;
    }
}

bool output_is_file(const struct output *output)
{
    return output->temporary != NULL;
}
