/* Writes the golden archives into the folder named by the argument.  See README.md there. */
#include "golden/golden.h"

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make FOLDER\n");
        return 2;
    }
    for (size_t i = 0; i < COUNT(goldens); i++) {
        struct bytes packed = goldens[i].make(&goldens[i]);
        char path[1000];
        FILE *file;

        snprintf(path, sizeof path, "%s/%s.pith", argv[1], goldens[i].name);
        file = fopen(path, "wb");
        if (!file || fwrite(packed.data, 1, packed.len, file) != packed.len || fclose(file) != 0) {
            fprintf(stderr, "make: cannot write %s\n", path);
            return 1;
        }
        free(packed.data);
    }
    printf("%zu archives\n", COUNT(goldens));
    return 0;
}
