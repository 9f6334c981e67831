/* An input as a whole in memory. */
#ifndef PITH_CLI_WHOLE_H
#define PITH_CLI_WHOLE_H

#include "source.h"

struct whole {
    struct source source;
    unsigned char *data; /* never NULL while open */
    size_t len;
};

/* Opens, reads all and leaves open what it was read from. */
enum code whole_open(struct whole *whole, const char *path, bool force);
void whole_close(struct whole *whole);

#endif
