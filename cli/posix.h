/* Asks the C library for POSIX.1-2008 and for 64-bit file offsets on every machine.
 *
 * Included before anything else by the files that make system calls; a build that sets the macros
 * itself wins. */
#ifndef PITH_CLI_POSIX_H
#define PITH_CLI_POSIX_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif

#endif
