/* The handler may only touch what is below: a path in static memory and a flag that says whether it
 * is a file of ours.  It removes the file and lets the signal do its default work, so that a shell
 * sees the true cause of death. */
#include "posix.h"

#include "signals.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { PATH_CAP = 8192 };

static char guarded[PATH_CAP];
static volatile sig_atomic_t is_guarded;
static volatile sig_atomic_t is_asked;

/* A signal that was ignored when we started (nohup, SIGPIPE under some parents) stays so. */
static const int deadly[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGXCPU};

static void clean_up_and_die(int number)
{
    struct sigaction action = {.sa_handler = SIG_DFL};

    if (is_guarded)
        unlink(guarded);
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    raise(number); /* held back until this handler returns */
}

static void note_question(int number)
{
    (void)number;
    is_asked = 1;
}

void signals_install(void)
{
    struct sigaction action = {.sa_handler = clean_up_and_die}, old;

    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++)
        if (sigaction(deadly[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(deadly[i], &action, NULL);
    action.sa_handler = note_question;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, NULL);
    action.sa_handler =
        SIG_IGN; /* a file that may not grow is a failed write, told with its name */
    sigaction(SIGXFSZ, &action, NULL);
}

bool signals_guard(const char *path)
{
    size_t len = strlen(path);

    if (len >= sizeof guarded)
        return false;
    memcpy(guarded, path, len + 1);
    is_guarded = 1;
    return true;
}

void signals_release(void)
{
    is_guarded = 0;
}

bool signals_take_question(void)
{
    bool was_asked = is_asked;

    is_asked = 0;
    return was_asked;
}

void signals_die_of_pipe(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t pipe_only;

    if (is_guarded)
        unlink(guarded);
    sigemptyset(&action.sa_mask);
    sigaction(SIGPIPE, &action, NULL);
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigprocmask(SIG_UNBLOCK, &pipe_only, NULL);
    raise(SIGPIPE);
}
