/* Walks trees in sorted order, so that the same tree gives the same messages and the same -c output
 * on every file system.
 *
 * What is left to look at is a stack on the heap, and only one directory is open at a time: neither
 * depth nor breadth of a tree uses up descriptors or the call stack.  Directories are remembered by
 * device and inode, so one that is named twice, lies below another one named, or is mounted inside
 * itself, is walked once.  Links are never followed below a directory. */
#include "posix.h"

#include "convert.h"
#include "source.h"
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct identity {
    dev_t device;
    ino_t inode;
};

struct walker {
    const struct settings *settings;
    struct walk found;
    struct walk pending; /* directories end in '/'; the last is looked at next */
    void *seen;          /* tsearch's tree of struct identity */
    enum code code;
};

/* Takes the path over; false after telling that there is no memory. */
static bool append(struct walk *list, char *path)
{
    size_t wanted = list->cap < 64 ? 64 : list->cap * 2;
    char **larger = list->paths;

    if (path != NULL && list->n_paths == list->cap) {
        larger = wanted > SIZE_MAX / sizeof *larger ? NULL
                                                    : realloc(list->paths, wanted * sizeof *larger);
        if (larger != NULL) {
            list->paths = larger;
            list->cap = wanted;
        }
    }
    if (path == NULL || larger == NULL) {
        free(path);
        message_errno(NULL, NULL, ENOMEM);
        return false;
    }
    list->paths[list->n_paths++] = path;
    return true;
}

/* Appends directory + name + ending. */
static bool push(struct walk *list, const char *directory, const char *name, const char *ending)
{
    char *path = malloc(strlen(directory) + strlen(name) + strlen(ending) + 1);

    if (path != NULL) {
        strcpy(path, directory);
        strcat(path, name);
        strcat(path, ending);
    }
    return append(list, path);
}

void walk_free(struct walk *walk)
{
    for (size_t i = 0; i < walk->n_paths; i++)
        free(walk->paths[i]);
    free(walk->paths);
    *walk = (struct walk){.paths = NULL};
}

static int compare_identities(const void *first, const void *second)
{
    const struct identity *a = first, *b = second;

    if (a->device != b->device)
        return a->device < b->device ? -1 : 1;
    return a->inode == b->inode ? 0 : a->inode < b->inode ? -1 : 1;
}

/* Remembers a directory.  *is_new: it had not been met before.  False: no memory. */
static bool meet(struct walker *walker, const struct stat *status, bool *is_new)
{
    struct identity *own = malloc(sizeof *own);
    struct identity **node = NULL;

    if (own != NULL) {
        *own = (struct identity){.device = status->st_dev, .inode = status->st_ino};
        node = tsearch(own, &walker->seen, compare_identities);
    }
    if (node == NULL) {
        free(own);
        message_errno(NULL, NULL, ENOMEM);
        return false;
    }
    *is_new = *node == own;
    if (!*is_new)
        free(own);
    return true;
}

static void forget(struct walker *walker)
{
    while (walker->seen != NULL) {
        struct identity *root = *(struct identity **)walker->seen;

        tdelete(root, &walker->seen, compare_identities);
        free(root);
    }
}

/* Some files of a tree are not meant: told to who wants to know. */
static void say_skipped(const char *directory, const char *name, const char *why)
{
    if (message_verbosity() > 0)
        message_note(NULL, "%s%s: skipped: %s", directory, name, why);
}

static bool wants_suffix(enum command command)
{
    return command == COMMAND_DECOMPRESS || command == COMMAND_TEST || command == COMMAND_LIST;
}

/* False: no memory. */
static bool take_entry(struct walker *walker, int descriptor, const char *directory,
                       const char *name, struct walk *entries)
{
    bool wants = wants_suffix(walker->settings->command);
    struct stat status;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    if (fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        walker->code = code_worse(
            walker->code, message_error(NULL, "%s%s: %s", directory, name, strerror(errno)));
        return true;
    }
    if (S_ISDIR(status.st_mode))
        return push(entries, directory, name, "/");
    if (S_ISLNK(status.st_mode))
        say_skipped(directory, name, "is a symbolic link");
    else if (!S_ISREG(status.st_mode))
        say_skipped(directory, name, "is not a regular file");
    else if (convert_has_suffix(name, walker->settings->suffix) == wants)
        return push(entries, directory, name, "");
    else
        say_skipped(directory, name, wants ? "has another suffix" : "has the suffix already");
    return true;
}

