/* The numbers of pith_options as one table.
 *
 * The library checks a caller's options against it, and help texts, bindings and documents are made
 * from it, so none can say what another does not hold to. */
#include "api/parameters.h"

#include "api/settings.h"
#include "container/format.h"

#include <inttypes.h>
#include <string.h>

enum form { FORM_INT, FORM_UNSIGNED, FORM_U64 };

struct row {
    pith_parameter shown;
    enum form form;
    size_t offset;
};

#define AT(member) offsetof(pith_options, member)

static const struct row rows[] = {
    {{"level", "", "how much work goes into small output", PITH_LEVEL_MIN, PITH_LEVEL_MAX,
      PITH_LEVEL_DEFAULT, 1, 0},
     FORM_INT,
     AT(level)},
    {{"threads", "threads", "most threads used at once; never changes the packed bytes", 1,
      UINT32_MAX, 1, 1, 1},
     FORM_UNSIGNED,
     AT(threads)},
    {{"memory_limit", "bytes", "most memory taken, refused before it is taken", 1, UINT64_MAX,
      PITH_MEMORY_LIMIT_DEFAULT, 1, 1},
     FORM_U64,
     AT(memory_limit)},
    {{"chunk_len", "bytes", "raw bytes in one independent chunk; by default it follows the level",
      PITH_CHUNK_LEN_MIN, PITH_CHUNK_LEN_MAX, 0, 1, 0},
     FORM_U64,
     AT(chunk_len)},
    {{"size_hint", "bytes", "raw bytes that a stream will bring, about; unknown by default", 1,
      UINT64_MAX, 0, 1, 0},
     FORM_U64,
     AT(size_hint)},
    {{"no_verify", "", "1: do not decode each chunk again to compare", 1, 1, 0, 1, 0},
     FORM_INT,
     AT(no_verify)},
    {{"no_builtin", "", "1: do not begin with a built-in prior", 1, 1, 0, 1, 0},
     FORM_INT,
     AT(no_builtin)},
    {{"output_limit", "bytes", "most raw bytes given out when decoding; no limit by default", 1,
      UINT64_MAX, 0, 0, 1},
     FORM_U64,
     AT(output_limit)},
};

#define N_ROWS (sizeof rows / sizeof rows[0])

const pith_parameter *pith_parameter_at(unsigned n)
{
    return n < N_ROWS ? &rows[n].shown : NULL;
}

static const struct row *find_row(const char *name)
{
    for (size_t i = 0; name && i < N_ROWS; i++)
        if (strcmp(rows[i].shown.name, name) == 0)
            return &rows[i];
    return NULL;
}

/* Negative ints come out as huge, and so out of bounds. */
static uint64_t get(const pith_options *options, const struct row *row)
{
    const char *field = (const char *)options + row->offset;
    uint64_t value;
    int number;
    unsigned count;

    switch (row->form) {
    case FORM_INT:
        memcpy(&number, field, sizeof number);
        return (uint64_t)(int64_t)number;
    case FORM_UNSIGNED:
        memcpy(&count, field, sizeof count);
        return count;
    case FORM_U64:
        break;
    }
    memcpy(&value, field, sizeof value);
    return value;
}

static void set(pith_options *options, const struct row *row, uint64_t value)
{
    char *field = (char *)options + row->offset;
    int number = (int)value;
    unsigned count = (unsigned)value;

    switch (row->form) {
    case FORM_INT:
        memcpy(field, &number, sizeof number);
        break;
    case FORM_UNSIGNED:
        memcpy(field, &count, sizeof count);
        break;
    case FORM_U64:
        memcpy(field, &value, sizeof value);
        break;
    }
}

static size_t field_len(const struct row *row)
{
    return row->form == FORM_U64 ? sizeof(uint64_t) : sizeof(int);
}

static pith_status check(const struct row *row, uint64_t value, pith_error *error)
{
    const pith_parameter *shown = &row->shown;

    if (value == 0 || (value >= shown->min && value <= shown->max))
        return PITH_OK;
    if (row->form == FORM_INT && value > INT64_MAX)
        return pith_fail(error, PITH_E_ARGUMENT, 0,
                         "%s is %" PRId64 ", allowed are %" PRIu64 " to %" PRIu64, shown->name,
                         (int64_t)value, shown->min, shown->max);
    return pith_fail(error, PITH_E_ARGUMENT, 0,
                     "%s is %" PRIu64 ", allowed are %" PRIu64 " to %" PRIu64, shown->name, value,
                     shown->min, shown->max);
}

/* The field of that name, if the caller's struct is long enough to have it. */
static pith_status find_field(const struct row **row, const pith_options *options, const char *name,
                              pith_error *error)
{
    *row = find_row(name);
    if (!options || !name)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL", options ? "name" : "options");
    if (!*row)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "no option is called %.60s", name);
    if ((*row)->offset + field_len(*row) > options->struct_size)
        return pith_fail(error, PITH_E_ARGUMENT, 0,
                         "options.struct_size is %zu: too short to have %s", options->struct_size,
                         name);
    return PITH_OK;
}

pith_status pith_options_set(pith_options *options, const char *name, uint64_t value,
                             pith_error *error)
{
    const struct row *row;

    TRY(find_field(&row, options, name, error));
    TRY(check(row, value, error));
    set(options, row, value);
    return PITH_OK;
}

pith_status pith_options_get(const pith_options *options, const char *name, uint64_t *value,
                             pith_error *error)
{
    const struct row *row;

    TRY(find_field(&row, options, name, error));
    if (!value)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "value is NULL");
    *value = get(options, row);
    return PITH_OK;
}

pith_status pith_parameters_check_encoding(const pith_options *settings, pith_error *error)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].shown.is_encoding)
            TRY(check(&rows[i], get(settings, &rows[i]), error));
    return PITH_OK;
}
