/* Writes the golden archives into the folder named by the first argument, with a second argument
 * "drafts" also those that are to become some.  See README.md there. */
#include "golden/drafts.h"

static int write_all(const struct golden *list, size_t n, const char *folder)
{
    for (size_t i = 0; i < n; i++) {
        struct bytes packed = list[i].make(&list[i]);
        char path[1000];
        FILE *file;

        snprintf(path, sizeof path, "%s/%s.pith", folder, list[i].name);
        file = fopen(path, "wb");
        if (!file || fwrite(packed.data, 1, packed.len, file) != packed.len || fclose(file) != 0) {
            fprintf(stderr, "make: cannot write %s\n", path);
            return 0;
        }
        free(packed.data);
    }
    printf("%zu archives\n", n);
    return 1;
}

int main(int argc, char **argv)
{
    int with_drafts = argc == 3 && strcmp(argv[2], "drafts") == 0;

    if (argc != 2 && !with_drafts) {
        fprintf(stderr, "usage: make FOLDER [drafts]\n");
        return 2;
    }
    if (!write_all(goldens, COUNT(goldens), argv[1]))
        return 1;
    return with_drafts && !write_all(drafts, COUNT(drafts), argv[1]);
}
