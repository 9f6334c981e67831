/* Leaves no half-written file behind when a signal ends the command. */
#ifndef PITH_CLI_SIGNALS_H
#define PITH_CLI_SIGNALS_H

#include <stdbool.h>

/* Once, before any file is opened. */
void signals_install(void);

/* From now on a deadly signal removes this file first.  False: the path is too long to keep. */
bool signals_guard(const char *path);
void signals_release(void);

/* True once after each SIGUSR1: somebody asks how far things are. */
bool signals_take_question(void);

/* The reader of our output has gone: end as SIGPIPE does, even where it was ignored. */
void signals_die_of_pipe(void);

#endif
