/* Preloaded into the command: hashes of long data never come out the same twice, as with a broken
 * processor or memory.  So the encoder's own check must fail. */
#include <stddef.h>
#include <stdint.h>

uint64_t XXH3_64bits(const void *data, size_t len);

uint64_t XXH3_64bits(const void *data, size_t len)
{
    static uint64_t n;
    const unsigned char *bytes = data;
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ bytes[i]) * 1099511628211u;
    return len < 1000 ? hash : hash + ++n;
}
