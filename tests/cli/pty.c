/* Runs a command with some of its streams on a terminal, and answers its questions:
 *
 *     pty STREAMS TRANSCRIPT [QUESTION ANSWER]... -- COMMAND...
 *
 * STREAMS names those that the terminal stands for: i, o, e for input, output, errors; the command
 * shares the others with us.  What comes to the terminal goes to the file TRANSCRIPT as it comes.
 * Each ANSWER is typed, with a newline, when its QUESTION has come after all that was asked before.
 * Exits as the command does, with 128 and the signal's number if one ended it; 125: our own fault;
 * 124: two minutes have passed.  script(1) cannot leave one stream alone, hence this. */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { SCREEN_CAP = 1 << 20, TIME_LIMIT = 120, OWN_FAULT = 125, TIMED_OUT = 124 };

struct screen {
    char text[SCREEN_CAP + 1];
    size_t len, asked; /* questions up to `asked` have been answered */
};

static void give_up(const char *what)
{
    fprintf(stderr, "pty: %s: %s\n", what, strerror(errno));
    exit(OWN_FAULT);
}

static void start_command(const char *streams, const char *terminal, char **command)
{
    static const char letters[] = "ioe";
    int descriptor;

    setsid(); /* the next terminal opened becomes the controlling one, whose ^C counts */
    descriptor = open(terminal, O_RDWR);
    if (descriptor < 0)
        give_up(terminal);
    ioctl(descriptor, TIOCSCTTY, 0);
    for (int stream = 0; stream <= 2; stream++)
        if (strchr(streams, letters[stream]) != NULL && dup2(descriptor, stream) < 0)
            give_up("dup2");
    if (descriptor > 2)
        close(descriptor);
    execvp(command[0], command);
    give_up(command[0]);
}

/* False: the command has closed the terminal. */
static int take_output(struct screen *screen, int master, int transcript)
{
    size_t room = SCREEN_CAP - screen->len;
    ssize_t got = read(master, screen->text + screen->len, room < 4096 ? room : 4096);

    if (got <= 0)
        return got < 0 && errno == EINTR;
    if (write(transcript, screen->text + screen->len, (size_t)got) != got)
        give_up("transcript");
    screen->len += (size_t)got;
    screen->text[screen->len] = '\0';
    return 1;
}

/* How many of the two arguments have been dealt with: 0 or 2. */
static int answer(struct screen *screen, int master, char **pair)
{
    const char *found = strstr(screen->text + screen->asked, pair[0]);
    size_t len = strlen(pair[1]);

    if (found == NULL)
        return 0;
    screen->asked = (size_t)(found - screen->text) + strlen(pair[0]);
    if (write(master, pair[1], len) != (ssize_t)len || write(master, "\n", 1) != 1)
        give_up("cannot type");
    return 2;
}

static int outcome(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            give_up("waitpid");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
    static struct screen screen;
    int master = posix_openpt(O_RDWR | O_NOCTTY), transcript, first = 3;
    time_t start = time(NULL);
    pid_t child;

    while (first < argc && strcmp(argv[first], "--") != 0)
        first += 2;
    if (first + 1 >= argc) {
        fprintf(stderr, "usage: pty STREAMS TRANSCRIPT [QUESTION ANSWER]... -- COMMAND...\n");
        return OWN_FAULT;
    }
    transcript = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (transcript < 0)
        give_up(argv[2]);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
        give_up("no pseudo-terminal");
    fcntl(master, F_SETFD, FD_CLOEXEC);
    fcntl(transcript, F_SETFD, FD_CLOEXEC);
    child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0)
        start_command(argv[1], ptsname(master), argv + first + 1);
    for (char **pair = argv + 3;;) {
        struct pollfd ready = {.fd = master, .events = POLLIN};

        if (time(NULL) - start > TIME_LIMIT) {
            kill(child, SIGKILL);
            return TIMED_OUT;
        }
        if (poll(&ready, 1, 1000) > 0 && !take_output(&screen, master, transcript))
            break;
        if (pair < argv + first)
            pair += answer(&screen, master, pair);
    }
    return outcome(child);
}