/* Backwards, so that the first comes to lie on top of the stack. */
static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)b, *(char *const *)a);
}

/* Puts the entries of one directory, sorted, onto the stack.  False: no memory. */
static bool read_entries(struct walker *walker, DIR *stream, const char *directory)
{
    struct walk entries = {.paths = NULL};
    struct dirent *entry;
    bool is_fine = true;

    while (errno = 0, is_fine && (entry = readdir(stream)) != NULL)
        is_fine = take_entry(walker, dirfd(stream), directory, entry->d_name, &entries);
    if (is_fine && errno != 0)
        walker->code = code_worse(walker->code, message_errno(directory, "cannot read", errno));
    if (entries.n_paths > 0)
        qsort(entries.paths, entries.n_paths, sizeof *entries.paths, compare_paths);
    for (size_t i = 0; i < entries.n_paths && is_fine; i++) {
        is_fine = append(&walker->pending, entries.paths[i]);
        entries.paths[i] = NULL;
    }
    walk_free(&entries);
    return is_fine;
}

/* Opens without the final slash, which would follow a link that has taken the directory's place. */
static DIR *open_directory(char *directory, bool follow)
{
    int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW);
    size_t len = strlen(directory);
    int descriptor;
    DIR *stream;

    if (!follow)
        directory[len - 1] = '\0';
    descriptor = open(directory, flags);
    directory[len - 1] = '/';
    if (descriptor < 0)
        return NULL;
    stream = fdopendir(descriptor);
    if (stream == NULL)
        close(descriptor);
    return stream;
}

/* False: no memory. */
static bool walk_directory(struct walker *walker, char *directory, bool follow)
{
    DIR *stream = open_directory(directory, follow);
    struct stat status;
    bool is_new = false, is_fine = true;

    if (stream == NULL || fstat(dirfd(stream), &status) != 0) {
        walker->code = code_worse(walker->code, message_errno(directory, NULL, errno));
    } else {
        is_fine = meet(walker, &status, &is_new);
        if (is_new)
            is_fine = read_entries(walker, stream, directory);
        else if (is_fine)
            say_skipped(directory, "", "has been walked already");
    }
    if (stream != NULL)
        closedir(stream);
    return is_fine;
}

/* Only a name that the user gave may be a link, and only with -f, as for files. */
static bool is_directory(const char *path, bool force)
{
    struct stat status;

    return !args_means_stdin(path) && (force ? stat(path, &status) : lstat(path, &status)) == 0 &&
           S_ISDIR(status.st_mode);
}

static bool walk_named(struct walker *walker, const char *name)
{
    size_t len = strlen(name);
    bool is_fine, follow = true;

    if (!is_directory(name, walker->settings->force))
        return push(&walker->found, name, "", "");
    is_fine = push(&walker->pending, name, "", len > 0 && name[len - 1] == '/' ? "" : "/");
    while (is_fine && walker->pending.n_paths > 0) {
        char *path = walker->pending.paths[--walker->pending.n_paths];

        len = strlen(path);
        if (path[len - 1] == '/')
            is_fine = walk_directory(walker, path, follow);
        else
            is_fine = push(&walker->found, path, "", "");
        follow = false;
        free(path);
    }
    return is_fine;
}

enum code walk_collect(struct walk *walk, const struct settings *settings)
{
    struct walker walker = {.settings = settings, .code = CODE_DONE};
    bool is_fine = true;

    for (int i = 0; i < settings->n_files && is_fine; i++)
        is_fine = walk_named(&walker, settings->files[i]);
    if (is_fine && walker.found.n_paths > INT_MAX) {
        message_error(NULL, "too many files");
        is_fine = false;
    }
    if (!is_fine) {
        walker.code = CODE_FAILED;
        walk_free(&walker.found);
    }
    walk_free(&walker.pending);
    forget(&walker);
    *walk = walker.found;
    return walker.code;
}
