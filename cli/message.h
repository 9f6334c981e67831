/* What the command says on stderr, and the exit codes that go with it.
 *
 * One line a fault, always "pith: path: reason", so that scripts can read it; the codes are part of
 * the interface and never renumbered. */
#ifndef PITH_CLI_MESSAGE_H
#define PITH_CLI_MESSAGE_H

#include <pith/pith.h>

#include <stdio.h>

enum code {
    CODE_DONE = 0,
    CODE_FAILED = 1,   /* usage, file or environment */
    CODE_CORRUPT = 2,  /* the data are corrupt or end too early */
    CODE_INTERNAL = 3, /* a check of our own failed: a bug or bad memory */
    CODE_CANNOT = 4    /* good data that cannot be decoded here: newer format, over the limit */
};

#if defined(__GNUC__) || defined(__clang__)
#define MESSAGE_FORMAT(at) __attribute__((format(printf, at, at + 1)))
#else
#define MESSAGE_FORMAT(at)
#endif

/* Below 0 hides notes, below -1 hides errors as well. */
void message_set_verbosity(int verbosity);
int message_verbosity(void);

/* "pith: path: text"; path may be NULL.  Returns CODE_FAILED, which most callers pass on. */
enum code message_error(const char *path, const char *format, ...) MESSAGE_FORMAT(2);

/* "pith: path: " and the text of errno. */
enum code message_errno(const char *path, const char *what, int error);

/* Names come from outside: each control character of the text becomes '?', so that it can neither
 * drive a terminal nor break a line.  In place, or to a stream. */
void message_mask(char *text);
void message_print_masked(FILE *stream, const char *text);

/* Not a fault: shown unless -q. */
void message_note(const char *path, const char *format, ...) MESSAGE_FORMAT(2);

/* Says what the library found, with the byte position where that means something, and returns the
 * exit code for it.  is_decoding decides what an exceeded memory limit counts as. */
enum code message_library(const char *path, const pith_error *error, int is_decoding);

/* A line that the next message or line replaces: progress.  "" erases it. */
void message_transient(const char *text);

/* The code of two that a user must hear of: internal, then corrupt, then cannot, then failed. */
enum code code_worse(enum code a, enum code b);

#endif
