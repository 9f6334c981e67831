/* See tensors.h. */
#include "posix.h"

#include "tensors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct search {
    const char *name;
    size_t name_len;
    uint64_t offset, len;
    bool is_found;
};

/* pith_tensor_fn; the first of that name. */
static int look_at(void *opaque, const pith_tensor_info *tensor)
{
    struct search *search = opaque;

    if (search->is_found || tensor->name_len != search->name_len ||
        memcmp(tensor->name, search->name, search->name_len) != 0)
        return 0;
    search->offset = tensor->offset;
    search->len = tensor->len;
    search->is_found = true;
    return 0;
}

enum code tensors_find(uint64_t *offset, uint64_t *len, pith_reader *reader, const char *name,
                       const char *label)
{
    struct search search = {.name = name, .name_len = strlen(name)};
    uint64_t raw_len = pith_reader_raw_len(reader);
    pith_error error = {.status = PITH_OK};

    error.status = pith_reader_tensors(reader, look_at, &search, &error);
    if (error.status == PITH_E_FORMAT)
        return message_error(label, "--tensor: what it holds is no file of tensors");
    if (error.status != PITH_OK)
        return message_library(label, &error, 1);
    if (!search.is_found)
        return message_error(label, "there is no tensor '%s': pith -lv lists them", name);
    if (search.len == 0) /* wherever it is said to be */
        search.offset = 0;
    if (search.offset > raw_len || search.len > raw_len - search.offset) {
        message_error(label, "the content ends within tensor '%s'", name);
        return CODE_CORRUPT;
    }
    *offset = search.offset;
    *len = search.len;
    return CODE_DONE;
}

static void print_name(const pith_tensor_info *tensor)
{
    char *name = malloc(tensor->name_len + 1);

    if (name == NULL)
        return;
    memcpy(name, tensor->name, tensor->name_len);
    name[tensor->name_len] = '\0';
    message_print_masked(stdout, name);
    free(name);
}

struct rows {
    struct json *json; /* NULL: a table */
    uint64_t n;
};

/* pith_tensor_fn */
static int print_tensor(void *opaque, const pith_tensor_info *tensor)
{
    struct rows *rows = opaque;
    unsigned n = tensor->n_dims < PITH_TENSOR_DIMS_MAX ? tensor->n_dims : PITH_TENSOR_DIMS_MAX;
    char shape[PITH_TENSOR_DIMS_MAX * 22 + 4] = "[";

    if (rows->n++ == 0)
        printf("%14s %12s %12s %8s  %s\n", "Raw at", "Raw", "Packed, about", "Type",
               "Shape, tensor");
    for (unsigned k = 0; k < n; k++)
        sprintf(shape + strlen(shape), "%s%" PRIu64, k > 0 ? "," : "", tensor->dims[k]);
    printf("%14" PRIu64 " %12" PRIu64 " %12" PRIu64 " %8s  %s%s ", tensor->offset, tensor->len,
           tensor->packed_len, tensor->dtype, shape, tensor->n_dims > n ? ",...]" : "]");
    print_name(tensor);
    putchar('\n');
    return 0;
}

/* pith_tensor_fn */
static int write_tensor(void *opaque, const pith_tensor_info *tensor)
{
    struct rows *rows = opaque;
    struct json *json = rows->json;
    char *name = malloc(tensor->name_len + 1);

    if (name == NULL)
        return 1;
    memcpy(name, tensor->name, tensor->name_len);
    name[tensor->name_len] = '\0';
    json_open_object(json, NULL);
    json_text(json, "name", name);
    json_text(json, "dtype", tensor->dtype);
    json_open_array(json, "shape");
    for (unsigned k = 0; k < tensor->n_dims && k < PITH_TENSOR_DIMS_MAX; k++)
        json_uint(json, NULL, tensor->dims[k]);
    json_close(json);
    json_uint(json, "raw_offset", tensor->offset);
    json_uint(json, "raw_bytes", tensor->len);
    json_uint(json, "packed_bytes", tensor->packed_len);
    json_close(json);
    free(name);
    return 0;
}

void tensors_list(struct json *json, const struct source *source, struct io_window *window,
                  uint64_t memory_limit)
{
    pith_options options = {.struct_size = sizeof options, .memory_limit = memory_limit};
    struct rows rows = {.json = json};
    pith_error error = {.status = PITH_OK};
    pith_reader *reader;
    pith_status status =
        pith_reader_create(&reader, io_read_at, window, source->len, &options, &error);

    if (status == PITH_OK)
        status =
            pith_reader_tensors(reader, json != NULL ? write_tensor : print_tensor, &rows, &error);
    pith_reader_destroy(reader);
    if (status != PITH_OK && status != PITH_E_FORMAT)
        message_note(source->label, "the tensors cannot be listed: %s", error.text);
}

static int pass_over(void *opaque, const pith_tensor_info *tensor)
{
    (void)opaque;
    (void)tensor;
    return 0;
}

static bool is_called_so(const char *path)
{
    static const char *const endings[] = {".safetensors", ".gguf", ".npy"};
    size_t len = path == NULL ? 0 : strlen(path);

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (len > strlen(endings[i]) && strcmp(path + len - strlen(endings[i]), endings[i]) == 0)
            return true;
    return false;
}

void tensors_note(const struct source *source)
{
    struct io_window window = {.descriptor = source->descriptor, .start = source->start};

    if (message_verbosity() > 0 && S_ISREG(source->status.st_mode) && is_called_so(source->path) &&
        pith_list_tensors(io_read_at, &window, source->len, NULL, pass_over, NULL, NULL) ==
            PITH_E_FORMAT)
        message_note(source->label, "is called as a file of tensors, but is none that pith knows: "
                                    "it is coded as bytes");
}
