/* --explain --html: one page that needs nothing but itself. */
#ifndef PITH_CLI_PAGE_H
#define PITH_CLI_PAGE_H

#include "findings.h"

/* A byte takes 40 bytes of the page or so. */
enum { PAGE_MAP_MAX = 1 << 20 };

/* To settings->output, or standard output.  `source` is what it is about. */
enum code page_write(const struct findings *findings, const struct settings *settings,
                     const struct source *source);

#endif
