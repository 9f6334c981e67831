/* Opens inputs.  The kind of file is looked at before opening, since merely opening a fifo waits and
 * opening a device may act, and again after, since the name may have changed hands between. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static enum code check_kind(const struct source *source, mode_t mode, bool force)
{
    if (S_ISDIR(mode))
        return message_error(source->label, "is a directory%s",
                             source->path == NULL ? "" : ": take the files below it with -r");
    if (S_ISLNK(mode) && !force)
        return message_error(source->label, "is a symbolic link: follow it with -f");
    if (!S_ISREG(mode) && !S_ISLNK(mode) && !force)
        return message_error(source->label, "is not a regular file: read it with -f");
    return CODE_DONE;
}

static enum code open_named(struct source *source, const char *path, bool force)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (force ? 0 : O_NOFOLLOW | O_NONBLOCK);
    enum code code;

    if (lstat(path, &source->status) != 0)
        return message_errno(path, NULL, errno);
    code = check_kind(source, source->status.st_mode, force);
    if (code != CODE_DONE)
        return code;
    source->descriptor = open(path, flags);
    if (source->descriptor < 0)
        return message_errno(path, NULL, errno);
    return CODE_DONE;
}

enum code source_open(struct source *source, const char *path, bool force)
{
    enum code code = CODE_DONE;
    off_t at = 0;

    *source = (struct source){.label = path, .path = path};
    if (args_means_stdin(path)) {
        source->path = NULL;
        source->label = "(stdin)";
        source->descriptor = STDIN_FILENO;
    } else {
        code = open_named(source, path, force);
        if (code != CODE_DONE)
            return code;
    }
    if (fstat(source->descriptor, &source->status) != 0)
        code = message_errno(source->label, NULL, errno);
    else /* a pipe is what standard input is for */
        code = check_kind(source, source->status.st_mode, force || source->path == NULL);
    if (code == CODE_DONE && S_ISREG(source->status.st_mode)) {
        at = lseek(source->descriptor, 0, SEEK_CUR);
        if (at < 0)
            code = message_errno(source->label, "cannot tell where it is read", errno);
    }
    if (code != CODE_DONE) {
        source_close(source);
        return code;
    }
    if (S_ISREG(source->status.st_mode) && at <= source->status.st_size) {
        source->start = (uint64_t)at;
        source->len = (uint64_t)(source->status.st_size - at);
    }
    return CODE_DONE;
}

void source_close(struct source *source)
{
    if (source->path != NULL && source->descriptor >= 0)
        close(source->descriptor);
    source->descriptor = -1;
}

/* Who wrote to it after it was opened may have come behind the part that was read. */
static bool has_changed(const struct stat *then, const struct stat *now)
{
    return S_ISREG(then->st_mode) &&
           (then->st_size != now->st_size || then->st_mtim.tv_sec != now->st_mtim.tv_sec ||
            then->st_mtim.tv_nsec != now->st_mtim.tv_nsec);
}

bool source_has_changed(const struct source *source)
{
    struct stat now;

    return fstat(source->descriptor, &now) == 0 && has_changed(&source->status, &now);
}

enum code source_remove(const struct source *source)
{
    struct stat now;

    if (stat(source->path, &now) != 0)
        return message_errno(source->path, "not removed", errno);
    if (now.st_dev != source->status.st_dev || now.st_ino != source->status.st_ino)
        return message_error(source->path, "not removed: it is another file by now");
    if (has_changed(&source->status, &now))
        return message_error(source->path, "not removed: it was changed while it was read");
    if (unlink(source->path) != 0)
        return message_errno(source->path, "not removed", errno);
    return CODE_DONE;
}
