/* Writes the golden archives into the folder named by the first argument.  The second names the prior, which
 * is copied, or made if there is none.  See README.md there. */
#include "golden/based.h"
#include "golden/primed.h"

static const char *folder;

static void put(const char *name, struct bytes bytes)
{
    char path[1000];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s.pith", folder, name);
    file = fopen(path, "wb");
    if (!file || fwrite(bytes.data, 1, bytes.len, file) != bytes.len || fclose(file) != 0) {
        fprintf(stderr, "make: cannot write %s\n", path);
        exit(1);
    }
}

static struct bytes get_prior(const char *path)
{
    static uint8_t buffer[PRIMED_PRIOR_CAP];
    struct bytes bytes = {NULL, 0};
    FILE *file = fopen(path, "rb");

    if (!file)
        return make_primed_prior();
    append(&bytes, buffer, fread(buffer, 1, sizeof buffer, file));
    fclose(file);
    return bytes;
}

int main(int argc, char **argv)
{
    struct bytes prior_bytes;
    pith_prior *prior;

    if (argc != 3) {
        fprintf(stderr, "usage: make FOLDER PRIOR\n");
        return 2;
    }
    folder = argv[1];
    for (size_t i = 0; i < COUNT(goldens); i++) {
        struct bytes packed = goldens[i].make(&goldens[i]);

        put(goldens[i].name, packed);
        free(packed.data);
    }
    for (size_t i = 0; i < COUNT(based_goldens); i++) {
        struct bytes packed = make_based(&based_goldens[i]);

        put(based_goldens[i].name, packed);
        free(packed.data);
    }
    prior_bytes = get_prior(argv[2]);
    prior = open_primed_prior(prior_bytes);
    put(PRIMED_PRIOR, prior_bytes);
    for (size_t i = 0; i < COUNT(primed_goldens); i++) {
        struct bytes packed = make_primed(&primed_goldens[i], prior_bytes, prior);

        put(primed_goldens[i].name, packed);
        free(packed.data);
    }
    pith_prior_close(prior);
    free(prior_bytes.data);
    printf("%zu archives, and a prior\n",
           COUNT(goldens) + COUNT(based_goldens) + COUNT(primed_goldens));
    return 0;
}
