/* An input as a whole in memory. */
#ifndef PITH_CLI_WHOLE_H
#define PITH_CLI_WHOLE_H

#include "source.h"

struct whole {
    struct source source;
    unsigned char *data; /* never NULL while open */
    size_t len;
};

/* Reads all of what is open, from where it stands.  The caller frees *data, which is never NULL on
 * success. */
enum code whole_read(unsigned char **data, size_t *len, const struct source *source);

/* Opens, reads all and leaves open what it was read from. */
enum code whole_open(struct whole *whole, const char *path, bool force);
void whole_close(struct whole *whole);

#endif
