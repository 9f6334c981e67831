/* See point_fields.h.  Chunks are added up as long as their points have the same fields. */
#include "point_fields.h"

#include "message.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FIELDS_MAX = 128, PARTS = 3 };

static const char *const parts[PARTS] = {"turns", "ranges", "places"};

struct sums {
    uint64_t n_points, n_told, n_scanned; /* n_told: of which is known what they take */
    pith_points_field fields[FIELDS_MAX];
    unsigned n_fields;
    pith_points_info scan; /* of the first chunk that has one */
    double packed_lens[PARTS];
};

/* pith_points_fn */
static int add_chunk(void *opaque, const pith_points_info *info)
{
    struct sums *sums = opaque;
    unsigned n = info->n_fields < FIELDS_MAX ? info->n_fields : FIELDS_MAX;

    if (sums->n_points == 0) {
        memcpy(sums->fields, info->fields, n * sizeof info->fields[0]);
        sums->n_fields = n;
        for (unsigned k = 0; k < n; k++)
            sums->fields[k].packed_len = 0;
    }
    if (n != sums->n_fields)
        return 0;
    sums->n_points += info->n_points;
    if (info->has_scan && sums->n_scanned == 0)
        sums->scan = *info;
    sums->n_scanned += info->has_scan ? info->n_points : 0;
    for (unsigned k = 0; k < n; k++) {
        if (info->fields[k].decimals != sums->fields[k].decimals)
            sums->fields[k].decimals = -1;
        if (info->fields[k].step > sums->fields[k].step)
            sums->fields[k].step = info->fields[k].step;
        if (info->fields[k].packed_len >= 0)
            sums->fields[k].packed_len += info->fields[k].packed_len;
    }
    if (n > 0 && info->fields[0].packed_len >= 0)
        sums->n_told += info->n_points;
    for (unsigned k = 0; k < PARTS && info->has_scan && info->packed_lens[k] >= 0; k++)
        sums->packed_lens[k] += info->packed_lens[k];
    return 0;
}

static double bits_of(const struct sums *sums, double packed_len)
{
    return sums->n_told > 0 ? 8 * packed_len / (double)sums->n_told : 0;
}

/* What a coordinate takes is told with the scan's parts. */
static bool is_in_scan(const struct sums *sums, const pith_points_field *field)
{
    return sums->n_scanned == sums->n_points && strchr("xyz", field->letter) != NULL;
}

static void print_scan(const struct sums *sums)
{
    const pith_points_info *scan = &sums->scan;

    printf("  a scanner of %u %s, %s%s", scan->lasers,
           scan->is_in_firing_order ? "lasers in the order of firing"
           : scan->is_in_columns    ? "lasers in columns"
                                    : "rings",
           scan->is_moving ? "moving" : "standing",
           scan->is_on_lattice ? ", on the lattice of a map" : "");
    if (scan->angle_tick > 0)
        printf(": turns of %g degrees, ranges of %g mm", scan->angle_tick, 1000 * scan->range_tick);
    else if (scan->range_tick > 0)
        printf(": ranges of %g mm", 1000 * scan->range_tick);
    if (sums->n_scanned < sums->n_points)
        printf("; %" PRIu64 " of the points", sums->n_scanned);
    putchar('\n');
    if (sums->n_told == 0)
        return;
    if (scan->is_in_firing_order) {
        printf("  bits a point: %.2f\n", bits_of(sums, sums->packed_lens[PARTS - 1]));
        return;
    }
    printf("  bits a point:");
    for (unsigned k = 0; k < PARTS; k++)
        printf(" %s %.2f%s", parts[k], bits_of(sums, sums->packed_lens[k]),
               k + 1 < PARTS ? "," : "\n");
}

static void print_fields(const struct sums *sums)
{
    printf("%8s %6s %8s %12s %10s\n", "Field", "Type", "Decimals", "Off by", "Bits");
    for (unsigned k = 0; k < sums->n_fields; k++) {
        const pith_points_field *field = &sums->fields[k];
        char decimals[16] = "-", off[32] = "0", bits[32] = "-";

        if (field->decimals >= 0)
            snprintf(decimals, sizeof decimals, "%d", field->decimals);
        if (field->step > 0)
            snprintf(off, sizeof off, "<= %g", field->step / 2);
        if (is_in_scan(sums, field))
            snprintf(bits, sizeof bits, "above");
        else if (sums->n_told > 0)
            snprintf(bits, sizeof bits, "%.2f", bits_of(sums, field->packed_len));
        printf("%8c %6s %8s %12s %10s\n", field->letter, field->type, decimals, off, bits);
    }
}

static void print_sums(const struct sums *sums)
{
    printf("  %" PRIu64 " points of %u fields\n", sums->n_points, sums->n_fields);
    if (sums->n_scanned > 0)
        print_scan(sums);
    print_fields(sums);
}

static void write_real(struct json *json, const char *name, bool is_known, double value)
{
    if (is_known)
        json_real(json, name, value);
    else
        json_null(json, name);
}

static void write_scan(struct json *json, const struct sums *sums)
{
    const pith_points_info *scan = &sums->scan;

    json_open_object(json, "scan");
    json_uint(json, "points", sums->n_scanned);
    json_uint(json, "lasers", scan->lasers);
    json_text(json, "order",
              scan->is_in_firing_order ? "firing"
              : scan->is_in_columns    ? "columns"
                                       : "rings");
    json_flag(json, "is_moving", scan->is_moving);
    json_flag(json, "is_on_lattice", scan->is_on_lattice);
    write_real(json, "angle_tick_degrees", scan->angle_tick > 0, scan->angle_tick);
    write_real(json, "range_tick_metres", scan->range_tick > 0, scan->range_tick);
    for (unsigned k = 0; k < PARTS; k++)
        write_real(json, parts[k],
                   sums->n_told > 0 && (k + 1 == PARTS || !scan->is_in_firing_order),
                   bits_of(sums, sums->packed_lens[k]));
    json_close(json);
}

static void write_sums(struct json *json, const struct sums *sums)
{
    json_open_object(json, "points");
    json_uint(json, "points", sums->n_points);
    if (sums->n_scanned > 0)
        write_scan(json, sums);
    else
        json_null(json, "scan");
    json_open_array(json, "fields");
    for (unsigned k = 0; k < sums->n_fields; k++) {
        const pith_points_field *field = &sums->fields[k];
        char letter[2] = {field->letter, '\0'};

        json_open_object(json, NULL);
        json_text(json, "field", letter);
        json_text(json, "type", field->type);
        write_real(json, "decimals", field->decimals >= 0, field->decimals);
        json_real(json, "off_by_at_most", field->step / 2);
        write_real(json, "bits", sums->n_told > 0 && !is_in_scan(sums, field),
                   bits_of(sums, field->packed_len));
        json_close(json);
    }
    json_close(json);
    json_close(json);
}

void points_list(struct json *json, const struct source *source, struct io_window *window,
                 uint64_t memory_limit)
{
    pith_options options = {.struct_size = sizeof options, .memory_limit = memory_limit};
    static struct sums sums;
    pith_error error = {.status = PITH_OK};
    pith_reader *reader;
    pith_status status =
        pith_reader_create(&reader, io_read_at, window, source->len, &options, &error);

    memset(&sums, 0, sizeof sums);
    if (status == PITH_OK)
        status = pith_reader_points(reader, add_chunk, &sums, &error);
    pith_reader_destroy(reader);
    if (status != PITH_OK)
        message_note(source->label, "the points cannot be listed: %s", error.text);
    else if (json != NULL)
        write_sums(json, &sums);
    else
        print_sums(&sums);
}
