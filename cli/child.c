/* See child.h. */
#include "child.h"
#include "io.h"

#include <errno.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

enum code child_start(struct child *child, child_fn work, void *result, size_t len, void *opaque)
{
    int ends[2];

    fflush(NULL);
    if (pipe(ends) != 0)
        return message_errno(NULL, "cannot make a pipe", errno);
    child->pid = fork();
    if (child->pid == 0) {
        close(ends[0]);
        work(result, opaque);
        _exit(io_write(ends[1], result, len) ? 0 : 1);
    }
    close(ends[1]);
    child->result = ends[0];
    if (child->pid > 0)
        return CODE_DONE;
    close(ends[0]);
    return message_errno(NULL, "cannot start a process", errno);
}

bool child_is_done(const struct child *child, int milliseconds)
{
    struct pollfd result = {.fd = child->result, .events = POLLIN};

    return poll(&result, 1, milliseconds) > 0;
}

bool child_end(struct child *child, void *result, size_t len, int *death)
{
    size_t got = 0;
    int status = 0;

    io_read(child->result, result, len, &got);
    close(child->result);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        ;
    *death = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return got == len;
}
