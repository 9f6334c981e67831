/* See io.h. */
#include "posix.h"

#include "io.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* True if the call that just failed is to be made again. */
static bool try_again(int descriptor, short event)
{
    struct pollfd ready = {.fd = descriptor, .events = event};

    if (errno == EINTR)
        return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return false;
    return poll(&ready, 1, -1) >= 0 || errno == EINTR;
}

bool io_read(int descriptor, void *buffer, size_t cap, size_t *len)
{
    *len = 0;
    while (*len < cap) {
        ssize_t got = read(descriptor, (char *)buffer + *len, cap - *len);

        if (got == 0)
            break;
        if (got > 0)
            *len += (size_t)got;
        else if (!try_again(descriptor, POLLIN))
            return false;
    }
    return true;
}

bool io_write(int descriptor, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t put = write(descriptor, at, len);

        if (put >= 0) {
            at += put;
            len -= (size_t)put;
        } else if (!try_again(descriptor, POLLOUT)) {
            return false;
        }
    }
    return true;
}

int io_read_at(void *window, uint64_t offset, void *buffer, size_t len)
{
    struct io_window *from = window;
    char *at = buffer;

    from->error = 0;
    while (len > 0) {
        ssize_t got = pread(from->descriptor, at, len, (off_t)(from->start + offset));

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            from->error = got < 0 ? errno : 0;
            return -1;
        }
        at += got;
        offset += (uint64_t)got;
        len -= (size_t)got;
    }
    return 0;
}

int io_open_temporary(void)
{
    static const char name[] = "/pith.XXXXXX";
    const char *folder = getenv("TMPDIR");
    char path[4096];
    int descriptor;

    if (folder == NULL || *folder == '\0')
        folder = "/tmp";
    if (snprintf(path, sizeof path, "%s%s", folder, name) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    descriptor = mkstemp(path);
    if (descriptor >= 0)
        unlink(path);
    return descriptor;
}
